"""What the broker sends as typed messages; field numbers become names here, in `quotes` and in `values`, nowhere else.

`decode` returns Unknown for a JSON value it does not know and raises RemoteProtocolError for bytes that are not JSON.
`answer` turns a reply into the answer to a request.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition, Stock
from jogeon.reports import Report
from jogeon.wire.messages import (
    MOST_CODES,
    MOST_CONDITIONS,
    Acknowledged,
    Answer,
    Clear,
    Cleared,
    ConditionList,
    Follow,
    Following,
    Incoming,
    ListConditions,
    Login,
    LoginAccepted,
    Malformed,
    PartialPush,
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
    TradeRow,
    Unknown,
    WidePush,
)
from jogeon.wire.quotes import quotes_in
from jogeon.wire.search_row import stock_of
from jogeon.wire.values import (
    NO_JSON,
    WORDS,
    bare_code,
    clock_of,
    code_of,
    composed,
    is_success,
    plain,
    rows_of,
    shown,
    text_of,
    without_broken,
)

T = TypeVar("T")

parse: Callable[[bytes | str], Any] = msgspec.json.decode

MOST_ODDITIES = 10
"""Oddities that an answer names: more of them would say nothing more."""

read_push: Callable[[bytes], Push] = msgspec.json.Decoder(Push).decode
"""Reads a REAL frame whose rows are all as usual, without a function of ours in between; NO_PUSH for all else."""
NO_PUSH = NO_JSON

BLANKS = b" \t\r\n\v\f\0"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def decode(payload: bytes, *, quotes: bool = False) -> Incoming:
    """Return what any frame of the broker holds; RemoteProtocolError if the bytes are no JSON document.

    `quotes`: those of single stocks are read, too; else they are passed over as rows that concern no condition.
    It is parsed once, into plain values that are then read one by one. A push in the usual shape can be read at a tenth
    of that cost by `read_push`, with the same meaning.
    """
    text = payload.strip(BLANKS).removeprefix(BYTE_ORDER_MARK).lstrip(BLANKS)
    if text.strip(b'"').upper() == b"PING":  # seen tolerated by the broker as bare text
        return Ping(payload)
    try:
        return _message(parse(text), payload, quotes=quotes)
    except NO_PUSH as error:
        if (mended := without_broken(text)) is not None:
            return _despite(error, mended, payload, quotes=quotes)
        raise unreadable(payload, error) from None


def _despite(broken: Exception, mended: str, payload: bytes, *, quotes: bool) -> Incoming:
    """Read what stands beside a broken character, which costs itself only: codes and numbers are ASCII."""
    try:
        message = _message(parse(mended), payload, quotes=quotes)
    except NO_PUSH as error:
        raise unreadable(payload, error) from None
    if isinstance(message, Unknown):
        raise unreadable(payload, broken) from None
    return message


def _message(value: object, payload: bytes, *, quotes: bool) -> Incoming:
    fields = _fields(value)
    named = fields.get("trnm")
    trnm = plain(named).upper()
    match trnm:
        case "PING":
            return Ping(payload)
        case "REAL":
            return _pushed(fields.get("data"), quotes_in(fields.get("data")) if quotes else ())
        case "SYSTEM":
            code = plain(fields.get("code")) or plain(fields.get("return_code"))
            return System(code.upper(), text_of(fields.get("message") or fields.get("return_msg")))
        case "" if "return_code" not in fields and (push := _pushed(fields.get("data"), ())).data:
            return push
    if _is_reply(trnm, fields):
        return _reply(trnm, fields)
    return Unknown(trnm=text_of(named) if isinstance(named, str) else "", payload=payload[:WORDS])


def unreadable(payload: bytes, cause: Exception) -> RemoteProtocolError:
    """Return the error for bytes that are not JSON; it names their number and nothing that they hold."""
    return RemoteProtocolError(Report("unreadable frame", bytes=len(payload), text=type(cause).__name__))


def _fields(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


# ---------------------------------------------------------------- pushes


def _pushed(data: object, quotes: tuple[TradeRow, ...]) -> Push:
    """Read row by row what does not fit the usual shape, so that one bad row costs no good one."""
    rows = rows_of(data)
    if rows is None or len(rows) > MOST_CODES or not (rows or isinstance(data, list)):
        return PartialPush("REAL", [], 1)
    kept: list[PushRow] = []
    unread: list[str] = []
    for row in rows:
        if not _may_concern_a_condition(row):
            continue
        read = _push_row(row)
        if read is None:
            unread.append(plain(_values(row).get("841")))
        else:
            kept.append(read)
    if unread:
        return PartialPush("REAL", kept, len(unread), tuple(dict.fromkeys(unread)) if all(unread) else (), quotes)
    return WidePush("REAL", kept, quotes) if quotes else Push("REAL", kept)


def _may_concern_a_condition(row: object) -> bool:
    """Tell whether a row is of type "02", or could be: one without a type is judged by what else it holds."""
    if not isinstance(row, dict):
        return True
    kind = plain(row.get("type"))
    if kind:
        return kind in ("02", "2")
    values = _values(row)
    return not values or "841" in values or "843" in values or plain(row.get("name")) == "조건검색"


def _values(row: object) -> dict[str, Any]:
    """Return the values of a row, which may stand in a list of one or in the row itself; empty if there are none."""
    fields = _fields(row)
    match rows_of(fields.get("values")):
        case [dict() as values]:
            return values
    return fields if "841" in fields else {}


def _push_row(row: object) -> PushRow | None:
    """Return what makes a push: seq, code and kind; None if one of them cannot be read. The time is as may be."""
    values = _values(row)
    seq = plain(values.get("841"))
    code = code_of(values.get("9001")) or code_of(_fields(row).get("item"))
    match plain(values.get("843")).upper():
        case "I" | "D" as kind if seq and code:
            return PushRow(PushValues(seq, code, kind, clock_of(values.get("20"))))
    return None


# ---------------------------------------------------------------- replies

_SEQ_IN_TEXT = re.compile(r"\(seq=\s*(\d{1,9})\s*\)")
_CODE_IN_TEXT = re.compile(r"CODE\s*=\s*([0-9A-Z]{1,9})|\[(\d{4,6})[:\]]", re.IGNORECASE)
_ZERO = re.compile(r"[+-]?0+(\.0*)?")
_ANSWERED = ("LOGIN", "CNSRLST", "CNSRLT", "CNSRREQ", "CNSRCLR", "REG", "REMOVE")


def _is_reply(trnm: str, fields: dict[str, Any]) -> bool:
    """Tell whether a frame answers something: it has a return_code, or what only a reply to one of ours has."""
    if "return_code" in fields:
        return True
    return trnm in _ANSWERED and ("data" in fields or bool(fields.get("return_msg")))


def _reply(trnm: str, fields: dict[str, Any]) -> Reply:
    words = fields.get("return_msg")
    text = text_of(words) if words else ""
    in_text = _SEQ_IN_TEXT.search(text)
    return Reply(
        trnm="CNSRLST" if trnm == "CNSRLT" else trnm,  # the guide prints its own reply's name with a typo
        seq=plain(fields.get("seq")) or (in_text[1] if in_text else None),
        refusal=_refused(trnm, fields, text),
        fields=fields,
    )


def _refused(trnm: str, fields: dict[str, Any], text: str) -> Refusal | None:
    """Return what a reply refuses, or None if it grants.

    A CNSRREQ (or a reply without a trnm) with code 0, words and no rows is a failure. Taken for "no stock" it would
    report leaves that never happened, while a refusal is asked again. Only words that are known to mean success are not
    a failure, because no good empty reply has been seen with any words. A reply without a return_code grants only if it
    has rows or words of success.
    """
    code = fields.get("return_code")
    refusal = refusal_in(code, text)
    if not plain(code):
        well = rows_of(fields.get("data")) or (text.strip() and is_success(text))
        return None if well else refusal
    if refusal is None and trnm in ("CNSRREQ", "") and not is_success(text) and not rows_of(fields.get("data")):
        return Refusal(_code_in(text) or "0", text)
    return refusal


def refusal_in(return_code: object, text: str) -> Refusal | None:
    """Return what a return_code and its text refuse, or None for success (0, "0", "0000", 0.0)."""
    code = plain(return_code)
    return None if _ZERO.fullmatch(code) else Refusal(_code_in(text) or code, text)


def _code_in(text: str) -> str:
    found = _CODE_IN_TEXT.search(text)
    return (found[1] or found[2]) if found else ""


def can_answer(reply: Reply, request: Request) -> bool:
    """Tell whether a reply can be the answer to a request by its trnm; an error may have none."""
    return reply.trnm == request.trnm or (reply.trnm == "" and reply.refusal is not None)


def likeness(reply: Reply, request: Request) -> int:
    """Return 1 if a reply has the shape of an answer to a request, -1 if that of another one's, 0 if its shape is mute.

    Searches and registrations share a trnm: only a search has pages and rows by field number, only a snapshot has rows
    of jmcode. Shapes are not reliable; this decides only between requests that could both be meant. Pages weigh more
    than rows: searches with rows of jmcode were seen.
    """
    rows = rows_of(reply.fields.get("data"))
    first = rows[0] if rows and isinstance(rows[0], dict) else {}
    signs = ("9001" in first) - ("jmcode" in first) + 2 * bool(reply.fields.get("cont_yn"))
    search = 0 if reply.refusal is not None else (signs > 0) - (signs < 0)
    return search if isinstance(request, Search) else -search if isinstance(request, Register) else 0


# ---------------------------------------------------------------- answers


def answer(request: Request, reply: Reply) -> Answer:
    """Return a reply as the typed answer to the request it belongs to.

    One odd row costs no other: it is named in the answer's `oddities`. Malformed if nothing is readable at all.
    """
    if reply.refusal is not None:
        return reply.refusal
    try:
        return _typed(request, reply)
    except _WrongShape as wrong:
        return Malformed(f"{request.trnm}: {wrong}")


class _WrongShape(Exception):
    """Data in which nothing can be read; the caller gets Malformed."""


def _typed(request: Request, reply: Reply) -> Answer:  # noqa: PLR0911  # one return a case
    oddities: list[str] = []
    data = reply.fields.get("data")
    match request:
        case Login():
            rest = reply.fields.get("rest")
            journal = plain(reply.fields.get("journal")) or None
            return LoginAccepted(rest[:WORDS] if isinstance(rest, str) and rest else None, journal)
        case Follow():
            return _following(reply.fields)
        case Clear():
            return Cleared()
        case ListConditions():
            conditions = _read(_listed(data), _condition, oddities, MOST_CONDITIONS)
            return ConditionList(tuple(dict.fromkeys(conditions)), _bounded(oddities))
        case Search():
            return _search_page(reply, oddities)
        case RegisterQuotes() | RemoveQuotes():
            return Acknowledged()
        case Register():
            codes = _read(rows_of(data), _code_of_row, oddities, MOST_CODES)
            if plain(reply.fields.get("cont_yn")).upper() == "Y":
                oddities.append("cont_yn = 'Y': more may be in it than is shown")
            return Registered(tuple(dict.fromkeys(codes)), _bounded(oddities), named=reply.seq is not None)


def _following(fields: dict[str, Any]) -> Following:
    try:
        return msgspec.convert(fields, Following)
    except (msgspec.ValidationError, RecursionError):
        raise _WrongShape("no stream") from None


def _read(rows: list[Any] | None, read: Callable[[Any], T | None], oddities: list[str], most: int) -> list[T]:
    """Return what can be read of the rows and name the others; _WrongShape if there are some and none can be read."""
    if rows is None:
        raise _WrongShape("data is not a list")
    if len(rows) > most:
        raise _WrongShape(f"{len(rows)} rows, more than there can be")
    found = []
    for row in rows:
        one = read(row)
        if one is None:
            oddities.append(f"a row of an unknown shape: {shown(row)}")
        else:
            found.append(one)
    if rows and not found:
        raise _WrongShape(oddities[0])
    return found


def _bounded(oddities: list[str]) -> tuple[str, ...]:
    """Return the first oddities; the last one says how many more there are."""
    if len(oddities) <= MOST_ODDITIES:
        return tuple(oddities)
    named = MOST_ODDITIES - 1
    return (*oddities[:named], f"and {len(oddities) - named} more")


def _listed(data: object) -> list[Any] | None:
    """Return the rows of the list of conditions; one array that is a row itself stands for a list of it."""
    rows = rows_of(data)
    match rows:
        case [seq, str()] if plain(seq).isdecimal():
            return [rows]
    return rows


def _condition(row: object) -> Condition | None:
    """Read a row of the list: a two-element array in every capture, an object in the guide's table.

    A condition without a name cannot be asked for. A name with a broken character is not the name that was saved.
    """
    match row:
        case [number, text, *_] | {"seq": number, "name": text}:
            seq, name = plain(number), composed(plain(text))
            if seq and name and len(seq) + len(name) < WORDS and "\ufffd" not in name:
                return Condition(seq, name)
    return None


def _code_of_row(row: object) -> str | None:
    """Read a row of a snapshot: an object with jmcode; one of a search or a code alone have been seen or are likely."""
    match row:
        case dict():
            code = code_of(row.get("jmcode")) or code_of(row.get("9001"))
        case [first, *_]:
            code = bare_code(first)
        case _:
            code = bare_code(row)
    return code or None


def _search_page(reply: Reply, oddities: list[str]) -> SearchPage:
    fields = reply.fields

    def stock(row: object) -> Stock | None:
        code = _code_of_row(row)
        return None if code is None else stock_of(code, _fields(row), oddities)

    stocks = tuple(_read(rows_of(fields.get("data")), stock, oddities, MOST_CODES))
    cont_yn = plain(fields.get("cont_yn")).upper()
    if cont_yn not in ("Y", "N") and fields.get("cont_yn") not in (None, ""):
        oddities.append(f"cont_yn = {text_of(fields['cont_yn'])[:40]!r}")
    return SearchPage(stocks, cont_yn, _key_of(fields.get("next_key")), _bounded(oddities), reply.seq is not None)


def _key_of(value: object) -> str:
    """Return the key of the next page as it came, because it is sent back so; "" for one of blanks."""
    return value if isinstance(value, str) and value.strip() else plain(value)
