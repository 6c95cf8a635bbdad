"""The certificate of a server: what is wrong with one is said by name, and a renewed one is used at once."""

from __future__ import annotations

import asyncio
import os
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization

from jogeon.errors import InvalidSetting
from jogeon.server.certificate import Certificate
from tls import authority, certified, trusted

if TYPE_CHECKING:
    from pathlib import Path


def locked(pem: bytes) -> bytes:
    """Return a private key with a password."""
    key = serialization.load_pem_private_key(pem, None)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"secret")
    )


async def serial(certificate: Certificate, folder: Path) -> object:
    """Return the serial number of the certificate that a server shows."""

    async def done(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(done, "127.0.0.1", 0, ssl=certificate.context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        ours = ssl.create_default_context(cafile=str(trusted(folder)))
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=ours)
        shown = writer.get_extra_info("peercert")["serialNumber"]
        writer.close()
    return shown


async def test_a_renewed_certificate_is_used_without_a_restart(tmp_path: Path) -> None:
    chain, key = certified(tmp_path)
    certificate = Certificate(chain, key)
    first = await serial(certificate, tmp_path)
    certificate.look()
    assert await serial(certificate, tmp_path) == first
    certified(tmp_path)
    certificate.look()
    assert await serial(certificate, tmp_path) != first


async def test_between_two_files_of_a_renewal_the_one_before_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chain, key = certified(tmp_path)
    certificate = Certificate(chain, key)
    first, old_key = await serial(certificate, tmp_path), key.read_bytes()
    certified(tmp_path)
    new_key = key.read_bytes()
    key.write_bytes(old_key)
    certificate.look()
    certificate.look()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert await serial(certificate, tmp_path) == first
    key.write_bytes(new_key + b"\n")
    certificate.look()
    assert await serial(certificate, tmp_path) != first


@pytest.mark.parametrize(
    ("chain", "key", "reason", "named"),
    [
        (b"no PEM", None, "no certificate", "chain.pem"),
        (b"", None, "no certificate", "chain.pem"),
        (None, authority("theirs").private_key_pem.bytes(), "other key's", "key.pem"),
        (None, locked(authority("theirs").private_key_pem.bytes()), "locked key", "key.pem"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, chain: bytes | None, key: bytes | None, reason: str, named: str) -> None:
    files = certified(tmp_path)
    for path, content in zip(files, (chain, key), strict=True):
        if content is not None:
            path.write_bytes(content)
    with pytest.raises(InvalidSetting) as wrong:
        Certificate(*files)
    assert (wrong.value.reason, wrong.value.file) == (reason, str(tmp_path / named))


def test_files_that_are_not_there_or_none(tmp_path: Path) -> None:
    chain, key = certified(tmp_path)
    for wrong, reason in ((tmp_path / "none", "missing"), (tmp_path, "not a file"), (tmp_path / "\0", "unreadable")):
        with pytest.raises(InvalidSetting) as said:
            Certificate(chain, wrong)
        assert said.value.reason == reason
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(InvalidSetting, match="not a file"):
            Certificate(tmp_path / "pipe", key)
