"""Following a watch: every event once and in order, until it is enough; what it still tells at its end is told."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from typing import TYPE_CHECKING, cast

import pytest

from cli_conversation import NOON_NS, SURGE, FakeClient, enter, leave, snapshot
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.running import follow as follow_module
from jogeon.cli.running.follow import Wish, enough, first_of, follow, hand_over, server_label
from jogeon.cli.texts import Texts
from jogeon.errors import ConnectionLost, JogeonError
from jogeon.events import Gap, State
from wire import virtual

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.client import Client
    from jogeon.events import Event
    from jogeon.watch import Watch

OPEN_GAP = Gap(SURGE, NOON_NS, NOON_NS, "connection lost", open=True)
ENDED = State(NOON_NS, "ended")
CHANGES: list[Event] = [snapshot("000010"), enter("000020"), leave("000010"), enter("000030")]


async def following(capfd: pytest.CaptureFixture[str], client: FakeClient, wish: Wish) -> list[str]:
    """Return the kinds of the lines that were printed, an error after them."""
    choices = Choices(Texts("en"), connect=None)  # type: ignore[arg-type]  # the client is there
    try:
        await follow(cast("Client", client), wish, choices)
    except Exception as error:  # noqa: BLE001  # whatever it is
        failed = [type(error).__name__]
    else:
        failed = []
    assert client.told.left
    return [json.loads(line)["event"] for line in capfd.readouterr().out.splitlines()] + failed


async def test_every_event_is_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    client = FakeClient(events=CHANGES, last=[ENDED])
    assert await following(capfd, client, Wish()) == ["snapshot", "enter", "leave", "enter", "state"]


async def test_a_count_is_kept_exactly_also_within_one_batch(capfd: pytest.CaptureFixture[str]) -> None:
    client = FakeClient(events=CHANGES, then="wait")
    assert await following(capfd, client, Wish(count=2)) == ["snapshot", "enter", "leave"]


async def test_a_time_that_is_over_ends_it_and_what_the_watch_still_tells_is_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    client = FakeClient(events=CHANGES[:2], then="wait", last=[OPEN_GAP, ENDED])
    assert await following(capfd, client, Wish(seconds=0.01)) == ["snapshot", "enter", "gap", "state"]


async def test_an_interruption_leaves_the_watch_and_tells_its_open_gaps(capfd: pytest.CaptureFixture[str]) -> None:
    client = FakeClient(events=CHANGES[:1], then="wait", last=[OPEN_GAP])
    task = asyncio.create_task(following(capfd, client, Wish()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert client.told.left
    assert [json.loads(line)["event"] for line in capfd.readouterr().out.splitlines()] == ["snapshot", "gap"]


async def test_a_connection_lost_for_good_is_raised_after_what_was_told(capfd: pytest.CaptureFixture[str]) -> None:
    client = FakeClient(events=[snapshot(), OPEN_GAP, ENDED], then=ConnectionLost("reset"))
    assert await following(capfd, client, Wish()) == ["snapshot", "gap", "state", "ConnectionLost"]


async def test_a_reader_who_has_gone_ends_it(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        taken = 0

        def write(self, _line: bytes) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(follow_module, "StandardOutput", Gone)
    client = FakeClient(events=CHANGES, then="wait", last=[ENDED])
    assert await following(capfd, client, Wish()) == ["BrokenPipeError"]


async def test_the_view_shows_the_watch_and_ends_with_what_the_session_was(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(follow_module, "is_terminal", lambda _: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    client = FakeClient(events=CHANGES, then="wait")
    choices = Choices(Texts("ko"), connect=None, server="demo")  # type: ignore[arg-type]  # the client is there
    await follow(cast("Client", client), Wish(seconds=1.0), choices)
    shown, _, left = terminal.buffer.getvalue().decode().partition("\x1b[?1049l")
    assert client.told.left
    assert all(part in shown for part in ("시뮬레이터", "접속됨", "005930", "▲ 편입", "▽ 이탈", "가상 시장"))
    assert [line.split() for line in left.splitlines()[1:]] == [
        ["공백", "없음"],
        ["\x1b[2m조건식", "종목수", "편입", "이탈\x1b[m"],
        ["급등주", "1", "2", "1"],
    ]


async def test_taking_ends_with_the_watch() -> None:
    taken: list[Event] = []

    async def use(events: Sequence[Event]) -> None:
        taken.extend(events)

    watch = cast("Watch", FakeClient(events=CHANGES).told)
    assert await hand_over(watch, Wish(count=99), use) is False
    assert taken == CHANGES


@pytest.mark.parametrize(("changes", "events"), [(1, 2), (2, 3), (3, 4), (4, 4)])
def test_how_many_events_it_takes(changes: int, events: int) -> None:
    assert enough(CHANGES, changes) == events


async def test_an_error_of_one_ends_both() -> None:
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("forever")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ConnectionLost("reset")

    with pytest.raises(ConnectionLost):
        await first_of(forever(), fail())
    assert ended == ["forever"]


@pytest.mark.parametrize("interrupted", [True, False])
async def test_what_goes_wrong_while_the_others_end_is_raised(*, interrupted: bool) -> None:
    """Ctrl+C on a full disk: that not all was written is more than an interruption."""

    async def record() -> None:
        try:
            await asyncio.sleep(9999)
        finally:
            raise JogeonError("not all was written")

    async def end() -> None:
        await asyncio.sleep(9999 if interrupted else 0)

    running = asyncio.create_task(first_of(record(), end()))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(JogeonError, match="not all was written"):
        await running


@pytest.mark.parametrize(
    ("server", "label"),
    [("real", "실전"), ("mock", "모의투자"), ("demo", "시뮬레이터"), ("ws://127.0.0.1:9/api", "127.0.0.1:9")],
)
def test_a_server_is_called_as_people_know_it(server: str, label: str) -> None:
    choices = Choices(Texts("ko"), connect=None, server=server)  # type: ignore[arg-type]  # nothing connects here
    assert server_label(choices, "ws://127.0.0.1:9/api") == label


def test_a_time_begins_when_the_command_does_and_entering_the_watch_counts() -> None:
    async def conversation() -> float:
        watch = FakeClient(events=CHANGES[:1], then="wait").told
        loop = asyncio.get_running_loop()
        begun = loop.time()
        wish = Wish(seconds=8, until=begun + 8)
        await asyncio.sleep(5)  # what a slow list takes
        assert not await hand_over(cast("Watch", watch), wish, _unused)
        return loop.time() - begun

    async def _unused(_events: Sequence[Event]) -> None:
        pass

    assert virtual(conversation()) == pytest.approx(8)


async def test_a_count_is_kept_exactly_over_several_batches() -> None:
    class Batches:
        """A watch that hands over three changes, and more than are wanted behind them."""

        def __init__(self) -> None:
            self.left = [CHANGES, CHANGES]

        async def batch(self, limit: int) -> Sequence[Event]:
            assert limit >= len(CHANGES)
            return self.left.pop(0)

    async def use(events: Sequence[Event]) -> None:
        told.extend(events)

    told: list[Event] = []
    assert await hand_over(cast("Watch", Batches()), Wish(count=5), use) is True
    assert told == [*CHANGES, *CHANGES[:3]]
