"""`jogeon list`: what is saved, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli_conversation import FakeClient, Shell
from jogeon.events import Condition

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.showing.destination.is_seen", lambda _: True)


def test_a_pipe_gets_a_line_for_each_condition(shell: Shell) -> None:
    said = shell("list")
    assert said.lines == [{"seq": "1", "name": "신고가 돌파"}, {"seq": "4", "name": "급등주"}]
    assert not said.err


@pytest.mark.usefixtures("terminal")
def test_people_get_a_table(shell: Shell) -> None:
    said = shell("list", "--lang", "ko")
    assert "조건식 2개" in said.out
    assert "       4  급등주" in said.out


@pytest.mark.usefixtures("terminal")
def test_a_hostile_name_is_shown_as_it_is_and_steers_nothing(shell: Shell) -> None:
    said = shell("list", client=FakeClient(listing=[Condition("0", "<\"'&>[red]:smile:\x1b[31m")]))
    assert "<\"'&>[red]:smile:?[31m" in said.out


@pytest.mark.usefixtures("terminal")
def test_no_conditions_is_a_sentence_not_an_empty_table(shell: Shell) -> None:
    said = shell("list", "--lang", "ko", client=FakeClient(listing=[]))
    assert said.code == 0
    assert "조건식을 저장하세요" in said.out


def test_a_spreadsheet_gets_a_file(shell: Shell, tmp_path: Path) -> None:
    said = shell("list", "-o", str(tmp_path / "list.csv"), "--lang", "en")
    assert (tmp_path / "list.csv").read_bytes().decode("utf-8-sig").splitlines()[0] == "seq,condition"
    assert said.out == ""
    assert "(2 rows)" in said.err
