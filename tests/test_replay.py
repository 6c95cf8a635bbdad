"""A recorded day served again: whoever watches it hears what was heard then, in the same order."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jogeon import store as store_module
from jogeon.client import Client
from jogeon.credentials import Endpoint, FixedToken
from jogeon.events import Condition, Enter, Event, Gap, Leave
from jogeon.ledger import Ledger
from jogeon.resume import Resumed
from jogeon.rows import COLUMNS, event_of
from jogeon.simulator.recorded import Recording
from jogeon.simulator.replay import MAX, Replay
from jogeon.store import Store, open_reader, read_conditions, read_rows
from jogeon.supervisor import Policy
from wire import Broker, drain, pause, virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CODES = ("005930", "000660", "0000D0", "57JBHH", "035720")
NAMES = {"0": "급등주", "4": "신고가 돌파", "7": "거래량 급증"}


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the disk."""
    monkeypatch.setattr(store_module, "SYNCHRONOUS", "OFF")
    monkeypatch.setattr(os, "fsync", lambda _: None)


def recorded(path: Path) -> list[Event]:
    with contextlib.closing(open_reader(path)) as db:
        conditions = read_conditions(db)
        return [event_of(tuple(row), conditions) for _, *row in read_rows(db, COLUMNS, 0, 2**62)]


def changes(events: list[Event]) -> list[tuple[str, Condition, str, str, str]]:
    """Return what must be equal: kind, condition, code, HHMMSS and origin, in order."""
    told = [event for event in events if isinstance(event, Enter | Leave)]
    return [(type(each).__name__, each.condition, each.code, each.clock, each.origin) for each in told]


class Kept:
    """The sink of a list."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.put = self.events.append
        self.put_block = self.events.extend

    def renumbered(self, old: Condition, new: Condition) -> None:
        """A list has no seqs."""


def keep(path: Path, events: list[Event], listing: list[Condition]) -> None:
    """Write the events of one run of a program behind those of the run before."""
    store, kept = Store(path), Kept()
    resumed = Resumed(kept, store.book.fold.copy().known, listing)
    for event in events:
        resumed.put_block([event])
    store.write(Ledger(store.book).enter(kept.events))
    store.close()


def gaps(events: list[Event]) -> Counter[str]:
    return Counter(event.condition.name for event in events if isinstance(event, Gap) and not event.open)


def client(replay: Replay) -> Client:
    """Return a client that returns at once."""
    endpoint = Endpoint(name="replay", websocket=replay.websocket, tokens=FixedToken("demo"))
    policy = Policy(recheck=0.0, pace=1000, uniform=lambda low, high: low)  # noqa: ARG005  # as random.uniform
    return Client(contextlib.nullcontext(endpoint), name="replay", policy=policy)


async def record_again(source: Path, target: Path, *names: str, **more: Any) -> None:
    """Replay a journal as fast as it goes into another one."""
    async with Replay(Recording(source), speed=MAX, rest_port=None, **more) as replay:
        async with client(replay) as kiwoom, kiwoom.watch(*names, journal=target):
            await replay.run()


# ---------------------------------------------------------------- the property

moves = st.sampled_from(["flip"] * 12 + ["drop", "restart", "renumber", "garble", "wait"])
codes = st.sampled_from(CODES)
acts = st.lists(st.tuples(moves, st.sampled_from(sorted(NAMES.values())), codes, st.sets(codes)), max_size=40)


class Recorder:
    """A broker with faults and a client that records it, in virtual time."""

    def __init__(self, path: Path, names: list[str]) -> None:
        self.path, self.names = path, names
        self.broker = Broker(conditions=dict(NAMES), members={name: [] for name in NAMES.values()})

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        async with self.broker.client(pace=3) as kiwoom:
            listing = await kiwoom.conditions()
            async with kiwoom.watch(*self.names) as watch:
                yield
            keep(self.path, drain(watch), listing)

    async def live(self, story: list[tuple[str, str, str, set[str]]]) -> None:
        running = contextlib.AsyncExitStack()
        await running.enter_async_context(self.watching())
        for kind, name, code, meanwhile in story:
            if kind == "restart":
                await running.aclose()
                self.shuffle(name, meanwhile)
                running = contextlib.AsyncExitStack()
                await running.enter_async_context(self.watching())
            else:
                self.act(kind, name, code, meanwhile)
                await pause(40.0 if kind == "wait" else 0.2)
        await running.aclose()

    def act(self, kind: str, name: str, code: str, meanwhile: set[str]) -> None:
        broker = self.broker
        match kind:
            case "flip" if code in broker.members[name]:
                broker.leave(name, code)
            case "flip":
                broker.enter(name, code)
            case "drop" | "renumber":
                if kind == "renumber":
                    seqs = list(broker.names)
                    broker.names = dict(zip(seqs[1:] + seqs[:1], broker.names.values(), strict=True))
                broker.wire.drop()
                self.shuffle(name, meanwhile)
            case "garble":
                self.shuffle(name, meanwhile)
                broker.wire.push(b"garbled")

    def shuffle(self, name: str, meanwhile: set[str]) -> None:
        """Let stocks enter and leave while nobody hears it."""
        members = self.broker.members[name]
        members[:] = [code for code in members if code not in meanwhile] + sorted(meanwhile - set(members))


@given(story=acts, names=st.permutations(sorted(NAMES.values())))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_replay_recorded_again_is_the_same_day(
    tmp_path_factory: pytest.TempPathFactory, story: list[tuple[str, str, str, set[str]]], names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("days")
    source, target = folder / "day.db", folder / "again.db"
    virtual(Recorder(source, names).live(story))
    asyncio.run(record_again(source, target, *names))
    then, now = recorded(source), recorded(target)
    assert changes(now) == changes(then)
    assert not gaps(then) - gaps(now)
