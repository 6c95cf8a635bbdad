"""The simulated broker's own way of writing, switch by switch; where nothing is in doubt, `messages` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from jogeon.simulator.market.companies import prefix
from jogeon.simulator.market.market import PartlyKnown
from jogeon.wire import writers
from jogeon.wire.messages import QuoteRow, Refusal
from jogeon.wire.values import SIGNS, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jogeon.events import Condition, Exchange
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.market import Prices
    from jogeon.wire.messages import Clear, Register, Search

LOGIN_REASONS: Final = {
    "1700": "허용된 API 요청 개수를 초과하였습니다",
    "8003": "Access Token을 조회하는데 실패했습니다",
    "8005": "Token이 유효하지 않습니다",
    "8010": "Token을 발급받은 IP와 서비스를 요청한 IP가 동일하지 않습니다",
    "8031": "Token을 발급받은 투자구분(실전/모의투자)이 사용하려는 투자구분과 일치하지 않습니다",
    "8103": "토큰 인증 또는 단말기인증에 실패했습니다",
}
MAINTENANCE: Final = (20, "시스템 점검중입니다")
"""A refusal of which no code is known."""
WITHOUT_BRACKETS: Final = {"1999": "예기치 못한 에러가 발생했습니다"}
"""Refusals whose code stands in return_code alone."""
FAILED: Final = "처리 중 오류가 발생했습니다. 잠시 후 다시 조회하세요"
BESIDE: Final = writers.encode_system("R10009", "실시간 조건검색 중에는 일반 조회를 할 수 없습니다. 접속을 종료합니다")
"""Our own code: of the one session that was ended so, only the fact is known."""
SUFFIXES: Final[dict[Exchange, str]] = {"K": "", "N": "_NX", "A": "_AL"}
MILLION: Final = 10**6
"""The broker tells the day's turnover (거래대금) in millions of won."""
OTHER_ROW: Final = '[{"values":{"20":"090000","10":"+75000"},"type":"0B","name":"주식체결","item":"005930"},'.encode()
NOTICE: Final = writers.encode_system("N00001", "시뮬레이터의 안내입니다")


