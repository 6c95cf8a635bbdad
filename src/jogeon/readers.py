"""What a peer sends as typed messages; field numbers become names here, in `messages` and in `values`, nowhere else.

`decode` reads what the broker sends, `decode_request` what a client sends; both return `Unknown` for a JSON value they
do not know and raise RemoteProtocolError for bytes that are no JSON. `answer` makes of a reply the answer to a request.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition, Exchange
from jogeon.messages import (
    LONGEST_VALUE,
    MOST_CODES,
    MOST_CONDITIONS,
    Answer,
    Clear,
    Cleared,
    ConditionList,
    Incoming,
    ListConditions,
    Login,
    LoginAccepted,
    Malformed,
    PartialPush,
    Ping,
    Push,
    PushRow,
    Refusal,
    Register,
    Registered,
    Reply,
    Request,
    Search,
    SearchPage,
    System,
    Unknown,
)
from jogeon.values import WORDS, stock_code, stock_of, text_of

read_push: Callable[[bytes], Push] = msgspec.json.Decoder(Push).decode
"""Reads a REAL frame whose rows are all as usual, without a function of ours in between; NO_PUSH for all else."""
NO_PUSH = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode(payload: bytes) -> Incoming:
    """Return what the broker sent; RemoteProtocolError if the bytes are no JSON document."""
    try:
        return read_push(payload)
    except msgspec.ValidationError:
        return _decode_other(payload)
    except NO_PUSH as unreadable:
        if payload.strip() == b"PING":  # seen tolerated by the broker as bare text
            return Ping(payload)
        raise _unreadable(payload, unreadable) from None


def _unreadable(payload: bytes, cause: Exception) -> RemoteProtocolError:
    return RemoteProtocolError(f"unreadable frame of {len(payload)} bytes: {type(cause).__name__}")


def _decode_any(payload: bytes) -> Any:
    try:
        return msgspec.json.decode(payload)
    except NO_PUSH as unreadable:
        raise _unreadable(payload, unreadable) from None


def _decode_other(payload: bytes) -> Incoming:
    value = _decode_any(payload)
    trnm = value.get("trnm") if isinstance(value, dict) else None
    match trnm:
        case "PING":
            return Ping(payload)
        case "REAL":
            return _lenient_push(value.get("data"))
        case "SYSTEM":
            return System(code=text_of(value.get("code")), message=text_of(value.get("message")))
        case str() if "return_code" in value:
            return _reply(trnm[:WORDS], value)
    return Unknown(trnm=trnm[:WORDS] if isinstance(trnm, str) else "", payload=payload[:WORDS])


def _lenient_push(rows: object) -> Push:
    """Read row by row what does not fit the usual shape, so that one bad row costs no good one."""
    if not isinstance(rows, list) or len(rows) > MOST_CODES:
        return PartialPush("REAL", [], 1)
    kept = []
    unreadable = 0
    for row in rows:
        if isinstance(row, dict) and row.get("type") != "02":
            continue
        try:
            kept.append(msgspec.convert(row, PushRow))
        except (msgspec.ValidationError, RecursionError):
            unreadable += 1
    return PartialPush("REAL", kept, unreadable) if unreadable else Push("REAL", kept)


_SEQ_IN_TEXT = re.compile(r"\(seq=\s*(\d{1,9})\s*\)")
_CODE_IN_TEXT = re.compile(r"CODE=\s*(\w{1,9})|\[(\d{4,6}):")


def _reply(trnm: str, fields: dict[str, Any]) -> Reply:
    text = text_of(fields.get("return_msg"))
    seq = fields.get("seq")
    named = seq.strip() if isinstance(seq, str) else ""
    in_text = _SEQ_IN_TEXT.search(text)
    return Reply(
        trnm="CNSRLST" if trnm == "CNSRLT" else trnm,  # the guide prints its own reply's name with a typo
        seq=named or (in_text[1] if in_text else None),
        refusal=refusal_in(fields.get("return_code"), text),
        fields=fields,
    )


def refusal_in(return_code: object, text: str) -> Refusal | None:
    """Return what a return_code and its text refuse, or None for success (0, "0", "0000")."""
    code = text_of(return_code).strip()
    if code and not code.strip("0"):
        return None
    in_text = _CODE_IN_TEXT.search(text)
    return Refusal(code=(in_text[1] or in_text[2]) if in_text else code, text=text)


def _key(fields: dict[str, Any]) -> str:
    """Return the key of a page; nobody has shown one, so it may be of any length."""
    key = fields.get("next_key")
    return key.strip() if isinstance(key, str) else ""


def fits(reply: Reply, request: Request) -> bool:
    """Tell whether a reply can be the answer to a request, by trnm and by the shape of its rows."""
    if reply.trnm != request.trnm:
        return reply.trnm == "" and reply.refusal is not None
    rows = reply.fields.get("data")
    first = rows[0] if isinstance(rows, list) and rows else None
    if reply.refusal is not None or not isinstance(first, dict):
        return not (isinstance(request, Register) and reply.fields.get("cont_yn"))
    wrong = {Search: "jmcode", Register: "9001"}.get(type(request))
    return wrong is None or wrong not in first


def answer(request: Request, reply: Reply) -> Answer:
    """Return a reply as the typed answer to the request it belongs to."""
    if reply.refusal is not None:
        return reply.refusal
    rows = reply.fields.get("data")
    try:
        return _typed(request, reply, [] if rows is None else rows)
    except _WrongShape as wrong:
        return Malformed(f"{request.trnm}: {wrong}")


class _WrongShape(Exception):
    """A row that is none; told to the caller as Malformed."""


def _typed(request: Request, reply: Reply, rows: object) -> Answer:
    match request:  # what has no rows first
        case Login():
            return LoginAccepted()
        case Clear():
            return Cleared()
    if not isinstance(rows, list):
        raise _WrongShape("data is not a list")
    match request:
        case ListConditions():
            return ConditionList(tuple(dict.fromkeys(_condition(row) for row in _few(rows, MOST_CONDITIONS))))
        case Search():
            return _search_page(reply.fields, rows)
        case Register():
            codes = tuple(dict.fromkeys(_jmcode(row) for row in _few(rows, MOST_CODES)))
            return Registered(codes, named=reply.seq is not None)


def _few(rows: list[Any], most: int) -> list[Any]:
    if len(rows) > most:
        raise _WrongShape(f"{len(rows)} rows, more than there can be")
    return rows


# ---------------------------------------------------------------- values


def _condition(row: object) -> Condition:
    """Read a row of the list: a two-element array in every capture, an object in the guide's table."""
    match row:
        case [str(seq), str(name), *_] | {"seq": str(seq), "name": str(name)} if len(seq) + len(name) < WORDS:
            return Condition(seq=seq.strip(), name=name.strip())
    raise _WrongShape(f"a row of an unknown shape: {text_of(row)[:100]}")


