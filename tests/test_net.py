"""The way to a server: proxies as people write them, whom to trust, and what went wrong, in words."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from jogeon import net
from jogeon.account.keys import SERVERS
from jogeon.errors import CouldNotConnect, InvalidSetting
from jogeon.net import (
    connected_socket,
    could_not_connect,
    is_loopback,
    is_plain,
    proxy_for,
    tls_context,
    without_password,
    wrong_answer,
)
from tls import trusted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REAL = SERVERS["real"].websocket

# ------------------------------------------------------------ proxies


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, REAL, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, REAL, "http://proxy:3128"),
        ({"https_proxy": "proxy:3128"}, REAL, "http://proxy:3128"),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "ws://far.example", None),
        ({"HTTP_PROXY": "http://proxy:3128"}, "ws://far.example", "http://proxy:3128"),
        ({"ALL_PROXY": "socks5h://proxy:1080"}, REAL, "socks5://proxy:1080"),
        ({"ALL_PROXY": "socks5://other:1", "HTTPS_PROXY": "http://proxy:2"}, REAL, "http://proxy:2"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "kiwoom.com"}, REAL, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, REAL, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "other.com"}, REAL, "http://proxy:3128"),
        ({"ALL_PROXY": "http://proxy:3128"}, "ws://127.0.0.1:10000", None),
        ({"ALL_PROXY": "http://proxy:3128"}, "wss://localhost", None),
        ({"ALL_PROXY": "http://proxy:3128"}, "ws://[::1]:10000", None),
        ({"HTTPS_PROXY": "http://proxy:3128 "}, REAL, "http://proxy:3128"),
        ({"HTTPS_PROXY": "\thttp://proxy:3128\r\n"}, REAL, "http://proxy:3128"),
        ({"https_proxy": '"http://proxy:3128"'}, REAL, "http://proxy:3128"),
        ({"HTTPS_PROXY": " 'proxy:3128' "}, REAL, "http://proxy:3128"),
        ({"HTTPS_PROXY": " ", "ALL_PROXY": "socks5://proxy:1"}, REAL, "socks5://proxy:1"),
        ({"HTTPS_PROXY": '""'}, REAL, None),
        ({"HTTPS_PROXY": "HTTP://Proxy:3128/"}, REAL, "http://Proxy:3128"),
        ({"ALL_PROXY": "socks://proxy"}, REAL, "socks5://proxy:1080"),
        ({"ALL_PROXY": "SOCKS5H://me:p%40ss@[fe80::1]:"}, REAL, "socks5://me:p%40ss@[fe80::1]:1080"),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": " * "}, REAL, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": '"other.com, .kiwoom.com "'}, REAL, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "no_proxy": "other.com api.kiwoom.com"}, REAL, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "other.com;kiwoom.com"}, REAL, None),
    ],
)
def test_the_usual_variables_lead_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxy: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


def test_an_argument_counts_before_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    assert proxy_for(REAL, "socks5://mine:1080") == "socks5://mine:1080"
    assert proxy_for(REAL, " http://mine:1 ") == "http://mine:1"
    assert proxy_for(REAL, "") is None
    assert proxy_for(REAL, " ") is None
    assert proxy_for("ws://127.0.0.1", "http://mine:1") is None


@pytest.mark.parametrize(
    "proxy",
    [
        "http://",
        "ftp://u:planted@proxy:1",
        "http://u:planted@proxy:port",
        "http://u:planted@proxy:0",
        "http://u:planted@proxy:99999",
        "http://[u:planted",
        "http://u:1#planted@proxy:1",
        "http://u:1/planted@proxy:1",
        "http://u:1?planted@proxy:1",
        "http://u:plan ted@proxy:1",
        "http://pro\nxy:1/planted",
    ],
)
def test_a_proxy_that_is_none_is_not_quoted(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(InvalidSetting) as invalid:
        proxy_for(REAL)
    assert invalid.value.field == "HTTPS_PROXY"
    assert "planted" not in str(invalid.value) + repr(vars(invalid.value))


def test_a_password_is_left_out() -> None:
    assert without_password("http://user:planted@proxy:3128/x") == "http://proxy:3128/x"
    assert without_password("http://proxy:3128") == "http://proxy:3128"
    assert without_password("http://[me:planted@proxy") == "…"
    assert without_password("me:planted@proxy") == "…"
    assert without_password("http://me:1#planted@proxy") == "http://me:1"
    assert without_password("wss://far.example/#top") == "wss://far.example/#top"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "10.0.0.1", "localhost.example", "127.0.0.1.example", "::2"])
def test_another_machine(host: str) -> None:
    assert not is_loopback(host)


# ------------------------------------------------------------ whom to trust


def authorities(context: ssl.SSLContext) -> int:
    return context.cert_store_stats()["x509_ca"]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be on a system where OpenSSL finds no certificates by itself."""
    paths = ssl.get_default_verify_paths()._replace(cafile="", capath=str(tmp_path))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda _: None)
    monkeypatch.setattr(net, "SYSTEM_VERIFIES", False)
    monkeypatch.setattr(net, "ROOTS", ())


