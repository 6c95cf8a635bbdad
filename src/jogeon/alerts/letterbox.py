"""The outbox of a journal as those see it who send: what waits in memory, and each change durable in the file.

A row is put into the file together with the cursor of those who decide, in one commit: after a kill nothing due is
missing, and nothing is decided twice. A journal that has ended keeps nothing more; what waits is sent all the same.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence

import msgspec

from jogeon.alerts.outbox import AlertRow, encoded
from jogeon.alerts.rebuilding import CURSOR
from jogeon.journal.beside import Mark, Post, RowState, SavedPlace
from jogeon.journal.writer import Journal
from jogeon.reports import Report


class Letterbox:
    """The rows of one journal; for one event loop. `wake` is called with a target for which something waits."""

    def __init__(
        self, journal: Journal, wake: Callable[[str], object], *, wall: Callable[[], int] = time.time_ns
    ) -> None:
        self._journal = journal
        self._wake = wake
        self._wall = wall
        self._waiting: dict[tuple[str, str], AlertRow] = {}
        """By target and alert, in the order in which they came."""
        self._unkept: set[tuple[str, str]] = set()
        """Those that stand in no file."""
        self.changes = 0
        """How often a row came, or something became of one."""

    def load(self, rows: Iterable[AlertRow]) -> None:
        """Take what waits from an earlier run."""
        for row in rows:
            self._waiting[row.target, row.id] = row

    def post(self, rows: Sequence[AlertRow], event: Callable[[AlertRow], int], place: int) -> None:
        """Keep rows, and that everything up to the event `place` is decided; they wait once that is durable.

        `event` returns the id of the event that set a row off.
        """
        posts = [Post(row.id, row.target, event(row), row.due_ns, msgspec.json.encode(row).decode()) for row in rows]
        self._journal.keep([*posts, SavedPlace(CURSOR, place)], lambda durable: self._posted(rows, durable=durable))

    def post_unkept(self, rows: Sequence[AlertRow]) -> None:
        """Have rows wait that stand in no file: what is wrong with the file itself, say."""
        self._posted(rows, durable=False)

    def _posted(self, rows: Sequence[AlertRow], *, durable: bool) -> None:
        self.changes += len(rows)
        for row in rows:
            self._waiting[row.target, row.id] = row
            if not durable:
                self._unkept.add((row.target, row.id))
        for target in dict.fromkeys(row.target for row in rows):
            self._wake(target)

    async def settled(self) -> bool:
        """Wait until everything that was put is durable; return False if it never will be."""
        return await self._durable([])

    # ------------------------------------------------------------ for the sender

    async def waiting(self, target: str) -> Sequence[AlertRow]:
        """Return the rows of a target that are neither sent nor dropped, in their order."""
        return [row for (name, _), row in self._waiting.items() if name == target]

    async def mark(
        self, rows: Sequence[AlertRow], state: RowState, reason: Report | None, *, tried: bool = True
    ) -> None:
        """Keep what became of rows; returns when that is durable, if it can be."""
        done_ns = None if state == "waiting" else self._wall()
        digest = rows[0].id if state == "sent" and len(rows) > 1 else None
        marks = []
        for row in rows:
            key, tries = (row.target, row.id), row.tries + tried
            if state == "waiting":
                self._waiting[key] = msgspec.structs.replace(row, tries=tries)
            else:
                self._waiting.pop(key, None)
            if key not in self._unkept:
                marks.append(Mark(row.id, row.target, state, tries, done_ns, encoded(reason), digest))
        if marks:
            await self._durable(marks)
        self.changes += 1

    async def _durable(self, marks: Sequence[Mark]) -> bool:
        ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def done(durable: bool) -> None:  # noqa: FBT001  # a Done of the journal
            if not ended.done():
                ended.set_result(durable)

        self._journal.keep(marks, done)
        return await ended
