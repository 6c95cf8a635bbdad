"""From an address to a client: what is taken, what is refused, where keys and tokens go, and when."""

from __future__ import annotations

import asyncio
import inspect
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

import jogeon
from broker import Broker as TokenBroker
from broker import refusal
from conftest import homeless
from jogeon import sync
from jogeon.account.keys import SERVERS, Keys, KiwoomServer
from jogeon.account.lock import who_has
from jogeon.connect import _aside, connect, endpoint, policy_for, stocks_of
from jogeon.errors import (
    CouldNotConnect,
    InvalidAddress,
    InvalidSetting,
    KeysMissing,
    LoginRefused,
    SessionTaken,
    TokenRefused,
)
from jogeon.simulator.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

KEYS = Keys("an-app-key", "a-secret-key")


@pytest.fixture
async def kiwoom(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Simulator]:
    """Put a simulator in the place of Kiwoom's servers, and keys into the environment."""
    async with Simulator(speed=0) as simulator:
        for mode in ("real", "mock"):
            monkeypatch.setitem(SERVERS, mode, KiwoomServer(simulator.rest, simulator.websocket))
        for name in ("APP_KEY", "APP_SECRET", "APP_KEY_MOCK", "APP_SECRET_MOCK"):
            monkeypatch.setenv(name, f"the-{name.lower()}")
        yield simulator


# ------------------------------------------------------------ real and mock


@pytest.mark.parametrize("server", ["real", "mock"])
async def test_keys_become_a_token_becomes_a_session(kiwoom: Simulator, server: str) -> None:
    async with connect(server) as client:
        assert "급등주" in [condition.name for condition in await client.conditions()]
    assert kiwoom.truth()["logins"] == 1


@pytest.mark.parametrize("server", ["real", "ws://127.0.0.1:9"])
def test_a_limit_of_registered_stocks_is_the_clients(server: str) -> None:
    assert policy_for(server, recheck=0, on_taken="stop").price_limit == 100
    assert policy_for(server, recheck=0, on_taken="stop", price_limit=200).price_limit == 200
    assert jogeon.connect(server, price_limit=200)._feed.pricing.slots.limit == 200


def test_keys_go_to_kiwoom_and_nowhere_else() -> None:
    addresses = [address for broker in SERVERS.values() for address in (broker.rest, broker.websocket)]
    assert {urlsplit(each).hostname for each in addresses} == {"api.kiwoom.com", "mockapi.kiwoom.com"}
    assert {urlsplit(each).scheme for each in addresses} == {"https", "wss"}


@pytest.mark.parametrize("server", ["real", "mock"])
async def test_keys_are_looked_for_when_the_client_is_entered(server: str) -> None:
    client = connect(server)
    with pytest.raises(KeysMissing) as missing:
        async with client:
            pass
    assert missing.value.mode == server


