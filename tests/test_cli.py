"""The command as programs and people meet it: processes, pipes, signals, a terminal, and a simulator behind them."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import urllib.request
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import pytest
from websockets.sync.client import connect as raw_connect

from cli_conversation import Said
from jogeon.cli.app import run
from jogeon.testing import Broker

if TYPE_CHECKING:
    from collections.abc import Iterator

JOGEON = (sys.executable, "-m", "jogeon")
PATIENCE = 20.0
STARTUP, EMPTY = 0.3, 0.02
"""Seconds of a processor that the help may cost, and what an empty program costs where that is measured."""
FULL = 32_768
"""Bytes a pipe takes at least before it blocks."""


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> RealShell:
    return RealShell(capfd)


class RealShell:
    """Types commands in this process, and they connect for real."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *argv: str) -> Said:
        self._capture.readouterr()
        code = run(argv)
        return Said(code, *self._capture.readouterr())


@contextmanager
def started(*argv: str, stdout: int | IO[Any] = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """Start a command; whatever happens, it does not outlive the test."""
    with subprocess.Popen(
        [*JOGEON, *argv], stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8", env=os.environ | {"LANG": "C.UTF-8"}
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def simulator(*argv: str) -> Iterator[tuple[str, str]]:
    """Start a simulator and tell its addresses."""
    with started("simulate", "--port", "0", "--rest-port", "0", "--speed", "20", *argv) as process:
        addresses = json.loads(line_of(process))
        yield addresses["websocket"], addresses["rest"]


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def ended(process: subprocess.Popen[str]) -> Said:
    out = process.stdout.read() if process.stdout else ""
    err = process.stderr.read() if process.stderr else ""
    return Said(process.wait(PATIENCE), out, err)


def http(address: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})  # noqa: S310  # our own
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:  # noqa: S310  # our own
        answer: dict[str, Any] = json.load(reply)
        return answer


def folded(lines: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Return who is in which condition after these events, by seq."""
    members: dict[str, set[str]] = {}
    for line in lines:
        match line["event"]:
            case "snapshot":
                members[line["condition"]["seq"]] = set(line["codes"])
            case "enter":
                assert line["code"] not in members[line["condition"]["seq"]]
                members[line["condition"]["seq"]].add(line["code"])
            case "leave":
                members[line["condition"]["seq"]].remove(line["code"])
            case kind:
                assert kind == "state"
    return members


# ---------------------------------------------------------------- what is shown is true


def test_the_lines_of_a_watch_add_up_to_the_truth_of_the_market() -> None:
    with (
        simulator() as (websocket, rest),
        started("watch", "--all", "--server", websocket, "--duration", "3s") as watch,
    ):
        lines = [json.loads(line_of(watch)) for _ in range(80)]
        http(f"{rest}/simulator/faults", {"pause_market": True})
        truth = http(f"{rest}/simulator/truth")
        said = ended(watch)
    assert (said.code, said.err) == (0, "")
    lines += said.lines
    assert folded(lines) == {seq: set(codes) for seq, codes in truth["members"].items()}
    live = [
        (line["condition"]["seq"], line["code"], line["event"]) for line in lines if line["event"] in ("enter", "leave")
    ]
    log = [(each["seq"], each["code"], {"I": "enter", "D": "leave"}[each["kind"]]) for each in truth["changes"]]
    for seq in truth["names"]:
        told = [each for each in live if each[0] == seq]
        happened = [each for each in log if each[0] == seq]
        assert told == happened[len(happened) - len(told) :]


def test_a_search_and_a_list_against_a_simulator(shell: RealShell) -> None:
    assert [line["seq"] for line in shell("list", "--server", "demo").lines][:5] == ["0", "1", "2", "3", "4"]
    said = shell("search", "급등주", "--server", "demo", "--json")
    fields = ["condition", "code", "name", "price", "sign", "change", "rate", "volume", "open", "high", "low"]
    assert said.code == 0
    assert said.lines
    assert all(list(line) == fields for line in said.lines)
    assert shell("clear", "급등주", "--server", "demo").lines == [{"seq": "4", "name": "급등주"}]


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("argv", "code", "part"),
    [
        (["list"], 3, "jogeon demo"),
        (["list", "--server", "mock"], 3, "jogeon login"),
        (["list", "--server", "ws://127.0.0.1:1/api/dostk/websocket"], 5, "jogeon simulate"),
        (["list", "--server", "ws://192.0.2.1/api/dostk/websocket"], 2, "--insecure"),
        (["list", "--server", "wss://192.0.2.1/api/dostk/websocket"], 2, "JOGEON_TOKEN"),
        (["list", "--server", "nonsense"], 2, "demo"),
        (["list", "--server", "ws://[/"], 2, "ws://127.0.0.1:10000"),
        (["watch", "급등", "--server", "demo"], 4, "급등주"),
        (["search", "급등주", "--server", "demo", "-o", "no/such/folder/x"], 1, "no/such/folder/x"),
    ],
)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_bad_input_has_its_message_and_its_exit_code(
    shell: RealShell, argv: list[str], code: int, part: str, lang: str
) -> None:
    said = shell(*argv, "--lang", lang)
    assert (said.code, said.out) == (code, "")
    assert part in said.err
    assert "Traceback" not in said.err


def test_a_wrong_token_is_refused(shell: RealShell, monkeypatch: pytest.MonkeyPatch) -> None:
    with simulator() as (websocket, _):
        monkeypatch.setenv("JOGEON_TOKEN", "wrong")
        said = shell("list", "--server", websocket)
    assert said.code == 3
    assert "8005" in said.err
    assert "JOGEON_TOKEN" in said.err
    assert "wrong" not in said.err


def test_a_full_disk_under_standard_output_is_told() -> None:
    with open("/dev/full", "w") as full, started("list", "--server", "demo", stdout=full) as process:  # noqa: PTH123
        said = ended(process)
    assert said.code == 1
    assert "stdout" in said.err
    assert "Traceback" not in said.err


# ---------------------------------------------------------------- how it ends


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_cleanly_and_the_registration_is_cleared(number: signal.Signals) -> None:
    with simulator("--switch", "outliving=true") as (websocket, _):
        with started("watch", "4", "--server", websocket) as watch:
            while json.loads(line_of(watch))["event"] != "enter":
                pass
            watch.send_signal(number)
            said = ended(watch)
        assert (said.code, said.err) == (130, "")
        assert all(line["event"] for line in said.lines)
        with raw_connect(websocket) as other:  # a registration that was left behind would be answered by 900003
            assert asked(other, trnm="LOGIN", token="demo")["return_code"] == 0
            asked(other, trnm="CNSRLST")
            assert asked(other, trnm="CNSRREQ", seq="4", search_type="1", stex_tp="K")["return_code"] == 0


def asked(peer: Any, **request: str) -> dict[str, Any]:
    peer.send(json.dumps(request))
    while (answer := json.loads(peer.recv(PATIENCE)))["trnm"] != request["trnm"]:
        pass
    return dict(answer)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_simulator_ends_quietly(number: signal.Signals) -> None:
    with started("simulate", "--port", "0", "--rest-port", "0") as process:
        assert json.loads(line_of(process))
        process.send_signal(number)
        assert ended(process) == Said(130, "", "")


def test_a_program_started_beside_others_ends_by_sigterm_alone() -> None:
    background = ["sh", "-c", 'trap "" INT HUP; exec "$@"', "sh", *JOGEON, "watch", "1", "--server", "demo"]
    with subprocess.Popen(background, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as watch:
        line_of(watch)
        for ignored in (signal.SIGINT, signal.SIGHUP):  # by a shell's & and by nohup
            watch.send_signal(ignored)
        watch.send_signal(signal.SIGTERM)
        said = ended(watch)
    assert (said.code, said.err) == (130, "")


def test_a_reader_who_has_seen_enough_ends_a_watch_quietly() -> None:
    with started("watch", "--all", "--server", "demo") as watch:
        line_of(watch)
        assert watch.stdout is not None
        watch.stdout.close()
        watch.stdout = None
        said = ended(watch)
    assert (said.code, said.err) == (0, "")


def test_a_reader_who_does_not_read_costs_neither_the_session_nor_ctrl_c() -> None:
    switches = ("--switch", "ping_deadline=0.5", "--ping", "0.1", "--speed", "1000")
    with simulator(*switches) as (websocket, rest), started("watch", "1", "4", "6", "--server", websocket) as watch:
        until_full(watch)
        time.sleep(1)  # twice the time in which a PING must be answered
        assert http(f"{rest}/simulator/truth?since=1000000000")["logins"] == 1
        watch.send_signal(signal.SIGINT)
        assert watch.wait(PATIENCE) == 130


def until_full(process: subprocess.Popen[str]) -> None:
    """Wait until nothing more fits into the pipe, so that whoever writes to it is blocked."""
    before, waiting = -1, 0
    while waiting < FULL or waiting != before:
        time.sleep(0.1)
        assert process.stdout is not None
        before, waiting = (
            waiting,
            int.from_bytes(fcntl.ioctl(process.stdout, termios.FIONREAD, bytes(4)), sys.byteorder),
        )


def test_a_terminal_shows_the_live_view_and_is_left_as_it_was() -> None:
    master, slave = pty.openpty()
    try:
        with started("demo", "--lang", "ko", "--speed", "20", stdout=slave) as demo:
            os.close(slave)
            shown = screen_until(master, "▲ 편입")
            assert "접속됨" in shown
            demo.send_signal(signal.SIGINT)
            shown = screen_until(master, None)
            said = ended(demo)
    finally:
        os.close(master)
    assert (said.code, said.out) == (130, "")
    board, other = said.err.splitlines()
    assert board.startswith("현황판: http://127.0.0.1:")
    assert other.startswith("다른 터미널에서 함께 써 보기: jogeon watch --all --server ws://127.0.0.1:")
    assert shown.rindex("\x1b[?1049l") > shown.rfind("\x1b[?1049h")
    assert "\x1b[?25h" in shown
    left = shown[shown.rindex("\x1b[?1049l") :]
    assert "공백 없음" in left
    assert "합계" in left


@pytest.mark.parametrize(("end", "code"), [(signal.SIGTERM, 130), (signal.SIGHUP, 130), ("q", 0)])
def test_keys_are_read_from_a_terminal_that_is_given_back(end: signal.Signals | str, code: int) -> None:
    """However the command ends, the shell gets lines again, and shows what is typed."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    own = (
        "import fcntl, signal, termios; signal.signal(signal.SIGHUP, signal.SIG_DFL);"  # ignored under nohup
        "fcntl.ioctl(0, termios.TIOCSCTTY, 0); from jogeon import cli; exit(cli.main())"
    )
    argv = [sys.executable, "-c", own, "demo", "--lang", "en", "--speed", "20"]
    with (
        os.fdopen(master, "r+b", buffering=0),
        subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True) as demo,
    ):
        screen_until(master, "q quit")
        assert not termios.tcgetattr(slave)[3] & (termios.ICANON | termios.ECHO)
        if isinstance(end, str):
            os.write(master, end.encode())
        else:
            demo.send_signal(end)
        screen_until(master, "in all")
        assert demo.wait(PATIENCE) == code
        assert termios.tcgetattr(slave) == before
        os.close(slave)


