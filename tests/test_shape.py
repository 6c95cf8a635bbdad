"""The one shape of an event: a row holds all of it, under the names of its JSON line."""

import datetime as dt

import pytest
from hypothesis import given

from exported import event_of
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Snapshot
from jogeon.journal.shape import COLUMNS, codes_cell, row_of
from recorded import START_NS, events

RISE = Condition("4", "급등주")


def fits(event: Event) -> bool:
    ns = [getattr(event, name, None) for name in ("at_ns", "since_ns", "until_ns")]
    nothing = isinstance(event, Anomaly) and event.code == ""
    return not nothing and all(each is None or 0 <= each < 2**62 for each in ns)


@given(events().filter(fits))
def test_a_row_is_its_event(event: Event) -> None:
    row = row_of(3, 7, event)
    assert list(row) == list(COLUMNS)
    assert event_of(row) == (3, 7, event)


@given(events().filter(fits))
def test_a_column_bears_the_name_of_the_field_that_is_in_it(event: Event) -> None:
    row = row_of(1, 1, event)
    for name, value in event.fields().items():
        if name in COLUMNS and isinstance(value, str) and name not in ("condition", "time", "at", "since", "until"):
            assert row[name] == value


def test_moments_are_moments_of_korean_time() -> None:
    row = row_of(1, 1, Enter(START_NS + 1_500, RISE, "005930", "085959"))
    assert (row["time"], row["at"]) == (dt.datetime(2026, 11, 22, 8, 59, 59), dt.datetime(2026, 11, 22, 9, 0, 0, 1))  # noqa: DTZ001  # Korean time
    gap = row_of(1, 1, Gap(RISE, START_NS, START_NS + 10**9, "drift"))
    assert gap["at"] == gap["until"] == dt.datetime(2026, 11, 22, 9, 0, 1)  # noqa: DTZ001  # same
    assert (gap["open"], gap["cause"]) == (False, "drift")


def test_a_row_bears_the_name_of_its_stock() -> None:
    assert row_of(1, 1, Enter(START_NS, RISE, "005930", name="삼성전자"))["name"] == "삼성전자"


@pytest.mark.parametrize("codes", [(), ("005930", "0000D0"), ("a b",), ("",), ("[",), ("", "")])
def test_codes_are_told_apart_again(codes: tuple[str, ...]) -> None:
    cell = codes_cell(codes)
    assert event_of(row_of(1, 1, Snapshot(START_NS, RISE, codes)))[2] == Snapshot(START_NS, RISE, codes)
    assert (" ".join(codes) == cell) or cell.startswith("[")
