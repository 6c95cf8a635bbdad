"""Every event in words: a sign and a word beside every colour, and nothing of rich."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli_conversation import NOON_NS, SURGE, enter, leave, snapshot
from jogeon.cli.showing.event_words import tell_event
from jogeon.cli.showing.terminal import PLAIN_SIGNS, RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.events import Anomaly, Enter, Event, Gap, State
from jogeon.reports import Report

SECOND = 10**9


def test_colours_are_korean_red_is_in_and_blue_is_out() -> None:
    told = [tell_event(event, Texts("ko"), RICH_SIGNS) for event in (enter("005930"), leave("005930"))]
    assert [each.colour for each in told] == ["red", "blue"]


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (Gap(SURGE, NOON_NS, NOON_NS + 5 * SECOND, "connection lost"), "급등주: 접속 끊김 12:00:00 ~ 12:00:05"),
        (Gap(SURGE, NOON_NS, NOON_NS, "drift", open=True), "급등주: 재확인에서 차이 발견 12:00:00 ~ 진행 중"),
        (State(NOON_NS, "unanswered", SURGE, "no reply"), "급등주: 실시간 등록에 응답 없음 (no reply)"),
        (State(NOON_NS, "connected"), "접속됨"),
        (Anomaly(NOON_NS, "", SURGE, error=Report("leave of a non-member")), "급등주: 편입되지 않은 종목의 이탈"),
        (Enter(NOON_NS, SURGE, "005930", "", "recovered", 1, 2), "급등주 (공백 중에 바뀜)"),
        (snapshot("005930"), "급등주"),
    ],
)
def test_every_event_has_its_line(event: Event, told: str) -> None:
    assert tell_event(event, Texts("ko"), RICH_SIGNS).rest == told


def test_a_console_without_the_signs_gets_plain_ones() -> None:
    told = tell_event(enter("005930"), Texts("en"), PLAIN_SIGNS)
    assert (told.sign, told.word) == ("+", "enter")


def test_the_words_of_a_recording_need_no_rich() -> None:
    program = "import sys, jogeon.cli.running.recorder; sys.exit('rich' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
