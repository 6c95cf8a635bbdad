"""Writers: requests as in the guide; and what is written is read back as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition
from jogeon.wire import writers
from jogeon.wire.messages import (
    Acknowledged,
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Ping,
    Push,
    PushRow,
    PushValues,
    Refusal,
    Register,
    Registered,
    RegisterQuotes,
    RemoveQuotes,
    Reply,
    Request,
    Search,
    SearchPage,
    System,
)
from jogeon.wire.readers import answer, decode
from jogeon.wire.requests import decode_request
from jogeon.wire.values import composed
from jogeon.wire.writers import encode
from texts import list_text, page_text, snapshot_text

REQUESTS: list[tuple[Request, str]] = [
    (Login("abc"), '{"trnm":"LOGIN","token":"abc"}'),
    (ListConditions(), '{"trnm":"CNSRLST"}'),
    (
        Search("4"),
        '{"trnm":"CNSRREQ","seq":"4","search_type":"0","stex_tp":"K","cont_yn":"N","next_key":""}',
    ),
    (
        Search("4", "A", "Y", "key 2"),
        '{"trnm":"CNSRREQ","seq":"4","search_type":"0","stex_tp":"A","cont_yn":"Y","next_key":"key 2"}',
    ),
    (Register("4", "N"), '{"trnm":"CNSRREQ","seq":"4","search_type":"1","stex_tp":"N"}'),
    (Clear("1"), '{"trnm":"CNSRCLR","seq":"1"}'),
    (
        RegisterQuotes(("005930",)),
        '{"trnm":"REG","grp_no":"1","refresh":"1","data":[{"item":["005930"],"type":["0B"]}]}',
    ),
    (
        RegisterQuotes(("005930", "0000D0"), "2", keep=False),
        '{"trnm":"REG","grp_no":"2","refresh":"0","data":[{"item":["005930","0000D0"],"type":["0B"]}]}',
    ),
    (RemoveQuotes(("005930",)), '{"trnm":"REMOVE","grp_no":"1","data":[{"item":["005930"],"type":["0B"]}]}'),
    (Login("abc", extended=True), '{"trnm":"LOGIN","token":"abc","jogeon":1}'),
]


@pytest.mark.parametrize(("request_", "text"), REQUESTS, ids=lambda value: type(value).__name__)
def test_a_request_is_written_as_in_the_guide_and_read_back(request_: Request, text: str) -> None:
    assert encode(request_).decode() == text
    assert decode_request(text.encode()) == request_


def reply(text: bytes) -> Reply:
    read = decode(text)
    assert isinstance(read, Reply)
    return read


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8).map(str.strip)
NAMES = TEXTS.filter(lambda name: name != "" and "\ufffd" not in name and composed(name) == name)
SEQS = st.text("0123456789", min_size=1, max_size=3)
CODES = st.text("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", min_size=6, max_size=6)


@given(
    st.builds(Login, TEXTS)
    | st.builds(Search, SEQS, st.sampled_from("KNA"), st.sampled_from("YN"), TEXTS)
    | st.builds(Register, SEQS, st.sampled_from("KNA"))
    | st.builds(Clear, SEQS)
    | st.builds(RegisterQuotes, st.lists(CODES, min_size=1).map(tuple), SEQS, st.booleans())
    | st.builds(RemoveQuotes, st.lists(CODES, min_size=1).map(tuple), SEQS)
)
def test_a_request_round_trips(request: Request) -> None:
    assert decode_request(encode(request)) == request


@given(st.lists(st.tuples(SEQS, NAMES), unique=True))
def test_a_list_round_trips(listed: list[tuple[str, str]]) -> None:
    wanted = tuple(Condition(seq, name) for seq, name in listed)
    assert answer(ListConditions(), reply(list_text(wanted))) == ConditionList(wanted)


@given(SEQS, st.lists(CODES, unique=True))
def test_a_snapshot_round_trips(seq: str, codes: list[str]) -> None:
    said = reply(snapshot_text(seq, codes))
    assert said.seq == seq
    assert answer(Register(seq), said) == Registered(tuple(codes))


@given(SEQS, CODES, st.sampled_from("ID"), st.times())
def test_a_push_round_trips(seq: str, code: str, kind: Any, clock: object) -> None:
    read = decode(writers.encode_push(seq, code, kind, f"{clock:%H%M%S}"))
    assert read == Push("REAL", [PushRow(PushValues(seq, code, kind, f"{clock:%H%M%S}"), "02")])


@given(TEXTS, TEXTS)
def test_a_notice_round_trips(code: str, text: str) -> None:
    assert decode(writers.encode_system(code.upper(), text)) == System(code.upper(), text)


@given(SEQS, st.integers(0, 3).map(lambda rows: [{"9001": "A005930", "10": "000075000"}] * rows), st.text("0aZ"))
def test_a_page_round_trips(seq: str, found: list[dict[str, str]], key: str) -> None:
    said = reply(page_text(seq, found, key))
    assert said.seq == seq
    read = answer(Search(seq), said)
    assert isinstance(read, SearchPage)
    assert (len(read.stocks), read.cont_yn, read.next_key) == (len(found), "Y" if key else "N", key)


def test_what_is_granted_and_refused_round_trips() -> None:
    assert answer(Login("x"), reply(writers.encode_login_accepted())) == LoginAccepted()
    accepted = LoginAccepted("http://127.0.0.1:10001")
    assert answer(Login("x", extended=True), reply(writers.encode_login_accepted(rest=accepted.rest))) == accepted
    for request in (RegisterQuotes(("005930",)), RemoveQuotes(("005930",))):
        assert answer(request, reply(writers.encode_acknowledged(request.trnm))) == Acknowledged()
    assert answer(Clear("4"), reply(writers.encode_cleared("4"))) == Cleared()
    refused = reply(writers.encode_refusal("CNSRREQ", 900003, "이미(seq=4)"))
    assert answer(Register("4"), refused) == Refusal("900003", "이미(seq=4)")
    assert decode(writers.encode_ping()) == Ping(writers.encode_ping())
    assert reply(writers.encode_missing("", "trnm")).trnm == ""
