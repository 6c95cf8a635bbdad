"""The truth drill: a Subscriptions through random faults, and what it told held against the truth of the market.

World     one seed: a market, a broker with faults, a client that follows most conditions, guests that come and go
check     every live event is in the log, in order and once; every net change that was not live lies in a told gap
"""

from __future__ import annotations

import itertools
from random import Random
from typing import TYPE_CHECKING

from conversation import BUSY, NO, NO_SUCH, TWICE, WORDS, Listener, text_of
from driven import Driver
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.live.subscriptions import Subscriptions
from jogeon.wire.messages import Register, Reply
from jogeon.wire.readers import decode
from virtual import Broker, Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAMES = ("급등주", "신고가 돌파", "거래량 급증", "눌림목")
FOLLOWED = NAMES[:3]
SMALL = NAMES[2]
"""The condition that has one stock or none."""
CODES = tuple(f"{number:05d}{letter}" for number, letter in enumerate("0K0D0H"))
RECHECK = 40.0
_TOLD = decode(text_of(Register("0"), WORDS))
WORDED = [WORDS] if isinstance(_TOLD, Reply) and _TOLD.refusal is not None else []
"""A failure told in words beside code 0, as far as the readers know it."""


# ---------------------------------------------------------------- the truth


def check(world: World) -> None:
    """Hold what was told against the truth, now that everything has come to rest."""
    resident = world.listeners[0]
    for name in FOLLOWED:
        assert resident.folds[name] == world.broker.members[name], name
    assert world.broker.link is not None
    bound = {name for seq, name in world.broker.link.bound.items() if seq not in world.broker.link.unheard}
    assert bound <= set(FOLLOWED) <= set(world.broker.link.bound.values()), "what nobody wants is cleared"
    for listener in world.twins:
        for name, fold in listener.folds.items():
            assert fold == world.broker.members[name], "who followed a namesake goes on with the one that stays"
            _check_live([event for event in listener.events if _name(event) == name], name, world, listener)
    for listener in world.listeners:
        for name in listener.folds:
            events = [event for event in listener.events if _name(event) == name]
            _check_live(events, name, world, listener)
            if not world.jumped:
                _check_gaps(events, world.driver.losses)
                _check_untold(events, name, world, listener)


def _name(event: Event) -> str:
    condition = getattr(event, "condition", None)
    return "" if condition is None else str(condition.name)


def _check_gaps(events: list[Event], losses: list[tuple[int, int]]) -> None:
    """Find every lost connection in one gap at most."""
    gaps = [event for event in events if isinstance(event, Gap) and event.cause == "connection lost"]
    for gap in gaps:
        assert any(gap.since_ns <= loss and mark <= gap.until_ns for mark, loss in losses)
    for _, loss in losses:
        covering = [gap for gap in gaps if gap.since_ns <= loss < gap.until_ns]
        assert len(covering) <= 1, f"one gap for one blind stretch: {covering}"


def _check_live(events: list[Event], name: str, world: World, listener: Listener) -> None:
    """Find every live event in the log, in order and once.

    Between the list and a registration the conditions may move: what was another's lies in a gap told afterwards.
    """
    moved = [(event.since_ns, event.until_ns) for event in events if isinstance(event, Gap)]
    if world.jumped and world.broker.floating:
        return  # no gap can be held against the moment of an event
    if world.broker.floating or listener.left_ns is not None:
        moved += world.driver.unlisted
    live = [
        event
        for event in events
        if isinstance(event, Enter | Leave) and event.origin == "live"
        if not any(since_ns <= event.at_ns <= until_ns for since_ns, until_ns in moved)
    ]
    numbers = [int(event.clock) for event in live]
    assert all(before < after for before, after in itertools.pairwise(numbers)), "in order, and once"
    for number, event in zip(numbers, live, strict=True):
        change = world.broker.log[number]
        kind = "I" if isinstance(event, Enter) else "D"
        assert (change.name.strip("#"), change.code, change.kind) == (name, event.code, kind), f"{number} {event}"


