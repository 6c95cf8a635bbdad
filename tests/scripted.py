"""Watches on a scripted broker through random faults, in virtual time; oracle.py judges what they told.

World     one seed: a market, a broker with faults and doubtful ways, a network with latency, and one client: it watches
          three conditions all the while, other watches come and go beside it, some read slowly, and it searches
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter, defaultdict
from contextlib import nullcontext
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, cast

from msgspec.structs import replace

from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import (
    AmbiguousCondition,
    ConnectionLost,
    CouldNotConnect,
    JogeonError,
    LocalProtocolError,
    RequestRefused,
    RequestTimeout,
    UnknownCondition,
)
from jogeon.events import Event, Gap, State
from jogeon.live.connection import Connection
from jogeon.live.policy import Policy
from jogeon.live.serving import REPLACE_PAUSE
from jogeon.testing.script import Script
from oracle import REST, SECOND_NS, Reader, Seqs, Told, Truth, away, judge, second
from wire import START_NS, VirtualLoop, Wire, drain, wall

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator

    from picows import WSTransport

    from jogeon.events import Exchange
    from jogeon.live.receiving import Receiver
    from jogeon.testing.conditions import Saved
    from jogeon.testing.links import Link, Request
    from jogeon.watch import Watch
    from wire import Broker as BrokerByTheBook

NAMES = ("급등주", "신고가 돌파", "거래량 급증", "눌림목")
WATCHED = (NAMES[0], NAMES[1], NAMES[3])
CODES = tuple(f"{number:05d}{letter}" for number, letter in enumerate("0K0D0H0A"))
RARE = CODES[:2]
"""All that is ever in the last condition, which is empty most of the time."""

RECHECK = 40.0
LATENCY = (0.001, 0.2)
NEWS_NS = 250_000_000
"""The news of one push takes so long at most."""
GRACE_NS = 3_000_000_000
"""A push this soon after a snapshot that agrees with it proves nothing (rule 5)."""
PATIENCE = 4.5
"""Seconds after which the client may have given a request up."""
LATEST_NS = 60_000_000_000
"""No reply comes later than that."""
STAY = (5.0, 150.0)
"""Seconds for which a watch that comes and goes stays."""
PAUSE = 50.0
"""Seconds between two that watch or search beside, unless it is said otherwise."""
SET_BACK_NS = 100_000 * SECOND_NS
"""The client's clock is set by so much, which is longer than any seed: what it tells can be told apart."""
COPIED = b" "
"""What ends a copy that is sent seconds after an answer, to know it by, and means nothing."""
WAYS: dict[str, tuple[object, ...]] = {
    "unlisted": ("silent", "900004", "allowed"),
    "twice": ("900003", "silent"),
    "numbering": ("now", "listed"),
    "bare_empty": (False, True),
    "exclusive": (True, False),
}
"""What nobody knows for certain of the broker; each seed draws its own."""


# ---------------------------------------------------------------- a broker without sockets


class _Transport:
    """Carries texts to one client, in order and with latency; a reset loses what is on its way."""

    def __init__(self, world: Dialled, wire: Wire) -> None:
        self._world = world
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._last = 0.0
        self._broken = False

    def send(self, text: bytes) -> None:
        self._after(self._deliver, text, wall())

    def close(self, code: int | None, reason: str) -> None:
        self._after(self._wire.close, code or 1000, reason)

    def reset(self) -> None:
        self._broken = True
        self._loop.call_soon(self._wire.drop)

    def _after(self, call: Callable[..., object], *arguments: object) -> None:
        self._last = max(self._loop.time() + self._world.random.uniform(*LATENCY), self._last + 1e-6)
        self._loop.call_at(self._last, lambda: None if self._broken else call(*arguments))

    def _deliver(self, text: bytes, sent_ns: int) -> None:
        if self._wire.open:
            self._world.heard_ns.append(wall())
        if self._wire.open and text.startswith(b'{"trnm": "CNSRLST", "return_code": 0'):
            if text in self._world.copies:
                self._world.outdated.append((self._world.copies[text], wall()))
            elif sent_ns not in self._world.late_lists:
                self._world.lists.append(sent_ns)
        elif self._wire.open and text.startswith(b'{"data": [{"values"'):
            for row in json.loads(text)["data"]:
                values = row["values"]
                push = (values["841"], row["item"], values["843"])
                self._world.delivered[push].append((wall(), values.get("20", "")))
        elif text.startswith(b'{"trnm": "CNSRREQ"'):
            seq = json.loads(text).get("seq", "")
            self._world.shown[seq].append(wall())
            if text in self._world.copies:
                self._world.repeated(self._wire, seq.strip())
        self._wire.push(text)


