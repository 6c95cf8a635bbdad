"""The watching half of the drill, a process of its own so that it can be stopped: reports what it is told as pickles.

    python bench/watching.py URL RECHECK [--prices] NAME...

On stdout, each behind its size in four bytes: `("event", event)`, `("recheck", name, since_ns, until_ns)` for the time
from a CNSRCLR to the snapshot that followed it, `("members", {name: codes})` a few times a second, and with --prices
`("slots", wanted, registered)`, `("failed", why)`.
"""

import asyncio
import logging
import pickle
import queue
import sys
import threading
import time
from typing import Any

import jogeon
from jogeon.wire.messages import Clear, ConditionList, Register, Registered
from jogeon.wire.session import Answered, ClientSession, Received

SHOW = 0.2
Note = tuple[Any, ...]


class Reports:
    """Writes notes in a thread: a full pipe must not stop the loop whose stops are measured."""

    def __init__(self) -> None:
        self._notes: queue.SimpleQueue[Note | None] = queue.SimpleQueue()
        self._writing = threading.Thread(target=self._write)
        self._writing.start()

    def put(self, *note: object) -> None:
        self._notes.put(note)

    def end(self) -> None:
        self._notes.put(None)
        self._writing.join()

    def _write(self) -> None:
        out = sys.stdout.buffer
        while (note := self._notes.get()) is not None:
            piece = pickle.dumps(note)
            try:
                out.write(len(piece).to_bytes(4, "big") + piece)
                out.flush()
            except BrokenPipeError:
                return


class Observed(ClientSession):
    """A session that notes from when to when a condition was unregistered for a recheck."""

    reports: Reports

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}
        self._registered: dict[str, str] = {}
        self._cleared: dict[str, int] = {}

    def send(self, request: Any) -> bytes:
        text = super().send(request)
        if isinstance(request, Clear):
            name = self._registered.pop(request.seq, "")
            self._cleared[name] = time.time_ns()
        elif isinstance(request, Register):
            self._registered[request.seq] = self._names.get(request.seq, "")
        return text

    def receive(self, payload: bytes) -> Received:
        received = super().receive(payload)
        if isinstance(received, Answered):
            self._heard(received)
        return received

    def _heard(self, taken: Answered) -> None:
        if isinstance(taken.answer, ConditionList):
            self._names = {condition.seq: condition.name for condition in taken.answer.conditions}
        elif isinstance(taken.answer, Registered) and isinstance(taken.request, Register):
            name = self._registered.get(taken.request.seq, "")
            if name in self._cleared:
                self.reports.put("recheck", name, self._cleared.pop(name), time.time_ns())


def observe(reports: Reports) -> None:
    """Let every session of this process be observed."""
    Observed.reports = reports
    modules = [module for name, module in sys.modules.items() if name.startswith("jogeon")]
    for module in modules:
        if getattr(module, "ClientSession", None) is ClientSession:
            module.ClientSession = Observed  # type: ignore[attr-defined]


async def watch(reports: Reports, url: str, recheck: float, names: list[str]) -> None:
    """Report a watch until the connection to the drill or the watch ends."""
    prices = "--prices" in names
    named = [name for name in names if name != "--prices"]
    async with jogeon.connect(url, recheck=recheck) as kiwoom, kiwoom.watch(*named, prices=prices) as watching:
        pricing = kiwoom._feed.pricing

        async def show() -> None:
            while True:
                members = {str(name): tuple(codes) for name, codes in watching.members.items()}
                reports.put("members", members)
                if prices:
                    reports.put("slots", tuple(pricing.ranking(pricing.slots.limit)), tuple(pricing.slots.registered))
                await asyncio.sleep(SHOW)

        showing = asyncio.create_task(show())
        try:
            async for event in watching:
                reports.put("event", event)
        finally:
            showing.cancel()


def main() -> None:
    logging.disable()  # every fault would be logged
    reports = Reports()
    observe(reports)
    url, recheck, *names = sys.argv[1:]
    try:
        asyncio.run(watch(reports, url, float(recheck), names))
        reports.put("failed", "the watch ended")
    except KeyboardInterrupt:
        pass
    except BaseException as error:  # noqa: BLE001  # the drill reports what it was
        reports.put("failed", repr(error))
    finally:
        reports.end()


if __name__ == "__main__":
    main()
