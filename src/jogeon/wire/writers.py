"""Messages as the JSON texts of the wire: the requests of a client, and all that a broker sends.

Nothing else writes the wire. What the broker is known or suspected to write in several ways is an argument.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from jogeon.wire import messages
from jogeon.wire.messages import (
    Clear,
    Follow,
    Following,
    ListConditions,
    Login,
    QuoteRow,
    Register,
    RegisterQuotes,
    RemoveQuotes,
    Request,
    Search,
    TradeRow,
)
from jogeon.wire.values import number_text, sign_digit

SYSTEM_TEXTS = {
    messages.TAKEN: "동일한 App key로 접속이 되었습니다. 기존 세션은 종료가 됩니다",
    messages.NO_HEARTBEAT: "사용자 프로그램으로부터 Heartbeat(연결유지) 메시지가 오지않아서 접속을 종료합니다",
    messages.NO_LOGIN: "접속허용요청(토큰)이 들어오지 않았습니다. 접속을 종료합니다",
}
"""What the broker was seen to say with a SYSTEM code."""


def encode(request: Request) -> bytes:
    """Return the JSON text of a request, fields in the order of the broker's samples."""
    fields: dict[str, object]
    match request:
        case Login(token, extended):
            fields = {"trnm": "LOGIN", "token": token} | ({"jogeon": 1} if extended else {})
        case ListConditions():
            fields = {"trnm": "CNSRLST"}
        case Search(seq, exchange, cont_yn, next_key):
            fields = {"trnm": "CNSRREQ", "seq": seq, "search_type": "0", "stex_tp": exchange}
            fields |= {"cont_yn": cont_yn, "next_key": next_key}
        case Register(seq, exchange):
            fields = {"trnm": "CNSRREQ", "seq": seq, "search_type": "1", "stex_tp": exchange}
        case Clear(seq):
            fields = {"trnm": "CNSRCLR", "seq": seq}
        case Follow(seqs, after, exchange, members):
            fields = {"trnm": "FOLLOW", "seqs": list(seqs), "after": after, "stex_tp": exchange, "members": members}
        case RegisterQuotes(codes, group, keep):
            fields = {"trnm": "REG", "grp_no": group, "refresh": "1" if keep else "0", "data": _quoted(codes)}
        case RemoveQuotes(codes, group):
            fields = {"trnm": "REMOVE", "grp_no": group, "data": _quoted(codes)}
    return msgspec.json.encode(fields)


def _quoted(codes: Sequence[str]) -> list[dict[str, list[str]]]:
    return [{"item": list(codes), "type": ["0B"]}]  # both must be arrays, else 105111


# ---------------------------------------------------------------- the broker's side


Rows = Sequence[object] | Mapping[str, object] | None
"""The rows of a reply as they stand in it: a list, one row for itself, or null."""


def encode_login_accepted(*, sor_yn: bool = True, rest: str | None = None, journal: str | None = None) -> bytes:
    """Return the reply to a good LOGIN; `sor_yn` may be missing on the real wire.

    `rest` and `journal` are extensions of this package, for a client that asks for them (`Login.extended`).
    """
    more = {"sor_yn": "Y"} if sor_yn else {}
    more |= {name: said for name, said in (("rest", rest), ("journal", journal)) if said is not None}
    return _reply("LOGIN", return_code=0, return_msg="", **more)


def encode_refusal(trnm: str, code: int, text: str, seq: str | None = None) -> bytes:
    """Return an error reply; on the real wire the seq it concerns stands in the text only."""
    named = {} if seq is None else {"seq": seq}
    return _reply(trnm, **named, return_code=code, return_msg=text)


def encode_missing(trnm: str, parameter: str) -> bytes:
    """Return the reply to a request in which a parameter is missing; `trnm` is empty where that is the missing one."""
    return encode_refusal(trnm, 100002, f"필수 파라미터가 누락되어 있습니다(parameter={parameter})")


def encode_failed(seq: str, text: str) -> bytes:
    """Return the failure of a CNSRREQ that stands in words alone, beside the code of a success."""
    return _reply("CNSRREQ", seq=seq, return_code=0, return_msg=text, data=None)


