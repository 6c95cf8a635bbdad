"""What a journal tells afterwards: the same as was true at the time."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.errors import JournalError, UnknownCondition
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal import history as history_module
from jogeon.journal import reading
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.fold import Right
from jogeon.journal.history import History, Selection
from jogeon.journal.store import Store
from recorded import START_NS, Day, at, days, write

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@given(days(max_size=40), st.integers(1, 9), st.data())
def test_a_selection_is_what_matches_it(
    tmp_path_factory: pytest.TempPathFactory, day: Day, marks: int, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("events") / "journal.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", marks)
        write(path, *day.blocks)
    numbered = list(enumerate(day.events, start=1))
    names = sorted({event.condition.name for event in day.events if event.condition is not None})
    chosen = Selection(
        span=tuple(sorted(data.draw(st.tuples(*[st.integers(START_NS, day.at_ns + 1)] * 2)))),
        conditions=tuple(data.draw(st.lists(st.sampled_from(names)))) if names else (),
        codes=tuple(data.draw(st.lists(st.sampled_from(["005930", "0000D0"])))),
        kinds=tuple(data.draw(st.lists(st.sampled_from(["enter", "leave", "snapshot", "gap"])))),
    )
    with History(path) as history:
        assert list(history.events()) == [(1, n, event) for n, event in numbered]
        assert list(history.events(chosen)) == [(1, n, event) for n, event in numbered if matches(event, chosen)]


def matches(event: Event, chosen: Selection) -> bool:
    moment = event.until_ns if isinstance(event, Gap) else event.at_ns
    return (
        chosen.span[0] <= moment < chosen.span[1]
        and (not chosen.conditions or (event.condition is not None and event.condition.name in chosen.conditions))
        and (not chosen.codes or getattr(event, "code", None) in chosen.codes)
        and (not chosen.kinds or type(event).__name__.lower() in chosen.kinds)
    )


def test_epochs_and_numbers_come_with_the_events(path: Path) -> None:
    write(path, [State(at(0), "started"), State(at(1), "ended")])
    write(path, [State(at(2), "started")])
    write(path, [State(at(3), "started")])
    with History(path) as history:
        assert [(epoch, n) for epoch, n, _ in history.events()] == [(1, 1), (1, 2), (2, 1), (3, 1)]
        assert [(epoch, n) for epoch, n, _ in history.events(Selection(span=(at(1), at(3))))] == [(1, 2), (2, 1)]


def test_a_condition_is_found_by_its_name_or_its_seq_under_every_seq_it_had(path: Path) -> None:
    moved = Condition("9", "급등주")
    write(path, [Snapshot(at(0), RISE, ())], [Snapshot(at(0), HIGH, ())])
    write(path, [Gap(moved, at(0), at(5), "restart"), Snapshot(at(5), moved, ())])
    with History(path) as history:
        assert [n for _, n, _ in history.events(Selection(conditions=("급등주",)))] == [1, 1, 2]
        assert [n for _, n, _ in history.events(Selection(conditions=("4",)))] == [2]
        with pytest.raises(UnknownCondition) as caught:
            list(history.events(Selection(conditions=("급등",))))
        assert caught.value.close == ("급등주",)


def test_a_clock_that_was_set_back_hides_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.commits.CHECKPOINT_EVERY", 2)
    moments = [100, 101, 102, 50, 51, 52, 53, 103, 104, 105]
    states: list[Event] = [State(at(moment), "connected") for moment in moments]
    write(path, *[[state] for state in states])
    with History(path) as history:
        for start, end in ((50, 52), (101, 104), (102, 103), (104, 200), (0, 60)):
            found = [event.at_ns for _, _, event in history.events(Selection(span=(at(start), at(end))))]  # type: ignore[union-attr]  # states
            assert found == [at(moment) for moment in moments if start <= moment < end]


def test_what_is_told_is_of_one_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, [Snapshot(at(0), RISE, ("005930",))])
    read = reading.read_conditions

    def read_then_recorded(db: sqlite3.Connection) -> dict[int, Condition]:
        found = read(db)
        begun = Condition("0", f"{len(found)}번째")
        write(path, [Snapshot(at(1), begun, ("000660",)), Enter(at(2), begun, "005930")])
        return found

    with History(path) as history:
        monkeypatch.setattr(history_module, "read_conditions", read_then_recorded)
        assert [each.condition for each in history.stats().conditions] == [RISE]
        assert len({event.condition for _, _, event in history.events()}) == 2
        assert len(history.members(at(9))) == 3


def test_statistics_of_a_day(path: Path) -> None:
    moved = Condition("9", "급등주")
    write(
        path,
        [Snapshot(at(0), RISE, ("005930",))],
        [Snapshot(at(0), HIGH, ("005930",))],
        [Enter(at(60), RISE, "000660"), Leave(at(70), RISE, "000660"), Leave(at(80), RISE, "005930")],
        [Gap(moved, at(100), at(200), "registration lost"),
         Enter(at(200), moved, "0000D0", "", "recovered", at(100), at(200)), Snapshot(at(200), moved, ("0000D0",))],
        [Leave(at(240), moved, "0000D0")],
        rights={moved: Right(at(300), sure=True), HIGH: Right(at(300), sure=True)},
    )  # fmt: skip
    done: list[tuple[int, int]] = []
    with History(path) as history:
        stats = history.stats(progress=lambda *each: done.append(each))
        rise, high = stats.conditions
        [part] = history.stats(Selection(span=(at(50), at(75)), conditions=("급등주",))).conditions
    assert (rise.condition, rise.enters, rise.leaves, rise.recovered, rise.stocks) == (moved, 2, 3, 1, 3)
    assert (rise.stay_median, rise.flaps, rise.covered, rise.blind) == (10.0, 0, 200.0, 100.0)
    assert rise.busiest == ((at(60), 3), (at(180), 1), (at(240), 1))
    assert (high.condition, high.stocks, high.covered, high.blind) == (HIGH, 1, 300.0, 0.0)
    assert [(pair.first.name, pair.second.name, pair.common, pair.either) for pair in stats.overlaps] == [
        ("급등주", "신고가 돌파", 1, 3)
    ]
    assert (part.enters, part.leaves, part.stay_median, part.covered, part.blind) == (1, 1, 10.0, 25.0, 0.0)
    assert done == [(9, 9)]


def test_long_counts_tell_how_far_they_are(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.journal.reading.CHUNK", 4)
    write(path, [Snapshot(at(0), RISE, ())], [Enter(at(n), RISE, f"{n:06d}") for n in range(9)])
    done: list[tuple[int, int]] = []
    with History(path) as history:
        history.stats(progress=lambda *each: done.append(each))
    assert done == [(5, 10), (9, 10), (10, 10)]


def test_an_empty_journal_has_nothing_to_tell(path: Path) -> None:
    write(path)
    with History(path) as history:
        assert list(history.events()) == []
        assert history.members(at(0)) == []
        assert history.stats().conditions == ()
        assert history.conditions == []


def test_there_is_no_history_without_a_file(path: Path) -> None:
    with pytest.raises(JournalError) as caught:
        History(path)
    assert caught.value.reason == "missing"


def test_it_is_read_while_it_is_written(path: Path) -> None:
    opened = Store.open(path)
    builder = CommitBuilder(opened.head)
    opened.write(builder.enter([Snapshot(at(0), RISE, ("005930",))]))
    with History(path) as history:
        reading = history.events()
        assert next(reading) == (1, 1, Snapshot(at(0), RISE, ("005930",)))
        opened.write(builder.enter([Enter(at(1), RISE, "000660")]))
        assert list(history.events())[1:] == [(1, 2, Enter(at(1), RISE, "000660"))]
        assert list(history.members(at(2))[0].codes) == ["005930", "000660"]
    opened.close()


def test_events_and_members_bear_the_names_that_were_seen(path: Path) -> None:
    write(
        path,
        [Snapshot(at(0), RISE, ("005930", "000660"))],
        [Enter(at(1), RISE, "035420", name="NAVER"), Leave(at(2), RISE, "005930", name="삼성전자")],
        [Enter(at(3), RISE, "005930", name="삼성")],
    )
    with History(path) as history:
        shown, *changes = [event for _, _, event in history.events()]
        picture, earlier = history.members(at(9))[0], history.members(at(0))[0]
        followed = [event for _, _, event in history.follow("0:0", 0)]
    assert isinstance(shown, Snapshot)
    assert shown.names == {"005930": "삼성전자"}
    assert [getattr(event, "name", None) for event in changes] == ["NAVER", "삼성전자", "삼성"]
    assert picture.names == {"005930": "삼성", "035420": "NAVER"}
    assert earlier.names == {"005930": "삼성전자"}
    assert [event.fields() for event in followed] == [event.fields() for event in (shown, *changes)]


def test_a_path_may_be_a_text(path: Path) -> None:
    write(path, [Snapshot(at(0), RISE, ("A",))])
    with History(str(path)) as history:
        assert [number for _, number, _ in history.follow(after="0:0", seconds=0)] == [1]
