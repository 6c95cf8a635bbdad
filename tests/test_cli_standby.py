"""A hub that stands by: what its status says while it waits, and what its end says."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import jogeon
from broker import Broker as TokenBroker
from broker import refusal
from jogeon.account.hubs import notes
from jogeon.account.keys import Keys
from jogeon.account.tokens import IssuedTokens
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.running.hub import leased
from jogeon.cli.showing.failures import exit_code, explain
from jogeon.cli.showing.hub_table import show_status
from jogeon.cli.texts import Texts
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import SessionTaken
from jogeon.hub.hub import HubSettings
from jogeon.nats.lease import Leasing
from jogeon.web import exchange
from natsd import Natsd, natsd

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jogeon.cli.texts.language import Lang
    from jogeon.endpoint import Tokens

pytestmark = pytest.mark.usefixtures("spared_disk", "_quick")


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("TTL", 1.0), ("RENEW", 0.2), ("POLL", 0.05), ("PAUSE", 0.1)):
        monkeypatch.setattr(f"jogeon.nats.lease.{name}", seconds)


def choices_of(server: Natsd, language: Lang = "en") -> Choices:
    choices = Choices(Texts(language), jogeon.connect, ("hub", "--all"), server="ws://127.0.0.1:1")
    choices.nats, choices.standby = server.address(), True
    return choices


@contextlib.asynccontextmanager
async def standing_by(choices: Choices, tmp_path: Path) -> AsyncIterator[asyncio.Task[str]]:
    """Stand by; the task is done, with who has the lease, once this one would begin."""

    async def begin() -> str:
        async with leased(choices, HubSettings(server="ws://127.0.0.1:1", journal=tmp_path / "standby")) as lease:
            assert lease is not None
            return lease.holder

    task = asyncio.create_task(begin())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def status_of(rest: str) -> dict[str, Any]:
    told = msgspec.json.decode((await exchange("GET", f"{rest}/hub/status", limit=2**20)).body)
    assert isinstance(told, dict)
    return told


async def told(wanted: str, **expected: object) -> dict[str, Any]:
    """Return the status of the hub that stands by, as soon as a part of it is as expected."""
    while True:
        for note in notes():
            status = await status_of(note.rest)
            if status[wanted].items() >= expected.items():
                return status
        await asyncio.sleep(0.02)


def with_tokens(monkeypatch: pytest.MonkeyPatch, tokens: Tokens) -> None:
    where = Endpoint("scripted", "ws://127.0.0.1:1", tokens)
    monkeypatch.setattr("jogeon.cli.running.standby.endpoint", lambda *_, **__: contextlib.nullcontext(where))


@pytest.mark.parametrize("code", ["8010", "8040", "8050"])
async def test_its_status_says_whether_this_machine_could_log_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], code: str
) -> None:
    monkeypatch.setattr("jogeon.cli.running.standby.AGAIN", 0.05)
    async with TokenBroker() as broker, natsd(tmp_path) as server, Leasing(server.place(), "leader") as leader:
        await leader.wait()
        broker.answer = lambda _: refusal(code, "지정단말기 인증에 실패했습니다")
        with_tokens(monkeypatch, IssuedTokens(Keys("an-app-key", "a-secret-key"), broker.rest, clock=lambda: 0.0))
        async with standing_by(choices_of(server, "ko"), tmp_path):
            while (status := await told("nats", lease="other"))["standby"]["login"]["ok"] is None:
                await asyncio.sleep(0.02)
            assert status["upstream"]["state"] == "standby"
            assert status["standby"]["login"]["code"] == code
            show_status(status, Texts("ko"))
            broker.answer = None
            while (await told("standby"))["standby"]["login"]["ok"] is not True:
                await asyncio.sleep(0.02)
        shown = capsys.readouterr()
        assert f"{code} 지정단말기 인증에 실패했습니다" in shown.out
        assert "이 컴퓨터에서는 지금 이어받을 수 없습니다" in shown.err


async def test_a_token_is_asked_for_although_one_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with TokenBroker() as broker, natsd(tmp_path) as server, Leasing(server.place(), "leader") as leader:
        await leader.wait()
        tokens = IssuedTokens(Keys("an-app-key", "a-secret-key"), broker.rest, clock=lambda: broker.now or 0.0)
        await tokens.current()
        with_tokens(monkeypatch, tokens)
        async with standing_by(choices_of(server), tmp_path):
            await told("nats", lease="other")
            while not (await told("standby"))["standby"]["login"]["ok"]:
                await asyncio.sleep(0.02)
            assert broker.issued == 2


async def test_it_takes_over_once_the_leader_is_gone_and_not_when_it_was_driven_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_tokens(monkeypatch, FixedToken("demo"))
    async with natsd(tmp_path) as server:
        async with Leasing(server.place(), "leader") as leader:
            await leader.wait()
            async with standing_by(choices_of(server), tmp_path) as task:
                await told("nats", lease="other")
                await leader.leave_mark("[R10001] taken")
                status = await told("nats", lease="none")
                assert status["standby"]["taken"] == "[R10001] taken"
                assert status["standby"]["login"]["ok"] is None
                assert not task.done()
                show_status(status, Texts("en"))
        async with Leasing(server.place(), "leader") as leader:
            await leader.wait()
        async with standing_by(choices_of(server), tmp_path) as task:
            assert await asyncio.wait_for(task, 10) == "me"
        assert notes() == []
    shown = capsys.readouterr()
    assert "will not take over: another program took the session of the hub: [R10001] taken." in shown.err
    assert "will not take over" in shown.out


async def test_a_hub_that_is_driven_out_leaves_the_mark(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server:
        choices = choices_of(server)
        choices.standby = False
        with pytest.raises(SessionTaken):
            async with leased(choices, HubSettings(server="ws://127.0.0.1:1", journal=tmp_path / "j")) as lease:
                assert lease is not None
                await lease.wait()
                raise SessionTaken(code="R10001", text="동일한 App key")
        async with Leasing(server.place(), "two", patient=True) as two:
            while two.barred is None:
                await asyncio.sleep(0.02)
            assert two.barred == "[R10001] 동일한 App key"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_who_lost_the_lease_does_not_speak_of_app_keys(language: Lang) -> None:
    choices = Choices(Texts(language), jogeon.connect, ("hub", "--all"))
    error = SessionTaken(lease="nats://127.0.0.1:4222/desk")
    said = explain(error, choices)
    assert exit_code(error) == 6
    assert "nats://127.0.0.1:4222/desk" in said
    assert "앱키" not in said
    assert "app key" not in said
    assert "jogeon hub --all --standby" in said


@pytest.mark.parametrize(("language", "words"), [("ko", "다른 허브가 발행하고"), ("en", "another hub publishes at")])
async def test_a_hub_that_finds_its_alias_in_use_says_so_once_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Lang, words: str
) -> None:
    async with natsd(tmp_path) as server, Leasing(server.place(), "of another account") as other:
        await other.wait()
        choices = choices_of(server, language)
        choices.standby = False
        async with leased(choices, HubSettings(server="ws://127.0.0.1:1", journal=tmp_path / "second")) as lease:
            assert lease is not None
            while lease.holder != "other":
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.3)
            await other.__aexit__()
            await lease.wait()
    shown = capsys.readouterr().err
    assert shown.count(words) == 1
    assert server.address() in shown
    assert "--standby" in shown
