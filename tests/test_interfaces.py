"""Clients and watches by what they offer: what is used blockingly need not be of jogeon's own classes."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Self

import pytest

import jogeon
import jogeon.sync
from jogeon.events import Condition, Enter, Event, Stock
from jogeon.interfaces import AnyClient, AnyWatch
from jogeon.members import ByCondition, Members
from jogeon.prices import Price, Quote

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
    from datetime import datetime

RISE = Condition("0", "급등주")
EVENTS = [Enter(10**18 + number, RISE, f"{number:06d}") for number in range(3)]


class Watching:
    """A watch of three events."""

    journal = None

    def __init__(self) -> None:
        self.conditions = [RISE]
        self.members = Members({"급등주": {}})
        self._left: list[Event] = [*EVENTS]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    @property
    def prices(self) -> ByCondition[Price]:
        return ByCondition({"급등주": {"000001": Price(RISE, "000001", price=500)}})

    async def price_changes(self) -> AsyncGenerator[Price]:
        for price in (500, 510):
            yield Price(RISE, "000001", price=price)

    def __aiter__(self) -> AsyncIterator[Event]:
        raise NotImplementedError

    def __anext__(self) -> Awaitable[Event]:
        raise NotImplementedError

    def batches(self) -> AsyncIterator[list[Event]]:
        raise NotImplementedError

    async def batch(self, limit: int) -> list[Event]:
        taken, self._left = self._left[:limit], self._left[limit:]
        if not taken:
            raise StopAsyncIteration
        return taken

    async def each(self, handler: Callable[[Event], Awaitable[object] | object]) -> None:
        raise NotImplementedError


class Elsewhere:
    """A client of something that is no broker."""

    address = "nats://far.example"
    heard: datetime | None = None
    rest: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        pass

    async def conditions(self) -> list[Condition]:
        return [RISE]

    async def resolve(self, wanted: str | int | Condition) -> Condition:
        return RISE

    async def search(self, wanted: str | int | Condition, **options: Any) -> list[Stock]:
        return []

    def watch(self, *wanted: str | int | Condition, **options: Any) -> Watching:
        return Watching()

    async def quotes(self, *codes: str) -> AsyncGenerator[Quote]:
        for code in codes:
            yield Quote(code, 10**18, price=500)

    async def clear(self, wanted: str | int | Condition) -> None:
        pass


def test_what_offers_the_same_is_used_without_async_as_well() -> None:
    with jogeon.sync.Client(Elsewhere()) as client:
        assert client.conditions() == [RISE]
        with client.watch() as watch:
            assert list(watch) == EVENTS
            assert "급등주" in watch.members
            assert watch.prices["급등주"]["000001"].price == 500
            assert [each.price for each in watch.price_changes()] == [500, 510]
        assert [quote.code for quote in client.quotes("000001", "000002")] == ["000001", "000002"]
        with client.watch() as watch:
            assert list(watch.batches()) == [EVENTS]


def public(kind: type) -> dict[str, Any]:
    named = {name: getattr(kind, name, None) for name in dir(kind) if not name.startswith("_")}
    return {
        name: inspect.signature(value).parameters if inspect.isfunction(value) else None
        for name, value in named.items()
    }


@pytest.mark.parametrize(
    ("offered", "kind", "besides"),
    [(AnyClient, jogeon.Client, {"address"}), (AnyWatch, jogeon.Watch, {"finish"})],
)
def test_what_a_user_can_call_is_all_of_the_interface(offered: type, kind: type, besides: set[str]) -> None:
    """`address` is set by each client; `finish` is the feed's to call."""
    ours, theirs = public(offered), public(kind)
    assert {name for name in ours.keys() ^ theirs.keys() if name not in besides} == set()
    assert {name: ours[name] for name in ours if name not in besides} == {
        name: theirs[name] for name in ours if name not in besides
    }
