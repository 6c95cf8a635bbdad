"""What a client sends, as a server reads it; that all requests are read back as written stands with the writers."""

from __future__ import annotations

import pytest

from jogeon.errors import RemoteProtocolError
from jogeon.wire.messages import (
    Clear,
    Login,
    Ping,
    Register,
    RegisterQuotes,
    RemoveQuotes,
    Request,
    Search,
    Unknown,
)
from jogeon.wire.requests import decode_request


@pytest.mark.parametrize("text", [b"PING", b" PING ", b'{"trnm":"PING"}', b'{"trnm":"PING","more":1}'])
def test_a_ping_is_kept_as_it_came(text: bytes) -> None:
    assert decode_request(text) == Ping(text)


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 5_000, b'{"token":"secret'])
def test_bytes_that_are_not_json_are_an_error_that_quotes_nothing(text: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as error:
        decode_request(text)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(("extension", "extended"), [("", False), (',"jogeon":0', False), (',"jogeon":1', True)])
def test_a_login_may_ask_for_the_extension(extension: str, *, extended: bool) -> None:
    assert decode_request(f'{{"trnm":"LOGIN","token":"x"{extension}}}'.encode()) == Login("x", extended)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('{"trnm":"CNSRREQ","seq":4,"search_type":1}', Register("4")),
        ('{"trnm":"CNSRREQ","seq":4,"search_type":"0"}', Search("4")),
        ('{"trnm":"CNSRREQ","seq":"4","search_type":0}', Search("4")),
        ('{"trnm":"CNSRCLR","seq":0}', Clear("0")),
    ],
)
def test_digits_may_come_as_numbers(text: str, meant: Request) -> None:
    assert decode_request(text.encode()) == meant


def test_quotes_may_be_registered_in_several_rows() -> None:
    text = b'{"trnm":"REG","grp_no":"2","data":[{"item":["A","B"],"type":["0B"]},{"item":["C"],"type":["0B","0D"]}]}'
    assert decode_request(text) == RegisterQuotes(("A", "B", "C"), "2", others=("0D",))


def test_quotes_of_another_type_name_no_code_here() -> None:
    text = (
        '{"trnm":"REG","grp_no":1,"refresh":%s,"data":[{"item":["A"],"type":["0D"]},{"item":["B",""],"type":["0B"]}]}'
    )
    assert decode_request((text % '"0"').encode()) == RegisterQuotes(("B",), "1", keep=False, others=("0D",))
    assert decode_request((text % "0").encode()) == RegisterQuotes(("B",), "1", keep=False, others=("0D",))
    nothing = b'{"trnm":"REMOVE","data":[{"item":[],"type":[]}]}'
    assert decode_request(nothing) == RemoveQuotes((), "")


@pytest.mark.parametrize(
    "text",
    [
        '{"trnm":"REG","grp_no":"1"}',
        '{"trnm":"REG","data":{"item":["005930"],"type":["0B"]}}',
        '{"trnm":"REG","data":[{"item":"005930","type":["0B"]}]}',
        '{"trnm":"REG","data":[{"item":["005930"],"type":"0B"}]}',
        '{"trnm":"REG","data":[{"item":["005930"]}]}',
        '{"trnm":"REG","data":[{"type":["0B"]}]}',
        '{"trnm":"REG","data":[{"item":[5930],"type":["0B"]}]}',
        '{"trnm":"REG","data":[{"item":["005930"],"type":["0B"]},{"item":"000660","type":["0B"]}]}',
        '{"trnm":"REG","data":["005930"]}',
        '{"trnm":"REMOVE","data":[{"item":"005930","type":["0B"]}]}',
        '{"trnm":"REMOVE"}',
        '{"trnm":"REMOVE","data":[]}',
        '{"trnm":"LOGIN"}',
        '{"trnm":"LOGIN","token":5}',
        '{"trnm":"CNSRREQ","search_type":"1"}',
        '{"trnm":"CNSRREQ","seq":"4"}',
        '{"trnm":"CNSRREQ","seq":"4","search_type":"2"}',
        '{"trnm":"CNSRCLR"}',
        '{"trnm":"CNSRCLR","seq":true}',
        '{"trnm":"CNSRCLR","seq":4.5}',
        '{"trnm":"cnsrlst"}',
        "[]",
    ],
)
def test_a_request_that_lacks_something_is_unknown(text: str) -> None:
    assert isinstance(decode_request(text.encode()), Unknown)


def test_a_venue_nobody_knows_is_the_usual_one() -> None:
    text = b'{"trnm":"CNSRREQ","seq":"4","search_type":"1","stex_tp":"X"}'
    assert decode_request(text) == Register("4", "K")
