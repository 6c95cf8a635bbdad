"""What a journal tells afterwards: events, the members at any moment, gaps and statistics. It is only ever read."""

import contextlib
import difflib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Self

from msgspec import Struct
from msgspec.structs import replace

from jogeon.errors import JournalError, UnknownCondition
from jogeon.events import Condition, Event
from jogeon.journal.copies import HistoryCopier, copied
from jogeon.journal.counting import Progress, count, covered
from jogeon.journal.following import Follower, followed, position_of, read_first, read_numbered
from jogeon.journal.lines import Form, Lines
from jogeon.journal.moments import MembersAt, called_at_the_end, members_at
from jogeon.journal.outcomes import Outcome, outcomes, returned
from jogeon.journal.position import Position
from jogeon.journal.reading import (
    one_moment,
    open_reader,
    read_conditions,
    read_end,
    read_frames,
    read_identity,
    read_last,
    told,
)
from jogeon.journal.stats import ConditionStats, Overlap, Span, overlaps
from jogeon.reports import Report

Kind = Literal["enter", "leave", "snapshot", "gap", "state", "anomaly"]
KINDS: tuple[Kind, ...] = ("enter", "leave", "snapshot", "gap", "state", "anomaly")
"""In the order of their numbers in a row."""
EVER = (-(2**63), 2**63 - 1)


class Selection(Struct, frozen=True):
    """Which events: all those that match everything given here; an empty tuple stands for any.

    `conditions` are names or seqs. `span` is from (included) until (not included), in nanoseconds since 1970.
    """

    span: Span = EVER
    conditions: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()


ALL = Selection()


class Stats(Struct, frozen=True):
    """The statistics of a stretch."""

    conditions: tuple[ConditionStats, ...]
    overlaps: tuple[Overlap, ...]


