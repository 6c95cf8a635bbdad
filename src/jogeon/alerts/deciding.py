"""Which events become alerts, and when: a pure function of the stream and of its own time. No I/O, no clock.

The stream is what a journal holds, in its order: numbered events, quotes, and ticks between them. The stream time of a
condition is how far its picture is known to be right: an event moves it to its `at`, a tick to what it says. While a
dwell (유지 시간) waits, the recorder commits ticks, so that a dry run over the file decides as it was decided live.

Time that nobody saw (a gap) is no dwell. What was decided stays decided, whatever a later gap says.
"""

import hashlib
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from jogeon.alerts.closings import crosses_closing
from jogeon.alerts.rules import Rule
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, korean

Kind = Literal["enter", "leave", "overnight"]
PRICE_PATIENCE = 10_000_000_000
"""How long a rule that compares a price waits for a quote of a stock that has none of late."""
PRICE_AGE = 60_000_000_000
"""How old a quote may be to be told as the price of now."""
_Key = tuple[int, str, str]
"""A rule's index, a condition's name, a code."""


class LastQuote(Struct, frozen=True):
    """The last quote of a stock that the journal holds: won, percent of the day, and when."""

    price: int | None
    rate: float | None
    at_ns: int


class Alert(Struct, frozen=True):
    """What a rule decided: `due_ns` is the stream time of the decision, `trigger` the position of its event.

    An `overnight` alert stands for all that entered over a closing: `codes` has them, and `code` is empty.
    """

    id: str
    rule: Rule
    condition: Condition
    code: str
    event: Kind
    trigger: str
    at_ns: int
    due_ns: int
    price: LastQuote | None = None
    codes: tuple[str, ...] = ()
    name: str | None = None


class _Dwelling(Struct):
    """An event whose dwell is not over: due at `due_ns` if nothing happens, counted from `start_ns`."""

    key: _Key
    event: Enter | Leave
    trigger: str
    start_ns: int
    due_ns: int


class _Picture:
    """A condition as the stream shows it: who is in since when (None: before anybody looked), and the time so far."""

    def __init__(self) -> None:
        self.members: dict[str, int | None] = {}
        self.time_ns = 0
        self.dwelling: dict[_Key, _Dwelling] = {}
        self.queue: list[tuple[int, str, _Key]] = []
        self.night: tuple[Gap, str, dict[int, list[str]]] | None = None

    def add(self, waiting: _Dwelling) -> None:
        self.dwelling[waiting.key] = waiting
        heapq.heappush(self.queue, (waiting.due_ns, waiting.trigger, waiting.key))

    def drop(self, key: _Key) -> None:
        self.dwelling.pop(key, None)

    def due(self, until_ns: int) -> Iterator[_Dwelling]:
        """Take out what is due by then, in the order in which it is."""
        while self.queue and self.queue[0][0] <= until_ns:
            due_ns, trigger, key = heapq.heappop(self.queue)
            waiting = self.dwelling.get(key)
            if waiting and waiting.due_ns == due_ns and waiting.trigger == trigger:
                yield self.dwelling.pop(key)

    def unseen(self, gap: Gap) -> None:
        """Put off what waits by the part of its dwell that lies in a gap."""
        for waiting in self.dwelling.values():
            waiting.due_ns += max(0, gap.until_ns - max(gap.since_ns, waiting.start_ns))
        self.queue = [(each.due_ns, each.trigger, each.key) for each in self.dwelling.values()]
        heapq.heapify(self.queue)


