"""A thread works on the next pieces while the caller uses the last one."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

MOST = 2
"""Pieces that the thread may be ahead."""

T = TypeVar("T")
Done = TypeVar("Done")


def ahead(work: Callable[[T], Done], pieces: Iterable[T]) -> Generator[Done]:
    """Yield what the work makes of each piece, in order; the pieces themselves are drawn in the caller's thread."""
    with ThreadPoolExecutor(1) as pool:
        under_way: deque[Future[Done]] = deque()
        for piece in pieces:
            under_way.append(pool.submit(work, piece))
            if len(under_way) > MOST:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
