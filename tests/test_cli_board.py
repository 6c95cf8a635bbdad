"""`jogeon board`: a link to the board of a hub that runs here."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from cli_conversation import Shell
from jogeon.cli.running.board import SUFFIX, BoardNote
from jogeon.files import journal_file, write_private
from jogeon.testing import Broker

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def opened(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own http
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_hub_tells_its_board_and_gives_other_links(shell: Shell, tmp_path: Path) -> None:
    with Broker({"급등주": ["005930"]}) as broker:
        typed = ("hub", "--all", "--server", broker.url, "--port", "0", "--rest-port", "0", "--journal", tmp_path / "j")
        with subprocess.Popen(
            [sys.executable, "-m", "jogeon", *map(str, typed)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as hub:
            assert hub.stdout is not None
            addresses = json.loads(hub.stdout.readline())
            assert addresses["board"].startswith(f"{addresses['rest']}/?key=")
            links = [addresses["board"]]
            for chosen in ((), ("--server", broker.url)):
                said = shell("board", "--json", *chosen)
                assert said.code == 0
                links.append(said.lines[0]["url"])
            assert len(set(links)) == 3
            assert [opened(link) for link in links] == [200, 200, 200]
            assert opened(links[0]) == 403
            hub.terminate()
    assert shell("board", "--json").code == 5


def test_without_a_board_it_says_how_to_get_one(shell: Shell) -> None:
    said = shell("board", "--lang", "ko")
    assert said.code == 5
    assert "jogeon demo" in said.err
    assert said.out == ""


@pytest.mark.parametrize("rest", ["http://127.0.0.1:9", "http://192.0.2.1:80", "no address"])
def test_a_note_that_leads_nowhere_is_no_board(shell: Shell, rest: str) -> None:
    path = journal_file("demo").with_suffix(SUFFIX)
    write_private(path, json.dumps({"server": "demo", "rest": rest, "secret": "x"}).encode())
    assert shell("board").code == 5
    write_private(path, b"[]")
    assert shell("board").code == 5
    assert BoardNote("demo", rest, "x").rest == rest
