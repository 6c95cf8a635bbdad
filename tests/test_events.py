"""Events: frozen, matchable, exact in time, and the same JSON line for ever."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import SECOND_NS, moment
from jogeon.details import Counts, Details, with_details
from jogeon.events import (
    KST,
    Anomaly,
    Condition,
    Enter,
    Event,
    Gap,
    Leave,
    Member,
    Snapshot,
    State,
    exchange_time,
    korean,
    midnight_ns,
    named,
)
from jogeon.reports import Kind, Report
from recorded import events

SURGE = Condition("4", "급등주")
NOON_NS = moment(2 * 3600)
MOMENTS = st.integers(min_value=SECOND_NS * 86_400, max_value=SECOND_NS * 4_000_000_000)
AT = moment(0) + 123_456_789


def near(date: str) -> int:
    return round(datetime.fromisoformat(date).replace(tzinfo=KST).timestamp()) * SECOND_NS


def test_a_moment_is_korean_and_exact_to_the_microsecond() -> None:
    assert korean(AT).isoformat() == "2026-11-20T10:00:00.123456+09:00"


def test_the_day_of_a_moment_begins_at_midnight_in_korea() -> None:
    assert korean(midnight_ns(AT)).isoformat() == "2026-11-20T00:00:00+09:00"


@given(MOMENTS)
def test_no_microsecond_is_lost(moment_ns: int) -> None:
    since_1970 = korean(moment_ns) - datetime(1970, 1, 1, 9, tzinfo=KST)
    assert since_1970 // timedelta(microseconds=1) == moment_ns // 1000


@pytest.mark.parametrize(
    ("clock", "at", "expected"),
    [
        ("152028", "2026-11-20 15:20:29", "2026-11-20 15:20:28"),
        ("235959", "2026-11-21 00:00:01", "2026-11-20 23:59:59"),  # heard after midnight
        ("000001", "2026-11-20 23:59:59", "2026-11-21 00:00:01"),  # this machine's clock is slow
        ("000000", "2027-01-01 00:00:00", "2027-01-01 00:00:00"),
    ],
)
def test_the_exchange_time_gets_the_nearest_date(clock: str, at: str, expected: str) -> None:
    assert exchange_time(clock, near(at)) == datetime.fromisoformat(expected).replace(tzinfo=KST)


@pytest.mark.parametrize("clock", ["", "      ", "15202", "1520280", "246060", "15:20:", "१५२०२८", "²²²²²²", "-15202"])
def test_a_time_that_is_none_is_none(clock: str) -> None:
    assert exchange_time(clock, NOON_NS) is None


@given(st.times(), MOMENTS)
def test_the_exchange_time_is_never_half_a_day_off(clock: object, at_ns: int) -> None:
    told = exchange_time(f"{clock:%H%M%S}", at_ns)
    assert told is not None
    assert abs(told - korean(at_ns)) <= timedelta(hours=12)
    assert f"{told:%H%M%S}" == f"{clock:%H%M%S}"


@given(st.text(max_size=8), MOMENTS)
def test_whatever_stands_in_the_time_is_no_crash(clock: str, at_ns: int) -> None:
    exchange_time(clock, at_ns)


LINES: list[tuple[Event, dict[str, object]]] = [
    (
        Snapshot(AT, SURGE, ("005930", "000660"), {"005930": "삼성전자"}),
        {
            "event": "snapshot",
            "condition": {"seq": "4", "name": "급등주"},
            "codes": ["005930", "000660"],
            "names": {"005930": "삼성전자"},
            "at": "2026-11-20T10:00:00.123456+09:00",
        },
    ),
    (
        Enter(AT, SURGE, "005930", "095959", name="삼성전자"),
        {
            "event": "enter",
            "condition": {"seq": "4", "name": "급등주"},
            "code": "005930",
            "name": "삼성전자",
            "time": "2026-11-20T09:59:59+09:00",
            "at": "2026-11-20T10:00:00.123456+09:00",
            "origin": "live",
        },
    ),
    (
        Leave(AT, SURGE, "005930", "", "recovered", moment(-60), AT),
        {
            "event": "leave",
            "condition": {"seq": "4", "name": "급등주"},
            "code": "005930",
            "name": None,
            "time": None,
            "at": "2026-11-20T10:00:00.123456+09:00",
            "origin": "recovered",
            "since": "2026-11-20T09:59:00.000000+09:00",
            "until": "2026-11-20T10:00:00.123456+09:00",
        },
    ),
    (
        Gap(SURGE, moment(-60), AT, "connection lost", "1006"),
        {
            "event": "gap",
            "condition": {"seq": "4", "name": "급등주"},
            "since": "2026-11-20T09:59:00.000000+09:00",
            "until": "2026-11-20T10:00:00.123456+09:00",
            "cause": "connection lost",
            "detail": "1006",
        },
    ),
    (
        Gap(SURGE, moment(-60), AT, "restart", open=True),
        {
            "event": "gap",
            "condition": {"seq": "4", "name": "급등주"},
            "since": "2026-11-20T09:59:00.000000+09:00",
            "until": "2026-11-20T10:00:00.123456+09:00",
            "cause": "restart",
            "detail": "",
            "open": True,
        },
    ),
    (
        State(AT, "reconnecting", None, "in 0.4 s"),
        {
            "event": "state",
            "state": "reconnecting",
            "condition": None,
            "cause": "in 0.4 s",
            "at": "2026-11-20T10:00:00.123456+09:00",
        },
    ),
    (
        Anomaly(AT, "leave of a non-member", SURGE, "0000D0"),
        {
            "event": "anomaly",
            "condition": {"seq": "4", "name": "급등주"},
            "code": "0000D0",
            "name": None,
            "what": "leave of a non-member",
            "at": "2026-11-20T10:00:00.123456+09:00",
        },
    ),
]


@pytest.mark.parametrize(("event", "fields"), LINES, ids=lambda value: type(value).__name__)
def test_the_fields_of_a_line_stay_as_they_are(event: Event, fields: dict[str, object]) -> None:
    assert event.fields() == fields


@pytest.mark.parametrize("event", [event for event, _ in LINES], ids=lambda event: type(event).__name__)
def test_an_event_is_frozen_and_a_value(event: Event) -> None:
    with pytest.raises(AttributeError):
        event.at_ns = 0  # type: ignore[union-attr, misc]  # that it cannot be set is what is tested
    assert len({event, event}) == 1


@given(events())
def test_a_json_line_tells_all_that_a_state_and_an_anomaly_hold(event: Event) -> None:
    if isinstance(event, State | Anomaly):
        told = {name: value for name, value in event.fields().items() if name in Details.__struct_fields__}
        details = msgspec.convert(told, Details)
        assert with_details(event, msgspec.json.encode(details).decode()) == event
        assert all(getattr(event, name, None) == getattr(details, name) for name in told)


@pytest.mark.parametrize("depth", [20, 500, 100_000])
def test_details_without_end_are_refused(depth: int) -> None:
    text = '{"error":' + '{"kind":"connection lost","why":' * depth + '{"kind":"broke off"}' + "}" * (depth + 1)
    with pytest.raises(ValueError, match="nested too deeply"):
        with_details(State(AT, "ended"), text)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"error":{"kind":"nonsense"}}', '{"counts":{"enter":"x"}}'])
def test_details_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        with_details(State(AT, "ended"), text)


def test_a_report_that_lacks_fields_is_still_told() -> None:
    for kind in get_args(Kind):
        assert isinstance(State(AT, "ended", error=Report(kind)).cause, str)


def test_the_text_of_a_state_is_made_of_its_fields() -> None:
    broken = Report("connection lost", why=Report("broke off"))
    assert State(AT, "reconnecting", pause=0.84, error=broken).cause == f"in 0.8 s: {broken}"
    assert State(AT, "registered", active=3, of=10).cause == "3 of 10"
    assert State(AT, "started", notices=(broken, Report("journal damaged"))).cause == (
        f"{broken}; the journal was damaged: another was begun"
    )
    assert State(AT, "started").fields().keys() == {"event", "state", "condition", "cause", "at"}


def test_the_text_of_an_anomaly_is_made_of_its_fields() -> None:
    assert Anomaly(AT, error=Report("enter of a member")).what == "enter of a member"
    lagged = Anomaly(AT, counts=Counts(enter=3, leave=12))
    assert lagged.what == "lagged: not handed over: 3 enter, 12 leave"
    assert lagged.fields()["counts"] == {"enter": 3, "leave": 12}


def test_an_event_is_matched_by_name() -> None:
    match LINES[2][0]:
        case Leave(condition=condition, code=code, origin=origin, since=since, until=until, time=None):
            assert (condition, code, origin) == (SURGE, "005930", "recovered")
            assert since is not None
            assert until is not None
            assert since < until
        case _:
            pytest.fail("a Leave is matched as one")


def test_a_live_change_has_no_interval() -> None:
    assert Enter(AT, SURGE, "005930").since is None
    assert Enter(AT, SURGE, "005930").until is None


def test_a_member_tells_since_when() -> None:
    assert Member("005930", AT, "live").since == korean(AT)


def test_a_push_around_midnight_belongs_to_the_nearest_day() -> None:
    just_after = int(datetime(2026, 11, 23, 0, 0, 1, tzinfo=KST).timestamp()) * 1_000_000_000
    assert exchange_time("235959", just_after) == datetime(2026, 11, 22, 23, 59, 59, tzinfo=KST)
    assert exchange_time("000000", just_after - 2_000_000_000) == datetime(2026, 11, 23, 0, 0, 0, tzinfo=KST)


NAMED: list[tuple[Event | Member, Event | Member]] = [
    (Enter(AT, SURGE, "005930", "095959"), Enter(AT, SURGE, "005930", "095959", name="삼성전자")),
    (Leave(AT, SURGE, "005930"), Leave(AT, SURGE, "005930", name="삼성전자")),
    (Snapshot(AT, SURGE, ("005930",)), Snapshot(AT, SURGE, ("005930",), {"005930": "삼성전자"})),
    (Anomaly(AT, "odd", SURGE, "005930"), Anomaly(AT, "odd", SURGE, "005930", name="삼성전자")),
    (Member("005930", AT, "live"), Member("005930", AT, "live", "삼성전자")),
]


@pytest.mark.parametrize(("bare", "with_name"), NAMED, ids=lambda event: type(event).__name__)
def test_a_name_is_no_part_of_what_an_event_is(bare: Event | Member, with_name: Event | Member) -> None:
    assert bare == with_name
    assert hash(bare) == hash(with_name)
    assert bare != "삼성전자"
    assert repr(copy.deepcopy(with_name)) == repr(with_name)


def test_changes_of_two_kinds_are_not_equal() -> None:
    assert Enter(AT, SURGE, "005930") != Leave(AT, SURGE, "005930")
    assert Enter(AT, SURGE, "005930") != Enter(AT, SURGE, "005931", name="x")


def test_an_event_that_was_just_made_gets_the_names_that_are_known() -> None:
    names = {"005930": "삼성전자"}
    assert named(Enter(AT, SURGE, "005930"), names.get).name == "삼성전자"
    assert named(Anomaly(AT, "odd", SURGE, "000660"), names.get).name is None
    assert named(Anomaly(AT, "odd"), names.get).name is None
    assert named(Snapshot(AT, SURGE, ("000660", "005930")), names.get).names == names
    assert named(State(AT, "started"), names.get) == State(AT, "started")
