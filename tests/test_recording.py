"""A watch that is recorded: what it yields is in the file, and a program that restarts goes on from there."""

import asyncio
import stat
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import jogeon
from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import JournalError
from jogeon.events import Condition, Gap, State
from jogeon.gaps import Blind
from jogeon.journal.reading import one_moment, open_reader, read_head
from jogeon.journal.store import Store
from jogeon.live.policy import Policy
from jogeon.live.queue import Queue
from jogeon.live.stages import Stage
from jogeon.live.subscriptions import Subscriptions
from jogeon.recording import right_of
from jogeon.wire import writers
from recorded import found
from wire import Broker, Wire, drain
from wire import told as shortened

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def until(reached: Callable[[], bool]) -> None:
    """Wait for the writer's thread."""
    async with asyncio.timeout(45):
        while not reached():  # the other side is a thread
            await asyncio.sleep(0.001)


told = partial(shortened, states=("started", "ended"))


async def test_the_file_holds_what_the_watch_yields(path: Path) -> None:
    broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
    async with broker.client() as kiwoom, kiwoom.watch("급등주", "4", journal=path) as watch:
        broker.enter("급등주", "000660")
        broker.wire.push(b"garbled")
        broker.leave("급등주", "005930")
        broker.wire.drop()
        await asyncio.sleep(0)
        broker.members["신고가 돌파"] = ["0000D0"]
    yielded = drain(watch)
    assert found(path) == yielded
    assert told(yielded)[0] == ("State", "started")
    assert told(yielded)[-1] == ("State", "ended")
    assert mode(path) == 0o600


async def test_a_restart_is_one_gap_with_what_changed_meanwhile(path: Path) -> None:
    broker = Broker(members={"급등주": ["005930"], "신고가 돌파": ["000660"]})
    async with broker.client() as kiwoom, kiwoom.watch("급등주", journal=path):
        broker.enter("급등주", "0000D0")
    first = found(path)
    broker.names = {"7": "급등주", "4": "신고가 돌파"}
    broker.members["급등주"] = ["0000D0", "035720"]
    async with broker.client() as kiwoom, kiwoom.watch("급등주", "신고가 돌파", journal=path) as watch:
        broker.enter("급등주", "005930")
    second = found(path)[len(first) :]
    assert second == drain(watch)
    assert told(second) == [
        ("State", "started"),
        ("Gap", "급등주", "restart"),
        ("Leave", "급등주", "005930", "recovered"),
        ("Enter", "급등주", "035720", "recovered"),
        ("Snapshot", "급등주", "0000D0", "035720"),
        ("Snapshot", "신고가 돌파", "000660"),
        ("Enter", "급등주", "005930", "live"),
        ("State", "ended"),
    ]
    gap = next(event for event in second if isinstance(event, Gap))
    assert gap.since_ns >= first[-2].at_ns  # type: ignore[union-attr]  # the Enter
    assert gap.condition == Condition("7", "급등주")


