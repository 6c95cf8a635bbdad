"""Apprise, the real library, with a webhook of its own as the service."""

import asyncio

import pytest

from jogeon.alerts.apprise import Apprise, notifier_of
from jogeon.alerts.outbox import Message
from jogeon.alerts.targets import Later, Sent
from jogeon.reports import Report
from phone import answer, phone
from test_outbox import row


async def test_a_message_goes_through_it() -> None:
    async with phone(answer(200, b"")) as there:
        target = Apprise(there.url.replace("http://", "json://"))
        assert await target.send(Message((row(),), "가상전자 편입")) == Sent()
    assert there.heard[0].body["message"] == "가상전자 편입"


async def test_a_failure_is_tried_later() -> None:
    async with phone(answer(500, b"")) as there:
        assert isinstance(await Apprise(there.url.replace("http://", "json://")).send(Message((row(),), "가")), Later)


def test_an_address_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="Apprise"):
        notifier_of("nowhere://x")


async def test_a_service_that_hangs_gets_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.alerts.apprise.PATIENCE", 0.2)
    async with phone(1.0, answer(200, b"")) as there:
        target = Apprise(there.url.replace("http://", "json://"))
        assert await target.send(Message((row(),), "1")) == Later(Report("no answer", seconds=0.2), reached=False)
        assert await target.send(Message((row(),), "2")) == Later(Report("still sending"))
        assert target._attempt
        while target._attempt.is_alive():
            await asyncio.sleep(0.05)
        assert await target.send(Message((row(),), "2")) == Sent()
