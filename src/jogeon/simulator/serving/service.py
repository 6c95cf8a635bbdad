"""A broker over any market, listening: the wire, HTTP beside it, faults and the truth."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from typing import TYPE_CHECKING, Any, Self

import msgspec

from jogeon.server.issued import TokenIssuer
from jogeon.server.server import open_door, serve
from jogeon.simulator.broker.broker import SimulatedBroker
from jogeon.simulator.broker.faults import Faults
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.serving.trades import TradeLog
from jogeon.simulator.serving.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from jogeon.events import Exchange
    from jogeon.server.door import Door
    from jogeon.server.http import RestServer
    from jogeon.server.server import Server
    from jogeon.simulator.market.market import Change, Market, Prices, Traded


class Service:
    """A broker in this process, listening between `async with`; `_run` moves its market.

    `rest_port` None leaves HTTP away. `token` is then the only good one; without it, "demo" and issued ones are.
    InvalidAddress and CannotServe for what cannot be served.
    """

    websocket: str
    rest: str

    def __init__(
        self,
        market: Market,
        *,
        nxt: Market | None = None,
        seed: int,
        host: str,
        port: int,
        rest_port: int | None,
        switches: Switches | None,
        token: str | None,
    ) -> None:
        self._host, self._port, self._rest_port = host, port, rest_port
        self._switches = Switches() if switches is None else switches
        self._tokens = TokenIssuer(time.time, token)
        self._truths: dict[Exchange, Truth] = {"K": (krx := Truth()), "N": krx if nxt is None else Truth()}
        self._trades: dict[Exchange, TradeLog] = {
            "K": (krx_trades := TradeLog(market.codes)),
            "N": krx_trades if nxt is None else TradeLog(nxt.codes),
        }
        self._seeds = itertools.count(seed + 1)
        self._shown: dict[Exchange, Market] = {"K": market, "N": nxt or market}
        self._broker = SimulatedBroker(market, self._tokens, self._switches, time.monotonic, nxt)
        self._server: Server
        self._faults: Faults
        self._rest_server: RestServer | None = None
        self._clockwork: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        listening = None if self._rest_port is None else open_door(self._host, self._rest_port)
        try:
            self._server = await serve(self._broker, self._host, self._port, settings=self._switches.settings())
        except BaseException:
            if listening is not None:
                listening.close()
            raise
        self.websocket = self._server.address
        self._faults = Faults(self._broker.standing, self._server, self._seqs, self._renumber)
        if listening is not None:
            self._serve_http(listening)
        self._clockwork = asyncio.create_task(self._run(), name="market")
        return self

    def _serve_http(self, listening: Door) -> None:
        from jogeon.server.http import Group, RestServer
        from jogeon.server.stock_routes import stock_routes
        from jogeon.server.token_routes import token_routes
        from jogeon.simulator.broker.stocks import SimulatedStocks
        from jogeon.simulator.serving.control import control_routes, refusable

        standing = self._broker.standing
        tokens = refusable(token_routes(self._tokens), lambda: standing.refuse_token)
        answering = SimulatedStocks(self._shown, self._tokens, self._switches, self._broker.quotas, time.time_ns)
        stocks = refusable(stock_routes(answering), lambda: standing.refuse_rest, lambda: standing.slow_rest)
        groups = Group(tokens), Group(stocks), Group(control_routes(self.truth_pieces, self.quote_pieces, self.fault))
        self._rest_server = RestServer(groups, listening)
        self.rest = self._broker.rest = self._rest_server.address

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clockwork.cancel()
        self._faults.end()
        if self._rest_server is not None:
            await self._rest_server.stop()
        await self._server.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await self._clockwork

    async def run(self) -> None:
        """Wait until the market has come to its end, if it has one; raises what it failed with."""
        await asyncio.shield(self._clockwork)

    def truth(self, since: int = 0, limit: int | None = None, exchange: Exchange = "K") -> dict[str, Any]:
        """Return names and members now, how many connected and logged in, and the changes after number `since`.

        Of those that are kept, from number `first` on, the first `limit`. Each exchange has changes of its own.
        """
        return self._moment(exchange) | {"changes": self._truths[exchange].since(since, limit)}

    def truth_pieces(self, since: int = 0, limit: int | None = None, exchange: Exchange = "K") -> Iterator[bytes]:
        """Yield `truth` as pieces of one JSON text, each made in about a millisecond."""
        yield from _pieces(self._moment(exchange), "changes", self._truths[exchange].slices(since, limit))

    def quotes(self, since: int = 0, limit: int | None = None, exchange: Exchange = "K") -> dict[str, Any]:
        """Return what is registered with REG, how many REG were refused, and the trades after number `since`.

        Of those that are kept, from number `first` on, the first `limit`. Each exchange has trades of its own.
        """
        return self._registered(exchange) | {"trades": self._trades[exchange].since(since, limit)}

    def quote_pieces(self, since: int = 0, limit: int | None = None, exchange: Exchange = "K") -> Iterator[bytes]:
        """Yield `quotes` as pieces of one JSON text, each made in about a millisecond."""
        yield from _pieces(self._registered(exchange), "trades", self._trades[exchange].slices(since, limit))

    def _registered(self, exchange: Exchange) -> dict[str, Any]:
        desk = self._broker.quotes
        return {"registered": desk.registered, "refused": dict(desk.refused), "first": self._trades[exchange].first}

    def _moment(self, exchange: Exchange) -> dict[str, Any]:
        market = self._shown[exchange]
        conditions = market.conditions
        return {
            "names": {condition.seq: condition.name for condition in conditions},
            "members": {condition.seq: market.members(condition.seq) for condition in conditions},
            "connections": self._broker.connections,
            "logins": self._broker.logins,
            "first": self._truths[exchange].first,
        }

    def fault(self, order: dict[str, Any]) -> dict[str, Any]:
        """Play faults, or end them with {}; return what is on now. InvalidFault says what is wrong with an order."""
        self._faults.post(order)
        standing: dict[str, Any] = msgspec.structs.asdict(self._broker.standing)
        return standing

    def _trade(self, traded: Traded, quotes: Sequence[Prices], exchange: Exchange) -> None:
        """Note what a market has just traded, and push it."""
        self._trades[exchange].add(traded, time.time_ns())
        self._broker.quote(quotes, exchange)

    def _tell(self, changes: Sequence[Change], exchange: Exchange = "K") -> None:
        """Note what changed, and push it."""
        self._truths[exchange].add(changes, time.time_ns())
        self._broker.push(changes, exchange)

    def _seqs(self) -> list[str]:
        return [condition.seq for condition in self._shown["K"].conditions]

    def _renumber(self) -> None:
        self._broker.renumber(next(self._seeds))

    async def _run(self) -> None:
        raise NotImplementedError


def _pieces(head: dict[str, Any], name: str, rows: Iterator[bytes]) -> Iterator[bytes]:
    """Yield a JSON object that ends in a list, which comes in pieces."""
    yield msgspec.json.encode(head)[:-1] + f',"{name}":'.encode()
    yield from rows
    yield b"}"
