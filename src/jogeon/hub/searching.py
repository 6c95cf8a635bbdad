"""Searches for the programs below: one above serves all who want it, and its pages are fetched once."""

import asyncio
from collections.abc import Sequence

from jogeon.errors import JogeonError
from jogeon.events import Condition, Stock
from jogeon.hub.refusals import BUSY, LETTER, SLOW, refuse, refuse_for
from jogeon.hub.searches import Searches, What
from jogeon.live.feed import Feed
from jogeon.server.peer import Peer
from jogeon.wire import messages, writers
from jogeon.wire.messages import Search, SearchPage
from jogeon.wire.search_row import stock_row

PAGE = 100
"""Rows of a page."""
MOST_PAGES = 8
"""Searches a program can have open at a time."""


class Searching:
    """Searches above and answers below."""

    def __init__(self, feed: Feed, loop: asyncio.AbstractEventLoop) -> None:
        self._feed = feed
        self._loop = loop
        self._searches: Searches[tuple[Peer, Search]] = Searches()
        self._pages: dict[Peer, dict[str, tuple[str, Sequence[Stock]]]] = {}
        """What is left of the searches of each program: its label and its stocks, by key."""
        self._keys = 0
        self._flight: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def aclose(self) -> None:
        """End what is under way."""
        if self._timer is not None:
            self._timer.cancel()
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait({self._flight})

    def gone(self, peer: Peer) -> None:
        """Forget a program."""
        self._pages.pop(peer, None)

    def ask(self, peer: Peer, request: Search, condition: Condition) -> None:
        """Answer the first page of a search: now if somebody had it just before, else when it has come."""
        found = self._searches.ask((peer, request), peer, (condition, request.exchange), self._loop.time())
        if found is not None:
            self._answer(peer, request, found)
            return
        self._fly()
        self._arm()

    def go_on(self, peer: Peer, request: Search) -> None:
        """Answer a further page, which is as it was when the search began."""
        seq, stocks = self._pages.get(peer, {}).get(request.next_key, (None, ()))
        if seq == request.seq.strip():
            self._answer(peer, request, stocks)
        else:
            refuse(peer, request, *messages.PAGE_REFUSED)

    def _answer(self, peer: Peer, request: Search, stocks: Sequence[Stock]) -> None:
        """Send one page; what is left is kept under a key of its own."""
        key, label = "", request.seq.strip()
        if len(stocks) > PAGE:
            pages = self._pages.setdefault(peer, {})
            self._keys += 1
            key = f"{self._keys:020d}"
            pages[key] = (label, stocks[PAGE:])
            if len(pages) > MOST_PAGES:
                del pages[next(iter(pages))]
        rows = [stock_row(stock, LETTER + stock.code) for stock in stocks[:PAGE]]
        page = SearchPage(stocks=(), cont_yn="Y" if key else "N", next_key=key)
        peer.answer(request, page, writers.encode_search(label.ljust(3), rows or None, key))

    # ------------------------------------------------------------ above

    def _fly(self) -> None:
        what = self._searches.next()
        if what is not None:
            self._flight = self._loop.create_task(self._search(what), name="shared search")

    async def _search(self, what: What) -> None:
        """Search above, and answer whoever waits for it."""
        condition, exchange = what
        try:
            stocks = await self._feed.search(condition, exchange=exchange)
        except JogeonError as error:
            for peer, request in self._searches.failed():
                refuse_for(peer, request, error)
        else:
            for peer, request in self._searches.found(stocks, self._loop.time()):
                if not peer.ended:
                    self._answer(peer, request, stocks)
        self._fly()

    # ------------------------------------------------------------ time

    def _arm(self) -> None:
        """Look again when somebody's patience is over."""
        late = self._searches.next_late()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if late is None else self._loop.call_at(late, self._look)

    def _look(self) -> None:
        for peer, request in self._searches.late(self._loop.time()):
            refuse(peer, request, BUSY, SLOW)
        self._arm()
