"""One HTTP request and its reply, against a server that behaves as servers do at worst."""

import errno
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from jogeon import web
from jogeon.errors import CouldNotConnect
from jogeon.net import tls_context
from jogeon.web import exchange
from phone import answer, phone


async def test_a_reply_has_its_status_headers_and_body() -> None:
    async with phone(answer(429, b"{}", "Retry-After: 3")) as there:
        reply = await exchange("POST", f"{there.url}/x", lambda: b'"body"', headers={"X-Id": "7"})
    assert (reply.status, reply.headers["retry-after"], reply.body) == (429, "3", b"{}")
    (heard,) = there.heard
    assert (heard.path, heard.headers["x-id"], heard.body) == ("/x", "7", "body")


async def test_a_body_is_read_as_far_as_the_limit() -> None:
    async with phone(answer(200, b"x" * 1000)) as there:
        assert (await exchange("GET", there.url, limit=10)).body == b"x" * 10


async def test_a_redirect_is_not_followed() -> None:
    async with phone(answer(302, b"", "Location: http://127.0.0.1:1/")) as there:
        assert (await exchange("GET", there.url)).status == 302


async def test_a_drip_of_bytes_ends_in_time() -> None:
    async with phone((b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 40)) as there:
        with pytest.raises(CouldNotConnect):
            await exchange("GET", there.url, timeout=0.3)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[", "http://a b/", "http://127.0.0.1:99999/"])
async def test_an_address_that_leads_nowhere(url: str) -> None:
    with pytest.raises(CouldNotConnect):
        await exchange("GET", url)


async def test_where_nothing_can_be_opened_a_request_could_not_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_url: str) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(web, "_is_loaded", lambda _url: False)
    monkeypatch.setattr(web, "_load", load)
    with pytest.raises(CouldNotConnect, match="Too many open files"):
        await exchange("GET", "http://127.0.0.1:1/")


async def test_what_verifies_a_server_is_made_once_for_each_setting(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made: list[str] = []

    def counted(url: str) -> ssl.SSLContext:
        made.append(url)
        return tls_context(url)

    async def asked() -> CouldNotConnect:
        with pytest.raises(CouldNotConnect) as failed:
            await exchange("GET", "https://127.0.0.1:1/")
        return failed.value

    monkeypatch.setattr(web, "_contexts", {})
    monkeypatch.setattr(web, "tls_context", counted)
    assert [(await asked()).reason for _ in range(2)] == ["refused", "refused"]
    assert len(made) == 1
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    assert (await asked()).reason == "tls"
    assert len(made) == 2


def test_what_a_first_request_loads_is_loaded_beside_the_loop() -> None:
    """It takes half a second on a slow machine: as a stall, that would be a gap of every watch."""
    program = """
import asyncio, sys, threading
from jogeon.errors import CouldNotConnect
from jogeon.web import exchange

class Seen:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is threading.main_thread():
            here.add(name)

async def ask():
    await asyncio.gather(*(exchange("GET", url) for url in 2 * ["http://127.0.0.1:1", "https://127.0.0.1:1"]),
                         return_exceptions=True)

here = set()
asyncio.run(asyncio.sleep(0))
sys.meta_path.insert(0, Seen())
asyncio.run(ask())
print(sorted(name for name in here if name.split(".")[0] in {"httpx2", "httpcore2", "anyio", "h11", "socksio"}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
