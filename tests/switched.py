"""A watch on the simulated broker in virtual time and without sockets, for every way its switches can stand.

VALUES    what is tried of each switch
Small     a market of few stocks
Link      one connection, seen from both ends: the client's Connection and the server's Peer
World     one run: switches, a market, a broker, and one client that watches while connections fail and numbers move

`python bench/switches.py` plays thousands of runs and counts which values of which switches met.
"""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import nullcontext
from random import Random
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from picows import WSCloseCode, WSFrame, WSMsgType, WSTransport
from picows.picows import _make_test_ws_frame  # picows' own way of making a frame without a socket

from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import JogeonError, RequestRefused
from jogeon.events import Condition, Gap
from jogeon.live.connection import Connection
from jogeon.live.policy import Policy
from jogeon.server.issued import TokenIssuer
from jogeon.server.peer import Peer
from jogeon.server.server import Server
from jogeon.simulator.broker.broker import SimulatedBroker
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.market import Change, Prices, moves
from oracle import (
    SECOND_NS,
    Seqs,
    Told,
    Truth,
    away,
    covered,
    differences,
    folded,
    follows_another,
    misplaced,
    second,
    shows_another,
    united,
)
from wire import Frame, VirtualLoop, drain, wall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from jogeon.events import Exchange
    from jogeon.live.receiving import Receiver
    from jogeon.watch import Watch
    from jogeon.wire.messages import ListConditions, Register, Search
    from jogeon.wire.stocks import ListedStock

VALUES: Final[Mapping[str, tuple[object, ...]]] = {
    "unlisted": ("silent", "900004", "allowed"), "unknown_seq": ("900004", "silent"), "second": ("900003", "silent"),
    "before_login": ("100013", "silent"), "seqs": ("now", "listed"), "bound": ("condition", "seq"),
    "side_by_side": (False, True), "outliving": (False, True), "beside": ("answered", "system"),
    "venues": ("KNA", "K"), "slow": (0.0, 1.0), "words": (0, 7), "empty_list": ("list", "null"),
    "list_rows": ("arrays", "objects"), "list_order": ("text", "number"), "list_name": ("CNSRLST", "CNSRLT"),
    "padded_names": (False, True), "padded_seq": ("searches", "always", "never"), "zero_padded": ("refused", "taken"),
    "empty_snapshot": ("null", "unnamed", "list"), "one_row": ("list", "object"), "search_rows": ("quotes", "codes"),
    "rates": ("thousandths", "percent"), "prefixes": ("snapshots", "never", "always"), "venue_suffix": (False, True),
    "error_seq": ("text", "field", "nowhere"), "login_code": (None, 3), "sor_yn": (True, False),
    "with_20": (True, False), "with_907": (True, False), "with_9081": (False, True), "mixed": (False, True),
    "clear_words": (False, True), "notice": (False, True), "page_size": (100, 2), "fragment": (0, 7),
    "ping": (10.0, 1.0), "ping_deadline": (40.0, 5.0), "login_deadline": (12.0, 5.0), "bare_ping": (False, True),
    "rfc_pong": (False, True), "frame_limit": (65_536, 1_024), "list_pause": (0.0, 1.0),
    "list_code": ("105110", "1700"), "max_conditions": (0, 10), "max_hits": (0, 100), "pause": (0.0, 60.0),
    "max_rate": (0, 5), "price_limit": (100, 5, 200), "group_limit": (0, 3), "reg_pause": (0.0, 1.0),
    "search_of_registered": ("keeps", "ends", "900003"),
}  # fmt: skip
"""What is tried of each switch, the default first."""
ELSEWHERE: Final = {
    "offered": "off, nothing can be watched",
    "names_page": "over HTTP",
    "rest_rate": "over HTTP",
    "prices_most": "over HTTP",
}
"""The switches that are not tried here, and why."""

