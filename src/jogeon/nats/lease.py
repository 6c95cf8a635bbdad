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
from jogeon.nats.opening import PATIENCE, opened, stopped, trouble_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from nats.aio.client import Client
    from nats.js.kv import KeyValue

TTL = 10.0
"""Seconds after which a lease that is not renewed has expired."""
RENEW = TTL / 4
"""Seconds between two renewals."""
POLL = 0.5
"""Seconds between two attempts to take a lease that another holds."""
PAUSE = 1.0
"""Seconds before another connection, where one has failed."""
BUCKET = "jogeon-lease"
MARKS = "jogeon-taken"
"""Keys that never expire: aliases whose hub another program has driven out of its session."""
MARKING = 20.0
"""Seconds for which a hub that ends tries to leave its mark, longer than a standby waits after a server came back.

A hub that stood still waits as long to have its lease confirmed.
"""

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
        self._bucket = await self._made(BUCKET, TTL)
        self._marks = await self._made(MARKS, None)

    async def _made(self, name: str, ttl: float | None) -> "KeyValue":
        from nats.js.api import KeyValueConfig
        from nats.js.errors import NotFoundError

        js = self._client.jetstream(timeout=PATIENCE)
        try:
            return await js.key_value(name)
        except NotFoundError:
            return await js.create_key_value(KeyValueConfig(bucket=name, ttl=ttl, replicas=self._place.replicas))

    async def acquire(self) -> bool:
        """Take the lease or renew it; return whether it is this owner's."""
        from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError

        with contextlib.suppress(KeyWrongLastSequenceError, KeyNotFoundError):  # another was quicker: it is asked again
            self.holder = await self._taken()
        return self.holder == "me"

    async def look(self) -> Holder:
        """Return who has the lease, without taking it."""
        entry = await _found(self._bucket, self._place.alias)
        self.holder = "none" if entry is None else "me" if entry.value == self._owner else "other"
        return self.holder

    async def _taken(self) -> Holder:
        alias = self._place.alias
        entry = await _found(self._bucket, alias)
        if entry is None:
            await self._bucket.create(alias, self._owner)
            return "me"
        if entry.value != self._owner:
            return "other"
        await self._bucket.update(alias, self._owner, last=entry.revision)
        return "me"

    # ------------------------------------------------------------ the mark

    async def mark(self, words: str) -> None:
        """Mark the alias: another program has the session of its hub, and said so in these words."""
        await self._marks.put(self._place.alias, words.encode() or b"-")

    async def marked(self) -> str | None:
        """Return the words of the mark, None if there is none."""
        entry = await _found(self._marks, self._place.alias)
        return None if entry is None else (entry.value or b"").decode(errors="replace")

    async def unmark(self) -> None:
        """Take the mark away, if there is one: the session is a hub's again."""
        if await self.marked() is not None:
            await self._marks.purge(self._place.alias)


async def _found(bucket: "KeyValue", alias: str) -> "KeyValue.Entry | None":
    from nats.js.errors import KeyNotFoundError

    try:
        return await bucket.get(alias)
    except KeyNotFoundError:
        return None


