"""Alerts beside a journal: what is committed is decided, sent and marked, as a dry run over the file decides."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from jogeon.alerts.alerting import Alerting, Plan
from jogeon.alerts.outbox import MAX_AGE, Message, reason_in
from jogeon.alerts.own import Note
from jogeon.alerts.rebuilding import dry_run
from jogeon.alerts.rules import Bound, Rule
from jogeon.alerts.settings import Own
from jogeon.alerts.targets import Later, Outcome, Sent
from jogeon.events import Condition, Enter, Event, Leave, Snapshot, State
from jogeon.journal.fold import Right
from jogeon.journal.inbox import Source
from jogeon.journal.reading import open_reader
from jogeon.journal.steps import Posted, read_posts
from jogeon.journal.writer import Journal
from jogeon.reports import Report
from phone import answer, phone

RISE = Condition("4", "급등주")
SECOND = 1_000_000_000
pytestmark = pytest.mark.usefixtures("spared_disk")


class Quote:
    """A price as the journal takes it."""

    def __init__(self, code: str, price: int) -> None:
        self.code, self.price, self.at_ns = code, price, time.time_ns()
        self.change, self.rate, self.volume = 0, 0.0, 1


class Phone:
    """A target that takes everything, or answers as it is told."""

    digests, spacing = False, 0.0

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.heard: list[tuple[str, str]] = []

    async def send(self, message: Message) -> Outcome:
        await asyncio.sleep(0)
        outcome = self.outcomes.pop(0) if self.outcomes else Sent()
        if isinstance(outcome, Sent):
            self.heard += [(row.id, row.text) for row in message.rows]
        return outcome


class Desk:
    """A journal that is written, with alerts beside it."""

    def __init__(self, path: Path) -> None:
        soon = asyncio.get_running_loop().call_soon_threadsafe
        source = Source(lambda _: None, lambda: {RISE: Right(time.time_ns(), sure=True)}, soon)
        self.journal = Journal.open(path, source)
        self.phone = Phone()
        self.notes: list[Note] = []

    async def begin(self, *rules: Rule, own: Own | None = None) -> Alerting:
        alerting = Alerting(self.journal, Plan(rules, {"폰": self.phone}, own), say=self.say)
        await alerting.start()
        return alerting

    def say(self, note: Note) -> str:
        self.notes.append(note)
        return note.kind

    def hears(self, *events: Event) -> None:
        self.journal.put_block(events)

    async def until(self, reached: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not reached():
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        await asyncio.to_thread(self.journal.close)

    @property
    def posts(self) -> list[Posted]:
        db = open_reader(self.journal.path)
        found = list(read_posts(db))
        db.close()
        return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "day.journal"


@pytest.fixture
async def desk(path: Path) -> AsyncIterator[Desk]:
    desk = Desk(path)
    yield desk
    await desk.close()


def rule(**fields: object) -> Rule:
    return Rule(name="급등", to=("폰",), text="{종목코드}", **fields)  # type: ignore[arg-type]


def enter(code: str = "005930") -> Enter:
    return Enter(time.time_ns(), RISE, code)


def snapshot(*codes: str) -> Snapshot:
    return Snapshot(time.time_ns(), RISE, codes)


async def test_what_enters_is_sent_and_marked_as_a_dry_run_says(desk: Desk, path: Path) -> None:
    await desk.begin(rule())
    desk.hears(snapshot())
    desk.hears(enter(), enter("000660"))
    await desk.until(lambda: len(desk.phone.heard) == 2)
    await desk.close()
    assert [text for _, text in desk.phone.heard] == ["005930", "000660"]
    assert [name for name, _ in desk.phone.heard] == [alert.id for alert in dry_run(path, [rule()])]
    assert [(post.state, post.tries) for post in desk.posts] == [("sent", 1), ("sent", 1)]
    with contextlib.closing(sqlite3.connect(path)) as db:
        entered = db.execute("SELECT id FROM events WHERE kind = 0 ORDER BY id").fetchall()
        assert db.execute("SELECT event FROM outbox ORDER BY event").fetchall() == entered


async def test_a_dwell_is_over_by_a_tick_that_stands_in_the_file(desk: Desk, path: Path) -> None:
    waits = rule(dwell=SECOND // 5)
    await desk.begin(waits)
    desk.hears(snapshot(), enter(), enter("000660"), Leave(time.time_ns(), RISE, "000660"))
    await desk.until(lambda: desk.phone.heard)
    assert [alert.code for alert in dry_run(path, [waits])] == ["005930"]
    assert [text for _, text in desk.phone.heard] == ["005930"]


async def test_what_was_due_is_sent_by_the_next_run_with_the_same_id(desk: Desk, path: Path) -> None:
    desk.phone.outcomes = [Later(Report("HTTP", text="500"), 100.0)]
    alerting = await desk.begin(rule())
    desk.hears(snapshot(), enter())
    await desk.until(lambda: not desk.phone.outcomes)
    await desk.until(lambda: desk.posts and desk.posts[0].tries == 1)
    await alerting.stop(0.2)
    await desk.close()
    again = Desk(path)
    await again.begin(rule())
    await again.until(lambda: again.phone.heard)
    await again.close()
    assert [name for name, _ in again.phone.heard] == [alert.id for alert in dry_run(path, [rule()])]
    assert [(post.state, post.tries) for post in again.posts] == [("sent", 2)]


async def test_what_was_committed_and_not_decided_is_decided_by_the_next_run(desk: Desk, path: Path) -> None:
    alerting = await desk.begin(rule())
    desk.hears(snapshot(), enter())
    await desk.until(lambda: desk.phone.heard)
    await alerting.stop()
    desk.hears(enter("000660"), Enter(time.time_ns() - 2 * MAX_AGE, RISE, "000020"))
    await desk.close()
    again = Desk(path)
    await again.begin(rule())
    await again.until(lambda: len([post for post in again.posts if post.state != "waiting"]) == 3)
    await again.close()
    assert [text for _, text in again.phone.heard] == ["000660"]
    assert [(post.state, reason_in(post.reason)) for post in again.posts] == [
        ("sent", None), ("sent", None), ("dropped", Report("too old")),
    ]  # fmt: skip


async def test_what_was_recorded_before_anybody_wanted_alerts_is_no_news(desk: Desk, path: Path) -> None:
    desk.hears(snapshot(), enter())
    await desk.close()
    again = Desk(path)
    await again.begin(rule())
    again.hears(enter("000660"))
    await again.until(lambda: again.phone.heard)
    await again.close()
    assert [text for _, text in again.phone.heard] == ["000660"]


async def test_what_waits_for_a_target_that_is_no_more_is_dropped(desk: Desk, path: Path) -> None:
    desk.phone.outcomes = [Later(Report("HTTP", text="500"), 100.0)]
    alerting = await desk.begin(rule())
    desk.hears(snapshot(), enter())
    await desk.until(lambda: desk.posts and desk.posts[0].tries == 1)
    await alerting.stop(0.1)
    await desk.close()
    again = Desk(path)
    await Alerting(again.journal, Plan([rule()], {}), say=again.say).start()
    await again.close()
    assert [(post.state, reason_in(post.reason)) for post in again.posts] == [("dropped", Report("no such target"))]


async def test_the_journal_stays_open_until_what_waits_had_its_last_chance(desk: Desk) -> None:
    await desk.begin(rule(dwell=1))
    desk.hears(snapshot(), enter())
    desk.journal.beat()
    await desk.close()
    assert [text for _, text in desk.phone.heard] == ["005930"]
    assert [post.state for post in desk.posts] == ["sent"]


async def test_other_rules_count_from_now_on(desk: Desk) -> None:
    alerting = await desk.begin(rule())
    desk.hears(snapshot(), enter())
    await desk.until(lambda: desk.phone.heard)
    other = Phone()
    alerting.exchange(Plan([Rule(name="둘", on="leave", to=("방",), text="{종목코드}!")], {"방": other}))
    await asyncio.sleep(0.1)
    desk.hears(enter("000660"), Leave(time.time_ns(), RISE, "005930"))
    await desk.until(lambda: other.heard)
    assert [text for _, text in other.heard] == ["005930!"]
    assert [text for _, text in desk.phone.heard] == ["005930"]


async def test_the_tool_tells_of_itself(desk: Desk, path: Path) -> None:
    await desk.begin(own=Own(to=("폰",)))
    desk.hears(State(time.time_ns(), "taken"), State(time.time_ns(), "condition-gone", RISE))
    await desk.until(lambda: len(desk.phone.heard) == 2)
    assert [text for _, text in desk.phone.heard] == ["taken", "gone"]
    assert [note.name for note in desk.notes] == ["", "급등주"]
    assert list(dry_run(path, [rule()])) == []


async def test_a_journal_that_cannot_be_written_is_told_without_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.alerts.alerting.LOOK", 0.01)
    monkeypatch.setattr("jogeon.alerts.own.STALL_NS", 0)
    await desk.begin(own=Own(to=("폰",)))
    desk.journal.trouble = Report("disk full")
    await desk.until(lambda: desk.phone.heard)
    desk.journal.trouble = None
    await desk.until(lambda: len(desk.phone.heard) == 2)
    assert [text for _, text in desk.phone.heard] == ["stalled", "resumed"]
    assert desk.posts == []


async def test_a_sign_of_life_goes_out_while_all_is_well(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.alerts.alerting.PING_EVERY", 0.01)
    async with phone(answer(500, {}), None) as there:
        alerting = Alerting(desk.journal, Plan([], {}, Own(to=()), f"{there.url}/ping"), say=desk.say)
        await alerting.start()
        await desk.until(lambda: len(there.heard) > 3)
        desk.hears(State(time.time_ns(), "reconnecting"))
        await desk.until(lambda: alerting.place == 1)
        await asyncio.sleep(0.05)
        quiet = len(there.heard)
        await asyncio.sleep(0.1)
        assert len(there.heard) == quiet
        assert {heard.path for heard in there.heard} == {"/ping"}
        await desk.close()


async def test_a_quote_is_decided_on_in_its_place(desk: Desk, path: Path) -> None:
    dear = rule(price=Bound.parse(">= 1000"))
    await desk.begin(dear)
    desk.hears(snapshot(), enter(), enter("000660"))
    await desk.until(lambda: desk.journal.committed[1] == 3)
    for code, price in (("005930", 1500), ("000660", 900)):
        desk.journal.quote(Quote(code, price), "quote")
    await desk.until(lambda: desk.phone.heard)
    await desk.close()
    assert [text for _, text in desk.phone.heard] == ["005930"]
    assert [alert.code for alert in dry_run(path, [dear])] == ["005930"]


async def test_muted_alerts_are_listed_but_not_sent(desk: Desk) -> None:
    alerting = await desk.begin(rule())
    assert alerting.muted_until_ns is None
    alerting.mute(until_ns := time.time_ns() + 3600 * SECOND)
    assert alerting.muted_until_ns == until_ns
    before = alerting.changes
    desk.hears(snapshot())
    desk.hears(enter())
    await desk.until(lambda: [reason_in(post.reason) for post in desk.posts] == [Report("muted")])
    assert desk.phone.heard == []
    assert alerting.changes > before
    alerting.mute(0)
    assert alerting.muted_until_ns is None
    desk.hears(enter("000660"))
    await desk.until(lambda: desk.phone.heard)
