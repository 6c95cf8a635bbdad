"""TLS below a server: what it keeps for each connection, and what a peer that breaks off leaves in the log."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from typing import TYPE_CHECKING

import pytest

from jogeon.server.certificate import Certificate
from jogeon.server.encrypted import BUFFER, accept, tls_options
from jogeon.server.http import RestServer
from jogeon.server.server import open_door
from jogeon.web import exchange
from tls import certified, trusted

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    return Certificate(*certified(tmp_path))


async def test_what_is_kept_for_a_connection_is_small(certificate: Certificate) -> None:
    assert tls_options(None) == {}
    told = tls_options(certificate.context)
    assert {told["ssl_incoming_bio_size"], told["ssl_outgoing_bio_size"]} == {BUFFER}
    assert BUFFER < 20_000


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 5000])
async def test_who_breaks_off_leaves_no_line_in_the_log(
    certificate: Certificate, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    rest = RestServer([], open_door("127.0.0.1", 0), certificate.context)
    there = "127.0.0.1", int(rest.address.rpartition(":")[2])
    for _ in range(5):
        with socket.create_connection(there) as calling:
            calling.send(sent)
        await asyncio.sleep(0.02)
    assert (await exchange("GET", rest.address.replace("127.0.0.1", "localhost"))).status == 404
    await rest.stop()
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_other_errors_reach_whoever_is_told_of_them(certificate: Certificate) -> None:
    told: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    door = open_door("127.0.0.1", 0)
    server = await accept(asyncio.Protocol, door, certificate.context)
    with contextlib.suppress(asyncio.CancelledError):
        server.close()
    error = ConnectionResetError()
    loop.call_exception_handler({"message": "", "exception": ConnectionResetError})
    loop.call_exception_handler({"message": "", "exception": error})
    assert told == [error]
