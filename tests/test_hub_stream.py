"""jogeon's own clients on a hub: the numbered stream, and what becomes of it when something breaks off."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

import jogeon
from hubs import MARKET, hub_over, once, told
from jogeon.events import Enter, Gap, Leave, Snapshot, State
from jogeon.journal.history import History
from jogeon.testing import Broker
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jogeon.events import Event
    from jogeon.hub.hub import Hub
    from jogeon.watch import Watch

pytestmark = pytest.mark.usefixtures("spared_disk")


async def numbered(watch: Watch, count: int) -> list[Event]:
    """Return the next events that bear a number."""
    found: list[Event] = []
    async with asyncio.timeout(10):
        while len(found) < count:
            event = await anext(watch)
            if event.number is not None:
                found.append(event)
    return found


async def until_shown(watch: Watch) -> list[Event]:
    """Return the next events up to a snapshot."""
    async with asyncio.timeout(10):
        told = [await anext(watch)]
        while not isinstance(told[-1], Snapshot):
            told.append(await anext(watch))
    return told


def lines(journal: Path) -> list[dict[str, Any]]:
    with History(journal) as history:
        told = [event.fields() | {"epoch": epoch, "n": n} for epoch, n, event in history.events()]
    return json.loads(json.dumps(told))  # type: ignore[no-any-return]  # lists and objects


def port_of(hub: Hub) -> int:
    return int(hub.websocket.split(":")[2].split("/")[0])


@contextlib.asynccontextmanager
async def watching(hub: Hub, *names: str) -> AsyncIterator[Watch]:
    async with jogeon.connect(hub.websocket) as client, client.watch(*names) as watch:
        yield watch


async def test_lines_are_those_of_the_journal_with_their_numbers(tmp_path: Path) -> None:
    journal = tmp_path / "j"
    async with Broker(MARKET) as broker, hub_over(broker, journal, "급등주") as hub:
        await once(hub, "급등주")
        async with watching(hub, "급등주") as watch:
            shown = next(event for event in [await anext(watch) for _ in range(2)] if isinstance(event, Snapshot))
            assert (set(shown.codes), shown.number) == ({"005930", "000660"}, None)
            broker.enter("급등주", "042700")
            broker.leave("급등주", "005930")
            told = await numbered(watch, 2)
            assert set(watch.members["급등주"]) == {"000660", "042700"}
    written = lines(journal)
    assert [json.loads(json.dumps(event.fields())) for event in told] == [
        line for line in written if line["event"] in ("enter", "leave")
    ]
    assert broker.logins == 1


async def test_a_gap_above_is_the_gap_below(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with watching(hub, "급등주") as watch:
            broker.drop()
            broker.enter("급등주", "042700", push=False)
            told: list[Event] = []
            while not any(isinstance(event, Snapshot) for event in told):
                told += await numbered(watch, 1)
            states = [event.state for event in told if isinstance(event, State)]
            assert states[:2] == ["reconnecting", "connecting"]
            gap, entered, shown = told[-3:]
            assert isinstance(gap, Gap)
            assert isinstance(entered, Enter)
            assert isinstance(shown, Snapshot)
            assert (gap.cause, entered.origin, entered.until_ns) == ("connection lost", "recovered", gap.until_ns)
            assert set(watch.members["급등주"]) == set(shown.codes)


async def test_the_way_to_the_hub_breaks_off_and_nothing_is_missed(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with watching(hub, "급등주") as watch:
            broker.enter("급등주", "111111")
            first = await numbered(watch, 1)
            for peer in list(hub.broker.desks):
                peer.reset()
            broker.enter("급등주", "222222")
            broker.leave("급등주", "111111")
            told: list[Event] = []
            async with asyncio.timeout(10):
                while sum(isinstance(event, Enter | Leave) for event in told) < 2:
                    told.append(await anext(watch))
            assert [event for event in told if isinstance(event, Gap | Snapshot)] == []
            changes = [event for event in told if isinstance(event, Enter | Leave)]
            assert [(type(each), each.code) for each in changes] == [(Enter, "222222"), (Leave, "111111")]
            numbers = [each.number for each in [*first, *changes]]
            assert numbers == sorted(set(numbers), key=lambda number: number or (0, 0))
            assert set(watch.members["급등주"]) == broker.members["급등주"]


@contextlib.asynccontextmanager
async def begun_again(broker: Broker, first: Path, second: Path) -> AsyncIterator[Watch]:
    """Watch a hub that ends, and is started again with a journal while a stock enters."""
    async with contextlib.AsyncExitStack() as after:
        async with hub_over(broker, first, "급등주") as hub:
            port = port_of(hub)
            await once(hub, "급등주")
            watch = await after.enter_async_context(watching(hub, "급등주"))
        broker.enter("급등주", "042700", push=False)
        await after.enter_async_context(hub_over(broker, second, "급등주", port=port))
        yield watch


async def test_a_hub_that_is_started_again_is_gone_on_with(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, begun_again(broker, tmp_path / "j", tmp_path / "j") as watch:
        told: list[Event] = []
        while not any(isinstance(event, Gap) for event in told):  # the first snapshot may come with its number
            told += await numbered(watch, 1)
        while not isinstance(told[-1], Snapshot):
            told += await numbered(watch, 1)
        gap = next(event for event in told if isinstance(event, Gap))
        assert gap.cause == "restart"
        assert {event.number[0] for event in told[-3:] if event.number is not None} == {2}
        assert set(watch.members["급등주"]) == broker.members["급등주"]


async def test_another_journal_is_told_by_a_gap_of_our_own(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, begun_again(broker, tmp_path / "j", tmp_path / "other") as watch:
        told: list[Event] = []
        async with asyncio.timeout(10):
            while not any(isinstance(event, Gap) for event in told):
                told.append(await anext(watch))
            while not isinstance(told[-1], Snapshot):
                told.append(await anext(watch))
        assert set(watch.members["급등주"]) == broker.members["급등주"]
        assert [event.code for event in told if isinstance(event, Enter)] == ["042700"]


async def test_a_program_that_asks_as_others_do_gets_numbers_too(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        async with NaiveClient(hub.websocket, token=None) as client:
            await client.send({"trnm": "LOGIN", "token": "demo", "jogeon": 1})
            confirmed = await client.login()
            assert (confirmed["journal"], confirmed["rest"]) == (hub.relay.identity, hub.rest)
            await client.conditions()
            shown = await client.register("0")
            assert {row["jmcode"] for row in shown["data"]} == {"A005930", "A000660"}
            broker.enter("급등주", "042700")
            broker.leave("급등주", "042700")
            entered, left = await client.hear("REAL"), await client.hear("REAL")
            assert (entered["epoch"], entered["n"]) > (shown["epoch"], shown["n"])
            assert left["prev"] == entered["n"] < left["n"]
            assert left["at"] >= entered["at"] > 10**18


async def test_a_consumer_that_reads_slowly_is_late_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.hub.stream.LAG", 0)
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with watching(hub, "급등주") as watch:
            for number in range(300):
                broker.enter("급등주", f"{number:06d}")
                if number % 50 == 0:
                    await broker.read()
            told = [event for event in await numbered(watch, 300) if isinstance(event, Enter)]
            assert [event.code for event in told] == [f"{number:06d}" for number in range(300)]


async def test_several_conditions_are_followed_and_left_one_by_one(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", grace=0.0) as hub:
        async with jogeon.connect(hub.websocket) as client, client.watch("급등주") as one:
            async with client.watch("신고가 돌파") as two:
                broker.enter("신고가 돌파", "042700")
                assert [event.code for event in await numbered(two, 3) if isinstance(event, Enter)] == ["042700"]
            await broker.wait_for("CNSRCLR")
            broker.enter("급등주", "111111")
            while "111111" not in one.members["급등주"]:
                await asyncio.sleep(0.01)
            (consumer,) = hub.stream.consumers.values()
            assert [name for name, named in consumer.labels.items() if named] == ["급등주"]


async def test_a_watch_goes_on_behind_a_position(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with watching(hub, "급등주") as watch:
            broker.enter("급등주", "111111")
            (first,) = await numbered(watch, 1)
        assert first.number is not None
        broker.enter("급등주", "222222")
        await broker.read()
        after = f"{hub.relay.identity}:{first.number[0]}:{first.number[1]}"
        async with jogeon.connect(hub.websocket) as client, client.watch("급등주", after=after) as watch:
            (missed,) = await numbered(watch, 1)
            assert (type(missed), missed.fields()["code"]) == (Enter, "222222")
        async with jogeon.connect(hub.websocket) as client, client.watch("급등주", after="9:9") as watch:
            assert set(watch.members["급등주"]) == broker.members["급등주"]
        async with jogeon.connect(broker.url) as client:
            with pytest.raises(jogeon.PositionError, match="not a hub"):
                await client.watch("급등주", after="1:1").__aenter__()


async def test_the_members_at_a_position_come_before_what_followed_it(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with watching(hub, "급등주") as watch:
            broker.enter("급등주", "111111")
            (first,) = await numbered(watch, 1)
            broker.leave("급등주", "005930")
            await numbered(watch, 1)
        assert first.number is not None
        after = "{}:{}".format(*first.number)
        async with jogeon.connect(hub.websocket) as client, client.watch("급등주", after=after, max_events=5) as watch:
            shown = (await until_shown(watch))[-1]
            assert isinstance(shown, Snapshot)
            assert (set(shown.codes), shown.number, shown.at_ns) == (
                {"005930", "000660", "111111"}, None, getattr(first, "at_ns", 0),
            )  # fmt: skip
            for number in range(50):
                broker.enter("급등주", f"{number:06d}")
            while len(watch.members["급등주"]) < 52:
                await asyncio.sleep(0.01)
            members, lagged = set(shown.codes), False
            async with asyncio.timeout(10):
                while members != broker.members["급등주"]:
                    match await anext(watch):
                        case Enter(code=code):
                            members.add(code)
                        case Leave(code=code):
                            members.discard(code)
                        case Gap(cause="lagged"):
                            lagged = True
            assert lagged, "a consumer that is late is told what it lost, also when it began behind a position"


@pytest.mark.parametrize("after", ["9:9", "fedcba9876543210:1:1"])
async def test_a_beginning_that_the_hub_does_not_have_is_a_gap(tmp_path: Path, after: str) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with jogeon.connect(hub.websocket) as client, client.watch("급등주", after=after) as watch:
            told = await until_shown(watch)
            gap, shown = [event for event in told if isinstance(event, Gap | Snapshot)]
            assert isinstance(gap, Gap)
            assert (gap.cause, gap.number, after in gap.detail) == ("lagged", None, True)
            assert isinstance(shown, Snapshot)
            assert set(shown.codes) == broker.members["급등주"]


async def test_a_beginning_that_was_deleted_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        async with watching(hub, "급등주") as watch:
            for code in ("111111", "222222", "333333"):
                broker.enter("급등주", code)
                await numbered(watch, 1)
        hub.recording.journal.prune(hub.feed.wall())
        with History(tmp_path / "j") as history:
            async with asyncio.timeout(20):
                while (kept := history.first()) is None or kept.n <= 2:
                    await asyncio.sleep(0.01)
        after = "1:1"
        async with jogeon.connect(hub.websocket) as client, client.watch("급등주", after=after) as watch:
            gap, shown = [event for event in await until_shown(watch) if isinstance(event, Gap | Snapshot)]
            assert isinstance(gap, Gap)
            assert gap.detail == f"{after}: pruned"
            assert isinstance(shown, Snapshot)
            assert set(shown.codes) == broker.members["급등주"]


async def test_a_condition_that_is_added_above_is_followed_from_its_first_line(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", everything=True) as hub:
        await once(hub, "급등주")
        async with watching(hub) as watch:
            await until_shown(watch)
            broker.add("새 조건", ["111111"])
            broker.drop()
            told: list[Event] = []
            async with asyncio.timeout(10):
                while not any(isinstance(event, Snapshot) and event.condition.name == "새 조건" for event in told):
                    told.append(await anext(watch))
            about = [event for event in told if event.condition is not None and event.condition.name == "새 조건"]
            kinds = [event.state if isinstance(event, State) else type(event).__name__ for event in about]
            assert kinds == ["condition-added", "Snapshot"]
            assert None not in [event.number for event in about]
            broker.enter("새 조건", "222222")
            while watch.members["새 조건"].keys() != {"111111", "222222"}:
                await asyncio.sleep(0.01)


async def test_a_watch_can_begin_while_the_session_above_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.watch.ENTER_TIMEOUT", 1.0)  # one condition is answered only after that
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        broker.hold("LOGIN")
        broker.drop()
        while hub.feed.serving:
            await asyncio.sleep(0.01)
        async with watching(hub, "급등주", "신고가 돌파") as watch:
            states = [event.state for event in [await anext(watch) for _ in range(2)] if isinstance(event, State)]
            assert {"reconnecting", "connecting"} & set(states)
            broker.enter("급등주", "042700", push=False)
            broker.release()
            async with asyncio.timeout(20):
                while {name: set(codes) for name, codes in watch.members.items()} != broker.members:
                    await anext(watch)


async def test_a_fresh_watch_waits_for_its_first_snapshot(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        async with asyncio.timeout(5), watching(hub) as watch:
            assert {name: set(codes) for name, codes in watch.members.items()} == broker.members


async def test_joining_while_the_session_above_is_away(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        broker.refuse("LOGIN", 1700, "too often", times=None)
        broker.drop()
        while hub.feed.serving:
            await asyncio.sleep(0.01)
        async with asyncio.timeout(5), watching(hub, "급등주") as watch:
            told = [await anext(watch) for _ in range(3)]
            assert [event.state for event in told if isinstance(event, State)][1] in ("reconnecting", "connecting")
            assert isinstance(told[2], Snapshot)
            assert set(watch.members["급등주"]) == {"005930", "000660"}
            broker.enter("급등주", "042700", push=False)
            broker.calm()
            while not isinstance(told[-1], Snapshot) or told[-1].number is None:
                told += await numbered(watch, 1)
            assert set(watch.members["급등주"]) == broker.members["급등주"]


async def test_what_is_counted_as_sent_is_what_a_client_was_sent(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", everything=True) as hub:
        for name in MARKET:
            await once(hub, name)
        async with watching(hub, "급등주") as one, watching(hub) as both:
            before = {each["id"]: each["sent"] for each in told(hub, "consumers")}
            for n in range(3):
                broker.enter("급등주", f"04270{n}")
                for m in range(4):
                    broker.enter("신고가 돌파", f"1{n}{m}000")
            await numbered(one, 3)
            await numbered(both, 15)
            after = {each["id"]: each["sent"] for each in told(hub, "consumers")}
            assert sorted(after[each] - before[each] for each in after) == [3, 15]
