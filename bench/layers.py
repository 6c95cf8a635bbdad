"""What each layer of the path of a push costs, in one process and without a socket: nanoseconds a push.

    python bench/layers.py [--rounds N]

Each line holds what the lines above it hold and one layer more, except where it says "alone". The least of many rounds
is told: what else this machine does only adds.
"""

import argparse
import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal, cast

from picows import WSFrame, WSMsgType, WSTransport
from picows.picows import _make_test_ws_frame  # picows' own way of making a frame without a socket

from jogeon.events import Condition, Enter, Leave
from jogeon.live.connection import Connection
from jogeon.live.membership import Membership
from jogeon.live.queue import Queue
from jogeon.live.subscriptions import Subscriptions
from jogeon.wire import messages
from jogeon.wire.messages import Register, Registered
from jogeon.wire.readers import read_push
from jogeon.wire.writers import encode_push

if TYPE_CHECKING:
    from jogeon.live.receiving import Receiver

BATCH = 400
"""Pushes that one read of the socket brings in a flood."""
MEMBERS = 100
CONDITION = Condition("0", "급등주")
LEAVE: Literal["D"] = "D"
ENTER: Literal["I"] = "I"
ROUND = [
    (f"{code % (2 * MEMBERS):06d}", kind)
    for number in range(2 * MEMBERS)
    for code, kind in ((number, LEAVE), (number + MEMBERS, ENTER))
]
"""One stock leaves, another enters; after the round all is as before."""
PAYLOADS = [encode_push("0", code, kind, "152028") for code, kind in ROUND]


class Early:
    """A frame with others of the same read behind it, as picows makes only the last one of a read outside a socket."""

    fin, last_in_buffer = True, False

    def __init__(self, payload: bytes) -> None:
        self.payload_size = len(payload)
        self._payload = payload

    def get_payload_as_bytes(self) -> bytes:
        return self._payload


def frame_of(place: int, payload: bytes) -> WSFrame:
    """Return a push as the frame that it would be in a read of BATCH."""
    if (place + 1) % BATCH and place + 1 < len(PAYLOADS):
        return cast("WSFrame", Early(payload))
    return _make_test_ws_frame(WSMsgType.TEXT, payload, True, False)  # noqa: FBT003


FRAMES = [frame_of(place, payload) for place, payload in enumerate(PAYLOADS)]


def batches() -> Iterator[list[WSFrame]]:
    """Yield the frames as reads of a socket would bring them."""
    for at in range(0, len(FRAMES), BATCH):
        yield FRAMES[at : at + BATCH]


class Whole:
    """A Subscriptions that follows one condition, the queue of one consumer, and a connection that feeds them."""

    def __init__(self) -> None:
        subscriptions = Subscriptions(recheck=0)
        subscriptions.connected()
        subscriptions.answered(messages.ListConditions(), messages.ConditionList((CONDITION,)), 0.0, 1)
        self.queue = Queue(lambda _: None, time.time_ns)
        subscriptions.want(CONDITION, self.queue, "K", 1)
        request = subscriptions.next_request(0.0, 1)
        assert isinstance(request, Register)
        codes = tuple(f"{code:06d}" for code in range(MEMBERS))
        subscriptions.answered(request, Registered(codes), 0.0, 1)
        self.subscriptions = subscriptions
        self.connection = Connection(cast("Receiver", _Receiver(subscriptions)))
        self.drain()

    def drain(self) -> None:
        """Take all that waits."""
        pop = self.queue.pop
        while pop() is not None:
            pass


class _Receiver:
    def __init__(self, subscriptions: Subscriptions) -> None:
        self.on_pushes = subscriptions.pushed


def decode_alone() -> None:
    """Decode the payload of each push."""
    for payload in PAYLOADS:
        read_push(payload)


def events_alone() -> None:
    """Make the event of each push."""
    for code, kind in ROUND:
        (Enter if kind == "I" else Leave)(1, CONDITION, code, "152028")


def membership_alone() -> Callable[[], None]:
    """Make the events and keep the members."""
    membership = Membership(CONDITION)
    membership.snapshot(tuple(f"{code:06d}" for code in range(MEMBERS)), 1)
    push = membership.push

    def run() -> None:
        for code, kind in ROUND:
            push(kind, code, "152028", 1)

    return run


def queue_alone() -> Callable[[], None]:
    """Put each event into the queue and take it."""
    queue = Queue(lambda _: None, time.time_ns)
    put, pop = queue.put, queue.pop
    event = Enter(1, CONDITION, "000001", "152028")

    def run() -> None:
        for at in range(0, len(ROUND), BATCH):
            for _ in ROUND[at : at + BATCH]:
                put(event)
            while pop() is not None:
                pass

    return run


def deque_alone() -> None:
    """Put each event into a deque and take it: what no queue can undercut."""
    events: deque[int] = deque()
    for at in range(0, len(ROUND), BATCH):
        for _ in ROUND[at : at + BATCH]:
            events.append(1)
        while events:
            events.popleft()


def pushed() -> Callable[[], None]:
    """From the decoded push to the queue, and out of it again."""
    whole = Whole()
    decoded = [read_push(payload) for payload in PAYLOADS]

    def run() -> None:
        for at in range(0, len(decoded), BATCH):
            whole.subscriptions.pushed([row for push in decoded[at : at + BATCH] for row in push.data], 1)
            whole.drain()

    return run


def framed() -> Callable[[], None]:
    """From the frame to the queue, and out of it again."""
    whole = Whole()
    listener = whole.connection.on_ws_frame
    transport = cast("WSTransport", None)

    def run() -> None:
        for batch in batches():
            for frame in batch:
                listener(transport, frame)
            whole.drain()

    return run


def iterated() -> Callable[[], None]:
    """From the frame to `async for`."""
    whole = Whole()
    listener = whole.connection.on_ws_frame
    transport = cast("WSTransport", None)

    async def consume() -> None:
        left = len(FRAMES)
        async for _ in whole.queue.read():
            left -= 1
            if not left:
                return

    async def main() -> None:
        consumer = asyncio.create_task(consume())
        await asyncio.sleep(0)
        for batch in batches():
            for frame in batch:
                listener(transport, frame)
            await asyncio.sleep(0)
        await consumer

    runner = asyncio.Runner()
    return lambda: runner.run(main())


def least(run: Callable[[], None], rounds: int) -> float:
    """Return the shortest of many rounds, in nanoseconds a push."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter_ns()
        run()
        times.append(time.perf_counter_ns() - started)
    return min(times) / len(ROUND)


LAYERS: dict[str, Callable[[], Callable[[], None]]] = {
    "decode, alone": lambda: decode_alone,
    "the event, alone": lambda: events_alone,
    "the event and the members, alone": membership_alone,
    "a deque, alone": lambda: deque_alone,
    "the queue, alone": queue_alone,
    "decoded push → queue → out": pushed,
    "frame → queue → out": framed,
    "frame → async for": iterated,
}


def main() -> None:
    """Print a line for each layer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2_000)
    options = parser.parse_args()
    for name, make in LAYERS.items():
        print(f"{least(make(), options.rounds):6.0f}  {name}")


if __name__ == "__main__":
    main()
