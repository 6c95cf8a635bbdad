"""The text format of Prometheus: one family after the other, each sample on a line of its own."""

from __future__ import annotations

import re

from jogeon.hub.metrics import metrics

TOLD = {
    "upstream": {"server": "demo", "state": "connected", "heard": None, "logins": 3},
    "journal": {"id": "x", "epoch": 2, "n": 1234567, "trouble": None},
    "conditions": [{"name": 'a "급등주" \\', "members": 12}, {"name": "새 조건", "members": None}],
    "consumers": [{"kind": "plain", "waiting": 10, "behind": 0}, {"kind": "jogeon", "waiting": 2**20, "behind": 7}],
    "cut": [{"reason": "too slow"}],
}
SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="([^"\\\n]|\\.)*"(,[a-z]+="([^"\\\n]|\\.)*")*\})? [0-9.e+]+')


def test_every_line_is_a_comment_or_a_sample() -> None:
    text = metrics(TOLD)
    assert text.endswith("\n")
    for line in text.splitlines():
        assert line.startswith(("# HELP jogeon_hub_", "# TYPE jogeon_hub_")) or SAMPLE.fullmatch(line), line


def test_what_is_told() -> None:
    lines = metrics(TOLD).splitlines()
    for line in (
        "jogeon_hub_up 1", "jogeon_hub_logins_total 3", 'jogeon_hub_journal_n{epoch="2"} 1234567',
        r'jogeon_hub_members{condition="a \"급등주\" \\"} 12', 'jogeon_hub_consumers{kind="jogeon"} 1',
        "jogeon_hub_waiting_max 1048576", "jogeon_hub_behind_max 7", "jogeon_hub_cut 1",
    ):  # fmt: skip
        assert line in lines


def test_a_hub_that_nobody_uses() -> None:
    lines = metrics(TOLD | {"consumers": [], "conditions": [], "cut": []}).splitlines()
    assert "jogeon_hub_waiting_max 0" in lines
    assert "jogeon_hub_up 0" in metrics(TOLD | {"upstream": {"state": "reconnecting", "logins": 1}}).splitlines()
