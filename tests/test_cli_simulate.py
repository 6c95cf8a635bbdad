"""`jogeon simulate`: one line with its addresses, and clear words for what it cannot serve."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click
import pytest

from cli_conversation import Shell
from jogeon.cli.arguments.simulation import switch_table, switches_from
from jogeon.cli.running.conditions_file import LARGEST, rules_from
from jogeon.cli.texts import Texts
from jogeon.simulator.broker.switches import Switches

ANY = ("--port", "0", "--rest-port", "0")


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_one_line_on_stdout_tells_the_addresses(shell: Shell) -> None:
    said = shell("simulate", *ANY, "--duration", "10ms")
    assert said.code == 0
    (addresses,) = said.lines
    assert list(addresses) == ["websocket", "rest"]
    assert addresses["websocket"].startswith("ws://127.0.0.1:")
    assert addresses["websocket"].endswith("/api/dostk/websocket")
    assert addresses["rest"].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_taken_port_is_told_with_the_way_out(shell: Shell, lang: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = shell("simulate", "--port", port, "--rest-port", "0", "--lang", lang)
    assert said.code == 1
    assert f"127.0.0.1:{port}" in said.err
    assert "--port 0" in said.err
    assert said.out == ""


def test_switches_are_named_and_typed() -> None:
    texts = Texts("en")
    switches = switches_from(["page_size=20", "notice=true", "unlisted=allowed", "with-9081=1"], 1.5, texts)
    assert (switches.page_size, switches.notice, switches.unlisted, switches.with_9081) == (20, True, "allowed", True)
    assert switches.ping == 1.5


def test_a_switch_that_is_a_length_of_time_is_written_as_everywhere() -> None:
    switches = switches_from(["ping=5s", "slow=500ms", "pause=1m", "login_deadline=3"], None, Texts("en"))
    assert (switches.ping, switches.slow, switches.pause, switches.login_deadline) == (5.0, 0.5, 60.0, 3.0)


@pytest.mark.parametrize("given", ["nonsense=1", "page_size=many", "page_size=5s", "ping=5x", "ping=-1", "ping=0s",
                                   "unlisted=perhaps", "notice", ""])  # fmt: skip
def test_a_wrong_switch_is_a_usage_error(given: str) -> None:
    with pytest.raises(click.BadParameter):
        switches_from([given], None, Texts("ko"))


def test_a_switch_out_of_range_is_told(shell: Shell) -> None:
    said = shell("simulate", *ANY, "--switch", "page_size=0", "--lang", "ko")
    assert said.code == 2
    assert "page_size" in said.err


@pytest.mark.parametrize(
    ("content", "korean"),
    [
        ('[[condition]]\nname = "급등"\nexpression = "등락 >= 5"\n', "없는 항목입니다 (등락 (등락율?))"),
        ('[[condition]]\nname = "급등"\nexpression = "__import__(1)"\n', "'급등'의 1번째 글자"),
        ("[[condition]\n", "읽을 수 없습니다"),
        ("", "읽을 수 없습니다"),
    ],
)
def test_a_wrong_file_of_conditions_says_where(shell: Shell, content: str, korean: str) -> None:
    Path("mine.toml").write_text(content, encoding="utf-8")
    said = shell("simulate", *ANY, "--conditions", "mine.toml", "--lang", "ko")
    assert said.code == 2
    assert korean in said.err


def test_a_file_that_is_not_there_is_told(shell: Shell) -> None:
    said = shell("simulate", *ANY, "--conditions", "not-there.toml")
    assert said.code == 2
    assert "not-there.toml" in said.err


@pytest.mark.posix
@pytest.mark.parametrize("what", ["a pipe", "/dev/zero", "a folder", "a large file"])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_whatever_lies_where_a_file_of_conditions_should_be_is_not_waited_for(
    shell: Shell, what: str, lang: str, tmp_path: Path
) -> None:
    path = Path("/dev/zero") if what == "/dev/zero" else tmp_path / "conditions.toml"
    match what:
        case "a pipe":
            os.mkfifo(path)
        case "a folder":
            path.mkdir()
        case "a large file":
            path.write_bytes(b"# " * LARGEST)
    said = shell("simulate", *ANY, "--conditions", str(path), "--lang", lang)
    assert said.code == 2
    assert str(path) in said.err


def test_the_help_names_every_switch_with_a_default_that_may_be_typed() -> None:
    ((_, rows),) = switch_table(Texts("en"))
    assignments = [left for left, _ in rows]
    assert switches_from(assignments, None, Texts("en")) == Switches()
    assert len(assignments) == len(Switches.__struct_fields__)


def test_ping_is_given_once(shell: Shell) -> None:
    said = shell("simulate", *ANY, "--ping", "5s", "--switch", "ping=3", "--lang", "en")
    assert said.code == 2
    assert "--ping" in said.err


def test_without_a_file_the_simulator_has_its_own_conditions() -> None:
    assert rules_from(None, Texts("en")) is None
