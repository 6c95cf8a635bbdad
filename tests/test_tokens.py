"""Tokens: asked for once, shared, renewed in time and not in a loop, whatever the clocks and the broker say."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import textwrap
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker import DAY, NOW, Broker, refusal
from conftest import homeless
from jogeon.account.keys import Keys
from jogeon.account.tokens import MARGIN, RENEWAL_PAUSE, Issued, IssuedTokens, _expiry, clock_skew
from jogeon.errors import CouldNotConnect, InvalidAddress, TokenRefused
from jogeon.events import KST
from jogeon.files import state_dir

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

KEYS = Keys("an-app-key", "a-secret-key")


class Clock:
    """A clock that goes when told to."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    async with Broker() as running:
        yield running


def tokens_of(broker: Broker, clock: Clock | None = None, **more: Any) -> IssuedTokens:
    return IssuedTokens(KEYS, broker.rest, clock=clock or Clock(), **more)


def kept_files() -> list[Path]:
    return sorted(state_dir().glob("token-*.json"))


# ------------------------------------------------------------ asked for once


async def test_a_token_is_asked_for_as_the_guide_says(broker: Broker) -> None:
    assert await tokens_of(broker).current() == "token-1"
    asked = {"grant_type": "client_credentials", "appkey": "an-app-key", "secretkey": "a-secret-key"}
    assert broker.asked == [("/oauth2/token", asked)]
    assert b"content-type: application/json;charset=utf-8" in broker.heard[0].lower()


async def test_another_program_uses_the_same_token(broker: Broker) -> None:
    await tokens_of(broker).current()
    assert await tokens_of(broker).current() == "token-1"
    assert broker.issued == 1


async def test_programs_that_start_together_ask_once(broker: Broker) -> None:
    broker.may_answer.clear()
    starting = [asyncio.create_task(tokens_of(broker).current()) for _ in range(5)]
    await broker.was_asked.wait()
    broker.may_answer.set()
    assert await asyncio.gather(*starting) == ["token-1"] * 5
    assert broker.issued == 1


async def test_two_processes_ask_once(broker: Broker) -> None:
    program = textwrap.dedent(f"""
        import asyncio
        from jogeon.account.keys import Keys
        from jogeon.account.tokens import IssuedTokens
        tokens = IssuedTokens(Keys("an-app-key", "a-secret-key"), "{broker.rest}")
        print(asyncio.run(tokens.current()))
    """)
    broker.now = time.time()
    programs = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE) for _ in range(2)
    ]
    answers = [await each.communicate() for each in programs]
    assert [out for out, _ in answers] == [b"token-1\n", b"token-1\n"]
    assert broker.issued == 1


async def test_the_file_is_for_this_user_alone(broker: Broker) -> None:
    await tokens_of(broker).current()
    [path] = kept_files()
    assert json.loads(path.read_bytes())["token"] == "token-1"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert "an-app-key" not in path.name


async def test_each_key_and_server_has_a_token_of_its_own(broker: Broker) -> None:
    await tokens_of(broker).current()
    other = IssuedTokens(Keys("another-app-key", "a-secret-key"), broker.rest, clock=Clock())
    assert await other.current() == "token-2"
    async with Broker() as elsewhere:
        assert await tokens_of(elsewhere).current() == "token-1"
    assert len(kept_files()) == 3


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"token":1}', b'{"token":"","expires":1,"skew":0}',
                                     b'{"token":"t","expires":1e300,"skew":0}'])  # fmt: skip
async def test_a_spoilt_file_is_no_token(broker: Broker, content: bytes) -> None:
    tokens = tokens_of(broker)
    await tokens.current()
    kept_files()[0].write_bytes(content)
    assert tokens.kept is None
    assert await tokens.current() == "token-2"


async def test_without_room_on_the_disk_a_program_has_its_token_to_itself(broker: Broker) -> None:
    state_dir().parent.mkdir(parents=True, exist_ok=True)
    state_dir().write_text("in the way")
    tokens = tokens_of(broker)
    assert [await tokens.current(), await tokens.current()] == ["token-1", "token-1"]


# ------------------------------------------------------------ its end


@given(seconds=st.integers(0, 4_000_000_000))
def test_its_end_is_korean_time(seconds: int) -> None:
    assert _expiry(f"{datetime.fromtimestamp(seconds, KST):%Y%m%d%H%M%S}") == seconds