class History:
    """A journal file, read while it may be written; JournalError if there is none that can be read."""

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self._db = open_reader(self.path)

    def __enter__(self) -> Self:
        """Use it in `with`, so that it is closed."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def conditions(self) -> list[Condition]:
        """Every condition that was recorded, under every seq it had."""
        with self._moment():
            return list(read_conditions(self._db).values())

    def require(self, wanted: Sequence[str]) -> None:
        """Raise UnknownCondition unless all these names or seqs were recorded."""
        with self._moment():
            numbers_of(wanted, read_conditions(self._db))

    @property
    def identity(self) -> str | None:
        """What tells this journal from all others, 64 bits in hex; None for one of version 1 that nobody migrated."""
        with self._moment():
            return read_identity(self._db)

    @contextlib.contextmanager
    def _moment(self) -> Iterator[None]:
        """See the file as it is at one moment; JournalError if it cannot be read."""
        with told(self.path), one_moment(self._db):
            yield

    @property
    def last_ns(self) -> int | None:
        """When the last event was received, if it was deleted as well; None if there was none."""
        with self._moment():
            found = self._db.execute("SELECT at_ns FROM events ORDER BY id DESC LIMIT 1").fetchone()
            found = found or self._db.execute("SELECT max_ns FROM marks ORDER BY id DESC LIMIT 1").fetchone()
            return None if found is None else int(found[0])

    @property
    def first_ns(self) -> int | None:
        """When the first event was received that was not deleted; None if there is none."""
        with self._moment():
            found = self._db.execute("SELECT at_ns FROM events ORDER BY id LIMIT 1").fetchone()
            return None if found is None else int(found[0])

    # ------------------------------------------------------------ the stream

    def position(self) -> Position:
        """Return the position of the last event there is; 0:0 before the first one."""
        with self._moment():
            return position_of(self._db, read_last(self._db))

    def first(self) -> Position | None:
        """Return the position of the first event that was not deleted, None if there is none."""
        with self._moment():
            found = read_first(self._db)
            return None if found is None else position_of(self._db, found)

    def follow(
        self, after: Position | str | None = None, seconds: float | None = None
    ) -> Iterator[tuple[int, int, Event]]:
        """Return (epoch, n, event) of what comes behind a position, in order, each within moments of its commit.

        Without a position it begins at the end. It goes on while writers end and begin; with `seconds` it ends after so
        long, with 0 at the present end. It waits: use it in a thread of its own. PositionError `pruned` where what
        comes next was deleted: follow again after its `next.before`. PositionError `foreign` or `gone` if the
        file never had the position, was deleted or replaced. ValueError for a text that is not a position.
        """
        place = Position.parse(after) if isinstance(after, str) else after
        return chain.from_iterable(followed(Follower(self.path, place), seconds))

    # ------------------------------------------------------------ events

    def events(self, selection: Selection = ALL) -> Iterator[tuple[int, int, Event]]:
        """Yield (epoch, n, event) in the order of recording; UnknownCondition."""
        with self._moment():
            conditions = read_conditions(self._db)
            where, values = self._where(selection, conditions)
            ids = self._range(selection.span)
        return self._numbered(conditions, ids, where, values)

    def lines(self, form: Form, selection: Selection = ALL) -> Iterator[tuple[int, bytes]]:
        """Yield (how many, their lines) of events, thousands at a time, in the order of recording; UnknownCondition."""
        with self._moment():
            where, values = self._where(selection, read_conditions(self._db))
            yield from Lines(self._db, form, where, values).of(self._range(selection.span))

    def copy_to(self, path: Path, columns: str, selection: Selection = ALL) -> int:
        """Put events into a table `history` of a fresh SQLite file; return how many. UnknownCondition, OSError."""
        with copied(self._db, path, columns), self._moment():
            where, values = self._where(selection, read_conditions(self._db))
            return HistoryCopier(self._db, where, values).of(self._range(selection.span))

    def frames(self, span: Span = EVER) -> Iterator[tuple[int, bytes]]:
        """Yield (at_ns, payload) of the raw frames received in a span, in their order, one in memory at a time.

        Secrets were masked when they were written. JournalError `no frames` if the journal holds none at all.
        """
        with self._moment():
            if self._db.execute("SELECT 1 FROM frames LIMIT 1").fetchone() is None:
                raise JournalError(self.path, "no frames", Report("no frames"))
        with told(self.path):
            yield from read_frames(self._db, span)

    def gaps(self, selection: Selection = ALL) -> Iterator[tuple[int, int, Event]]:
        """Yield (epoch, n, Gap) of each gap of which a part lies in the span, by its conditions; UnknownCondition."""
        with self._moment():
            conditions = read_conditions(self._db)
        chosen = numbers_of(selection.conditions, conditions) or list(conditions)
        places = ",".join("?" * len(chosen))
        where = f"kind > 1 AND kind = 3 AND at_ns >= ? AND since_ns < ? AND condition IN ({places})"
        return self._numbered(conditions, EVER, where, [*selection.span, *chosen])

    def _numbered(
        self, conditions: Mapping[int, Condition], ids: Span, where: str, values: Sequence[Any]
    ) -> Iterator[tuple[int, int, Event]]:
        with told(self.path):
            for _, numbered in read_numbered(self._db, conditions, *ids, where, values):
                yield numbered

    def _where(self, selection: Selection, conditions: Mapping[int, Condition]) -> tuple[str, list[Any]]:
        """Return the SQL of a selection and its values."""
        parts = ["at_ns >= ? AND at_ns < ?"]
        values: list[Any] = [*selection.span]
        for column, chosen in (
            ("condition", numbers_of(selection.conditions, conditions)),
            ("code", selection.codes),
            ("kind", [KINDS.index(kind) for kind in selection.kinds]),
        ):
            if chosen:
                parts.append(f"{column} IN ({','.join('?' * len(chosen))})")
                values += chosen
        return " AND ".join(parts), values

    def _range(self, span: Span) -> tuple[int, int]:
        """Return between which ids events of a span can lie, by the checkpoints; a clock may have been set back."""
        query = "SELECT min(id), max(id) FROM marks WHERE max_ns >= ? AND min_ns < ?"
        with self._moment():
            last_id = self._db.execute("SELECT max(id) FROM events").fetchone()[0] or 0
            tail = self._db.execute("SELECT max(id) FROM marks").fetchone()[0] or 0
            first, last = self._db.execute(query, span).fetchone()
            if first is None:
                first, last = tail, last_id
            else:
                first = self._db.execute("SELECT max(id) FROM marks WHERE id < ?", (first,)).fetchone()[0] or 0
            in_tail = "SELECT 1 FROM events WHERE id > ? AND at_ns >= ? AND at_ns < ? LIMIT 1"
            if self._db.execute(in_tail, (tail, *span)).fetchone():
                last = last_id
        return first, last

    def members(self, at_ns: int, conditions: Sequence[str] = ()) -> list[MembersAt]:
        """Return who was in which condition at a moment, by the checkpoint before it and the events since.

        A condition is there from its first snapshot on. What the journal says stands still while nobody listened.
        UnknownCondition.
        """
        with self._moment():
            known = read_conditions(self._db)
            chosen = {known[number] for number in numbers_of(conditions, known)}
            return members_at(self._db, at_ns, known, chosen if conditions else None)

    # ------------------------------------------------------------ statistics

    def stats(self, selection: Selection = ALL, progress: Progress | None = None) -> Stats:
        """Return the statistics of a stretch, by the span and the conditions of a selection; UnknownCondition.

        `progress(done, all)` is called now and then: ten million events take a while.
        """
        with self._moment():
            known = read_conditions(self._db)
            numbers = self._numbers(selection, known)
            final = read_end(self._db, known).known
            counts = count(self._db, self._range(selection.span), selection.span, progress)
            spans = {c: covered(self._db, c, each, final.get(c), selection.span) for c, each in numbers.items()}
            results = tuple(counts.result(condition, each, *spans[condition]) for condition, each in numbers.items())
        return Stats(results, tuple(overlaps({c: counts.stocks(each) for c, each in numbers.items()})))

    def outcomes(self, selection: Selection = ALL, progress: Progress | None = None) -> list[Outcome]:
        """Return what the stocks that entered returned 1, 5, 10, 30 and 60 minutes later and at the close.

        It counts live entries, by the span, conditions and codes of a selection; see `Outcome` for what is priced.
        UnknownCondition. `progress(done, all)` is called now and then.
        """
        with self._moment():
            known = read_conditions(self._db)
            where = self._where(replace(selection, kinds=()), known)
            numbers = self._numbers(selection, known)
            span = None if selection.codes else selection.span
            found = returned(self._db, self._range(selection.span), span, where, progress)
        return list(outcomes(numbers, found))

    def _numbers(self, selection: Selection, known: Mapping[int, Condition]) -> dict[Condition, set[int]]:
        """Return the conditions of a selection as they are called at the end, each with the numbers it ever had."""
        present = called_at_the_end(self._db, known)
        numbers: dict[Condition, set[int]] = {}
        for number in numbers_of(selection.conditions, known) or list(known):
            numbers.setdefault(present.get(known[number], known[number]), set()).add(number)
        return numbers


def numbers_of(wanted: Sequence[str], conditions: Mapping[int, Condition]) -> list[int]:
    """Return the numbers of the conditions with these names, else with these seqs; UnknownCondition."""
    numbers: list[int] = []
    for each in wanted:
        named = [number for number, condition in conditions.items() if condition.name == each]
        found = named or [number for number, condition in conditions.items() if condition.seq == each]
        if not found:
            names = dict.fromkeys(condition.name for condition in conditions.values())
            close = difflib.get_close_matches(each, names, n=3, cutoff=0.4) or names
            raise UnknownCondition(each, close=tuple(close), reason="not recorded")
        numbers += found
    return numbers
