"""What is reported is said in the reader's language: every kind there is, and no word of the broker's changes."""

from __future__ import annotations

import errno
import os
import re
from typing import get_args

import pytest

from jogeon import errors
from jogeon.cli.showing.translate import PLAIN, cause_of, oddity_of, said
from jogeon.cli.texts import Texts
from jogeon.cli.texts.reports import TEXTS as REPORTS
from jogeon.details import Counts
from jogeon.events import Anomaly, State
from jogeon.reports import Kind, Report
from test_reports import filled

KOREAN, ENGLISH = Texts("ko"), Texts("en")
KINDS: tuple[Kind, ...] = get_args(Kind)
NAMES = {
    "UTF", "HTTP", "REST", "SOCKS", "socksio", "kwcli", "jogeon", "condition", "SQLite", "WAL", "NATS", "JetStream",
    "nats", "server", "js", "JOURNAL", "EPOCH", "N", "TLS",
}  # fmt: skip
"""Names that no language changes."""
VALUES = r"글값|이름값|다른값|자리값|까닭값|\d"
"""What `filled` puts into the fields of a report."""
SYSTEM = {number for number, name in errno.errorcode.items() if KOREAN.has(f"errno.{name}")}


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]+", text))


def test_every_kind_is_said_in_korean_without_a_word_of_english() -> None:
    for kind in KINDS:
        told = said(filled(kind), KOREAN)
        assert re.search("[가-힣]", told)
        assert words(told) <= NAMES, kind


def test_a_report_that_lacks_fields_is_said() -> None:
    for kind in KINDS:
        assert isinstance(said(Report(kind), KOREAN) + said(Report(kind), ENGLISH), str)


def test_both_languages_tell_the_same_of_every_kind() -> None:
    for kind in KINDS:
        told = [
            set(re.findall("글값|이름값|다른값|자리값|까닭값|[0-9]", said(filled(kind), texts)))
            for texts in (KOREAN, ENGLISH)
        ]
        assert told[0] == told[1], kind


def test_every_text_is_that_of_a_kind() -> None:
    kinds = {key.removeprefix("report.") for key in REPORTS if key.startswith("report.")}
    assert kinds == set(KINDS) - PLAIN


@pytest.mark.parametrize("number", SYSTEM)
def test_the_systems_own_words_are_said_in_korean(number: int) -> None:
    assert words(said(Report("system", number=number, text=os.strerror(number)), KOREAN)) == set()


def test_words_of_others_stay() -> None:
    for text in ("", "demo", "ws://127.0.0.1:1", "조건검색 제한", "{why} %s", "{text}"):
        assert said(Report("other", text=text), KOREAN) == text
    assert said(Report("system", number=99_999, text="이상함"), KOREAN) == "이상함"


def test_the_systems_own_english_is_not_shown_to_who_reads_korean() -> None:
    odd = Report("system", number=99_999, text="odd")
    assert (said(odd, KOREAN), said(odd, ENGLISH)) == ("시스템 오류 99999", "odd")
    assert said(Report("certificate", name="invalid", text="odd"), KOREAN) == "odd"
    foreign = Report("library", name="RemoteProtocolError", text="Server disconnected")
    assert said(foreign, KOREAN) == "라이브러리 오류 RemoteProtocolError"
    assert said(foreign, ENGLISH) == "Server disconnected"


def test_a_certificate_is_said_in_korean() -> None:
    assert said(Report("certificate", name="expired", text="certificate has expired"), KOREAN) == "인증서 만료"


def test_why_it_reconnects_is_said_with_its_pause() -> None:
    refused = Report("system", number=errno.ECONNREFUSED, text="[Errno 111] Connect call failed ('127.0.0.1', 9)")
    error = errors.CouldNotConnect(address="ws://127.0.0.1:9", reason="refused", detail=refused)
    state = State(0, "reconnecting", pause=0.84, error=error.report)
    assert cause_of(state, KOREAN) == "0.8초 뒤, 접속하지 못함: 접속이 거부되었습니다"
    assert cause_of(state, ENGLISH) == "in 0.8 s, could not connect: connection refused"
    assert state.cause == f"in 0.8 s: could not connect to ws://127.0.0.1:9: {refused.text}"


def test_a_state_says_what_its_fields_hold() -> None:
    assert cause_of(State(0, "registered", active=3, of=10), KOREAN) == "10개 중 3개"
    notices = (Report("journal set aside", name="기록.1"), Report("journal damaged"))
    assert cause_of(State(0, "started", notices=notices), KOREAN) == (
        "기록 파일이 손상되어 기록.1로 옮기고 새로 시작함; 기록 파일이 손상되어 새로 시작함"
    )
    assert cause_of(State(0, "ended", error=Report("taken")), KOREAN) == "같은 앱키로 다른 프로그램이 접속함"


def test_a_state_without_fields_says_its_text() -> None:
    taken = errors.SessionTaken(code="R10001", text="동일한 App key로")
    assert cause_of(State(0, "taken", None, taken.text, error=taken.report), KOREAN) == taken.text
    assert cause_of(State(0, "connected", None, "demo"), KOREAN) == "demo"
    assert cause_of(State(0, "started"), KOREAN) == ""


def test_counts_of_events_are_said_with_their_korean_names() -> None:
    lagged = Anomaly(0, counts=Counts(enter=3, leave=12))
    assert lagged.what == "lagged: not handed over: 3 enter, 12 leave"
    assert oddity_of(lagged, KOREAN) == "처리가 늦어 건너뜀: 편입 3, 이탈 12"
    assert oddity_of(lagged, ENGLISH) == "lagged, not handed over: enter 3, leave 12"


def test_an_anomaly_says_what_is_wrong() -> None:
    assert oddity_of(Anomaly(0, error=Report("leave of a non-member")), KOREAN) == "편입되지 않은 종목의 이탈"
    assert oddity_of(Anomaly(0, "of an older journal"), KOREAN) == "of an older journal"
