"""What events report in English is said in the reader's language: every report of ours, and no word of the broker's."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon import errors, files
from jogeon.account import settings
from jogeon.cli.showing.translate import LONGEST, SYSTEM, said
from jogeon.cli.texts import Texts
from jogeon.cli.texts.reports import SAID
from jogeon.live import connection
from jogeon.live import membership as members

KOREAN, ENGLISH = Texts("ko"), Texts("en")


def complaint(text: str) -> str:
    """Return what is said of a wrong configuration."""
    with pytest.raises(errors.InvalidSetting) as caught:
        settings.parse(Path("jogeon.toml"), text.encode())
    return caught.value.detail


OURS = (
    errors.ConnectionLost("the connection broke off without a close"),
    errors.ConnectionLost("closed by the server (1000 Bye)"),
    errors.ConnectionLost("closed by the server (1001)"),
    errors.ConnectionLost("closed by the server without a code"),
    errors.ConnectionLost(connection.TOO_LONG),
    errors.ConnectionLost("closed by this program"),
    errors.ConnectionLost("no condition could be registered on this connection"),
    errors.ConnectionLost("a condition goes unanswered on this connection, which still owes a reply"),
    errors.ConnectionLost("no reply to LOGIN within 5 s"),
    errors.CouldNotConnect(address="ws://127.0.0.1:1", reason="timeout", detail="no answer within 10 s"),
    errors.CouldNotConnect(address="ws://127.0.0.1:1", reason="refused", detail="[Errno 111]"),
    errors.RequestTimeout("CNSRREQ", 5.0),
    errors.RequestRefused("CNSRREQ", code="900003", text="이미"),
    errors.LoginRefused(code="8005", text="거절"),
    errors.TokenRefused(code="8030", text="거절"),
    errors.SessionTaken(code="R10001", text="동일한 App key로"),
    errors.SessionTaken(holder="jogeon watch (1234)"),
)
NOTICES = [
    "the keyring did not answer within 5 s: going on without it",
    "kwcli: the current profile is not one of the mock server; 'play' is taken",
    "kwcli: /home/me/.config/kiwoom/settings.json cannot be read: its profiles are not looked at",
    "*890_appkey.txt was saved on 2026-11-01, *890_secretkey.txt on 2026-11-20: they may not fit each other",
    "/state/token-x.json is not used: /state/token-x.json: others can write to it (mode 0666)",
    "/state/token-x.json is not used: /state: its owner is another user (12345)",
    "KIWOOM_MODE=demo, which means mock",
    "at line 2, column 15",
    "at line 2",
    "at end of document",
    "more than 65536 bytes",
    "no UTF-8 at byte 7",
    "Expected `str | null`, got `int`",
    "Object contains unknown field `servr`",
    "others can write to it (mode 0666)",
    "its owner is another user (12345)",
]
ANOMALIES = (
    *(members._what_is_wrong(kind, "005930") for kind in "IDX"),
    members._what_is_wrong("I", " "),
    members.TOO_MANY,
    "push for the unknown condition seq '7'",
    "unreadable frame of 12 bytes: DecodeError",
    "lagged: not handed over: 3 enter, 12 leave, 1 state",
    "the journal was damaged: another was begun",
    "the journal was damaged: it was set aside as 기록.1, another was begun",
    "the journal was deleted, moved or harmed by another program: it was written again in full",
    "the journal was brought to version 2; 기록.1 is the one from before",
    "3 of 10",
)
WRONG = (
    *(complaint(text) for text in ("server = 3", 'servr = "real"', "keys = 3")),
    "Object missing required field `name` - at `$.condition[0]`",
    "Invalid enum value 'jp' - at `$.lang`",
    f"more than {files.SMALL} bytes",
    "no UTF-8 at byte 12",
    "nested too deeply",
    "no answer within 10 s",
)
"""What is wrong with a file or an address, as libraries and we put it."""
NAMES = {"LOGIN", "CNSRREQ", "Bye", "App", "key", "Errno", "X"}
"""Words of the wire and of the system that no language changes."""


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]+", text))


@pytest.mark.parametrize("error", OURS)
def test_why_a_connection_ended_is_said_in_korean(error: errors.JogeonError) -> None:
    assert words(said(f"in 0.8 s: {error}", KOREAN)) <= NAMES
    assert said(f"in 0.8 s: {error}", KOREAN).startswith("0.8초 뒤, ")
    assert said(str(error), ENGLISH)


@pytest.mark.parametrize("what", ANOMALIES)
def test_what_is_odd_is_said_in_korean(what: str) -> None:
    assert words(said(what, KOREAN)) <= NAMES


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_is_said_in_both_languages(notice: str) -> None:
    assert re.search("[가-힣]", said(notice, KOREAN))
    assert said(notice, KOREAN) != said(notice, ENGLISH)


def test_every_text_is_the_text_of_some_report() -> None:
    reports = [
        *map(str, OURS),
        *(error.detail for error in OURS if isinstance(error, errors.ConnectionLost | errors.CouldNotConnect)),
        *ANOMALIES,
        *NOTICES,
        *WRONG,
    ]
    met = {next((pattern for pattern in SAID if re.fullmatch(pattern, each)), "") for each in reports}
    assert set(SAID) - met == {next(iter(SAID))}  # the pause before a reconnect stands before all of them


@pytest.mark.parametrize("report", WRONG)
def test_what_is_wrong_with_a_setting_is_said_in_korean(report: str) -> None:
    quoted = {"server", "servr", "keys", "condition", "name", "lang", "jp", "UTF"}
    assert words(said(report, KOREAN)) <= quoted
    assert said(report, ENGLISH)


@pytest.mark.parametrize("number", SYSTEM)
def test_the_systems_own_words_are_said_in_korean(number: int) -> None:
    for report in (os.strerror(number), str(OSError(number, os.strerror(number)))):
        assert words(said(report, KOREAN)) == set()
        assert said(report, ENGLISH) == report


def test_an_address_that_refuses_is_said_in_korean() -> None:
    detail = f"[Errno {errno.ECONNREFUSED}] Connect call failed ('127.0.0.1', 9)"
    error = errors.CouldNotConnect(address="ws://127.0.0.1:9", reason="refused", detail=detail)
    assert said(str(error), KOREAN) == "접속하지 못함: 접속이 거부되었습니다"


def test_counts_of_events_are_said_with_their_korean_names() -> None:
    assert said("lagged: not handed over: 3 enter, 12 leave", KOREAN) == "처리가 늦어 건너뜀: 편입 3, 이탈 12"


@pytest.mark.parametrize("words_of_others", ["", "demo", "ws://127.0.0.1:1", "조건검색 제한", "{why} %s"])
def test_words_of_others_stay(words_of_others: str) -> None:
    assert said(words_of_others, KOREAN) == words_of_others


@given(st.lists(st.sampled_from(["connection lost: ", "in 1 s: ", "x"]), max_size=LONGEST).map("".join))
def test_a_long_report_of_a_server_does_no_harm(report: str) -> None:
    assert isinstance(said(report, KOREAN), str)