class Dialled(Script):
    """A scripted broker that is dialled without a socket, on a loop whose time is virtual."""

    def __init__(self, conditions: dict[str, Iterable[str]], random: Random) -> None:
        super().__init__(conditions)
        self.random = random
        self.heard: list[dict[str, Any]] = []  # for Wire
        self.shut = False
        self.delivered: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
        """When a push of a seq, code and kind reached the client, and the time that stood in it."""
        self.whose: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
        """Whose the pushes of a seq, code, kind and time were; a seq is one name's today and another's tomorrow."""
        self.shown: dict[str, list[int]] = defaultdict(list)
        """When a snapshot of a seq reached the client."""
        self.registrations: dict[str, list[tuple[int, str]]] = defaultdict(list)
        """When a registration of a seq was carried out, and the name that it had then."""
        self.lists: list[int] = []
        """When the lists were sent that reached the client, in time."""
        self.late_lists: set[int] = set()
        """When lists were sent that may be nobody's: the client may have given them up."""
        self.copies: dict[bytes, int] = {}
        """The answers that come once more, seconds later, and when each was given first."""
        self.outdated: list[tuple[int, int]] = []
        """When each list that came once more was given, and when its copy reached the client."""
        self.heard_ns: list[int] = []
        """When anything reached the client."""
        self.unsent: set[tuple[str, str, int]] = set()
        """Name, code and moment of the changes that were lost before they were sent."""
        self.ended: list[tuple[str, int]] = []
        """Names of which nobody hears, and since when.

        A stop that was given up and is carried out late ends a registration in silence. Or the reply to the one before
        comes in the place of that to one that was lost.
        """
        self.clock_error_ns = 0
        self._sent = 0
        self._by_wire: dict[Wire, Link] = {}

    async def dial(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
        """Make a connection for a Client."""
        del proxy
        await asyncio.sleep(self.random.uniform(*LATENCY))
        if self.shut:
            raise CouldNotConnect(address=url, reason="refused", detail="refused")
        wire = Wire(cast("BrokerByTheBook", self))
        wire.client = Connection(receiver, self.wall)
        wire.client.on_ws_connected(cast("WSTransport", wire))
        self._by_wire[wire] = self._opened(_Transport(self, wire))
        return wire.client

    def wall(self) -> int:
        """Return the wall clock of the client, which may be set."""
        return wall() + self.clock_error_ns

    def on_message(self, wire: Wire, message: dict[str, Any]) -> None:
        """Hear a client (called by its Wire)."""
        text = json.dumps(message).encode()
        self._later(self.random.uniform(*LATENCY), lambda: self._heard(self._by_wire[wire], text))

    def usual(self, request: Request) -> list[object]:
        """Carry out a request; note a registration, or that a stop ends one of which nobody hears any more."""
        bound = self._links[request.connection].bound.get(request.seq)
        answers = super().usual(request)
        now_bound = self._links[request.connection].bound.get(request.seq)
        if now_bound is not None and now_bound is not bound:
            self.registrations[request.seq].append((wall(), now_bound.name))
        given_up = self._time() - request.at > PATIENCE
        if given_up and request.trnm == "CNSRLST":
            self.late_lists.add(wall())
        if request.trnm == "CNSRCLR" and bound is not None and given_up and not answers:
            self.ended.append((bound.name, wall()))
        return answers

    def repeated(self, wire: Wire, seq: str) -> None:
        """Note that the reply of a condition comes once more: it passes for that to a registration that was lost."""
        if seq not in self._by_wire[wire].bound:
            self.ended += [(saved.name, wall()) for saved in self._conditions.saved if saved.seq == seq]

    def proves(self, name: str, seq: str, code: str, kind: str, begin: int, end: int) -> bool:
        """Tell whether a push of a name was heard that proves a miss: no repeat, and not in a snapshot's grace."""
        heard = self.delivered[seq, code, kind]
        return any(
            begin < at <= end + NEWS_NS  # what began it proves nothing against it
            and name in self.whose[seq, code, kind, clock]
            and not any(earlier < at and clock == time for earlier, time in heard)
            and not any(at - GRACE_NS <= shown <= at for shown in (*self.shown[seq], *self.shown[""]))
            for at, clock in heard
        )

    def _send_oddly(self, link: Link, message: dict[str, Any], saved: Saved | None) -> None:
        sent = self._sent
        if saved is not None:
            for values in (row["values"] for row in message["data"]):
                self.whose[values["841"], values["9001"], values["843"], values.get("20", "")].add(saved.name)
        super()._send_oddly(link, message, saved)
        if self._sent == sent and saved is not None:
            self.unsent.update((saved.name, row["item"], wall()) for row in message["data"])

    def _send(self, link: Link, answers: Iterable[object]) -> None:
        self._sent += 1
        super()._send(link, answers)

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, call)

    def _time(self) -> float:
        return wall() / SECOND_NS


