"""Pieces of work that are done while the last one is used."""

import threading
from collections.abc import Iterator

import pytest

from jogeon.journal.ahead import MOST, ahead


def test_what_is_made_comes_in_order_from_another_thread() -> None:
    threads: set[int] = set()

    def work(piece: int) -> int:
        threads.add(threading.get_ident())
        return piece * 10

    assert list(ahead(work, range(20))) == list(range(0, 200, 10))
    assert len(threads - {threading.get_ident()}) == 1


def test_few_pieces_are_taken_before_whoever_asks_needs_them() -> None:
    taken: list[tuple[int, int]] = []

    def pieces() -> Iterator[int]:
        for piece in range(100):
            taken.append((piece, threading.get_ident()))
            yield piece

    made = ahead(str, pieces())
    assert next(made) == "0"
    made.close()
    assert taken == [(piece, threading.get_ident()) for piece in range(MOST + 1)]


def test_what_goes_wrong_comes_out_in_its_place() -> None:
    made = ahead(int, ["1", "one", "2"])
    assert next(made) == 1
    with pytest.raises(ValueError, match="one"):
        next(made)


def test_of_nothing_nothing_is_made() -> None:
    assert list(ahead(int, [])) == []