class Leasing:
    """Holds the lease of an alias while entered, or waits for it; `holder` is who has it, `trouble` what is wrong.

    `patient`: it stands by for another hub, and lets that come first if a server that has just come back lost its
    lease. `barred`: another program drove out the hub before, in these words of the broker, so it does not take the
    lease: a person decides, and starts a hub again. While the server cannot be reached, whoever has the lease goes on.
    """

    def __init__(self, place: Place, owner: str, *, patient: bool = False) -> None:
        self.trouble: JogeonError | None = None
        self.holder: Holder = "none"
        self.barred: str | None = None
        self.on_barred: Callable[[str], object] = lambda _: None
        """Called with the words when it finds that it is barred."""
        self.on_other: Callable[[], object] = lambda: None
        """Called when one that does not stand by finds that another has the lease."""
        self.on_trouble: Callable[[JogeonError | None], object] = lambda _: None
        """Called with what keeps it from knowing who has the lease, again and again, and with None once it knows."""
        self.lost = asyncio.Event()
        """Set once another has what was ours."""
        self._place = place
        self._owner = owner
        self._patient = patient
        self._had = asyncio.Event()
        self._renewed: float | None = None
        """When it was ours last, for certain."""
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._stand(), name="nats lease")
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._task is not None:
            await stopped(self._task)

    async def wait(self) -> None:
        """Wait until the lease is ours."""
        await self._had.wait()

    async def run(self) -> None:
        """Wait until it is lost; SessionTaken."""
        await self.lost.wait()
        raise SessionTaken(lease=str(self._place))

    async def confirmed(self) -> None:
        """Wait until a lease that may have expired meanwhile is ours again; SessionTaken once another has it.

        A program that stood still wakes without its connection, and would log in over who took over. Where NATS does
        not answer in time it returns: the session goes on without it.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + MARKING
        while self._renewed is not None and clock() - self._renewed >= TTL and clock() < until:
            if self.lost.is_set():
                raise SessionTaken(lease=str(self._place))
            await asyncio.sleep(POLL / 10)
        if self.lost.is_set():
            raise SessionTaken(lease=str(self._place))

    async def leave_mark(self, words: str) -> None:
        """Let nobody who stands by take over: another program has the session, and the broker said so in these words.

        Where another hub has the lease, it is that one which has the session, and there is no mark.
        """
        await self.__aexit__()  # whoever has the lease takes marks away
        clock = asyncio.get_running_loop().time
        until = clock() + MARKING
        while not await self._marked(words) and clock() < until:  # noqa: ASYNC110  # a server is asked, nobody sets it
            await asyncio.sleep(PAUSE)

    async def _marked(self, words: str) -> bool:
        """Leave the mark, if it is ours to leave; tell whether that is settled."""
        try:
            async with opened(self._place) as client:
                lease = Lease(client, self._place, self._owner)
                await lease.open()
                if await lease.look() != "other":
                    await lease.mark(words)
        except Exception as error:  # noqa: BLE001  # whatever NATS does, it is tried again
            logger.warning("nats: no mark: %s", trouble_of(self._place, error))
            return False
        return True

    async def _stand(self) -> None:
        while not self.lost.is_set():
            try:
                await self._stand_once()
            except Exception as error:  # noqa: BLE001  # whatever NATS does, the session goes on
                self.trouble = trouble_of(self._place, error)
                logger.info("nats: lease: %s", self.trouble)
                self.on_trouble(self.trouble)
            await asyncio.sleep(PAUSE)

    async def _stand_once(self) -> None:
        """Ask on one connection, until it ends or the lease is lost."""
        closed = asyncio.Event()
        async with opened(self._place, closed.set) as client:
            polling = asyncio.create_task(self._poll(Lease(client, self._place, self._owner)), name="nats lease poll")
            ending = asyncio.create_task(closed.wait(), name="nats lease end")
            try:
                await asyncio.wait({polling, ending}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                over = polling.done()
                await stopped(polling, ending)
            if over:
                polling.result()

    async def _poll(self, lease: Lease) -> None:
        """Ask for the lease, or renew it, until it is lost."""
        await lease.open()
        if self._patient and not self._had.is_set():
            await self._be_patient(lease)
        while not self.lost.is_set():
            mine, was = not await self._is_barred(lease) and await lease.acquire(), self.holder
            self._knows(lease.holder)
            if mine:
                self._renewed = asyncio.get_running_loop().time()
                await lease.unmark()
                self._had.set()
            elif lease.holder == "other":
                self._beaten(was)
            await asyncio.sleep(RENEW if mine else POLL)

    def _knows(self, holder: Holder) -> None:
        self.holder = holder
        if self.trouble is not None:
            self.trouble = None
            self.on_trouble(None)

    def _beaten(self, was: Holder) -> None:
        """Note that another has the lease; `was` is who had it before, as far as was known."""
        if self._had.is_set():
            self.lost.set()
        elif not self._patient and was != "other":
            self.on_other()

    async def _be_patient(self, lease: Lease) -> None:
        """Give whoever had the lease before the server went down the time to take it again."""
        until = asyncio.get_running_loop().time() + TTL
        while asyncio.get_running_loop().time() < until:
            await self._is_barred(lease)
            self._knows(lease.holder)
            await asyncio.sleep(POLL)

    async def _is_barred(self, lease: Lease) -> bool:
        """Tell whether a standby must not take over; what it found earlier holds even if the server is emptied."""
        if not self._patient or self._had.is_set():
            return False
        was, words, holder = self.barred, await lease.marked(), await lease.look()
        self.barred = words if words is not None or holder == "other" else was
        if self.barred is not None and was is None:
            self.on_barred(self.barred)
        return self.barred is not None
