"""What members cost at their entry and last: the same as a plain reading of what was kept says."""

from pathlib import Path

import pytest

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.journal import stays
from jogeon.journal.history import History
from jogeon.journal.store import Store
from jogeon.prices import Price
from recorded import SECOND, START_NS, at
from test_outcomes import write

RISE, HIGH, MOVED = Condition("4", "급등주"), Condition("7", "신고가 돌파"), Condition("9", "급등주")
SAMSUNG = "005930"
pytestmark = pytest.mark.usefixtures("spared_disk")
Told = tuple[int | None, float | None, str | None, int | None]
"""Entry price, its second, its source, and the last price."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def told(path: Path, seconds: float) -> dict[str, Told]:
    with History(path) as history:
        found = [price for picture in history.members(at(seconds)) for price in picture.prices.values()]
    return {f"{each.condition.name} {each.code}": _told(each) for each in found}


def _told(price: Price) -> Told:
    when = None if price.entry_at_ns is None else (price.entry_at_ns - START_NS) / SECOND
    return price.entry_price, when, price.entry_source, price.price


def test_a_member_has_the_price_of_its_entry_and_the_last_one_of_the_moment(path: Path) -> None:
    quotes = [(SAMSUNG, 3, 100, "quote"), (SAMSUNG, 5, 101, None), (SAMSUNG, 7, 110, None)]
    write(path, [Enter(at(2), RISE, SAMSUNG)], quotes)
    assert told(path, 1) == told(path, 2.5) == {}
    assert told(path, 4) == {"급등주 005930": (100, 3, "quote", 100)}
    assert told(path, 6) == {"급등주 005930": (100, 3, "quote", 101)}
    assert told(path, 60) == {"급등주 005930": (100, 3, "quote", 110)}


def test_until_the_price_of_an_entry_came_it_is_the_one_that_was_shown_first(path: Path) -> None:
    write(path, [Enter(at(2), RISE, SAMSUNG)], [(SAMSUNG, 3, 99, "snapshot"), (SAMSUNG, 5, 100, "quote")])
    assert told(path, 4) == {"급등주 005930": (99, 3, "snapshot", 99)}
    assert told(path, 6) == {"급등주 005930": (100, 5, "quote", 100)}


def test_each_stay_has_its_own(path: Path) -> None:
    events: list[Event] = [
        Enter(at(2), RISE, SAMSUNG), Enter(at(20), HIGH, SAMSUNG), Leave(at(30), RISE, SAMSUNG),
        Enter(at(40), RISE, SAMSUNG), Leave(at(90), HIGH, SAMSUNG),
    ]  # fmt: skip
    quotes = [(SAMSUNG, 3, 100, "quote"), (SAMSUNG, 21, 120, "trade"), (SAMSUNG, 41, 140, "quote")]
    write(path, events, quotes)
    both = {"급등주 005930": (100, 3, "quote", 120), "신고가 돌파 005930": (120, 21, "trade", 120)}
    assert told(path, 25) == both
    assert told(path, 40.5) == {"신고가 돌파 005930": (120, 21, "trade", 120)}  # none of its second stay yet
    assert told(path, 50)["급등주 005930"] == (140, 41, "quote", 140)
    assert set(told(path, 95)) == {"급등주 005930"}


def test_an_entry_without_a_price_in_time_has_none_and_is_still_priced(path: Path) -> None:
    write(path, [Enter(at(2), RISE, SAMSUNG)], [(SAMSUNG, 12.5, 100, "quote"), (SAMSUNG, 20, 0, None)])
    assert told(path, 30) == {"급등주 005930": (None, None, None, 100)}


def test_what_was_in_before_has_the_first_price_that_is_told_as_such(path: Path) -> None:
    opened = [Snapshot(at(1), Condition("1", "또 하나"), (SAMSUNG,))]
    write(path, opened, [(SAMSUNG, 0.5, 90, "quote"), (SAMSUNG, 2, 100, "snapshot"), (SAMSUNG, 9, 110, "snapshot")])
    assert told(path, 30) == {"또 하나 005930": (100, 2, "snapshot", 110)}


def test_a_stock_that_entered_under_another_seq_keeps_its_entry(path: Path) -> None:
    moved: list[Event] = [Gap(MOVED, at(5), at(6), "connection lost", ""), Snapshot(at(6), MOVED, (SAMSUNG,))]
    write(path, [Enter(at(2), RISE, SAMSUNG), *moved], [(SAMSUNG, 3, 100, "quote")])
    assert told(path, 10) == {"급등주 005930": (100, 3, "quote", 100)}


def test_a_stay_is_found_however_long_ago_it_began(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stays, "CHUNK", 3)
    others = [Enter(at(3 + n), HIGH, f"{n:06d}") for n in range(20)]
    write(path, [Enter(at(2), RISE, SAMSUNG), *others], [(SAMSUNG, 3, 100, "quote")])
    assert told(path, 60) == {"급등주 005930": (100, 3, "quote", 100)}


def test_without_prices_nothing_is_told_of_them(path: Path) -> None:
    write(path, [Enter(at(2), RISE, SAMSUNG)], [])
    assert told(path, 60) == {}
    assert Store.open(path).head.last_id == 3
