"""Errors: one root, a page that names them all, and fields instead of text to be parsed."""

from __future__ import annotations

import inspect
import re

import pytest

from jogeon import errors
from jogeon.errors import (
    AlertRefused,
    AlertUnreachable,
    AmbiguousCondition,
    CannotServe,
    ConnectionLost,
    CouldNotConnect,
    EmptyPageKey,
    InvalidAddress,
    InvalidSetting,
    JogeonError,
    JournalError,
    KeysMissing,
    LocalProtocolError,
    LoginRefused,
    MissingExtra,
    PagingError,
    PositionError,
    RemoteProtocolError,
    RepeatedPageKey,
    RequestRefused,
    RequestTimeout,
    SessionTaken,
    TokenRefused,
    TooManyPages,
    TooManyRows,
    UnknownCondition,
)

STALE = "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]"

ONE_OF_EACH: tuple[JogeonError, ...] = (
    LocalProtocolError("SEARCH is not allowed in phase OPEN"),
    RemoteProtocolError("unreadable frame of 3 bytes: DecodeError"),
    InvalidAddress("no such server", value="ftp://x", reason="not an address"),
    InvalidSetting(file="jogeon.toml", field="server", reason="wrong value"),
    KeysMissing("real"),
    LoginRefused(code="8005", text=STALE),
    TokenRefused(code="8001", text="인증에 실패했습니다"),
    SessionTaken(code="R10001", text="동일한 App key로 접속이 되었습니다"),
    CouldNotConnect(address="wss://x", reason="refused", detail="nobody listens"),
    CannotServe(address="127.0.0.1:80", detail="permission denied"),
    JournalError("signals.journal", "in use", "another program writes it"),
    ConnectionLost("closed by the server (1000 Bye)", close_code=1000, text="Bye"),
    RequestTimeout("CNSRREQ", 5.0),
    RequestRefused("CNSRREQ", code="900004", text="존재하지 않는 일련번호입니다.(seq=1)"),
    UnknownCondition("급등", close=("급등주",)),
    AmbiguousCondition("급등주", seqs=("4", "11")),
    JournalError("journal.db", "in use", "another jogeon writes to it"),
    PositionError("1:5", "pruned", "what came next was deleted"),
    MissingExtra("duckdb"),
    AlertRefused("phone", "HTTP 400 chat not found"),
    AlertUnreachable("phone", "could not connect"),
    EmptyPageKey("a page gives no key", rows=100),
    RepeatedPageKey("a page gives a key again", rows=200),
    TooManyPages("more than 500 pages came", rows=50_000),
    TooManyRows("more than 10000 rows came", rows=10_001),
)

CLASSES = {
    name: thing
    for name, thing in vars(errors).items()
    if inspect.isclass(thing) and issubclass(thing, Exception) and thing.__module__ == errors.__name__
}


def test_all_have_one_root() -> None:
    assert all(issubclass(thing, JogeonError) for thing in CLASSES.values())


def test_the_examples_here_are_complete() -> None:
    assert {type(error) for error in ONE_OF_EACH} == set(CLASSES.values()) - {JogeonError, PagingError}


def test_the_page_names_every_class() -> None:
    """The last row stands for the page guards, from the first of them to the last."""
    rows = re.findall(r"^([A-Z]\w+)(?: … (\w+))?  ", errors.__doc__ or "", re.MULTILINE)
    named = {name for row in rows for name in row if name}
    guards = {name for name, thing in CLASSES.items() if issubclass(thing, PagingError)}
    assert named | guards | {"JogeonError"} == set(CLASSES)


@pytest.mark.parametrize("error", ONE_OF_EACH, ids=lambda error: type(error).__name__)
def test_an_error_says_something(error: JogeonError) -> None:
    assert str(error)
    assert isinstance(error.code, str)
    assert isinstance(error.text, str)


def test_the_words_of_the_broker_are_kept() -> None:
    refused = LoginRefused(code="8005", text=STALE)
    assert (refused.code, refused.text) == ("8005", STALE)
    assert STALE in str(refused)
    lost = ConnectionLost("heartbeat", close_code=1000, code="R10002", text="Heartbeat")
    assert (lost.close_code, lost.code, lost.text) == (1000, "R10002", "Heartbeat")


def test_a_close_without_a_code_is_1006() -> None:
    assert ConnectionLost("broke off").close_code == 1006


def test_fields_tell_what_was_wanted() -> None:
    assert UnknownCondition("급등", close=("급등주",)).close == ("급등주",)
    assert "급등주" in str(UnknownCondition("급등", close=("급등주",)))
    assert AmbiguousCondition("급등주", seqs=("4", "11")).seqs == ("4", "11")
    assert RequestTimeout("CNSRREQ", 5.0).seconds == 5.0
    assert EmptyPageKey("no key", rows=7).rows == 7
    assert CouldNotConnect(address="wss://x", reason="tls", detail="no").reason == "tls"


def test_the_holder_of_a_taken_session_is_named() -> None:
    assert "pid 7" in str(SessionTaken(holder="pid 7"))
    assert not str(SessionTaken()).endswith(" ")


def test_missing_keys_say_what_to_type() -> None:
    assert "`jogeon login`" in str(KeysMissing("real"))
