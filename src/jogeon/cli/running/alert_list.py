"""The alerts that a journal holds, and what became of them: for `jogeon alerts list`, and for the board."""

from __future__ import annotations

import contextlib
from itertools import islice
from typing import TYPE_CHECKING

from jogeon.alerts.outbox import reason_in
from jogeon.alerts.rebuilding import row_of
from jogeon.alerts.webhook import as_object
from jogeon.events import korean
from jogeon.journal.reading import open_reader, told
from jogeon.journal.steps import read_posts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jogeon.alerts.outbox import AlertRow
    from jogeon.journal.steps import Posted


def listed(path: Path, since_ns: int | None = None) -> Iterator[tuple[AlertRow, Posted]]:
    """Yield what the rules decided, one row for each target, in its order; JournalError.

    With a moment, what is due before it and waits no more is left out. What the tool reports of itself is no alert.
    """
    with contextlib.closing(open_reader(path)) as db, told(path):
        for post in read_posts(db, since_ns):
            row = row_of(post)
            if row.rule:
                yield row, post


def fate(post: Posted) -> dict[str, object]:
    """Return what became of an alert at its target, as JSON shows it."""
    reason = reason_in(post.reason)
    sent = None if post.done_ns is None else korean(post.done_ns).isoformat(timespec="microseconds")
    fields: dict[str, object] = {
        "target": post.target,
        "state": post.state,
        "sent": sent if post.state == "sent" else None,
        "tries": post.tries,
        "reason": None if reason is None else str(reason),
    }
    return fields | {"digest": post.digest} if post.digest else fields


def last_alerts(path: Path, since_ns: int, most: int) -> list[dict[str, object]]:
    """Return the alerts due from a moment on as `jogeon alerts list --json` does, the last one first."""
    rows = sorted(listed(path, since_ns), key=lambda each: -each[1].due_ns)
    return [as_object(row) | fate(post) for row, post in islice(rows, most)]