@pytest.fixture
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.mark.usefixtures("_in_utc")
async def test_its_end_is_korean_time_on_a_server_in_utc(broker: Broker) -> None:
    clock = Clock()
    tokens = tokens_of(broker, clock)
    assert (await tokens.issued()).until == datetime(2026, 11, 24, 9, 0, 0, tzinfo=KST)
    clock.now = broker.now = NOW + DAY - MARGIN - 1
    assert await tokens.current() == "token-1"
    clock.now = broker.now = NOW + DAY - MARGIN + 1
    assert await tokens.current() == "token-2"


@given(wrong=st.floats(-400 * DAY, 400 * DAY), passed=st.floats(0, 2 * DAY))
def test_a_clock_that_is_wrong_all_the_time_does_not_matter(wrong: float, passed: float) -> None:
    issued = Issued("t", NOW + DAY, skew=-wrong)
    assert issued.left(NOW + wrong + passed) == pytest.approx(DAY - passed, abs=0.01)


@pytest.mark.parametrize("wrong", [3 * DAY, -3 * DAY, 9 * 3600.0, -3600.0])
async def test_with_a_wrong_clock_the_broker_tells_the_time(broker: Broker, wrong: float) -> None:
    clock = Clock(NOW + wrong)
    tokens = tokens_of(broker, clock)
    assert (await tokens.issued()).skew == pytest.approx(-wrong)
    clock.now, broker.now = NOW + wrong + DAY / 2, NOW + DAY / 2
    assert await tokens.current() == "token-1"
    clock.now, broker.now = NOW + wrong + DAY, NOW + DAY
    assert await tokens.current() == "token-2"


@pytest.mark.parametrize("jump", [3 * DAY, -3600.0])
async def test_a_clock_that_jumps_costs_one_request_at_most(broker: Broker, jump: float) -> None:
    clock = Clock()
    tokens = tokens_of(broker, clock)
    await tokens.current()
    clock.now += jump
    for _ in range(5):
        await tokens.current()
    assert broker.issued <= 2


async def test_a_clock_that_is_a_moment_off_is_not_corrected(broker: Broker) -> None:
    assert (await tokens_of(broker, Clock(NOW + 1.4)).issued()).skew == 0


@pytest.mark.parametrize("date", ["", "Date: yesterday", "Date: Mon, 99 Nov 2026 00:00:00 GMT"])
async def test_without_a_date_this_machine_is_believed(broker: Broker, date: str) -> None:
    broker.now = None
    broker.headers = [date] if date else []
    assert (await tokens_of(broker).issued()).skew == 0


@pytest.mark.parametrize("end", ["", None, "tomorrow", "20269999999999", 20261124090000.5])
async def test_a_token_whose_end_cannot_be_read_is_used_once(broker: Broker, end: object) -> None:
    broker.answer = lambda _: (200, {"token": "odd", "expires_dt": end, "return_code": 0})
    tokens = tokens_of(broker)
    assert [await tokens.current(), await tokens.current()] == ["odd", "odd"]
    assert broker.issued == 2


async def test_asking_near_the_end_may_give_the_same_token_and_it_is_used(broker: Broker) -> None:
    broker.lasts = MARGIN / 2
    broker.answer = lambda _: (200, {"token": "same", "expires_dt": "20261123090100", "return_code": 0})
    tokens = tokens_of(broker)
    assert [await tokens.current(), await tokens.current()] == ["same", "same"]
    assert broker.issued == 2


async def test_the_clock_is_compared_without_sending_anything(broker: Broker) -> None:
    assert await clock_skew(broker.rest, clock=Clock(NOW - 90)) == pytest.approx(90)
    assert broker.asked == []
    broker.now = None
    assert await clock_skew(broker.rest) is None


# ------------------------------------------------------------ refused at login


async def test_a_refused_token_is_asked_for_anew_once(broker: Broker) -> None:
    since = Clock(0)
    tokens = tokens_of(broker, monotonic=since)
    first = await tokens.current()
    second = await tokens.renew(first)
    assert second == "token-2"
    assert await tokens.current() == "token-2"
    assert await tokens.renew(second) is None
    assert broker.issued == 2
    since.now = RENEWAL_PAUSE
    assert await tokens.renew(second) == "token-3"


async def test_the_same_token_again_is_no_other_token(broker: Broker) -> None:
    broker.answer = lambda _: (200, {"token": "same", "expires_dt": "20261124090000", "return_code": 0})
    tokens = tokens_of(broker)
    assert await tokens.renew(await tokens.current()) is None


