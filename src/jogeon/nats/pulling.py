"""Reading a stream from a sequence on, without acknowledgement: an ephemeral consumer, used on one connection only."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from jogeon.errors import ConnectionLost
from jogeon.nats.address import Place
from jogeon.nats.opening import PATIENCE
from jogeon.reports import Report

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

BATCH = 1_000
"""Messages that are asked for at a time."""
EXPIRES = 30.0
"""Seconds after which the server ends a request for messages."""
HEARTBEAT = 0.5
"""Seconds between two signs of life where nothing comes."""
FORGOTTEN = 4 * EXPIRES
"""Seconds after which the server forgets a consumer that asks for nothing; the next request may come late."""
SECOND = 1_000_000_000
REST = "Nats-Pending-Messages"
"""How much of a request was not served when it expired."""


class Pull:
    """Hands over messages of a stream with their sequences, as they come; `on_sign` is called for any sign of life."""

    def __init__(
        self,
        client: "Client",
        place: Place,
        on_message: Callable[[int, bytes], object],
        on_sign: Callable[[], object],
        on_error: Callable[[Exception], object],
    ) -> None:
        self._client = client
        self._place = place
        self._on_message = on_message
        self._on_sign = on_sign
        self._on_error = on_error
        self._credit = 0
        self._next = self._inbox = ""

    async def start(self, sequence: int) -> None:
        """Begin with the message that has a sequence, or the next one there is."""
        from nats.js import api

        config = api.ConsumerConfig(
            ack_policy=api.AckPolicy.NONE,
            deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(1, sequence),
            inactive_threshold=FORGOTTEN,
            mem_storage=True,
        )
        js = self._client.jetstream(timeout=PATIENCE)
        made = await js.add_consumer(self._place.stream, config)
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{self._place.stream}.{made.name}"
        self._inbox = self._client.new_inbox()
        await self._client.subscribe(self._inbox, cb=self._take)
        await self._ask()

    async def _ask(self) -> None:
        self._credit += BATCH
        wanted = {"batch": BATCH, "expires": int(EXPIRES * SECOND), "idle_heartbeat": int(HEARTBEAT * SECOND)}
        await self._client.publish(self._next, json.dumps(wanted).encode(), reply=self._inbox)

    async def _take(self, message: "Msg") -> None:
        """Take what comes (called by nats-py)."""
        self._on_sign()
        try:
            if message.headers and (status := message.headers.get("Status")):
                self._told(status, message.headers)
            else:
                self._credit -= 1
                self._on_message(sequence_of(message.reply), message.data)
            if self._credit <= BATCH // 2:
                await self._ask()
        except Exception as error:  # noqa: BLE001  # whoever reads is told; nats-py would only log it
            self._on_error(error)

    def _told(self, status: str, headers: dict[str, str]) -> None:
        if status == "100":
            return
        if status in ("404", "408"):
            self._credit -= int(headers.get(REST, BATCH))
            return
        words = headers.get("Description") or status
        raise ConnectionLost(Report("NATS", text=words))


def sequence_of(reply: str) -> int:
    """Return the sequence in the stream, which stands in what a message would be acknowledged to.

    $JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.… and, since 2.10, with domain and account behind ACK.
    """
    words = reply.split(".")
    return int(words[5] if len(words) == 9 else words[7])