NAMES: Final = ("급등주", "신고가 돌파", "거래량 급증", "눌림목", "대량 체결")
WATCHED: Final = NAMES[:4]
ABROAD: Final = NAMES[4]
"""Watched on NXT."""
CODES: Final = tuple(f"{number:05d}{letter}" for number, letter in enumerate("0K0D0H0A"))
RARE: Final = {NAMES[3]: CODES[:1]}
"""What is ever in a condition that is empty most of the time."""
PLAYED: Final = 60.0
"""Seconds of trading and failing."""
CALM: Final = 3_600.0
"""Seconds after which everything must be right, at the latest: some answers never come, and are waited for."""
RECHECK: Final = 20.0
ENDED_NS: Final = round(3 * RECHECK * SECOND_NS)
"""A registration that ended in silence is found by then, or a gap began meanwhile."""
LATENCY: Final = (0.001, 0.05)
NEW_NS: Final = 3 * SECOND_NS
"""A search that begins so soon after conditions moved may find what had its number before."""


# ---------------------------------------------------------------- the market


class Small:
    """A Market of few stocks. `trades` keeps every price that a stock was ever traded at."""

    def __init__(self, random: Random) -> None:
        self.codes = list(CODES)
        self.conditions = [Condition(str(seq), name) for seq, name in enumerate(NAMES)]
        self.trades = {code: [10_000 + place] for place, code in enumerate(CODES)}
        self._random = random
        self._followed: set[str] = set()
        self._members = {name: self._first(name) for name in NAMES}

    def members(self, seq: str) -> list[str]:
        """Return who is in a condition."""
        return list(self._members[self.name(seq)])

    def named(self, name: str) -> frozenset[str]:
        """Return who is in the condition of a name."""
        return frozenset(self._members[name])

    def prices(self, code: str) -> Prices:
        """Return what a stock was last traded at."""
        price = self.trades[code][-1]
        return Prices(
            code=code, name="가상", price=price, sign=2, change=1, rate=10, volume=10, open=price, high=price,
            low=price, base=price - 1, value=10**6, ask=price + 1, bid=price, quantity=1, strength=None, clock="090000",
        )  # fmt: skip

    def follow(self, code: str, *, on: bool) -> None:
        """Note whether a stock's trades are wanted."""
        (self._followed.add if on else self._followed.discard)(code)

    def listed(self, market: str) -> Sequence[ListedStock]:
        """Return nothing: names are asked for over HTTP."""
        del market
        return ()

    def renumber(self, seed: int) -> dict[str, str]:
        """Give every condition another one's seq."""
        moved = moves([condition.seq for condition in self.conditions], seed)
        self.conditions = [Condition(moved[each.seq], each.name) for each in self.conditions]
        return moved

    def change(self) -> Change:
        """Let a stock enter or leave a condition."""
        condition = self._random.choice(self.conditions)
        members, code = self._members[condition.name], self._random.choice(RARE.get(condition.name, CODES))
        entering = code not in members
        (members.append if entering else members.remove)(code)
        clock = f"0900{int(asyncio.get_running_loop().time()) % 60:02d}"
        return Change(condition.seq, condition.name, code, "I" if entering else "D", clock)

    def trade(self) -> list[Prices]:
        """Let a stock be traded; return it if that is wanted."""
        code = self._random.choice(CODES)
        self.trades[code].append(self._random.randint(1_000, 90_000))
        return [self.prices(code)] if code in self._followed else []

    def name(self, seq: str) -> str:
        """Return whose seq one is."""
        return next(condition.name for condition in self.conditions if condition.seq == seq)

    def _first(self, name: str) -> list[str]:
        return [] if name in RARE else self._random.sample(CODES, 3)


# ---------------------------------------------------------------- a connection without sockets


class _Close:
    def __init__(self, code: int, reason: str) -> None:
        self.code = WSCloseCode(code)
        self.reason = reason


class _Handshake:
    recv: _Close | None = None
    sent: _Close | None = None


