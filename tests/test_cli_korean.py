"""What goes wrong is told in Korean to who reads Korean: real commands against servers that say odd things.

What a broker says in its own words may be English; what stands behind 다음 is to be typed.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jogeon.cli.app import run
from jogeon.testing import Broker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROSE = re.compile(r"(?<![\w/.\-])[A-Za-z][a-z']+(?: [a-z'`]+){2,}")
"""Three words of a sentence; two may be a name."""
PAGE = b"HTTP/1.1 503 x\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>Bad Gateway</html>"


def prose_in(text: str) -> list[str]:
    """Return the English sentences of what a Korean reader was told; a command is none."""
    told = [line for line in text.splitlines() if not line.startswith("키움")]
    return [each for line in told for each in PROSE.findall(line) if not each.startswith(("jogeon ", "pip "))]


@contextmanager
def saying(answer: bytes) -> Iterator[int]:
    """Have a server that says one thing to whoever comes, whatever was asked, and closes; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            while True:
                peer, _ = listener.accept()
                with peer:
                    asked = peer.recv(65536)
                    if asked == b"end":
                        return
                    peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield port
        finally:
            with socket.create_connection(("127.0.0.1", port)) as last:
                last.sendall(b"end")
            thread.join()


def told(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    """Run a command in Korean; return its exit code and what people were told."""
    capfd.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOGEON_LANG", "ko")
        code = run(argv)
    return code, capfd.readouterr().err


def test_the_words_that_are_looked_for_are_found() -> None:
    assert prose_in("오류  no such condition: 급등") == ["no such condition"]
    assert prose_in("다음  jogeon history members 급등주\n키움  [1] please come again") == []


ANSWERS = {
    "a page of maintenance": PAGE,
    "no HTTP": b"220 mail ready for you\r\n",
    "nothing": b"",
    "half a head": b"HTTP/1.1 2",
    "another answer": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
    "a broken number": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
    "less than it says": b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\nConnection: close\r\n\r\n{}",
    "too many requests": b"HTTP/1.1 429 x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_server_that_is_none_of_ours(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.nats.opening.CONNECT", 0.5)  # what is no NATS is waited for to the end
    with saying(ANSWERS[name]) as port:
        places = [
            ("watch", "급등주", "--server", f"ws://127.0.0.1:{port}/api/dostk/websocket"),
            ("names", "005930", "--server", "ws://127.0.0.1:9/x", "--rest", f"http://127.0.0.1:{port}"),
            ("hub", "status", "--rest", f"http://127.0.0.1:{port}"),
            ("list", "--server", f"nats://127.0.0.1:{port}/x"),
        ]
        for argv in places:
            code, said = told(capfd, *argv)
            assert code in (4, 5)
            assert re.search("[가-힣]", said)
            assert prose_in(said) == [], argv
        assert "10초" not in said  # but as long as was waited


TROUBLES: dict[str, tuple[Callable[[Broker], object], tuple[str, ...]]] = {
    "login refused": (lambda broker: broker.refuse("LOGIN", 8005, "거절", times=9), ("list",)),
    "list refused": (lambda broker: broker.refuse("CNSRLST", 1700, "나중에", times=9), ("list",)),
    "search refused": (lambda broker: broker.refuse("CNSRREQ", 900099, "안 됨", times=9), ("search", "급등주")),
    "unknown condition": (lambda _: None, ("search", "급등즈")),
    "no words": (lambda broker: broker.refuse("CNSRCLR", 1999, "", times=9), ("clear", "급등주")),
    "no port": (lambda _: None, ("simulate", "--port", "70000")),
    "not a code": (lambda _: None, ("names", "abc")),
    "not a position": (lambda _: None, ("history", "events", "--after", "x:y")),
    "no journal": (lambda _: None, ("history", "events", "--journal", "none.journal")),
    "no alerts": (lambda _: None, ("alerts", "check")),
    "no folder": (lambda _: None, ("list", "-o", "none/list.csv")),
    "no conditions": (lambda _: None, ("simulate", "--conditions", "none.toml")),
    "a setting": (lambda _: Path("jogeon.toml").write_text('servr = "demo"'), ("list",)),
    "a type": (lambda _: Path("jogeon.toml").write_text("server = 3"), ("list",)),
    "no TOML": (lambda _: Path("jogeon.toml").write_text("server = "), ("list",)),
    "not UTF-8": (lambda _: Path("jogeon.toml").write_bytes(b"server = \xff"), ("list",)),
    "a database": (lambda _: Path("a.journal").write_text("notes"), ("record", "--all", "--journal", "a.journal")),
    "a folder": (lambda _: Path("a.journal").mkdir(), ("record", "--all", "--journal", "a.journal")),
    "a proxy": (lambda _: None, ("list", "--server", "wss://nowhere.invalid/x")),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_what_goes_wrong(name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    trouble, argv = TROUBLES[name]
    if name == "a proxy":
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("JOGEON_TOKEN", "x")
    with Broker({"급등주": ["005930"]}) as broker:
        trouble(broker)
        if "--server" not in argv and argv[0] not in ("simulate", "names"):
            argv = (*argv, "--server", broker.url)
        code, said = told(capfd, *argv)
    assert code not in (0, 130)
    assert re.search("[가-힣]", said)
    assert prose_in(said) == []


EXPRESSIONS = (
    "", "등락률 >", "등락률 > 5 #", "등락율률 > 5", "abs() > 1", "5", "lambda: 1", "1 if 2 else 3", "'a' > 1", "5and 3",
    "min(1) > 1", "1e99 > 2", "(1 > 2) + 1 > 0", "1 is 2", "x" * 9000, "(" * 300, "등락률 > \x00", "a.b > 1", "007 > 1",
)  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
def test_a_wrong_expression(expression: str, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "conditions.toml"
    rule = f'[[condition]]\nseq = "0"\nname = "조건"\nexpression = {json.dumps(expression)}\n'
    path.write_text(rule, encoding="utf-8")
    code, said = told(capfd, "simulate", "--conditions", str(path))
    assert code == 2
    assert prose_in(said.replace(expression, "…") if expression else said) == []
