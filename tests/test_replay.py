"""A recorded day served again: whoever watches it hears what was heard then, in the same order."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import InvalidAddress
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, Stock
from jogeon.gaps import difference
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.resume import RestartGap
from jogeon.journal.store import Store
from jogeon.live.policy import Policy
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.recorded import replay as replay_module
from jogeon.simulator.recorded.replay import MAX, Replay
from jogeon.simulator.recorded.stretch import RecordedStretch
from jogeon.wire import stocks
from jogeon.wire.messages import Refusal
from jogeon.wire.stocks import ListedStock, PricedStock
from naive_client import NaiveClient
from recorded import found
from test_examples import running
from wire import Broker, drain, pause, virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CODES = ("005930", "000660", "0000D0", "57JBHH", "035720")
NAMES = {"0": "급등주", "4": "신고가 돌파", "7": "거래량 급증"}
pytestmark = pytest.mark.usefixtures("spared_disk")


def changes(events: list[Event]) -> list[tuple[str, str, str, str, str]]:
    """Return what must be equal: kind, condition's name, code, HHMMSS and origin, in order."""
    told = [event for event in events if isinstance(event, Enter | Leave)]
    return [(type(each).__name__, each.condition.name, each.code, each.clock, each.origin) for each in told]


class Kept:
    """The sink of a list."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.put = self.events.append
        self.put_block = self.put_all = self.events.extend

    def wake(self) -> None:
        """Nobody reads."""

    def renumbered(self, old: Condition, new: Condition) -> None:
        """A list has no seqs."""


def keep(path: Path, events: list[Event], listing: list[Condition]) -> None:
    """Write the events of one run of a program behind those of the run before."""
    store, kept = Store.open(path), Kept()
    resumed = RestartGap(kept, store.head.fold.copy().known, listing)
    for event in events:
        resumed.put_block([event])
    store.write(CommitBuilder(store.head).enter(kept.events))
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
    async with Replay(RecordedStretch(source), speed=MAX, rest_port=None, **more) as replay:
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
    then, now = found(source), found(target)
    assert changes(now) == changes(then)
    assert not gaps(then) - gaps(now)


# ---------------------------------------------------------------- as a program sees it

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")
START_NS = 1_795_305_600_000_000_000
SECOND_NS = 10**9


def at(seconds: float) -> int:
    return START_NS + int(seconds * SECOND_NS)


OPENING = [Snapshot(at(0), RISE, ("005930",)), Snapshot(at(0), HIGH, ())]
OUTAGE = [
    Gap(RISE, at(100), at(200), "connection lost"),
    *difference(RISE, ["005930", "000660"], ["000660", "0000D0"], at(100), at(200)),
    Snapshot(at(200), RISE, ("000660", "0000D0")),
    Gap(HIGH, at(100), at(200), "connection lost"),
    Snapshot(at(200), HIGH, ()),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "day.db"


@contextlib.asynccontextmanager
async def replaying(path: Path, *events: Event, **more: Any) -> AsyncIterator[Replay]:
    store = Store.open(path)
    store.write(CommitBuilder(store.head).enter([*OPENING, *events]))
    store.close()
    async with Replay(RecordedStretch(path), **{"speed": MAX, "rest_port": None, "settle": 0.0} | more) as replay:
        yield replay


@contextlib.asynccontextmanager
async def naive(replay: Replay, *seqs: str, **more: Any) -> AsyncIterator[NaiveClient]:
    async with NaiveClient(replay.websocket, **more) as program:
        await program.login()
        await program.conditions()
        for seq in seqs:
            await program.register(seq)
        yield program


async def test_any_program_hears_the_day_as_it_was(path: Path) -> None:
    day: list[Event] = [Enter(at(1), RISE, "000660", "090001"), Leave(at(1), RISE, "005930", "")]
    day.append(Enter(at(2), HIGH, "57JBHH", ""))
    async with replaying(path, *day) as replay, NaiveClient(replay.websocket) as program:
        await program.login()
        assert await program.conditions() == {"0": "급등주", "4": "신고가 돌파"}
        snapshot = await program.register("0")
        assert [row["jmcode"] for row in snapshot["data"]] == ["A005930"]
        await replay.run()
        assert program.pushes == [("0", "000660", "I", "090001"), ("0", "005930", "D", "")]


async def test_the_clock_waits_for_the_first_registration_and_then_for_nobody(path: Path) -> None:
    day = [Enter(at(1), RISE, "000660", "090001"), Enter(at(2), RISE, "0000D0", "090002")]
    async with replaying(path, *day) as replay:
        async with naive(replay):
            await asyncio.sleep(0.1)
            assert replay.truth()["changes"] == []
        async with naive(replay, "4"):
            await replay.run()
        truth = replay.truth()
        assert [(each["n"], each["code"], each["kind"], each["time"]) for each in truth["changes"]] == [
            (1, "000660", "I", "090001"), (2, "0000D0", "I", "090002"),
        ]  # fmt: skip
        assert truth["members"] == {"0": ["005930", "000660", "0000D0"], "4": []}
        assert truth["names"] == {"0": "급등주", "4": "신고가 돌파"}


async def test_the_pace_is_that_of_the_day(path: Path) -> None:
    day = [Enter(at(2), RISE, "000660", "090001"), Enter(at(12), RISE, "0000D0", "090002")]
    async with replaying(path, *day, speed=40) as replay, naive(replay, "0", "4"):
        begun = asyncio.get_running_loop().time()
        await replay.run()
        assert 0.28 <= asyncio.get_running_loop().time() - begun < 3


DAWN, MORNING, NOON, EVENING = 20 * 3600, 23.9 * 3600, 3 * 3600, 11.5 * 3600  # seconds after 9:00


@pytest.mark.parametrize(
    "moments",
    [
        pytest.param((0.1, 86_400), id="a night"),
        pytest.param((0.1, DAWN, MORNING), id="a night with something at dawn"),
        pytest.param((0.1, EVENING), id="an evening"),
    ],
)
async def test_closed_hours_are_skipped(
    path: Path, moments: tuple[float, ...], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(replay_module, "MORNING", 0.1)
    caplog.set_level("INFO", "jogeon.simulator.replay")
    day = [Enter(at(moment), RISE, f"{place:06d}", "090000") for place, moment in enumerate(moments)]
    async with replaying(path, *day, speed=1) as replay, naive(replay, "0", "4") as program:
        await replay.run()
        assert [code for _, code, *_ in program.pushes] == [f"{place:06d}" for place in range(len(moments))]
    assert caplog.text.count("skipped") == len(moments) - 1


@pytest.mark.parametrize(("moment", "nights"), [(NOON, False), (86_400, True)])
async def test_a_quiet_day_is_not_skipped_nor_a_night_that_is_wanted(path: Path, moment: float, nights: bool) -> None:
    day = [Enter(at(0.1), RISE, "000660", "090001"), Enter(at(moment), RISE, "0000D0", "090000")]
    async with replaying(path, *day, speed=moment / 2) as replay:
        replay.nights = nights
        async with naive(replay, "0", "4"):
            begun = asyncio.get_running_loop().time()
            await replay.run()
            assert asyncio.get_running_loop().time() - begun > 1.5


async def test_a_gap_cuts_skips_the_blind_time_and_waits_for_who_was_there(path: Path) -> None:
    day = [Enter(at(1), RISE, "000660", "090001"), *OUTAGE, Leave(at(200.5), RISE, "000660", "090320")]
    async with replaying(path, *day, speed=100) as replay:
        async with naive(replay, "0", "4") as program:
            assert (await program.hear("REAL"))["data"][0]["item"] == "000660"
            assert await program.closed() == (1006, "")
        async with naive(replay, "4", "0") as program:
            await replay.run()
            assert program.pushes == [("0", "000660", "D", "090320")]
        assert replay.truth()["members"]["0"] == ["0000D0"]


async def test_it_stands_still_no_longer_than_it_should(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "STAND_STILL", 0.1)
    async with replaying(path, *OUTAGE, Enter(at(201), RISE, "57JBHH", "090321")) as replay:
        async with naive(replay, "0", "4") as program:
            await program.closed()
        await replay.run()
        assert replay.truth()["members"]["0"] == ["000660", "0000D0", "57JBHH"]


async def test_who_does_not_follow_a_condition_is_not_cut_for_it(path: Path) -> None:
    async with replaying(path, *OUTAGE[:-2], Enter(at(201), HIGH, "57JBHH", "090321")) as replay:
        async with naive(replay, "4") as program:
            await replay.run()
            assert program.pushes == [("4", "57JBHH", "I", "090321")]


async def test_a_program_that_was_killed_comes_back_to_the_day_as_it_is(path: Path, tmp_path: Path) -> None:
    day = [Enter(at(second), RISE, f"{second:06d}", "090000") for second in range(1, 100)]
    async with replaying(path, *day, speed=200) as replay:
        async with client(replay) as kiwoom, kiwoom.watch(journal=tmp_path / "mine.db") as watch:
            while len(watch.members["급등주"]) < 20:
                await anext(watch)
            replay.fault({"drop": True})
            await replay.run()
            assert list(watch.members["급등주"]) == replay.truth()["members"]["0"]
    assert any(isinstance(event, Gap) for event in found(tmp_path / "mine.db"))


async def test_a_search_gives_what_is_known(path: Path) -> None:
    async with replaying(path) as replay, client(replay) as kiwoom:
        assert await kiwoom.search("급등주") == [Stock("005930", "", None, None, None, None, None, None, None, None)]
        assert await kiwoom.search("신고가 돌파") == []


async def test_a_paused_market_is_paused(path: Path) -> None:
    async with replaying(path, Enter(at(1), RISE, "000660", "090001")) as replay:
        replay.fault({"pause_market": True})
        async with naive(replay, "0", "4"):
            await asyncio.sleep(0.15)
            assert replay.truth()["changes"] == []
            replay.fault({})
            await replay.run()
        assert len(replay.truth()["changes"]) == 1


async def test_at_full_speed_a_slow_reader_is_waited_for(path: Path) -> None:
    kinds = (Enter, Leave)
    day: list[Event] = [kinds[turn % 2](at(turn), RISE, "000660", "090000") for turn in range(40_000)]
    async with replaying(path, *day, switches=Switches(with_9081=True)) as replay, naive(replay, "0", "4") as program:
        await replay.run()
        await program.caught_up()
        assert len(program.pushes) == len(day)


async def test_faults_are_played_on_a_recorded_day_too(path: Path) -> None:
    async with replaying(path, Enter(at(1), RISE, "000660", "090001")) as replay:
        replay.fault({"pause_market": True})
        async with naive(replay, "0") as program:
            replay.fault({"renumber": True, "duplicate": True})
            assert await program.conditions() == {"4": "급등주", "0": "신고가 돌파"}
            replay.fault({"pause_market": False})
            await replay.run()
            assert program.pushes == [("0", "000660", "I", "090001")] * 2


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_that_cannot_be(path: Path, speed: float) -> None:
    store = Store.open(path)
    store.write(CommitBuilder(store.head).enter(OPENING))
    store.close()
    recording = RecordedStretch(path)
    with pytest.raises(InvalidAddress, match="speed"):
        Replay(recording, speed=speed)
    recording.close()


async def test_a_strategy_for_the_real_market_runs_unchanged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    day = [
        Enter(at(1), RISE, "000660", "090001"), Leave(at(60), RISE, "000660", "090100"),
        Enter(at(90), RISE, "000660", "090130"), *OUTAGE, Leave(at(201), RISE, "0000D0", "090321"),
        Enter(at(210), RISE, "0000D0", "090330"),
    ]  # fmt: skip
    async with replaying(path, *day) as replay:
        monkeypatch.setenv("JOGEON_SERVER", replay.websocket)
        async with running("strategy_replay.py") as strategy:
            await strategy.until(lambda line: "0000D0" in line)
            if sys.platform != "win32":
                assert await strategy.interrupt() == 0
                assert strategy.lines == [
                    "재진입 000660  09:01:30  30초 만에",
                    "공백 connection lost",
                    "재진입 0000D0  09:03:30  9초 만에",
                    "신호 2건",
                ]


async def test_a_renumbered_condition_has_the_seq_it_had_then(path: Path, tmp_path: Path) -> None:
    moved = Condition("4", "급등주"), Condition("0", "신고가 돌파")
    day = [
        *(event for condition, codes in zip(moved, (("005930",), ()), strict=True) for event in (
            Gap(condition, at(10), at(20), "registration lost"), Snapshot(at(20), condition, codes),
        )),
        Enter(at(21), moved[1], "000660", "090021"),
    ]  # fmt: skip
    async with replaying(path, *day) as replay:
        async with client(replay) as kiwoom, kiwoom.watch(journal=tmp_path / "again.db"):
            await replay.run()
    again = [event for event in found(tmp_path / "again.db") if isinstance(event, Enter)]
    assert [(event.condition, event.code) for event in again] == [(moved[1], "000660")]


# ---------------------------------------------------------------- names and prices


async def test_names_and_prices_are_those_of_the_recording_and_nothing_is_made_up(tmp_path: Path) -> None:
    source, rise = tmp_path / "day", Condition("0", "급등주")
    nine_ns = 1_795_305_600_000_000_000  # 2026-11-22T09:00:00+09:00
    entered = Enter(nine_ns + 60 * 10**9, rise, "000660", "090100")
    keep(source, [Snapshot(nine_ns, rise, ("005930",)), entered], [rise])
    with contextlib.closing(sqlite3.connect(source)) as db, db:
        db.execute("INSERT INTO names VALUES ('000660', ?, 'SK하이닉스')", (nine_ns,))
        db.execute("INSERT INTO quotes VALUES ('000660', ?, 190000, 500, 0.26, 77, 'quote', 2)", (entered.at_ns + 5,))

    async def asked(api: str, **body: str) -> Any:
        headers = {"authorization": "Bearer demo", "api-id": api}
        answer = await http.post("/api/dostk/stkinfo", json=body, headers=headers)
        return (stocks.decode_names if api == stocks.NAMES else stocks.decode_prices)(answer.content)

    async with Replay(RecordedStretch(source), speed=MAX, settle=0.0) as replay:
        async with httpx2.AsyncClient(base_url=replay.rest) as http, NaiveClient(replay.websocket) as program:
            refused = await asked(stocks.PRICES, stk_cd="005930|000660")
            assert isinstance(refused, Refusal)
            assert refused.code == "1902"
            await program.login()
            await program.watch("0")
            await replay.run()
            assert await asked(stocks.PRICES, stk_cd="005930|000660|000660_NX") == (
                priced := PricedStock(
                    "000660", "SK하이닉스", 190_000, 189_500, 500, rate=0.26, volume=77, date="20261122", clock="090100"
                ),
                priced,
            )
            assert await asked(stocks.NAMES, mrkt_tp="0") == (ListedStock("000660", "SK하이닉스", ""),)
            assert await asked(stocks.NAMES, mrkt_tp="10") == ()
            rows = (await program.search("0"))["data"]
            assert [(row["9001"], row["302"], row["10"]) for row in rows] == [
                ("A005930", "", ""), ("A000660", "SK하이닉스", "000190000"),
            ]  # fmt: skip
