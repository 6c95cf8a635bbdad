"""A watch on a scripted broker through random faults, in virtual time, and an oracle that knows nothing of the client.

World     one seed: a market, a broker with faults, a network with latency, a client that watches three conditions
judge     the fold of the events is the truth at every moment, unless a told gap covers it or the news is on its way
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from bisect import bisect_left
from collections import defaultdict
from contextlib import nullcontext
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import CouldNotConnect, JogeonError
from jogeon.events import Enter, Event, Gap, Leave, Snapshot
from jogeon.live.connection import Connection
from jogeon.live.policy import Policy
from jogeon.testing.script import Script
from wire import VirtualLoop, Wire, wall

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from picows import WSTransport

    from jogeon.live.receiving import Receiver
    from jogeon.testing.conditions import Saved
    from jogeon.testing.links import Link
    from jogeon.watch import Watch
    from wire import Broker as BrokerByTheBook

NAMES = ("급등주", "신고가 돌파", "거래량 급증", "눌림목")
WATCHED = (NAMES[0], NAMES[1], NAMES[3])
CODES = tuple(f"{number:05d}{letter}" for number, letter in enumerate("0K0D0H0A"))
RARE = CODES[:2]
"""All that is ever in the last condition, which is empty most of the time."""

RECHECK = 40.0
LATENCY = (0.001, 0.2)
SLACK_NS = 500_000_000
"""The news of a change may be on its way so long."""
NEWS_NS = 250_000_000
"""The news of one push takes so long at most."""
GRACE_NS = 3_000_000_000
"""A push this soon after a snapshot that agrees with it proves nothing (rule 5)."""
REST = 420.0
"""Seconds of calm after which everything must be right: the longest pause of a retry, a recheck, its grace, twice."""
SECOND_NS = 1_000_000_000


# ---------------------------------------------------------------- a broker without sockets


class _Line:
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
        if self._wire.open and text.startswith(b'{"trnm": "CNSRLST", "return_code": 0'):
            self._world.lists.append(sent_ns)
        elif self._wire.open and text.startswith(b'{"data": [{"values"'):
            for row in json.loads(text)["data"]:
                values = row["values"]
                push = (values["841"], row["item"], values["843"])
                self._world.delivered[push].append((wall(), values.get("20", "")))
        elif text.startswith(b'{"trnm": "CNSRREQ"'):
            self._world.shown[json.loads(text).get("seq", "")].append(wall())
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
        self.lists: list[int] = []
        """When the lists were sent that reached the client."""
        self.unsent: set[tuple[str, str, int]] = set()
        """Name, code and moment of the changes that were lost before they were sent."""
        self._sent = 0
        self._by_wire: dict[Wire, Link] = {}

    async def dial(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
        """Make a connection for a Client."""
        del proxy
        await asyncio.sleep(self.random.uniform(*LATENCY))
        if self.shut:
            raise CouldNotConnect(address=url, reason="refused", detail="refused")
        wire = Wire(cast("BrokerByTheBook", self))
        wire.client = Connection(receiver, wall)
        wire.client.on_ws_connected(cast("WSTransport", wire))
        self._by_wire[wire] = self._opened(_Line(self, wire))
        return wire.client

    def on_message(self, wire: Wire, message: dict[str, Any]) -> None:
        """Hear a client (called by its Wire)."""
        text = json.dumps(message).encode()
        self._later(self.random.uniform(*LATENCY), lambda: self._heard(self._by_wire[wire], text))

    def proves(self, name: str, seq: str, code: str, kind: str, begin: int, end: int) -> bool:
        """Tell whether a push of a name was heard that proves a miss: no repeat, and not in a snapshot's grace."""
        heard = self.delivered[seq, code, kind]
        return any(
            begin <= at <= end + NEWS_NS
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


class Told(NamedTuple):
    """An event, and when it was handed over."""

    at_ns: int
    event: Event


class World:
    """Everything of one seed; `run` returns what is wrong, a sentence each."""

    def __init__(self, seed: int, faults: Iterable[str], recheck: float = RECHECK) -> None:
        self.random = Random(seed)  # noqa: S311  # a drill to repeat, not a secret
        self.broker = Dialled({name: self._draw(name) for name in NAMES}, self.random)
        self.played: list[tuple[float, str]] = []
        self.told: list[Told] = []
        self.late: list[tuple[int, int]] = []
        """Stretches in which news may be on its way for long: somebody did not run."""
        self.truth: dict[str, list[tuple[int, frozenset[str] | None]]] = {name: [] for name in WATCHED}
        self.seqs: dict[str, list[tuple[int, str | None]]] = {name: [] for name in WATCHED}
        self._faults = sorted(faults)
        self._recheck = recheck
        self._trading = True

    def run(self, seconds: float = 300.0) -> list[str]:
        """Trade and fail for so long, rest, and judge."""
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(self._run(seconds))

    async def _run(self, seconds: float) -> list[str]:
        endpoint = Endpoint(name="scripted", websocket="ws://scripted", tokens=FixedToken("demo"))
        policy = Policy(recheck=self._recheck, uniform=self.random.uniform, wall=wall, dial=self.broker.dial)
        self.note()
        wrong: list[str] = []
        trading = asyncio.create_task(self._trade())
        try:
            async with Client(nullcontext(endpoint), name="scripted", policy=policy) as client:
                async with client.watch(*WATCHED) as watch:
                    reading = asyncio.create_task(self._read(watch))
                    await self._fail(seconds)
                    await self._rest()
                    await self._settle(watch, wrong)
                    reading.cancel()
                    await asyncio.gather(reading, return_exceptions=True)
                    if not reading.cancelled() and (error := reading.exception()) is not None:
                        wrong.append(f"the watch ended: {error!r}")
                while (event := watch._queue.take()) is not None:
                    self.told.append(Told(wall(), event))
        except JogeonError as error:
            wrong.append(f"the client ended: {error!r}")
        finally:
            trading.cancel()
        return wrong + judge(self)

    async def _read(self, watch: Watch) -> None:
        async for event in watch:
            self.told.append(Told(wall(), event))

    async def _trade(self) -> None:
        while True:
            await asyncio.sleep(self.random.expovariate(1.0))
            if self._trading:
                for _ in range(self.random.choice((1, 1, 1, 5))):
                    self.change()

    def change(self) -> None:
        """Let a stock enter or leave somewhere."""
        members = self.broker.members
        name = self.random.choice([name for name in members if name in NAMES] or list(members))
        code = self.random.choice(RARE if name == NAMES[3] else CODES)
        (self.broker.leave if code in members[name] else self.broker.enter)(name, code)
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

    async def _settle(self, watch: Watch, wrong: list[str]) -> None:
        """Compare at the quiet point."""
        truth = self.broker.members
        for name in WATCHED:
            told = watch.members.get(name)
            if name in truth and (told is None or set(told) != truth[name]):
                wrong.append(f"at rest {name} is {sorted(truth[name])}, the watch says {told and sorted(told)}")
        await asyncio.sleep(0)

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

        That is between two lists that both show it in its place: what was registered meanwhile is another's until it
        is registered anew.
        """
        for since, until in pairwise(self.broker.lists):
            seqs = [seq for at, seq in self.seqs[name] if at <= since][-1:]
            seqs += [seq for at, seq in self.seqs[name] if since < at <= until]
            if len(seqs) > 1 and seqs[0] == seqs[-1]:
                yield since, until + round((self._recheck + REST) * SECOND_NS)

    def later(self, low: float, high: float, call: Callable[[], object]) -> None:
        """Do something after a while, and note what is true then."""

        def then() -> None:
            with contextlib.suppress(LookupError, ValueError):  # another fault may have been there first
                call()
            self.note()

        asyncio.get_running_loop().call_later(self.random.uniform(low, high), then)

    def _draw(self, name: str) -> list[str]:
        return [] if name == NAMES[3] else self.random.sample(CODES, 3)


# ---------------------------------------------------------------- the oracle


def judge(world: World) -> list[str]:
    """Return what is wrong with what was told, a sentence each."""
    return [wrong for name in WATCHED for wrong in _judge(name, world)]


def _judge(name: str, world: World) -> Iterator[str]:
    told = [each for each in world.told if getattr(getattr(each.event, "condition", None), "name", None) == name]
    history, wrong = _fold(told)
    yield from (f"{name}: {sentence}" for sentence in wrong)
    if not history:
        yield f"{name}: was never shown"
        return
    told_gaps = [each.event for each in told if isinstance(each.event, Gap)]
    gaps = [(gap.since_ns, gap.until_ns) for gap in told_gaps]
    elsewhere = list(world.unknowable(name))
    rechecked = {gap.until_ns for gap in told_gaps if gap.cause == "drift"}
    excused = _union([*gaps, *world.late, *elsewhere])
    for code, begin, end, back in _differences(world.truth[name], history):
        seen = back and any(world.broker.proves(name, seq, code, back, begin, end) for seq in world.seqs_of(name))
        unsent = (name, code, begin) in world.broker.unsent and end not in rechecked  # nobody could know of it
        if not _covered(begin, end, excused) and (seen or not (back or unsent)):
            yield f"{name}: {code} is wrong from {_second(begin)} to {_second(end)}, and no gap covers it"
    moved = [gap for gap in told_gaps if gap.cause == "registration lost" or _follows_another(gap, told, world)]
    for place, each in enumerate(told):
        until_ns = getattr(each.event, "until_ns", None) or 0
        later = [other.event for other in told[place + 1 :] if isinstance(other.event, Gap)]
        if not any(gap.since_ns <= until_ns <= gap.until_ns for gap in (*moved, *later)):  # a snapshot was another's
            yield from (f"{name}: {sentence}" for sentence in _recovered(each.event, world.truth[name], elsewhere))


def _follows_another(gap: Gap, told: list[Told], world: World) -> bool:
    """Tell whether a gap takes back a snapshot of what was another by then: the name had moved since the list."""
    taken_back = [
        each.event
        for each in told
        if isinstance(each.event, Snapshot) and gap.since_ns <= each.event.at_ns < gap.until_ns
    ]
    return any(
        shown.condition.seq not in [seq for at, seq in world.seqs[shown.condition.name] if at <= shown.at_ns][-1:]
        for shown in taken_back
    )


def _fold(told: list[Told]) -> tuple[list[tuple[int, frozenset[str]]], list[str]]:
    """Return who was in since when, by the events alone, and where they are no true story."""
    history: list[tuple[int, frozenset[str]]] = []
    wrong: list[str] = []
    for at_ns, event in told:
        now = history[-1][1] if history else None
        match event:
            case Snapshot(codes=codes):
                if now is not None and now != set(codes):
                    wrong.append(f"the fold jumps at the snapshot of {_second(at_ns)}: {sorted(now ^ set(codes))}")
                now = frozenset(codes)
            case Enter(code=code) | Leave(code=code):
                entering = isinstance(event, Enter)
                if now is None or (code in now) is entering:
                    wrong.append(f"{type(event).__name__} of {code} at {_second(at_ns)} changes nothing")
                now = (now or frozenset()) | {code} if entering else (now or frozenset()) - {code}
            case Gap(since_ns=since, until_ns=until) if now is None or since > until:
                wrong.append(f"a gap before the first snapshot, or one that ends before it begins, at {_second(at_ns)}")
        if now is not None:
            history.append((at_ns, now))
    return history, wrong


def _differences(
    truth: list[tuple[int, frozenset[str] | None]], history: list[tuple[int, frozenset[str]]]
) -> Iterator[tuple[str, int, int, str]]:
    """Yield each stretch in which truth and fold differ in a code, and by which kind of push the truth came back."""
    first = history[0][0]
    moments = [(at, True, codes) for at, codes in truth] + [(at, False, codes) for at, codes in history]
    true: frozenset[str] | None = None
    fold: frozenset[str] | None = None
    since: dict[str, int] = {}
    for at, is_truth, codes in sorted(moments, key=lambda moment: moment[0]):
        true, fold = (codes, fold) if is_truth else (true, codes)
        differing = true ^ fold if at >= first and true is not None and fold is not None else frozenset[str]()
        for code in set(since) - differing:
            came_back = ("I" if code in (true or ()) else "D") if is_truth and true is not None else ""
            yield code, since.pop(code), at, came_back
        for code in differing - set(since):
            since[code] = at
    for code, at in since.items():
        yield code, at, moments[-1][0] + REST_NS, ""


REST_NS = int(REST * SECOND_NS)


def _recovered(
    event: Event, truth: list[tuple[int, frozenset[str] | None]], elsewhere: list[tuple[int, int]]
) -> Iterator[str]:
    """Find a recovered change that did not happen in the interval that it names.

    What was followed before may have been another condition since the name was elsewhere, and nobody can know that.
    """
    if not isinstance(event, Enter | Leave) or event.origin == "live":
        return
    assert event.since_ns is not None
    assert event.until_ns is not None
    since_ns = min([event.since_ns, *(since for since, until in elsewhere if since <= event.since_ns <= until)])
    entering = isinstance(event, Enter)
    before = [codes for at, codes in truth if at <= since_ns - SLACK_NS][-1:]
    within = [codes for at, codes in truth if since_ns - SLACK_NS < at <= event.until_ns]
    shown = [codes is None or event.code in codes for codes in [*before, *within]]
    if entering not in [codes is None or (event.code in codes) for codes in within] and None not in [*before, *within]:
        where = f"{_second(event.since_ns)} … {_second(event.until_ns)}"
        yield f"recovered {type(event).__name__} of {event.code} did not happen in {where} (true there: {shown})"


def _union(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return stretches with slack on both sides, joined where they meet."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted((since - SLACK_NS, until + SLACK_NS) for since, until in stretches):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _covered(begin: int, end: int, stretches: list[tuple[int, int]]) -> bool:
    """Tell whether a stretch is short enough to be news on its way, or lies in one of the others."""
    place = bisect_left(stretches, (begin + 1,)) - 1
    return end - begin <= SLACK_NS or (place >= 0 and end <= stretches[place][1] and begin >= stretches[place][0])


def _second(at_ns: int) -> str:
    return f"{(at_ns / SECOND_NS) % 100_000:.2f}"


# ---------------------------------------------------------------- what goes wrong


def _refusal(subject: str, *codes: int, text: str = "") -> Callable[[World], None]:
    def fault(world: World) -> None:
        world.broker.refuse(subject, world.random.choice(codes), text, times=world.random.choice((1, 1, 3)))

    return fault


def _slow(subject: str, low: float, high: float, *, done: bool = False) -> Callable[[World], None]:
    return lambda world: world.broker.delay(subject, world.random.uniform(low, high), done=done)


def _lost(subject: str, *, done: bool = True) -> Callable[[World], None]:
    return lambda world: world.broker.lose(subject, times=world.random.choice((1, 2)), done=done)


def _returning(prepare: Callable[[World], None]) -> Callable[[World], None]:
    """Make a fault of a return: the connection breaks off, and then that."""

    def fault(world: World) -> None:
        prepare(world)
        world.broker.drop()

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


FAULTS: dict[str, Callable[[World], None]] = {
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
    "login slow": _returning(_slow("LOGIN", 1, 8)),
    "login lost": _returning(_lost("LOGIN")),
    "list refused": _refusal("CNSRLST", 1700, 105110),
    "list refused at return": _returning(_refusal("CNSRLST", 1700, 105110)),
    "list slow": _slow("CNSRLST", 1, 8),
    "list lost": _lost("CNSRLST"),
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
}
TOGETHER = sorted(set(FAULTS) - {"push lost"})
"""A push that was never sent is found by a recheck only; a gap for another reason that comes before begins too late."""
