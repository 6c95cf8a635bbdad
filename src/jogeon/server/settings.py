"""How a server behaves towards the programs that connect to it."""

from msgspec import Struct

FRAME_LIMIT = 65_536
"""Bytes of a frame; a longer one is closed with 1009, as the broker does."""


class ServerSettings(Struct, frozen=True, kw_only=True):
    """How a server behaves; times in seconds, sizes in bytes. The defaults are the broker's, as far as known.

    `exclusive`: a second login with a key ends the first session. `send_queue`: what may wait for one peer; `lag`: what
    may wait for so many seconds. `fragment`: text frames are sent in pieces of this size, 0 for whole. `bare_ping`: the
    heartbeat is no JSON. `frame_limit`: the largest frame that is read. `rfc_pong`: the protocol's own pings are
    answered. `refuse_early`: a request before the login is answered with a refusal. `most_early`: peers without a
    login, beyond which the oldest is cut; `most`: peers in all, beyond which a new one is turned away.
    """

    ping: float = 10.0
    ping_deadline: float = 40.0
    login_deadline: float = 12.0
    exclusive: bool = True
    send_queue: int = 4 * 2**20
    lag: tuple[int, float] | None = None
    fragment: int = 0
    bare_ping: bool = False
    frame_limit: int = FRAME_LIMIT
    rfc_pong: bool = False
    refuse_early: bool = True
    most_early: int = 64
    most: int = 1_000