def _check_untold(events: list[Event], name: str, world: World, listener: Listener) -> None:
    """Find every net change that was not live in a gap.

    What was never heard and taken back before anybody could look is invisible: its changes come in pairs.
    """
    for code in CODES:
        fates = list(_fates(events, code, name, world, listener))
        runs = [list(run) for _, run in itertools.groupby(fates, lambda fate: fate == "live")]
        if listener is not world.listeners[0]:
            runs = runs[1:]  # who joins in a moment of doubt begins with what is known then
        for run in runs:
            hidden = set(run) <= {"unsent", "destroyed"} and len(run) % 2
            assert not hidden, f"a net change of {code} in {name} lies in no gap: {fates}"


def _fates(events: list[Event], code: str, name: str, world: World, listener: Listener) -> Iterator[str]:
    """Yield how each change of a stock was told (live, gap, anomaly), else what became of it at the server."""
    live = {int(event.clock) for event in events if isinstance(event, Enter | Leave) and event.origin == "live"}
    gaps = [event for event in events if isinstance(event, Gap)]
    first = next(event.at_ns for event in events if isinstance(event, Snapshot))
    odd = {event.at_ns for event in events if isinstance(event, Anomaly) and event.code == code}
    last = listener.left_ns or world.clock.wall_ns()
    for number, change in enumerate(world.broker.log):
        at_ns = change.arrives_ns
        if (change.name, change.code) == (name, code) and first < at_ns < last:
            if number in live:
                yield "live"
            elif any(gap.since_ns <= at_ns <= gap.until_ns for gap in gaps) or _is_unlisted(world, listener, at_ns):
                yield "gap"
            elif change.heard_ns in odd:
                yield "anomaly"
            else:
                assert change.fate != "pushed", f"{number} {name} heard, and not told"
                yield change.fate


def _is_unlisted(world: World, listener: Listener, at_ns: int) -> bool:
    """Tell whether pushes may have been another's, and the connection ended before a list could show it.

    Where registrations follow the present numbers nobody can tell then whether the edit came before the end; and who
    leaves before the next list is told by nobody.
    """
    concerned = world.broker.floating or listener.left_ns is not None
    return concerned and any(since_ns <= at_ns <= until_ns for since_ns, until_ns in world.driver.unlisted)


# ---------------------------------------------------------------- the drill


