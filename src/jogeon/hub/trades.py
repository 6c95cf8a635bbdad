"""Trades of single stocks for the programs below (REG, REMOVE of 0B), out of the one registration above.

A stock is wished for above once, for however many programs; its trades are passed on as they came. The broker's limit
holds for all together: who asks beyond it is refused as the broker does. Whatever else there is in real time does not
come through a hub, and who asks for it is told so: a registration that brings nothing looks like a quiet market.
"""

from collections.abc import Iterable, Sequence

from jogeon.hub.refusals import BAD_VENUE, OVER_LIMIT, refuse
from jogeon.live.feed import Feed
from jogeon.live.holding import PriceRow
from jogeon.server.frames import text_frame
from jogeon.server.groups import TOO_MANY, Groups
from jogeon.server.peer import Peer
from jogeon.wire.messages import UNEXPECTED, Acknowledged, RegisterQuotes, RemoveQuotes, TradeRow
from jogeon.wire.values import WORDS, bare_code
from jogeon.wire.writers import encode_acknowledged, encode_trades

TOO_MANY_STOCKS = "실시간 등록 허용 개수({limit})를 초과하였습니다"
ONLY_TRADES = "허브는 실시간 항목 중 주식체결(0B)만 전달합니다(type={types})"
ONLY_KRX = "허브는 KRX의 주식체결만 전달합니다(item={item})"
VENUES = ("_NX", "_AL")
"""What codes of another venue end in."""


class Trades:
    """Which programs hear of which stocks."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._groups: dict[Peer, Groups] = {}
        self._heard: dict[str, _Stock] = {}

    def change(self, peer: Peer, request: RegisterQuotes | RemoveQuotes) -> None:
        """Register stocks or let go of them, and answer; a refusal changes nothing."""
        if isinstance(request, RegisterQuotes) and (elsewhere := _elsewhere(request)) is not None:
            refuse(peer, request, *elsewhere)
            return
        groups = self._groups.setdefault(peer, Groups())
        codes = filter(None, map(bare_code, request.codes))
        group = groups.wanted(request, codes)
        added, gone = groups.moved(request.group, group)
        if isinstance(request, RegisterQuotes) and (over := self._over(groups, request.group, added, gone)):
            refuse(peer, request, OVER_LIMIT, over)
            return
        self._hear(peer, added, gone)
        groups.set(request.group, group)
        peer.answer(request, Acknowledged(), encode_acknowledged(request.trnm))

    def _over(self, groups: Groups, name: str, added: Sequence[str], gone: Sequence[str]) -> str:
        """Return why so much cannot be registered, "" if it can; what others hear already costs nothing above."""
        if groups.is_too_much(name):
            return TOO_MANY
        limit = self._feed.pricing.slots.limit
        begun = sum(code not in self._heard for code in added)
        ended = sum(len(self._heard[code].peers) == 1 for code in gone)
        return TOO_MANY_STOCKS.format(limit=limit) if len(self._heard) + begun - ended > limit else ""

    def gone(self, peer: Peer) -> None:
        """Forget a program."""
        self._hear(peer, (), list(self._groups.pop(peer, Groups()).items))

    def _hear(self, peer: Peer, added: Iterable[str], gone: Iterable[str]) -> None:
        was_idle = not self._heard
        for code in sorted(added):
            stock = self._heard.get(code)
            if stock is None:
                stock = self._heard[code] = _Stock()
                self._feed.pricing.wish(code, stock)
            stock.peers[peer] = None
        for code in sorted(gone):
            stock = self._heard[code]
            del stock.peers[peer]
            if not stock.peers:
                del self._heard[code]
                self._feed.pricing.unwish(code, stock)
        if was_idle and self._heard:
            self._feed.want_prices()
        elif not was_idle and not self._heard:
            self._feed.unwant_prices()


class _Stock:
    """Passes the trades of one stock on to whoever registered it."""

    __slots__ = ("peers",)

    def __init__(self) -> None:
        self.peers: dict[Peer, None] = {}

    def priced(self, row: PriceRow, price: int | None, at_ns: int, asked: int) -> None:
        """Take a price; only a trade is one that the broker would have pushed."""
        del price, at_ns, asked
        if isinstance(row, TradeRow):
            frame = text_frame(encode_trades((row,)))
            for peer in list(self.peers):
                peer.send(frame)


def _elsewhere(request: RegisterQuotes) -> tuple[int, str] | None:
    """Return how what is asked for is refused if it does not come through here."""
    if request.others:
        return UNEXPECTED, ONLY_TRADES.format(types=", ".join(request.others)[:WORDS])
    item = next((code for code in request.codes if code.endswith(VENUES)), None)
    return None if item is None else (BAD_VENUE, ONLY_KRX.format(item=item[:WORDS]))