async def test_what_another_program_renewed_is_taken_without_asking(broker: Broker) -> None:
    here, there = tokens_of(broker), tokens_of(broker)
    refused = await here.current()
    renewed = await there.renew(refused)
    assert await here.renew(refused) == renewed
    assert broker.issued == 2


# ------------------------------------------------------------ what the broker refuses


@pytest.mark.parametrize("code", ["8001", "8002", "8010", "8020", "8030", "8040", "8050", "8103", "1700"])
async def test_a_refusal_is_http_200_with_a_code_in_brackets(broker: Broker, code: str) -> None:
    broker.answer = lambda _: refusal(code)
    with pytest.raises(TokenRefused) as refused:
        await tokens_of(broker).current()
    assert refused.value.code == code
    assert broker.issued == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((429, {"return_code": 5, "return_msg": "허용된 요청 개수를 초과하였습니다[1700:…]"}), "1700"),
        ((429, {"return_code": 5, "return_msg": "잠시 뒤에"}), "429"),
        ((429, b"slow down"), "429"),
        ((401, {"return_code": 3, "return_msg": "[8001:…]"}), "8001"),
        ((200, {"return_code": "7", "return_msg": ""}), "7"),
    ],
)
async def test_refusals_in_other_shapes(broker: Broker, answer: tuple[int, dict[str, Any] | bytes], code: str) -> None:
    broker.answer = lambda _: answer
    with pytest.raises(TokenRefused) as refused:
        await tokens_of(broker).current()
    assert refused.value.code == code


@pytest.mark.parametrize(
    "answer",
    [
        (200, b""), (200, b"[]"), (200, b"[" * 5000), (200, b"\xff\xfe"), (200, {}),
        (200, {"return_code": 0, "token": 5}), (200, {"return_code": 0, "token": "two words"}),
        (204, b""), (200, b" " * 100_000), (404, b"<html><title>no such page"),
    ],
)  # fmt: skip
async def test_an_answer_that_is_none_is_an_outage(broker: Broker, answer: tuple[int, dict[str, Any] | bytes]) -> None:
    broker.answer = lambda _: answer
    with pytest.raises(CouldNotConnect) as failed:
        await tokens_of(broker).current()
    assert failed.value.reason == "handshake"
    assert kept_files() == []


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (
            (200, "<html><title>점검</title><body>05:10</body>".encode()),
            "HTTP 200: 점검 · 05:10",
        ),
        ((403, "<!DOCTYPE html><body>시스템 점검".encode("cp949")), "HTTP 403: 시스템 점검"),
        ((200, b"<html>" + b"<p>again</p>" * 20_000), "HTTP 200: again"),
        ((200, b"<html><body>an-app-key a-secret-key</body>"), "HTTP 200: … …"),
        ((200, b"<html>"), "HTTP 200"),
        ((503, b"an-app-key"), "HTTP 503"),
        ((500, {"oops": 1}), "HTTP 500"),
    ],
)
async def test_a_notice_of_maintenance_is_told_in_its_own_words(
    broker: Broker, answer: tuple[int, dict[str, Any] | bytes], detail: str
) -> None:
    broker.answer = lambda _: answer
    with pytest.raises(CouldNotConnect) as failed:
        await tokens_of(broker).current()
    assert (failed.value.reason, failed.value.detail) == ("maintenance", detail)
    assert kept_files() == []


async def test_keys_do_not_follow_a_redirect(broker: Broker) -> None:
    async with Broker() as stranger:
        broker.answer = lambda _: (307, b"")
        broker.headers = [f"Location: {stranger.rest}/oauth2/token"]
        with pytest.raises(CouldNotConnect):
            await tokens_of(broker).current()
        assert stranger.asked == []


@pytest.mark.parametrize(
    "rest", ["http://api.kiwoom.com", "ftp://127.0.0.1", "api.kiwoom.com", "http://127.0.0.1.evil"]
)
def test_keys_do_not_travel_unencrypted(rest: str) -> None:
    with pytest.raises(InvalidAddress):
        IssuedTokens(KEYS, rest)


async def test_nobody_there() -> None:
    async with Broker() as broker:
        rest = broker.rest
    with pytest.raises(CouldNotConnect) as failed:
        await IssuedTokens(KEYS, rest).current()
    assert failed.value.reason == "refused"