class World:
    """Everything of one seed: a market, a broker with faults, a client that follows most conditions, and guests."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = Random(seed)  # noqa: S311 - a drill to repeat, not a secret
        self.clock = Clock()
        self.broker = Broker(self.clock, self.random, NAMES, CODES)
        self.subscriptions = Subscriptions(recheck=RECHECK)
        self.broker.overtaking, self.broker.floating = seed % 2 == 1, seed % 3 == 2
        self.driver = Driver(self.clock, self.broker, self.subscriptions, self.random)
        self.broker.members[SMALL] = set()
        self.listeners: list[Listener] = []
        self.twins: list[Listener] = []
        """Who follows one of two conditions of a name; a fold by name must not jump when one of them goes."""
        self.jumped = False
        self._trading = self._failing = False

    def run(self, seconds: float) -> None:
        """Trade, and fail, for so long; then let everything come to rest."""
        self.driver.connect()
        self.clock.run(1.0)
        self.visit(FOLLOWED)
        self._trading = self._failing = True
        self._trade()
        self._fail()
        self.clock.run(seconds)
        self._failing = False
        self.broker.heal()
        self.clock.run(RECHECK)
        self._trading = False
        self.clock.run(2 * RECHECK + 100)
        while self.driver.busy:
            self.clock.run(0.1)

    def visit(self, names: Sequence[str]) -> Listener:
        """Let a sink follow conditions from now on, as far as they are listed."""
        listener = Listener()
        self.subscriptions.join(listener)
        now_ns = self.clock.wall_ns()
        for condition in self.subscriptions.listing.conditions:
            if condition.name in names and len(self.subscriptions.listing.named(condition.name)) == 1:
                self.subscriptions.want(condition, listener, "K", now_ns)
        self.listeners.append(listener)
        self.driver.turn()
        return listener

    def leave(self, listener: Listener) -> None:
        """Let a sink go."""
        self.subscriptions.leave(listener, self.clock.wall_ns())
        self.driver.note_unlisted()
        listener.left_ns = self.driver.mark_ns  # what came after is unknown to everybody
        self.driver.turn()

    def _trade(self) -> None:
        if self._trading:
            for _ in range(self.random.choice((1, 1, 1, 5))):
                name = self.random.choice((*NAMES, f"{self.broker.doubled}#"))
                self.broker.change(name, CODES[0] if name == SMALL else self.random.choice(CODES))
            self.clock.later(self.random.expovariate(1.0), self._trade)

    def _fail(self) -> None:
        if self._failing:
            self.random.choice(FAULTS)(self)
            self.clock.later(self.random.expovariate(0.1), self._fail)


def _drop(world: World) -> None:
    if world.broker.link is not None:
        world.broker.link.drop()


def _shut(world: World) -> None:
    world.broker.closed = True
    _drop(world)
    world.clock.later(world.random.uniform(0, 60), lambda: setattr(world.broker, "closed", False))


def _freeze(world: World) -> None:
    if world.broker.link is not None:
        world.broker.link.frozen = True


def _remember(world: World) -> None:
    world.broker.already.update(world.broker.listing)
    _drop(world)


def _renumber(world: World) -> None:
    _edit(world)
    _drop(world)


def _edit(world: World) -> None:
    """Renumber, but not away and back between two lists: that nobody can see."""
    if all(at_ns < world.driver.listed_ns for at_ns in world.broker.edits):
        world.broker.renumber()


def _delete(world: World) -> None:
    if world.broker.is_plain:
        world.broker.delete(world.random.choice(NAMES))
        world.clock.later(world.random.uniform(0, 100), world.broker.restore)


def _double(world: World) -> None:
    if not world.broker.is_plain:
        return
    world.broker.doubled = world.random.choice(NAMES)
    world.clock.later(world.random.uniform(0, 100), lambda: setattr(world.broker, "doubled", ""))
    _drop(world)


def _twin(world: World) -> None:
    def come() -> None:
        twin = Condition("90", world.broker.doubled)
        if twin.name in FOLLOWED and twin in world.subscriptions.listing.conditions:
            listener = Listener()
            world.subscriptions.join(listener)
            world.subscriptions.want(twin, listener, "K", world.clock.wall_ns())
            world.twins.append(listener)
            world.driver.turn()

    _double(world)
    world.clock.later(world.random.uniform(1, 20), lambda: world.driver.run(come))


def _mute(world: World) -> None:
    world.broker.muted.add(world.random.choice(NAMES))


def _jump(world: World) -> None:
    if world.seed % 5 == 0:
        world.clock.skew, world.jumped = world.random.choice((-3600.0, 0.0, 259_200.0)), True


def _guest(world: World) -> None:
    names = world.random.sample(NAMES, 2)

    def come() -> None:
        guest = world.visit(names)
        world.clock.later(world.random.uniform(0, 60), lambda: world.driver.run(lambda: world.leave(guest)))

    world.driver.run(come)


def _stall(world: World) -> None:
    world.driver.stall(world.random.choice((0.4, 0.6, 2.0, 10.0, 60.0)))


def _stall_and_drop(world: World) -> None:
    seconds = world.random.choice((2.0, 10.0, 60.0))
    world.driver.stall(seconds)
    world.clock.later(world.random.uniform(0, seconds), lambda: _drop(world))


def _rename(world: World) -> None:
    if world.broker.is_plain:
        world.broker.rename(world.random.choice(NAMES))
        world.clock.later(world.random.uniform(0, 100), world.broker.restore)


def _set(name: str, *values: object) -> Callable[[World], None]:
    def fault(world: World) -> None:
        setattr(world.broker, name, world.random.choice(values))

    return fault


FAULTS: tuple[Callable[[World], None], ...] = (
    _drop,
    _shut,
    _freeze,
    _remember,
    _renumber,
    _edit,
    _delete,
    _double,
    _twin,
    _mute,
    _guest,
    _jump,
    _stall,
    _stall_and_drop,
    _rename,
    _set("slow", 0.0, 0.0, 3.0, 20.0),
    _set("lose", 1, 1, 2, 4),
    lambda world: world.broker.list_refusals.append(world.random.choice((NO, BUSY))),
    _set("deaf", 1, 2, 5),
    _set("mum", 1, 2, 5),
    _set("destroy", 1, 3),
    _set("twice", 0, 1),
    _set("hold", 0.5, 3.0, 8.0, 16.0),
    lambda world: world.broker.refusals.append(world.random.choice((NO_SUCH, TWICE, BUSY, NO, *WORDED))),
    lambda world: None if world.broker.link is None else world.broker.link.say(b"\xff{"),
)
