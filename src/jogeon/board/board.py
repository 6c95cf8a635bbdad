"""The board: follows what a hub follows, and makes a difference of the page a quarter second, once for all who look.

While nobody looks it makes none, which spares the hub's loop.
"""

import asyncio
import contextlib
import math
import secrets
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

from jogeon.board.diffs import Diff, Diffs, sent
from jogeon.board.past import picture_of
from jogeon.board.picture import Picture
from jogeon.board.roster import iso
from jogeon.board.visitors import Visitors
from jogeon.errors import JournalError, PositionError
from jogeon.events import Condition, NameOf, korean
from jogeon.journal.position import Position
from jogeon.journal.relay import Cursor
from jogeon.live.ledger import Ledger

TURN = 0.25
"""Seconds between two differences."""
BEAT = 1.0
"""Seconds after which something is sent even if nothing has changed: a page that hears nothing shows that it is cut."""
AWAY = 15.0
"""Seconds behind the last request until nobody looks: a page that was cut off comes again before."""
REST = 5.0
"""Seconds between two looks at what is not an event while nobody looks."""
IDLE = 0.02
"""Seconds between two looks at the stream while nobody looks: so few that what has gathered keeps nobody waiting."""
AGAIN = 1.0
"""Seconds until a journal that could not be read is tried again."""


class View(Protocol):
    """What the board reads of a hub; all is called in its loop."""

    prices: Ledger

    @property
    def conditions(self) -> Sequence[Condition]:
        """The conditions that are followed, under their present seqs."""

    @property
    def listing(self) -> Sequence[Condition]:
        """All saved conditions, as they were listed last."""

    @property
    def path(self) -> Path:
        """The file of the journal."""

    @property
    def name_of(self) -> NameOf:
        """Looks up the name of a stock."""

    def status(self) -> dict[str, Any]:
        """Return how it goes."""

    def cursor(self, after: Position | None = None) -> Cursor:
        """Return a place in the numbered stream."""

    def watch(self, name: str, *, on: bool) -> None:
        """Follow a condition, or no longer; UnknownCondition, AmbiguousCondition."""


class Alarms(Protocol):
    """What the board reads of the alerts beside a hub, and how it mutes them."""

    @property
    def changes(self) -> int:
        """What grows whenever an alert comes, or something becomes of one."""

    @property
    def muted_until_ns(self) -> int | None:
        """Until when no alerts are sent; None if they are."""

    def mute(self, until_ns: int) -> None:
        """Send no alerts until a moment; one that is past ends that."""


