"""Connections to real NATS servers: encrypted or not at all, and with each kind of credentials."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING

import nkeys  # type: ignore[import-untyped]  # it ships no types
import pytest
from msgspec.structs import replace
from nats.errors import MaxPayloadError
from nats.js.api import RetentionPolicy
from nats.js.errors import APIError

from hubs import MARKET
from jogeon.errors import CouldNotConnect, JogeonError, LoginRefused
from jogeon.nats.address import place_of
from jogeon.nats.opening import opened, stopped, trouble_of
from jogeon.nats.streams import stream_of, stream_read
from jogeon.testing import Broker
from natsd import natsd, published
from tls import authority, certified, trusted

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.nats.address import Place

pytestmark = pytest.mark.usefixtures("spared_disk")


async def error_at(place: Place) -> JogeonError:
    with pytest.raises(JogeonError) as refused:
        async with opened(place):
            pass
    return refused.value


async def test_what_is_to_be_encrypted_is_or_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain, key = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted(tmp_path)))
    async with natsd(tmp_path, "--tls", "--tlscert", str(chain), "--tlskey", str(key)) as server:
        for tls in (True, False):  # where the server asks for it, nats:// is encrypted too
            async with opened(replace(server.place(), tls=tls)) as client:
                assert client._transport is not None
                await client.flush()
                assert (await stream_of(client, server.place())).created is not None
        (tmp_path / "theirs.pem").write_bytes(authority("theirs").cert_pem.bytes())
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "theirs.pem"))
        error = await error_at(replace(server.place(), tls=True))
        assert isinstance(error, CouldNotConnect)
        assert (error.reason, error.certificate) in {("tls", "unknown issuer"), ("tls", "self-signed")}


async def test_a_server_that_does_not_encrypt_gets_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = b""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal heard
        writer.write(b'INFO {"server_id":"x","version":"2.9.10","max_payload":1048576,"auth_required":true}\r\n')
        heard += await reader.read(65536)
        writer.close()

    monkeypatch.setenv("JOGEON_NATS_TOKEN", "planted-nats-token")
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        error = await error_at(place_of(f"tls://127.0.0.1:{server.sockets[0].getsockname()[1]}/a"))
        assert isinstance(error, CouldNotConnect)
        assert error.reason == "no TLS"
    assert heard == b""


async def test_a_user_and_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with natsd(tmp_path, "--user", "desk", "--pass", "right-nats-password") as server:
        monkeypatch.setenv("JOGEON_NATS_USER", "desk")
        monkeypatch.setenv("JOGEON_NATS_PASSWORD", "right-nats-password")
        async with opened(server.place()) as client:
            await client.flush()
        monkeypatch.setenv("JOGEON_NATS_PASSWORD", "wrong-nats-password")
        error = await error_at(server.place())
        assert isinstance(error, LoginRefused)
        assert error.nats
        assert "wrong-nats-password" not in str(error)


# ------------------------------------------------------------ a credentials file


def made_key(kind: int) -> nkeys.KeyPair:
    return nkeys.from_seed(nkeys.encode_seed(os.urandom(32), kind))


def signed(by: nkeys.KeyPair, sub: nkeys.KeyPair, name: str, more: dict[str, object]) -> str:
    """Return a JWT as the tools of NATS make it."""

    def encoded(value: object) -> str:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    claims = {"iat": int(time.time()), "iss": by.public_key.decode(), "name": name, "sub": sub.public_key.decode()}
    jti = base64.b32encode(hashlib.sha256(json.dumps(claims).encode()).digest()).rstrip(b"=").decode()
    body = claims | {"jti": jti, "nats": {"version": 2, **more}}
    text = f"{encoded({'typ': 'JWT', 'alg': 'ed25519-nkey'})}.{encoded(body)}"
    return f"{text}.{encoded(by.sign(text.encode()))}"


async def test_a_credentials_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = nkeys.PREFIX_BYTE_OPERATOR, nkeys.PREFIX_BYTE_ACCOUNT, nkeys.PREFIX_BYTE_ACCOUNT, nkeys.PREFIX_BYTE_USER
    operator, system, account, user = map(made_key, kinds)
    every = dict.fromkeys(("subs", "conn", "leaf", "imports", "exports", "data", "payload"), -1)
    limits = {**every, "wildcards": True, "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    account_jwt = signed(operator, account, "a", {"type": "account", "limits": limits})
    system_jwt = signed(operator, system, "s", {"type": "account", "limits": every | {"wildcards": True}})
    preloaded = "\n".join(
        f"{of.public_key.decode()}: {jwt}" for of, jwt in ((account, account_jwt), (system, system_jwt))
    )
    config = tmp_path / "nats.conf"
    config.write_text(
        f"operator: {signed(operator, operator, 'o', {'type': 'operator'})}\nresolver: MEMORY\n"
        f"system_account: {system.public_key.decode()}\n"
        f"resolver_preload: {{{preloaded}}}",
        encoding="utf-8",
    )
    user_jwt = signed(account, user, "u", {"type": "user", "subs": -1, "data": -1, "payload": -1})
    file = tmp_path / "desk.creds"
    file.write_text(
        f"-----BEGIN NATS USER JWT-----\n{user_jwt}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n",
        encoding="utf-8",
    )
    async with natsd(tmp_path, "-c", str(config)) as server:
        assert isinstance(await error_at(server.place()), LoginRefused)
        monkeypatch.setenv("JOGEON_NATS_CREDS", str(file))
        async with opened(server.place()) as client:
            assert (await stream_of(client, server.place())).created is not None
        file.write_text("garbage", encoding="utf-8")
        error = await error_at(server.place())
        assert isinstance(error, CouldNotConnect)
        assert error.reason == "credentials"


# ------------------------------------------------------------ a stream that is none of ours


async def test_a_stream_that_somebody_else_made_is_left_alone(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        await client.jetstream().add_stream(name=place.stream, subjects=["somebody.else.*"])
        for find in (stream_of, stream_read):
            with pytest.raises(CouldNotConnect) as refused:
                await find(client, place)
            assert refused.value.reason == "other stream"
        async with Broker(MARKET) as broker:
            try:
                async with asyncio.timeout(3), published(broker, tmp_path / "j", server):
                    raise AssertionError("it was published into somebody else's stream")
            except TimeoutError:
                pass
        assert (await client.jetstream().stream_info(place.stream)).state.messages == 0


async def test_a_stream_that_keeps_nothing_for_a_reader_to_come_is_none_of_a_hubs(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        await client.jetstream().add_stream(
            name=place.stream, subjects=[place.events, place.pictures], retention=RetentionPolicy.INTEREST
        )
        with pytest.raises(CouldNotConnect) as refused:
            await stream_read(client, place)
        assert refused.value.reason == "other stream"


async def test_what_the_server_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    async with natsd(tmp_path) as server, opened(place := server.place()) as client:
        await client.jetstream().add_stream(name="everything", subjects=["jogeon.>"])
        with pytest.raises(APIError) as overlap:
            await stream_of(client, place)
    for error, words in (
        (overlap.value, "NATS refuses: subjects overlap with an existing stream"),
        (MaxPayloadError(), "NATS refuses: maximum payload exceeded"),
    ):
        told = trouble_of(place, error)
        assert isinstance(told, CouldNotConnect)
        assert (told.reason, told.detail) == ("refused by NATS", words)
    told = trouble_of(place, TimeoutError())
    assert isinstance(told, CouldNotConnect)
    assert told.reason == "network"


async def test_who_is_cancelled_while_it_stops_a_task_leaves_none_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.nats.opening.AGAIN", 0.01)
    times = 0

    async def deaf() -> None:
        nonlocal times
        while times < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:  # as an answer of NATS swallows it
                times += 1

    inner = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    outer = asyncio.create_task(stopped(inner))
    while not times:
        await asyncio.sleep(0)
    await stopped(outer)
    assert inner.done()
    assert outer.cancelled()
