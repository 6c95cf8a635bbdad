"""Whatever the peer sends is a value or RemoteProtocolError, nothing else."""

from __future__ import annotations

import contextlib
import json
import sys
from bisect import bisect_left
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition
from jogeon.wire import readers
from jogeon.wire.messages import (
    Clear,
    ConditionList,
    ListConditions,
    Login,
    PartialPush,
    Ping,
    Push,
    PushValues,
    Register,
    Registered,
    Reply,
    Request,
    Search,
    SearchPage,
)
from jogeon.wire.readers import answer, can_answer, decode, likeness, read_push
from jogeon.wire.requests import decode_request
from jogeon.wire.session import ClientSession
from jogeon.wire.values import stock_code

REQUESTS: tuple[Request, ...] = (Login("x"), ListConditions(), Search("4"), Register("4"), Clear("4"))
LONG = 10**400
SCALARS = st.none() | st.booleans() | st.integers(-LONG, LONG) | st.floats() | st.text(max_size=6)
NAMES = st.sampled_from(
    ["trnm", "data", "values", "type", "return_code", "return_msg", "seq", "841", "843", "9001", "20", "code", "token"]
)
WORDS = st.sampled_from(["REAL", "PING", "SYSTEM", "LOGIN", "CNSRLST", "CNSRREQ", "CNSRCLR", "02", "", "I", "4"])
JSONISH = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)
FRAMES = st.fixed_dictionaries({"trnm": WORDS, "data": JSONISH}, optional={"return_code": SCALARS, "seq": SCALARS})
TEXTS = (JSONISH | FRAMES).map(lambda value: json.dumps(value).encode())
CUT = st.builds(lambda text, at, more: text[:at] + more + text[at:], TEXTS, st.integers(0, 60), st.binary(max_size=3))


def is_value_or_ours(text: bytes) -> None:
    """Read bytes in both roles, and make every answer of them that could be asked for."""
    for read in (decode, decode_request):
        try:
            value = read(text)
        except RemoteProtocolError:
            continue
        assert isinstance(value, msgspec.Struct)
        if isinstance(value, Reply):
            for request in REQUESTS:
                can_answer(value, request)
                likeness(value, request)
                answer(request, value)


@given(TEXTS | CUT | st.binary(max_size=40))
@example(b"")
@example(b"[" * 100_000)
@example(b'{"trnm":"REAL","data":' + b"[" * 5_000 + b"]" * 5_000 + b"}")
@example(b'{"trnm":"CNSRREQ","return_code":0,"data":[' + b"[" * 900 + b"]" * 900 + b"]}")
@example(b'{"trnm":"CNSRREQ","return_code":' + b"9" * 4_400 + b"}")
@example(b'{"trnm":"CNSRREQ","return_code":0,"data":[' + b"9" * 4_299 + b"]}")
@example(b'{"trnm":"CNSRLST","return_code":NaN}')
@example(b'{"trnm":"CNSRLST","return_code":1e999}')
@example(b'{"trnm":"CNSRLST","return_code":0,"data":[["0","\\ud800"]]}')
@example(b'{"trnm":"CNSRLST","return_code":0,"data":[["0","\\ud83d\\ude00"]]}')
@example(b'{"trnm":"\xed\xa0\x80"}')
@example(b'{"trnm":"REAL"}{"trnm":"REAL"}')
@example(b'{"trnm":"REAL","data":[],"trnm":"PING","data":5}')
@example(b"\xef\xbb\xbf{}")
def test_any_bytes_are_a_value_or_a_remote_protocol_error(text: bytes) -> None:
    is_value_or_ours(text)


@pytest.mark.parametrize("nest", [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "objects"])
@pytest.mark.parametrize(
    "text",
    [
        b'{"trnm":%b}',
        b'{"trnm":"SYSTEM","code":%b}',
        b'{"trnm":"REAL","data":[%b]}',
        b'{"trnm":"REAL","data":[{"type":"02","values":{"841":%b}}]}',
        b'{"trnm":"CNSRREQ","return_code":%b}',
        b'{"trnm":"CNSRREQ","return_code":1,"return_msg":%b}',
        b'{"trnm":"CNSRREQ","return_code":0,"data":[%b]}',
        b'{"trnm":"CNSRREQ","return_code":0,"data":[{"9001":"A005930","10":%b}]}',
        b'{"trnm":"CNSRLST","return_code":0,"data":[%b]}',
    ],
)
def test_what_is_just_not_too_deep_to_read_is_not_too_deep_to_tell(text: bytes, nest: tuple[bytes, bytes]) -> None:
    """Reading has a limit of depth; nothing that is done with what was read may need more."""

    def nested(depth: int) -> bytes:
        return text % (nest[0] * depth + b"1" + nest[1] * depth)

    def is_too_deep(depth: int) -> bool:
        try:
            decode(nested(depth))
        except (RemoteProtocolError, RecursionError):
            return True
        return False

    limit = bisect_left(range(2 * sys.getrecursionlimit()), x=True, key=is_too_deep)
    for depth in range(limit - 12, limit + 4):
        is_value_or_ours(nested(depth))


