"""A conversation with the command: what is typed, what it answers, and a client without a wire behind it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, NamedTuple, Self, cast

from jogeon.cli.app import run
from jogeon.events import Condition, Enter, Leave, Member, Snapshot, Stock
from jogeon.live.listing import resolve

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    import pytest

    from jogeon.account.keys import Keys
    from jogeon.client import Client
    from jogeon.errors import JogeonError
    from jogeon.events import Event
    from jogeon.prices import Price, Quote

SURGE = Condition("4", "급등주")
HIGHS = Condition("1", "신고가 돌파")
NOON_NS = 1_795_316_400_123_456_000
"""2026-11-22T12:00:00.123456+09:00."""

SAMPLE = Stock("005930", "가상전자", 75_000, "fall", -100, -0.13, 10_386_116, 75_100, 75_600, 74_700)


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class FakeWatch:
    """Tells the events it was given, then waits, ends, or fails; what it tells on being left comes last."""

    def __init__(self, events: Sequence[Event], then: JogeonError | str, last: Sequence[Event]) -> None:
        self._events, self._then, self._last = list(events), then, list(last)
        self.conditions = [SURGE]
        self.members = {"급등주": {"005930": Member("005930", NOON_NS, "live")}}
        self.journal = None
        self.prices: dict[str, dict[str, Price]] = {}
        self.costs: list[Price] = []
        self.left = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.left = True
        self._events += self._last
        if self._then == "wait":
            self._then = "end"

    async def price_changes(self) -> AsyncGenerator[Price]:
        for price in self.costs:
            yield price

    async def batch(self, limit: int) -> list[Event]:
        events, self._events = self._events[:limit], self._events[limit:]
        if events:
            return events
        if self._then == "wait":
            await asyncio.Event().wait()
        if self._then == "end":
            raise StopAsyncIteration
        raise cast("JogeonError", self._then)


class FakeClient:
    """Knows what a test gave it; `asked` is what it was asked for."""

    address = "ws://127.0.0.1:9/api/dostk/websocket"
    heard = None
    rest: str | None = "http://127.0.0.1:1"

    def __init__(self, **knows: Any) -> None:
        self.listing: list[Condition] = knows.get("listing", [HIGHS, SURGE])
        self.stocks: list[Stock] = knows.get("stocks", [SAMPLE])
        self.refusal: Exception | None = knows.get("refusal")
        self.told = FakeWatch(knows.get("events", ()), knows.get("then", "end"), knows.get("last", ()))
        self.asked: list[object] = []
        self.quoted: list[Quote] = knows.get("quotes", [])
        self.priced = False
        """Whether the last watch was one with prices."""
        self.after: str | None = None
        """Behind which position the last watch went on."""

    async def __aenter__(self) -> Self:
        if self.refusal is not None:
            raise self.refusal
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.asked.append("closed")

    async def conditions(self) -> list[Condition]:
        return self.listing

    async def resolve(self, wanted: str | Condition) -> Condition:
        return resolve(wanted, self.listing)

    async def search(self, wanted: Condition, *, exchange: str, progress: Callable[[int], object]) -> list[Stock]:
        self.asked.append((wanted.name, exchange))
        progress(len(self.stocks))
        return self.stocks

    async def clear(self, wanted: Condition) -> None:
        self.asked.append(("clear", wanted.name))

    async def quotes(self, *codes: str) -> AsyncGenerator[Quote]:
        self.asked.append(("quotes", codes))
        for quote in self.quoted:
            yield quote
        await asyncio.Event().wait()

    def watch(self, *wanted: str, exchange: str, journal: str | None, prices: bool, after: str | None) -> FakeWatch:
        assert journal is None
        self.after = after
        self.priced = prices
        self.asked.append((wanted, exchange))
        return self.told


class Shell:
    """Types commands in this process; they get this client."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self.connected: list[tuple[str, bool]] = []
        self.rests: list[str | None] = []
        self.tokens: list[str | None] = []
        self.keys: list[Keys | None] = []
        self.price_limits: list[int | None] = []

    def __call__(self, *argv: str, client: FakeClient | None = None) -> Said:
        def connect(
            server: str,
            *,
            token: str | None,
            keys: Keys | None,
            rest: str | None,
            insecure: bool,
            recheck: float,
            on_taken: str,
            price_limit: int | None,
        ) -> AbstractAsyncContextManager[Client]:
            self.connected.append((server, insecure))
            self.rests.append(rest)
            self.tokens.append(token)
            self.keys.append(keys)
            self.price_limits.append(price_limit)
            return cast("AbstractAsyncContextManager[Client]", client or FakeClient())

        self._capture.readouterr()
        code = run(argv, connect)
        return Said(code, *self._capture.readouterr())


def snapshot(*codes: str, condition: Condition = SURGE) -> Snapshot:
    return Snapshot(NOON_NS, condition, codes)


def enter(code: str, condition: Condition = SURGE) -> Enter:
    return Enter(NOON_NS, condition, code, "120000")


def leave(code: str, condition: Condition = SURGE) -> Leave:
    return Leave(NOON_NS, condition, code, "120000")
