"""Which stocks the broker pushes trades of: one allocator of a connection's slots (REG, REMOVE of 0B). No I/O.

A connection may have so many stocks registered and no more. Whoever wants one says so; explicit wishes come first, then
the newest entries. What is registered is brought in line with that by at most one REMOVE and one REG a second, each of
many stocks: a request for each event would mostly be refused.
"""

import math
import re
from collections.abc import Callable, Container, Sequence

from jogeon.errors import BUSY_CODES, JogeonError
from jogeon.live.planner import Planner
from jogeon.wire.messages import Acknowledged, Answer, Refusal, RegisterQuotes, RemoveQuotes, Request

PRICE_LIMIT = 100
"""Stocks that a connection may have registered; the broker told of 100 in one year and of 200 in the next."""
TOO_MANY_CODES = frozenset({"105115", "105118"})
"""Too many of a connection, and of a group: all of ours are in one."""
PACE = 1.0
"""Seconds between two REG, and between two REMOVE."""
BUSY_PAUSE = 2.0
"""Seconds after a refusal for the rate of requests; twice as many after each further one, up to LONGEST_PAUSE."""
SILENCE_PAUSE = 60.0
"""Seconds after a request that was not answered: until then nothing else could be sent on the connection."""
LONGEST_PAUSE = 600.0

_LIMIT_IN_TEXT = re.compile(r"\((\d{1,5})\)")


