"""Publishing behind a fence, many at a time: each message names the one it follows, so that nobody else gets between.

Once one of them was refused, all behind it are, so what is in a stream has no holes whatever went wrong.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from jogeon.errors import ConnectionLost
from jogeon.nats.opening import FENCED, PATIENCE
from jogeon.nats.parcels import Message
from jogeon.reports import Report

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

WINDOW = 256
"""Messages under way at most."""
EXPECTED = "Nats-Expected-Last-Sequence"
ID, BEHIND = "Nats-Msg-Id", "Nats-Expected-Last-Msg-Id"
"""A foreign message may take just the sequence that one under way waits for; the id says that the last one is ours."""


class Fenced(ConnectionLost):
    """Somebody else wrote into the stream."""


class Outgoing:
    """The way into a stream whose last message has a sequence; of one connection."""

    def __init__(self, client: "Client", sequence: int) -> None:
        self.sequence = sequence
        """That of the last message that was sent."""
        self.acknowledged = sequence
        self._client = client
        self._waiting: deque[tuple[int, float]] = deque()
        self._due: deque[tuple[int, Callable[[], object]]] = deque()
        self._error: Exception | None = None
        self._changed = asyncio.Event()
        """Set by whatever the server says."""
        self._wrong = asyncio.Event()
        """Set once something went wrong."""
        self._inbox = ""

    async def open(self) -> None:
        """Listen for what the server says of each message."""
        self._inbox = self._client.new_inbox()
        await self._client.subscribe(f"{self._inbox}.*", cb=self._take)

    async def put(self, message: Message) -> None:
        """Send a message, as soon as not too many are under way; raises what went wrong with an earlier one."""
        while len(self._waiting) >= WINDOW:
            await self._change()
        self._raise()
        fence = {EXPECTED: str(self.sequence)}
        if self._waiting:
            fence[BEHIND] = f"{self._inbox}.{self.sequence}"
        self.sequence += 1
        self._waiting.append((self.sequence, asyncio.get_running_loop().time()))
        reply = fence[ID] = f"{self._inbox}.{self.sequence}"  # a refused one may come again elsewhere
        await self._client.publish(message.subject, message.payload, reply=reply, headers=fence)

    def then(self, done: Callable[[], object]) -> None:
        """Call a function once all that was sent so far is in the stream."""
        self._due.append((self.sequence, done))
        self._settle()

    async def watch(self) -> None:
        """Raise what goes wrong: a message refused, or not acknowledged in time. What goes well does not wake it."""
        while True:
            await self._until(self._wrong)

    async def all_in(self) -> None:
        """Wait until all that was sent is in the stream; raises as `put`."""
        while self._waiting:
            await self._change()

    async def _change(self) -> None:
        """Wait until something was acknowledged."""
        self._changed.clear()
        await self._until(self._changed)

    async def _until(self, event: asyncio.Event) -> None:
        """Wait for an event, no longer than for the oldest message under way; raise what went wrong."""
        self._raise()
        try:
            async with asyncio.timeout(max(0.0, self._left())):
                await event.wait()
        except TimeoutError:
            if self._left() <= 0:
                raise ConnectionLost(Report("no reply", name="publish", seconds=PATIENCE)) from None
        self._raise()

    def _left(self) -> float:
        """Return the seconds that are left for the acknowledgement of the oldest message under way."""
        if not self._waiting:
            return PATIENCE
        return self._waiting[0][1] + PATIENCE - asyncio.get_running_loop().time()

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    async def _take(self, message: "Msg") -> None:
        """Take what the server says of a message (called by nats-py)."""
        sequence = int(message.subject.rpartition(".")[2])
        try:
            said = json.loads(message.data) if message.data else {"error": {"description": "no JetStream answers"}}
            error = said.get("error")
        except (ValueError, AttributeError):
            error = {"description": "an answer that cannot be read"}
        if error is None and said.get("seq") != sequence:
            error = {"err_code": FENCED, "description": "another sequence"}
        if error is not None and self._error is None:
            kind = Fenced if error.get("err_code") == FENCED else ConnectionLost
            self._error = kind(Report("NATS refuses", text=str(error.get("description", error))))
            self._wrong.set()
        elif self._error is None:
            self.acknowledged = sequence
            while self._waiting and self._waiting[0][0] <= sequence:
                self._waiting.popleft()
            self._settle()
        self._changed.set()

    def _settle(self) -> None:
        while self._due and self._due[0][0] <= self.acknowledged:
            self._due.popleft()[1]()
