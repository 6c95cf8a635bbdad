"""The simulated broker's quotes of single stocks: who registered what (REG, REMOVE), and who hears of a trade (0B).

A registration is an item as the program wrote it, its label: a code, with _NX for a stock on NXT. It lives in a group
of its connection and dies with the connection. An item in two groups counts once, and is pushed once.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jogeon.server.groups import TOO_MANY, Groups
from jogeon.simulator.broker.quotas import TOO_FREQUENT
from jogeon.wire import writers
from jogeon.wire.messages import ARRAY_REFUSED, RegisterQuotes
from jogeon.wire.values import stock_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jogeon.events import Exchange
    from jogeon.server.peer import Peer
    from jogeon.simulator.broker.faults import Standing
    from jogeon.simulator.broker.quotas import Quotas
    from jogeon.simulator.broker.switches import Switches
    from jogeon.simulator.market.market import Market
    from jogeon.wire.messages import RemoveQuotes

OVER_LIMIT, OVER_GROUP = 105115, 105118

Topic = tuple["Exchange", str]
"""An exchange, and a code that is traded there."""


class QuoteDesk:
    """The registrations of all connections. `refused` counts refusals by their codes."""

    def __init__(
        self, markets: Mapping[Exchange, Market], switches: Switches, standing: Standing, quotas: Quotas
    ) -> None:
        self.refused = Counter(dict.fromkeys(map(str, (TOO_FREQUENT, ARRAY_REFUSED[0], OVER_LIMIT, OVER_GROUP)), 0))
        self._standing = standing
        self._quotas = quotas
        self._markets = markets
        self._switches = switches
        self._groups: dict[Peer, Groups] = {}
        self._streams: dict[Topic, dict[str, dict[Peer, None]]] = {}  # topic → label → who

    @property
    def registered(self) -> list[str]:
        """The items that anybody has registered, in order."""
        return sorted({label for stream in self._streams.values() for label in stream})

    def change(self, peer: Peer, request: RegisterQuotes | RemoveQuotes) -> tuple[int, str] | None:
        """Register items or let go of them; return code and text of a refusal, which changes nothing."""
        if code := self._standing.refuse_reg:
            return int(code), "실시간 등록 요청을 처리할 수 없습니다"
        if self._quotas.registered_too_soon(peer.key):
            return TOO_FREQUENT, "해당 TRNM 으로 허용된 요청 건수 초과"
        groups = self._groups.setdefault(peer, Groups())
        group = groups.wanted(request, request.codes)
        added, gone = groups.moved(request.group, group)
        if isinstance(request, RegisterQuotes):
            count = len(groups.items) + len(added) - len(gone)
            if refusal := self._over(groups, request.group, len(group), count):
                return refusal
        self._hear(peer, added, gone)
        groups.set(request.group, group)
        return None

    def misshapen(self, trnm: str) -> bytes:
        """Return the refusal of a REG or REMOVE in which an array is missing."""
        self.refused[str(ARRAY_REFUSED[0])] += 1
        return writers.encode_refusal(trnm, *ARRAY_REFUSED)

    def _over(self, groups: Groups, name: str, size: int, count: int) -> tuple[int, str] | None:
        """Return why a group cannot have so many items, or the connection so many in all."""
        most, most_in_group = self._switches.price_limit, self._switches.group_limit
        if groups.is_too_much(name):
            return OVER_LIMIT, TOO_MANY
        if most and count > most:
            return OVER_LIMIT, f"실시간 등록 허용 개수({most})를 초과하였습니다"
        if most_in_group and size > most_in_group:
            return OVER_GROUP, f"그룹별 실시간 등록 허용 개수({most_in_group})를 초과하였습니다"
        return None

    def close(self, peer: Peer) -> None:
        """Forget a connection."""
        self._hear(peer, (), list(self._groups.pop(peer, Groups()).items))

    def hearing(self, topic: Topic) -> Mapping[str, Iterable[Peer]]:
        """Return who hears of a stock, by the label each knows it under."""
        return self._streams.get(topic, {})

    def _hear(self, peer: Peer, added: Iterable[str], gone: Iterable[str]) -> None:
        """Let a connection hear of what is registered now, and no more of what is not; tell the markets."""
        for label in added:
            exchange, code = topic = self._topic(label)
            self._streams.setdefault(topic, {}).setdefault(label, {})[peer] = None
            self._markets[exchange].follow(code, on=True)
        for label in gone:
            exchange, code = topic = self._topic(label)
            stream = self._streams[topic]
            del stream[label][peer]
            if not stream[label]:
                del stream[label]
            if not stream:
                del self._streams[topic]
                self._markets[exchange].follow(code, on=False)

    def _topic(self, label: str) -> Topic:
        """Return what an item means; 통합 (_AL), and NXT where it has no market of its own, is answered from KRX's."""
        return "N" if label.endswith("_NX") and "N" in self._markets else "K", stock_code(label)
