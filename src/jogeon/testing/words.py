"""The messages of Kiwoom's wire as a broker writes them, as plain objects for JSON.

They are written from the wire's own description, without `jogeon.messages`: a mistake there finds no mirror here.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

Message = dict[str, object]

PING: Message = {"trnm": "PING"}
BARE_PING = b"PING"
"""Was seen, too: `alter("PING", …)` can send it."""
PREFIX = "A"
"""Stands before a code in snapshots and searches (A 주식), never in pushes."""
NUMBER = 9
"""Characters of a number in a search, the sign among them."""

TAKEN, NO_HEARTBEAT, NO_LOGIN = "R10001", "R10002", "R10004"
SYSTEM_TEXTS = {
    TAKEN: "동일한 App key로 접속이 되었습니다. 기존 세션은 종료가 됩니다",
    NO_HEARTBEAT: "사용자 프로그램으로부터 Heartbeat(연결유지) 메시지가 오지않아서 접속을 종료합니다",
    NO_LOGIN: "접속허용요청(토큰)이 들어오지 않았습니다. 접속을 종료합니다",
}
"""The SYSTEM notices after which the broker closes."""

TOKEN_INVALID, TWICE, NO_SUCH, MISSING, BEFORE_LOGIN = 8005, 900003, 900004, 100002, 100013
REFUSALS = {
    TOKEN_INVALID: "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]",
    TWICE: "이미 등록된 조건검색 일련번호입니다.(seq={seq})",
    NO_SUCH: "존재하지 않는 일련번호입니다.(seq={seq})",
    MISSING: "필수 파라미터가 누락되어 있습니다(parameter=trnm)",
    BEFORE_LOGIN: "로그인 인증이 들어오기 전에 다른 전문이 들어왔습니다",
    1700: "허용된 요청 개수를 초과하였습니다",
    105110: "요청이 너무 잦습니다. 잠시 후 다시 요청하십시오",
}
"""What the broker says beside a code, where a capture shows it or another text would mislead."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a search says of a stock: won, and shares for the volume; the rate follows from price and change."""

    name: str
    price: int
    change: int = 0
    volume: int = 0
    open: int = 0
    high: int = 0
    low: int = 0


def made_up(code: str) -> Quote:
    """Return a quote that is made up, always the same for a code."""
    draw = zlib.crc32(code.encode())
    price = 1_000 + draw % 99_000
    change = draw // 99_000 % 401 - 200
    low, high = min(price, price - change), max(price, price - change)
    return Quote(f"가상{code}", price, change, 1_000 + draw % 900_000, price - change, high + 50, low - 50)


def accepted(trnm: str, **more: object) -> Message:
    """Return the usual beginning of a reply, and what else it holds."""
    return {"trnm": trnm, "return_code": 0, "return_msg": ""} | more


def refused(trnm: str, code: int, text: str) -> Message:
    """Return a refusal; the number stands in a field, the words beside it."""
    return {"trnm": trnm, "return_code": code, "return_msg": text}


def listing(conditions: Iterable[tuple[str, str]]) -> Message:
    """Return the saved conditions, rows sorted as the broker sorts them: as strings."""
    return accepted("CNSRLST", data=[[seq, name] for seq, name in sorted(conditions)])


def snapshot(seq: str, codes: Iterable[str], *, bare: bool = False) -> Message:
    """Return the reply to a registration; `bare` leaves the seq of an empty one away, as was seen."""
    rows = [{"jmcode": PREFIX + code} for code in codes]
    if not rows and bare:
        return {"trnm": "CNSRREQ", "return_code": 0, "data": None}
    return {"trnm": "CNSRREQ", "seq": seq, "return_code": 0, "data": rows or None}


def page(seq: str, stocks: Iterable[tuple[str, Quote]], next_key: str = "") -> Message:
    """Return one page of a search: its seq is padded, and return_msg is missing."""
    rows = [_row(code, quote) for code, quote in stocks]
    more = {"cont_yn": "Y" if next_key else "N", "next_key": next_key}
    return {"trnm": "CNSRREQ", "seq": seq.ljust(3), **more, "return_code": 0, "data": rows or None}


def push(seq: str, code: str, kind: str, clock: str) -> Message:
    """Return a REAL frame of one change: I entered, D left."""
    values = {"841": seq, "9001": code, "843": kind, "20": clock, "907": "2"}
    return {"data": [{"values": values, "type": "02", "name": "조건검색", "item": code}], "trnm": "REAL"}


def system(code: str, text: str) -> Message:
    """Return a SYSTEM notice."""
    return {"trnm": "SYSTEM", "code": code, "message": text}


def number(value: int) -> str:
    """Return a number as it stands in a search: zero padded, a minus in the place of the first digit."""
    return f"{value:0{NUMBER}d}"


def _row(code: str, quote: Quote) -> Message:
    before = quote.price - quote.change
    rate = round(quote.change / before * 100_000) if before else 0
    sign = "2" if quote.change > 0 else "5" if quote.change < 0 else "3"
    return {
        "9001": PREFIX + code,
        "302": quote.name,
        "10": number(quote.price),
        "25": sign,
        "11": number(quote.change),
        "12": number(rate),
        "13": number(quote.volume),
        "16": number(quote.open),
        "17": number(quote.high),
        "18": number(quote.low),
    }