def test_two_documents_in_a_frame_are_unreadable() -> None:
    with pytest.raises(RemoteProtocolError, match="30 bytes"):
        decode(b'{"trnm":"PING"}{"trnm":"PING"}')


def test_of_a_doubled_key_the_last_counts() -> None:
    assert decode(b'{"trnm":"REAL","data":[],"trnm":"PING"}') == Ping(b'{"trnm":"REAL","data":[],"trnm":"PING"}')


def test_an_unreadable_frame_is_described_without_its_content() -> None:
    with pytest.raises(RemoteProtocolError) as raised:
        decode(b'{"token":"secret')
    assert "secret" not in str(raised.value)


# ---------------------------------------------------------------- one good row among others

JSON = JSONISH.filter(lambda value: "Infinity" not in (text := json.dumps(value)) and "NaN" not in text)
ROWS = st.lists(JSON, max_size=5)
CODES = st.from_regex(r"[0-9][0-9A-Z]{5}", fullmatch=True)
FRAME = '{"trnm":"%s","seq":"4","return_code":0,"data":%s}'


def among(garbage: list[object], place: int, good: object) -> str:
    """Return a list as JSON in which a good row stands somewhere among others."""
    at = place % (len(garbage) + 1)
    return json.dumps([*garbage[:at], good, *garbage[at:]])


@given(ROWS, st.integers(0), CODES)
def test_a_good_row_of_a_snapshot_is_read_among_any(garbage: list[object], place: int, code: str) -> None:
    text = FRAME % ("CNSRREQ", among(garbage, place, {"jmcode": f"A{code}"}))
    read = decode(text.encode())
    assert isinstance(read, Reply)
    shown = answer(Register("4"), read)
    assert isinstance(shown, Registered)
    assert code in shown.codes
    assert len(set(shown.codes)) + len(shown.oddities) <= len(garbage) + 1


@given(ROWS, st.integers(0), CODES)
def test_a_good_row_of_a_page_is_read_among_any(garbage: list[object], place: int, code: str) -> None:
    text = FRAME % ("CNSRREQ", among(garbage, place, {"9001": f"A{code}", "10": "000075000"}))
    read = decode(text.encode())
    assert isinstance(read, Reply)
    found = answer(Search("4"), read)
    assert isinstance(found, SearchPage)
    assert (code, 75_000) in {(stock.code, stock.price) for stock in found.stocks}


GOOD = st.sampled_from([["4", "급등주"], {"seq": "4", "name": "급등주"}])


@given(ROWS, st.integers(0), GOOD)
def test_a_good_row_of_the_list_is_read_among_any(garbage: list[object], place: int, good: object) -> None:
    text = FRAME % ("CNSRLST", among(garbage, place, good))
    read = decode(text.encode())
    assert isinstance(read, Reply)
    listed = answer(ListConditions(), read)
    assert isinstance(listed, ConditionList)
    assert Condition("4", "급등주") in listed.conditions


@given(ROWS, st.integers(0), CODES, st.sampled_from("ID"), JSON)
def test_a_good_row_of_a_push_is_read_among_any(
    garbage: list[object], place: int, code: str, kind: str, odd: object
) -> None:
    values = {"841": "4", "9001": code, "843": kind, "20": odd, "907": odd}
    row = {"values": values, "type": "02", "name": odd, "item": odd, "more": odd}
    read = decode(json.dumps({"data": json.loads(among(garbage, place, row)), "trnm": "REAL"}).encode())
    assert isinstance(read, Push)
    assert ("4", code, kind) in {(each.values.seq, each.values.code, each.values.kind) for each in read.data}
    assert len(read.data) + (read.unreadable if isinstance(read, PartialPush) else 0) <= len(garbage) + 1


PUSHES = st.lists(
    st.fixed_dictionaries(
        {
            "values": st.fixed_dictionaries(
                {"841": st.sampled_from(["4", "12", "4  "]), "9001": CODES | CODES.map("A{}".format)}
                | {"843": st.sampled_from("ID")},
                optional={"20": st.sampled_from(["152028", "", None]), "907": JSON},
            )
        },
        optional={"type": st.just("02"), "name": JSON, "item": JSON},
    ),
    max_size=4,
)


@given(PUSHES)
def test_a_push_in_the_usual_shape_means_the_same_on_the_fast_way(pushes: list[dict[str, Any]]) -> None:
    text = json.dumps({"data": pushes, "trnm": "REAL"}).encode()
    fast, slow = read_push(text), decode(text)
    assert type(slow) is Push
    assert [(row.seq.strip(), stock_code(row.code), row.kind, row.clock or "") for row in _values(fast)] == [
        (row.seq, row.code, row.kind, row.clock) for row in _values(slow)
    ]


def _values(push: Push) -> list[PushValues]:
    return [row.values for row in push.data]


@given(FRAMES)
def test_a_frame_is_parsed_once(frame: dict[str, Any]) -> None:
    parsed: list[object] = []

    def counting(text: str | bytes) -> object:
        parsed.append(text)
        return msgspec.json.decode(text)

    text = json.dumps(frame).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "parse", counting)
        patch.setattr(readers, "read_push", counting)
        with contextlib.suppress(RemoteProtocolError):
            ClientSession().receive(text)
    assert len(parsed) == 1
