"""`jogeon demo`: one command to something alive, without an account."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING

import pytest

from cli_conversation import Shell

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_it_streams_the_events_of_all_conditions(shell: Shell) -> None:
    said = shell("demo", "--json", "--count", "10", "--speed", "20")
    events = [line["event"] for line in said.lines]
    assert said.code == 0
    assert events.count("snapshot") >= 8
    assert events.count("enter") + events.count("leave") == 10


def test_a_seed_makes_the_same_market_again(shell: Shell) -> None:
    first, again, other = (
        {line["condition"]["name"]: line["codes"] for line in said.lines if line["event"] == "snapshot"}
        for said in (shell("demo", "--duration", "100ms", "--speed", "0", "--seed", seed) for seed in ("7", "7", "8"))
    )
    assert first == again != other


def test_it_shows_a_market_of_ones_own(shell: Shell) -> None:
    with open("mine.toml", "w", encoding="utf-8") as file:  # noqa: PTH123  # in the empty home of the test
        file.write('[[condition]]\nname = "내 조건"\nexpression = "등락율 >= 1"\n')
    said = shell("demo", "--conditions", "mine.toml", "--duration", "100ms")
    assert {line["condition"]["name"] for line in said.lines if line["condition"]} == {"내 조건"}


def test_the_view_says_that_the_market_is_made_up(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.running.follow.is_terminal", lambda _: True)
    said = shell("demo", "--duration", "3s", "--lang", "ko")
    assert said.code == 0
    assert "가상 시장: 실제 종목이 아닙니다" in said.out
    assert "급등주" in said.out
    with pytest.raises(json.JSONDecodeError):
        json.loads(said.out.splitlines()[0])


def test_a_second_terminal_is_told_where_to_join(shell: Shell) -> None:
    said = shell("demo", "--json", "--count", "5", "--speed", "20", "--lang", "en")
    assert "jogeon watch --all --server ws://127.0.0.1:" in said.err
    assert "Traceback" not in said.err
    numbers = [(line["epoch"], line["n"]) for line in said.lines if "n" in line]
    assert numbers == sorted(set(numbers))
    assert numbers


def test_nothing_is_left_of_it(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert shell("demo", "--duration", "100ms").code == 0
    assert list(tmp_path.iterdir()) == []
