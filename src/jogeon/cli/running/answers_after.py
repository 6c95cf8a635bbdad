"""The numbered stream of a journal behind a position, for pipes: what is there, and what comes while it is written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from jogeon.cli.running import stretch
from jogeon.cli.running.answers import lines_of, write_headings
from jogeon.cli.showing.json_lines import json_line
from jogeon.cli.showing.terminal import tell
from jogeon.errors import PositionError
from jogeon.events import Gap
from jogeon.journal.following import Follower, followed
from jogeon.journal.position import Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.arguments.selection import Query
    from jogeon.events import Event
    from jogeon.journal.following import Numbered
    from jogeon.journal.history import History, Selection

    Write = Callable[[bytes], object]


class Ends(NamedTuple):
    """From where until when: behind a position, or the end as it is now; so many events; so long, None for ever."""

    after: Position | None
    most: int | None
    seconds: float | None


def answer_after(opened: History, asked: Query, ends: Ends, choices: Choices, form: str, write: Write) -> int:
    """Write the events behind a position, those that come at once; return how many. PositionError, JournalError.

    Where what comes next was deleted, that is told first, and it goes on with what was not.
    """
    is_chosen = _chooser(opened, stretch.selection(opened, asked, choices.texts))
    write_headings("events", form, choices.texts, write)
    count = 0
    for found in _parts(opened, ends, choices, form, write):
        part = [each for each in found if is_chosen(each[2])]
        part = part if ends.most is None else part[: ends.most - count]
        count += len(part)
        if part:
            _write(part, choices, form, write)
        if count == ends.most:
            break
    return count


def _parts(opened: History, ends: Ends, choices: Choices, form: str, write: Write) -> Iterator[list[Numbered]]:
    """Yield what comes, in lists."""
    begun = time.monotonic()
    after = ends.after
    if after is None and ends.seconds == 0.0:
        after = Position(0, 0)
    while True:
        left = None if ends.seconds is None else max(0.0, ends.seconds - (time.monotonic() - begun))
        try:
            yield from followed(Follower(opened.path, after), left)
        except PositionError as error:
            if error.reason != "pruned":
                raise
            _tell_pruned(error, choices, form, write)
            after = error.next.before if isinstance(error.next, Position) else opened.position()
        else:
            return


def _tell_pruned(error: PositionError, choices: Choices, form: str, write: Write) -> None:
    after, following = (place.short if isinstance(place, Position) else None for place in (error.position, error.next))
    if form == "json":
        write(json_line({"event": "pruned", "after": after, "next": following}))
    else:
        tell(choices.texts("history.pruned", after=after, next=following or "-"))


def _write(part: Sequence[Numbered], choices: Choices, form: str, write: Write) -> None:
    if form == "table":
        from jogeon.cli.showing.history_tables import show_events

        show_events(part, choices.texts)
    else:
        lines = lines_of(form)
        write("".join(lines.row(*each, None) + lines.end for each in part).encode())


def _chooser(opened: History, chosen: Selection) -> Callable[[Event], bool]:
    """Return what tells whether an event is of a selection; UnknownCondition."""
    recorded = {condition.name for condition in opened.conditions}
    opened.require(chosen.conditions)
    names = {each for each in chosen.conditions if each in recorded}
    seqs = set(chosen.conditions) - names
    start, end = chosen.span

    def is_chosen(event: Event) -> bool:
        condition = event.condition
        of_it = condition is not None and (condition.name in names or condition.seq in seqs)
        return (
            start <= (event.until_ns if isinstance(event, Gap) else event.at_ns) < end
            and (of_it or not chosen.conditions)
            and (not chosen.kinds or type(event).__name__.lower() in chosen.kinds)
            and (not chosen.codes or getattr(event, "code", None) in chosen.codes)
        )

    return is_chosen
