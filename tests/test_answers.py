"""What a client on a stream is answered beside its events: lists, searches, registrations, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

import jogeon
from hubs import MARKET, hub_over
from jogeon.cli.running.published import HubSource
from jogeon.errors import RequestRefused, UnknownCondition
from jogeon.nats.answers import Answers
from jogeon.nats.lease import Leasing
from jogeon.nats.publisher import Publisher
from jogeon.testing import Broker
from jogeon.wire.messages import RegisterQuotes, RemoveQuotes
from natsd import in_stream, natsd, published

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.nats.asking import Requester

pytestmark = pytest.mark.usefixtures("spared_disk")


async def test_one_condition_is_followed_on_one_exchange(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server):
        async with jogeon.connect(server.address()) as client:
            with pytest.raises(RequestRefused) as refusal:
                await client.watch("급등주", exchange="N").__aenter__()
            assert "K" in refusal.value.text


async def test_a_condition_that_the_hub_does_not_follow_yet_is_followed_for_a_reader(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, hub_over(broker, tmp_path / "j") as hub:
        source = HubSource(hub)
        place = server.place()
        async with Leasing(place, "me") as lease, Publisher(place, source, source, lease) as publisher:
            hub.beside["nats"] = publisher.status
            await in_stream(hub)
            async with jogeon.connect(server.address()) as client:
                with pytest.raises(UnknownCondition):
                    await client.search("없는 조건식")
                async with client.watch("신고가 돌파") as watch:
                    assert set(watch.members["신고가 돌파"]) == {"035720"}
                    async with client.watch() as everything:
                        assert set(everything.members["급등주"]) == {"005930", "000660"}
                await client.clear("급등주")
        assert len(broker.asked("ka10173")) == 2


async def test_a_search_of_many_rows_comes_whole(tmp_path: Path) -> None:
    many = [f"{number:06d}" for number in range(1_200)]
    async with Broker({"많음": many}) as broker, natsd(tmp_path) as server:
        async with published(broker, tmp_path / "j", server), jogeon.connect(server.address()) as client:
            assert sorted(each.code for each in await client.search("많음")) == many


async def test_single_prices_are_refused(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server):
        async with jogeon.connect(server.address()) as client, client.watch("급등주", prices=True) as watch:
            assert set(watch.members["급등주"]) == {"005930", "000660"}


async def test_a_registration_keeps_what_there_is_or_takes_its_place() -> None:
    class Hub:
        """What the hub is told of one reader."""

        def __init__(self) -> None:
            self.told: list[list[str]] = []

        async def trades(self, reader: str, codes: list[str]) -> None:
            assert reader
            self.told.append(codes)

    hub = Hub()
    answers = Answers(cast("Requester", hub), lambda: None)
    for request in (
        RegisterQuotes(("000001", "000002")),
        RegisterQuotes(("000003",)),
        RemoveQuotes(("000001",)),
        RegisterQuotes(("000004",), keep=False),
    ):
        await answers.of(request)
    kept = [["000001", "000002"], ["000001", "000002", "000003"], ["000002", "000003"]]
    assert hub.told == [*kept, ["000004"]]