def screen_until(master: int, part: str | None) -> str:
    """Read a terminal until it has shown this, or to its end."""
    shown = b""
    while part is None or part.encode() not in shown:
        ready, _, _ = select.select([master], [], [], PATIENCE)
        assert ready, shown.decode(errors="replace")
        try:
            shown += os.read(master, 65_536)
        except OSError:  # the other end is closed
            break
    return shown.decode(errors="replace")


# ---------------------------------------------------------------- how it begins


def processor_seconds(*argv: str) -> float:
    """Return what a program costs; unlike the time that passes, it hardly depends on what else the machine does."""
    with subprocess.Popen([sys.executable, *argv], stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


def test_help_is_there_at_once() -> None:
    def least(*argv: str) -> float:
        return min(processor_seconds(*argv) for _ in range(3))

    assert least("-m", "jogeon", "--help") < max(STARTUP, STARTUP / EMPTY * least("-c", "pass"))


def test_help_needs_neither_a_loop_nor_a_network() -> None:
    program = "import sys; from jogeon.cli import main; main(); print({'asyncio', 'picows', 'ssl'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, check=True, encoding="utf-8")
    assert said.stdout.endswith("set()\n")


def test_an_interruption_while_it_loads_is_quiet() -> None:
    program = """
import os, signal, sys

class Impatient:
    def find_spec(self, name, *_):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

from jogeon.cli import main
sys.meta_path.insert(0, Impatient())
sys.exit(main())
"""
    said = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, check=False, encoding="utf-8")
    assert Said(said.returncode, said.stdout, said.stderr) == Said(130, "", "")


def test_a_console_of_any_encoding_does_not_make_it_fail() -> None:
    for encoding in ("cp949", "ascii"):
        environ = os.environ | {"PYTHONIOENCODING": encoding, "LANG": "ko_KR", "PYTHONUTF8": "0"}
        for argv in (["--help", "--lang", "ko"], ["list", "--server", "nonsense"], ["list", "--server", "demo"]):
            said = subprocess.run([*JOGEON, *argv], capture_output=True, check=False, env=environ)
            assert said.returncode in (0, 2)
            assert b"Traceback" not in said.stderr
        assert json.loads(said.stdout.decode().splitlines()[4])["name"] == "급등주"


def test_a_signal_ends_a_watch_on_which_nothing_happens() -> None:
    """The loop sleeps until the next beat of the wire; it is woken."""
    with Broker({"급등주": ["005930"]}) as broker, started("watch", "급등주", "--server", broker.url) as watch:
        while json.loads(line_of(watch))["event"] != "state":
            pass
        broker.registered("급등주").wait()
        time.sleep(0.2)
        begun = time.monotonic()
        watch.send_signal(signal.SIGTERM)
        assert ended(watch).code == 130
        assert time.monotonic() - begun < 5
