"""`jogeon watch`: which conditions, until when, and as pure lines in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli_conversation import FakeClient, Shell, enter, leave, snapshot
from jogeon.cli.app import run
from jogeon.errors import SessionTaken
from jogeon.testing import Broker

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_names_and_exchange_are_handed_on(shell: Shell) -> None:
    client = FakeClient()
    assert shell("watch", "급등주", "1", "--exchange", "N", client=client).code == 0
    assert client.asked == [(("급등주", "1"), "N"), "closed"]


def test_a_position_of_a_hub_is_handed_on(shell: Shell) -> None:
    client = FakeClient()
    assert shell("watch", "급등주", "--after", "0123456789ABCDEF:3:120", client=client).code == 0
    assert client.after == "0123456789abcdef:3:120"
    assert shell("watch", "급등주", "--after", "yesterday", client=client).code == 2


def test_only_a_hub_resumes_behind_a_position(capfd: pytest.CaptureFixture[str]) -> None:
    with Broker({"급등주": ["005930"]}) as broker:
        code = run(["watch", "급등주", "--server", broker.url, "--after", "3:120", "--lang", "en"])
    said = capfd.readouterr()
    assert (code, said.out) == (4, "")
    assert "3:120" in said.err
    assert "not a hub" in said.err
    assert "defect" not in said.err


def test_all_of_them(shell: Shell) -> None:
    client = FakeClient()
    assert shell("watch", "--all", client=client).code == 0
    assert client.asked[0] == ((), "K")


def test_a_pipe_gets_pure_lines(shell: Shell) -> None:
    said = shell("watch", "--all", "--count", "2", client=FakeClient(events=[snapshot("1"), enter("2"), leave("1")]))
    assert [line["event"] for line in said.lines] == ["snapshot", "enter", "leave"]
    assert said.err == ""


def test_a_session_that_was_taken_is_told_with_its_own_code(shell: Shell) -> None:
    taken = SessionTaken(code="R10001", text="동일한 App key로 접속이 되었습니다")
    said = shell("watch", "--all", "--lang", "ko", client=FakeClient(events=[snapshot("1")], then=taken))
    assert said.code == 6
    assert len(said.lines) == 1
    assert "[R10001] 동일한 App key로" in said.err


def test_what_is_no_journal_is_refused_before_anybody_logs_in(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my notes")
    client = FakeClient()
    said = shell("watch", "--all", "--journal", str(tmp_path / "notes.txt"), "--lang", "en", client=client)
    assert said.code == 1
    assert "left untouched" in said.err
    assert client.asked == []
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("argv", [["watch"], ["watch", "급등주", "--all"]])
def test_names_or_all_but_one_of_them(shell: Shell, argv: list[str]) -> None:
    client = FakeClient()
    assert shell(*argv, client=client).code == 2
    assert client.asked == []


def test_readable_lines_instead_of_json(shell: Shell) -> None:
    said = shell(
        "watch", "--all", "--lines", "--lang", "ko", client=FakeClient(events=[snapshot("1"), enter("2"), leave("1")])
    )
    assert [line.split()[2:] for line in said.out.splitlines()] == [
        ["전체", "급등주:", "1종목"],
        ["▲", "편입", "2", "급등주"],
        ["▽", "이탈", "1", "급등주"],
    ]
    assert said.err == ""


def test_one_form_of_lines_at_a_time(shell: Shell) -> None:
    assert shell("watch", "--all", "--lines", "--json").code == 2
    assert shell("demo", "--lines", "--json").code == 2


def test_a_bell_is_no_part_of_the_lines(shell: Shell) -> None:
    said = shell("watch", "--all", "--bell", client=FakeClient(events=[enter("2")]))
    assert (len(said.lines), said.err) == (1, "")


@pytest.mark.parametrize("limit", ["0", "soon", "-1s", "forever and a day"])
def test_a_wait_has_a_limit_or_none(shell: Shell, limit: str) -> None:
    client = FakeClient()
    said = shell("watch", "--all", "--wait", limit, "--lang", "en", client=client)
    assert said.code == 2
    assert "forever" in said.err
    assert client.asked == []