class _End:
    """What both ends of a Link have of picows' and of asyncio's transports."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.close_handshake = _Handshake()

    @property
    def underlying_transport(self) -> _End:
        return self

    @property
    def is_disconnected(self) -> bool:
        return not self.link.open

    def get_extra_info(self, name: str) -> None:
        """Return nothing: there is no socket."""


class _ServersEnd(_End):
    """Takes the bytes that the server writes; nothing waits in it."""

    def write(self, frames: bytes) -> None:
        self.link.down(frames)

    def get_write_buffer_size(self) -> int:
        return 0

    def abort(self) -> None:
        self.link.break_off()

    close = abort

    def pause_reading(self) -> None:
        """Go on: nobody floods here."""

    resume_reading = pause_reading


class _ClientsEnd(_End):
    """Takes the messages that the client sends."""

    def send(self, kind: WSMsgType, text: bytes) -> None:
        self.link.up(kind, text)

    def send_close(self, code: WSCloseCode, reason: bytes = b"") -> None:
        self.link.up(WSMsgType.CLOSE, int(code.value).to_bytes(2, "big") + reason)

    def disconnect(self, graceful: bool = True) -> None:  # picows' own signature
        self.link.hang_up() if graceful else self.link.break_off()

    async def wait_disconnected(self) -> None:
        await self.link.gone.wait()


class Link:
    """One connection; what is sent arrives in order and after a while, unless it broke off. `dead`: nothing arrives."""

    def __init__(self, server: Server, receiver: Receiver, random: Random) -> None:
        self.open, self.dead = True, False
        self.gone = asyncio.Event()
        self.client = Connection(receiver, wall)
        self._loop = asyncio.get_running_loop()
        self._random = random
        self._peer = Peer(server)
        self._ends = _ClientsEnd(self), _ServersEnd(self)
        self._arrived = {True: 0.0, False: 0.0}
        self._peer.on_ws_connected(cast("WSTransport", self._ends[1]))
        self.client.on_ws_connected(cast("WSTransport", self._ends[0]))

    def up(self, kind: WSMsgType, payload: bytes) -> None:
        """Send a frame to the server."""
        frame = _make_test_ws_frame(kind, payload, True, False)
        self._send(True, lambda: self._peer.on_ws_frame(cast("WSTransport", self._ends[1]), frame))

    def down(self, data: bytes) -> None:
        """Send frames to the client, in one read."""
        self._send(False, lambda: self._read(list(_frames(data))))

    def hang_up(self) -> None:
        """Break off when what was sent has arrived."""
        self._send(True, self.break_off, whatever=True)

    def break_off(self) -> None:
        """End the connection at once; what is on its way is lost."""
        if self.open:
            self.open = False
            self._loop.call_soon(self._ended)

    def _ended(self) -> None:
        self._peer.on_ws_disconnected(cast("WSTransport", self._ends[1]))
        self.client.on_ws_disconnected(cast("WSTransport", self._ends[0]))
        self.gone.set()

    def _send(self, upwards: bool, arrive: Callable[[], object], *, whatever: bool = False) -> None:
        at = max(self._loop.time() + self._random.uniform(*LATENCY), self._arrived[upwards] + 1e-6)
        self._arrived[upwards] = at
        self._loop.call_at(at, lambda: arrive() if self.open and (whatever or not self.dead) else None)

    def _read(self, frames: list[tuple[int, bytes]]) -> None:
        for place, (head, payload) in enumerate(frames, 1):
            if not self.open:
                return
            made = _make_test_ws_frame(WSMsgType(head & 15), payload, bool(head & 128), False)
            if made.msg_type is WSMsgType.CLOSE:
                code, reason = int.from_bytes(payload[:2], "big"), payload[2:].decode()
                self._ends[0].close_handshake.recv = _Close(code, reason)
            last = place == len(frames)
            frame = made if last else cast("WSFrame", Frame(made, last=False))
            self.client.on_ws_frame(cast("WSTransport", self._ends[0]), frame)


def _frames(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield first bytes and payloads of the frames of a server."""
    while data:
        size, begin = data[1], 2
        if size > 125:
            begin = 4 if size == 126 else 10
            size = int.from_bytes(data[2:begin], "big")
        yield data[0], data[begin : begin + size]
        data = data[begin + size :]


# ---------------------------------------------------------------- one run


