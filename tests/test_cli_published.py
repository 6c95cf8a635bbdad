"""What a hub that is to publish on NATS says on stderr where it cannot: a sentence, once, and that it is over."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

import jogeon
from hubs import MARKET, hub_over
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.running.hub import leased, published
from jogeon.cli.running.published import Complaints
from jogeon.cli.texts import Texts
from jogeon.errors import ConnectionLost, LoginRefused
from jogeon.hub.hub import HubSettings
from jogeon.reports import Report
from jogeon.testing import Broker
from natsd import Natsd, natsd

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.cli.texts.language import Lang

pytestmark = pytest.mark.usefixtures("spared_disk", "quick_lease")


def choices_of(server: Natsd, language: Lang = "en") -> Choices:
    choices = Choices(Texts(language), jogeon.connect, ("hub", "--all"), server="ws://127.0.0.1:1")
    choices.nats = server.address()
    return choices


def test_each_thing_is_said_once_until_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    said = Complaints(Choices(Texts("en"), jogeon.connect, ("hub",)), "hub.nats.trouble")
    said(None)
    for trouble in (
        LoginRefused(code="", text="Authorization Violation", nats=True),
        ConnectionLost(Report("nats lost")),
    ):
        said(trouble)
        said(trouble)
    assert capsys.readouterr().err.count("not publishing on NATS now: ") == 2
    said(None)
    said(None)
    assert capsys.readouterr().err.splitlines() == ["NATS works again."]


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [
        ("ko", "지금은 NATS로 발행하지 못합니다", "NATS 문제가 해결되었습니다."),
        ("en", "not publishing on NATS now", "NATS works again."),
    ],
)
async def test_a_hub_without_its_nats_says_so_and_that_it_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Lang, first: str, last: str
) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path) as server:
        server.kill()
        choices = choices_of(server, language)
        async with (
            leased(choices, HubSettings(server=broker.url, journal=tmp_path / "j")) as lease,
            hub_over(broker, tmp_path / "j", everything=True) as hub,
            published(hub, lease, choices),
        ):
            while first not in (shown := capsys.readouterr().err):
                await asyncio.sleep(0.02)
            assert server.address() in shown
            await server.start()
            while last not in (shown := capsys.readouterr().err):
                await asyncio.sleep(0.02)


async def test_a_hub_that_waits_for_its_lease_in_vain_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Broker(MARKET) as broker, natsd(tmp_path, jetstream=False) as server:
        choices = choices_of(server)
        async with (
            leased(choices, HubSettings(server=broker.url, journal=tmp_path / "j")) as lease,
            hub_over(broker, tmp_path / "j", everything=True) as hub,
            published(hub, lease, choices),
        ):
            while "not publishing on NATS now: " not in (shown := capsys.readouterr().err):
                await asyncio.sleep(0.02)
            assert "JetStream" in shown


async def test_one_that_stands_by_says_that_it_could_not_take_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with natsd(tmp_path, "--auth", "right-token-of-nats") as server:
        choices = choices_of(server)
        choices.standby = True

        async def stand_by() -> None:
            async with leased(choices, HubSettings(server="ws://127.0.0.1:1", journal=tmp_path / "j")):
                raise AssertionError("it has no lease")

        standing = asyncio.create_task(stand_by())
        while "could not take over now: " not in (shown := capsys.readouterr().err):
            await asyncio.sleep(0.02)
        assert "the NATS server refused the credentials" in shown
        standing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await standing
