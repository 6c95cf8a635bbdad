"""What a client sends as typed messages, read by a server."""

from typing import Any

from jogeon.events import Exchange
from jogeon.wire.messages import (
    Clear,
    Follow,
    ListConditions,
    Login,
    Ping,
    Register,
    RegisterQuotes,
    RemoveQuotes,
    Request,
    Search,
    Unknown,
)
from jogeon.wire.readers import NO_PUSH, parse, unreadable
from jogeon.wire.values import WORDS, plain, text_of


def decode_request(payload: bytes) -> Request | Ping | Unknown:
    """Return what a client sent; Unknown where a field is missing, RemoteProtocolError if the bytes are no JSON."""
    if payload.strip() == b"PING":
        return Ping(payload)
    try:
        value = parse(payload)
    except NO_PUSH as error:
        raise unreadable(payload, error) from None
    return _request(value, payload) if isinstance(value, dict) else Unknown(trnm="", payload=payload[:WORDS])


def _request(value: dict[str, Any], payload: bytes) -> Request | Ping | Unknown:  # noqa: PLR0911  # one return a case
    match _as_texts(value):
        case {"trnm": "PING"}:
            return Ping(payload)
        case {"trnm": "LOGIN", "token": str(token)}:
            return Login(token, value.get("jogeon") == 1)
        case {"trnm": "CNSRLST"}:
            return ListConditions()
        case {"trnm": "CNSRREQ", "seq": str(seq), "search_type": "1"}:
            return Register(seq, _venue(value))
        case {"trnm": "CNSRREQ", "seq": str(seq), "search_type": "0"}:
            return Search(seq, _venue(value), "Y" if value.get("cont_yn") == "Y" else "N", plain(value.get("next_key")))
        case {"trnm": "FOLLOW", "seqs": list(seqs), "after": str(after)} if all(isinstance(each, str) for each in seqs):
            return Follow(tuple(seqs), after, _venue(value), value.get("members") is True)
        case {"trnm": "CNSRCLR", "seq": str(seq)}:
            return Clear(seq)
        case {"trnm": "REG", "data": list(rows)} if (quoted := _quoted(rows)) is not None:
            codes, others = quoted
            return RegisterQuotes(codes, plain(value.get("grp_no")), plain(value.get("refresh")) != "0", others)
        case {"trnm": "REMOVE", "data": list(rows)} if (quoted := _quoted(rows)) is not None:
            return RemoveQuotes(quoted[0], plain(value.get("grp_no")))
    return Unknown(trnm=text_of(value.get("trnm")), payload=payload[:WORDS])


def _as_texts(value: dict[str, Any]) -> dict[str, Any]:
    """Return a request with its two fields of digits as texts: programs write them as numbers, too."""
    numbers = {name: plain(value[name]) for name in ("seq", "search_type") if type(value.get(name)) is int}
    return value | numbers if numbers else value


def _quoted(rows: list[Any]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the codes that a REG or REMOVE names for 0B, and the other types that it names.

    None unless every row has its two arrays of texts.
    """
    codes: list[str] = []
    others: dict[str, None] = {}
    for row in rows:
        match row:
            case {"item": list(items), "type": list(kinds)} if all(isinstance(each, str) for each in items + kinds):
                codes += (item.strip() for item in items if "0B" in kinds)
                others |= dict.fromkeys(kind for kind in kinds if kind != "0B")
            case _:
                return None
    return (tuple(filter(None, codes)), tuple(others)) if rows else None


def _venue(fields: dict[str, Any]) -> Exchange:
    venue = fields.get("stex_tp")
    return venue if venue in ("K", "N", "A") else "K"
