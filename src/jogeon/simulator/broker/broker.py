"""The simulated broker: answers the wire from a market, and pushes what changes to whoever registered it.

A registration follows its condition through a renumbering (or, by switch, stays with the number) and goes on under the
seq it was made with. Whatever is listed later has the new seqs; what is searched or registered later means them, too,
or by switch those of the session's last list.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from jogeon.server.frames import NORMAL
from jogeon.server.peer import LoginVerdict
from jogeon.simulator.broker.admission import Admission
from jogeon.simulator.broker.desks import Desks, Held
from jogeon.simulator.broker.dialect import BESIDE, NOTICE, Dialect
from jogeon.simulator.broker.faults import Standing
from jogeon.simulator.broker.pushes import Pushes
from jogeon.simulator.broker.quotas import OVER_LIMIT, TOO_FREQUENT, Quotas
from jogeon.simulator.broker.quotedesk import QuoteDesk
from jogeon.simulator.broker.replies import Replies
from jogeon.wire import messages, writers
from jogeon.wire.messages import (
    Acknowledged,
    Clear,
    ConditionList,
    ListConditions,
    LoginAccepted,
    Register,
    Registered,
    RegisterQuotes,
    RemoveQuotes,
    Search,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jogeon.events import Exchange
    from jogeon.server.issued import TokenIssuer
    from jogeon.server.peer import Peer
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.market import Change, Market, Prices
    from jogeon.wire.messages import Login, Request, Unknown

HOLD: Final = 1.0
"""Seconds after which a held snapshot goes out, whatever was pushed."""
MOST_PAGES: Final = 8
"""Searches a peer can have open at a time."""
NOT_OFFERED: Final = 8104
LIST_TOO_SOON: Final = {
    "105110": (105110, "해당 TRNM 으로 허용된 요청 건수 초과"),
    "1700": (5, "허용된 요청 개수를 초과하였습니다[1700:허용된 API 요청 개수를 초과하였습니다]"),
}


class SimulatedBroker:
    """A Backend over a market. `clock` tells seconds that only grow.

    `nxt` is the market of those who ask with stex_tp N; without it, they get the same as all others.
    `on_register(seq)` is called before real time of a condition is answered with its members.
    """

    def __init__(
        self,
        market: Market,
        tokens: TokenIssuer,
        switches: Switches,
        clock: Callable[[], float],
        nxt: Market | None = None,
    ) -> None:
        self.standing = Standing()
        self.connections = 0
        self.logins = 0
        self.rest: str | None = None
        """Where HTTP is served, told to a login that asks for it."""
        self.on_register: Callable[[str], object] = lambda _: None
        self._market = market
        self._markets: dict[Exchange, Market] = {"K": market} if nxt is None else {"K": market, "N": nxt}
        self._tokens = tokens
        self._switches = switches
        self._clock = clock
        self._dialect = Dialect(switches)
        self.quotas = Quotas(switches, clock)
        self._desks = Desks()
        self.quotes = QuoteDesk(self._markets, switches, self.standing, self.quotas)
        self._pushes = Pushes(self._desks, self.quotes, self._dialect, self.standing, switches.fragment)
        self._ghosts: set[tuple[str, str]] = set()
        self._page_keys = 0
        self._replies = Replies(self.standing, switches, self._dialect)
        self._answer = self._replies.give
        self._admission = Admission(self._markets, self._desks, switches, self.quotas, self._replies)

    # ------------------------------------------------------------ a Backend

    def connected(self, peer: Peer) -> None:
        """Count a connection, or turn it away."""
        self.connections += 1
        if self.standing.reject_for:
            peer.end(NORMAL)

    def login(self, peer: Peer, request: Login) -> LoginVerdict:
        """Judge a token."""
        key = self._tokens.owner(request.token)
        if key is None or self.standing.refuse_login:
            return LoginVerdict(*self._dialect.login_refused(self.standing.refuse_login or "8005"))
        self.logins += 1
        self._desks.open(peer)
        rest = self.rest if request.extended else None
        return LoginVerdict(LoginAccepted(rest), self._dialect.login_accepted(rest), key)

    def requested(self, peer: Peer, request: Request) -> None:
        """Answer a request."""
        if self.standing.lose_request:
            self.standing.lose_request -= 1
        elif self.quotas.too_frequent(peer.key):
            self._refuse(peer, request, TOO_FREQUENT, "요청이 너무 많습니다")
        elif not self._switches.offered:
            self._refuse(peer, request, NOT_OFFERED, "모의투자에서는 지원하지 않는 서비스입니다[8104:모의투자 미지원]")
        else:
            self._do(peer, request)

    def _do(self, peer: Peer, request: Request) -> None:
        match request:
            case ListConditions():
                self._list(peer, request)
            case Search():
                self._search(peer, request)
            case Register():
                self._register(peer, request)
            case Clear():
                self._clear(peer, request)
            case RegisterQuotes() | RemoveQuotes():
                self._quote(peer, request)

    def unknown(self, peer: Peer, message: Unknown) -> None:
        """Miss a parameter in what is not a request."""
        if message.trnm in ("REG", "REMOVE"):
            peer.say(self.quotes.misshapen(message.trnm))
        elif message.trnm in ("CNSRREQ", "CNSRCLR"):
            peer.say(writers.encode_missing(message.trnm, "seq"))
        else:
            peer.say(writers.encode_missing("", "trnm"))

    def gone(self, peer: Peer) -> None:
        """Forget a peer."""
        self.quotes.close(peer)
        labels = self._desks.close(peer)
        if self._switches.outliving:
            self._ghosts.update((peer.key, label) for label in labels)

    # ------------------------------------------------------------ requests

    def _list(self, peer: Peer, request: ListConditions) -> None:
        if self.quotas.listed_too_soon(peer.key):
            self._refuse(peer, request, *LIST_TOO_SOON[self._switches.list_code])
            return
        conditions = self._market.conditions
        self._desks[peer].listed = {condition.seq: condition.seq for condition in conditions}
        self._answer(peer, request, ConditionList(tuple(conditions)), self._dialect.listing(conditions))
        if self._switches.notice:
            peer.say(NOTICE)

    def _search(self, peer: Peer, request: Search) -> None:
        condition = self._admission.condition(peer, request)
        if condition is None:
            return
        if self._switches.beside == "system" and self._desks[peer].registered:
            peer.end(NORMAL, text=BESIDE)
            return
        if self._clashes(peer, request):
            return
        pages = self._desks[peer].pages
        if request.cont_yn == "Y":
            seq, codes = pages.get(request.next_key, ("", []))
            if seq != self._dialect.label(request):
                self._refuse(peer, request, *messages.PAGE_REFUSED)
                return
        elif self._admission.paused(peer, request, condition):
            return
        else:
            codes = self._admission.market(request).members(condition.seq)
        self._page(peer, request, codes, pages)

    def _clashes(self, peer: Peer, request: Search) -> bool:
        """Let a search of a condition that is registered do what the switch says; True if it is refused."""
        label = self._dialect.label(request)
        if self._switches.search_of_registered == "keeps" or label not in self._desks[peer].registered:
            return False
        if self._switches.search_of_registered == "ends":
            self._desks.unregister(peer, label)
            return False
        self._refuse(peer, request, *messages.TWICE_REFUSED)
        return True

    def _page(self, peer: Peer, request: Search, codes: list[str], pages: dict[str, tuple[str, list[str]]]) -> None:
        """Send one page; what is left is kept as it was when the search began, under a key of its own."""
        size = self._switches.page_size
        key = ""
        if len(codes) > size:
            self._page_keys += 1
            key = f"{self._page_keys:020d}"
            pages[key] = (self._dialect.label(request), codes[size:])
            if len(pages) > MOST_PAGES:
                del pages[next(iter(pages))]
        quotes = [self._admission.market(request).prices(code) for code in codes[:size]]
        page = messages.SearchPage(stocks=(), cont_yn="Y" if key else "N", next_key=key)
        text = self._dialect.page(self._dialect.label(request), quotes, request.exchange, key)
        self._answer(peer, request, page, text)

    def _register(self, peer: Peer, request: Register) -> None:
        condition = self._admission.condition(peer, request)
        label = self._dialect.label(request)
        if condition is None or self._doubled(peer, request, label):
            return
        self.on_register(condition.seq)
        codes = self._admission.market(request).members(condition.seq)
        desk = self._desks[peer]
        if self._admission.paused(peer, request, condition):
            return
        if limit := self.quotas.too_many(len(desk.registered), len(codes)):
            self._refuse(peer, request, OVER_LIMIT, f"{limit}.")
            return
        self._desks.register(peer, label, (self._admission.exchange(request), condition.seq))
        held = Held(request, codes, self.standing.push_before_reply, self._clock() + HOLD)
        if held.pushes:
            desk.held[label] = held
        else:
            self._reply(peer, held)

    def _doubled(self, peer: Peer, request: Register, label: str) -> bool:
        """Refuse a seq that is registered already."""
        if label not in self._desks[peer].registered and (peer.key, label) not in self._ghosts:
            return False
        refusal, reply = self._dialect.refusal("CNSRREQ", *messages.TWICE_REFUSED, label)
        self._answer(peer, request, refusal, None if self._switches.second == "silent" else reply)
        return True

    def _reply(self, peer: Peer, held: Held) -> None:
        text = self._dialect.snapshot(self._dialect.label(held.request), held.codes, held.request.exchange)
        self._answer(peer, held.request, Registered(tuple(held.codes)), text)

    def _clear(self, peer: Peer, request: Clear) -> None:
        """Stop real time; a seq that was not registered is acknowledged all the same."""
        label = self._dialect.label(request)
        self._ghosts.discard((peer.key, label))
        if label in self._desks[peer].registered:
            self._desks.unregister(peer, label)
        self._answer(peer, request, messages.Cleared(), self._dialect.cleared(label))

    def _refuse(self, peer: Peer, request: Request, code: int, text: str) -> None:
        if isinstance(request, RegisterQuotes | RemoveQuotes):
            self.quotes.refused[str(code)] += 1
        self._replies.refuse(peer, request, code, text)

    def _quote(self, peer: Peer, request: RegisterQuotes | RemoveQuotes) -> None:
        """Register single stocks, or let go of them."""
        refusal = self.quotes.change(peer, request)
        if refusal is None:
            self._answer(peer, request, Acknowledged(), writers.encode_acknowledged(request.trnm))
        else:
            self._refuse(peer, request, *refusal)

    # ------------------------------------------------------------ pushes

    def renumber(self, seed: int) -> None:
        """Give the conditions other seqs; registrations stay with their conditions."""
        moved = [market.renumber(seed) for market in self._markets.values()]
        self.moved(moved[0])  # all have the same conditions, so all moved alike

    def moved(self, seqs: Mapping[str, str]) -> None:
        """Take note that conditions have other seqs now, by those before."""
        if self.standing.mute is not None:
            self.standing.mute = seqs.get(self.standing.mute, self.standing.mute)
        self._desks.moved(seqs, stays=self._switches.bound == "condition")

    @property
    def watching(self) -> list[Peer]:
        """Who registered a condition."""
        return self._desks.watching

    def registered(self) -> Counter[tuple[str, str]]:
        """Return who has real time of what: keys and names of conditions."""
        names = {condition.seq: condition.name for condition in self._market.conditions}
        desks = ((peer.key, self._desks[peer]) for peer in self.watching)
        return Counter((key, names[seq]) for key, desk in desks for _, seq in desk.registered.values())

    def is_registered(self, seq: str) -> bool:
        """Tell whether anybody has real time of a condition."""
        return any(any(self._desks.hearing((exchange, seq)).values()) for exchange in self._markets)

    def quote(self, stocks: Sequence[Prices], exchange: Exchange = "K") -> None:
        """Send trades of an exchange's market to whoever registered their stocks, in order."""
        self._pushes.quote(stocks, exchange)

    def push(self, changes: Sequence[Change], exchange: Exchange = "K") -> None:
        """Send changes to whoever registered their conditions, in order, then the snapshots they have overtaken."""
        self._pushes.push(changes, exchange)
        for peer, held in self._desks.waiting(self._clock()):
            self._reply(peer, held)
