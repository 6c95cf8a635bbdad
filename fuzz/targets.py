"""What is fuzzed: functions of bytes that raise for a defect and for nothing else.

Whatever a peer sends and whenever it sends it, we parse it, call it unknown, or raise RemoteProtocolError; and what we
tell meanwhile is a true story.

Each target reads its bytes as a script: which requests to send, what comes in, when time passes. They need nothing
but this package and helpers of its tests, so a finding is replayed with `python fuzz/run.py TARGET FILE`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sessions import client, server, words
from sockets import connection, peer
from stories import subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable

TARGETS: dict[str, Callable[[bytes], Any]] = {
    target.__name__: target for target in (words, client, server, subscriptions, connection, peer)
}
