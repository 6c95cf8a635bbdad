"""Plants secrets, goes through everything that uses them, well and badly, and searches whatever somebody may see."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import hashlib
import json
import logging
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from broker import Broker as TokenBroker
from broker import refusal
from jogeon.account.hubs import HubNote
from jogeon.account.keys import SERVERS, Keys, KiwoomServer, find_keys
from jogeon.client import Client
from jogeon.connect import connect
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import JogeonError, SessionTaken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.live.policy import Policy
from jogeon.server.frames import close_frame, text_frame
from jogeon.simulator.simulator import Simulator
from jogeon.testing import Broker as Script
from jogeon.web import exchange
from naive_client import NaiveClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "8127364509"
SECRETS = ("planted-app-key", "planted-secret-key", "planted-token", "planted-password", ACCOUNT)
STORES = ("_appkey.txt", "_secretkey.txt", "token-")
"""Where secrets are meant to be: the user's own files, and the kept token."""


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return what all loggers say, down to the last detail, with the arguments and errors of each record."""
    caplog.set_level(logging.DEBUG)
    for name in ("", "httpx2", "httpcore2", "asyncio", "picows", "client", "filelock", "keyring", "jogeon"):
        caplog.set_level(logging.DEBUG, logger=name)
    return lambda: caplog.text + "".join(repr(record.__dict__) for record in caplog.records)


def plant() -> None:
    Path(f"{ACCOUNT}_appkey.txt").write_text("planted-app-key")
    Path(f"{ACCOUNT}_secretkey.txt").write_text("planted-secret-key")


def leaked(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def leaked_on_disk() -> list[str]:
    files = [path for path in Path.home().rglob("*") if path.is_file()]
    others = [path for path in files if not any(store in path.name for store in STORES)]
    names = [path.name for path in files if not path.name.startswith(ACCOUNT)]
    return leaked(repr(names)) + leaked("".join(path.read_bytes().decode(errors="replace") for path in others))


def leaked_by_reprs() -> list[str]:
    ours = [each for each in gc.get_objects() if str(type(each).__module__).startswith("jogeon.")]
    assert any(isinstance(each, Client) for each in ours)
    return leaked("".join(repr(each) for each in ours))


def told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__dict__)


@pytest.fixture
async def broker() -> TokenBroker:
    """Return a token server that gives a planted token to the planted keys; a simulator takes it."""
    plant()
    broker = TokenBroker()
    broker.answer = lambda _: (200, {"token": "planted-token", "expires_dt": "29991231235959", "return_code": 0})
    return broker


async def use(broker: TokenBroker, monkeypatch: pytest.MonkeyPatch, accepted: str = "planted-token") -> None:
    async with broker, Simulator(speed=0, rest_port=None, token=accepted) as simulator:
        monkeypatch.setitem(SERVERS, "real", KiwoomServer(broker.rest, simulator.websocket))
        async with connect("real") as client:
            await client.conditions()
            async with client.watch("급등주"):
                assert leaked_by_reprs() == []


async def test_when_all_goes_well(broker: TokenBroker, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    await use(broker, monkeypatch)
    assert "jogeon.connection" in log()
    assert "httpcore2" in log()
    assert leaked(log()) == []
    assert leaked_on_disk() == []


@pytest.mark.parametrize(
    "answer",
    [
        refusal("8001", "planted-app-key planted-secret-key"),
        (200, {"return_code": 0, "token": "planted-token with-blanks"}),
        (200, b'{"token":"planted-token", planted-secret-key'),
        (503, b"planted-secret-key"),
        (200, b"planted-token" * 10_000),
    ],
)
async def test_when_the_broker_quotes_them(
    broker: TokenBroker,
    log: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, dict[str, object] | bytes],
) -> None:
    broker.answer = lambda _: answer
    with pytest.raises(JogeonError) as failed:
        await use(broker, monkeypatch)
    assert leaked(told(failed.value)) == []
    assert leaked(log()) == []


async def test_when_the_login_is_refused(
    broker: TokenBroker, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(JogeonError) as failed:
        await use(broker, monkeypatch, accepted="another")
    assert leaked(told(failed.value)) == []
    assert leaked(log()) == []


async def test_when_the_way_leads_through_a_proxy(
    broker: TokenBroker, log: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del broker
    for proxy in ("http://me:planted-password@127.0.0.1:1", "me:planted-password@:x", "ftp://me:planted-password@x"):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        with pytest.raises(JogeonError) as failed:
            async with connect("real"):
                pass
        assert leaked(told(failed.value)) == []
    assert leaked(log()) == []


def test_when_the_files_are_spoilt() -> None:
    Path(f"{ACCOUNT}_appkey.txt").write_text("planted-app-key planted-secret-key")
    Path(f"{ACCOUNT}_secretkey.txt").mkdir()
    with pytest.raises(JogeonError) as failed:
        find_keys("real")
    assert leaked(told(failed.value)) == []
    Path("jogeon.toml").write_text('[keys.real]\napp_key = "planted-app-key"planted-secret-key')
    with pytest.raises(JogeonError) as failed:
        find_keys("real")
    assert leaked(told(failed.value)) == []


# ------------------------------------------------------------ a server that quotes the token


TOKEN = "planted-token-WQJCwyqInphKnR3bSRtB9NE1lv/0123456789+abcdefghijklmnopqrstuvwxyz=="


class Parrot:
    """A server of the wire that puts the token into all it says; written by hand, to say what no other does."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/?token={TOKEN}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            key = head.lower().partition(b"sec-websocket-key: ")[2].split(b"\r\n")[0]
            key = head[(at := head.lower().index(key)) : at + len(key)]
            accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())  # noqa: S324
            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            while True:
                first, size = await reader.readexactly(2)
                size = int.from_bytes(await reader.readexactly(2), "big") if size & 127 == 126 else size & 127
                mask = await reader.readexactly(4)
                payload = bytes(b ^ mask[n % 4] for n, b in enumerate(await reader.readexactly(size)))
                if first & 15 != 1:
                    break
                for frame in self._answers(json.loads(payload)):
                    writer.write(frame)
        writer.close()

    def _answers(self, message: dict[str, Any]) -> Iterator[bytes]:
        escaped = TOKEN.replace("/", "\\/").replace("=", "\\u003d")
        ok = {"trnm": message["trnm"], "return_code": 0, "return_msg": TOKEN}
        match message["trnm"]:
            case "LOGIN":
                yield text(ok)
            case "CNSRLST":
                yield text({"trnm": "NEWS", "hello": TOKEN})
                yield text({"trnm": TOKEN, "return_code": 1, "return_msg": TOKEN, "seq": TOKEN[:30]})
                yield text_frame(b'{"trnm":"NOISE","it":"' + escaped.encode() + b'"}')
                yield text_frame(b'{"trnm":"' + TOKEN.encode())
                yield text(ok | {"data": [["0", "급등주"], ["1", "신고가"]]})
            case "CNSRREQ" if message["seq"] == "0":
                yield text({"trnm": "CNSRREQ", "seq": "0", "return_code": 0, "data": None})
                yield text({"trnm": "PING"})
                yield text({"trnm": "REAL", "data": [{"type": "02", "values": TOKEN}]})
            case "CNSRREQ":
                yield text_frame(
                    b'{"trnm":"CNSRREQ","seq":"1","return_code":9,"return_msg":"[9999:' + escaped.encode() + b']"}'
                )
                yield text({"trnm": "SYSTEM", "code": "R10099", "message": f"token {TOKEN}"})
                yield close_frame(4000, TOKEN + TOKEN)


