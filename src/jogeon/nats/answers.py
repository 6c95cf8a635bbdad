"""What a client that follows a stream is answered: the list, searches, and where its stream begins."""

import asyncio
import secrets
from collections.abc import Callable, Sequence

from msgspec.structs import force_setattr

from jogeon.errors import PositionError
from jogeon.events import Condition, State
from jogeon.journal.position import Position
from jogeon.nats.asking import Requester
from jogeon.nats.copy import Copy
from jogeon.reports import Report
from jogeon.wire import messages, writers
from jogeon.wire.lines import Line
from jogeon.wire.messages import (
    Clear,
    Follow,
    Following,
    ListConditions,
    Login,
    RegisterQuotes,
    RemoveQuotes,
    Request,
    Search,
)
from jogeon.wire.search_row import stock_row

LETTER = "A"
"""What stands before a code in searches, as the broker's."""
NOT_ANSWERED = "NATS로는 답하지 않는 요청입니다"


class Answers:
    """Answers one client on one connection, as a hub would; `copy()` is what its reader has of the stream.

    `resumed`: it goes on where the connection before it ended. `reading`: it goes on already. `prefix` stands before
    the names and seqs that the client sees, where it follows several hubs.
    """

    def __init__(self, asking: Requester, copy: Callable[[], Copy | None], prefix: str = "") -> None:
        self.resumed = False
        self.reading = False
        self._reader = secrets.token_hex(8)
        self.codes: frozenset[str] = frozenset()
        """The stocks whose trades the client registered."""
        self._asking = asking
        self._copy = copy
        self._prefix = prefix
        self._listing: list[Condition] = []
        self._labels: dict[str, dict[Condition, str]] = {}
        """How the client knows what it follows, by name and condition."""

    async def of(self, request: Request) -> bytes:
        """Return the answer to a request; raises what asking the hub raises, PositionError where nothing leads on."""
        match request:
            case Login():
                copy = self._copy()
                return writers.encode_login_accepted(journal="" if copy is None else copy.position.journal or "")
            case Clear(seq):
                return self._clear(seq)
            case ListConditions():
                answer = self.list()
            case Follow():
                answer = self._follow(request)
            case Search():
                answer = self._search(request)
            case RegisterQuotes() | RemoveQuotes():
                answer = self._register(request)
            case _:
                return writers.encode_refusal(request.trnm, messages.UNEXPECTED, NOT_ANSWERED)
        return await answer

    async def list(self) -> bytes:
        """Return the list of the hub, whose seqs count from now on."""
        self._listing = await self._asking.conditions()
        shown = sorted(self._listing, key=lambda condition: condition.seq)
        return writers.encode_list([[self._prefix + each.seq, self._prefix + each.name] for each in shown])

    async def _register(self, request: RegisterQuotes | RemoveQuotes) -> bytes:
        before = self.codes
        if isinstance(request, RemoveQuotes):
            after = before - set(request.codes)
        else:
            after = frozenset(request.codes) | (before if request.keep else frozenset())
        await self._asking.trades(self._reader, sorted(after))
        self.codes = after
        return writers.encode_acknowledged(request.trnm)

    async def repeat(self) -> None:
        """Repeat which stocks are registered, for the hub forgets who does not; raises what asking the hub raises."""
        if self.codes:
            await self._asking.trades(self._reader, sorted(self.codes))

    async def _search(self, request: Search) -> bytes:
        condition = self._meant(request.seq)
        if condition is None:
            return writers.encode_refusal(request.trnm, *messages.SEQ_REFUSED)
        stocks = await self._asking.search(condition, request.exchange)
        rows = [stock_row(stock, LETTER + stock.code) for stock in stocks]
        return writers.encode_search(request.seq.strip().ljust(3), rows or None)

    def _meant(self, seq: str) -> Condition | None:
        return next((each for each in self._listing if self._prefix + each.seq == seq.strip()), None)

    def _clear(self, seq: str) -> bytes:
        for named in self._labels.values():
            for condition in [each for each, known in named.items() if known == seq.strip()]:
                del named[condition]
        return writers.encode_cleared(seq)

    # ------------------------------------------------------------ the numbered stream

    def relabelled(self, line: Line) -> bool:
        """Let a line be of the condition as the client knows it; tell whether it follows that."""
        condition = line.event.condition
        if condition is None:
            return bool(self._labels)
        named = self._labels.get(condition.name, {})
        label = next(iter(named.values())) if len(named) == 1 else named.get(condition)
        added = isinstance(line.event, State) and line.event.state == "condition-added"
        if label is None and added and self._labels:
            label = self._prefix + condition.seq  # who follows everything does not know it yet
        if label is not None and (self._prefix or label != condition.seq):
            known = Condition(label, self._prefix + condition.name)
            force_setattr(line.event, "condition", known)  # nobody has seen it yet
        return label is not None

    async def _follow(self, request: Follow) -> bytes:
        wanted = [condition for seq in request.seqs if (condition := self._meant(seq)) is not None]
        if len(wanted) < len(request.seqs):
            return writers.encode_refusal(request.trnm, *messages.SEQ_REFUSED)
        await asyncio.gather(*(self._asking.follow(condition, request.exchange) for condition in wanted))
        copy = self._copy()
        if copy is None:
            raise PositionError(request.after, "hole", Report("stream broke off"))
        refused = self._refusal(request, wanted, copy) if request.after else ""
        for condition in wanted:
            self._labels.setdefault(condition.name, {})[condition] = self._prefix + condition.seq
        if request.after and not refused:
            return writers.encode_following(Following(request.after, resumed=True))
        shown = [each for one in wanted if (each := copy.shown(one, self._prefix + one.seq)) is not None]
        return writers.encode_following(Following(str(copy.position), shown=tuple(shown), refused=refused))

    def _refusal(self, request: Follow, wanted: Sequence[Condition], copy: Copy) -> str:
        """Return why the stream cannot go on behind a position, "" if it can."""
        try:
            after = Position.parse(request.after)
        except ValueError:
            return "unreadable"
        number = (after.epoch, after.n)
        if after.journal not in (None, copy.position.journal):
            return "foreign"
        if number == (copy.position.epoch, copy.position.n):
            return ""
        if not self.resumed:
            return "pruned"
        return "" if not self.reading or all(copy.last(each.name) <= number for each in wanted) else "pruned"
