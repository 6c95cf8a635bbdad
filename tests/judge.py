"""Judges what a watch told against the simulator's own truth; used by the tests and by the drill in bench/.

The three sentences of the promise, as code: every live event is in the truth's log, in order, once; every change of
truth that was not told live lies inside a told gap; and whenever a watch is live and quiet, its members are the truth.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count, pairwise, takewhile
from typing import Any

from jogeon.events import Anomaly, Enter, Event, Gap, Leave, Snapshot

KINDS = {Enter: "I", Leave: "D"}
STALL_NS = 500_000_000
"""A stop that is shorter is none."""
LATE_NS = 60 * 10**9
"""After a stop, what is found in that time may have been lost in it."""
SLACK_NS = 50_000_000
"""Between the moment of a change in the truth's log and that of its push or of a snapshot that shows it."""


def nanoseconds(moment: str) -> int:
    """Return the moment of a change in the truth's log."""
    return int(datetime.fromisoformat(moment).timestamp() * 1_000_000) * 1000


class Fold:
    """What a consumer makes of the events; fails where they jump."""

    def __init__(self) -> None:
        self.members: dict[str, set[str]] = {}
        self.live: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        self.gaps: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.first_ns: dict[str, int] = {}
        self.mute: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """Stretches in which the broker pushed nothing of a condition; only a recheck can find them."""
        self.retracted: dict[str, set[int]] = defaultdict(set)
        """Live events, by number, that a gap covers that was told after them: the condition had moved, say."""
        self.rechecks: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """From CNSRCLR to the new snapshot: what came and went meanwhile makes no difference and is not an event."""
        self.impossible: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.unreadable: list[tuple[int, int]] = []
        """Moments of frames told as unreadable; a change lost there and undone before the recheck leaves no gap."""

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case Snapshot():
                name = event.condition.name
                known = self.members.setdefault(name, set(event.codes))
                assert known == set(event.codes), f"the fold of {name} jumps at a snapshot"
                self.first_ns.setdefault(name, event.at_ns)
            case Enter() | Leave():
                self._change(event)
            case Anomaly(what=what) if what.startswith("unreadable"):
                self.unreadable.append((event.at_ns, event.at_ns))
            case Anomaly(condition=condition) if condition is not None:
                # What was lost in an unreadable frame makes the next push of the stock impossible, and that is told.
                self.impossible[condition.name].append((event.at_ns, event.at_ns))
            case Gap():
                name = event.condition.name
                assert name in self.members, f"a gap of {name} before its first snapshot"
                assert event.since_ns <= event.until_ns
                self.gaps[name].append((event.since_ns, event.until_ns))
                late = takewhile(lambda each: each[1][2] > event.since_ns, _backwards(self.live[name]))
                self.retracted[name].update(number for number, _ in late)

    def _change(self, event: Enter | Leave) -> None:
        name = event.condition.name
        assert name in self.members, f"a change of {name} before its first snapshot"
        if isinstance(event, Enter):
            assert event.code not in self.members[name], f"{event.code} enters {name} twice"
            self.members[name].add(event.code)
        else:
            assert event.code in self.members[name], f"{event.code} leaves {name} twice"
            self.members[name].remove(event.code)
        if event.origin == "recovered":
            since_ns, until_ns = event.since_ns or 0, event.until_ns or 0
            inside = any(since <= since_ns <= until_ns <= until for since, until in self.gaps[name])
            assert inside, f"a recovered change of {name} that lies in no gap"
        if event.origin == "live":
            self.live[name].append((event.code, KINDS[type(event)], event.at_ns))


def _backwards(live: list[tuple[str, str, int]]) -> Iterator[tuple[int, tuple[str, str, int]]]:
    return zip(range(len(live) - 1, -1, -1), reversed(live), strict=True)


def judge(fold: Fold, changes: Iterable[dict[str, Any]]) -> list[str]:
    """Return what is wrong between what was told and the truth's log, a sentence each; nothing if all is right."""
    log: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for change in changes:
        log[change["name"]].append((change["code"], change["kind"], nanoseconds(change["at"])))
    return [wrong for name in fold.members for wrong in _judge(name, fold, log[name])]