class Decider:
    """Decides for all rules. Feed it the stream from where the journal begins, or from a fold with `begin`.

    `journal` is the identity of that journal: the alerts of another one are others.
    """

    def __init__(self, rules: Iterable[Rule], journal: str | None = None) -> None:
        self.rules = tuple(rules)
        self.journal = journal
        self._pictures: defaultdict[str, _Picture] = defaultdict(_Picture)
        self._prices: dict[str, LastQuote] = {}
        self._unpriced: dict[str, dict[_Key, _Dwelling]] = {}
        """By code, what waits for a quote and for nothing else."""
        self._last: dict[_Key, int] = {}
        self._counts: dict[tuple[int, str], int] = {}
        self._fired: set[str] = set()

    # ------------------------------------------------------------ what is known from before

    def begin(self, condition: str, members: Mapping[str, int | None], time_ns: int) -> None:
        """Take a fold as the start of a condition: its members, each with when it entered if that is known."""
        picture = self._pictures[condition]
        picture.members, picture.time_ns = dict(members), time_ns

    def remember(self, identity: str, rule: str, condition: str, code: str, due_ns: int) -> None:
        """Take an alert that was decided in an earlier run: its cool-down and cap go on, and it is not made again."""
        if identity in self._fired:  # it went to several targets
            return
        self._fired.add(identity)
        for index, each in enumerate(self.rules):
            if each.name == rule:
                self._count(index, condition, code, due_ns)

    def forget(self) -> None:
        """Forget what was decided, not what is known: nobody was told of it."""
        self._last.clear()
        self._counts.clear()
        self._fired.clear()

    # ------------------------------------------------------------ the stream

    def quote(self, code: str, price: LastQuote) -> list[Alert]:
        """Take a quote of the journal; rules with `price` or `rate` read the last one. Return what waited for it."""
        self._prices[code] = price
        waiting = self._unpriced.pop(code, {}).values()
        in_time = [each for each in waiting if price.at_ns <= each.due_ns + PRICE_PATIENCE]
        made = (self._decided(each, max(each.due_ns, price.at_ns)) for each in in_time)
        return [alert for alert in made if alert]

    def tick(self, right: Mapping[str, int]) -> list[Alert]:
        """Move the time of conditions, by name; return what became due."""
        return [alert for name, time_ns in right.items() for alert in self._until(name, time_ns)]

    def take(self, position: str, event: Event) -> list[Alert]:
        """Take the next event with its position; return what became due, in its order."""
        match event:
            case Gap():
                return self._gap(position, event)
            case Snapshot():
                return self._snapshot(event)
            case Enter() | Leave():
                return self._change(position, event)
        return []

    def waiting(self) -> dict[str, int]:
        """Return the conditions in which a dwell waits, by name, with the stream time at which the next is over."""
        due = {name: picture.dwelling.values() for name, picture in self._pictures.items() if picture.dwelling}
        return {name: min(each.due_ns for each in all_) for name, all_ in due.items()}

    # ------------------------------------------------------------ events

    def _until(self, name: str, time_ns: int) -> list[Alert]:
        """Move the time of one condition, never back."""
        picture = self._pictures[name]
        if time_ns <= picture.time_ns:
            return []
        picture.time_ns = time_ns
        made = (self._decided(waiting, waiting.due_ns) for waiting in picture.due(time_ns))
        return [alert for alert in made if alert]

    def _gap(self, position: str, gap: Gap) -> list[Alert]:
        name = gap.condition.name
        due = self._until(name, gap.since_ns)
        if gap.open:  # the gap that the next run reports begins where this one did
            return due
        picture = self._pictures[name]
        picture.unseen(gap)
        picture.time_ns = max(picture.time_ns, gap.until_ns)
        picture.night = (gap, position, {}) if crosses_closing(korean(gap.since_ns), korean(gap.until_ns)) else None
        return due

    def _snapshot(self, snapshot: Snapshot) -> list[Alert]:
        name = snapshot.condition.name
        picture = self._pictures[name]
        alerts = self._overnight(picture, snapshot)
        picture.members = {code: picture.members.get(code) for code in snapshot.codes}
        return [*alerts, *self._until(name, snapshot.at_ns)]

    def _change(self, position: str, change: Enter | Leave) -> list[Alert]:
        name, code = change.condition.name, change.code
        start_ns = change.until_ns or change.at_ns
        alerts = self._until(name, start_ns)
        picture = self._pictures[name]
        entered = isinstance(change, Enter)
        if entered:
            picture.members[code] = start_ns
        else:
            picture.members.pop(code, None)
        for index, rule in enumerate(self.rules):
            if not _concerns(rule, name):
                continue
            key = (index, name, code)
            picture.drop(key)
            self._unpriced.get(code, {}).pop(key, None)
            if rule.on not in (("enter" if entered else "leave"), "both"):
                continue
            if change.origin == "recovered" and rule.origin == "live":
                continue
            if picture.night and entered and change.origin == "recovered":
                picture.night[2].setdefault(index, []).append(code)
                continue
            picture.add(_Dwelling(key, change, position, start_ns, start_ns + rule.dwell))
        made = (self._decided(waiting, waiting.due_ns) for waiting in picture.due(picture.time_ns))
        return [*alerts, *(alert for alert in made if alert)]

    def _overnight(self, picture: _Picture, snapshot: Snapshot) -> list[Alert]:
        """Return one alert a rule for all that entered over a closing, at the snapshot that ends the gap."""
        if picture.night is None:
            return []
        gap, position, codes = picture.night
        picture.night = None
        alerts = []
        for index, entered in codes.items():
            rule = self.rules[index]
            identity = alert_id(rule.name, position, self.journal)
            if self._allowed(index, snapshot.condition.name, "", gap.until_ns, gap.until_ns) and (
                identity not in self._fired
            ):
                self._count(index, snapshot.condition.name, "", gap.until_ns)
                self._fired.add(identity)
                alerts.append(_overnight(identity, rule, snapshot.condition, position, gap.until_ns, tuple(entered)))
        return alerts

    # ------------------------------------------------------------ decisions

    def _decided(self, waiting: _Dwelling, due_ns: int) -> Alert | None:
        """Return the alert of an event whose dwell is over, None if anything else speaks against it."""
        index, name, code = waiting.key
        rule = self.rules[index]
        price = self._price(code, due_ns)
        if (rule.price or rule.rate) and (price is None or not _is_of_now(price, waiting, due_ns)):
            self._unpriced.setdefault(code, {})[waiting.key] = waiting
            return None
        identity = alert_id(rule.name, waiting.trigger, self.journal)
        if (
            identity in self._fired
            or not self._allowed(index, name, code, waiting.event.at_ns, due_ns)
            or not self._is_also_in(rule, code, due_ns)
            or not _priced(rule, price)
        ):
            return None
        self._count(index, name, code, due_ns)
        self._fired.add(identity)
        kind: Kind = "enter" if isinstance(waiting.event, Enter) else "leave"
        event, named = waiting.event, getattr(waiting.event, "name", None)
        condition, at_ns = event.condition, event.at_ns
        return Alert(identity, rule, condition, code, kind, waiting.trigger, at_ns, due_ns, price, name=named)

    def _price(self, code: str, due_ns: int) -> LastQuote | None:
        """Return the last quote of a stock, None if it is old."""
        price = self._prices.get(code)
        return None if price is None or due_ns - price.at_ns > PRICE_AGE else price

    def _allowed(self, index: int, name: str, code: str, at_ns: int, due_ns: int) -> bool:
        """Return whether hours, cool-down and cap let an alert through."""
        rule = self.rules[index]
        last_ns = self._last.get((index, name, code))
        return (
            (rule.hours is None or rule.hours.hold(korean(at_ns)))
            and (last_ns is None or due_ns >= last_ns + rule.cooldown)
            and (rule.cap is None or self._counts.get((index, _day(due_ns)), 0) < rule.cap)
        )

    def _is_also_in(self, rule: Rule, code: str, due_ns: int) -> bool:
        for name in rule.also_in:
            members = self._pictures[name].members
            if code not in members:
                return False
            entered_ns = members[code]
            if rule.within is not None and (entered_ns is None or due_ns - entered_ns > rule.within):
                return False
        return True

    def _count(self, index: int, name: str, code: str, due_ns: int) -> None:
        key = (index, name, code)
        self._last[key] = max(due_ns, self._last.get(key, due_ns))
        day = (index, _day(due_ns))
        self._counts[day] = self._counts.get(day, 0) + 1


