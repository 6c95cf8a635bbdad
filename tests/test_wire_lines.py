"""The numbered stream of a hub as frames: what one side writes, the other reads."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from jogeon.details import Counts
from jogeon.errors import RemoteProtocolError
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.reports import Report
from jogeon.wire.lines import Line, encode_change, encode_lines, read_lines
from jogeon.wire.readers import read_push

C = Condition("4", "급등주")
AT = 1_795_323_600_123_456_789
OTHERS: list[Event] = [
    Snapshot(AT, C, ("005930", "0000D0"), {"005930": "삼성전자"}),
    Gap(C, AT, AT + 5, "connection lost", "it broke off"),
    Gap(C, AT, AT + 5, "not watched", open=True),
    Enter(AT, C, "005930", "", "recovered", AT - 5, AT, "삼성전자"),
    Leave(AT, C, "005930", "", "recovered", AT - 5, AT),
    State(AT, "reconnecting", pause=1.5, error=Report("closed", code="1000", text="Bye", why=Report("broke off"))),
    State(AT, "registered", C, active=1, of=3),
    Anomaly(AT, condition=C, code="005930", error=Report("enter of a member")),
    Anomaly(AT, counts=Counts(enter=3)),
]


@given(st.sampled_from([Enter, Leave]), st.integers(0, 2**62), st.sampled_from([None, '삼성"전자', "a\\b"]))
def test_a_live_change_is_a_push_with_its_place_on_top(kind: type[Enter | Leave], at: int, name: str | None) -> None:
    event = kind(at, C, "0000D0", "152028", name=name)
    frame = encode_change("7", event, (3, 120), 118)
    shown = json.loads(frame)
    assert [shown[field] for field in ("trnm", "epoch", "n", "prev", "at")] == ["REAL", 3, 120, 118, at]
    assert read_push(frame).data[0].values.seq == "7"
    (line,) = read_lines(frame) or ()
    assert line.event == replace(event, condition=Condition("7", ""))
    assert (line.prev, line.event.number, getattr(line.event, "name", None)) == (118, (3, 120), name)


def test_everything_else_comes_as_it_was() -> None:
    frame = encode_lines([("4", event, (2, place), place - 1) for place, event in enumerate(OTHERS, 1)])
    lines = read_lines(frame)
    assert lines is not None
    assert [line.event for line in lines] == OTHERS
    assert [line.event.fields() for line in lines] == [
        event.fields() | {"epoch": 2, "n": place} for place, event in enumerate(OTHERS, 1)
    ]
    assert [line.prev for line in lines] == list(range(len(OTHERS)))


def test_conditions_bear_the_label_of_their_receiver() -> None:
    (line,) = read_lines(encode_lines([("9", OTHERS[0], None, 0)])) or ()
    assert line == Line(replace(OTHERS[0], condition=Condition("9", "급등주")))
    assert line.event.number is None


@pytest.mark.parametrize(
    "frame",
    [
        b'{"trnm":"PING"}',
        b'{"trnm":"REAL","data":[]}',
        b"{}",
        b"\xff",
        b'{"trnm":"CNSRLST","return_code":0}',
        b"[" * 5000,
    ],
)
def test_any_other_frame_is_none_of_the_stream(frame: bytes) -> None:
    assert read_lines(frame) is None


def nested(depth: int) -> object:
    return {"kind": "broke off"} | ({"why": nested(depth - 1)} if depth else {})


@pytest.mark.parametrize(
    "line",
    [
        {}, {"event": "x", "prev": 0}, {"event": "snapshot", "prev": 0}, {"event": "snapshot", "prev": "x"},
        {"event": "gap", "prev": 0, "condition": {"seq": "1", "name": ""}, "since_ns": 1, "until_ns": 2, "cause": "?"},
        {"event": "state", "prev": 0, "at_ns": 1, "state": "taken", "error": nested(20)},
        {"event": "enter", "prev": 0, "at_ns": 1, "condition": {"seq": "1", "name": ""}, "code": "9" * 99},
    ],
)  # fmt: skip
def test_lines_that_cannot_be_read_are_an_error_of_the_peer(line: object) -> None:
    with pytest.raises(RemoteProtocolError):
        read_lines(json.dumps({"trnm": "LINES", "lines": [line]}, separators=(",", ":")).encode())


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(rest: bytes) -> None:
    for frame in (rest, b'{"trnm":"LINES"' + rest, b'{"trnm":"LINES","lines":[' + rest + b"]}"):
        with contextlib.suppress(RemoteProtocolError):
            read_lines(frame)


def test_a_label_with_blanks_around_it_is_the_label() -> None:
    event = Enter(1, C, "005930", "090000")
    [line] = read_lines(encode_change(" 4 ", event, (1, 2), 1)) or ()
    assert line.event.condition == Condition("4", "")
