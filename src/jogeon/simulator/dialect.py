"""The simulated broker's own way of writing, switch by switch; where nothing is in doubt, `messages` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from jogeon import writers
from jogeon.messages import Refusal
from jogeon.simulator.market import Unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jogeon.events import Condition, Exchange
    from jogeon.simulator.market import Quote
    from jogeon.simulator.switches import Switches

LOGIN_REASONS: Final = {
    "8005": "Token이 유효하지 않습니다",
    "8010": "Token을 발급받은 IP와 서비스를 요청한 IP가 동일하지 않습니다",
    "8031": "Token을 발급받은 투자구분(실전/모의투자)이 사용하려는 투자구분과 일치하지 않습니다",
    "8103": "토큰 인증 또는 단말기인증에 실패했습니다",
}
SUFFIXES: Final[dict[Exchange, str]] = {"K": "", "N": "_NX", "A": "_AL"}
NOTICE: Final = writers.encode_system("N00001", "시뮬레이터의 안내입니다")


class Dialect:
    """The broker's texts as its switches have them."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._more = ',"907":"2"' * switches.with_907 + ',"9081":"통합"' * switches.with_9081

    def login_accepted(self) -> bytes:
        """Return the reply to a good LOGIN."""
        if self._switches.sor_yn:
            return writers.encode_login_accepted()
        return msgspec.json.encode({"trnm": "LOGIN", "return_code": 0, "return_msg": ""})

    def login_refused(self, code: str) -> tuple[Refusal, bytes]:
        """Return the refusal of a LOGIN; its code stands in the text, its number is anyone's guess."""
        reason = LOGIN_REASONS.get(code, "인증에 실패했습니다")
        text = f"토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE={code}, MESSAGE={reason}]"
        number = int(code) if self._switches.login_code is None else self._switches.login_code
        return Refusal(code=code, text=text), writers.encode_refusal("LOGIN", number, text)

    def listing(self, conditions: Iterable[Condition]) -> bytes:
        """Return the list of conditions; its rows are sorted as text: 0, 1, 10, 2."""
        blank = "  " if self._switches.padded_names else ""
        pairs = sorted((condition.seq, f"{blank}{condition.name}{blank}") for condition in conditions)
        objects = self._switches.list_rows == "objects"
        rows = [{"seq": seq, "name": name} if objects else [seq, name] for seq, name in pairs]
        data = None if not rows and self._switches.empty_list == "null" else rows
        head = {"trnm": self._switches.list_name, "return_code": 0, "return_msg": ""}
        return msgspec.json.encode(head | {"data": data})

    def snapshot(self, seq: str, codes: Sequence[str], exchange: Exchange) -> bytes:
        """Return what is in a condition now."""
        if not codes and self._switches.empty_snapshot != "null":
            named = {"seq": seq, "data": []} if self._switches.empty_snapshot == "list" else {"data": None}
            return msgspec.json.encode({"trnm": "CNSRREQ", "return_code": 0} | named)
        return writers.encode_registered(seq, [self.code(code, exchange) for code in codes])

    def code(self, code: str, exchange: Exchange) -> str:
        """Return a code as it stands behind its prefix."""
        return code + SUFFIXES[exchange] if self._switches.venue_suffix else code

    def row(self, quote: Quote | Unquoted, exchange: Exchange) -> dict[str, str]:
        """Return a row of a search by field number: nine characters, a sign in place of the first digit.

        What is not known is empty.
        """
        code = {"9001": f"A{self.code(quote.code, exchange)}"}
        if isinstance(quote, Unquoted):
            return code | dict.fromkeys(("302", "10", "25", "11", "12", "13", "16", "17", "18"), "")
        return code | {
            "302": quote.name,
            "10": f"{quote.price:09d}",
            "25": str(quote.sign),
            "11": f"{quote.change:09d}",
            "12": f"{quote.rate:09d}",
            "13": f"{quote.volume:09d}",
            "16": f"{quote.open:09d}",
            "17": f"{quote.high:09d}",
            "18": f"{quote.low:09d}",
        }

    def acknowledged(self, trnm: str) -> bytes:
        """Return the reply to REG or REMOVE, which names neither stock nor group."""
        return msgspec.json.encode({"trnm": trnm, "return_code": 0, "return_msg": ""})

    def push(self, seq: str, code: str, kind: Literal["I", "D"], clock: str) -> bytes:
        """Return the push of one enter or leave."""
        return writers.encode_push(seq, code, kind, clock, self._more)
