"""A list of planners on one connection: each has its turn, and all hear what comes of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

from jogeon.errors import ConnectionLost
from jogeon.live.listening import Listening
from jogeon.live.planner import Planner
from jogeon.live.retry import Patience
from jogeon.live.serving import REPLACE_PAUSE, Serving
from jogeon.wire.messages import Answer, Cleared, ListConditions, Request, Search
from wire import virtual, wall

if TYPE_CHECKING:
    from collections.abc import Container

    from jogeon.errors import JogeonError
    from jogeon.live.connection import Connection


class Wish(Planner):
    """Wants so many requests sent, as soon as may be."""

    def __init__(self, name: str, count: int = 0) -> None:
        self.name, self.left = name, count
        self.urgent = self.hopeless = False
        self.heard: list[str] = []

    def connected(self) -> None:
        pass

    def next_request(self, now: float, at_ns: int, busy: Container[str]) -> Request | None:
        if not self.left:
            return None
        self.left -= 1
        return Search(self.name)

    def next_due(self) -> float | None:
        return None

    def is_halfway(self, now: float) -> bool:
        return self.urgent

    def is_hopeless(self) -> bool:
        return self.hopeless

    def answered(self, request: Request, answer: Answer, now: float, at_ns: int) -> None:
        self.heard.append(_name(request))

    def timed_out(self, request: Request, seconds: float, now: float, at_ns: int) -> None:
        self.heard.append(f"no {_name(request)}")

    def lost(self, heard_ns: int, error: JogeonError, detail: str) -> None:
        raise AssertionError("told by the supervisor")


class Line:
    """A connection that answers at once, and ends after so many requests."""

    def __init__(self, requests: int, *, owes: bool = False) -> None:
        self.error: ConnectionLost | None = None
        self.heard_ns, self.listening = 0, Listening(0)
        self.session = self
        self.owed = [Search("0")] * owes
        self.sent: list[str] = []
        self._left = requests

    async def request(self, request: Request, seconds: float) -> Answer:
        assert seconds >= Patience.least
        self.sent.append(_name(request))
        self._left -= 1
        if not self._left:
            self.error = ConnectionLost("enough")
        return Cleared()


def _name(request: Request) -> str:
    return "list" if isinstance(request, ListConditions) else getattr(request, "seq", "")


def sent_by(*planners: Planner, requests: int, owes: bool = False) -> list[str]:
    """Return who sends what, in order, until the connection ends."""
    line = Line(requests, owes=owes)

    async def main() -> None:
        with suppress(ConnectionLost):
            await Serving(planners, 1000, wall, lambda: 0.0).serve(cast("Connection", line))

    virtual(main())
    return line.sent


def test_each_has_its_turn() -> None:
    planners = Wish("a", 3), Wish("b", 9), Wish("c", 2)
    assert "".join(sent_by(*planners, requests=9)) == "abcabcabb"


def test_who_is_halfway_waits_for_nobody() -> None:
    first, second, third = Wish("a", 9), Wish("b", 9), Wish("c", 3)
    third.urgent = True
    assert "".join(sent_by(first, second, third, requests=6)) == "cccaba"


def test_who_has_nothing_costs_nobody_a_turn() -> None:
    assert "".join(sent_by(Wish("a"), Wish("b", 3), requests=3)) == "bbb"


def test_a_connection_that_owes_a_reply_is_given_up_for_anybody_but_not_often() -> None:
    hopeless = Wish("b", 9)
    hopeless.hopeless = True
    assert sent_by(Wish("a"), hopeless, requests=3) == ["b", "b", "b"], "nothing is owed"
    assert sent_by(Wish("a"), hopeless, requests=3, owes=True) == []
    assert REPLACE_PAUSE >= 600


def test_a_planner_need_not_care_for_everything() -> None:
    wish = Wish("a")
    wish.connected()
    wish.sent(Search("0"), 0)
    wish.late(Search("0"), Cleared(), 0.0, 0)
    assert not Planner.is_halfway(wish, 0.0)
    assert not Planner.is_hopeless(wish)
