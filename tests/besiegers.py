"""Programs that misbehave at a hub, in a process of their own: what bench/siege.py sends.

    python tests/besiegers.py PART PORT REST_PORT

Four threads do one thing of ACTS again and again, until stdin ends.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from byhand import UPGRADE, masked

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.005
"""Seconds between two acts of a thread, so that it does not simply take the processor away."""
LOGIN = masked(0x81, b'{"trnm":"LOGIN","token":"demo"}')
REGISTER = masked(0x81, b'{"trnm":"CNSRREQ","seq":"0","search_type":"1","stex_tp":"K"}')
LIST = masked(0x81, b'{"trnm":"CNSRLST"}')
WRONG = masked(0x81, b'{"trnm":"LOGIN","token":"no such token"}')
HUGE = bytes([0x81, 0xFF]) + (2**24).to_bytes(8, "big") + bytes(4) + b"x" * 200_000
GARBAGE = os.urandom(4096)
BROWSER = UPGRADE.removesuffix(b"\r\n") + b"Origin: https://example.org\r\n\r\n"
HALF = b"POST /oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10"


class Ports(NamedTuple):
    """Where a hub is reached: over the wire, and over HTTP."""

    wire: int
    rest: int


def opened(port: int, *, upgrade: bool = True) -> socket.socket:
    """Return a connection, upgraded or bare."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=5)
    if upgrade:
        sock.sendall(UPGRADE)
        sock.recv(4096)
    return sock


def sent(*ports: int, said: bytes, upgrade: bool = True, wait: float = 0.02) -> None:
    """Connect to each port, say something, hear a little, and go."""
    for port in ports:
        with contextlib.suppress(OSError), opened(port, upgrade=upgrade) as sock:
            sock.sendall(said)
            sock.settimeout(wait)
            sock.recv(4096)


def flooded(port: int, frame: bytes, login: bytes = b"") -> None:
    """Send frames as fast as they are taken for half a second."""
    with contextlib.suppress(OSError), opened(port) as sock:
        sock.sendall(login)
        sock.settimeout(0.2)
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            sock.sendall(frame * 50)
            sock.recv(65536)


def crowd(*ports: int) -> None:
    """Open a thousand connections that say nothing, within five seconds."""
    socks = []
    for place in range(250):  # one of four such threads
        with contextlib.suppress(OSError):
            sock = socket.socket()
            sock.settimeout(0.05)
            socks.append(sock)
            sock.connect(("127.0.0.1", ports[place % len(ports)]))
        time.sleep(0.02)
    for sock in socks:
        sock.close()


ACTS: dict[str, Callable[[Ports], None]] = {
    "garbage": lambda hub: sent(hub.wire, hub.rest, said=GARBAGE, upgrade=False),
    "garbage in frames": lambda hub: sent(hub.wire, said=masked(0x81, GARBAGE)),
    "huge frames": lambda hub: sent(hub.wire, said=HUGE),
    "huge frames, logged in": lambda hub: sent(hub.wire, said=LOGIN + HUGE),
    "tiny frames": lambda hub: flooded(hub.wire, masked(0x8A, b"")),
    "tiny frames, logged in": lambda hub: flooded(hub.wire, masked(0x81, b"{"), LOGIN),
    "lists, logged in": lambda hub: flooded(hub.wire, LIST, LOGIN),
    "slow handshakes": lambda hub: sent(hub.wire, said=UPGRADE[:40], upgrade=False, wait=0.5),
    "half-sent HTTP": lambda hub: sent(hub.rest, said=HALF, upgrade=False, wait=0.5),
    "wrong tokens": lambda hub: sent(hub.wire, said=WRONG),
    "a browser": lambda hub: sent(hub.wire, said=BROWSER, upgrade=False),
    "a thousand connects": lambda hub: crowd(hub.wire, hub.rest),
}


def main() -> None:
    """Misbehave until stdin ends."""
    act, hub = ACTS[sys.argv[1]], Ports(int(sys.argv[2]), int(sys.argv[3]))
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(PAUSE):
            act(hub)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