def _jmcode(row: object) -> str:
    match row:
        case {"jmcode": str(code)} if code.strip() and len(code) <= LONGEST_VALUE:
            return stock_code(code)
    raise _WrongShape(f"a row without jmcode: {text_of(row)[:100]}")


def _coded(row: object) -> dict[str, Any]:
    match row:
        case {"9001": str(code)} if code.strip() and isinstance(row, dict):
            return row
    raise _WrongShape(f"a row without 9001: {text_of(row)[:100]}")


def _search_page(fields: dict[str, Any], rows: Sequence[Any]) -> SearchPage:
    oddities: list[str] = []
    stocks = tuple(stock_of(_coded(row), oddities) for row in rows)
    return SearchPage(
        stocks=stocks,
        cont_yn=text_of(fields.get("cont_yn")).strip().upper(),
        next_key=_key(fields),
        oddities=tuple(oddities[:10]),
    )


# ---------------------------------------------------------------- the broker's side


def decode_request(payload: bytes) -> Request | Ping | Unknown:
    """Return what a client sent; Unknown where a field is missing, RemoteProtocolError if the bytes are no JSON."""
    if payload.strip() == b"PING":
        return Ping(payload)
    value = _decode_any(payload)
    return _request(value, payload) if isinstance(value, dict) else Unknown(trnm="", payload=payload[:WORDS])


def _request(value: dict[str, Any], payload: bytes) -> Request | Ping | Unknown:  # noqa: PLR0911  # one return a case
    match value:
        case {"trnm": "PING"}:
            return Ping(payload)
        case {"trnm": "LOGIN", "token": str(token)}:
            return Login(token)
        case {"trnm": "CNSRLST"}:
            return ListConditions()
        case {"trnm": "CNSRREQ", "seq": str(seq), "search_type": "1"}:
            return Register(seq, _venue(value))
        case {"trnm": "CNSRREQ", "seq": str(seq), "search_type": "0"}:
            return Search(seq, _venue(value), "Y" if value.get("cont_yn") == "Y" else "N", _key(value))
        case {"trnm": "CNSRCLR", "seq": str(seq)}:
            return Clear(seq)
    return Unknown(trnm=text_of(value.get("trnm")), payload=payload[:WORDS])


def _venue(fields: dict[str, Any]) -> Exchange:
    venue = fields.get("stex_tp")
    return venue if venue in ("K", "N", "A") else "K"
