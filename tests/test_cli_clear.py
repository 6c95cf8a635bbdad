"""`jogeon clear`: stops, and says what it does not reach."""

from __future__ import annotations

import pytest

from cli_conversation import FakeClient, Shell


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_each_condition_is_cleared_once(shell: Shell) -> None:
    client = FakeClient()
    said = shell("clear", "급등주", "4", "1", client=client)
    assert client.asked == [("clear", "급등주"), ("clear", "신고가 돌파"), "closed"]
    assert said.lines == [{"seq": "4", "name": "급등주"}, {"seq": "1", "name": "신고가 돌파"}]


def test_it_says_what_it_cannot_do(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.commands.clear.is_seen", lambda _: True)
    said = shell("clear", "급등주", "--lang", "ko")
    assert said.code == 0
    assert "해제를 요청했고" in said.out
    assert "다른 프로그램이나 다른 접속에서 한 등록은" in said.err


def test_an_unknown_name_clears_nothing(shell: Shell) -> None:
    client = FakeClient()
    assert shell("clear", "급등주", "없는 것", client=client).code == 4
    assert client.asked == ["closed"]