@pytest.mark.usefixtures("nobody")
def test_a_variable_names_whom_to_trust(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert authorities(tls_context(REAL)) == 0
    monkeypatch.setenv("SSL_CERT_FILE", f' "{trusted(tmp_path)}" ')
    context = tls_context(REAL)
    assert (authorities(context), context.verify_mode, context.check_hostname) == (1, ssl.CERT_REQUIRED, True)


@pytest.mark.usefixtures("nobody")
def test_the_distributions_certificates_are_found_by_a_python_built_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(net, "ROOTS", (str(tmp_path / "nothing"), str(trusted(tmp_path))))
    assert authorities(tls_context(REAL)) == 1
    (tmp_path / "0123abcd.0").touch()  # what OpenSSL finds by itself comes first
    assert authorities(tls_context(REAL)) == 0


def test_a_systems_own_judgement_counts_unless_a_variable_names_whom_to_trust(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(net, "SYSTEM_VERIFIES", True)
    assert not is_plain(tls_context(REAL))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    assert is_plain(tls_context(REAL))
    assert is_plain(None)


@pytest.mark.parametrize(
    ("variable", "value", "detail"),
    [
        ("SSL_CERT_FILE", "nothing.pem", "No such file or directory"),
        ("SSL_CERT_FILE", "text.pem", "no certificate or crl found"),
        pytest.param("SSL_CERT_FILE", "pipe", "not a file", marks=pytest.mark.posix),  # and nobody waits for it
        ("SSL_CERT_DIR", "nowhere", "No such file or directory"),
    ],
)
def test_what_a_variable_names_must_be_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str, detail: str
) -> None:
    (tmp_path / "text.pem").write_text("no certificate")
    if value == "pipe":
        os.mkfifo(tmp_path / "pipe")
    monkeypatch.setenv(variable, str(tmp_path / value))
    with pytest.raises(CouldNotConnect) as failed:
        tls_context("wss://me:planted@far.example")
    assert (failed.value.reason, failed.value.certificate) == ("tls", "unreadable roots")
    assert failed.value.address == "wss://far.example"
    assert failed.value.detail.startswith(f"{variable}: ")
    assert detail in failed.value.detail


# ------------------------------------------------------------ the socket


@pytest.fixture
def listening() -> Iterator[int]:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield int(server.getsockname()[1])


def resolve_to(monkeypatch: pytest.MonkeyPatch, *hosts: str) -> None:
    def found(_host: str, port: int, *_: object) -> list[tuple[object, ...]]:
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in host], socket.SOCK_STREAM, 6, "", (host, port)) for host in hosts]

    monkeypatch.setattr(socket, "getaddrinfo", found)


