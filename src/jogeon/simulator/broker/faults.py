"""Faults (장애) to play: what a test can ask of the simulated broker, and what is on now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from jogeon.errors import JogeonError
from jogeon.server.frames import NORMAL
from jogeon.wire import messages, writers

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection

    from jogeon.server.peer import Peer
    from jogeon.server.server import Server

Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Count = Annotated[int, Meta(ge=0, le=10_000)]
LoginCode = Annotated[str, Meta(pattern="^([0-9]{4}|maintenance)$")]
TokenCode = Annotated[str, Meta(pattern="^([0-9]{4}|html|html403)$")]
RequestCode = Annotated[str, Meta(pattern="^[0-9]{4,6}$")]
SystemCode = Annotated[str, Meta(pattern="^[A-Z0-9]{1,10}$")]
UNSENDABLE: Final = {*range(1000), 1004, 1005, 1006, *range(1015, 3000)}
"""Close codes that must not stand in a frame (RFC 6455, 7.4)."""


class InvalidFault(JogeonError):
    """A fault that does not exist, or a value it cannot have."""


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """One post. What is left out stays as it is; false, 0 and null end what lasts."""

    drop: bool = False
    close: tuple[Annotated[int, Meta(ge=0, le=4_999)], str] | None = None
    renumber: bool = False
    system: SystemCode | None = None
    refuse_login: LoginCode | UnsetType | None = UNSET
    refuse_token: TokenCode | UnsetType | None = UNSET
    refuse_reg: RequestCode | UnsetType | None = UNSET
    refuse_rest: TokenCode | UnsetType | None = UNSET
    slow_rest: Seconds | UnsetType = UNSET
    reject_for: Seconds | UnsetType = UNSET
    freeze: Seconds | UnsetType = UNSET
    mute: str | UnsetType | None = UNSET
    no_ping: bool | UnsetType = UNSET
    duplicate: bool | UnsetType = UNSET
    garble: Count | UnsetType = UNSET
    garble_push: Count | UnsetType = UNSET
    push_before_reply: Count | UnsetType = UNSET
    slow_reply: Seconds | UnsetType = UNSET
    lose_request: Count | UnsetType = UNSET
    lose_reply: Count | UnsetType = UNSET
    double_reply: Count | UnsetType = UNSET
    words: Count | UnsetType = UNSET
    pause_market: bool | UnsetType = UNSET


class Standing(Struct):
    """The lasting faults that are on now.

    Counts are of what is still to be done; `reject_for` and `freeze` are 0 as soon as they are over. `mute` is the seq
    that its condition has now.
    """

    refuse_login: str | None = None
    refuse_token: str | None = None
    refuse_reg: str | None = None
    refuse_rest: str | None = None
    slow_rest: float = 0
    reject_for: float = 0
    freeze: float = 0
    mute: str | None = None
    no_ping: bool = False
    duplicate: bool = False
    garble: int = 0
    garble_push: int = 0
    push_before_reply: int = 0
    slow_reply: float = 0
    lose_request: int = 0
    lose_reply: int = 0
    double_reply: int = 0
    words: int = 0
    pause_market: bool = False


def parse(fields: dict[str, Any]) -> Order:
    """Return a post as an order; InvalidFault with a sentence if it is none."""
    try:
        order = msgspec.convert(fields, Order)
    except msgspec.ValidationError as error:
        known = ", ".join(Order.__struct_fields__)
        raise InvalidFault(f"this is not a fault: {error}; the faults are {known}") from None
    if order.close is not None and order.close[0] in UNSENDABLE:
        raise InvalidFault(f"close code {order.close[0]} cannot be sent")
    return order


class Faults:
    """Carries orders out: what lasts goes into `standing`, the rest happens at once.

    `seqs` returns those there are, `renumber` moves them: both are the market's.
    """

    def __init__(
        self,
        standing: Standing,
        server: Server,
        seqs: Callable[[], Collection[str]],
        renumber: Callable[[], None],
    ) -> None:
        self.standing = standing
        self._server = server
        self._seqs = seqs
        self._renumber = renumber
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def post(self, fields: dict[str, Any]) -> None:
        """Take an order: first the renumbering, then what lasts, last what ends connections. Nothing in it ends all.

        InvalidFault if it is none; then nothing has happened.
        """
        order = parse(fields)
        self._check_mute(order.mute)
        if not fields:
            self.end()
        if order.renumber:
            self._renumber()
        for name in Standing.__struct_fields__:
            value = getattr(order, name)
            if value is not UNSET:
                setattr(self.standing, name, value)
        self._time("reject_for", order.reject_for, lambda: None)
        self._time("freeze", order.freeze, self._server.thaw)
        if self.standing.freeze:
            self._server.freeze()
        self._server.pinging = not self.standing.no_ping
        self._end_connections(order)

    def _check_mute(self, seq: str | UnsetType | None) -> None:
        """Refuse a name, say, where a seq belongs: nothing would be mute, and nobody would know."""
        if isinstance(seq, str) and seq not in self._seqs():
            raise InvalidFault(f"mute takes the seq of a condition, not {seq!r}; there are {', '.join(self._seqs())}")

    def end(self) -> None:
        """End all lasting faults."""
        for name in Standing.__struct_fields__:
            setattr(self.standing, name, getattr(Standing(), name))
        self._time("reject_for", 0, lambda: None)
        self._time("freeze", 0, self._server.thaw)
        self._server.pinging = True

    def _time(self, name: str, seconds: float | UnsetType, then: Callable[[], None]) -> None:
        """Let a fault be over after its seconds; 0 is at once."""
        if seconds is UNSET:
            return
        if name in self._timers:
            self._timers.pop(name).cancel()

        def over() -> None:
            setattr(self.standing, name, 0)
            then()

        if seconds:
            self._timers[name] = self._server.loop.call_later(seconds, over)
        else:
            over()

    def _end_connections(self, order: Order) -> None:
        for peer in self._server.peers:
            if order.drop:
                peer.reset()
            elif order.close is not None:
                peer.end(*order.close)
            elif order.system is not None and peer.key:
                _notify(peer, order.system)


def _notify(peer: Peer, code: str) -> None:
    """Send a SYSTEM notice, with the close that follows some."""
    if code in messages.FATAL_SYSTEM_CODES:
        peer.end(NORMAL, text=writers.encode_system(code))
    else:
        peer.say(writers.encode_system(code, "시스템 안내입니다"))