def text(message: dict[str, Any]) -> bytes:
    return text_frame(json.dumps(message, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "argv",
    [
        ("watch", "--all", "--json", "--duration", "2s"), ("list",), ("search", "신고가"), ("search", "신고가", "-vv"),
        ("record", "--all", "--duration", "2s", "--journal", "kept.journal", "-vv"), ("doctor", "--login", "-vv"),
        ("doctor", "--login", "--json"),
    ],
    ids=lambda argv: " ".join(argv[:3]),
)  # fmt: skip
async def test_when_the_server_quotes_the_token(argv: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOGEON_TOKEN", TOKEN)
    async with Parrot() as server:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jogeon", *argv, "--server", server.url,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        out, err = await program.communicate()
    said = (out + err).decode()
    assert "…" in said or argv == ("list",)
    assert "Traceback" not in said
    kept = [path.read_bytes().decode(errors="replace") for path in Path.home().rglob("*") if path.is_file()]
    pieces = [TOKEN[at : at + 14] for at in range(len(TOKEN) - 14)]
    assert [piece for piece in pieces if piece in "".join([said, *kept])] == []
    assert ("…" in "".join(kept)) is (argv[0] == "record")


def contents(folder: Path) -> list[str]:
    return [path.read_bytes().decode(errors="replace") for path in folder.iterdir() if path.is_file()]


async def test_a_hub_passes_on_nothing_of_the_session_above(log: Callable[[], str], tmp_path: Path) -> None:
    keys, journal, heard = Keys("planted-app-key", "planted-secret-key"), tmp_path / "j", list[str]()
    async with Script({"급등주": ["005930"]}) as above:
        where = contextlib.nullcontext(Endpoint("scripted", above.url, FixedToken("planted-token")))
        settings = HubSettings(server=above.url, journal=journal, everything=True)
        async with Hub(where, Policy(pace=1_000), HubTokens(time.time, keys), settings) as hub:
            note = HubNote(above.url, hub.websocket, hub.rest, 1, 0, "", "kept in the note alone")
            body = {"grant_type": "client_credentials", "appkey": keys.app_key, "secretkey": keys.secret_key}
            headers = {"Content-Type": "application/json"}
            for wrong in ({"secretkey": "x"}, {}):
                sent = json.dumps(body | wrong).encode
                reply = await exchange("POST", f"{hub.rest}/oauth2/token", sent, headers=headers)
                heard.append(reply.body.decode())
            token = json.loads(reply.body)["token"]
            async with NaiveClient(hub.websocket, token) as plain, NaiveClient(hub.websocket, None) as ours:
                await plain.watch("0")
                await ours.send({"trnm": "LOGIN", "token": token, "jogeon": 1})
                assert (await ours.login())["return_code"] == 0
                await ours.send({"trnm": "FOLLOW", "seqs": ["0"], "after": "", "stex_tp": "K", "members": True})
                await ours.hear("FOLLOW")
                above.enter("급등주", "000660")
                above.refuse("ka10172", 8005, "planted-token")  # what a broker might quote
                for seq in ("0", "no such seq"):
                    await plain.search(seq)
                for path in ("/hub/status", "/metrics", "/hub/events"):
                    reply = await exchange("GET", hub.rest + path, headers={"Authorization": f"Bearer {token}"})
                    assert reply.status == 200
                    heard.append(reply.body.decode())
                above.system("R10001", "동일한 App key로 접속이 되었습니다")
                with pytest.raises(SessionTaken) as taken:
                    await asyncio.wait_for(hub.run(), 10)
                await plain.closed()
                heard += [json.dumps(client.frames, ensure_ascii=False) for client in (plain, ours)]
        assert above.logins == 1
    heard += [told(taken.value), repr(note), repr(hub), repr(settings), log()]
    heard += contents(tmp_path)
    assert "000660" in "".join(heard)
    assert leaked("".join(heard).replace(token, "")) == []
