"""A line for each event: nothing is cut, names line up under Hangul."""

from __future__ import annotations

import pytest

from cli_conversation import NOON_NS, SURGE, snapshot
from jogeon.cli.showing.event_line import readable
from jogeon.cli.showing.ink import plain
from jogeon.cli.showing.live_picture import Worth
from jogeon.cli.showing.terminal import PLAIN_SIGNS, RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.events import Anomaly, Enter, Event, Gap, Leave, State

SECOND = 10**9
KO, EN = Texts("ko"), Texts("en")
ENTER = Enter(NOON_NS, SURGE, "005930", "120000", name="삼성전자")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (ENTER, "▲ 편입  005930  삼성전자          급등주"),
        (Leave(NOON_NS, SURGE, "0003A0"), "▽ 이탈  0003A0                    급등주"),
        (Gap(SURGE, NOON_NS - SECOND, NOON_NS, "drift"), "! 공백  급등주: 재확인에서 차이 발견 11:59:59 ~ 12:00:00"),
        (State(NOON_NS, "connected"), "* 상태  접속됨"),
        (Anomaly(NOON_NS, "odd", SURGE, "005930"), "? 이상  005930  급등주: odd"),
        (snapshot("005930", "000660"), "전체    급등주: 2종목"),
    ],
)
def test_every_event_is_a_line(event: Event, line: str) -> None:
    assert plain(readable(event, KO, RICH_SIGNS)) == f"2026-11-22 12:00:00  {line}"


def test_a_price_stands_before_the_condition_where_prices_are_known() -> None:
    prices = {"005930": Worth(75_000)}
    assert plain(readable(ENTER, EN, PLAIN_SIGNS, prices)).endswith(
        "+ enter    005930  삼성전자              75,000  급등주"
    )
    assert plain(readable(ENTER, EN, PLAIN_SIGNS, {})).endswith("삼성전자                      급등주")
