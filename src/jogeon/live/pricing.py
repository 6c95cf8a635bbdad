"""What is known of prices: the last quote of each stock, who follows it, and whose turn it is. No I/O, no clock.

Trades (0B) come for the stocks that have a slot (`slots`), all others are asked for in turn (ka10095, `turns`). Both
write the same book. A price that was pushed on a connection that is gone is stale until another one comes.
"""

import heapq
import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence

from jogeon.live.holding import TRADED, Holding, PriceFollower, PriceRow
from jogeon.live.slots import PRICE_LIMIT, Slots
from jogeon.live.turns import Turns
from jogeon.prices import Price, Quote
from jogeon.wire.messages import TradeRow
from jogeon.wire.quotes import price_of, quote_of
from jogeon.wire.stocks import MOST_ASKED, PricedStock

ENTRY_PATIENCE = 10.0
"""Seconds after which an entry has no price any more: a later one would be that of another moment."""
MOST_PENDING = 10_000
"""Entries that wait for their price; of more the first go without. Requests price some hundreds in that time."""

QUIET = 20.0
"""Seconds without a trade after which a stock with a slot is asked for in turn as well: it may lose the slot any time,
and its price is to be no older then than any other."""


class Pricing:
    """The book of prices of one client. `now` is monotonic seconds, `at_ns` the wall clock.

    `name_of` returns the name of a stock, or None.
    """

    def __init__(self, name_of: Callable[[str], str | None] = lambda _: None, limit: int = PRICE_LIMIT) -> None:
        self.slots = Slots(self.ranking, limit)
        self.slots.on_begun = self.begun
        self.slots.on_lost = self.lost
        self.turns = Turns(MOST_ASKED)
        self.name_of = name_of
        self.on_change: Callable[[], object] = lambda: None
        """Called when somebody else may be due than before."""
        self._book: dict[str, tuple[PriceRow, int, int]] = {}
        """The last row of each stock, when it came, and on which life of the connection."""
        self._ends: list[int] = []
        """Until when trades were heard on each life of the connection that is over."""
        self._traded: set[str] = set()
        """Stocks that were traded since prices were asked for last."""
        self._asked = 0
        """The number of the last request."""
        self._codes: tuple[str, ...] = ()
        """The stocks that were asked for last."""
        self._followers: dict[str, dict[PriceFollower, None]] = {}
        self._held: dict[str, list[Holding]] = {}
        """The stays of each member."""
        self._order: dict[str, int] = {}
        """Of each member the best rank of its stays."""
        self._numbers = itertools.count(1)
        self._wished: Counter[str] = Counter()
        self._pending: deque[Holding] = deque()
        """Entries without a price, in order."""

    # ------------------------------------------------------------ who follows what

    def enter(self, holding: Holding) -> None:
        """Follow a stock that is a member from now on."""
        code = holding.code
        holding.number = next(self._numbers)
        self._order[code] = max(holding.rank, self._order.get(code, holding.rank))
        self._held.setdefault(code, []).append(holding)
        self.follow(code, holding)
        known = self._book.get(code)
        if holding.first_seen and known is not None and known[2] == len(self._ends):
            holding.priced(known[0], _price(known[0]), known[1], TRADED)
        if not holding.settled:
            self._wait(holding)
        self._changed()

    def _wait(self, holding: Holding) -> None:
        if holding.first_seen:
            self.turns.unpriced(holding.code)
        else:
            self.turns.entered(holding.code)
            self._pending.append(holding)
            if len(self._pending) > MOST_PENDING:
                self._wait_no_more()

    def _wait_no_more(self) -> None:
        """Let the first of the entries that wait go without a price, unless it has one."""
        holding = self._pending.popleft()
        if not holding.settled:
            holding.give_up()
        if holding.left:
            self.unfollow(holding.code, holding)

    def leave(self, holding: Holding) -> None:
        """End a stay's claim to a slot; an entry that still waits for its price goes on waiting."""
        holding.left = True
        code = holding.code
        held = self._held.get(code, [])
        if holding in held:
            held.remove(holding)
        if held:
            self._order[code] = max(each.rank for each in held)
        else:
            self._held.pop(code, None)
            self._order.pop(code, None)
        if holding.settled or holding.first_seen:
            self.unfollow(code, holding)
        self._changed()

    def wish(self, code: str, follower: PriceFollower) -> None:
        """Follow a stock that somebody named; it goes before all members."""
        self._wished[code] += 1
        self.follow(code, follower)
        self.turns.entered(code)
        self._changed()

    def unwish(self, code: str, follower: PriceFollower) -> None:
        """Take a wish back."""
        self._wished -= Counter((code,))
        self.unfollow(code, follower)
        self._changed()

    def follow(self, code: str, follower: PriceFollower) -> None:
        """Tell somebody each price of a stock, without a wish for more of them."""
        self._followers.setdefault(code, {})[follower] = None

    def unfollow(self, code: str, follower: PriceFollower) -> None:
        """Tell somebody no more; what nobody follows is forgotten."""
        followers = self._followers.get(code, {})
        followers.pop(follower, None)
        if not followers:
            self._followers.pop(code, None)
            self._book.pop(code, None)
            self.turns.priced(code)

    def _changed(self) -> None:
        self.slots.changed()
        self.on_change()

    @property
    def wanted(self) -> bool:
        """Whether anybody follows a stock."""
        return bool(self._followers)

    def ranking(self, most: int) -> Sequence[str]:
        """Return the stocks that deserve a slot, best first: those that were named, then the newest entries."""
        named = list(self._wished)[:most]
        members = heapq.nlargest(most, self._order, key=self._order.__getitem__)
        return [*named, *(code for code in members if code not in self._wished)][:most]

    # ------------------------------------------------------------ what comes

    def traded(self, rows: Sequence[TradeRow], at_ns: int) -> None:
        """Take trades that were pushed; this is the path of every trade."""
        for row in rows:
            code = row.item
            followers = self._followers.get(code)
            if followers is not None:
                self._book[code] = (row, at_ns, len(self._ends))
                self._traded.add(code)
                price = price_of(row)
                if price is not None:
                    self.turns.priced(code)  # leave the room in the next request to who has none
                for follower in tuple(followers):
                    follower.priced(row, price, at_ns, TRADED)

    def ask(self, now: float) -> tuple[str, ...]:
        """Return the stocks to ask for now, none if it is not time.

        `answered`, `refused` or `turns.failed` tells what came of it.
        """
        codes = self.turns.next_codes(now)
        if codes:
            self._asked, self._codes = next(self._numbers), codes
            self._traded.clear()
        return codes

    def answered(self, stocks: Iterable[PricedStock], now: float, at_ns: int) -> None:
        """Take the answer to what was asked for last; a trade that came meanwhile is newer.

        Who named a stock that is not in it, and of which nothing else is known, is told so by an empty row.
        """
        self.turns.answered(now)
        known = {stock.code: stock for stock in stocks}
        unknown = [code for code in self._codes if code in self._wished and code not in known | self._book]
        for stock in (*known.values(), *(PricedStock(code, "") for code in unknown)):
            followers = self._followers.get(stock.code)
            if followers is None:
                continue
            if stock.code not in self._traded:
                self._book[stock.code] = (stock, at_ns, len(self._ends))
            for follower in tuple(followers):
                if isinstance(follower, Holding) or stock.code not in self._traded:  # else it was told the newer one
                    follower.priced(stock, stock.price, at_ns, self._asked)

    def refused(self, now: float, at_ns: int) -> None:
        """Note that the broker does not know a stock that was asked for last: of several, not which."""
        if len(self._codes) > 1:
            self.turns.refused_together(len(self._codes), now)
            return
        self.answered((), now, at_ns)
        for code in self._codes:
            self.turns.refused_alone(code)

    def tick(self, now: float, at_ns: int) -> None:
        """Give up entries that wait too long, and note who is to be asked for in turn."""
        for holding in reversed(self._pending):  # those that came since the last look stand at the end
            if holding.waits_since is not None:
                break
            holding.waits_since = now
        while self._pending and self._is_over(self._pending[0], now):
            self._wait_no_more()
        ages = {code: self._age(code, at_ns) for code in (*self._wished, *self._order)}
        pushed = self.slots.registered & self._book.keys()  # of what has no price yet, the answer may have left it out
        take = (code for code, age in ages.items() if code not in pushed or age >= QUIET)
        self.turns.take_turns({code: now - ages[code] for code in take})

    def _age(self, code: str, at_ns: int) -> float:
        known = self._book.get(code)
        return 0.0 if known is None else max(0, at_ns - known[1]) / 1e9

    @staticmethod
    def _is_over(holding: Holding, now: float) -> bool:
        since = holding.waits_since
        return holding.settled or (since is not None and now - since >= ENTRY_PATIENCE)

    # ------------------------------------------------------------ the connection

    def lost(self, heard_ns: int) -> None:
        """Note that no trades are heard any more since `heard_ns`."""
        self._ends.append(heard_ns)
        self._traded.clear()

    def begun(self) -> None:
        """Ask for the prices that became stale instead of waiting for the next trades."""
        for code, (_, _, life) in self._book.items():
            if life != len(self._ends):
                self.turns.unpriced(code)

    # ------------------------------------------------------------ what is known

    def quote(self, code: str) -> Quote | None:
        """Return what is known of a stock, None if nothing is."""
        known = self._book.get(code)
        if known is None:
            return None
        row, at_ns, life = known
        name = self.name_of(code)
        stale = self._ends[life] if life < len(self._ends) else None
        return _of_trade(row, name, at_ns, stale) if isinstance(row, TradeRow) else _of_stock(row, name, at_ns, stale)

    def price(self, holding: Holding) -> Price:
        """Return what is known of a member."""
        quote = self.quote(holding.code)
        entry = (holding.entry_price, holding.entry_at_ns, holding.entry_source)
        condition, code = holding.condition, holding.code
        if quote is None:  # it has left
            seen = (holding.price, holding.price_at_ns)
            return Price(condition, code, self.name_of(code), *entry, *seen, high=holding.high, low=holding.low)
        return Price(
            condition,
            code,
            quote.name,
            *entry,
            price=quote.price,
            price_at_ns=quote.at_ns,
            change=quote.change,
            rate=quote.rate,
            volume=quote.volume,
            high=holding.high,
            low=holding.low,
            stale_since_ns=quote.stale_since_ns,
            sign=quote.sign,
        )


def _price(row: PriceRow) -> int | None:
    return price_of(row) if isinstance(row, TradeRow) else row.price


def _of_trade(row: TradeRow, name: str | None, at_ns: int, stale: int | None) -> Quote:
    read = quote_of(row)
    return Quote(
        code=read.code, at_ns=at_ns, name=name, price=read.price, change=read.change, rate=read.rate, sign=read.sign,
        ask=read.ask, bid=read.bid, quantity=read.quantity, volume=read.volume, value=read.value, open=read.open,
        high=read.high, low=read.low, strength=read.strength, clock=read.clock, stale_since_ns=stale,
    )  # fmt: skip


def _of_stock(row: PricedStock, name: str | None, at_ns: int, stale: int | None) -> Quote:
    return Quote(
        code=row.code, at_ns=at_ns, name=name or row.name or None, price=row.price, change=row.change, rate=row.rate,
        sign=row.sign, ask=row.ask, bid=row.bid, volume=row.volume, value=row.value, open=row.open, high=row.high,
        low=row.low, clock=row.clock, date=row.date, source="quote", stale_since_ns=stale,
    )  # fmt: skip