async def test_a_watch_without_a_journal_begins_with_its_snapshot(path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom, kiwoom.watch("급등주", journal=path):
        pass
    async with (
        broker.client() as kiwoom,
        kiwoom.watch("급등주") as before,
        kiwoom.watch("급등주", journal=path) as watch,
        kiwoom.watch("급등주") as after,
    ):
        assert told(drain(before)) == [("State", "started"), ("Snapshot", "급등주")]
        assert told(drain(watch)) == [("State", "started"), ("Gap", "급등주", "restart"), ("Snapshot", "급등주")]
        assert told(drain(after)) == [("State", "started"), ("Snapshot", "급등주")]


async def test_a_restart_into_an_outage_goes_on_with_the_gap_of_the_first_run(path: Path) -> None:
    class Silent(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            del seq
            wire.push(writers.encode_refusal("CNSRREQ", 900001, "지금은 안 됩니다"))

    broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
    async with broker.client() as kiwoom, kiwoom.watch("급등주", "4", journal=path):
        broker.enter("급등주", "000660")
    with pytest.raises(jogeon.RequestRefused):
        async with Silent().client() as kiwoom, kiwoom.watch("급등주", journal=path):
            pass
    events = found(path)
    assert told(events)[-3:] == [("State", "started"), ("Gap", "급등주", "restart", "open"), ("State", "ended")]
    async with broker.client() as kiwoom, kiwoom.watch("급등주", journal=path) as watch:
        gaps = [event for event in drain(watch) if isinstance(event, Gap)]
    before = [event for event in events if isinstance(event, Gap)]
    assert [gap.since_ns for gap in gaps] == [gap.since_ns for gap in before]


async def test_the_journal_of_all_conditions_takes_those_that_are_added(path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom, kiwoom.watch(journal=path) as watch:
        broker.names["9"] = "거래량 급증"
        broker.members["거래량 급증"] = ["005930"]
        await kiwoom.conditions()
        await until(lambda: len(watch.conditions) == 3 and bool(watch.members["거래량 급증"]))
    assert ("Snapshot", "거래량 급증", "005930") in told(found(path))


async def test_raw_frames_are_recorded_if_they_are_wanted(path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom:
        async with kiwoom.watch("급등주", journal=path):
            broker.enter("급등주", "005930")
        with jogeon.History(path) as history, pytest.raises(JournalError, match="no raw frames"):
            next(history.frames())
        async with kiwoom.watch("급등주", journal=path, frames=True):
            broker.enter("급등주", "000660")
        assert kiwoom._feed.taps == []  # a journal that has ended takes nothing
        assert kiwoom._feed.named_later == []
        broker.wire.push({"trnm": "PING"})
        with jogeon.History(path) as history:
            frames = [payload for _, payload in history.frames()]
    assert [b"CNSRREQ" in frames[0], b"000660" in frames[1]] == [True, True]
    assert not any(b"PING" in frame for frame in frames)


async def test_no_token_reaches_the_file(path: Path) -> None:
    broker = Broker()
    secret = "planted-secret-token"
    endpoint = Endpoint(name="fake", websocket="ws://fake", tokens=FixedToken(secret))
    policy = Policy(pace=1000, wall=broker.wall, dial=broker.dial)
    client = Client(nullcontext(endpoint), name="fake", policy=policy)
    async with client as kiwoom, kiwoom.watch("급등주", journal=path):
        broker.wire.drop()
        await until(lambda: len(broker.wires) == 2)
    assert broker.heard[0]["token"] == secret
    assert secret.encode() not in content(path.parent)


def content(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


async def test_a_journal_in_use_stops_the_watch_before_it_begins(path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom, kiwoom.watch("급등주", journal=path) as watch:
        with pytest.raises(JournalError) as caught:
            await kiwoom.watch("급등주", journal=path).__aenter__()
        assert caught.value.reason == "in use"
        assert watch.journal is not None
        assert len(kiwoom._feed.readers) == 1


async def test_an_unknown_condition_leaves_no_journal_open(path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom:
        with pytest.raises(jogeon.UnknownCondition):
            await kiwoom.watch("없는 조건", journal=path).__aenter__()
        assert content(path.parent) == b""
        async with kiwoom.watch("급등주", journal=path):
            pass


@pytest.fixture
def damaged(path: Path) -> Path:
    Store.open(path).close()
    path.write_bytes(bytes(100) + path.read_bytes()[100:])
    return path


async def test_a_damaged_journal_is_told_in_the_first_event(damaged: Path) -> None:
    path = damaged
    broker = Broker()
    async with broker.client() as kiwoom, kiwoom.watch("급등주", journal=path) as watch:
        started = drain(watch)[0]
    assert isinstance(started, State)
    assert "set aside as journal.db.damaged-" in started.cause
    assert found(path)[0] == started


async def test_a_watch_goes_on_when_its_journal_cannot_be_written(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("jogeon.journal.writer.FINISH", 0.05)
    monkeypatch.setattr("jogeon.journal.writer.PAUSES", (0.005, 0.01))
    broker = Broker()
    async with broker.client() as kiwoom:
        watch = kiwoom.watch("급등주", journal=path)
        await watch.__aenter__()
        assert watch.journal is not None
        watch.journal._store.file.db.execute("PRAGMA query_only = ON")
        broker.enter("급등주", "005930")
        journal = watch.journal
        await until(lambda: journal.trouble is not None)
        broker.enter("급등주", "000660")
        assert list(watch.members["급등주"]) == ["005930", "000660"]
        with pytest.raises(JournalError, match="not written"):
            await watch.__aexit__(None, None, None)
    assert told(drain(watch))[-1] == ("State", "ended")
    assert [record for record in caplog.records if "not written for now" in record.message] != []


def known(path: Path) -> tuple[int, bool] | None:
    db = open_reader(path)
    with one_moment(db):
        found = read_head(db).fold.known.get(RISE)
    db.close()
    return None if found is None else (found.right_ns, found.sure)


async def test_after_a_kill_in_an_outage_the_gap_begins_where_the_outage_did(path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom, kiwoom.watch("급등주", journal=path) as watch:
        broker.enter("급등주", "005930")
        heard_ns = broker.wire.client.heard_ns
        broker.refuse_connections = 1000
        broker.wire.drop()
        await until(lambda: known(path) == (heard_ns, False))  # what a kill would leave
        assert any(isinstance(event, State) and event.state == "reconnecting" for event in found(path))
        assert watch.members["급등주"]


async def test_cancelling_the_start_leaves_no_journal_open(path: Path) -> None:
    broker = Broker()
    async with broker.client() as kiwoom:
        entering = asyncio.ensure_future(kiwoom.watch("급등주", journal=path).__aenter__())
        await until(path.exists)
        entering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await entering
        assert released(path), "the same program may open it again at once"


async def test_cancelling_the_end_waits_for_the_journal_all_the_same(path: Path) -> None:
    class Mute(Broker):
        def on_cnsrclr(self, wire: Wire, message: dict[str, Any]) -> None:
            pass

    broker = Mute()
    async with broker.client() as kiwoom:
        watch = await kiwoom.watch("급등주", journal=path).__aenter__()
        leaving = asyncio.ensure_future(watch.__aexit__(None, None, None))
        await until(lambda: bool(broker.requests("CNSRCLR")))
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert released(path)


def released(path: Path) -> bool:
    """Tell whether another writer could have the journal."""
    try:
        Store.open(path).close()
    except JournalError:
        return False
    return True


def test_the_right_of_a_condition_is_the_last_frame_unless_it_is_in_doubt() -> None:
    wishes = Subscriptions()
    wishes.listing.take([RISE], 0.0)
    followed = wishes.want(RISE, Queue(lambda _: None, lambda: 0), "K", 0)
    followed.membership.snapshot((), 100)
    assert (right_of(followed, 170).at_ns, right_of(followed, 170).sure) == (170, True)
    followed.stage = Stage.ACTIVE
    followed.suspect(Blind(150, "drift", ""))
    assert (right_of(followed, 170).at_ns, right_of(followed, 170).sure) == (150, False)
    followed.membership.blind(160, "connection lost")
    assert (right_of(followed, 170).at_ns, right_of(followed, 170).sure) == (160, False)