def _overnight(
    identity: str, rule: Rule, condition: Condition, trigger: str, until_ns: int, codes: tuple[str, ...]
) -> Alert:
    return Alert(identity, rule, condition, "", "overnight", trigger, until_ns, until_ns, codes=codes)


def _day(moment_ns: int) -> str:
    """Return the Korean day of a moment."""
    return korean(moment_ns).date().isoformat()


def alert_id(rule: str, trigger: str, journal: str | None = None) -> str:
    """Return the identity of an alert: the same for the same rule and position, whoever decides it and how often."""
    return hashlib.sha256(f"{rule}\0{journal or ''}\0{trigger}".encode()).hexdigest()[:32]


def _concerns(rule: Rule, condition: str) -> bool:
    return not rule.conditions or condition in rule.conditions


def _is_of_now(price: LastQuote, waiting: _Dwelling, due_ns: int) -> bool:
    """Return whether a quote tells what a rule asks: it came since the event, or shortly before the decision."""
    return price.at_ns >= waiting.event.at_ns or due_ns - price.at_ns <= PRICE_PATIENCE


def _priced(rule: Rule, price: LastQuote | None) -> bool:
    return (rule.price is None or rule.price.holds(price.price if price else None)) and (
        rule.rate is None or rule.rate.holds(price.rate if price else None)
    )