async def test_no_such_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(CouldNotConnect) as failed:
        await IssuedTokens(KEYS, "https://nowhere.invalid").current()
    assert failed.value.reason == "name"


async def test_no_answer_in_time(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.web.REPLY_TIMEOUT", 0.05)
    broker.may_answer.clear()
    with pytest.raises(CouldNotConnect) as failed:
        await tokens_of(broker).current()
    broker.may_answer.set()
    assert failed.value.reason == "timeout"


async def test_a_server_that_cannot_be_trusted(broker: Broker) -> None:
    with pytest.raises(CouldNotConnect) as failed:
        await IssuedTokens(KEYS, broker.rest.replace("http", "https")).current()
    assert failed.value.reason == "tls"


@pytest.mark.parametrize("proxy", ["http://user:password@127.0.0.1:1", "socks4://user:password@127.0.0.1:1"])
async def test_a_proxy_that_cannot_be_used(broker: Broker, proxy: str) -> None:
    with pytest.raises(CouldNotConnect) as failed:
        await IssuedTokens(KEYS, broker.rest, proxy=proxy).current()
    assert "password" not in str(failed.value)
    assert broker.asked == []


# ------------------------------------------------------------ given back


async def test_a_token_is_given_back(broker: Broker) -> None:
    tokens = tokens_of(broker)
    await tokens.current()
    assert await tokens.revoke()
    assert broker.asked[1] == (
        "/oauth2/revoke",
        {"appkey": "an-app-key", "secretkey": "a-secret-key", "token": "token-1"},
    )
    assert kept_files() == []
    assert not await tokens.revoke()


async def test_a_token_that_is_no_more_is_forgotten(broker: Broker) -> None:
    tokens = tokens_of(broker)
    await tokens.current()
    broker.answer = lambda _: refusal("8005")
    assert await tokens.revoke()
    assert kept_files() == []


async def test_a_token_that_is_not_taken_back_is_kept(broker: Broker) -> None:
    tokens = tokens_of(broker)
    await tokens.current()
    broker.answer = lambda _: refusal("8050")
    with pytest.raises(TokenRefused):
        await tokens.revoke()
    assert len(kept_files()) == 1


def test_nothing_shows_the_token_or_the_keys() -> None:
    shown = repr(IssuedTokens(KEYS, "https://api.kiwoom.com")) + repr(Issued("token-1", NOW, 0.0)) + repr([KEYS])
    assert not any(secret in shown for secret in ("token-1", "an-app-key", "a-secret-key"))


# ------------------------------------------------------------ whose file it is


@pytest.mark.posix
@pytest.mark.parametrize("harm", ["open", "link", "pipe", "folder"])
async def test_a_token_that_others_could_have_written_is_not_used(
    broker: Broker, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    await tokens_of(broker).current()
    (path,) = kept_files()
    planted = path.read_bytes().replace(b"token-1", b"planted-token")
    path.unlink()
    elsewhere = path.with_name("elsewhere")
    match harm:
        case "open":
            path.write_bytes(planted)
            path.chmod(0o666)
        case "link":
            elsewhere.write_bytes(planted)
            elsewhere.chmod(0o600)
            path.symlink_to(elsewhere)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.write_bytes(planted)
            path.chmod(0o600)
            path.parent.chmod(0o777)
    program = tokens_of(broker)
    assert await program.current() == "token-2"
    assert await program.current() == "token-2"
    assert f"{path} is not used" in caplog.text
    if harm != "folder":
        assert path.stat().st_mode & 0o777 == 0o600
        assert await tokens_of(broker).current() == "token-2"
    if harm == "link":
        assert elsewhere.read_bytes() == planted
    path.parent.chmod(0o700)


async def test_without_a_home_a_program_has_its_token_to_itself(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    homeless(monkeypatch)
    program = tokens_of(broker)
    assert [await program.current() for _ in range(2)] == ["token-1"] * 2
    assert await program.revoke()
    assert broker.issued == 1


async def test_programs_that_are_refused_together_ask_once(broker: Broker) -> None:
    programs = [tokens_of(broker) for _ in range(3)]
    refused = await programs[0].current()
    broker.was_asked.clear()
    broker.may_answer.clear()
    renewing = [asyncio.create_task(each.renew(refused)) for each in programs]
    await broker.was_asked.wait()
    broker.may_answer.set()
    assert await asyncio.gather(*renewing) == ["token-2"] * 3
    assert broker.issued == 2
