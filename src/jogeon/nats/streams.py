"""The stream of a hub on a server: made on first use, looked at, read from a sequence on."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING

from jogeon.errors import RemoteProtocolError
from jogeon.nats.address import Place
from jogeon.nats.opening import PATIENCE, other_stream
from jogeon.nats.parcels import read_head

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.js.client import JetStreamContext

MAX_AGE = 7 * 86_400.0
"""Seconds for which a message is kept."""
MAX_BYTES = 512 * 2**20
"""Bytes of a stream at most; the oldest messages go first."""
PASSED_OVER = 1_000
"""Messages of others that are passed over in search of the last of ours."""


class Stream:
    """One stream, on one connection."""

    def __init__(self, js: "JetStreamContext", place: Place, created: datetime | None) -> None:
        self._js = js
        self._place = place
        self.created = created
        """When it was made: one that was emptied by its server has another moment."""

    async def last(self) -> int:
        """Return the sequence of its last message, 0 if there was none yet."""
        return (await self._js.stream_info(self._place.stream)).state.last_seq

    async def is_empty(self, first: int) -> bool:
        """Tell whether nothing is left of what began at a sequence."""
        state = (await self._js.stream_info(self._place.stream)).state
        return state.messages == 0 or state.first_seq > first

    async def backwards(self) -> AsyncIterator[bytes]:
        """Yield the messages of events, the newest first; at most PASSED_OVER messages are looked at."""
        found = await self._get(subject=self._place.events)
        for _ in range(PASSED_OVER):
            if found is None:
                return
            sequence, subject, payload = found
            if len(subject.split(".")) == 3:
                yield payload
            found = await self._get(sequence=sequence - 1) if sequence > 1 else None

    async def picture(self) -> int | None:
        """Return the sequence at which the last whole picture begins, None if there is none."""
        found = await self._get(subject=self._place.pictures)
        while found is not None:
            sequence, _, payload = found
            try:
                head, _ = read_head(payload)
            except RemoteProtocolError:
                found = await self._get(sequence=sequence - 1)
                continue
            begun = sequence - head.parts + 1
            if head.picture and head.ends and begun > 0 and await self._get(sequence=begun) is not None:
                return begun
            first = head.earlier if head.picture else sequence - 1
            found = await self._whole(first) if first else None
        return None

    async def _whole(self, first: int) -> tuple[int, str, bytes] | None:
        """Return the last message of the picture that begins at a sequence, as far as it is there."""
        found = await self._get(sequence=first)
        if found is None:
            return None
        try:
            head, _ = read_head(found[2])
        except RemoteProtocolError:
            return None
        return await self._get(sequence=first + head.parts - 1)

    async def _get(self, *, subject: str | None = None, sequence: int | None = None) -> tuple[int, str, bytes] | None:
        """Return the last message of a subject, or the one with a sequence; None if there is none."""
        from nats.js.errors import NotFoundError

        try:
            found = await self._js.get_msg(self._place.stream, seq=sequence, subject=subject)
        except NotFoundError:
            return None
        return found.seq or 0, found.subject or "", found.data or b""


async def stream_of(client: "Client", place: Place) -> Stream:
    """Return the stream of a place, made if it is not there."""
    return await stream_read(client, place) or await _made(client, place)


async def stream_read(client: "Client", place: Place) -> Stream | None:
    """Return the stream of a place, None if nobody made it yet; CouldNotConnect for one of another use.

    That takes other subjects, or keeps messages only until somebody has read them.
    """
    from nats.js.api import RetentionPolicy
    from nats.js.errors import NotFoundError

    js = client.jetstream(timeout=PATIENCE)
    try:
        info = await js.stream_info(place.stream)
    except NotFoundError:
        return None
    keeps = info.config.retention in (None, RetentionPolicy.LIMITS)
    if not keeps or not {place.events, place.pictures} <= set(info.config.subjects or ()):
        raise other_stream(place)
    return Stream(js, place, info.created)


async def _made(client: "Client", place: Place) -> Stream:
    from nats.js import api

    js = client.jetstream(timeout=PATIENCE)
    subjects = [place.events, place.pictures]
    config = api.StreamConfig(
        name=place.stream, subjects=subjects, storage=api.StorageType.FILE, max_age=MAX_AGE, max_bytes=MAX_BYTES,
        discard=api.DiscardPolicy.OLD, num_replicas=place.replicas,
    )  # fmt: skip
    return Stream(js, place, (await js.add_stream(config)).created)
