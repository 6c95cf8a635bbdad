"""What a hub answers over HTTP: how it goes, and its numbered stream."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from hubs import MARKET, hub_over, once, program
from jogeon.errors import PositionError
from jogeon.events import Anomaly
from jogeon.hub import routes
from jogeon.journal.history import History
from jogeon.journal.position import Position
from jogeon.testing import Broker
from jogeon.web import exchange

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.hub.hub import Hub

pytestmark = pytest.mark.usefixtures("spared_disk")


async def get(hub: Hub, path: str) -> tuple[int, Any]:
    """Return status and lines of an answer."""
    reply = await exchange("GET", hub.rest + path)
    return reply.status, [json.loads(line) for line in reply.body.splitlines()]


async def test_the_stream_is_that_of_the_journal(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub:
        await once(hub, "급등주")
        broker.enter("급등주", "042700")
        await broker.read()
        lines: list[dict[str, Any]] = []
        while not any(line["event"] == "enter" for line in lines):
            status, lines = await get(hub, "/hub/events?after=0:0")
            assert status == 200
            await asyncio.sleep(0.01)
        with History(tmp_path / "j") as history:
            written = [event.fields() | {"epoch": epoch, "n": n} for epoch, n, event in history.events()]
        assert lines == json.loads(json.dumps(written))
        assert await get(hub, "/hub/events?after=1:1&limit=2") == (200, lines[1:3])
        assert await get(hub, f"/hub/events?after={hub.relay.identity}:1:{len(lines)}") == (200, [])


async def test_a_position_of_another_journal_or_none_at_all(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        for foreign in ("0123456789abcdef:1:1", "9:9"):
            status, (said,) = await get(hub, f"/hub/events?after={foreign}")
            assert (status, said["next"]) == (409, None)
            assert said["error"]
        for wrong in ("after=x", "limit=0", "limit=x", "limit=100000"):
            assert (await get(hub, f"/hub/events?{wrong}"))[0] == 400


class Pruned:
    """In the place of a cursor whose next events were deleted."""

    async def available(self, limit: int) -> list[Any]:
        raise PositionError(Position(1, limit), "pruned", "deleted", Position(1, 901, "0123456789abcdef"))

    async def close(self) -> None:
        pass


async def test_a_pruned_position_is_told_with_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub:
        monkeypatch.setattr(hub, "cursor", lambda _: Pruned())
        status, (said,) = await get(hub, "/hub/events?after=1:5")
        assert (status, said["next"]) == (409, "0123456789abcdef:1:901")


async def test_how_it_goes(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j", "급등주") as hub, program(hub) as client:
        await once(hub, "급등주")
        await client.register("0")
        broker.enter("급등주", "042700")
        await broker.read()
        await client.caught_up()
        status, (told,) = await get(hub, "/hub/status")
        assert status == 200
        assert told["upstream"] == {
            "server": broker.url, "state": "connected", "heard": told["upstream"]["heard"], "logins": 1,
        }  # fmt: skip
        assert told["journal"]["id"] == hub.relay.identity
        (condition,) = told["conditions"]
        assert condition | {"since": ""} == {
            "seq": "0", "name": "급등주", "exchange": "K", "members": 3, "consumers": 1, "since": "",
        }  # fmt: skip
        (consumer,) = told["consumers"]
        assert (consumer["kind"], consumer["conditions"], consumer["sent"]) == ("plain", ["급등주"], 1)
        assert consumer["address"].startswith("127.0.0.1:")
        assert told["cut"] == []


async def test_the_same_for_prometheus(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, hub_over(broker, tmp_path / "j") as hub, program(hub):
        reply = await exchange("GET", f"{hub.rest}/metrics")
        assert reply.headers["content-type"].startswith("text/plain")
        assert b'jogeon_hub_consumers{kind="plain"} 1' in reply.body


def test_a_long_answer_is_made_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two of them everybody else has a turn."""
    events = [(1, n, Anomaly(n, "impossible")) for n in range(1, 51)]
    together = [piece for piece in routes._lines(events) if piece]
    monkeypatch.setattr(routes, "PIECE", 0.0)
    apart = [piece for piece in routes._lines(events) if piece]
    assert len(apart) == 50 > len(together)
    assert b"".join(apart) == b"".join(together)
    assert [json.loads(line)["n"] for line in b"".join(apart).splitlines()] == list(range(1, 51))


def test_events_that_are_read_on_a_terminal_do_not_steer_it() -> None:
    what = "급등\x9b2J\u202e\u3164주"
    (line,) = b"".join(routes._lines([(1, 1, Anomaly(1, what))])).decode().split("\n")[:-1]
    assert line.isprintable()
    assert "\u3164" not in line
    assert json.loads(line)["what"] == what