class Board:
    """One board over one hub; entered while the hub is. `wall` is nanoseconds since 1970."""

    def __init__(self, view: Callable[[], View], wall: Callable[[], int]) -> None:
        self.visitors = Visitors()
        self.picture = Picture(Position(0, 0))
        self.diffs = Diffs(secrets.token_hex(4))
        self.wall = wall
        self.alarms: Alarms | None = None
        """The alerts that are sent beside the hub, if they are."""
        self._view = view
        self._news = asyncio.Event()
        self._turn = asyncio.Event()
        self._streams = 0
        self._looked_at = -math.inf
        self._looked = asyncio.Event()
        self._told_at = -math.inf
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = False

    @property
    def view(self) -> View:
        """The hub."""
        return self._view()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._follow(), name="board"), asyncio.create_task(self._run())]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._ended = True
        self._turn.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------ what it follows

    async def _follow(self) -> None:
        """Keep the picture up with the journal; where its position is refused, begin with a new one."""
        while True:
            with contextlib.suppress(JournalError, PositionError):
                self.picture = await asyncio.to_thread(picture_of, self.view.path, self.wall())
                self.diffs.forget()
                cursor = self.view.cursor(self.picture.position)
                try:
                    while True:
                        self.picture.take(await cursor.read())
                        self._news.set()
                        if not self._is_looked_at:  # then one look at many events will do
                            await asyncio.sleep(IDLE)
                finally:
                    await cursor.close()
            await asyncio.sleep(AGAIN)

    async def _run(self) -> None:
        """Make a difference each turn, if anything has changed; what comes after a quiet turn is told at once."""
        loop = asyncio.get_running_loop()
        while True:
            while not self._is_looked_at:
                self._looked.clear()
                await _within(REST, self._looked.wait())
                self.refresh()
            await asyncio.sleep(max(0.0, self._told_at + TURN - loop.time()))
            await _within(TURN, self._news.wait())
            self._news.clear()
            self.refresh()
            self._tell()

    def _tell(self) -> None:
        """Make a difference, if anything has changed or a page has heard nothing for a while."""
        changes, now = self.picture.changes(), asyncio.get_running_loop().time()
        if changes or now - self._told_at >= BEAT:
            self._told_at = now
            self.diffs.add(str(self.picture.position), changes, self._now())
            turn, self._turn = self._turn, asyncio.Event()
            turn.set()

    @property
    def _is_looked_at(self) -> bool:
        return self._streams > 0 or asyncio.get_running_loop().time() - self._looked_at < AWAY

    def _look(self) -> None:
        self._looked_at = asyncio.get_running_loop().time()
        self._looked.set()

    def refresh(self) -> None:
        """Take what is not an event: prices, names, which conditions are followed, how it goes."""
        view, picture, now_ns = self.view, self.picture, self.wall()
        picture.listed(view.listing, view.conditions)
        picture.price(view.prices.pop(asyncio.get_running_loop().time()))
        for code in picture.nameless:
            picture.name(code, view.name_of(code))
        picture.tick(now_ns)
        picture.tell(_status(view.status()) | {"alerts": _alarms(self.alarms)}, now_ns)

    def _now(self) -> str:
        return korean(self.wall()).isoformat(timespec="milliseconds")

    # ------------------------------------------------------------ what is shown

    def state(self) -> dict[str, Any]:
        """Return the whole page, as of the last difference or a little later."""
        self.refresh()
        if not self._is_looked_at:
            self._tell()
        self._look()
        position = self.diffs.position or str(self.picture.position)
        told = {"run": self.diffs.run, "seq": self.diffs.number, "now": self._now()}
        return {**told, **self.picture.state(), "position": position}

    async def stream(self, position: str | None) -> AsyncGenerator[bytes]:
        """Yield server-sent events: what has changed since a position, or from now on, as it comes.

        Whoever stands where nobody knows how to go on from is told to load the whole page again.
        """
        place = self.diffs.number if position is None else self.diffs.place_of(position)
        self._streams += 1
        self._look()
        try:
            yield b"retry: 1000\n\n"
            async for text in self._told_since(place):
                yield text
        finally:
            self._streams -= 1
            self._look()

    async def _told_since(self, place: int | None) -> AsyncGenerator[bytes]:
        while not self._ended:
            turn = self._turn
            found = None if place is None else self.diffs.after(place)
            if found is None:
                place = self.diffs.number
                yield sent("reload", {"run": self.diffs.run})
            elif found:
                place = found[-1].number
                yield _joined(found)
            else:
                await turn.wait()


async def _within(seconds: float, waiting: Coroutine[Any, Any, object]) -> None:
    """Wait for something, but not longer than this."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await waiting


def _joined(diffs: Sequence[Diff]) -> bytes:
    return b"".join(diff.text for diff in diffs)


def _status(told: dict[str, Any]) -> dict[str, Any]:
    """Return of the state of a hub what the page shows."""
    upstream, journal = told["upstream"], told["journal"]
    heard = upstream["heard"]
    return {
        "server": upstream["server"],
        "state": upstream["state"],
        "heard": heard and f"{heard[:19]}{heard[-6:]}",  # to the second: else it would be news with each frame
        "consumers": len(told["consumers"]),
        "journal": journal["trouble"],
    }


def _alarms(alarms: Alarms | None) -> dict[str, Any] | None:
    """Return what the page shows of alerts: a number that grows with each news of them, and until when they rest."""
    if alarms is None:
        return None
    return {"changes": alarms.changes, "muted_until": iso(alarms.muted_until_ns)}