class Dialled:
    """Stands for the loop's own connecting: some hosts never answer, some refuse, and each is noted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **hosts: str) -> None:
        self.tried: list[str] = []
        self.hosts = hosts
        monkeypatch.setattr(type(asyncio.get_running_loop()), "sock_connect", self.connect)

    async def connect(self, _sock: socket.socket, place: tuple[str, int]) -> None:
        self.tried.append(place[0])
        match self.hosts.get(place[0]):
            case "silent":
                await asyncio.Event().wait()
            case "refused":
                raise ConnectionRefusedError(111, place[0])


async def test_the_next_address_is_tried_at_once_where_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "192.0.2.1", "192.0.2.2")
    monkeypatch.setattr(net, "NEXT_ADDRESS", 60.0)
    dialled = Dialled(monkeypatch, **{"192.0.2.1": "refused"})
    (await connected_socket("far.example", 1, 65_536)).close()
    assert dialled.tried == ["192.0.2.1", "192.0.2.2"]


async def test_the_next_address_is_tried_beside_a_silent_one(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "192.0.2.1", "192.0.2.2", "192.0.2.3")
    monkeypatch.setattr(net, "NEXT_ADDRESS", 0.01)
    dialled = Dialled(monkeypatch, **{"192.0.2.1": "silent", "192.0.2.2": "silent"})
    (await connected_socket("far.example", 1, 65_536)).close()
    assert dialled.tried == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]


async def test_families_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "192.0.2.3")
    addresses = await asyncio.get_running_loop().getaddrinfo("far.example", 1)
    ordered = [str(place[0]) for *_, place in net._families_in_turn(addresses)]
    assert ordered == ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"]


async def test_where_all_fail_the_last_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "192.0.2.1", "192.0.2.2")
    Dialled(monkeypatch, **{"192.0.2.1": "refused", "192.0.2.2": "refused"})
    with pytest.raises(ConnectionRefusedError, match=r"192\.0\.2\.2"):
        await connected_socket("far.example", 1, 65_536)


async def test_nothing_is_left_of_attempts_that_were_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "192.0.2.1", "192.0.2.2")
    monkeypatch.setattr(net, "NEXT_ADDRESS", 0.01)
    Dialled(monkeypatch, **{"192.0.2.1": "silent", "192.0.2.2": "silent"})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await connected_socket("far.example", 1, 65_536)
    assert {task for task in asyncio.all_tasks() if task.get_name() == "address"} == set()


async def test_of_two_that_come_together_one_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    async def connect(_address: object, _buffer: int) -> socket.socket:
        await asyncio.wait([asyncio.ensure_future(both.wait())])
        made.append(socket.socket())
        return made[-1]

    both = asyncio.Event()
    resolve_to(monkeypatch, "192.0.2.1", "192.0.2.2")
    monkeypatch.setattr(net, "NEXT_ADDRESS", 0.01)
    monkeypatch.setattr(net, "_connect", connect)
    asyncio.get_running_loop().call_later(0.1, both.set)
    with await connected_socket("far.example", 1, 65_536) as won:
        assert [sock.fileno() == -1 for sock in made if sock is not won] == [True]
        assert won.fileno() != -1


async def test_the_kernels_buffer_is_bounded_before_it_connects(listening: int) -> None:
    with await connected_socket("127.0.0.1", listening, 65_536) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= 2 * 65_536  # Linux doubles it
        assert not sock.getblocking()


# ------------------------------------------------------------ what went wrong


def verification(code: int, words: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, f"certificate verify failed: {words}")
    error.verify_code, error.verify_message = code, words
    return error


@pytest.mark.parametrize(
    ("error", "reason", "certificate"),
    [
        (verification(10, "certificate has expired"), "tls", "expired"),
        (verification(0x800B0109, "untrusted root"), "tls", "unknown issuer"),
        (verification(-67602, "host name"), "tls", "other host"),
        (verification(24, "invalid CA certificate"), "tls", "invalid"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "tls", ""),
        (socket.gaierror(-2, "unknown"), "name", ""),
        (UnicodeError("label empty or too long"), "name", ""),
        (TimeoutError(), "timeout", ""),
        (ConnectionRefusedError(111, "refused"), "refused", ""),
        (OSError(101, "unreachable"), "network", ""),
        (ConnectionResetError(104, "reset"), "network", ""),
    ],
)
def test_what_went_wrong_in_a_word(error: Exception, reason: str, certificate: str) -> None:
    failed = could_not_connect("wss://far.example", error)
    assert (failed.reason, failed.certificate, failed.proxy) == (reason, certificate, "")
    assert "certificate verify failed" not in failed.detail


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(111, "refused"), "proxy"),
        (socket.gaierror(-2, "unknown"), "proxy"),
        (ConnectionResetError(104, "reset"), "network"),
        (verification(10, "expired"), "tls"),
        (TimeoutError(), "timeout"),
    ],
)
def test_behind_a_proxy_most_is_its_business(error: Exception, reason: str) -> None:
    assert could_not_connect("wss://far.example", error, "http://proxy:1").reason == reason


@pytest.mark.parametrize("words", ["p%40ss", "p@ss", "http://me:p%40ss@proxy:1", "me:p%40ss@proxy"])
def test_a_library_that_quotes_the_proxy_is_not_quoted(words: str) -> None:
    failed = could_not_connect("wss://far.example", ValueError(f"no way: {words}"), "http://me:p%40ss@proxy:1")
    assert "p%40ss" not in str(failed) + repr(vars(failed))
    assert "p@ss" not in str(failed)
    assert failed.proxy == "http://proxy:1"


# ------------------------------------------------------------ answers of a wrong kind


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason", "detail"),
    [
        (503, b"", "", "maintenance", "HTTP 503"),
        (503, b"busy", "text/plain", "maintenance", "HTTP 503"),
        (200, b"<p>at work", "text/html; charset=utf-8", "maintenance", "HTTP 200: at work"),
        (403, b"\xef\xbb\xbf\r\n<!DOCTYPE html><title>T</title>", "", "maintenance", "HTTP 403: T"),
        (404, b"<html><title>Not Found</title>", "text/html", "handshake", "HTTP 404: Not Found"),
        (200, b"{}", "application/json", "handshake", "HTTP 200"),
        (403, b"no", "", "handshake", "HTTP 403"),
    ],
)
def test_a_wrong_answer(status: int, body: bytes, kind: str, reason: str, detail: str) -> None:
    failed = wrong_answer("wss://far.example", status, body, kind)
    assert (failed.reason, failed.detail) == (reason, detail)
