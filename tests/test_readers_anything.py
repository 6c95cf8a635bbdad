"""Whatever the peer sends is a value or RemoteProtocolError, nothing else."""

from __future__ import annotations

import json
import sys
from bisect import bisect_left

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jogeon.errors import RemoteProtocolError
from jogeon.messages import Clear, ListConditions, Login, Ping, Register, Reply, Request, Search
from jogeon.readers import answer, decode, decode_request, fits

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
                fits(value, request)
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
