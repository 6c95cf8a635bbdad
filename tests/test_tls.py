"""Real TLS: a good certificate is taken and a bad one refused, by both roads, on both engines, also through a proxy."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import socket
import ssl
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import truststore
from cryptography import x509

from broker import Broker as TokenBroker
from jogeon.account.keys import Keys
from jogeon.account.tokens import IssuedTokens
from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import CouldNotConnect
from jogeon.live.opening import open_connection
from jogeon.simulator.simulator import Simulator
from test_connection import Ear
from tls import BAD, Certificate, ConnectProxy, SocksProxy, Tls, trusted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

KEYS = Keys("planted-app-key", "planted-secret-key")
TOKEN = "planted-token"


@pytest.fixture(params=["direct", "fallback", "system"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Trust the authority of the tests, on each of the engines that there are.

    direct: aiofastnet's own · fallback: what it takes where Python holds OpenSSL within itself · system: asyncio's,
    where the system verifies (Windows, macOS).
    """
    path = trusted(tmp_path)
    match request.param:
        case "direct":
            monkeypatch.setenv("SSL_CERT_FILE", str(path))
        case "fallback":
            trust(monkeypatch, lambda: files_context(path))
        case "system":
            trust(monkeypatch, lambda: systems_context(path))


def trust(monkeypatch: pytest.MonkeyPatch, make: Callable[[], ssl.SSLContext]) -> None:
    for place in ("jogeon.live.opening.tls_context", "jogeon.web.tls_context"):
        monkeypatch.setattr(place, lambda _: make())
    monkeypatch.setattr("jogeon.web._contexts", {})  # what another test made is not trusted here


def files_context(path: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=path)
    setattr(context, "_aiofastnet_force_fallback_ssl", True)  # noqa: B010  # its own switch for its own tests
    return context


def hashed(path: Path, folder: Path) -> Path:
    """Return a folder in which OpenSSL finds a certificate, by a hash of its subject in small letters."""
    subject = x509.load_pem_x509_certificate(path.read_bytes()).subject
    small = x509.Name([x509.NameAttribute(each.oid, str(each.value).lower()) for each in subject])
    digest = hashlib.sha1(small.public_bytes()[2:], usedforsecurity=False).digest()  # without the head of the sequence
    folder.mkdir()
    (folder / f"{int.from_bytes(digest[:4], 'little'):08x}.0").write_bytes(path.read_bytes())
    return folder


def systems_context(path: Path) -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(path)
    return context


def client_of(port: int, proxy: str | None = None, host: str = "localhost") -> Client:
    there = Endpoint("tls", address(port, host), FixedToken(TOKEN), proxy)
    return Client(contextlib.nullcontext(there), name="tls")


def address(port: int, host: str = "localhost") -> str:
    return f"wss://{host}:{port}/api/dostk/websocket"


@asynccontextmanager
async def websocket(certificate: Certificate, host: str = "127.0.0.1") -> AsyncIterator[Tls]:
    """Run a simulator behind TLS."""
    async with Simulator(speed=0, rest_port=None, token=TOKEN) as simulator:
        async with Tls(urlsplit(simulator.websocket).port or 0, certificate, host) as tls:
            yield tls


@asynccontextmanager
async def rest(certificate: Certificate) -> AsyncIterator[tuple[Tls, TokenBroker]]:
    """Run a token server behind TLS."""
    async with TokenBroker() as broker, Tls(urlsplit(broker.rest).port or 0, certificate) as tls:
        yield tls, broker


@asynccontextmanager
async def through(kind: str, target: int) -> AsyncIterator[tuple[str, str | None]]:
    """Yield the host to name and the proxy on the way to it."""
    async with AsyncExitStack() as running:
        match kind:
            case "direct":
                yield "localhost", None
            case "proxy":
                proxy = await running.enter_async_context(ConnectProxy(target, "me:planted-password"))
                yield "far.example", f"http://me:planted-password@127.0.0.1:{proxy.port}"
                assert proxy.asked[-1].startswith(f"CONNECT far.example:{target} ")
            case "socks":
                socks = await running.enter_async_context(SocksProxy(target))
                yield "far.example", f"socks5://me:planted%2Dpassword@127.0.0.1:{socks.port}"
                assert socks.logins[-1] == ("me", "planted-password")


WAYS = ("direct", "proxy", "socks")


# ------------------------------------------------------------ good ones


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("engine")
async def test_a_session_over_tls(way: str) -> None:
    async with websocket("good") as tls, through(way, tls.port) as (host, proxy):
        async with client_of(tls.port, proxy, host) as client:
            assert "급등주" in {condition.name for condition in await client.conditions()}
            async with client.watch("급등주") as watch:
                assert watch.members["급등주"]
        assert tls.heard


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("engine")
async def test_a_token_over_tls(way: str) -> None:
    async with rest("good") as (tls, broker), through(way, tls.port) as (host, proxy):
        assert await IssuedTokens(KEYS, f"https://{host}:{tls.port}", proxy=proxy).current() == "token-1"
        assert broker.issued == 1


@pytest.mark.usefixtures("engine")
async def test_the_address_of_a_server_is_verified_too() -> None:
    async with websocket("good") as tls:
        async with client_of(tls.port, host="127.0.0.1") as client:
            assert await client.conditions()