async def test_keys_and_folders_are_taken_as_arguments(kiwoom: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("APP_KEY")
    async with connect("real", keys=KEYS):
        assert who_has("real", KEYS) is not None
    write_keys(Path("keys"))
    async with connect("real", keys="keys"):
        assert who_has("real", KEYS) is not None
    with pytest.raises(InvalidSetting):
        async with connect("real", keys=Path("nowhere")):
            pass
    assert kiwoom.truth()["logins"] == 2


def write_keys(folder: Path) -> None:
    folder.mkdir()
    (folder / "1234567890_appkey.txt").write_text("an-app-key")
    (folder / "1234567890_secretkey.txt").write_text("a-secret-key")


async def test_the_second_program_stops_before_it_logs_in(kiwoom: Simulator) -> None:
    async with connect("real"):
        with pytest.raises(SessionTaken) as taken:
            async with connect("real"):
                pass
    assert "pid" in taken.value.holder
    assert kiwoom.truth()["logins"] == 1


async def test_real_and_mock_live_side_by_side(kiwoom: Simulator) -> None:
    async with connect("real"), connect("mock"):
        assert kiwoom.truth()["logins"] == 2


async def test_a_session_that_did_not_come_about_holds_no_lock(kiwoom: Simulator) -> None:
    kiwoom.fault({"refuse_login": "8001"})
    for _ in range(2):
        with pytest.raises(LoginRefused):
            async with connect("real", keys=KEYS):
                pass
    assert who_has("real", KEYS) is None


async def test_a_token_refused_at_login_is_asked_for_anew_once(
    kiwoom: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with TokenBroker() as tokens:
        monkeypatch.setitem(SERVERS, "real", KiwoomServer(tokens.rest, kiwoom.websocket))
        with pytest.raises(LoginRefused) as refused:
            async with connect("real"):
                pass
        assert refused.value.code == "8005"
        assert tokens.issued == 2


async def test_a_stale_token_is_replaced_without_anybody_noticing(
    kiwoom: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with TokenBroker() as tokens:

        def issue(_: str) -> tuple[int, dict[str, object]]:
            token = "stale" if tokens.issued == 1 else "demo"
            return 200, {"token": token, "expires_dt": "29991231235959", "return_code": 0}

        tokens.answer = issue
        monkeypatch.setitem(SERVERS, "real", KiwoomServer(tokens.rest, kiwoom.websocket))
        async with connect("real") as client:
            assert await client.conditions()
        async with connect("real"):
            pass
        assert tokens.issued == 2


@pytest.mark.usefixtures("kiwoom")
async def test_keys_that_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with TokenBroker() as tokens:
        tokens.answer = lambda _: refusal("8001")
        monkeypatch.setitem(SERVERS, "real", KiwoomServer(tokens.rest, "ws://127.0.0.1:1"))
        with pytest.raises(TokenRefused) as refused:
            async with connect("real"):
                pass
        assert (refused.value.code, tokens.issued) == ("8001", 1)


def test_a_token_is_not_for_real_and_mock() -> None:
    for server in ("real", "mock"):
        with pytest.raises(InvalidAddress) as invalid:
            connect(server, token="planted")
        assert "planted" not in str(invalid.value)


@pytest.mark.parametrize("server", ["demo", "ws://127.0.0.1:1", "wss://far.example"])
def test_keys_are_for_real_and_mock_only(server: str) -> None:
    with pytest.raises(InvalidAddress) as invalid:
        connect(server, keys=KEYS)
    assert invalid.value.reason == "no keys"


# ------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        ("", "unknown"),
        ("demoo", "unknown"),
        ("http://127.0.0.1:10000", "unknown"),
        ("ws://", "unknown"),
        ("ws://127.0.0.1:port", "malformed"),
        ("ws://[::1", "malformed"),
        ("ws://10.0.0.1:10000", "insecure"),
        ("ws://localhost.example", "insecure"),
        ("wss://far.example", "token"),
    ],
)
def test_an_address_that_cannot_be_used(server: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as invalid:
        connect(server)
    assert (invalid.value.value, invalid.value.reason) == (server, reason)


@pytest.mark.parametrize(
    ("server", "shown", "reason"),
    [
        ("wss://me:planted@far.example/x", "wss://far.example/x", "user"),
        ("ws://me:planted@127.0.0.1:1", "ws://127.0.0.1:1", "user"),
        ("wss://me:planted@far.example:port", "wss://far.example:port", "malformed"),
        ("https://me:planted@far.example", "https://far.example", "unknown"),
    ],
)
def test_an_address_with_a_password_is_refused_and_not_quoted(server: str, shown: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as invalid:
        connect(server)
    assert (invalid.value.value, invalid.value.reason) == (shown, reason)
    assert "planted" not in str(invalid.value)


def test_a_token_may_travel_unencrypted_if_that_is_asked_for() -> None:
    connect("ws://10.0.0.1:10000", token="t", insecure=True)


async def test_a_token_comes_from_the_argument_or_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Simulator(speed=0, rest_port=None, token="only") as simulator:
        with pytest.raises(LoginRefused):
            async with connect(simulator.websocket):
                pass
        async with connect(simulator.websocket, token="only"):
            pass
        monkeypatch.setenv("JOGEON_TOKEN", "only")
        async with connect(simulator.websocket):
            pass
        with pytest.raises(LoginRefused):
            async with connect(simulator.websocket, token="another"):
                pass


async def test_an_address_has_no_lock() -> None:
    async with (
        Simulator(speed=0, rest_port=None) as simulator,
        connect(simulator.websocket),
    ):
        assert list(Path.home().rglob("*.lock")) == []


async def test_the_demo_needs_nothing() -> None:
    async with connect("demo") as client:
        assert await client.conditions()


async def test_this_machine_is_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with Simulator(speed=0, rest_port=None) as simulator:
        async with connect(simulator.websocket):
            pass
        async with connect(simulator.websocket, proxy="http://127.0.0.1:1"):
            pass


async def test_a_far_server_is_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(proxy, "127.0.0.1", 0) as server:
        address = f"http://user:planted@127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("APP_KEY", "an-app-key")
        monkeypatch.setenv("APP_SECRET", "a-secret-key")
        for client in (connect("wss://far.example", token="t"), connect("real")):
            with pytest.raises(CouldNotConnect) as failed:
                async with client:
                    pass
            assert failed.value.reason == "proxy"
            assert "planted" not in str(failed.value)
    assert [line.split()[1] for line in asked] == [b"far.example:443", b"api.kiwoom.com:443"]


def test_the_blocking_door_takes_the_same() -> None:
    assert inspect.signature(sync.connect).parameters == inspect.signature(jogeon.connect).parameters


@pytest.mark.parametrize("door", [jogeon.connect, sync.connect])
def test_what_the_command_line_would_choose_moves_no_program(
    door: Callable[..., jogeon.Client | sync.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOGEON_SERVER", "mock")
    Path("jogeon.toml").write_text('server = "mock"', encoding="utf-8")
    assert [door().address, door("demo").address] == ["real", "demo"]


# ------------------------------------------------------------ wrong arguments


@pytest.mark.parametrize(
    "given",
    [
        {"server": 5}, {"server": Path("real")}, {"server": None}, {"token": 5}, {"token": b"bytes"}, {"keys": 5},
        {"keys": ("a", "b")}, {"proxy": 123}, {"proxy": False}, {"insecure": "no"}, {"insecure": 1}, {"recheck": "10m"},
        {"recheck": None}, {"recheck": True}, {"recheck": b"1"},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("door", [connect, sync.connect])
def test_an_argument_of_a_wrong_kind_is_refused_where_it_is_given(
    door: Callable[..., object], given: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match=f"^{next(iter(given))} is "):
        door(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"recheck": -1}, {"recheck": float("nan")}, {"recheck": float("inf")}, {"on_taken": "foo"}, {"on_taken": None},
        {"on_taken": ["stop"]}, {"token": "", "server": "ws://127.0.0.1:1"}, {"keys": ""},
        {"token": "two words", "server": "ws://127.0.0.1:1"}, {"proxy": "ftp://x"},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("door", [connect, sync.connect])
def test_a_value_that_cannot_be_meant_is_refused_by_name(door: Callable[..., object], given: dict[str, object]) -> None:
    with pytest.raises(InvalidSetting) as invalid:
        door(**given)
    assert invalid.value.field == next(iter(given))


@pytest.mark.parametrize("server", ["", " ", "rael", "REAL", "http://x"])
def test_what_is_no_server_is_refused(server: str) -> None:
    with pytest.raises(InvalidAddress):
        connect(server)


@pytest.mark.parametrize("given", [{"recheck": 0}, {"recheck": 0.5}, {"on_taken": "retry"}, {"proxy": ""}])
def test_what_is_meant_is_taken(given: dict[str, Any]) -> None:
    assert connect("demo", **given).address == "demo"


# ------------------------------------------------------------ surroundings that are broken


async def test_without_a_home_keys_of_the_environment_do(kiwoom: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    homeless(monkeypatch)
    async with connect("real") as client:
        assert await client.conditions()
    assert kiwoom.truth()["logins"] == 1


async def test_whoever_is_cancelled_does_not_wait_for_what_blocks() -> None:
    blocked, entered = threading.Event(), threading.Event()

    def work() -> None:
        entered.set()
        blocked.wait(30)

    waiting = asyncio.create_task(_aside(work))
    await asyncio.to_thread(entered.wait)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    blocked.set()


async def test_what_blocks_raises_where_it_was_asked_for() -> None:
    with pytest.raises(ZeroDivisionError):
        await _aside(lambda: 1 / 0)


# ---------------------------------------------------------------- names and prices over HTTP


def rest_of(server: str, **more: Any) -> str | None:
    """Return where HTTP is, of a server that says nothing of it at the login."""

    async def main() -> str | None:
        async with endpoint(server, token="demo", **more) as found:
            return found.rest_after(None)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("server", "rest"),
    [
        ("wss://api.kiwoom.com:10000/api/dostk/websocket", "https://api.kiwoom.com"),
        ("wss://MOCKAPI.kiwoom.com.:10000", "https://mockapi.kiwoom.com"),
        ("wss://other.kiwoom.com:10000", None),
        ("ws://127.0.0.1:1", None),
    ],
)
def test_a_typed_address_of_kiwoom_has_its_own_rest_address(server: str, rest: str | None) -> None:
    assert rest_of(server) == rest


def test_a_rest_address_is_given_by_argument_or_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rest_of("ws://127.0.0.1:1", rest="http://127.0.0.1:2/") == "http://127.0.0.1:2"
    monkeypatch.setenv("JOGEON_REST", "'http://127.0.0.1:3'")
    assert rest_of("ws://127.0.0.1:1") == "http://127.0.0.1:3"
    assert rest_of("ws://127.0.0.1:1", rest="http://127.0.0.1:2") == "http://127.0.0.1:2"
    assert rest_of("wss://api.kiwoom.com") == "https://api.kiwoom.com", "the token of Kiwoom goes nowhere else"


@pytest.mark.parametrize(
    ("server", "rest", "reason"),
    [
        ("real", "https://there.example", "own rest"),
        ("demo", "http://127.0.0.1:2", "own rest"),
        ("wss://api.kiwoom.com", "https://there.example", "own rest"),
        ("ws://127.0.0.1:1", "http://there.example", "rest insecure"),
        ("ws://127.0.0.1:1", "ws://127.0.0.1:2", "rest"),
        ("ws://127.0.0.1:1", "127.0.0.1:2", "rest"),
        ("ws://127.0.0.1:1", "https://user:planted@there.example", "rest"),
        ("ws://127.0.0.1:1", "https://there.example:99999", "rest"),
        ("ws://127.0.0.1:1", "", "empty"),
    ],
)
def test_a_rest_address_that_cannot_be_used_is_refused(server: str, rest: str, reason: str) -> None:
    token = "demo" if "://" in server else None
    with pytest.raises(InvalidAddress) as refused:
        connect(server, rest=rest, token=token)
    assert refused.value.reason == reason
    assert "planted" not in str(refused.value)


def test_a_variable_that_is_no_rest_address_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOGEON_REST", "there")
    with pytest.raises(InvalidSetting, match="JOGEON_REST"):
        connect("ws://127.0.0.1:1")
    monkeypatch.setenv("JOGEON_REST", "http://there.example")
    assert connect("ws://127.0.0.1:1", insecure=True).address == "ws://127.0.0.1:1"


@pytest.mark.parametrize("server", ["real", "mock", "demo"])
async def test_only_a_ws_address_is_reached_without_encryption(server: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        connect(server, insecure=True)
    assert refused.value.reason == "no insecure"
    with pytest.raises(InvalidAddress, match="insecure is for ws://"):
        await stocks_of(server, insecure=True).__aenter__()
