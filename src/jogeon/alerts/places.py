"""Where in a jogeon.toml something stands: the reader of TOML keeps no lines. No I/O."""

import re
from collections.abc import Iterator, Sequence

_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s."'=\[\]]+))\s*""")
_KEY = re.compile(r"""\s*((?:"[^"]*"|'[^']*'|[^\s."'=\[\]#]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[^\s."'=\[\]#]+))*)\s*=""")
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")

Path = tuple[str | int, ...]
"""Keys, and numbers of tables in an array from 0: `("alerts", "rules", 0, "hours")`."""


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Return the line of a place, from 1: of what it stands in, where it is not written by itself; 0 if nowhere."""
    wanted, best, line = tuple(place), 0, 0
    for number, found in _written(text):
        length = len(found)
        if found == wanted[:length] and length > best:
            best, line = length, number
    return line


def _written(text: str) -> Iterator[tuple[int, Path]]:
    """Yield each line that begins a table or a key, with its place."""
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _counted(_parts(header[2]), counts, begins=header[1] == "[[")
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_parts(key[1]))


def _counted(parts: Sequence[str], counts: dict[Path, int], *, begins: bool) -> Path:
    """Return a header's place: each array on the way stands for its last table."""
    place: Path = ()
    for number, part in enumerate(parts, 1):
        place = (*place, part)
        if begins and number == len(parts):
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(dotted: str) -> list[str]:
    return [next(filter(None, found.groups()), "") for found in _PART.finditer(dotted)]
