"""The names of stocks, as they are known here: looked up when an event is made, kept for a day in a private file.

Names come from everywhere (a search, prices, the list of a market), are learned in passing, and cost nobody a wait. A
code that was looked up in vain is remembered: whoever fills the gaps (`markets`) goes by that.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from jogeon.errors import InvalidSetting
from jogeon.files import journal_file, read_trusted, write_private
from jogeon.masks import unmasked
from jogeon.wire.messages import MOST_CODES
from jogeon.wire.values import NO_JSON

if TYPE_CHECKING:
    from jogeon.events import NameOf

DAY = 86_400.0
"""Seconds for which a name is kept: a stock may be renamed overnight."""
LONGEST_NAME = 100
FILE_LIMIT = 8 * 2**20
"""Bytes of a file of names; all stocks there are take half of one MiB."""

Learned = tuple[str, str, str]
"""Code, name and the broker's code of the market, "" where it is not known."""

logger = logging.getLogger("jogeon.names")
logger.addFilter(unmasked)


def names_file(server: str) -> Path | None:
    """Return where the names of a server are kept, None where there is no place, and for those of the demo."""
    if server == "demo":
        return None
    with contextlib.suppress(InvalidSetting):  # no home
        return journal_file(server).with_suffix(".names")
    return None


class KnownName(Struct, frozen=True, gc=False, array_like=True):
    """The name of a stock, the broker's code of its market ("" if unknown), and when that was learned (Unix time)."""

    name: str
    market: str
    at: float


class NamesFile(Struct):
    """What the file holds: the names, when each market was read in full, and where the server serves HTTP."""

    names: dict[str, KnownName] = field(default_factory=dict)
    markets: dict[str, float] = field(default_factory=dict)
    rest: str | None = None


class _Lookup(dict[str, str | None]):
    """Names by code; a code without one is noted, and has None."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: dict[str, None] = {}
        self.on_miss: Callable[[], object] = lambda: None

    def __missing__(self, code: str) -> None:
        if code not in self.missed and len(self.missed) < MOST_CODES:
            self.missed[code] = None
            self.on_miss()


class Names:
    """What is known of the names of stocks of one server.

    `path` is the file they are kept in, None for none. `clock` is Unix time.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.markets: dict[str, float] = {}
        """When each market was read in full."""
        self.rest: str | None = None
        """Where the server served HTTP when that was last known."""
        self.on_named: Callable[[Mapping[str, str]], object] = lambda _: None
        """Gets the names of codes that were looked up in vain before."""
        self.clock = clock
        self._known: dict[str, KnownName] = {}
        self._lookup = _Lookup()
        self._changed = False
        self.of: NameOf = self._lookup.__getitem__  # no step in between on the path of every push

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._known)

    def __iter__(self) -> Iterator[tuple[str, KnownName]]:
        """Iterate over codes and what is known of them, by code."""
        return iter(sorted(self._known.items()))

    def get(self, code: str) -> KnownName | None:
        """Return what is known of a code, without noting that it was asked for."""
        return self._known.get(code)

    @property
    def missed(self) -> list[str]:
        """The codes that were looked up in vain and have no name yet."""
        return list(self._lookup.missed)

    def on_miss(self, told: Callable[[], object]) -> None:
        """Let somebody know when a code is looked up in vain for the first time."""
        self._lookup.on_miss = told

    def learn(self, learned: Iterable[Learned]) -> None:
        """Take names; the latest counts, and a market that is not said stays as it was."""
        at, missed = self.clock(), self._lookup.missed
        found: dict[str, str] = {}
        for code, name, market in learned:
            before = self._known.get(code)
            if not name or (before is None and len(self._known) >= MOST_CODES):
                continue
            short = name[:LONGEST_NAME]
            self._known[code] = KnownName(short, market or (before.market if before else ""), at)
            self._lookup[code] = short
            self._changed = True
            if code in missed:
                del missed[code]
                found[code] = short
        if found:
            self.on_named(found)

    def complete(self, market: str) -> None:
        """Note that all stocks of a market are known."""
        self.markets[market] = self.clock()
        self._changed = True

    def is_fresh(self, market: str) -> bool:
        """Tell whether a market was read in full within a day."""
        return 0 <= self.clock() - self.markets.get(market, 0.0) < DAY

    # ------------------------------------------------------------ the file

    async def load(self) -> None:
        """Take what the file holds and is a day old at most; what was learned meanwhile stays."""
        if self.path is not None:
            kept = await asyncio.to_thread(_read, self.path, self.clock())
            self._take(kept)

    def _take(self, kept: NamesFile) -> None:
        changed = self._changed
        self.markets = {**kept.markets, **self.markets}
        self.rest = self.rest or kept.rest
        older = [(code, known) for code, known in kept.names.items() if code not in self._known]
        self.learn((code, known.name, known.market) for code, known in older)
        self._known |= {code: known for code, known in older if code in self._known}
        self._changed = changed

    async def save(self) -> None:
        """Write what is known into the file, if there is more than before; a failure is logged."""
        if self.path is None or not self._changed:
            return
        self._changed = False
        kept = NamesFile(dict(self._known), dict(self.markets), self.rest)
        await asyncio.to_thread(_write, self.path, kept, self.clock())


def _read(path: Path, now: float) -> NamesFile:
    """Return what a file holds and is a day old at most; nothing of one that cannot be read or trusted."""
    content = read_trusted(path, FILE_LIMIT)
    if content is None:
        return NamesFile()
    try:
        kept = msgspec.json.decode(content, type=NamesFile)
    except NO_JSON:
        logger.info("%s is not a file of names: it is not used", path)
        return NamesFile()
    names = {code: known for code, known in kept.names.items() if 0 <= now - known.at < DAY}
    markets = {market: at for market, at in kept.markets.items() if 0 <= now - at < DAY}
    return NamesFile(names, markets, kept.rest)


def _write(path: Path, kept: NamesFile, now: float) -> None:
    """Write a file with what is in it already: another program may have learned other names."""
    before = _read(path, now)
    newest = sorted([*before.names.items(), *kept.names.items()], key=lambda each: each[1].at)
    merged = NamesFile(dict(newest[-MOST_CODES:]), before.markets | kept.markets, kept.rest or before.rest)
    with contextlib.suppress(OSError):
        write_private(path, msgspec.json.encode(merged))
        return
    logger.info("%s: the names cannot be kept", path)
