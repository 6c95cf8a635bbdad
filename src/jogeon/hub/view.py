"""What a page or a consumer reads from the hub; the seam between the hub and whatever shows it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from jogeon.events import Condition, Member
from jogeon.journal.position import Position
from jogeon.journal.relay import Cursor


class View(Protocol):
    """A hub as its readers see it. All are called in its loop."""

    @property
    def conditions(self) -> Sequence[Condition]:
        """The conditions that are followed, under their present seqs."""

    def members(self, condition: Condition) -> Mapping[str, Member]:
        """Return who is in a condition now; nobody where it is not followed."""

    def status(self) -> dict[str, object]:
        """Return how it goes, as `jogeon hub status` prints it."""

    def cursor(self, after: Position | None = None) -> Cursor:
        """Return a place in the numbered stream: behind a position, else at its end."""