def encode_list(rows: Rows, trnm: str = "CNSRLST") -> bytes:
    """Return the list of conditions; a row is [seq, name], and by the guide's table an object of these two."""
    return _reply(trnm, return_code=0, return_msg="", data=rows)


def encode_search(seq: str, rows: Rows, next_key: str = "") -> bytes:
    """Return one page of a search, its rows by field number; an empty `next_key` ends the search.

    The broker pads `seq` with blanks to three, here alone.
    """
    more = "Y" if next_key else "N"
    return _reply("CNSRREQ", seq=seq, cont_yn=more, next_key=next_key, return_code=0, data=rows)


def encode_registered(seq: str | None, rows: Rows, number: tuple[int, int] | None = None) -> bytes:
    """Return a snapshot; a row is {"jmcode": code}. The broker leaves `seq` out of some that are empty.

    `number` is the place in a hub's stream at which it is so.
    """
    named = {} if seq is None else {"seq": seq}
    placed = {} if number is None else dict(zip(("epoch", "n"), number, strict=True))
    return _reply("CNSRREQ", **named, return_code=0, data=rows, **placed)


def encode_following(following: Following) -> bytes:
    """Return the reply to Follow."""
    return _reply("FOLLOW", return_code=0, return_msg="", **msgspec.to_builtins(following))


def encode_cleared(seq: str, words: str = "") -> bytes:
    """Return the reply to Clear."""
    return _reply("CNSRCLR", seq=seq, return_code=0, return_msg=words)


def encode_acknowledged(trnm: str) -> bytes:
    """Return the reply to REG or REMOVE, which names neither stock nor group."""
    return _reply(trnm, return_code=0, return_msg="")


def _reply(trnm: str, **fields: object) -> bytes:
    return msgspec.json.encode({"trnm": trnm} | fields)


def encode_push(seq: str, code: str, kind: Literal["I", "D"], clock: str, more: str = ',"907":"2"') -> bytes:
    """Return the REAL frame of one enter (I) or leave (D); built as text, because thousands are made a second."""
    text = (
        f'{{"data":[{{"values":{{"841":"{seq}","9001":"{code}","843":"{kind}","20":"{clock}"{more}}},'
        f'"type":"02","name":"조건검색","item":"{code}"}}],"trnm":"REAL"}}'
    )
    return text.encode()


def encode_quote(quote: QuoteRow) -> bytes:
    """Return the REAL frame of one trade; prices have the sign of the change, as the broker's do."""
    sign = "" if not quote.change else "+" if quote.change > 0 else "-"

    def price(won: int | None) -> str:
        return "" if won is None else f"{sign}{won}"

    values = {
        "20": quote.clock,
        "10": price(quote.price),
        "11": number_text(quote.change, "+d"),
        "12": number_text(quote.rate, "+.2f"),
        "27": price(quote.ask),
        "28": price(quote.bid),
        "15": number_text(quote.quantity, "+d"),
        "13": number_text(quote.volume),
        "14": number_text(quote.value),
        "16": price(quote.open),
        "17": price(quote.high),
        "18": price(quote.low),
        "25": sign_digit(quote.sign),
        "228": number_text(quote.strength, ".2f"),
    }
    row = {"type": "0B", "name": "주식체결", "item": quote.code, "values": values}
    return msgspec.json.encode({"data": [row], "trnm": "REAL"})


def encode_trades(trades: Iterable[TradeRow]) -> bytes:
    """Return trades as they came (0B), in one frame."""
    return msgspec.json.encode({"data": [_trade(trade) for trade in trades], "trnm": "REAL"})


def _trade(trade: TradeRow) -> dict[str, object]:
    values = {name: value for name, value in msgspec.to_builtins(trade.values).items() if value is not None}
    return {"type": "0B", "name": "주식체결", "item": trade.item, "values": values}


def encode_ping() -> bytes:
    """Return the heartbeat."""
    return b'{"trnm":"PING"}'


def encode_system(code: str, message: str | None = None) -> bytes:
    """Return a SYSTEM notice; without a message it has the broker's own words for its code."""
    words = SYSTEM_TEXTS.get(code, "") if message is None else message
    return msgspec.json.encode({"trnm": "SYSTEM", "code": code, "message": words})
