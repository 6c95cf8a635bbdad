"""What stands beside the events of a journal: durable in one commit, in order, and told to who waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jogeon.events import Condition, Enter, Snapshot
from jogeon.journal.beside import Mark, Post, SavedPlace, Tick
from jogeon.journal.commits import Commit
from jogeon.journal.inbox import Inbox, Source
from jogeon.journal.reading import open_reader
from jogeon.journal.steps import read_cursor, read_posts
from jogeon.journal.store import Store
from jogeon.journal.writer import Journal
from journalled import until
from recorded import SECOND, START_NS

RISE = Condition("4", "급등주")
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "day.journal"


def source() -> Source:
    return Source(lambda _: None, dict, lambda call: call(), lambda: START_NS)


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal.open(path, source())
    yield journal
    journal.close()


def post(alert: str = "a", target: str = "폰") -> Post:
    return Post(alert, target, 1, START_NS, "{}")


def until_told(told: list[bool]) -> None:
    until(lambda: told)
    told.clear()


def test_alerts_and_the_place_behind_them_are_durable_together(path: Path, journal: Journal) -> None:
    told: list[bool] = []
    journal.put_block([Snapshot(START_NS, RISE, ()), Enter(START_NS + 1, RISE, "005930")])
    journal.keep([post("a"), post("b"), SavedPlace("alerts", 2)], told.append)
    until(lambda: told)
    journal.keep([Mark("b", "폰", "sent", 1, START_NS + SECOND, "", "b")], told.append)
    until(lambda: len(told) == 2)
    assert told == [True, True]
    db = open_reader(path)
    assert [(each.alert, each.state, each.tries, each.digest) for each in read_posts(db)] == [
        ("a", "waiting", 0, None),
        ("b", "sent", 1, "b"),
    ]
    assert [each.alert for each in read_posts(db, START_NS + 1)] == ["a"]
    assert read_cursor(db, "alerts") == 2
    db.close()


def test_an_alert_that_is_there_already_stays_as_it_is(path: Path, journal: Journal) -> None:
    told: list[bool] = []
    journal.keep([post(), Mark("a", "폰", "sent", 1, START_NS)], told.append)
    journal.keep([post()], told.append)
    until(lambda: len(told) == 2)
    db = open_reader(path)
    assert [each.state for each in read_posts(db)] == ["sent"]
    db.close()


def test_ticks_stand_behind_what_was_put_before_them(path: Path, journal: Journal) -> None:
    commits: list[Commit] = []
    journal.follow(lambda _, commit: commits.append(commit))
    journal.put_block([Snapshot(START_NS, RISE, ()), Enter(START_NS + 1, RISE, "005930")])
    journal.tick([Tick(RISE, START_NS + SECOND)])
    until(lambda: any(commit.ticks for commit in commits))
    db = open_reader(path)
    assert db.execute("SELECT after, right_ns FROM ticks").fetchall() == [(2, START_NS + SECOND)]
    db.close()


def test_a_tick_is_left_out_where_events_were_lost() -> None:
    inbox = Inbox(source(), 1)
    inbox.tick([Tick(RISE, START_NS)])
    for n in range(3):
        inbox.put(Enter(START_NS + n, RISE, "005930"))
    inbox.tick([Tick(RISE, START_NS + 9)])
    inbox.catch_up()
    batch, _ = inbox.pop(ending=True)
    assert batch is not None
    assert batch.ticks == []


def test_what_comes_after_the_end_is_told_to_be_lost(path: Path) -> None:
    journal = Journal.open(path, source())
    journal.close()
    told: list[bool] = []
    journal.keep([post()], told.append)
    assert told == [False]


def test_what_cannot_be_written_before_the_end_is_told_to_be_lost(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_store: Store, _commit: Commit) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("jogeon.journal.writer.FINISH", 0.1)
    journal = Journal.open(path, source())
    monkeypatch.setattr(Store, "write", full)
    told: list[bool] = []
    journal.keep([post()], told.append)
    journal.close()
    assert told == [False]


def test_a_journal_stays_open_for_those_who_hold_it(path: Path) -> None:
    journal = Journal.open(path, source())
    told: list[bool] = []
    ends: list[str] = []
    journal.hold("me", lambda: ends.append("now"))
    journal.finish()
    assert ends == ["now"]
    journal.keep([post()], told.append)
    until(lambda: told)
    assert told == [True]
    journal.release("me")
    journal.close()


def test_old_alerts_go_with_their_events_and_waiting_ones_stay(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    journal = Journal.open(path, source())
    told: list[bool] = []
    for n in range(6):
        journal.put_block([Enter(START_NS + n * SECOND, RISE, f"{n:06d}")])
        journal.keep([], told.append)
        until_told(told)
    journal.keep([post("old"), post("waits"), Mark("old", "폰", "sent", 1, START_NS)], told.append)
    until_told(told)
    journal.prune(START_NS + 6 * SECOND)
    db = open_reader(path)
    until(lambda: [each.alert for each in read_posts(db)] == ["waits"])
    db.close()
    journal.close()
