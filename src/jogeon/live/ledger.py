"""The prices of one watch: who is in, at what price each entered, and what its consumer was not told yet. No I/O.

It is a sink like the queue of the watch, and follows the same conditions. What has changed is told once, by its latest
state, and of one member at most once in PACE seconds.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence

from jogeon.events import Condition, Enter, Event, Leave, Snapshot
from jogeon.live.holding import Holding
from jogeon.live.pricing import Pricing
from jogeon.prices import EntrySource, Price, Quote

PACE = 1.0
"""Seconds between two prices of one member."""
MOST_NEWS = 10_000
"""Changes that may wait; of more the oldest go, as for a watch whose price changes nobody reads."""
SECOND_NS = 1_000_000_000

Keep = Callable[[Quote, EntrySource | None], object]
"""Keeps a quote of a member, and that it is the price of an entry, if it is; it may neither wait nor raise."""


class Ledger:
    """The members of a watch with their prices; `on_news` is called when something is to be told."""

    def __init__(self, pricing: Pricing) -> None:
        self._pricing = pricing
        self._members: dict[Condition, dict[str, Holding]] = {}
        self._news: OrderedDict[Holding, None] = OrderedDict()
        """What has changed since it was told, the oldest change first."""
        self._told: dict[tuple[Condition, str], float] = {}
        """When each member was told of last."""
        self.on_news: Callable[[], object] = lambda: None
        self.keep: Keep | None = None
        """Where quotes are kept: of each stock at most one a second, and each entry's."""
        self._kept: dict[str, int] = {}
        """The second of the quote of each stock that was kept last."""

    # ------------------------------------------------------------ what the watch hears

    def put(self, event: Event) -> None:
        """Take one event."""
        match event:
            case Enter(condition=condition, code=code):
                self._enter(condition, code, first_seen=False)
            case Leave(condition=condition, code=code):
                self._leave(condition, code)
            case Snapshot(condition=condition, codes=codes):
                self._show(condition, codes)

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that belong together."""
        for event in events:
            self.put(event)

    def put_all(self, events: Sequence[Event]) -> None:
        """Take changes in order; this is the path of every push."""
        for event in events:
            if isinstance(event, Enter):
                self._enter(event.condition, event.code, first_seen=False)
            elif isinstance(event, Leave):
                self._leave(event.condition, event.code)

    def wake(self) -> None:
        """Do nothing: news wakes whoever reads."""

    def renumbered(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq."""
        held = self._members.pop(old, {})
        for code, holding in held.items():
            holding.condition = new
            self._told[new, code] = self._told.pop((old, code), -math.inf)
        self._members[new] = held

    def end(self) -> None:
        """Follow nothing any more."""
        for condition in list(self._members):
            self.let_go(condition)

    def let_go(self, condition: Condition) -> None:
        """Follow one condition no longer."""
        for code in list(self._members.get(condition, ())):
            self._leave(condition, code)
        self._members.pop(condition, None)

    def _enter(self, condition: Condition, code: str, *, first_seen: bool) -> None:
        held = self._members.setdefault(condition, {})
        if code not in held:
            holding = held[code] = Holding(condition, code, first_seen=first_seen)
            holding.on_priced = self._note
            self._pricing.enter(holding)

    def _leave(self, condition: Condition, code: str) -> None:
        holding = self._members.get(condition, {}).pop(code, None)
        if holding is None:
            return
        self._pricing.leave(holding)
        self._kept.pop(code, None)
        if holding.told or holding.first_seen:
            self._news.pop(holding, None)

    def _show(self, condition: Condition, codes: Sequence[str]) -> None:
        """Bring the members in line with a snapshot; who is shown without an enter was in before."""
        for code in self._members.get(condition, {}).keys() - set(codes):
            self._leave(condition, code)
        for code in codes:
            self._enter(condition, code, first_seen=True)

    # ------------------------------------------------------------ what its consumer hears

    def _note(self, holding: Holding) -> None:
        if self.keep is not None and holding.price_at_ns is not None:
            self._keep(holding, holding.price_at_ns // SECOND_NS, self.keep)
        if not holding.settled or (holding.left and holding.told):
            return
        if holding not in self._news:
            self._news[holding] = None
            if len(self._news) > MOST_NEWS:
                self._news.popitem(last=False)
            self.on_news()

    def _keep(self, holding: Holding, second: int, keep: Keep) -> None:
        entry = None if holding.kept else holding.entry_source
        if entry is None and self._kept.get(holding.code) == second:
            return
        holding.kept, self._kept[holding.code] = True, second
        quote = self._pricing.quote(holding.code)
        if quote is not None:
            keep(quote, entry)

    def pop(self, now: float) -> list[Price]:
        """Return what has changed, of each member its present state; what was told within PACE seconds waits."""
        due = []
        for holding in list(self._news):
            if now - self._last_told(holding) >= PACE:
                del self._news[holding]
                holding.told = True
                self._told[holding.condition, holding.code] = now
                due.append(holding)
        if len(self._told) > 2 * sum(map(len, self._members.values())) + 1000:
            self._told = {member: at for member, at in self._told.items() if now - at < PACE}
        return [self._pricing.price(holding) for holding in due]

    def next_due(self) -> float | None:
        """Return when `pop` will have something, None if nothing has changed."""
        return min((self._last_told(holding) + PACE for holding in self._news), default=None)

    def _last_told(self, holding: Holding) -> float:
        return self._told.get((holding.condition, holding.code), -math.inf)

    def prices(self, condition: Condition) -> dict[str, Price]:
        """Return what is known of each member of a condition."""
        return {code: self._pricing.price(holding) for code, holding in self._members.get(condition, {}).items()}
