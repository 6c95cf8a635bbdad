"""Names, words and paths from outside reach no terminal raw, whatever command shows them; in JSON nothing is lost."""

from __future__ import annotations

import ast
import json
import os
import pty
import threading
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import jogeon.cli
from jogeon.cli.app import run
from jogeon.testing import Broker

if TYPE_CHECKING:
    from collections.abc import Iterator

HARM = (
    "\x1b]0;제목\x07\x1b[2J\x9b31m\x7f\x85\u2028\u2029\u202e\u2066\u200e\u200b\ufeff\u3164\u115f\u1160\uffa0\u2800"
    "\U000e0041e" + "\u0301" * 300
)
NAME = f"급등{HARM}주"
UNSEEN = "\u3164\u200b"
FILLERS = frozenset("\u3164\u115f\u1160\uffa0\u2800")
"""What shows nothing, though Unicode does not call it a control."""


@pytest.fixture
def broker() -> Iterator[Broker]:
    with Broker({NAME: ["005930"], UNSEEN: []}) as broker:
        broker.enter(NAME, "000660")
        yield broker


def seen(*argv: str, keys: bytes = b"") -> tuple[int, str]:
    """Run a command on a terminal; return its exit code and all that the terminal was given."""
    ours, theirs = pty.openpty()
    taken: list[bytes] = []

    def take() -> None:
        try:
            while piece := os.read(ours, 65536):
                taken.append(piece)
        except OSError:  # how Linux tells the end of a terminal
            pass

    taking = threading.Thread(target=take)
    taking.start()
    before = [os.dup(stream) for stream in (1, 2)]
    os.set_blocking(theirs, True)
    try:
        os.dup2(theirs, 1)
        os.dup2(theirs, 2)
        with open(1, "w", encoding="utf-8", closefd=False) as out, open(2, "w", encoding="utf-8", closefd=False) as err:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("sys.stdout", out)
                patch.setattr("sys.stderr", err)
                code = run(argv)
    finally:
        for stream, kept in enumerate(before, 1):
            os.dup2(kept, stream)
            os.close(kept)
        os.close(theirs)
        taking.join()
        os.close(ours)
    return code, b"".join(taken).decode()


def assert_harmless(text: str) -> None:
    text = text.removeprefix("\ufeff")  # by which a spreadsheet knows UTF-8
    controls = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")}
    assert controls <= set("\x1b\r\n")  # a view and a table steer the terminal by escapes of their own
    assert not FILLERS & set(text)
    assert "\x1b]" not in text
    assert "\u0301" * 5 not in text


@pytest.mark.posix
@pytest.mark.parametrize(
    "argv",
    [
        ("list",), ("list", "--json"), ("list", "--csv"),
        ("search", "0"), ("search", "0", "--json"), ("search", "1"),
        ("watch", "0", "--duration", "1s"), ("watch", "--all", "--json", "--duration", "1s"),
        ("record", "0", "--duration", "1s"), ("record", "--all", "--json", "--duration", "1s"),
        ("clear", "0"), ("clear", "0", "--json"), ("doctor", "--login"), ("search", f"none {HARM}"),
        ("list", "-o", f"no{HARM}/folder"), ("search", "--colour", HARM), (f"li{HARM}st",),
    ],
    ids=lambda argv: ascii(" ".join(argv))[:32],
)  # fmt: skip
def test_no_command_lets_a_name_steer_the_terminal(
    argv: tuple[str, ...], broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.cli.running.examination.PING_PATIENCE", 0.1)
    monkeypatch.setenv("JOGEON_SERVER", broker.url)
    broker.refuse("CNSRCLR", 1700, f"나중에{HARM}", times=1)
    _, text = seen(*argv)
    assert text.strip()
    assert_harmless(text)


@pytest.mark.posix
@pytest.mark.parametrize("what", ["events", "gaps", "members", "stats"])
@pytest.mark.parametrize("form", ["", "--json", "--csv"])
def test_what_a_journal_holds_is_shown_as_harmlessly(what: str, form: str, broker: Broker, tmp_path: Path) -> None:
    journal = str(tmp_path / f"기록\u202e{UNSEEN}.journal")
    seen("record", "0", "--server", broker.url, "--duration", "1s", "--journal", journal)
    code, text = seen("history", what, "--journal", journal, *[form] * bool(form))
    assert code == 0
    assert_harmless(text)


@pytest.mark.posix
def test_the_words_of_a_broker_are_shown_harmlessly(broker: Broker) -> None:
    broker.refuse("LOGIN", 8005, f"토큰{HARM}", times=9)
    code, text = seen("list", "--server", broker.url)
    assert code == 3
    assert "토큰" in text
    assert_harmless(text)


def test_json_keeps_every_name_exactly(broker: Broker, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["list", "--server", broker.url, "--json"]) == 0
    names = [json.loads(line)["name"] for line in capfd.readouterr().out.split("\n") if line]
    assert names == [unicodedata.normalize("NFC", NAME), UNSEEN]


@pytest.mark.posix
def test_a_name_that_shows_nothing_is_shown_by_its_seq(broker: Broker) -> None:
    _, text = seen("search", "1", "--server", broker.url)
    assert "[1]" in text


DOORS = {"terminal.py", "error_thread.py", "tables.py"}
AROUND = {"print", "click.echo", "click.secho", "Console", "notices.put", "sys.stdout.write", "sys.stderr.write"}


def test_all_that_people_read_leaves_by_the_doors_that_clean_it() -> None:
    paths = [path for path in Path(jogeon.cli.__file__).parent.rglob("*.py") if path.name not in DOORS]
    trees = {path.name: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    calls = [(name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [(name, node.lineno) for name, node in calls if ast.unparse(node.func) in AROUND] == []


@pytest.mark.posix
def test_a_terminal_that_cannot_move_its_cursor_shows_readable_lines(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("JOGEON_SERVER", broker.url)
    for argv in (("watch", "0", "--duration", "1s"), ("list",)):
        code, text = seen(*argv)
        assert code == 0
        assert not any(sign in text for sign in ('{"', "\x1b"))
        assert_harmless(text)
    assert '{"event"' in seen("watch", "0", "--json", "--duration", "1s")[1]
