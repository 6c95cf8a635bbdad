"""Judges what a watch told against the simulator's own truth; used by the tests and by the drill in bench/.

The three sentences of the promise, as code: every live event is in the truth's log, in order, once; every change of
truth that was not told live lies inside a told gap; and whenever a watch is live and quiet, its members are the truth.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from jogeon.events import Anomaly, Enter, Event, Gap, Leave, Snapshot

KINDS = {Enter: "I", Leave: "D"}
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
        self.rechecks: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """From CNSRCLR to the new snapshot: what came and went meanwhile makes no difference and is no event."""
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

    def _change(self, event: Enter | Leave) -> None:
        name = event.condition.name
        assert name in self.members, f"a change of {name} before its first snapshot"
        if isinstance(event, Enter):
            assert event.code not in self.members[name], f"{event.code} enters {name} twice"
            self.members[name].add(event.code)
        else:
            assert event.code in self.members[name], f"{event.code} leaves {name} twice"
            self.members[name].remove(event.code)
        if event.origin == "live":
            self.live[name].append((event.code, KINDS[type(event)], event.at_ns))


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
    places = {0}
    for code, kind, at_ns in log:
        told = {place + 1 for place in places if place < len(live) and _is(live[place], code, kind, at_ns)}
        early = at_ns <= fold.first_ns[name] + SLACK_NS
        after = told | {place for place in places if blind[place] or (early and place <= kept)}
        if not after:
            wrong.append(f"{name}: {code} {kind} was not told and lies in no gap")
        places = after or places
    if len(live) not in places:
        wrong.append(f"{name}: {live[max(places)]} is not in the truth's log, or not in this order")
    return wrong


def _blind_places(live: list[tuple[str, str, int]], first_ns: int, gaps: list[tuple[int, int]]) -> list[bool]:
    """Tell for each place between two live events whether a gap was told that touches it."""
    moments = [first_ns, *(event[2] for event in live), 2**63]
    stretches = pairwise(moments)
    return [any(since <= end and until >= start for since, until in gaps) for start, end in stretches]


def _is(event: tuple[str, str, int], code: str, kind: str, at_ns: int) -> bool:
    """Tell whether a live event can be this change: it was not heard before it happened."""
    return event[:2] == (code, kind) and event[2] >= at_ns - SLACK_NS
