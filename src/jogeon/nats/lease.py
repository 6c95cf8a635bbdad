"""Who publishes: the owner of a key that expires unless it is renewed.

The fence of the stream keeps what is published right whoever publishes; the lease only settles who does, and when a
standby may log in. Its expiry is announced to nobody, so who waits for it asks again and again.
"""

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Literal, Self

from jogeon.errors import JogeonError, SessionTaken
from jogeon.masks import unmasked
from jogeon.nats.address import Place
from jogeon.nats.opening import PATIENCE, opened, trouble_of

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.js.kv import KeyValue

TTL = 10.0
"""Seconds after which a lease that is not renewed has expired."""
RENEW = TTL / 4
POLL = 0.5
"""Seconds between two attempts to have a lease that another holds."""
PAUSE = 1.0
"""Seconds before another connection, where one has failed."""
BUCKET = "jogeon-lease"

Holder = Literal["me", "other", "none"]

logger = logging.getLogger("jogeon.nats")
logger.addFilter(unmasked)


class Lease:
    """The lease of one alias, on one connection, for an owner; `holder` is who has it, as far as is known."""

    def __init__(self, client: "Client", place: Place, owner: str) -> None:
        self.holder: Holder = "none"
        self._client = client
        self._place = place
        self._owner = owner.encode()
        self._bucket: KeyValue

    async def open(self) -> None:
        """Find the keys, made if they are not there."""
        from nats.js.api import KeyValueConfig
        from nats.js.errors import NotFoundError

        js = self._client.jetstream(timeout=PATIENCE)
        try:
            self._bucket = await js.key_value(BUCKET)
        except NotFoundError:
            self._bucket = await js.create_key_value(KeyValueConfig(bucket=BUCKET, ttl=TTL))

    async def take(self) -> bool:
        """Have the lease, or renew it; return whether it is this owner's."""
        from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError

        with contextlib.suppress(KeyWrongLastSequenceError, KeyNotFoundError):  # another was quicker: it is asked again
            self.holder = await self._taken()
        return self.holder == "me"

    async def _taken(self) -> Holder:
        from nats.js.errors import KeyNotFoundError

        alias = self._place.alias
        try:
            entry = await self._bucket.get(alias)
        except KeyNotFoundError:
            await self._bucket.create(alias, self._owner)
            return "me"
        if entry.value != self._owner:
            return "other"
        await self._bucket.update(alias, self._owner, last=entry.revision)
        return "me"


class Leasing:
    """Has the lease of an alias while it is entered, or waits for it; `holder` is who has it, `trouble` what is wrong.

    `patient`: it stands by for another, whose lease a server that has just come back may have lost, and who is to come
    first then. While the server cannot be reached, who has the lease goes on.
    """

    def __init__(self, place: Place, owner: str, *, patient: bool = False) -> None:
        self.trouble: JogeonError | None = None
        self.holder: Holder = "none"
        self.lost = asyncio.Event()
        """Set once another has what was ours."""
        self._place = place
        self._owner = owner
        self._patient = patient
        self._had = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._stand(), name="nats lease")
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def wait(self) -> None:
        """Wait until the lease is ours."""
        await self._had.wait()

    async def run(self) -> None:
        """Wait until it is lost; SessionTaken."""
        await self.lost.wait()
        raise SessionTaken(holder=str(self._place))

    async def _stand(self) -> None:
        while not self.lost.is_set():
            try:
                async with opened(self._place) as client:
                    lease = Lease(client, self._place, self._owner)
                    await lease.open()
                    await self._poll(lease)
            except Exception as error:  # noqa: BLE001  # whatever NATS does, the session goes on
                self.trouble = trouble_of(self._place, error)
                logger.info("nats: lease: %s", self.trouble)
            await asyncio.sleep(PAUSE)

    async def _poll(self, lease: Lease) -> None:
        """Ask for the lease, or renew it, until it is lost."""
        if self._patient and not self._had.is_set():
            await asyncio.sleep(TTL)
        while not self.lost.is_set():
            mine = await lease.take()
            self.holder, self.trouble = lease.holder, None
            if mine:
                self._had.set()
            elif self._had.is_set() and lease.holder == "other":
                self.lost.set()
            await asyncio.sleep(RENEW if mine else POLL)
