"""Parts of a journal: what SQLite itself makes, and how little is left to be made one by one."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from jogeon.events import Condition, Enter, Event, Leave, State
from jogeon.journal import parts
from jogeon.journal.commits import Commit, CommitBuilder
from jogeon.journal.parts import LineTexts, Part, Parts
from jogeon.journal.reading import open_reader
from jogeon.journal.store import Store
from recorded import SECOND, START_NS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RISE = Condition("4", "급등주")
HOUR = 3600 * SECOND
ALL_IDS = (0, 2**63 - 1)
pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("PART", 100), ("SMALL", 4), ("WORTH", 0)):
        monkeypatch.setattr(parts, name, size)


def plain(count: int, start_ns: int = START_NS, code: str = "005930", clock: str = "090000") -> list[Event]:
    return [(Leave if n % 2 else Enter)(start_ns + n, RISE, code, clock) for n in range(count)]


def made(path: Path, told: list[Event], names: list[tuple[str, int, str]] | None = None) -> tuple[int, int]:
    """Return how many events SQLite made and how many were made one by one."""
    opened = Store.open(path)
    opened.write(Commit(names=names or []))
    opened.write(CommitBuilder(opened.head).enter(told))
    opened.close()
    by_sqlite = others = 0
    with closing(open_reader(path)) as db:
        cut = Parts(db, LineTexts(lambda *_: "", lambda *_: ""), "at_ns > ?", (0,))

        def plainly(values: parts.Values, complete: Callable[[int], bool]) -> tuple[int, bool] | None:
            found = db.execute(f"SELECT count(*) {cut.plain}", values).fetchone()[0]
            assert db.execute(f"SELECT count(*) {cut.raw}", values).fetchone()[0] == found
            return (found, True) if complete(found) else None

        def one_by_one(_part: Part, _values: parts.Values) -> bool:
            return False

        for count, quick in cut.of(ALL_IDS, plainly, one_by_one):
            by_sqlite, others = by_sqlite + count * quick, others + count * (not quick)
    return by_sqlite, others


def test_plain_changes_are_all_made_by_sqlite(tmp_path: Path) -> None:
    assert made(tmp_path / "journal", plain(950)) == (950, 0)


@pytest.mark.parametrize(
    "odd",
    [
        State(START_NS, "connected"),
        Enter(START_NS, RISE, "005930", "090000", "recovered", START_NS - 5, START_NS),
        Enter(START_NS, RISE, "005930", "90000"),
        Enter(START_NS, RISE, "005930", "096000"),
        Enter(START_NS, RISE, "005930", ""),
        Enter(START_NS, RISE, "005930", "220000"),
        Enter(START_NS, RISE, "005930", "240000"),
        Enter(START_NS, RISE, "005930", "085960"),
        Enter(START_NS + 14 * HOUR, RISE, "005930", "005959"),
        Enter(START_NS, RISE, "끝\0", "090000"),
    ],
)  # fmt: skip
def test_an_odd_one_costs_its_neighbours_only(tmp_path: Path, odd: Event) -> None:
    told = plain(250)
    told[101] = odd
    by_sqlite, others = made(tmp_path / "journal", told)
    assert by_sqlite + others == 250
    assert 1 <= others <= 4


def test_a_midnight_and_a_name_that_changes_cost_their_neighbours_only(tmp_path: Path) -> None:
    told = plain(55, START_NS + 15 * HOUR - 55, clock="235959")  # START_NS is 09:00
    told += plain(44, START_NS + 15 * HOUR, clock="000000")
    told += plain(99, START_NS + 16 * HOUR - 55, code="000660", clock="005959")
    names = [("000660", START_NS, "옛 이름"), ("000660", START_NS + 16 * HOUR, "새 이름")]
    by_sqlite, others = made(tmp_path / "journal", told, names)
    assert by_sqlite + others == 198
    assert 1 <= others <= 8


def test_so_few_events_as_are_not_worth_the_tables_are_made_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "WORTH", 1_000)
    assert made(tmp_path / "journal", plain(950)) == (0, 950)