class Dialect:
    """The broker's texts as its switches have them."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._more = ',"907":"2"' * switches.with_907 + ',"9081":"통합"' * switches.with_9081
        self._plain = switches.with_20 and not switches.mixed and switches.prefixes != "always"

    def login_accepted(self, rest: str | None = None) -> bytes:
        """Return the reply to a good LOGIN; `rest` for one that asked for it."""
        return writers.encode_login_accepted(sor_yn=self._switches.sor_yn, rest=rest)

    def login_refused(self, code: str) -> tuple[Refusal, bytes]:
        """Return the refusal of a LOGIN; its code stands in the text, its number is anyone's guess."""
        if code == "maintenance" or code in WITHOUT_BRACKETS:
            number, text = MAINTENANCE if code == "maintenance" else (int(code), WITHOUT_BRACKETS[code])
            return Refusal(code=str(number), text=text), writers.encode_refusal("LOGIN", number, text)
        reason = LOGIN_REASONS.get(code, "인증에 실패했습니다")
        text = f"토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE={code}, MESSAGE={reason}]"
        number = int(code) if self._switches.login_code is None else self._switches.login_code
        return Refusal(code=code, text=text), writers.encode_refusal("LOGIN", number, text)

    def listing(self, conditions: Iterable[Condition]) -> bytes:
        """Return the list of conditions; its rows are sorted as text: 0, 1, 10, 2."""
        blank = "  " if self._switches.padded_names else ""
        pairs = sorted((condition.seq, f"{blank}{condition.name}{blank}") for condition in conditions)
        if self._switches.list_order == "number":
            pairs.sort(key=lambda pair: int(pair[0]))
        objects = self._switches.list_rows == "objects"
        rows = [{"seq": seq, "name": name} if objects else [seq, name] for seq, name in pairs]
        data = None if not rows and self._switches.empty_list == "null" else rows
        return writers.encode_list(data, self._switches.list_name)

    def label(self, request: Search | Register | Clear) -> str:
        """Return the seq a request names."""
        seq = request.seq.strip()
        return seq.lstrip("0") or "0" if seq.isdigit() and self._switches.zero_padded == "taken" else seq

    def refusal(self, trnm: str, code: int, text: str, seq: str | None = None) -> tuple[Refusal, bytes]:
        """Return a refusal; the condition it is about stands where the switch has it."""
        where = self._switches.error_seq
        if seq is not None and where == "text":
            text = f"{text}(seq={seq})"
        reply = writers.encode_refusal(trnm, code, text, seq if where == "field" else None)
        return Refusal(code=str(code), text=text), reply

    def failed(self, seq: str) -> tuple[Refusal, bytes]:
        """Return a failure that is told in words alone, beside the code of a success."""
        return Refusal(code="0", text=FAILED), writers.encode_failed(seq, FAILED)

    def cleared(self, seq: str) -> bytes:
        """Return the reply to a stop."""
        return writers.encode_cleared(seq, "정상적으로 처리되었습니다" if self._switches.clear_words else "")

    def snapshot(self, seq: str, codes: Sequence[str], exchange: Exchange) -> bytes:
        """Return what is in a condition now."""
        if not codes and self._switches.empty_snapshot != "null":
            listed = self._switches.empty_snapshot == "list"
            return writers.encode_registered(seq if listed else None, [] if listed else None)
        named = seq.ljust(3) if self._switches.padded_seq == "always" else seq
        return writers.encode_registered(named, self._rows([{"jmcode": self.code(code, exchange)} for code in codes]))

    def page(self, seq: str, quotes: Sequence[Prices | PartlyKnown], exchange: Exchange, next_key: str) -> bytes:
        """Return one page of a search."""
        padded = seq if self._switches.padded_seq == "never" else seq.ljust(3)
        if self._switches.search_rows == "codes":
            rows = [{"jmcode": self.code(quote.code, exchange)} for quote in quotes]
        else:
            rows = [self.row(quote, exchange) for quote in quotes]
        return writers.encode_search(padded, self._rows(rows), next_key)

    def _rows(self, rows: list[dict[str, str]]) -> list[dict[str, str]] | dict[str, str] | None:
        if len(rows) == 1 and self._switches.one_row == "object":
            return rows[0]
        return rows or None

    def code(self, code: str, exchange: Exchange) -> str:
        """Return a code as it stands in a snapshot or a search."""
        letter = "" if self._switches.prefixes == "never" else prefix(code)
        return letter + code + (SUFFIXES[exchange] if self._switches.venue_suffix else "")

    def row(self, quote: Prices | PartlyKnown, exchange: Exchange) -> dict[str, str]:
        """Return a row of a search by field number: nine characters, a sign in place of the first digit.

        What is not known is empty.
        """
        code = {"9001": self.code(quote.code, exchange)}
        if isinstance(quote, PartlyKnown):
            rate = None if quote.rate is None else round(quote.rate * 1000)
            return code | {
                "302": quote.name,
                "10": number_text(quote.price, "09d"),
                "25": "",
                "11": number_text(quote.change, "09d"),
                "12": self._rate(rate),
                "13": number_text(quote.volume, "09d"),
                **dict.fromkeys(("16", "17", "18"), ""),
            }
        return code | {
            "302": quote.name,
            "10": f"{quote.price:09d}",
            "25": str(quote.sign),
            "11": f"{quote.change:09d}",
            "12": self._rate(quote.rate),
            "13": f"{quote.volume:09d}",
            "16": f"{quote.open:09d}",
            "17": f"{quote.high:09d}",
            "18": f"{quote.low:09d}",
        }

    def _rate(self, rate: int | None) -> str:
        """Return a rate in thousandths of a percent as a search has it, "" for None."""
        if self._switches.rates == "thousandths" or rate is None:
            return number_text(rate, "09d")
        return f"{rate / 1000:09.2f}"

    def quote(self, label: str, stock: Prices) -> bytes:
        """Return the push of a stock's last trade; `label` is how it was registered."""
        return writers.encode_quote(
            QuoteRow(
                code=label,
                clock=stock.clock,
                price=stock.price,
                change=stock.change,
                rate=stock.rate / 1000,
                sign=SIGNS[str(stock.sign)],
                ask=stock.ask,
                bid=stock.bid,
                quantity=stock.quantity,
                volume=stock.volume,
                value=stock.value // MILLION,
                open=stock.open,
                high=stock.high,
                low=stock.low,
                strength=stock.strength,
            )
        )

    def push(self, seq: str, code: str, kind: Literal["I", "D"], clock: str) -> bytes:
        """Return the push of one enter or leave."""
        if self._plain:
            return writers.encode_push(seq, code, kind, clock, self._more)
        named = prefix(code) + code if self._switches.prefixes == "always" else code
        text = writers.encode_push(seq, named, kind, clock if self._switches.with_20 else "", self._more)
        return text.replace(b"[", OTHER_ROW, 1) if self._switches.mixed else text