def _judge(name: str, fold: Fold, log: list[tuple[str, str, int]]) -> list[str]:
    """Align the live events with the log: what the log has more must be missing where a gap was told.

    Compared is the order of things as they were heard, because a push may be long on its way. A stock may flap in a gap
    and go on flapping after it, so every alignment that is possible is followed.
    """
    wrong = []
    live = fold.live[name]
    kept = sum(event[2] <= fold.first_ns[name] for event in live)  # pushes that came before the first snapshot
    known = fold.gaps[name] + fold.mute[name] + fold.rechecks[name] + fold.unreadable + fold.impossible[name]
    blind = _blind_places(live, fold.first_ns[name], known)
    retracted = fold.retracted[name]
    places = _passed({0}, retracted)
    for code, kind, at_ns in log:
        told = {place + 1 for place in places if place < len(live) and _is(live[place], code, kind, at_ns)}
        early = at_ns <= fold.first_ns[name] + SLACK_NS
        after = told | {place for place in places if blind[place] or (early and place <= kept)}
        if not after:
            wrong.append(f"{name}: {code} {kind} was not told and lies in no gap")
        places = _passed(after or places, retracted)
    if len(live) not in places:
        wrong.append(f"{name}: {live[max(places)]} is not in the truth's log, or not in this order")
    return wrong


def _passed(places: set[int], retracted: set[int]) -> set[int]:
    """Add the places behind events that a later gap took back, which need not have been true."""
    passed = set(places)
    for place in places:
        passed.update(takewhile(lambda each: each - 1 in retracted, count(place + 1)))
    return passed


def judge_stops(fold: Fold, changes: Iterable[dict[str, Any]], stops: Iterable[tuple[int, int]]) -> list[str]:
    """Return what is wrong about the stretches in which the watching process did not run, a sentence each.

    No gap begins or ends in one, for nobody listened; and where none covers it, all that happened in it was heard after
    it. Stretches that have another excuse are left to `judge`.
    """
    log = [(each["name"], (each["code"], each["kind"]), nanoseconds(each["at"])) for each in changes]
    return [
        wrong
        for name in fold.members
        for since, until in stops
        if until - since > STALL_NS and fold.first_ns.get(name, until) < since
        for wrong in _judge_stop(name, fold, since, until, [each[1:] for each in log if each[0] == name])
    ]


def _judge_stop(name: str, fold: Fold, since: int, until: int, log: list[tuple[tuple[str, str], int]]) -> list[str]:
    took = f"{(until - since) / 1e9:.1f} s"
    gaps = fold.gaps[name]
    for moment in (moment for gap in gaps for moment in gap):
        if since + SLACK_NS * 4 < moment < until:
            return [f"{name}: a gap begins or ends {(moment - since) / 1e9:.2f} s into a stop of {took}"]
    excuses = fold.mute[name] + fold.rechecks[name] + fold.unreadable + fold.impossible[name]
    if any(begin <= since + SLACK_NS * 4 and end >= until for begin, end in gaps):
        return []
    if any(begin <= until + LATE_NS and end >= since for begin, end in excuses):
        return []
    happened = Counter(what for what, at_ns in log if since + SLACK_NS * 4 < at_ns < until)
    heard = Counter(event[:2] for event in fold.live[name] if since < event[2])
    missing = (happened - heard).total()
    return [f"{name}: {missing} changes of a stop of {took} were not told and lie in no gap"] if missing else []


def _blind_places(live: list[tuple[str, str, int]], first_ns: int, gaps: list[tuple[int, int]]) -> list[bool]:
    """Tell for each place between two live events whether a gap was told that touches it."""
    moments = [first_ns, *(event[2] for event in live), 2**63]
    stretches = pairwise(moments)
    return [any(since <= end and until >= start for since, until in gaps) for start, end in stretches]


def _is(event: tuple[str, str, int], code: str, kind: str, at_ns: int) -> bool:
    """Tell whether a live event can be this change: it was not heard before it happened."""
    return event[:2] == (code, kind) and event[2] >= at_ns - SLACK_NS
