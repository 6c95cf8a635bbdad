"""What a session was, in a few lines: from when to when, its gaps, and what each condition did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.ink import Piece
from jogeon.cli.showing.live_picture import SECOND_NS, together
from jogeon.cli.showing.terminal import clean
from jogeon.cli.texts.width import columns, cut, padded
from jogeon.events import korean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jogeon.cli.showing.ink import Line
    from jogeon.cli.showing.live_picture import Story
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts

BETWEEN = "  "
LEAST_NAME = 8


def summary(
    story: Story, now_ns: int, texts: Texts, signs: Signs, age: Callable[[int], str], width: int
) -> Iterator[Line]:
    """Yield the lines; numbers are whole, a name is cut where the terminal is narrow."""
    began, ended = (f"{korean(ns):%H:%M:%S}" for ns in (story.began_ns, now_ns))
    length = age(round((now_ns - story.began_ns) / SECOND_NS))
    yield (Piece(texts("live.summary", server=clean(story.server), began=began, ended=ended, age=length), "bold"),)
    outages = story.outages
    blind = age(round(together(outages) / SECOND_NS))
    key = "live.summary.gaps" if outages else "live.summary.no-gaps"
    yield (Piece(texts(key, count=len(outages), age=blind), "yellow" if outages else ""),)
    yield from _table(story, texts, signs, width)


def _table(story: Story, texts: Texts, signs: Signs, width: int) -> Iterator[Line]:
    totals = story.totals()
    rows = [[clean(each.label), f"{each.members:,}", f"{each.enters:,}", f"{each.leaves:,}"] for each in totals]
    heads = [texts(f"column.{name}") for name in ("condition", "count", "enters", "leaves")]
    if len(rows) > 1:
        enters, leaves = sum(each.enters for each in totals), sum(each.leaves for each in totals)
        rows.append([texts("live.summary.all"), "", f"{enters:,}", f"{leaves:,}"])
    sizes = [max(columns(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    room = width - sum(sizes[1:]) - len(BETWEEN) * (len(sizes) - 1)
    sizes[0] = max(min(sizes[0], room), min(sizes[0], LEAST_NAME))
    yield _row(heads, sizes, signs, "dim")
    for row in rows:
        yield _row(row, sizes, signs, "")


def _row(cells: Sequence[str], sizes: Sequence[int], signs: Signs, style: str) -> Line:
    name = padded(cut(cells[0], sizes[0], signs.more), sizes[0])
    numbers = [padded(cell, size, right=True) for cell, size in zip(cells[1:], sizes[1:], strict=True)]
    return (Piece(BETWEEN.join([name, *numbers]), style),)
