"""Which condition and market a request is about, and whether the broker admits it: by list, exchange and pause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jogeon.simulator.broker.quotas import OVER_LIMIT
from jogeon.wire import messages
from jogeon.wire.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jogeon.events import Condition, Exchange
    from jogeon.server.peer import Peer
    from jogeon.simulator.broker.desks import Desks
    from jogeon.simulator.broker.quotas import Quotas
    from jogeon.simulator.broker.replies import Replies
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.market import Market
    from jogeon.wire.messages import Register, Search

BAD_VENUE: Final = 1903
QUIET: Final = Refusal(code="", text="")
"""What is noted where the broker says nothing."""


class Admission:
    """Admits searches and registrations, or answers them at once: refused, failed in words, or passed over."""

    def __init__(
        self, markets: Mapping[Exchange, Market], desks: Desks, switches: Switches, quotas: Quotas, replies: Replies
    ) -> None:
        self._markets = markets
        self._desks = desks
        self._switches = switches
        self._quotas = quotas
        self._replies = replies

    def condition(self, peer: Peer, request: Search | Register) -> Condition | None:
        """Return the condition a request is about; None if it was answered."""
        label = self._replies.dialect.label(request)
        unlisted = self._desks[peer].listed is None
        seq = self._desks[peer].meant(label, by_list=self._switches.seqs == "listed")
        found = next((condition for condition in self._markets["K"].conditions if condition.seq == seq), None)
        silent = self._switches.unlisted if unlisted else self._switches.unknown_seq if found is None else ""
        if silent == "silent":
            self._replies.give(peer, request, QUIET, None)
        elif found is None or (unlisted and self._switches.unlisted == "900004"):
            self._replies.refuse(peer, request, *messages.SEQ_REFUSED)
        elif self._switches.venues == "K" and request.exchange != "K":
            self._replies.refuse(peer, request, BAD_VENUE, "거래소구분 값이 올바르지 않습니다[1903:거래소구분 오류]")
        elif self._replies.fails():
            self._replies.give(peer, request, *self._replies.dialect.failed(label))
        else:
            return found
        return None

    def paused(self, peer: Peer, request: Search | Register, condition: Condition) -> bool:
        """Refuse what comes too soon after the last request for the condition; tell whether it did."""
        if not self._quotas.too_soon(peer.key, condition.name):
            return False
        text = f"같은 조건식은 {self._switches.pause:g}초에 한 번만 조회할 수 있습니다."
        self._replies.refuse(peer, request, OVER_LIMIT, text)
        return True

    def exchange(self, request: Search | Register) -> Exchange:
        """Return the exchange whose market a request is about: 통합 (A) is answered from KRX's."""
        return request.exchange if request.exchange in self._markets else "K"

    def market(self, request: Search | Register) -> Market:
        """Return the market a request is about."""
        return self._markets[self.exchange(request)]
