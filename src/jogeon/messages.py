"""Every message of the wire as a frozen typed struct; field numbers become names here and nowhere else.

Two directions, two unions: `Request` goes to the broker, `Reply`, `Push`, `Ping` and `System` come from it.
`decode` reads what the broker sends, `decode_request` what a client sends; both return `Unknown` for a JSON value they
do not know and raise RemoteProtocolError for bytes that are no JSON. `encode_*` write the broker's side of the wire.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition, Exchange, Stock
from jogeon.values import WORDS, composed, stock_code, stock_of, text_of

ALREADY_REGISTERED = "900003"
NO_SUCH_SEQ = "900004"
TAKEN = "R10001"
NO_HEARTBEAT = "R10002"
NO_LOGIN = "R10004"
FATAL_SYSTEM_CODES = frozenset({TAKEN, NO_HEARTBEAT, NO_LOGIN})
"""SYSTEM codes after which the broker closes; any other notice is harmless."""

LONGEST_VALUE = 20
"""Characters of a code or a time, and more; what is longer is none, and would make the bounds of the queues untrue."""
MOST_CONDITIONS = 1_000
MOST_CODES = 20_000
"""More than there are stocks, funds, notes and warrants together; who shows more is no market."""

# ---------------------------------------------------------------- requests


class Login(Struct, frozen=True):
    """The first frame of a connection; the token stands without "Bearer"."""

    token: str
    trnm = "LOGIN"

    def __repr__(self) -> str:
        return "Login(token=…)"


class ListConditions(Struct, frozen=True):
    """The saved conditions (조건검색 목록조회, ka10171)."""

    trnm = "CNSRLST"


class Search(Struct, frozen=True):
    """One page of one search (조건검색 요청 일반, ka10172)."""

    seq: str
    exchange: Exchange = "K"
    cont_yn: Literal["Y", "N"] = "N"
    next_key: str = ""
    trnm = "CNSRREQ"


class Register(Struct, frozen=True):
    """A snapshot and then real time (조건검색 요청 실시간, ka10173)."""

    seq: str
    exchange: Exchange = "K"
    trnm = "CNSRREQ"


class Clear(Struct, frozen=True):
    """The end of real time (조건검색 실시간 해제, ka10174)."""

    seq: str
    trnm = "CNSRCLR"


Request = Login | ListConditions | Search | Register | Clear


def encode(request: Request) -> bytes:
    """Return the JSON text of a request, fields in the order of the broker's samples."""
    match request:
        case Login(token):
            fields = {"trnm": "LOGIN", "token": token}
        case ListConditions():
            fields = {"trnm": "CNSRLST"}
        case Search(seq, exchange, cont_yn, next_key):
            fields = {"trnm": "CNSRREQ", "seq": seq, "search_type": "0", "stex_tp": exchange}
            fields |= {"cont_yn": cont_yn, "next_key": next_key}
        case Register(seq, exchange):
            fields = {"trnm": "CNSRREQ", "seq": seq, "search_type": "1", "stex_tp": exchange}
        case Clear(seq):
            fields = {"trnm": "CNSRCLR", "seq": seq}
    return msgspec.json.encode(fields)


# ---------------------------------------------------------------- replies and pushes


class LoginAccepted(Struct, frozen=True):
    """The LOGIN reply with return_code 0."""


class ConditionList(Struct, frozen=True):
    """The reply to ListConditions."""

    conditions: tuple[Condition, ...]


class SearchPage(Struct, frozen=True):
    """The reply to Search: typed rows; `oddities` names fields that could not be read and became None."""

    stocks: tuple[Stock, ...]
    cont_yn: str
    next_key: str
    oddities: tuple[str, ...] = ()


class Registered(Struct, frozen=True):
    """The reply to Register: the codes that are in the condition now."""

    codes: tuple[str, ...]


class Cleared(Struct, frozen=True):
    """The reply to Clear."""


class Refusal(Struct, frozen=True):
    """A reply with a return_code other than 0; `code` prefers the one in the text (`CODE=8005`, `[8005:…]`)."""

    code: str
    text: str


class Malformed(Struct, frozen=True):
    """A reply that answers the request and has a shape nobody knows."""

    reason: str


Answer = LoginAccepted | ConditionList | SearchPage | Registered | Cleared | Refusal | Malformed


class Reply(Struct, frozen=True):
    """A reply before anyone knows whose it is: what identifies it, and `fields` as they came.

    `seq` is stripped and may come from `(seq=N)` in the text; None where the reply names no condition.
    """

    trnm: str
    seq: str | None
    refusal: Refusal | None
    fields: dict[str, Any]


_Value = Annotated[str, Meta(max_length=LONGEST_VALUE)]


class PushValues(Struct, frozen=True, gc=False):
    """The values of a type "02" row: 841 is the condition's seq, 843 is I (편입) or D (이탈)."""

    seq: str = field(default="", name="841")
    code: _Value = field(default="", name="9001")
    kind: str = field(default="", name="843")
    clock: _Value | None = field(default="", name="20")


