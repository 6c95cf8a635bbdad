"""How a client behaves: what may be chosen, and what tests put in the place of clocks and sockets."""

import random
import time
from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

from jogeon.live.asking import Ask
from jogeon.live.connection import Connection
from jogeon.live.opening import open_connection
from jogeon.live.receiving import Receiver
from jogeon.live.slots import PRICE_LIMIT

TAKEN_PAUSES = (300.0, 600.0, 1200.0, 2400.0, 4800.0)
"""Seconds before each new login of `retry` after the session was taken; two programs must not do this for ever."""

OnTaken = Literal["stop", "retry", "takeover"]


class Dial(Protocol):
    """How a connection is made; tests pass one that needs no socket."""

    async def __call__(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
        """Return an open connection; CouldNotConnect."""


class Policy(Struct, frozen=True):
    """How a client behaves.

    `recheck`: seconds between rechecks of a condition, 0 = never. `pace`: requests a second. `on_taken`: what to do
    when another program takes the session: "stop"; "retry" after TAKEN_PAUSES; "takeover" at once, but only one time.
    `price_limit`: stocks of which the broker pushes trades, at most; fewer once it refuses so many.
    `dial` opens a connection, over a WebSocket unless it is that to a stream on NATS, where `ask` asks for prices.
    `wall` (nanoseconds since 1970) and `uniform` are for tests.
    """

    recheck: float = 600.0
    pace: int = 5
    on_taken: OnTaken = "stop"
    price_limit: int = PRICE_LIMIT
    wall: Callable[[], int] = time.time_ns
    uniform: Callable[[float, float], float] = random.uniform
    dial: Dial = open_connection
    ask: Ask | None = None