# ---------------------------------------------------------------- the world of one seed


class World:
    """Everything of one seed; `run` returns what is wrong, a sentence each."""

    def __init__(self, seed: int, faults: Iterable[str], recheck: float = RECHECK, pause: float = PAUSE) -> None:
        self.random = Random(seed)  # noqa: S311  # a drill to repeat, not a secret
        self.broker = Dialled({name: self._draw(name) for name in NAMES}, self.random)
        self.ways = {way: Random(f"{way} {seed}").choice(values) for way, values in WAYS.items()}  # noqa: S311
        for way, value in self.ways.items():
            setattr(self.broker, way, value)
        self.client: Client
        self.others = Random(f"others {seed}")  # noqa: S311
        self.played: list[tuple[float, str]] = []
        self.reader = Reader(WATCHED)
        self.guests: list[Reader] = []
        self.counts: Counter[str] = Counter()
        self.late: list[tuple[int, int]] = []
        """Stretches in which news may be on its way for long: somebody did not run."""
        self.truth: dict[str, Truth] = {name: [] for name in NAMES}
        self.seqs: dict[str, Seqs] = {name: [] for name in NAMES}
        self.wrong: list[str] = []
        self._beside: set[asyncio.Task[None]] = set()
        self._given_up: list[tuple[str, int]] = []
        """The name of each search that was not answered in time, and when it began."""
        self._faults = sorted(faults)
        self._recheck = recheck
        self._pause = pause
        self._trading = True

    def run(self, seconds: float = 300.0) -> list[str]:
        """Trade and fail for so long, rest, and judge."""
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(self._run(seconds))

    async def _run(self, seconds: float) -> list[str]:
        endpoint = Endpoint(name="scripted", websocket="ws://scripted", tokens=FixedToken("demo"))
        policy = Policy(
            recheck=self._recheck, uniform=self.random.uniform, wall=self.broker.wall, dial=self.broker.dial
        )
        self.note()
        trading, coming = asyncio.create_task(self._trade()), asyncio.create_task(self._come())
        try:
            async with Client(nullcontext(endpoint), name="scripted", policy=policy) as self.client:
                async with self.client.watch(*WATCHED) as watch:
                    reading = asyncio.create_task(self._read(watch))
                    await self._fail(seconds)
                    await self._rest()
                    await self._settle(watch)
                    reading.cancel()
                    await asyncio.gather(reading, return_exceptions=True)
                    if not reading.cancelled() and (error := reading.exception()) is not None:
                        self.wrong.append(f"the watch ended: {error!r}")
                self.told += [Told(wall(), by_the_clock(event)) for event in drain(watch)]
        except JogeonError as error:
            self.wrong.append(f"the client ended: {error!r}")
        finally:
            trading.cancel()
            coming.cancel()
        self.counts.update({"logins": self.broker.logins, "requests": len(self.broker.requests)})
        self.counts["events"] = sum(len(reader.told) for reader in (self.reader, *self.guests))
        return self.wrong + judge(self)

    @property
    def told(self) -> list[Told]:
        """What the watch was told that stays all the while."""
        return self.reader.told

    @told.setter
    def told(self, told: list[Told]) -> None:
        self.reader.told = told

    async def _read(self, watch: Watch) -> None:
        async for event in watch:
            self.told.append(Told(wall(), by_the_clock(event)))

    async def _trade(self) -> None:
        while True:
            await asyncio.sleep(self.random.expovariate(1.0))
            if self._trading:
                for _ in range(self.random.choice((1, 1, 1, 5))):
                    self.change()

    async def _come(self) -> None:
        """Let others watch and search now and then."""
        while True:
            await asyncio.sleep(self.others.expovariate(1 / self._pause))
            if self._trading and hasattr(self, "client"):
                what = self.others.choice(("a watch", "a slow watch", "a search"))
                self.beside(self.search() if what == "a search" else self.visit(slowly="slow" in what), what)

    def change(self) -> None:
        """Let a stock enter or leave somewhere."""
        members = self.broker.members
        name = self.random.choice([name for name in members if name in NAMES] or list(members))
        code = self.random.choice(RARE if name == NAMES[3] else CODES)
        (self.broker.leave if code in members[name] else self.broker.enter)(name, code)
        self.counts["changes"] += 1
        self.note()

    async def _fail(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while self._faults and loop.time() < end:
            await asyncio.sleep(self.random.expovariate(0.1))
            name = self.random.choice(self._faults)
            self.played.append((round(loop.time(), 3), name))
            FAULTS[name](self)
            self.note()

    async def _rest(self) -> None:
        """End all that lasts; the market goes on for a while, then it stands still."""
        self.broker.shut = False
        self.broker.calm()
        self.broker.thaw()
        await asyncio.sleep(REST / 2)
        self._trading = False
        await asyncio.sleep(REST / 2)

    async def _settle(self, watch: Watch) -> None:
        """Compare at the quiet point; a connection that owes replies is replaced at most once in so many seconds."""
        if any(self._unsettled(watch)):
            await asyncio.sleep(REPLACE_PAUSE)
        self.wrong += self._unsettled(watch)
        if self._beside:
            await asyncio.wait(self._beside, timeout=REST)  # a search that is not answered holds up those behind it
        if self._beside:
            self.wrong.append(f"at rest {sorted(task.get_name() for task in self._beside)} has not ended")
            await asyncio.wait([task for task in self._beside if task.cancel()])

    def _unsettled(self, watch: Watch) -> Iterator[str]:
        truth = self.broker.members
        for name in WATCHED:
            told = watch.members.get(name)
            if name in truth and (told is None or set(told) != truth[name]):
                yield f"at rest {name} is {sorted(truth[name])}, the watch says {told and sorted(told)}"

    # ------------------------------------------------------------ beside the watch that stays

    def beside(self, work: Coroutine[None, None, None], name: str) -> None:
        """Let something be done beside it; what may go wrong there is counted, what may not is noted."""

        async def done() -> None:
            try:
                await work
            except (UnknownCondition, AmbiguousCondition, ConnectionLost, RequestRefused, RequestTimeout) as error:
                self.counts[f"{name}: {type(error).__name__}"] += 1
            except JogeonError as error:
                self.wrong.append(f"{name} at {second(wall())}: {error!r}")

        task = asyncio.create_task(done(), name=name)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def visit(self, *, slowly: bool) -> None:
        """Watch some conditions for a while, perhaps on another exchange; a slow reader keeps little and lags."""
        draw = self.others
        names = tuple(draw.sample(NAMES, draw.randint(1, 3)))
        exchange: Exchange = "K" if set(names) & set(WATCHED) else draw.choice(("K", "N", "A"))
        guest, bound = Reader(names), draw.randint(3, 40) if slowly else 1_000
        others = [other for other in self.guests if other.left_ns is None and NAMES[2] in other.names]
        self.guests.append(guest)
        try:
            async with self.client.watch(*names, exchange=exchange, max_events=bound) as watch:
                reading = asyncio.create_task(self._read_slowly(watch, guest) if slowly else _read_all(watch, guest))
                await asyncio.sleep(draw.uniform(*STAY))
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
            await _read_all(watch, guest)
        except LocalProtocolError:
            if NAMES[2] not in names or not others:
                raise
            self.counts["watch refused: another exchange"] += 1
        else:
            self.counts["slow watches" if slowly else "watches"] += 1
            self._check(guest)
        finally:
            guest.left_ns = guest.told[-1].at_ns if guest.told else wall()

    def _check(self, guest: Reader) -> None:
        """Look at the form of what a watch told that has ended."""
        last = guest.told[-1].event
        self.counts["gaps for lagging"] += sum(getattr(each.event, "cause", "") == "lagged" for each in guest.told)
        if not isinstance(last, State) or last.state != "ended":
            self.wrong.append(f"a watch of {guest.names} ends at {second(wall())} with {last}")

    async def _read_slowly(self, watch: Watch, guest: Reader) -> None:
        while True:
            await asyncio.sleep(self.others.uniform(0.1, 40))
            for event in await watch.batch(self.others.choice((1, 5, 1000))):
                _note(guest, event)

    async def search(self) -> None:
        """Search a condition; what is found was so at one moment of it, unless the condition moved meanwhile.

        Two replies to searches of one condition look alike. So it may be as old as a question that was given up; or as
        an answer that came once more; or as the registration whose snapshot was taken for it, because that came late,
        or once more just after the question: rows of bare codes were seen in answers to searches, too.
        """
        name, since_ns = self.others.choice(NAMES), wall()
        try:
            found = frozenset([stock.code for stock in await self.client.search(name)])
        except RequestTimeout:
            self._given_up.append((name, since_ns))
            raise
        self.counts["searches"] += 1
        asked = [at for other, at in self._given_up if other == name and at > since_ns - LATEST_NS]
        copied = [at for at in self.broker.copies.values() if at > since_ns - LATEST_NS]
        lately = [fault for at, fault in self.played if wall() - START_NS - at * SECOND_NS < LATEST_NS]
        if any("late" in fault for fault in lately):
            asked += [since_ns - LATEST_NS]
        if "registration doubled" in lately:
            asked += [since_ns - 2 * NEWS_NS]
        moved = [at for at, _ in self.seqs[name] if min([since_ns - 2 * SECOND_NS, *copied]) < at]
        truth, asked_ns = self.truth[name], min([since_ns, *asked, *copied])
        possible = [codes for at, codes in truth if at > asked_ns]
        possible += [codes for at, codes in truth if at <= asked_ns][-1:]
        if found not in possible and not moved:
            self.wrong.append(f"a search of {name} from {second(since_ns)} to {second(wall())} found {sorted(found)}")

    def note(self) -> None:
        """Keep the truth of now."""
        members, now = self.broker.members, wall()
        for name, kept in self.truth.items():
            now_in = frozenset(members[name]) if name in members else None
            if not kept or kept[-1][1] != now_in:
                kept.append((now, now_in))
        named = {each.name: each.seq for each in self.broker._conditions.saved}
        for name, known in self.seqs.items():
            if not known or known[-1][1] != named.get(name):
                known.append((now, named.get(name)))

    def seqs_of(self, name: str) -> set[str]:
        """Return under which seqs a name was ever saved."""
        return {seq for _, seq in self.seqs[name] if seq is not None}

    def unknowable(self, name: str) -> Iterator[tuple[int, int]]:
        """Yield when nobody can know that a name was elsewhere.

        What was registered while it was is another's until it is registered anew. So it is where a registration ended
        in silence, of which only a recheck tells; and where a list that shows a name in its old place comes once more,
        and is taken for a new one.
        """
        for other, since in self.broker.ended:
            if other == name:
                yield since, since + round((self._recheck + REST) * SECOND_NS)
        for since, until, _ in self.away(name):
            yield since, until + round((self._recheck + REST) * SECOND_NS)
        for since, until in self.broker.outdated:
            if any(since < at <= until for at, _ in self.seqs[name]):
                yield since, until + round((self._recheck + REST) * SECOND_NS)

    def away(self, name: str) -> Iterator[tuple[int, int, str | None]]:
        """Yield from which list to which a name was elsewhere although both show it in one place, and that place."""
        return away(self.seqs[name], self.broker.lists)

    def registered_as(self, seq: str, at_ns: int) -> str | None:
        """Return which name the registration of a seq was of that was carried out last at a moment."""
        names = [name for at, name in self.broker.registrations[seq] if at <= at_ns]
        return names[-1] if names else None

    def unheard(self, name: str, left_ns: int | None) -> Iterator[tuple[int, int]]:
        """Yield what a watch that has left did not live to hear: that the broker was gone, or where a name had gone."""
        if left_ns is not None:
            yield max((at for at in self.broker.heard_ns if at <= left_ns), default=0), left_ns
            since = max((at for at in self.broker.lists if at <= left_ns - NEWS_NS), default=0)
            if any(since < at <= left_ns for at, _ in self.seqs[name]):
                yield since, left_ns

    def later(self, low: float, high: float, call: Callable[[], object]) -> None:
        """Do something after a while, and note what is true then."""

        def then() -> None:
            with contextlib.suppress(LookupError, ValueError):  # another fault may have been there first
                call()
            self.note()

        asyncio.get_running_loop().call_later(self.random.uniform(low, high), then)

    def _draw(self, name: str) -> list[str]:
        return [] if name == NAMES[3] else self.random.sample(CODES, 3)


async def _read_all(watch: Watch, guest: Reader) -> None:
    async for event in watch:
        _note(guest, event)


def _note(guest: Reader, event: Event) -> None:
    """Keep an event under the moment that it tells of: a slow reader is handed it much later.

    Pushes that were kept until a snapshot came bear their own moments, and follow it.
    """
    event = by_the_clock(event)
    moment_ns = event.until_ns if isinstance(event, Gap) else event.at_ns
    guest.told.append(Told(max(moment_ns, guest.told[-1].at_ns if guest.told else 0), event))


def by_the_clock(event: Event) -> Event:
    """Return an event by the clock of the world, however often that of the client was set."""
    names = [name for name in ("at_ns", "since_ns", "until_ns") if getattr(event, name, None) is not None]
    read = {name: START_NS + (getattr(event, name) - START_NS) % SET_BACK_NS for name in names}
    own = {name: at for name, at in read.items() if name in event.__struct_fields__}
    return replace(event, **own)


# ---------------------------------------------------------------- what goes wrong


def _refusal(subject: str, *codes: int, text: str = "") -> Callable[[World], None]:
    def fault(world: World) -> None:
        world.broker.refuse(subject, world.random.choice(codes), text, times=world.random.choice((1, 1, 3)))

    return fault


def _slow(subject: str, low: float, high: float, *, done: bool = False) -> Callable[[World], None]:
    return lambda world: world.broker.delay(subject, world.random.uniform(low, high), done=done)


def _again(subject: str) -> Callable[[World], None]:
    """Make a fault of an answer that comes once more, seconds after it, on the connections that are still there.

    A refusal that names nothing is not repeated so late: it would be anybody's, and nobody could know.
    """

    def fault(world: World) -> None:
        def repeated(answer: dict[str, object]) -> dict[str, object]:
            if answer.get("return_code") or answer.get("return_msg"):
                return answer
            copy = json.dumps(answer).encode() + COPIED * len(world.broker.copies)
            world.broker.copies[copy] = wall()
            for link in world.broker.connections:
                world.later(0.3, 20, partial(world.broker.raw, copy, link))
            return answer

        world.broker.alter(subject, repeated)

    return fault


def _lost(subject: str, *, done: bool = True) -> Callable[[World], None]:
    return lambda world: world.broker.lose(subject, times=world.random.choice((1, 2)), done=done)


def _returning(prepare: Callable[[World], None]) -> Callable[[World], None]:
    """Make a fault of a return: the connection breaks off, and then that."""

    def fault(world: World) -> None:
        prepare(world)
        world.broker.drop()

    return fault


def _asking(prepare: Callable[[World], None]) -> Callable[[World], None]:
    """Make a fault of a search."""

    def fault(world: World) -> None:
        prepare(world)
        world.beside(world.search(), "a search")

    return fault


def _shut(world: World) -> None:
    world.broker.shut = True
    world.broker.drop()
    world.later(1, 60, lambda: setattr(world.broker, "shut", False))


def _freeze(world: World) -> None:
    """Let the broker hang for a while: what it has to tell comes late, and nobody can know."""
    since_ns = wall()

    def thaw() -> None:
        world.broker.thaw()
        world.late.append((since_ns, wall()))

    world.broker.freeze()
    world.later(1, 30, thaw)


def _renumber_after_list(world: World) -> None:
    """Renumber between a list and the registrations that follow from it."""

    def once(listed: dict[str, object]) -> dict[str, object]:
        world.later(0.0, 0.5, world.broker.renumber)
        return listed

    world.broker.alter("CNSRLST", once)


def _rename(world: World) -> None:
    name = world.random.choice(WATCHED)
    world.later(0, 0.1, lambda: world.broker.rename(name, f"{name} 2"))
    world.later(1, 100, lambda: world.broker.rename(f"{name} 2", name))


def _swap(world: World) -> None:
    one, other = world.random.sample(NAMES, 2)

    def swap() -> None:
        world.broker.rename(one, "잠시")
        world.broker.rename(other, one)
        world.broker.rename("잠시", other)

    world.later(0, 0.1, swap)


def _delete(world: World) -> None:
    name = world.random.choice(WATCHED)
    world.later(0, 0.1, lambda: world.broker.remove(name))
    world.later(1, 100, lambda: name in world.broker.members or world.broker.add(name, world._draw(name)))


def _namesake(world: World) -> None:
    seq = str(100 + len(world.played))
    world.broker.add(world.random.choice(WATCHED), CODES[:1], seq=seq)
    namesake = world.broker._conditions.find(seq)
    world.later(1, 100, lambda: world.broker.remove(namesake.seq))  # which may be another by then


def _take_over(world: World) -> None:
    """Delete a condition, and give its name to another at the same moment; later both are as they were."""
    gone, other = world.random.sample(NAMES, 2)

    def take() -> None:
        world.broker.remove(gone)
        world.broker.rename(other, gone)

    def give_back() -> None:
        world.broker.rename(gone, other)
        world.broker.add(gone, world._draw(gone))

    world.later(0, 0.1, take)
    world.later(1, 100, give_back)


def _stall(world: World) -> None:
    """Let time pass in which the client's loop does not run, and the market goes on."""
    loop = cast("VirtualLoop", asyncio.get_running_loop())
    since_ns, end = wall(), loop.time() + world.random.choice((0.7, 3.0, 20.0, 90.0))
    while loop.time() < end:
        loop._jumping.now = min(end, loop.time() + world.random.expovariate(1.0))
        world.change()
    world.late.append((since_ns, wall()))


def _stall_and_close(world: World) -> None:
    """Stall twice: what was sent before the broker closes waits in the kernel, what comes after is missed."""
    _stall(world)
    world.broker.close()
    _stall(world)
    world.late[-2:] = [(world.late[-2][0], world.late[-1][1])]


def _set_clock_back(world: World) -> None:
    """Set the client's clock back, just before the beat that notices it: what is told until then may have no length."""

    def set_back() -> None:
        world.broker.clock_error_ns -= SET_BACK_NS

    beat = world.client._feed._running.beats._next
    assert beat is not None
    asyncio.get_running_loop().call_at(beat.when() - 1e-6, set_back)


FAULTS: dict[str, Callable[[World], None]] = {
    "clock set back": _set_clock_back,
    "drop": lambda world: world.broker.drop(),
    "close": lambda world: world.broker.close(world.random.choice((1000, 1001, 1011))),
    "heartbeat lost": lambda world: world.broker.system("R10002"),
    "notice": lambda world: world.broker.system("N0001", "장 운영 안내"),
    "shut": _shut,
    "half-open": lambda world: world.broker.vanish(),
    "frozen": _freeze,
    "stall": _stall,
    "stall and close": _stall_and_close,
    "login refused for now": _returning(_refusal("LOGIN", 1700, 1999, 8003, 8010)),
    "login refused 8005": _returning(_refusal("LOGIN", 8005)),
    "login in maintenance": _returning(_refusal("LOGIN", 3, text="시스템 점검 중입니다")),
    "login doubled": _returning(lambda world: world.broker.double("LOGIN")),
    "login slow": _returning(_slow("LOGIN", 1, 8)),
    "login lost": _returning(_lost("LOGIN")),
    "list refused": _refusal("CNSRLST", 1700, 105110),
    "list refused at return": _returning(_refusal("CNSRLST", 1700, 105110)),
    "list slow": _slow("CNSRLST", 1, 8),
    "list lost": _lost("CNSRLST"),
    "list again": _again("CNSRLST"),
    "list doubled": lambda world: world.broker.double("CNSRLST"),
    "registration refused": _returning(_refusal("ka10173", 1700, 900004, 900003)),
    "registration refused in words": _returning(_refusal("ka10173", 0, text="처리 중 오류가 발생했습니다")),
    "recheck refused in words": _refusal("ka10173", 0, text="처리 중 오류가 발생했습니다"),
    "registration slow": _returning(_slow("ka10173", 1, 8)),
    "registration late": _returning(_slow("ka10173", 1, 20, done=True)),
    "recheck slow": _slow("ka10173", 1, 8),
    "recheck late": _slow("ka10173", 1, 20, done=True),
    "registration lost, done": _lost("ka10173"),
    "registration lost, not done": _lost("ka10173", done=False),
    "clear lost": _lost("CNSRCLR"),
    "clear lost, not done": _lost("CNSRCLR", done=False),
    "clear slow": _slow("CNSRCLR", 1, 20),
    "clear late": _slow("CNSRCLR", 1, 20, done=True),
    "clear refused": _refusal("CNSRCLR", 1700),
    "registration doubled": lambda world: world.broker.double("ka10173", times=world.random.choice((1, 3))),
    "registration again, much later": _again("ka10173"),
    "clear again": _again("CNSRCLR"),
    "clear doubled": lambda world: world.broker.double("CNSRCLR"),
    "empties without seq": lambda world: setattr(world.broker, "bare_empty", not world.broker.bare_empty),
    "push lost": _lost("REAL"),
    "push doubled": lambda world: world.broker.double("REAL", times=world.random.choice((1, 10))),
    "push destroyed": lambda world: world.broker.alter("REAL", lambda _: b"\xff{"),
    "unreadable": lambda world: world.broker.raw(b"\xff{"),
    "renumbered": lambda world: world.broker.renumber(),
    "renumbered and dropped": _returning(lambda world: world.broker.renumber()),
    "renumbered after the list": _renumber_after_list,
    "renamed for a while": _rename,
    "names swapped": _swap,
    "deleted for a while": _delete,
    "a namesake for a while": _namesake,
    "a name taken over": _take_over,
    "search refused": _asking(_refusal("ka10172", 1700, 900004, 105110)),
    "search refused in words": _asking(_refusal("ka10172", 0, text="처리 중 오류가 발생했습니다")),
    "search slow": _asking(_slow("ka10172", 1, 20)),
    "search late": _asking(_slow("ka10172", 1, 20, done=True)),
    "search lost": _asking(_lost("ka10172")),
    "search again, much later": _asking(_again("ka10172")),
    "search doubled": _asking(lambda world: world.broker.double("ka10172")),
}
TOGETHER = sorted(set(FAULTS) - {"push lost"})
"""A push that was never sent is found by a recheck only; a gap for another reason that comes before begins too late."""
