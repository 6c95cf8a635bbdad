"""What Prometheus is told: read back by its own parser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from jogeon.hub.metrics import load, metrics

if TYPE_CHECKING:
    from collections.abc import Callable

TOLD: dict[str, Any] = {
    "upstream": {"server": "demo", "state": "connected", "heard": None, "logins": 3},
    "journal": {"id": "x", "epoch": 2, "n": 1234567, "trouble": None},
    "conditions": [{"name": 'a "급등주" \\', "members": 12}, {"name": "새 조건", "members": None}],
    "consumers": [{"kind": "plain", "waiting": 10, "behind": 0}, {"kind": "jogeon", "waiting": 2**20, "behind": 7}],
    "cut": [{"reason": "too slow"}],
}
ACCEPT = "application/openmetrics-text; version=1.0.0"


def samples(body: bytes, read: Callable[..., Any] = plain) -> dict[tuple[str, str], float]:
    return {
        (sample.name.removeprefix("jogeon_hub_"), "".join(sample.labels.values())): sample.value
        for family in read(body.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(("accept", "kind", "read"), [("", "text/plain", plain), (ACCEPT, "openmetrics", openmetrics)])
def test_what_is_told_in_either_form(accept: str, kind: str, read: Callable[..., Any]) -> None:
    load()
    body, content_type = metrics(TOLD, accept)
    assert kind in content_type
    found = samples(body, read)
    assert {
        ("up", ""): 1.0, ("logins_total", ""): 3.0, ("journal_n", "2"): 1234567.0, ("journal_trouble", ""): 0.0,
        ("members", 'a "급등주" \\'): 12.0, ("consumers", "jogeon"): 1.0, ("consumers", "plain"): 1.0,
        ("waiting_max", ""): 1048576.0, ("behind_max", ""): 7.0, ("cut", ""): 1.0,
    }.items() <= found.items()  # fmt: skip
    assert ("members", "새 조건") not in found


def test_memory_cpu_and_descriptors_are_told_where_the_system_tells_them() -> None:
    told = {name for name, _ in samples(metrics(TOLD)[0])}
    wanted = {"process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"}
    assert told & wanted == (wanted if Path("/proc/self/stat").exists() else set())


def test_a_hub_that_nobody_uses() -> None:
    found = samples(metrics(TOLD | {"consumers": [], "conditions": [], "cut": []})[0])
    assert found["waiting_max", ""] == 0
    away = samples(metrics(TOLD | {"upstream": {"state": "reconnecting", "logins": 1}})[0])
    assert away["up", ""] == 0


def test_of_a_name_that_two_conditions_bear_there_is_one_sample() -> None:
    twice = [{"name": "급등주", "members": 1}, {"name": "급등주", "members": 2}]
    body, _ = metrics(TOLD | {"conditions": twice})
    assert body.count("급등주".encode()) == 1
    assert samples(body)["members", "급등주"] == 1


def test_a_name_steers_no_terminal_on_which_metrics_are_read() -> None:
    names = [f"급등{harm}주" for harm in ("\x9b2J", "\u202e", "\u3164", "\u3164\u3164")]
    body, _ = metrics(TOLD | {"conditions": [{"name": name, "members": 1} for name in names]})
    assert all(line.isprintable() and "\u3164" not in line for line in body.decode().split("\n"))
    assert len([name for name, _ in samples(body) if name == "members"]) == len(names)
