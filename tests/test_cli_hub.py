"""`jogeon hub` as people run it: one line with its addresses, and its end."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from cli_conversation import Shell
from jogeon.cli.showing.hub_table import show_status
from jogeon.cli.texts import Texts
from jogeon.testing import Broker
from jogeon.web import Response

if TYPE_CHECKING:
    from pathlib import Path

JOGEON = (sys.executable, "-m", "jogeon")
ANY = ("--port", "0", "--rest-port", "0")
STATUS: dict[str, Any] = {
    "upstream": {"server": "demo", "state": "connected", "logins": 1},
    "journal": {"epoch": 1, "n": 70, "trouble": None},
    "conditions": [{"seq": "4", "name": "급등주", "members": None, "consumers": 2}],
    "consumers": [{"address": "127.0.0.1:9", "name": "x", "kind": "plain", "sent": 3, "waiting": 0, "behind": 0}],
    "cut": [{"address": "127.0.0.1:8", "reason": "too slow"}],
}


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_one_line_on_stdout_tells_the_addresses(shell: Shell, tmp_path: Path) -> None:
    with Broker({"급등주": ["005930"]}) as broker:
        journal = str(tmp_path / "j")
        said = shell("hub", "급등주", "--server", broker.url, *ANY, "--journal", journal, "--duration", "50ms")
    assert said.code == 0
    (addresses,) = said.lines
    assert addresses["websocket"].startswith("ws://127.0.0.1:")
    assert addresses["rest"].startswith("http://127.0.0.1:")
    assert broker.logins == 1


def test_what_was_there_at_the_start_is_never_looked_through_again(shell: Shell, tmp_path: Path) -> None:
    with Broker({"급등주": ["005930"]}) as broker:

        def look() -> None:
            broker.registered("급등주").wait()
            end = time.monotonic() + 20
            while not gc.get_freeze_count() and time.monotonic() < end:
                time.sleep(0.01)
            spared.append(gc.get_freeze_count())
            broker.system("R10001", "동일한 App key로 접속이 되었습니다")

        spared: list[int] = []
        looking = threading.Thread(target=look)
        looking.start()
        shell("hub", "급등주", "--server", broker.url, *ANY, "--journal", str(tmp_path / "j"))
        looking.join()
    assert spared[0] > 10_000
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize(
    "wrong", [("급등주", "--all"), ("--keep", "1h"), ("--journal", "x-{date}.journal"), ("--grace", "soon")]
)
def test_what_makes_no_sense_is_a_usage_error(shell: Shell, wrong: tuple[str, ...]) -> None:
    assert shell("hub", *wrong, "--server", "ws://127.0.0.1:1", *ANY).code == 2


@pytest.mark.parametrize(
    "argv",
    [
        ("status", "--journal", "x"), ("status", "--port", "1"), ("status", "--server", "real"), ("status", "--prices"),
        ("token", "list", "--rest", "http://127.0.0.1:1"), ("token", "list", "--recheck", "10m"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_answer_takes_no_option_of_the_server(shell: Shell, argv: tuple[str, ...]) -> None:
    said = shell("hub", *argv, "--lang", "en")
    assert said.code == 2
    assert f"hub {argv[0]} takes no --" in said.err
    assert shell("--server", "real", "hub", "status").code == 2


def test_without_keys_the_broker_is_out_of_reach(shell: Shell) -> None:
    assert shell("hub", "--server", "real", *ANY).code == 3


def test_who_takes_the_session_ends_it_once(shell: Shell, tmp_path: Path) -> None:
    with Broker({"급등주": ["005930"]}) as broker:

        def take_over() -> None:
            broker.registered("급등주").wait()
            broker.system("R10001", "동일한 App key로 접속이 되었습니다")

        other = threading.Thread(target=take_over)
        other.start()
        said = shell("hub", "--all", "--server", broker.url, *ANY, "--journal", str(tmp_path / "j"))
        other.join()
        assert broker.logins == 1
    assert said.code == 6


def test_a_hub_that_runs_tells_how_it_goes(shell: Shell, tmp_path: Path) -> None:
    with Broker({"급등주": ["005930"]}) as broker:
        command = [*JOGEON, "hub", "--all", "--server", broker.url, *ANY, "--journal", str(tmp_path / "j")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUTF8": "1"}) as hub:
            assert hub.stdout is not None
            rest = json.loads(hub.stdout.readline())["rest"]
            broker.registered("급등주").wait()
            for asked in (("hub", "status", "--json"), ("hub", "status", "--rest", rest)):
                said = shell(*asked)
                assert said.code == 0
                (told,) = said.lines
                assert list(told) == ["upstream", "journal", "conditions", "consumers", "cut"]
                assert told["conditions"][0]["name"] == "급등주"
            hub.terminate()
    assert shell("hub", "status", "--rest", rest).code == 5


def test_a_unit_runs_what_was_typed(shell: Shell) -> None:
    assert 'hub 급등주 "신고가 돌파"\n' in shell("hub", "unit", "급등주", "신고가 돌파").out
    said = shell("hub", "unit", "--all", "--journal", "/srv/my 50%.journal", "--keep", "90d")
    assert said.code == 0
    assert 'hub --all --journal "/srv/my 50%%.journal" --keep 90d' in said.out
    assert "RestartPreventExitStatus=3 6" in said.out


@pytest.mark.posix
def test_systemd_has_nothing_to_say_about_a_unit(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "jogeon-hub.service"
    file.write_text(shell("hub", "unit", "급등주", "--journal", "/srv/a $b 50%.journal", "--keep", "90d").out)
    if (judge := shutil.which("systemd-analyze")) is not None:
        said = subprocess.run([judge, "verify", str(file)], capture_output=True, check=True, text=True)
        assert (said.stdout, said.stderr) == ("", "")


def test_where_no_hub_runs_that_is_said(shell: Shell) -> None:
    said = shell("hub", "status", "--lang", "en")
    assert said.code == 2
    assert "no hub is running" in said.err
    assert shell("hub", "급등주", "--rest", "http://127.0.0.1:1", "--server", "ws://127.0.0.1:1").code == 2


@pytest.mark.parametrize(
    "told",
    [
        {"upstream": 1},
        {"upstream": {}, "journal": {}},
        STATUS | {"journal": 3},
        STATUS | {"conditions": None},
        STATUS | {"conditions": [{"seq": 1, "name": 2, "members": "x", "consumers": []}]},
        STATUS | {"standby": {"login": {"ok": "perhaps"}}},
    ],
    ids=repr,
)
def test_a_status_that_cannot_be_read_is_told_so(
    shell: Shell, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def exchange(*_: object, **__: object) -> Response:
        return Response(200, {}, json.dumps(told).encode())

    monkeypatch.setattr("jogeon.cli.running.hub_status.exchange", exchange)
    monkeypatch.setattr("jogeon.cli.running.hub_status.is_seen", lambda _: True)
    said = shell("hub", "status", "--rest", "http://127.0.0.1:1", "--lang", "en")
    assert said.code == 4
    assert "what it tells is not the status of a hub" in said.err


def test_the_tables_of_a_status(capsys: pytest.CaptureFixture[str]) -> None:
    show_status(STATUS, Texts("ko"))
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("접속됨", "1:70", "급등주", "127.0.0.1:9 x", "일반", "받는 것이 너무 느림"))
    show_status(STATUS | {"cut": [{"address": "127.0.0.1:8", "reason": "a word of a later hub"}]}, Texts("en"))
    shown = capsys.readouterr().out
    assert all(text in shown for text in ("connected", "plain", "a word of a later hub"))
    assert "not written" not in shown
    show_status(STATUS | {"journal": {"epoch": 1, "n": 70, "trouble": "the disk\x1b[2J is full"}}, Texts("en"))
    assert "the journal is not written: the disk?[2J is full" in capsys.readouterr().out


@pytest.mark.posix
def test_a_service_that_is_stopped_did_well(tmp_path: Path) -> None:
    journal = tmp_path / "j"
    with Broker({"급등주": ["005930"]}) as broker:
        command = [
            sys.executable,
            "-m",
            "jogeon",
            "hub",
            "--all",
            "--server",
            broker.url,
            *ANY,
            "--journal",
            str(journal),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUTF8": "1"}) as hub:
            assert hub.stdout is not None
            assert json.loads(hub.stdout.readline())["websocket"]
            broker.registered("급등주").wait()
            hub.send_signal(signal.SIGTERM)
            assert hub.wait(60) == 0
    asked = [*JOGEON, "history", "events", "--journal", str(journal), "--json"]
    lines = subprocess.run(asked, capture_output=True, check=True).stdout.splitlines()
    assert json.loads(lines[-1])["state"] == "ended"
