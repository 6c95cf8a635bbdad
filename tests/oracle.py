"""The oracle of the scripted broker: knows the truth and what a reader was told, and nothing of the client.

The fold of a reader's events is the truth at every moment, unless a told gap covers it or the news is on its way; and
what a search finds was so at a moment between its question and its answer.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

from jogeon.events import Enter, Event, Gap, Leave, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scripted import World

REST = 420.0
"""Seconds of calm after which everything must be right: the longest pause of a retry, a recheck, its grace, twice."""
SECOND_NS = 1_000_000_000
REST_NS = int(REST * SECOND_NS)
SLACK_NS = 500_000_000
"""The news of a change may be on its way so long."""

Truth = list[tuple[int, frozenset[str] | None]]
"""Who was in from when on; None while there was no such condition."""


Seqs = list[tuple[int, str | None]]
"""Under which seq a name was since when; None while there was no such condition."""


class Placed(Protocol):
    """Knows under which seq each name was, and what the lists showed."""

    seqs: dict[str, Seqs]

    def away(self, name: str) -> Iterator[tuple[int, int, str | None]]:
        """Yield from which list to which a name was elsewhere although both show it in one place, and that place."""

    def registered_as(self, seq: str, at_ns: int) -> str | None:
        """Return which name the registration of a seq was of that was carried out last at a moment."""


class Told(NamedTuple):
    """An event, and when it was handed over."""

    at_ns: int
    event: Event


class Reader:
    """What one reader of some conditions was told, and when it left, if it did."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.told: list[Told] = []
        self.left_ns: int | None = None


def judge(world: World) -> list[str]:
    """Return what is wrong with what was told, a sentence each."""
    readers = [world.reader, *(reader for reader in world.guests if reader.told)]
    return [wrong for reader in readers for name in reader.names for wrong in _judge(name, reader, world)]


def _judge(name: str, reader: Reader, world: World) -> Iterator[str]:
    told = [each for each in reader.told if getattr(getattr(each.event, "condition", None), "name", None) == name]
    history, wrong = folded(told)
    yield from (f"{name}: {sentence}" for sentence in wrong)
    if not history:
        if reader.left_ns is None:
            yield f"{name}: was never shown"
        return
    truth = world.truth[name]
    told_gaps = [each.event for each in told if isinstance(each.event, Gap)]
    elsewhere, unheard = list(world.unknowable(name)), list(world.unheard(name, reader.left_ns))
    rechecked = {gap.until_ns for gap in told_gaps if gap.cause == "drift"}
    excused = united([*((gap.since_ns, gap.until_ns) for gap in told_gaps), *world.late, *elsewhere, *unheard])
    for code, begin, end, back in differences(truth, history, reader.left_ns):
        seen = back and any(world.broker.proves(name, seq, code, back, begin, end) for seq in world.seqs_of(name))
        unsent = (name, code, begin) in world.broker.unsent and end not in rechecked  # nobody could know of it
        if not covered(begin, end, excused) and (seen or not (back or unsent)):
            yield f"{name}: {code} is wrong from {second(begin)} to {second(end)}, and no gap covers it"
    lagged = {(gap.since_ns, gap.until_ns) for gap in told_gaps if gap.cause == "lagged"}
    on_its_way = [(since, until + SLACK_NS) for since, until in world.late]
    moved = [gap for gap in told_gaps if gap.cause == "registration lost" or follows_another(gap, told, world)]
    for place, each in enumerate(told):
        until_ns = getattr(each.event, "until_ns", None) or 0
        later = [other.event for other in told[place + 1 :] if isinstance(other.event, Gap)]
        stretches = [*unheard, *((gap.since_ns, gap.until_ns) for gap in (*moved, *later))]
        in_lag = (getattr(each.event, "since_ns", None), until_ns) in lagged
        stretches += elsewhere if in_lag else []  # it is handed what the others were told, which may be another's
        anothers = any(since <= until_ns <= until for since, until in stretches)
        if not anothers and not shows_another(each.event, world):
            earlier = [*elsewhere, *(on_its_way if in_lag else [])]
            yield from (f"{name}: {sentence}" for sentence in misplaced(each.event, truth, earlier))


def follows_another(gap: Gap, told: list[Told], world: Placed) -> bool:
    """Tell whether a gap takes back a snapshot of what was another by then: the name had moved since the list."""
    taken_back = [
        each.event
        for each in told
        if isinstance(each.event, Snapshot) and gap.since_ns <= each.event.at_ns < gap.until_ns
    ]
    return any(
        shown.condition.seq not in [seq for at, seq in world.seqs[shown.condition.name] if at <= shown.at_ns][-1:]
        for shown in taken_back
    )


def away(seqs: Seqs, lists: Iterable[int]) -> Iterator[tuple[int, int, str | None]]:
    """Yield between which two lists, one after the other, a name was elsewhere and came back, and its place in both."""
    for since, until in pairwise(lists):
        places = [seq for at, seq in seqs if at <= since][-1:]
        places += [seq for at, seq in seqs if since < at <= until]
        if len(places) > 1 and places[0] == places[-1]:
            yield since, until, places[0]


