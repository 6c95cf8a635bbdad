"""Prices beside the events of a watch: lines in a pipe, columns in the live view."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from cli_conversation import NOON_NS, SURGE, FakeClient, FakeWatch, Shell
from jogeon.cli.running.pricing import shown_prices
from jogeon.events import Enter
from jogeon.prices import Price

if TYPE_CHECKING:
    from jogeon.watch import Watch

COST = Price(
    SURGE, "005930", "가상전자", 50_000, NOON_NS, "quote", 51_000, NOON_NS, 1_000, 2.0, 7, 51_000, 50_000, sign="rise"
)


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_lines_of_prices_stand_among_those_of_events(shell: Shell) -> None:
    enter = Enter(NOON_NS, SURGE, "005930")
    client = FakeClient(events=[enter], then="wait")
    client.told.costs = [COST]
    said = shell("watch", "급등주", "--json", "--prices", "--duration", "200ms", client=client)
    assert said.code == 0
    assert client.priced
    assert sorted(said.lines, key=str) == sorted([enter.fields(), COST.fields()], key=str)


def test_without_them_none_are_asked_for(shell: Shell) -> None:
    client = FakeClient(events=[Enter(NOON_NS, SURGE, "005930")], then="wait")
    client.told.costs = [COST]
    said = shell("watch", "급등주", "--json", "--count", "1", client=client)
    assert (len(said.lines), client.priced) == (1, False)


def test_the_end_of_prices_is_not_the_end_of_the_watch(shell: Shell) -> None:
    client = FakeClient(events=[Enter(NOON_NS, SURGE, "005930")], then="end", last=[Enter(NOON_NS, SURGE, "000660")])
    said = shell("watch", "급등주", "--json", "--prices", client=client)
    assert [line["code"] for line in said.lines] == ["005930", "000660"]


def test_the_live_view_shows_the_newest_entry_of_a_stock() -> None:
    watch = FakeWatch((), "end", ())
    later = msgspec.structs.replace(COST, entry_price=51_000, entry_at_ns=NOON_NS + 1)
    unknown = msgspec.structs.replace(COST, code="000660", entry_price=None, entry_at_ns=None, price=None)
    watch.prices = {"급등주": {"005930": COST, "000660": unknown}, "신고가 돌파": {"005930": later}}
    shown = shown_prices(cast("Watch", watch))
    assert (shown["005930"].price, shown["005930"].entry, shown["005930"].gain) == (51_000, 51_000, 0.0)
    assert (shown["005930"].sign, shown["005930"].rate, shown["005930"].volume) == ("rise", 2.0, 7)
    assert (shown["000660"].price, shown["000660"].gain) == (None, None)


def test_the_live_view_knows_since_when_a_price_is_stale() -> None:
    watch = FakeWatch((), "end", ())
    watch.prices = {"급등주": {"005930": msgspec.structs.replace(COST, stale_since_ns=NOON_NS)}}
    assert shown_prices(cast("Watch", watch))["005930"].stale_since_ns == NOON_NS
