"""From a command to its loop: settings, signals, the log."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from cli_conversation import FakeClient, Shell
from jogeon.cli.running import loop as loop_module
from jogeon.cli.running.loop import run_loop
from jogeon.cli.running.surroundings import logged
from jogeon.errors import ConnectionLost, CouldNotConnect, JogeonError, LoginRefused, SessionTaken

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_the_server_is_real_unless_something_else_is_said(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("list")
    Path("jogeon.toml").write_text('server = "ws://127.0.0.1:1/x"', encoding="utf-8")
    shell("list")
    monkeypatch.setenv("JOGEON_SERVER", "mock")
    shell("list")
    shell("list", "--server", "demo")
    assert [server for server, _ in shell.connected] == ["real", "ws://127.0.0.1:1/x", "mock", "demo"]


def test_how_many_stocks_may_be_registered_is_a_setting(shell: Shell) -> None:
    shell("list")
    Path("jogeon.toml").write_text("price_limit = 200", encoding="utf-8")
    shell("list")
    assert shell.price_limits == [None, 200]
    Path("jogeon.toml").write_text("price_limit = 0", encoding="utf-8")
    said = shell("list", "--lang", "ko")
    assert (said.code, shell.price_limits) == (2, [None, 200])
    assert "price_limit" in said.err
    assert "1 이상" in said.err


def test_kiwooms_own_demo_is_the_mock_server_and_that_is_said(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIWOOM_MODE", "demo")
    monkeypatch.setattr("jogeon.cli.running.loop.is_terminal", lambda _: True)
    assert "KIWOOM_MODE=demo는 모의투자" in shell("list", "--lang", "ko").err
    assert shell.connected == [("mock", False)]


@pytest.fixture
def _heard() -> Iterator[None]:
    """Let the end of a terminal be heard, which nohup ignores."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_what_was_begun_end_properly(number: signal.Signals) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            signal.raise_signal(number)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("properly")

    with pytest.raises(KeyboardInterrupt):
        run_loop(work())
    assert ended == ["properly"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    async def work() -> str:
        signal.raise_signal(signal.SIGHUP)
        await asyncio.sleep(0)
        return "went on"

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert run_loop(work()) == "went on"
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(("verbose", "seen"), [(0, []), (1, ["info"]), (2, ["info", "debug"]), (9, ["info", "debug"])])
def test_as_much_is_logged_as_was_asked_for(capfd: pytest.CaptureFixture[str], verbose: int, seen: list[str]) -> None:
    with logged(verbose):
        logging.getLogger("jogeon.test").info("an info")
        logging.getLogger("jogeon.test").debug("a debug")
    logging.getLogger("jogeon.test").info("after it, an info")
    told = capfd.readouterr().err
    assert [word for word in ("info", "debug") if word in told] == seen
    assert told.count("info") <= 1


def test_what_no_message_tells_is_told_without_being_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    with logged(0):
        logging.getLogger("jogeon.test").critical("no descriptor is left")
        logging.getLogger("somebody").critical("else")
    assert capfd.readouterr().err.endswith("CRITICAL jogeon.test: no descriptor is left\n")


def test_the_log_cannot_steer_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with logged(1):
        logging.getLogger("jogeon.test").warning("the peer says %s", "\x1b[2J")
    assert "the peer says ?[2J\n" in capfd.readouterr().err


def test_no_peer_forges_a_line_of_the_log_and_an_error_keeps_its_lines(capfd: pytest.CaptureFixture[str]) -> None:
    with logged(1):
        logging.getLogger("jogeon.test").warning("the peer says %s", "no\n12:00:00 INFO jogeon: all is well\u2028yes")
        try:
            int("no number")
        except ValueError:
            logging.getLogger("jogeon.test").exception("a defect")
    told = capfd.readouterr().err.splitlines()
    assert told[0].endswith("the peer says no 12:00:00 INFO jogeon: all is well yes")
    assert told[1].endswith("a defect")
    assert told[-1].startswith("ValueError: ")


def test_the_log_goes_to_stderr(shell: Shell) -> None:
    class Logging(FakeClient):
        async def __aenter__(self) -> Self:
            logging.getLogger("jogeon.client").info("connecting")
            return self

    said = shell("list", "-v", client=Logging())
    assert "connecting" in said.err
    assert len(said.lines) == 2


# ---------------------------------------------------------------- a server that is not there yet

ABSENT = CouldNotConnect(address="ws://127.0.0.1:9", reason="refused", detail="")


class LateClient(FakeClient):
    """Its server is not there for some attempts."""

    def __init__(self, *errors: JogeonError) -> None:
        super().__init__()
        self.errors = list(errors)

    async def __aenter__(self) -> Self:
        if self.errors:
            raise self.errors.pop(0)
        return self


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "FIRST_PAUSE", 0.001)


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("limit", ["forever", "1h"])
def test_a_server_that_is_not_there_yet_is_waited_for_and_that_is_said_once(shell: Shell, limit: str) -> None:
    client = LateClient(ABSENT, ABSENT, ConnectionLost("reset"))
    said = shell("watch", "--all", "--wait", limit, "--lang", "en", client=client)
    assert (said.code, client.errors) == (0, [])
    assert said.err.count("trying again") == 1
    assert "127.0.0.1:9" in said.err


@pytest.mark.usefixtures("_hasty")
def test_a_wait_that_is_over_ends_with_the_last_error(shell: Shell) -> None:
    said = shell("watch", "--all", "--wait", "500ms", "--lang", "en", client=LateClient(*[ABSENT] * 10_000))
    assert said.code == 5
    assert len(shell.connected) > 1


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CouldNotConnect(address="wss://x", reason="tls", detail=""), 5),
        (CouldNotConnect(address="ws://x", reason="handshake", detail=""), 5),
        (SessionTaken(code="R10001", text="taken"), 6),
        (LoginRefused(code="8030", text="mixed up"), 3),
    ],
)
def test_what_no_waiting_cures_is_told_at_once(shell: Shell, error: JogeonError, code: int) -> None:
    assert shell("watch", "--all", "--wait", "forever", client=LateClient(error)).code == code
    assert len(shell.connected) == 1


def test_without_a_wait_the_first_error_ends_it(shell: Shell) -> None:
    assert shell("watch", "--all", client=LateClient(ABSENT)).code == 5
    assert len(shell.connected) == 1
