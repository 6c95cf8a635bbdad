"""Two connections that see a journal as it is at one moment, and work that is shared between such."""

import contextlib
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import TypeVar

from jogeon.errors import JournalError
from jogeon.journal.evidence import Connection
from jogeon.journal.reading import one_moment, open_reader, read_identity, read_last

TRIES = 20
"""How often a moment is looked for between two commits."""
AHEAD = 2
"""Pieces of work that wait for each worker, or for whoever takes what it made."""

T = TypeVar("T")
Made = TypeVar("Made")


@contextlib.contextmanager
def twins(db: Connection, path: Path, worth: int) -> Iterator[Sequence[Connection]]:
    """Yield connections to the journal at a path that see it as it is at one moment, `db` first.

    There are two if it has so many events, and a second one can be had of the same moment.
    """
    with contextlib.ExitStack() as stack:
        several = (os.cpu_count() or 1) > 1 and not db.in_transaction and read_last(db) >= worth
        other = _opened(path, stack) if several else None
        if other is not None and _begin_together(db, other):
            stack.callback(db.rollback)
            yield db, other
        else:
            stack.enter_context(one_moment(db))
            yield (db,)


def _opened(path: Path, stack: contextlib.ExitStack) -> Connection | None:
    """Return another connection, None if the file is not there any more, or not readable now."""
    with contextlib.suppress(JournalError):
        return stack.enter_context(contextlib.closing(open_reader(path)))
    return None


def _begin_together(db: Connection, other: Connection) -> bool:
    """Begin to read through both at one moment; return False, with nothing begun, if that cannot be done."""
    for _ in range(TRIES):
        before = _version(other)
        for each in (db, other):
            each.execute("BEGIN")
            read_last(each)
        if _version(other) == before and _known(db) == _known(other):
            return True
        for each in (db, other):
            each.rollback()
    return False


def _version(db: Connection) -> int:
    """Return what changes with each commit of others, as seen through this connection."""
    return int(db.execute("PRAGMA data_version").fetchone()[0])


def _known(db: Connection) -> tuple[str | None, int]:
    return read_identity(db), read_last(db)


def shared(workers: Sequence[Callable[[T], Made]], pieces: Iterable[T]) -> Generator[Made]:
    """Yield what is made of each piece, in their order, by workers in threads of their own that take turns."""
    with contextlib.ExitStack() as stack:
        pools = [stack.enter_context(ThreadPoolExecutor(1)) for _ in workers]
        made: deque[Future[Made]] = deque()
        stack.callback(lambda: [each.cancel() for each in made])
        for pool, work, piece in zip(cycle(pools), cycle(workers), pieces, strict=False):
            made.append(pool.submit(work, piece))
            if len(made) > AHEAD * len(workers):
                yield made.popleft().result()
        while made:
            yield made.popleft().result()