@pytest.mark.usefixtures("engine")
async def test_an_address_of_ipv6_is_verified_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine of the tests may have no IPv6: the name of the server is, the socket leads elsewhere."""
    async with websocket("good") as good, websocket("other host") as other:
        for tls in (good, other):
            resolve_to(monkeypatch, [("127.0.0.1", tls.port)])
            failed = await failure(address(tls.port, "[::1]"))
            assert (failed.certificate if failed else "good") == ("good" if tls is good else "other host")


# ------------------------------------------------------------ bad ones


async def failure(url: str, proxy: str | None = None) -> CouldNotConnect | None:
    try:
        connection = await open_connection(url, Ear(), proxy=proxy)
    except CouldNotConnect as error:
        return error
    await connection.aclose()
    return None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("certificate", BAD)
@pytest.mark.usefixtures("engine")
async def test_a_bad_certificate_ends_it_before_anything_is_said(certificate: Certificate, way: str) -> None:
    async with websocket(certificate) as tls, through(way, tls.port) as (host, proxy):
        with pytest.raises(CouldNotConnect) as failed:
            async with client_of(tls.port, proxy, host):
                pass
        assert (failed.value.reason, failed.value.certificate) == ("tls", certificate)
        assert tls.heard == b""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("certificate", BAD)
@pytest.mark.usefixtures("engine")
async def test_no_keys_go_to_a_server_with_a_bad_certificate(certificate: Certificate, way: str) -> None:
    async with rest(certificate) as (tls, broker), through(way, tls.port) as (host, proxy):
        with pytest.raises(CouldNotConnect) as failed:
            await IssuedTokens(KEYS, f"https://{host}:{tls.port}", proxy=proxy).current()
        assert (failed.value.reason, failed.value.certificate) == ("tls", certificate)
        assert (tls.heard, broker.asked) == (b"", [])


async def test_a_folder_may_hold_whom_to_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", str(hashed(trusted(tmp_path), tmp_path / "roots")))
    async with websocket("good") as tls, rest("good") as (there, broker):
        assert await failure(address(tls.port)) is None
        await IssuedTokens(KEYS, f"https://localhost:{there.port}").current()
        assert broker.issued == 1


async def test_nobody_is_trusted_whom_the_system_does_not_know() -> None:
    async with websocket("good") as tls, rest("good") as (there, _):
        failed = await failure(address(tls.port))
        assert failed is not None
        with pytest.raises(CouldNotConnect) as refused:
            await IssuedTokens(KEYS, f"https://localhost:{there.port}").current()
        assert failed.certificate == refused.value.certificate == "unknown issuer"


# ------------------------------------------------------------ proxies


@pytest.mark.parametrize("roads", ["websocket", "rest"])
async def test_a_proxy_that_refuses_is_named_without_its_password(roads: str) -> None:
    async with ConnectProxy(1, "somebody:else") as proxy:
        address = f"http://me:planted%2Dpassword@127.0.0.1:{proxy.port}"
        with pytest.raises(CouldNotConnect) as failed:
            if roads == "websocket":
                await open_connection("wss://far.example:1/", Ear(), proxy=address)
            else:
                await IssuedTokens(KEYS, "https://far.example:1", proxy=address).current()
    assert (failed.value.reason, failed.value.proxy) == ("proxy", f"http://127.0.0.1:{proxy.port}")
    assert "407" in failed.value.detail


@pytest.mark.parametrize("roads", ["websocket", "rest"])
async def test_a_proxy_that_is_not_there_is_no_missing_server(roads: str) -> None:
    with pytest.raises(CouldNotConnect) as failed:
        if roads == "websocket":
            await open_connection("wss://far.example/", Ear(), proxy="http://127.0.0.1:1")
        else:
            await IssuedTokens(KEYS, "https://far.example", proxy="http://127.0.0.1:1").current()
    assert failed.value.reason == "proxy"


@pytest.mark.parametrize("way", ["proxy", "socks"])
async def test_no_log_shows_the_password_of_a_proxy(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    caplog.set_level(logging.DEBUG)
    async with websocket("good") as tls, through(way, tls.port) as (host, proxy):
        assert await failure(address(tls.port, host), proxy) is None
    async with rest("good") as (there, _), through(way, there.port) as (host, proxy):
        await IssuedTokens(KEYS, f"https://{host}:{there.port}", proxy=proxy).current()
    said = caplog.text + "".join(repr(record.__dict__) for record in caplog.records)
    assert "httpcore2" in said
    assert "picows" in said
    for secret in ("planted-password", "planted%2Dpassword", "bWU6cGxhbnRlZC1wYXNzd29yZA"):
        assert secret not in said


# ------------------------------------------------------------ several addresses


def resolve_to(monkeypatch: pytest.MonkeyPatch, places: list[tuple[str, int]]) -> None:
    """Let every name lead to these places."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@contextlib.contextmanager
def silent(port: int) -> Iterator[tuple[str, int]]:
    """Yield an address that never answers: its queue is full, and the kernel drops what comes."""
    with contextlib.ExitStack() as held:
        deaf = held.enter_context(contextlib.closing(socket.socket()))
        with contextlib.suppress(OSError):  # macOS has no such address, and nobody answers there either
            deaf.bind(("127.0.0.2", port))
            deaf.listen(0)
        for _ in range(4):
            filler = held.enter_context(contextlib.closing(socket.socket()))
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.2", port))
        yield "127.0.0.2", port


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("road", ["websocket", "rest"])
async def test_a_dead_address_holds_nobody_up(
    way: str, road: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    async with websocket("good") as tls, rest("good") as (there, _):
        port = tls.port if road == "websocket" else there.port
        async with through(way, port) as (_, there_by):
            first = urlsplit(there_by).port or 0 if there_by else port
            proxy = there_by and there_by.replace("127.0.0.1", "proxy.example")
            with silent(first) as dead:
                resolve_to(monkeypatch, [dead, ("127.0.0.1", first)])
                began = time.monotonic()
                if road == "websocket":
                    assert await failure(address(port, "far.example"), proxy) is None
                else:
                    await IssuedTokens(KEYS, f"https://far.example:{port}", proxy=proxy).current()
                assert 0.2 < time.monotonic() - began < 5
