"""What a hub answers over NATS, and to whoever asks it nonsense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hubs import MARKET
from jogeon.events import Condition
from jogeon.nats.opening import opened
from jogeon.nats.responder import question, read_answer
from jogeon.testing import Broker
from natsd import natsd, published

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("spared_disk")


async def test_questions_are_answered_and_nonsense_is_refused(tmp_path: Path) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server):
        async with opened(place := server.place()) as client:
            for asked in (b"", b"[]", b"{}", b"\xff", b"[" * 10_000, b'{"what":"search"}', question("nothing")):
                reply = read_answer((await client.request(place.ask, asked, timeout=5)).data)
                assert reply.code == "400"
            reply = read_answer((await client.request(place.ask, question("list"), timeout=5)).data)
            assert [each.name for each in reply.conditions] == list(MARKET)
            unknown = question("search", condition=Condition("77", "없는 조건식"))
            reply = read_answer((await client.request(place.ask, unknown, timeout=5)).data)
            assert reply.code == "900004"


async def test_nobody_has_the_hub_write_where_he_may_not(tmp_path: Path) -> None:
    """An answer goes where the question says; a reader's account may ask, and no more."""
    async with Broker(MARKET) as broker, natsd(tmp_path) as server, published(broker, tmp_path / "j", server):
        async with opened(place := server.place()) as client:
            js, followed = client.jetstream(), question("follow", condition=Condition("0", "급등주"))
            before = (await js.stream_info(place.stream)).state
            for elsewhere in (place.subject("급등주"), f"$JS.API.STREAM.PURGE.{place.stream}", place.ask):
                await client.publish(place.ask, followed, reply=elsewhere)
            for _ in range(20):
                assert read_answer((await client.request(place.ask, followed, timeout=5)).data).code == ""
            after = (await js.stream_info(place.stream)).state
            assert (after.first_seq, after.last_seq) == (before.first_seq, before.last_seq)


def test_an_answer_that_cannot_be_read_is_a_refusal() -> None:
    assert read_answer(b"garbage").code == "1999"
