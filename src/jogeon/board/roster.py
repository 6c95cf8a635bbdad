"""One condition as the page shows it: whether it is followed, who is in, and its members over the day. No I/O."""

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import Struct, field

from jogeon.board.series import Series
from jogeon.events import Condition, exchange_time, korean
from jogeon.prices import Price


class Stay(Struct):
    """A stock in a condition: since when, how that is known, its price at entry, and when it left if it did.

    `clock` is the exchange's own time (HHMMSS); the date that belongs to it is looked for when somebody looks.
    """

    at_ns: int | None
    origin: Literal["snapshot", "live", "recovered"]
    clock: str = ""
    price: Price | None = None
    left_ns: int | None = None

    def fields(self) -> dict[str, Any]:
        """Return it as JSON shows it."""
        time = None if self.at_ns is None else exchange_time(self.clock, self.at_ns)
        shown = None if time is None else time.isoformat(timespec="seconds")
        told = {"at": iso(self.at_ns), "time": shown, "origin": self.origin, "left": iso(self.left_ns)}
        if self.price is None:
            return told
        fields = self.price.fields()
        return told | {name: fields[name] for name in ("entry_price", "entry_at", "entry_source", "high", "low")}


class Roster(Struct):
    """A condition and its stocks. `count`: how many are in, None if unknown; `blind_ns`: since when nobody listens."""

    condition: Condition
    on: bool = False
    stays: dict[str, Stay] = field(default_factory=dict)
    count: int | None = None
    blind_ns: int | None = None
    series: Series = field(default_factory=Series)

    def enter(self, code: str, stay: Stay) -> None:
        """Let a stock in; who was shown without its moment keeps the one that is known."""
        before = self.stays.pop(code, None)
        self.count = (self.count or 0) + (before is None or before.left_ns is not None)
        if before is not None and before.left_ns is None and stay.at_ns is None:
            stay = before
        self.stays[code] = stay

    def leave(self, code: str, at_ns: int) -> bool:
        """Let a stock out, which is shown for a while; return whether it was in."""
        stay = self.stays.get(code)
        if stay is None or stay.left_ns is not None:
            return False
        stay.left_ns = at_ns
        self.count = (self.count or 1) - 1
        return True

    def others(self, codes: Iterable[str]) -> list[str]:
        """Return who is in and not among these codes."""
        kept = set(codes)
        return [code for code, stay in self.stays.items() if stay.left_ns is None and code not in kept]

    def has(self, code: str) -> bool:
        """Tell whether a stock is in."""
        stay = self.stays.get(code)
        return stay is not None and stay.left_ns is None

    def counted(self, at_ns: int) -> None:
        """Note how many are in from a moment on."""
        self.count = self.count or 0
        self.series.add(at_ns // 1_000_000, self.count)

    def forget(self, before_ns: int) -> list[str]:
        """Forget who left before a moment; return their codes."""
        gone = [code for code, stay in self.stays.items() if stay.left_ns and stay.left_ns < before_ns]
        for code in gone:
            del self.stays[code]
        return gone

    def let_go(self) -> None:
        """Know nothing any more."""
        self.stays, self.count, self.blind_ns = {}, None, None

    def fields(self, *, series: bool = False) -> dict[str, Any]:
        """Return it as JSON shows it, without its members."""
        condition = self.condition
        told = {"seq": condition.seq, "name": condition.name, "on": self.on, "members": self.count}
        told["blind_since"] = iso(self.blind_ns)
        return told | {"series": self.series.points} if series else told

    def shown(self, codes: Iterable[str]) -> dict[str, Any]:
        """Return stays as JSON shows them, None for a stock that is not there."""
        return {code: stay.fields() if (stay := self.stays.get(code)) else None for code in codes}


def iso(moment_ns: int | None) -> str | None:
    """Return a moment as JSON shows it, to the millisecond."""
    return None if moment_ns is None else korean(moment_ns).isoformat(timespec="milliseconds")