class _Broker(SimulatedBroker):
    """Notes whose registrations a search ends, and when they are registered."""

    def __init__(self, world: World, tokens: TokenIssuer, clock: Callable[[], float]) -> None:
        super().__init__(world.markets["K"], tokens, world.switches, clock, world.markets["N"])
        self._world = world

    def _list(self, peer: Peer, request: ListConditions) -> None:
        self._world.listed_ns = wall()
        super()._list(peer, request)

    def _clashes(self, peer: Peer, request: Search) -> bool:
        before = dict(self._desks[peer].registered)
        clashes = super()._clashes(peer, request)
        for label in before.keys() - self._desks[peer].registered.keys():
            _, seq = before[label]
            self._world.ended.append((self._world.markets["K"].name(seq), wall()))
        return clashes

    def _register(self, peer: Peer, request: Register) -> None:
        super()._register(peer, request)
        held = self._desks[peer].registered.get(self._dialect.label(request)) if not peer.ended else None
        if held is not None:
            name = self._world.markets["K"].name(held[1])
            self._world.registrations.append((request.seq, name, wall()))


class World:
    """One run of a client on a broker whose switches stand as given; `run` returns what is wrong, a sentence each."""

    def __init__(self, seed: int, switches: Mapping[str, object]) -> None:
        self.random = Random(seed)  # noqa: S311  # a drill to repeat, not a secret
        self.switches = msgspec.convert(dict(switches), Switches)
        self.markets: dict[Exchange, Small] = {"K": Small(self.random), "N": Small(self.random)}
        self.told: list[Told] = []
        self.truth: dict[str, Truth] = {name: [] for name in NAMES}
        self.seqs: dict[str, Seqs] = {name: [] for name in NAMES}
        self.listed_ns = 0
        """When the broker answered the last request for a list."""
        self.lists: list[int] = []
        """When lists were given."""
        self.ended: list[tuple[str, int]] = []
        """Names whose registration a search ended in silence, and when."""
        self.registrations: list[tuple[str, str, int]] = []
        """Seqs that were registered, the names they meant, and when."""
        self.moved: list[int] = []
        """When conditions were renumbered."""
        self.unheard: set[tuple[str, str, int]] = set()
        """Name, code and moment of the changes that were pushed to nobody."""
        self.wrong: list[str] = []
        self.scenes: list[str] = []
        self.searches = self.priced = 0
        self.links: list[Link] = []
        self.broker: SimulatedBroker
        self._server: Server
        self._trading = True

    def run(self) -> list[str]:
        """Trade and fail for a while, wait until all is right again, and judge."""
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(self._run())

    async def _run(self) -> list[str]:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.wrong.append(f"a defect: {context}"))
        tokens = TokenIssuer(loop.time)
        self.broker = _Broker(self, tokens, loop.time)
        self._server = Server(self.broker, self.switches.settings(), loop)
        endpoint = Endpoint(name="switched", websocket="ws://switched", tokens=FixedToken("demo"))
        policy = Policy(recheck=RECHECK, uniform=self.random.uniform, wall=wall, dial=self._dial)
        self._note()
        trading = asyncio.create_task(self._trade())
        try:
            async with Client(nullcontext(endpoint), name="switched", policy=policy) as client:
                client._feed.taps.append(self._came)
                await self._watch(client)
        except JogeonError as error:
            self.wrong.append(f"the client ended: {error!r}")
        finally:
            trading.cancel()
            await self._stop()
        return self.wrong + [wrong for name in self._good for wrong in self._judge(name)]

    @property
    def _good(self) -> tuple[str, ...]:
        """The names of which the truth can be told: what a broker refuses cannot."""
        return (*WATCHED, ABROAD) if self.switches.venues == "KNA" else WATCHED

    async def _watch(self, client: Client) -> None:
        async with contextlib.AsyncExitStack() as opened:
            watches = [await opened.enter_async_context(client.watch(*WATCHED, prices=True))]
            if self.switches.venues == "KNA":
                watches.append(await opened.enter_async_context(client.watch(ABROAD, exchange="N")))
            else:
                await self._be_refused(client)
            reading = [asyncio.create_task(self._read(each)) for each in watches]
            await self._fail(client)
            self._trading = False
            end = asyncio.get_running_loop().time() + CALM
            await asyncio.sleep(2)
            while (wrong := self._unlike(watches)) and asyncio.get_running_loop().time() < end:
                await asyncio.sleep(1)
            self.wrong += wrong + self._never_traded(watches[0])
            for task in reading:
                task.cancel()
            for ended in await asyncio.gather(*reading, return_exceptions=True):
                if not isinstance(ended, asyncio.CancelledError):
                    self.wrong.append(f"a watch ended: {ended!r}")
        for watch in watches:
            self.told += [Told(wall(), event) for event in drain(watch)]

    async def _be_refused(self, client: Client) -> None:
        """Watch on an exchange that this broker does not know: that is refused in its own words."""
        try:
            async with client.watch(ABROAD, exchange="N"):
                self.wrong.append("an exchange that is not known was taken")
        except RequestRefused as error:
            if error.code != "1903":
                raise

    async def _read(self, watch: Watch) -> None:
        async for event in watch:
            self.told.append(Told(wall(), event))

    async def _stop(self) -> None:
        for link in self.links:
            link.break_off()
        await self._server.stop()

    async def _dial(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
        del url, proxy
        await asyncio.sleep(self.random.uniform(*LATENCY))
        self.links.append(Link(self._server, receiver, self.random))
        return self.links[-1].client

    # ------------------------------------------------------------ what happens

    async def _trade(self) -> None:
        while True:
            await asyncio.sleep(self.random.expovariate(3.0))
            if self._trading:
                for exchange, market in self.markets.items():
                    change = market.change()
                    if not self._is_heard(exchange, change):
                        self.unheard.add((change.name, change.code, wall()))
                    self.broker.push([change], exchange)
                    self.broker.quote(market.trade(), exchange)
                self._note()

    def _is_heard(self, exchange: Exchange, change: Change) -> bool:
        """Tell whether a change is pushed to anybody."""
        return any(self.broker._desks.hearing((exchange, change.seq)).values())

    async def _fail(self, client: Client) -> None:
        """Play every scene once, in any order and at any moment."""
        scenes: dict[str, Callable[[], object]] = {
            "drop": self._drop, "close": self._close, "half-open": self._vanish, "renumber": self._renumber,
            "renumber and drop": self._renumber_and_drop,
        }  # fmt: skip
        loop = asyncio.get_running_loop()
        end = loop.time() + PLAYED
        moments = sorted((self.random.uniform(1, PLAYED), name) for name in (*scenes, "search", "search"))
        async with asyncio.TaskGroup() as beside:
            for at, name in moments:
                await asyncio.sleep(max(0.0, end - PLAYED + at - loop.time()))
                self.scenes.append(name)
                if name == "search":
                    beside.create_task(self._search(client))
                else:
                    scenes[name]()

    def _drop(self) -> None:
        for peer in self._server.peers:
            peer.reset()

    def _close(self) -> None:
        for peer in self._server.peers:
            peer.end(1000)

    def _vanish(self) -> None:
        """Let nothing go through any more, without a word to either end."""
        for link in self.links:
            link.dead = True

    def _renumber(self) -> None:
        """Give all conditions other numbers, where it can be known whose the pushes of a registration are then."""
        if self.switches.bound == "seq":
            return
        self.broker.renumber(self.random.randrange(1_000_000))
        self.moved.append(wall())
        self._note()

    def _renumber_and_drop(self) -> None:
        self._renumber()
        self._drop()

    async def _search(self, client: Client) -> None:
        """Search a condition: what is found was so at one moment of it; a refusal is an answer."""
        name, since_ns = self.random.choice(WATCHED), wall()
        with contextlib.suppress(JogeonError):
            found = frozenset([stock.code for stock in await client.search(name)])
            self.searches += 1
            truth = self.truth[name]
            possible = [codes for at, codes in truth if at > since_ns]
            possible += [codes for at, codes in truth if at <= since_ns][-1:]
            if found not in possible and not any(since_ns - NEW_NS < at for at in self.moved):
                self.wrong.append(f"a search of {name} at {second(since_ns)} found {sorted(found)}")

    # ------------------------------------------------------------ what is right

    def _note(self) -> None:
        """Keep the truth of now."""
        for name, kept in self.truth.items():
            now_in = self.markets["N" if name == ABROAD else "K"].named(name)
            if not kept or kept[-1][1] != now_in:
                kept.append((wall(), now_in))
        for each in self.markets["K"].conditions:
            if not self.seqs[each.name] or self.seqs[each.name][-1][1] != each.seq:
                self.seqs[each.name].append((wall(), each.seq))

    def _unlike(self, watches: Sequence[Watch]) -> list[str]:
        """Return which members are not the truth."""
        members: dict[str, Any] = {str(name): codes for watch in watches for name, codes in watch.members.items()}
        return [
            f"at rest {name} is {sorted(truth)}, the watch says {sorted(members.get(name, []))}"
            for name in self._good
            if (truth := self.truth[name][-1][1] or frozenset()) != set(members.get(name, ()))
        ]

    def _never_traded(self, watch: Watch) -> list[str]:
        """Return the prices that no stock was ever traded at."""
        shown = [(code, each.price) for prices in watch.prices.values() for code, each in prices.items() if each.price]
        self.priced = len(shown)
        return [f"{code} never cost {price}" for code, price in shown if price not in self.markets["K"].trades[code]]

    def _judge(self, name: str) -> Iterator[str]:
        """Find what is wrong with what was told of a condition: the fold is the truth outside the told gaps."""
        told = [each for each in self.told if getattr(getattr(each.event, "condition", None), "name", None) == name]
        history, wrong = folded(told)
        yield from (f"{name}: {sentence}" for sentence in wrong)
        if not history:
            yield f"{name}: was never shown"
            return
        gaps = [each.event for each in told if isinstance(each.event, Gap)]
        ended = [*self._ended(name, gaps), *((since, until + ENDED_NS) for since, until, _ in self.away(name))]
        excused = united([*((gap.since_ns, gap.until_ns) for gap in gaps), *ended])
        for code, begin, end, back in differences(self.truth[name], history, None):
            unknowable = back and (name, code, begin) in self.unheard  # in and out while nobody was told
            if not unknowable and not covered(begin, end, excused):
                yield f"{name}: {code} is wrong from {second(begin)} to {second(end)}, and no gap covers it"
        for place, each in enumerate(told):
            until_ns = getattr(each.event, "until_ns", None) or 0
            later = [other.event for other in told[place + 1 :] if isinstance(other.event, Gap)]
            anothers = [*later, *(gap for gap in gaps if follows_another(gap, told, self))]
            excusable = any(gap.since_ns <= until_ns <= gap.until_ns for gap in anothers)
            if not excusable and not shows_another(each.event, self):
                yield from (f"{name}: {sentence}" for sentence in misplaced(each.event, self.truth[name], ended))

    def _came(self, message: bytes, _at_ns: int) -> None:
        """Note that a list came: one that is lost on its way tells nobody anything."""
        if b'"CNSRLST"' in message[:40] or b'"CNSRLT"' in message[:40]:
            self.lists.append(self.listed_ns)

    def away(self, name: str) -> Iterator[tuple[int, int, str | None]]:
        """Yield from which list to which a name was elsewhere although both show it in one place, and that place."""
        return away(self.seqs[name], self.lists)

    def registered_as(self, seq: str, at_ns: int) -> str | None:
        """Return which name the registration of a seq was of that was carried out last at a moment."""
        names = [name for registered, name, at in self.registrations if registered == seq and at <= at_ns]
        return names[-1] if names else None

    def _ended(self, name: str, gaps: Sequence[Gap]) -> Iterator[tuple[int, int]]:
        """Yield when the registration of a name had been ended in silence by a search: only a recheck tells of that.

        If the connection breaks off before, its gap begins later.
        """
        for other, at in self.ended:
            if other == name:
                anew = [begun for _, registered, begun in self.registrations if registered == name and begun > at]
                shown = [gap.until_ns for gap in gaps if anew and gap.until_ns > anew[0]]
                yield at, min([at + ENDED_NS, *shown])