def shows_another(event: Event, world: Placed) -> bool:
    """Tell whether what recovered a change was another's: its name had moved, and came back before the next list.

    Both lists show it in its place, so nobody can know. What a snapshot shows was so when it was registered.
    """
    if not isinstance(event, Enter | Leave) or event.until_ns is None:
        return False
    name, seq, until_ns = event.condition.name, event.condition.seq, event.until_ns
    return world.registered_as(seq, until_ns) not in (name, None) and any(
        since <= until_ns <= until and seq == place for since, until, place in world.away(name)
    )


def folded(told: list[Told]) -> tuple[list[tuple[int, frozenset[str]]], list[str]]:
    """Return who was in since when, by the events alone, and where they are no true story."""
    history: list[tuple[int, frozenset[str]]] = []
    wrong: list[str] = []
    for at_ns, event in told:
        now = history[-1][1] if history else None
        match event:
            case Snapshot(codes=codes):
                if now is not None and now != set(codes):
                    wrong.append(f"the fold jumps at the snapshot of {second(at_ns)}: {sorted(now ^ set(codes))}")
                now = frozenset(codes)
            case Enter(code=code) | Leave(code=code):
                entering = isinstance(event, Enter)
                if now is None or (code in now) is entering:
                    wrong.append(f"{type(event).__name__} of {code} at {second(at_ns)} changes nothing")
                now = (now or frozenset()) | {code} if entering else (now or frozenset()) - {code}
            case Gap(since_ns=since, until_ns=until) if now is None or since > until:
                wrong.append(f"a gap before the first snapshot, or one that ends before it begins, at {second(at_ns)}")
        if now is not None:
            history.append((at_ns, now))
    return history, wrong


def differences(
    truth: Truth, history: list[tuple[int, frozenset[str]]], left_ns: int | None
) -> Iterator[tuple[str, int, int, str]]:
    """Yield each stretch in which truth and fold differ in a code, and by which kind of push the truth came back."""
    first = history[0][0]
    moments = [(at, True, codes) for at, codes in truth if left_ns is None or at <= left_ns]
    moments += [(at, False, codes) for at, codes in history]
    true: frozenset[str] | None = None
    fold: frozenset[str] | None = None
    since: dict[str, int] = {}
    for at, is_truth, codes in sorted(moments, key=lambda moment: moment[0]):
        true, fold = (codes, fold) if is_truth else (true, codes)
        differing = true ^ fold if at >= first and true is not None and fold is not None else frozenset[str]()
        for code in set(since) - differing:
            came_back = ("I" if code in (true or ()) else "D") if is_truth and true is not None else ""
            yield code, since.pop(code), at, came_back
        for code in differing - set(since):
            since[code] = at
    for code, at in since.items():
        yield code, at, moments[-1][0] + REST_NS if left_ns is None else left_ns, ""


def misplaced(event: Event, truth: Truth, earlier: list[tuple[int, int]]) -> Iterator[str]:
    """Find a recovered change that did not happen in the interval that it names.

    An interval that begins in a stretch of `earlier` may tell of that since its beginning, and nobody can know. What
    was followed before may have been another condition since the name was elsewhere. And a slow reader lags from when
    the news came that it was not handed: if a broker hung before, that is news of all the while.
    """
    if not isinstance(event, Enter | Leave) or event.origin == "live":
        return
    assert event.since_ns is not None
    assert event.until_ns is not None
    since_ns = min([event.since_ns, *(since for since, until in earlier if since <= event.since_ns <= until)])
    entering = isinstance(event, Enter)
    before = [codes for at, codes in truth if at <= since_ns - SLACK_NS][-1:]
    within = [codes for at, codes in truth if since_ns - SLACK_NS < at <= event.until_ns]
    shown = [codes is None or event.code in codes for codes in [*before, *within]]
    if entering not in [codes is None or (event.code in codes) for codes in within] and None not in [*before, *within]:
        where = f"{second(event.since_ns)} … {second(event.until_ns)}"
        yield f"recovered {type(event).__name__} of {event.code} did not happen in {where} (true there: {shown})"


def united(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches with slack on both sides, joined where they meet."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted((since - SLACK_NS, until + SLACK_NS) for since, until in stretches):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def covered(begin: int, end: int, stretches: list[tuple[int, int]]) -> bool:
    """Tell whether a stretch is short enough to be news on its way, or lies in one of the others."""
    place = bisect_left(stretches, (begin + 1,)) - 1
    return end - begin <= SLACK_NS or (place >= 0 and end <= stretches[place][1] and begin >= stretches[place][0])


def second(at_ns: int) -> str:
    return f"{(at_ns / SECOND_NS) % 100_000:.2f}"
