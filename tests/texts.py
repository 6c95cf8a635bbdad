"""What a broker says by the book, for tests that play one.

list_text      the saved conditions, as rows of two
snapshot_text  the members of a condition, a letter before each code; an empty one is null
page_text      a page of a search, its seq padded with blanks as there alone
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.wire import writers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jogeon.events import Condition


def list_text(conditions: Iterable[Condition]) -> bytes:
    return writers.encode_list([[condition.seq, condition.name] for condition in conditions])


def snapshot_text(seq: str, codes: Iterable[str]) -> bytes:
    return writers.encode_registered(seq, [{"jmcode": f"A{code}"} for code in codes] or None)


def page_text(seq: str, rows: Sequence[dict[str, str]], next_key: str = "") -> bytes:
    return writers.encode_search(seq.ljust(3), rows or None, next_key)
