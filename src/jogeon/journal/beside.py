"""What a journal holds beside its numbered events: alerts that wait or went out, and ticks. No I/O, clock or thread.

A tick says up to when the picture of a condition is right, between two events: whoever decides on the stream later sees
time pass as it passed. Ticks bear no numbers; each stands behind the event that was committed last.
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from jogeon.events import Condition

RowState = Literal["waiting", "sent", "dropped"]
Done = Callable[[bool], object]
"""Called in the reader's thread: True when what was put is durable, False if it never will be."""


class Post(Struct, frozen=True):
    """An alert for one target, to be kept until it is marked; one that is there already stays as it is.

    `event` is the id of the event that set it off, `content` all that is needed to send it, as JSON.
    """

    alert: str
    target: str
    event: int
    due_ns: int
    content: str


class Mark(Struct, frozen=True):
    """What became of an alert for one target; `done_ns` is None while it waits, `digest` None if it went out alone."""

    alert: str
    target: str
    state: RowState
    tries: int
    done_ns: int | None = None
    reason: str = ""
    digest: str | None = None


class Tick(Struct, frozen=True):
    """Up to when the picture of a condition is right."""

    condition: Condition
    right_ns: int


class SavedPlace(Struct, frozen=True):
    """The durable place of a consumer: behind the event with an id."""

    name: str
    place: int


Kept = Post | Mark | SavedPlace