class Slots(Planner):
    """Keeps the stocks that are registered equal to the first of those that `ranking` names, best first.

    `limit` is how many a connection may have; it is learnt downwards.
    """

    def __init__(self, ranking: Callable[[int], Sequence[str]], limit: int = PRICE_LIMIT) -> None:
        self.limit = limit
        self.on_begun: Callable[[], None] = lambda: None
        """Told when a connection begins."""
        self.on_lost: Callable[[int], None] = lambda _: None
        """Told until when trades were heard, when they no longer are."""
        self._ranking = ranking
        self._connected = False
        self._may_be: dict[str, None] = {}
        """What may be registered: all that was asked for and is not known to be removed."""
        self._doubtful = True
        """Whether less may be registered than is noted, or more: the next REG then replaces all."""
        self._most = limit
        """Stocks in one REG; fewer while the broker refuses some of them for reasons of its own."""
        self._unknown: dict[str, float] = {}
        """Until when a stock is left out that was refused alone."""
        self._in_flight: Request | None = None
        self._next_reg = self._next_remove = 0.0
        self._together = False
        """Whether the broker was seen to count both kinds as one: then they keep apart from each other as well."""
        self._promised: frozenset[str] = frozenset()
        """What a REMOVE is to make room for; who enters while it is on its way takes none of that."""
        self._made_room = False
        """Whether it was granted, and no REG sent since."""
        self._look_at = -math.inf
        """Until when nothing is to be sent, unless something changes."""
        self._pause = 0.0
        """How long to pause after the next failure; 0 after a success."""

    @property
    def registered(self) -> frozenset[str]:
        """The stocks whose trades are pushed, as far as that is known."""
        return frozenset() if self._doubtful else frozenset(self._may_be)

    def changed(self) -> None:
        """Note that the ranking is another one."""
        self._look_at = -math.inf

    # ------------------------------------------------------------ what to send

    def connected(self) -> None:
        """Begin a connection: nothing is registered on it."""
        self._connected, self._doubtful = True, True
        self._may_be.clear()
        self._in_flight, self._pause, self._made_room = None, 0.0, False
        self._next_reg = self._next_remove = self._look_at = -math.inf
        self.on_begun()

    def next_request(self, now: float, at_ns: int, busy: Container[str]) -> Request | None:
        """Return the REMOVE that makes room, else the REG that fills it, when it is their time."""
        del at_ns
        if not self._connected or now < self._look_at:
            return None
        self._look_at = min(self._next_reg, self._next_remove)
        if now < self._look_at:
            return None
        request = self._request(now)
        if request is None or request.trnm in busy:
            return None
        if isinstance(request, RegisterQuotes):
            self._next_reg, self._made_room = now + PACE, False
            self._may_be |= dict.fromkeys(request.codes)
        else:
            self._next_remove = now + PACE
        if self._together:
            self._next_reg = self._next_remove = now + PACE
        self._in_flight = request
        return request

    def _request(self, now: float) -> RegisterQuotes | RemoveQuotes | None:
        """Return what is due, or None, and note when there may be something."""
        wanted = self._wanted(now)
        known = {} if self._doubtful else self._may_be
        missing = [code for code in wanted if code not in known]
        surplus = self._may_be.keys() - set(wanted) if not self._doubtful or not wanted else set()
        room = min(self._most, self.limit - len(known))
        reg_at = self._next_reg if missing and room > 0 else math.inf
        remove_at = self._next_remove if surplus else math.inf
        if surplus and len(missing) > room and not self._made_room:
            reg_at = remove_at = max(self._next_reg, self._next_remove)  # out of step, a REG would find half the room
        self._look_at = min(reg_at, remove_at, *self._unknown.values())
        if not missing:
            self._most = self.limit
        if now >= remove_at:
            self._promised = frozenset(missing)
            return RemoveQuotes(tuple(code for code in self._may_be if code in surplus))
        if now >= reg_at:
            missing.sort(key=lambda code: code not in self._promised)
            return RegisterQuotes(tuple(missing[:room]), keep=not self._doubtful)
        return None

    def _wanted(self, now: float) -> Sequence[str]:
        if self._unknown:
            self._unknown = {code: until for code, until in self._unknown.items() if until > now}
        ranked = self._ranking(self.limit + len(self._unknown))
        return [code for code in ranked if code not in self._unknown][: self.limit]

    def next_due(self) -> float | None:
        """Return when `next_request` may have something to say if nothing changes before."""
        return self._look_at if self._connected and self._look_at < math.inf else None

    # ------------------------------------------------------------ what came of it

    def answered(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        """Take the answer to a REG or REMOVE."""
        del at_ns
        if request is not self._in_flight:
            return
        self._in_flight = None
        self.changed()
        if isinstance(answer, Acknowledged):
            self._granted(request)
        else:
            self._failed(request, answer, now)

    def _granted(self, request: Request) -> None:
        self._pause = 0.0
        if isinstance(request, RemoveQuotes):
            for code in request.codes:
                self._may_be.pop(code, None)
            self._made_room = True
            self._doubtful = self._doubtful and bool(self._may_be)
        elif isinstance(request, RegisterQuotes):
            if not request.keep:  # only now is gone what was there before
                self._may_be = dict.fromkeys(request.codes)
            self._doubtful = self._doubtful and request.keep

    def _failed(self, request: Request, answer: Answer, now: float) -> None:
        """Take a refusal; of a REG that keeps what is there, nothing is taken for done."""
        code = answer.code if isinstance(answer, Refusal) else ""
        other = self._next_remove if isinstance(request, RegisterQuotes) else self._next_reg
        self._together |= code in BUSY_CODES and now < other
        if isinstance(answer, Refusal) and code in TOO_MANY_CODES:
            self._learn(answer, replaced=isinstance(request, RegisterQuotes) and not request.keep)
            self._doubtful = True
        elif isinstance(request, RegisterQuotes) and request.keep:
            for each in request.codes:
                self._may_be.pop(each, None)
        else:
            self._doubtful = True
        if isinstance(request, RegisterQuotes) and code not in TOO_MANY_CODES | BUSY_CODES:
            self._narrow(request, now)
        self._wait(now, BUSY_PAUSE)

    def _learn(self, refusal: Refusal, *, replaced: bool) -> None:
        """Learn the limit from the words of the broker; without any, one that is refused for all of it is too high."""
        told = [int(number) for number in _LIMIT_IN_TEXT.findall(refusal.text)]
        lower = min((number for number in told if 0 < number < self.limit), default=None)
        if lower is not None:
            self.limit = lower
        elif replaced:
            self.limit = max(1, self.limit * 9 // 10)
        self._most = min(self._most, self.limit)

    def _narrow(self, request: RegisterQuotes, now: float) -> None:
        """Find the stock for which all are refused: ask for half as many, and leave out one that was alone."""
        if len(request.codes) == 1:
            self._unknown[request.codes[0]] = now + LONGEST_PAUSE
        else:
            self._pause = 0.0  # half as many are another question
        self._most = max(1, len(request.codes) // 2)

    def _wait(self, now: float, at_least: float) -> None:
        self._pause = min(LONGEST_PAUSE, max(at_least, 2 * self._pause))
        self._next_reg = self._next_remove = now + self._pause

    def timed_out(self, request: Request, seconds: float, now: float, at_ns: int) -> None:
        """Note that a REG or REMOVE was not answered: what is registered is not known."""
        del seconds, at_ns
        if request is self._in_flight:
            self._in_flight, self._doubtful = None, True
            self.changed()
            self._wait(now, SILENCE_PAUSE)

    def lost(self, heard_ns: int, error: JogeonError, detail: str) -> None:
        """End a connection: nothing is pushed any more."""
        del error, detail
        self._connected = False
        self._may_be.clear()
        self.on_lost(heard_ns)
