"""Committed events for consumers in the writer's process: from memory or from the file, late but whole."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from jogeon.errors import PositionError
from jogeon.events import Event, Snapshot, State
from jogeon.journal.following import Numbered
from jogeon.journal.history import History
from jogeon.journal.inbox import Source
from jogeon.journal.position import Position
from jogeon.journal.relay import Cursor, Relay
from jogeon.journal.writer import Journal
from recorded import RISE, SECOND, START_NS, flips

pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "day.journal"


def opened(path: Path) -> Journal:
    soon = asyncio.get_running_loop().call_soon_threadsafe
    return Journal.open(path, Source(lambda _: None, dict, soon))


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[Journal]:
    journal = opened(path)
    yield journal
    await asyncio.to_thread(journal.close)


def relay_of(journal: Journal, room: int = 20_000) -> Relay:
    return Relay(journal, asyncio.get_running_loop().call_soon_threadsafe, room=room)


async def commit(journal: Journal, events: list[Event], size: int = 1) -> None:
    """Have events committed, so many at a time."""
    for start in range(0, len(events), size):
        _, n = journal.committed
        journal.put_block(events[start : start + size])
        while journal.committed[1] < n + len(events[start : start + size]):
            await asyncio.sleep(0.001)


async def read(cursor: Cursor, count: int) -> list[Numbered]:
    found: list[Numbered] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            found += await cursor.read()
    return found


async def test_a_cursor_gets_what_is_durable_in_order(path: Path, journal: Journal) -> None:
    relay = relay_of(journal)
    cursor, early = relay.cursor(), relay.cursor(Position(0, 0))
    reading = asyncio.create_task(read(cursor, 10))
    await commit(journal, flips(10))
    found = await reading
    with History(path) as history:
        assert found == list(history.events()) == await read(early, 10)
    assert cursor.position == early.position == Position(1, 10, journal.identity)
    relay.close()
    await early.close()


async def test_who_waits_for_a_time_gets_nothing_or_what_came(journal: Journal) -> None:
    relay = relay_of(journal)
    cursor = relay.cursor()
    assert await cursor.within(0.01) == []
    waiting = asyncio.create_task(cursor.within(20))
    await commit(journal, flips(1))
    assert [n for _, n, _ in await waiting] == [1]
    await commit(journal, flips(2))
    assert [n for _, n, _ in await read(cursor, 2)] == [2, 3]
    relay.close()


async def test_whoever_is_to_be_first_is_woken_before_those_who_waited_longer(journal: Journal) -> None:
    relay = relay_of(journal)
    woken: list[str] = []

    async def wait(name: str, cursor: Cursor) -> None:
        await cursor.read()
        woken.append(name)

    cursors = {"one": relay.cursor(), "two": relay.cursor(), "publisher": relay.cursor(first=True)}
    waiting = [asyncio.create_task(wait(name, cursor)) for name, cursor in cursors.items()]
    await asyncio.sleep(0.01)
    await commit(journal, flips(1))
    await asyncio.gather(*waiting)
    assert woken == ["publisher", "one", "two"]
    relay.close()


async def test_what_memory_lacks_is_read_from_the_file(path: Path, journal: Journal) -> None:
    relay = relay_of(journal, room=8)
    cursor = relay.cursor(Position(0, 0))
    await commit(journal, flips(100), size=3)
    found = await read(cursor, 100)
    await commit(journal, flips(20))
    found += await read(cursor, 20)
    with History(path) as history:
        assert found == list(history.events())
    relay.close()
    await cursor.close()


async def test_many_cursors_at_their_own_pace_all_get_everything(path: Path, journal: Journal) -> None:
    relay = relay_of(journal, room=30)
    cursors = [relay.cursor(place) for place in (None, Position(0, 0), Position(0, 0))]
    pauses = (0.0, 0.0, 0.004)

    async def slowly(cursor: Cursor, pause: float) -> list[Numbered]:
        found: list[Numbered] = []
        while len(found) < 200:
            found += await cursor.read()
            await asyncio.sleep(pause)
        return found

    tasks: list[Awaitable[list[Numbered]]] = [
        asyncio.create_task(slowly(*each)) for each in zip(cursors, pauses, strict=True)
    ]
    await commit(journal, flips(200), size=5)
    all_found = await asyncio.wait_for(asyncio.gather(*tasks), 20)
    with History(path) as history:
        events = list(history.events())
    assert all(found == events for found in all_found)
    relay.close()
    for cursor in cursors:
        await cursor.close()


async def test_a_position_is_gone_on_from_after_a_restart(path: Path) -> None:
    first = opened(path)
    await commit(first, flips(6))
    await asyncio.to_thread(first.close)
    second = opened(path)
    relay = relay_of(second)
    cursor = relay.cursor(Position(1, 4, second.identity))
    await commit(second, flips(2))
    assert [(epoch, n) for epoch, n, _ in await read(cursor, 4)] == [(1, 5), (1, 6), (2, 1), (2, 2)]
    relay.close()
    await cursor.close()
    await asyncio.to_thread(second.close)


async def test_the_position_of_another_journal_is_refused(journal: Journal) -> None:
    relay = relay_of(journal)
    await commit(journal, flips(3))
    for place in (Position(1, 1, "0" * 16), Position(1, 9), Position(4, 1)):
        with pytest.raises(PositionError) as caught:
            await relay.cursor(place).read()
        assert caught.value.reason == "foreign"


async def test_nobody_holds_a_number_that_the_file_lacks(path: Path, journal: Journal) -> None:
    """At the moment at which an event is handed over, another connection finds it."""
    relay = relay_of(journal)
    cursor = relay.cursor()
    with History(path) as history:
        for event in flips(20):
            journal.put(event)
            [(epoch, n, _)] = await read(cursor, 1)
            assert history.position() >= Position(epoch, n, journal.identity)
    relay.close()


async def test_a_cursor_of_a_journal_that_is_begun_anew_is_told(journal: Journal) -> None:
    relay = relay_of(journal)
    await commit(journal, flips(2))
    cursor = relay.cursor(Position(1, 1))
    assert len(await read(cursor, 1)) == 1
    relay.identity = "0" * 16  # as another file was begun in place of a damaged one
    with pytest.raises(PositionError) as caught:
        await cursor.read()
    assert caught.value.reason == "foreign"
    await cursor.close()


async def test_what_a_commit_adds_of_its_own_is_handed_over_as_well(journal: Journal) -> None:
    """A snapshot that differs from the fold gets a gap and the difference before it."""
    relay = relay_of(journal)
    cursor = relay.cursor()
    journal.put_block([Snapshot(START_NS, RISE, ("005930",))])
    journal.put_block([Snapshot(START_NS + 1, RISE, ())])
    names = [type(event).__name__ for _, _, event in await read(cursor, 4)]
    assert names == ["Snapshot", "Gap", "Leave", "Snapshot"]
    journal.put(State(START_NS, "connected"))
    assert [(epoch, n) for epoch, n, _ in await read(cursor, 1)] == [(1, 5)]
    relay.close()


async def test_what_was_known_at_a_position(journal: Journal) -> None:
    relay = relay_of(journal)
    await commit(journal, [Snapshot(START_NS, RISE, ("000660",)), *flips(3)])
    folds = [await relay.fold(Position(1, n)) for n in range(5)]
    assert [list(fold.known[RISE].codes) if fold.known else None for fold in folds] == [
        None, ["000660"], ["000660", "005930"], ["000660"], ["000660", "005930"],
    ]  # fmt: skip
    with pytest.raises(PositionError):
        await relay.fold(Position(1, 5))


async def test_what_was_known_where_a_deleted_stretch_ends(
    path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    relay = relay_of(journal)
    await commit(journal, [Snapshot(START_NS, RISE, ("000660",)), *flips(9)])
    journal.prune(START_NS + 4 * SECOND)
    with History(path) as history:
        async with asyncio.timeout(20):
            while (first := history.first()) is None or first.n < 5:  # it is deleted in pieces
                await asyncio.sleep(0.01)
    fold = await relay.fold(first.before)
    assert first.n == 5
    assert set(fold.known[RISE].codes) == {"000660", "005930"}


async def test_a_cursor_that_takes_little_at_a_time_skips_nothing(journal: Journal) -> None:
    relay = relay_of(journal, room=20)
    await commit(journal, flips(200), 10)
    cursor = relay.cursor(Position(0, 0))
    found: list[Numbered] = []
    while more := await cursor.available(7):
        assert len(more) <= 7
        found += more
    assert [n for _, n, _ in found] == list(range(1, 201))
