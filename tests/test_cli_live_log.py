"""A line for each event, and one for an outage; what is cut is cut between words, names anywhere."""

from __future__ import annotations

import re

import pytest

from cli_conversation import HIGHS, NOON_NS, SURGE, enter, leave
from jogeon.cli.showing.ink import plain
from jogeon.cli.showing.live_log import Log, cut_words
from jogeon.cli.showing.live_picture import Outage
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns
from jogeon.errors import ConnectionLost
from jogeon.events import Event, State
from jogeon.reports import Report

SECOND = 1_000_000_000
TEN = frozenset(f"조건 {n}" for n in range(10))
OUTAGE = Outage("connection lost", NOON_NS + 4 * SECOND, NOON_NS + 15 * SECOND, TEN, enters=3, leaves=1)


def drawn(told: Event | Outage, width: int = 100, lang: str = "ko") -> str:
    (line,) = Log(Texts("ko" if lang == "ko" else "en"), RICH_SIGNS).lines([told], width)
    return plain(line)


def test_enter_and_leave_have_sign_and_word() -> None:
    assert drawn(enter("005930")).rstrip() == "12:00:00  ▲ 편입  005930    급등주"
    assert drawn(leave("005930", HIGHS)).rstrip() == "12:00:00  ▽ 이탈  005930    신고가 돌파"


def test_an_outage_is_one_line() -> None:
    assert drawn(OUTAGE) == ("12:00:15  ! 공백  10개 조건식 12:00:04 ~ 12:00:15 접속 끊김, 그 사이 편입 3 이탈 1")
    assert drawn(OUTAGE, lang="en") == (
        "12:00:15  ! gap      10 conditions 12:00:04 ~ 12:00:15 connection lost; meanwhile 3 in, 1 out"
    )
    one = Outage("drift", NOON_NS, NOON_NS, frozenset({"급등주"}))
    assert drawn(one) == "12:00:00  ! 공백  급등주 12:00:00 ~ 12:00:00 재확인에서 차이 발견"


def test_the_times_of_an_outage_are_whole_at_every_width() -> None:
    for width in range(40, 201):
        for lang in ("ko", "en"):
            line = drawn(OUTAGE, width, lang)
            assert columns(line) <= width
            assert "12:00:04 ~ 12:00:15" in line
            assert re.findall(r"\d+", line.replace("12:00:04 ~ 12:00:15", "").replace("12:00:15", "")) in (
                ["10", "3", "1"], ["10", "3"], ["10"],
            )  # fmt: skip


def test_why_it_reconnects_is_said_in_korean_and_fits_into_80_columns() -> None:
    error = ConnectionLost(Report("closed", code="1000", text="Bye")).report
    line = drawn(State(NOON_NS, "reconnecting", pause=10.84, error=error), 80)
    assert line.endswith("다시 접속 중 (10.8초 뒤, 서버가 끊음 1000 Bye)")


def test_a_line_that_is_cut_shows_it() -> None:
    assert drawn(State(NOON_NS, "unanswered", SURGE, "x y " * 50), 80).endswith(" x y…")


def test_words_are_cut_between() -> None:
    assert cut_words("one 12,345", 10, "…") == "one 12,345"
    assert cut_words("one 12,345", 9, "…") == "one…"
    assert cut_words("12,345", 5, "…") == "…"
    assert cut_words("12,345", 1, "..") == ""


@pytest.mark.parametrize(("width", "cut"), [(8, "ab cd ef"), (7, "ab cd…"), (6, "ab cd…"), (5, "ab…"), (3, "ab…")])
def test_as_many_words_stand_as_there_is_room_for(width: int, cut: str) -> None:
    assert cut_words("ab cd ef", width, "…") == cut
