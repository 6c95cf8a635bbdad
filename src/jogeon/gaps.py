"""Blind stretches, and the one block that ends each of them: Gap, recovered changes, Snapshot. No I/O, no clock.

Whoever keeps a picture right ends a blind stretch with `ended`: what follows one condition, a queue that lost events, a
journal that goes on after a restart. So a fold of events never jumps, and every later snapshot equals it.
"""

from collections.abc import Iterable

from msgspec import Struct

from jogeon.events import Cause, Condition, Enter, Event, Gap, Leave, NameOf, Snapshot, nameless


class Blind(Struct, frozen=True):
    """Since when a picture may be wrong, and why; `proven`: something was missed for certain."""

    since_ns: int
    cause: Cause
    detail: str = ""
    proven: bool = False


def earliest(one: Blind | None, other: Blind | None) -> Blind | None:
    """Return the doubt that reaches further back; it is proven if either is."""
    if one is None or other is None:
        return one or other
    first = min(one, other, key=lambda doubt: doubt.since_ns)
    return Blind(first.since_ns, first.cause, first.detail, proven=one.proven or other.proven)


def ended(blind: Blind, before: Iterable[str], shown: Snapshot, name_of: NameOf = nameless) -> list[Event]:
    """Return the block that ends a blind stretch: Gap, what changed since `before` as recovered, and the snapshot.

    `name_of` is asked for the names that the snapshot lacks.
    """

    def name(code: str) -> str | None:
        return shown.names.get(code) or name_of(code)

    gap = _gap(blind, shown.condition, shown.at_ns)
    return [gap, *difference(shown.condition, before, shown.codes, gap.since_ns, gap.until_ns, name), shown]


def left_open(blind: Blind, condition: Condition, at_ns: int) -> Gap:
    """Return the Gap of a blind stretch that no snapshot has ended when its watch ends."""
    return _gap(blind, condition, at_ns, is_open=True)


def _gap(blind: Blind, condition: Condition, until_ns: int, *, is_open: bool = False) -> Gap:
    since_ns = min(blind.since_ns, until_ns)  # a wall clock that was set back must not turn a gap around
    return Gap(condition, since_ns, until_ns, blind.cause, blind.detail, open=is_open)


def difference(
    condition: Condition,
    before: Iterable[str],
    after: Iterable[str],
    since_ns: int,
    until_ns: int,
    name_of: NameOf = nameless,
) -> list[Event]:
    """Return the recovered changes that lead from one set of codes to another: leaves first, then enters, sorted."""
    old, new = set(before), set(after)

    def change(kind: type[Enter | Leave], code: str) -> Event:
        return kind(until_ns, condition, code, "", "recovered", since_ns, until_ns, name_of(code))

    return [change(Leave, code) for code in sorted(old - new)] + [change(Enter, code) for code in sorted(new - old)]
