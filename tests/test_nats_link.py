"""A client that reads a hub's stream on a real NATS: as on the hub itself, and right over whatever befalls NATS."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import jogeon
from hubs import MARKET, once
from jogeon.errors import CouldNotConnect, LoginRefused
from jogeon.events import Condition, Enter, Gap, Leave, Snapshot, State
from jogeon.nats.opening import opened
from jogeon.simulator.simulator import Simulator
from jogeon.testing import Broker
from jogeon.wire.lines import encode_lines
from jogeon.wire.writers import encode_push
from natsd import in_stream, natsd, published, until

if TYPE_CHECKING:
    from jogeon.events import Event

pytestmark = pytest.mark.usefixtures("spared_disk", "_short_lease")


@pytest.fixture
def _short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("TTL", 3.0), ("RENEW", 0.5)):
        monkeypatch.setattr(f"jogeon.nats.lease.{name}", seconds)


def numbers(events: list[Event]) -> list[tuple[int, int]]:
    return [each.number for each in events if each.number is not None]


async def test_a_client_lists_searches_and_watches_as_on_the_hub(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server):
        async with jogeon.connect(server.address()) as client:
            assert [each.name for each in await client.conditions()] == list(MARKET)
            assert [each.code for each in await client.search("급등주")] == MARKET["급등주"]
            async with client.watch("급등주") as watch:
                assert set(watch.members["급등주"]) == {"005930", "000660"}
                broker.enter("신고가 돌파", "111111")
                broker.enter("급등주", "042700")
                broker.leave("급등주", "005930")
                told = await until(watch, "005930")
        assert [type(each) for each in told] == [State, Snapshot, Enter, Leave]
        (epoch, first), (_, last) = numbers(told)
        assert (epoch, last - first) == (1, 1)
        assert broker.logins == 1


async def test_what_is_committed_while_nats_is_down_comes_afterwards_without_a_gap(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server) as hub:
        async with jogeon.connect(server.address()) as client, client.watch() as watch:
            broker.enter("급등주", "042700")
            told = await until(watch, "042700")
            server.kill()
            broker.enter("급등주", "111111")
            broker.leave("신고가 돌파", "035720")
            await server.restart()
            await in_stream(hub)
            broker.enter("급등주", "222222")
            told += await until(watch, "222222")
            assert not [each for each in told if isinstance(each, Gap)]
            assert [each.code for each in told if isinstance(each, Enter | Leave)] == [
                "042700", "111111", "035720", "222222",
            ]  # fmt: skip
            came = numbers(told)
            assert came == [(1, n) for n in range(came[0][1], came[0][1] + len(came))]


async def test_a_condition_that_was_recorded_before_and_is_added_again_begins_with_its_members(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        async with published(broker, tmp_path / "j", server) as hub:
            await once(hub, "신고가 돌파")
        broker.remove("신고가 돌파")
        async with published(broker, tmp_path / "j", server):
            async with jogeon.connect(server.address()) as client, client.watch() as watch:
                broker.add("신고가 돌파", ["111111"])
                broker.drop()
                told: list[Event] = []
                async with asyncio.timeout(10):
                    while not any(isinstance(each, Snapshot) and each.codes == ("111111",) for each in told):
                        told.append(await anext(watch))
                assert set(watch.members["신고가 돌파"]) == {"111111"}
    about = [each for each in told if each.condition is not None and each.condition.name == "신고가 돌파"]
    assert [each.state if isinstance(each, State) else type(each).__name__ for each in about] == [
        "condition-added", "Snapshot",
    ]  # fmt: skip


async def test_an_emptied_nats_is_a_told_gap_and_the_members_are_right(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server) as hub:
        async with jogeon.connect(server.address()) as client, client.watch("급등주") as watch:
            broker.enter("급등주", "042700")
            await until(watch, "042700")
            server.kill()
            broker.enter("급등주", "111111")
            broker.leave("급등주", "005930")
            await server.restart(emptied=True)
            await in_stream(hub)
            told = await until(watch, "111111")
            broker.enter("급등주", "222222")
            told += await until(watch, "222222")
            assert [each.cause for each in told if isinstance(each, Gap)] == ["connection lost"]
            recovered = [each.code for each in told if isinstance(each, Enter | Leave) and each.origin == "recovered"]
            assert recovered == ["005930", "111111"]
            assert set(watch.members["급등주"]) == {"000660", "042700", "111111", "222222"}


async def test_a_hub_that_was_restarted_goes_on_where_it_was(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        async with published(broker, tmp_path / "j", server):
            client = jogeon.connect(server.address())
            await client.__aenter__()
            watch = await client.watch("급등주").__aenter__()
            broker.enter("급등주", "042700")
            await until(watch, "042700")
        broker.enter("급등주", "111111")
        async with published(broker, tmp_path / "j", server):
            broker.enter("급등주", "222222")
            told = await until(watch, "222222")
            await watch.__aexit__(None, None, None)
            await client.__aexit__(None, None, None)
        gaps = [each for each in told if isinstance(each, Gap)]
        assert [(each.cause, each.number is not None) for each in gaps if not each.open] == [("restart", True)]
        assert {epoch for epoch, _ in numbers(told)} == {1, 2}
        assert set(watch.members.get("급등주", {"111111"})) >= {"111111"}


async def test_an_account_that_may_do_what_the_page_says_can_read_and_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parent.parent / "docs" / "nats.md").read_text(encoding="utf-8")
    asked = page.partition("no others:\n\n```\n")[2].partition("```")[0].replace("ALIAS", "a").split()
    listed = ", ".join(f'"{subject}"' for subject in asked)
    may = f'permissions: {{publish: [{listed}], subscribe: ["_INBOX.>", "jogeon.a.hub.beat", "jogeon.a.hub.trades"]}}'
    users = f"{{user: hub, password: of-the-hub}}, {{user: reader, password: of-the-reader, {may}}}"
    config = tmp_path / "nats.conf"
    config.write_text(f"authorization {{users: [{users}]}}", encoding="utf-8")
    monkeypatch.setenv("JOGEON_NATS_USER", "hub")
    monkeypatch.setenv("JOGEON_NATS_PASSWORD", "of-the-hub")
    async with Broker(MARKET) as broker, natsd(tmp_path, "-c", str(config)) as server:
        async with published(broker, tmp_path / "j", server):
            monkeypatch.setenv("JOGEON_NATS_USER", "reader")
            monkeypatch.setenv("JOGEON_NATS_PASSWORD", "of-the-reader")
            async with jogeon.connect(server.address()) as client, client.watch("급등주") as watch:
                assert [each.code for each in await client.search("급등주")] == MARKET["급등주"]
                broker.enter("급등주", "042700")
                await until(watch, "042700")
            async with opened(place := server.place()) as other:
                await other.publish(place.subject("급등주"), b"made up")
                await other.flush()
                async with asyncio.timeout(10):
                    while other.last_error is None:  # the server may answer the flush first
                        await asyncio.sleep(0.01)
                assert "permissions violation" in str(other.last_error)


async def test_garbage_in_the_stream_changes_no_member(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server) as hub:
        place = server.place()
        async with jogeon.connect(server.address()) as client, client.watch("급등주") as watch, opened(place) as other:
            await other.publish(place.subject("급등주"), b"garbage")
            await other.publish(place.subject("급등주"), b'{"journal":"0","to":[9,9]}\n{"trnm":"LINES","lines":[]}')
            await other.flush()
            broker.enter("급등주", "042700")
            told = await until(watch, "042700")
            assert set(watch.members["급등주"]) == {"005930", "000660", "042700"}
            await in_stream(hub)
        assert [each.code for each in told if isinstance(each, Enter | Leave)] == ["042700"]


async def test_what_others_write_to_the_trades_changes_no_member(tmp_path: Path) -> None:
    async with Simulator(speed=20.0) as simulator, natsd(tmp_path) as server:
        place = server.place()
        async with (
            published(simulator, tmp_path / "j", server),
            jogeon.connect(server.address()) as client,
            client.watch("급등주", prices=True) as watch,
            opened(place) as other,
        ):
            prices = aiter(watch.price_changes())
            await anext(prices)
            made_up = Enter(time.time_ns(), Condition("4", "급등주"), "999999")
            for payload in (
                encode_lines([("4", made_up, (1, 10**6), 0)]),
                encode_push("4", "999999", "I", "090000"),
                b'{"trnm":"SYSTEM","code":"R10001","message":""}',
                b"garbage",
            ):
                await other.publish(place.trades, payload)
            await other.flush()
            for _ in range(20):
                price = await anext(prices)
                assert price.code != "999999"
            assert "999999" not in watch.members["급등주"]


async def test_prices_of_members_and_quotes_come_over_nats(tmp_path: Path) -> None:
    async with Simulator(speed=20.0) as simulator, natsd(tmp_path) as server:
        async with published(simulator, tmp_path / "j", server), jogeon.connect(server.address()) as client:
            assert client.rest is None
            async with client.watch("급등주", prices=True) as watch:
                async for price in watch.price_changes():
                    if price.entry_price is not None and price.price is not None:
                        break
                codes = [code for code, each in watch.prices["급등주"].items() if each.price]
                async for quote in client.quotes(*codes):
                    assert quote.code in codes
                    if quote.source == "trade":
                        break


async def test_two_hubs_with_other_journals_do_not_mix(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, Broker({"급등주": ["999999"]}) as another, natsd(tmp_path) as server:
        async with published(broker, tmp_path / "j", server):
            client = jogeon.connect(server.address())
            await client.__aenter__()
            watch = await client.watch("급등주").__aenter__()
        async with published(another, tmp_path / "k", server):
            another.enter("급등주", "888888")
            told = await until(watch, "888888")
            assert [each.cause for each in told if isinstance(each, Gap)] == ["connection lost"]
            assert set(watch.members["급등주"]) == {"999999", "888888"}
            await watch.__aexit__(None, None, None)
            await client.__aexit__(None, None, None)


async def refused(address: str) -> Exception:
    try:
        async with jogeon.connect(address):
            raise AssertionError("there is nothing to connect to")
    except jogeon.JogeonError as error:
        return error


async def test_a_program_that_stood_still_takes_nobody_for_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("SILENT", 1.5), ("GONE", 2.5)):
        monkeypatch.setattr(f"jogeon.nats.link.{name}", seconds)
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server):
        async with jogeon.connect(server.address()) as client, client.watch("급등주") as watch:
            broker.enter("급등주", "042700")
            await until(watch, "042700")
            time.sleep(4.0)  # noqa: ASYNC251  # that nothing runs is the point
            await asyncio.sleep(1.0)
            broker.enter("급등주", "111111")
            told = await until(watch, "111111")
            assert [each.state for each in told if isinstance(each, State)] == []


async def test_a_stream_that_keeps_too_little_is_a_sentence(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        async with opened(place := server.place()) as client:
            subjects = [place.events, place.pictures]
            await client.jetstream().add_stream(name=place.stream, subjects=subjects, max_msgs=1)
        async with published(broker, tmp_path / "j", server):
            error = await refused(server.address())
        assert isinstance(error, CouldNotConnect)
        assert error.reason == "no picture"
        assert "keeps too little" in str(error)


async def test_what_is_not_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with natsd(tmp_path) as server:
        error = await refused(server.address("nobody"))
        assert isinstance(error, CouldNotConnect)
        assert error.reason == "silent"
        assert "no hub publishes as 'nobody'" in str(error)
        server.kill()
        error = await refused(server.address())
        assert isinstance(error, CouldNotConnect)
        assert error.reason == "refused"
    async with natsd(tmp_path, jetstream=False) as server:
        error = await refused(server.address())
        assert isinstance(error, CouldNotConnect)
        assert "JetStream" in str(error)
    async with natsd(tmp_path, "--auth", "right-token-of-nats") as server:
        monkeypatch.setenv("JOGEON_NATS_TOKEN", "wrong-token-of-nats")
        error = await refused(server.address())
        assert isinstance(error, LoginRefused)
        assert "wrong-token" not in str(error)
        monkeypatch.setenv("JOGEON_NATS_TOKEN", "right-token-of-nats")
        assert isinstance(await refused(server.address()), CouldNotConnect)
