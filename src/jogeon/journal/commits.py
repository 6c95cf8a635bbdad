"""From events to the rows of one commit of a journal, numbered, with checkpoints and watermarks.

No I/O, clock or thread.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

import msgspec
from msgspec import Struct, field

from jogeon.events import Anomaly, Condition, Enter, Event, Leave, Snapshot
from jogeon.journal.beside import Kept, Mark, Post, Tick
from jogeon.journal.fold import Fold, Known, Right
from jogeon.journal.schema import Row, clock_value, row_of

_CHANGES = (Enter, Leave)
_CHANGE = itemgetter(1, 2, 3, 4)
STALL_NS = 500_000_000
"""How long after the last moment at which somebody listened what comes shows that nobody does."""
CHECKPOINT_EVERY = 5_000
"""Events between two checkpoints, at least; more where a checkpoint would take more room than they do."""


class Tail(Struct):
    """The events since the last checkpoint: how many, and the earliest and latest moment in them."""

    count: int = 0
    min_ns: int = 2**63 - 1
    max_ns: int = -(2**63)

    def add(self, moments: Sequence[int]) -> None:
        """Add the moments of some events."""
        if moments:
            self.count += len(moments)
            self.min_ns = min(self.min_ns, *moments)
            self.max_ns = max(self.max_ns, *moments)


class Head(Struct):
    """What a writer must know of a journal to go on with it: everything committed so far."""

    epoch: int = 0
    last_id: int = 0
    numbers: dict[Condition, int] = field(default_factory=dict)
    fold: Fold = field(default_factory=Fold)
    tail: Tail = field(default_factory=Tail)
    identity: str | None = None


class Commit(Struct):
    """The rows that one commit adds, and the number (epoch, n) of its last event."""

    epochs: list[Row] = field(default_factory=list)
    conditions: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    """Live enters and leaves: id, at_ns, kind, condition, code, clock."""
    others: list[Row] = field(default_factory=list)
    checkpoints: list[Row] = field(default_factory=list)
    watermarks: list[Row] = field(default_factory=list)
    frames: list[tuple[int, bytes]] = field(default_factory=list)
    cursors: list[Row] = field(default_factory=list)
    """Name, id and moment of the durable cursors that moved."""
    posts: list[Row] = field(default_factory=list)
    """Alerts that begin to wait: alert, target, event, due_ns, content."""
    marks: list[Row] = field(default_factory=list)
    """What became of alerts: state, tries, done_ns, reason, digest, alert, target."""
    tick_rows: list[Row] = field(default_factory=list)
    """The event they stand behind, condition, right_ns."""
    names: list[Row] = field(default_factory=list)
    """Code, moment and name of stocks, as they were seen."""
    quotes: list[Row] = field(default_factory=list)
    """Code, moment, price, change, rate, volume, entry source, and the id of the last event before it."""
    last: tuple[int, int] = (0, 0)
    first: int = 0
    """The id of its first event."""
    events: list[Event] = field(default_factory=list)
    """What its rows hold, in order; their numbers end with `last`."""
    ticks: list[Tick] = field(default_factory=list)
    """What stands behind its events."""

    @property
    def small(self) -> bool:
        """Whether there is nothing in it but live changes."""
        rest = self.others or self.frames or self.epochs or self.conditions or self.checkpoints or self.watermarks
        rest = rest or self.cursors or self.names or self.quotes or self.posts or self.marks or self.tick_rows
        return bool(self.changes) and not rest


class CommitBuilder:
    """Numbers the events of one epoch and keeps the fold of the file.

    `enter` makes a commit, `settle` says that it is durable. Live changes, nearly all there is, reach the fold only
    then, unless something in the commit needs them before: the disk need not wait for that, and nothing to undo them
    need be kept.
    """

    def __init__(self, head: Head) -> None:
        self.epoch = head.epoch + 1
        self.fold = head.fold
        self._first = head.last_id + 1
        self._id = self.settled_id = head.last_id
        """The number of the last event in the file, as it will be and as it is."""
        self._begun = False
        self._numbers = head.numbers
        self._conditions = {number: condition for condition, number in head.numbers.items()}
        self._tail = head.tail
        self._commit = Commit()
        """The last one that was made."""
        self._folded = 0
        """How many of its live changes the fold holds."""
        self._named: dict[str, str] = {}
        """The name of each stock that was entered last."""

    def enter(
        self,
        events: Iterable[Event],
        rights: Mapping[Condition, Right] | None = None,
        frames: Iterable[tuple[int, bytes]] = (),
        listening_ns: int = 2**63 - 1,
    ) -> Commit:
        """Return the rows of events that belong in one commit, of a watermark after them, and of raw frames.

        `listening_ns` is the last moment at which somebody listened: if what was received later shows that it is a
        stall ago, a watermark says that every picture is right up to that moment and not surely from then on.
        """
        self._catch_up()
        commit, self._folded = Commit(frames=list(frames), first=self._id + 1), 0
        self._commit = commit
        for event in events:
            if isinstance(event, _CHANGES) and event.origin == "live" and event.since_ns is event.until_ns is None:
                number = self._numbers.get(event.condition) or self._number(commit, event.condition)
                self._id += 1
                kind = 0 if type(event) is Enter else 1
                commit.changes.append((self._id, event.at_ns, kind, number, event.code, clock_value(event.clock)))
                commit.events.append(event)
                if event.name is not None and self._named.get(event.code) != event.name:
                    self._name(commit, event.code, event.at_ns, event.name)
            else:
                self._add(commit, event)
        moments = [row[1] for rows in (commit.changes, commit.others) for row in rows]
        self._tail.add(moments)
        if moments and not self._begun:
            self._begun = True
            commit.epochs.append((self.epoch, self._first, min(moments)))
        if commit.changes and commit.changes[-1][1] - STALL_NS > listening_ns:
            self._catch_up()
            rights = {condition: self._capped(condition, listening_ns, rights or {}) for condition in self.fold.known}
        if rights is not None:
            self._watermark(commit, rights)
        if self._tail.count >= CHECKPOINT_EVERY:
            self._checkpoint(commit)
        commit.last = (self.epoch, self._id - self._first + 1)
        return commit

    def add_beside(self, kept: Iterable[Kept], ticks: Iterable[Tick]) -> None:
        """Add to the commit that was made last what stands beside its events."""
        commit = self._commit
        for each in kept:
            match each:
                case Post():
                    commit.posts.append((each.alert, each.target, each.event, each.due_ns, each.content))
                case Mark():
                    told = (each.state, each.tries, each.done_ns, each.reason, each.digest)
                    commit.marks.append((*told, each.alert, each.target))
        for tick in ticks:
            commit.ticks.append(tick)
            commit.tick_rows.append((self._id, self._number(commit, tick.condition), tick.right_ns))

    @property
    def last_id(self) -> int:
        """The number in the file of the last event that was entered."""
        return self._id

    def settle(self) -> None:
        """Keep what was entered: it is durable."""
        self.settled_id = self._id
        self.fold.settle()
        self._fold_changes()

    def _catch_up(self) -> None:
        """Let the fold take the live changes that it does not hold yet; they can still be undone."""
        for number in {row[3] for row in self._commit.changes[self._folded :]}:
            self.fold.touch(self._conditions[number])
        self._fold_changes()

    def _fold_changes(self) -> None:
        changes = self._commit.changes
        self.fold.change_all(map(_CHANGE, changes[self._folded :]), self._conditions)
        self._folded = len(changes)

    def _add(self, commit: Commit, event: Event) -> None:
        """Add an event that is not a live change; before a snapshot what is missing, so that a fold never jumps."""
        self._catch_up()
        for each in (*self.fold.owed(event), event) if isinstance(event, Snapshot) else (event,):
            self.fold.take(each)
            self._id += 1
            number = None if each.condition is None else self._number(commit, each.condition)
            commit.others.append((self._id, *row_of(each, number)))
            commit.events.append(each)
            if isinstance(each, Snapshot):
                for code, name in each.names.items():
                    self._name(commit, code, each.at_ns, name)
            elif isinstance(each, Enter | Leave | Anomaly) and each.code is not None and each.name is not None:
                self._name(commit, each.code, each.at_ns, each.name)

    def _name(self, commit: Commit, code: str, at_ns: int, name: str) -> None:
        if self._named.get(code) != name:
            self._named[code] = name
            commit.names.append((code, at_ns, name))

    def _number(self, commit: Commit, condition: Condition) -> int:
        number = self._numbers.get(condition)
        if number is None:
            number = self._numbers[condition] = len(self._numbers) + 1
            self._conditions[number] = condition
            commit.conditions.append((number, condition.seq, condition.name))
        return number

    def _watermark(self, commit: Commit, rights: Mapping[Condition, Right]) -> None:
        self._catch_up()
        self.fold.confirm(rights)
        commit.watermarks.append((1, self._id, msgspec.json.encode(self._rights()).decode()))

    def _capped(self, condition: Condition, at_ns: int, rights: Mapping[Condition, Right]) -> Right:
        known = self.fold.known[condition]
        right = rights.get(condition, Right(known.right_ns, known.sure))
        return Right(min(right.at_ns, at_ns), sure=False)

    def _checkpoint(self, commit: Commit) -> None:
        """Add a checkpoint, if enough was written since the last one."""
        known = self.fold.known.values()
        if self._tail.count < sum(len(each.codes) for each in known):
            return
        self._catch_up()
        fold = [(*right, list(each.codes)) for right, each in zip(self._rights(), known, strict=True)]
        commit.checkpoints.append((self._id, self._tail.min_ns, self._tail.max_ns, msgspec.json.encode(fold).decode()))
        self._tail = Tail()

    def _rights(self) -> list[tuple[int, int, bool]]:
        return [(self._numbers[c], known.right_ns, known.sure) for c, known in self.fold.known.items()]


_fold_decoder = msgspec.json.Decoder(list[tuple[int, int, bool, list[str]]])
_rights_decoder = msgspec.json.Decoder(list[tuple[int, int, bool]])


def fold_of(text: str, conditions: Mapping[int, Condition]) -> Fold:
    """Return the fold that a checkpoint holds."""
    rows = _fold_decoder.decode(text)
    return Fold({conditions[number]: Known(dict.fromkeys(codes), at_ns, sure) for number, at_ns, sure, codes in rows})


def rights_of(text: str, conditions: Mapping[int, Condition]) -> dict[Condition, Right]:
    """Return the rights that a watermark holds."""
    return {conditions[number]: Right(at_ns, sure) for number, at_ns, sure in _rights_decoder.decode(text)}