class PushRow(Struct, frozen=True, gc=False):
    """One row of a REAL frame; only those of type "02" concern conditions."""

    values: PushValues
    type: str = ""


class Push(Struct, frozen=True, gc=False):
    """A REAL frame."""

    trnm: Literal["REAL"]
    data: list[PushRow]


class PartialPush(Push, frozen=True, gc=False):
    """A REAL frame in which `unreadable` rows of type "02" could not be read."""

    unreadable: int


class Ping(Struct, frozen=True):
    """The heartbeat; it is answered with the very same bytes."""

    payload: bytes


class System(Struct, frozen=True):
    """A notice of the broker; `code` in FATAL_SYSTEM_CODES announces a close."""

    code: str
    message: str


class Unknown(Struct, frozen=True):
    """A JSON value this package does not know; kept as it came, at most 1,000 bytes of it."""

    trnm: str
    payload: bytes


Incoming = Push | Reply | Ping | System | Unknown

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
        return _typed(request, reply.fields, [] if rows is None else rows)
    except _WrongShape as wrong:
        return Malformed(f"{request.trnm}: {wrong}")


class _WrongShape(Exception):
    """A row that is none; told to the caller as Malformed."""


def _typed(request: Request, fields: dict[str, Any], rows: object) -> Answer:
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
            return _search_page(fields, rows)
        case Register():
            return Registered(tuple(dict.fromkeys(_jmcode(row) for row in _few(rows, MOST_CODES))))


def _few(rows: list[Any], most: int) -> list[Any]:
    if len(rows) > most:
        raise _WrongShape(f"{len(rows)} rows, more than there can be")
    return rows


# ---------------------------------------------------------------- values


def _condition(row: object) -> Condition:
    """Read a row of the list: a two-element array in every capture, an object in the guide's table."""
    match row:
        case [str(seq), str(name), *_] | {"seq": str(seq), "name": str(name)} if len(seq) + len(name) < WORDS:
            return Condition(seq=seq.strip(), name=composed(name))
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


def encode_login_accepted() -> bytes:
    """Return the reply to a good LOGIN."""
    return msgspec.json.encode({"trnm": "LOGIN", "return_code": 0, "return_msg": "", "sor_yn": "Y"})


def encode_refusal(trnm: str, code: int, text: str) -> bytes:
    """Return an error reply; the seq it concerns stands in the text only, as on the real wire."""
    return msgspec.json.encode({"trnm": trnm, "return_code": code, "return_msg": text})


def encode_missing(trnm: str, parameter: str) -> bytes:
    """Return the reply to a request in which a parameter is missing; `trnm` is empty where that is the missing one."""
    return encode_refusal(trnm, 100002, f"필수 파라미터가 누락되어 있습니다(parameter={parameter})")


def encode_list(conditions: Iterable[Condition]) -> bytes:
    """Return the list of conditions as rows of two, in the order given."""
    rows = [[condition.seq, condition.name] for condition in conditions]
    return msgspec.json.encode({"trnm": "CNSRLST", "return_code": 0, "return_msg": "", "data": rows})


def encode_search(seq: str, rows: Sequence[dict[str, str]], next_key: str = "") -> bytes:
    """Return one page of a search; `rows` by field number, `seq` padded to three as only searches do."""
    head = {"trnm": "CNSRREQ", "seq": seq.ljust(3), "cont_yn": "Y" if next_key else "N", "next_key": next_key}
    return msgspec.json.encode(head | {"return_code": 0, "data": rows or None})


def encode_registered(seq: str, codes: Iterable[str]) -> bytes:
    """Return a snapshot: each code behind the letter A; an empty one is `data:null`."""
    rows = [{"jmcode": f"A{code}"} for code in codes]
    return msgspec.json.encode({"trnm": "CNSRREQ", "seq": seq, "return_code": 0, "data": rows or None})


def encode_cleared(seq: str) -> bytes:
    """Return the reply to Clear."""
    return msgspec.json.encode({"trnm": "CNSRCLR", "seq": seq, "return_code": 0, "return_msg": ""})


def encode_push(seq: str, code: str, kind: Literal["I", "D"], clock: str, more: str = ',"907":"2"') -> bytes:
    """Return the REAL frame of one enter (I) or leave (D); built as text, because thousands are made a second."""
    text = (
        f'{{"data":[{{"values":{{"841":"{seq}","9001":"{code}","843":"{kind}","20":"{clock}"{more}}},'
        f'"type":"02","name":"조건검색","item":"{code}"}}],"trnm":"REAL"}}'
    )
    return text.encode()


def encode_ping() -> bytes:
    """Return the heartbeat."""
    return b'{"trnm":"PING"}'


def encode_system(code: str, message: str) -> bytes:
    """Return a SYSTEM notice."""
    return msgspec.json.encode({"trnm": "SYSTEM", "code": code, "message": message})
