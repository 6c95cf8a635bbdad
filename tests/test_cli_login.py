"""`jogeon login` and `logout`: what is asked, what is kept where, what is said, and what nobody gets to see."""

from __future__ import annotations

import json
import os
import pty
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click
import keyring
import pytest

from broker import refusal
from cli_conversation import Said
from elsewhere import Kiwoom
from jogeon.account.keys import find_keys
from jogeon.cli.app import run
from jogeon.errors import KeysMissing
from jogeon.files import config_dir, state_dir
from test_keys import Memory, write_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jogeon.account.environment import Mode

Typed = tuple[str, ...]
KEYS = ("planted-app-key", "planted-secret-key")


@pytest.fixture
def kiwoom(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiwoom]:
    with Kiwoom(monkeypatch) as running:
        yield running


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Return a shell in which a person types commands, and then the answers to what they ask."""

    def type_in(*argv: str, typed: Typed | None = ()) -> Said:
        answers = list(typed or ())

        def answer(question: str) -> str:
            sys.stderr.write(question)
            if not answers:
                raise EOFError
            return answers.pop(0)

        monkeypatch.setattr("jogeon.cli.showing.prompts.is_terminal", lambda _: typed is not None)
        monkeypatch.setattr(click.termui, "hidden_prompt_func", answer)
        monkeypatch.setattr(click.termui, "visible_prompt_func", answer)
        capfd.readouterr()
        said = Said(run([*argv, "--lang", "en"]), *capfd.readouterr())
        assert answers == []
        assert "planted" not in said.out + said.err
        return said

    return type_in


def kept(mode: Mode) -> tuple[str, str, str] | None:
    try:
        keys = find_keys(mode)
    except KeysMissing:
        return None
    return keys.app_key, keys.secret_key, keys.source


# ------------------------------------------------------------ login


def test_keys_are_asked_for_checked_and_kept(shell: Callable[..., Said], kiwoom: Kiwoom) -> None:
    said = shell("login", typed=("2", *KEYS))
    assert said.code == 0
    path = config_dir() / "keys-mock.json"
    assert said.out.splitlines() == [
        "the keys work on the mock server.",
        "token: good until 2999-12-31 23:59:59 (Korean time)",
        f"stored in: {path}",
        "next: jogeon list --server mock",
    ]
    assert kept("mock") == (*KEYS, str(path))
    assert kept("real") is None
    assert kiwoom.tokens.issued == 1
    assert kiwoom.simulator.truth()["connections"] == 0


@pytest.mark.usefixtures("kiwoom")
def test_keys_go_into_the_keyring_if_there_is_one(shell: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", Memory())
    said = shell("login", "--server", "real", typed=KEYS)
    assert "stored in: keyring (jogeon-real)" in said.out
    assert said.out.endswith("next: jogeon list\n")
    assert list(config_dir().glob("keys-*")) == []


@pytest.mark.usefixtures("kiwoom")
def test_json_says_the_same(shell: Callable[..., Said]) -> None:
    said = shell("login", "--server", "mock", "--json", typed=KEYS)
    [line] = said.lines
    path = str(config_dir() / "keys-mock.json")
    assert line == {"server": "mock", "kept": path, "token_until": "2999-12-31T23:59:59+09:00", "used": path}


def test_what_cannot_be_an_answer_is_asked_again(shell: Callable[..., Said], kiwoom: Kiwoom) -> None:
    said = shell("login", typed=("3", "", "MOCK", "two words", "", KEYS[0], "키", f" {KEYS[1]} "))
    assert said.code == 0
    assert said.err.count("please type 1 or 2") == 2
    assert said.err.count("please try again") == 3
    assert kiwoom.tokens.asked[0][1]["secretkey"] == KEYS[1]


@pytest.mark.usefixtures("kiwoom")
@pytest.mark.parametrize("answer", ["모의투자", "모의", "mock", "2"])
def test_a_server_may_be_named_by_any_word_of_the_question(shell: Callable[..., Said], answer: str) -> None:
    said = shell("login", "--json", typed=(answer, *KEYS))
    assert said.code == 0
    assert json.loads(said.out)["server"] == "mock"


def test_refused_keys_are_not_kept(shell: Callable[..., Said], kiwoom: Kiwoom) -> None:
    kiwoom.tokens.answer = lambda _: refusal("8001", "App Key와 Secret Key 검증에 실패했습니다")
    said = shell("login", "--server", "real", typed=KEYS)
    assert said.code == 3
    assert "[8001]" in said.err
    assert kept("real") is None


def test_a_kept_token_does_not_speak_for_a_wrong_secret(shell: Callable[..., Said], kiwoom: Kiwoom) -> None:
    shell("login", "--server", "real", typed=KEYS)
    kiwoom.tokens.answer = lambda _: refusal("8001")
    assert shell("login", "--server", "real", typed=(KEYS[0], "a-typo")).code == 3
    assert kept("real") is not None


@pytest.mark.usefixtures("kiwoom")
def test_keys_that_come_first_are_named(shell: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_KEY", "an-old-key")
    monkeypatch.setenv("APP_SECRET", "an-old-secret")
    said = shell("login", "--server", "real", typed=KEYS)
    assert "the keys in environment (APP_KEY, APP_SECRET) take precedence" in said.out


@pytest.mark.usefixtures("kiwoom")
def test_downloaded_files_need_no_terminal(shell: Callable[..., Said]) -> None:
    write_pair(Path("keys"), "1234567890", "file")
    said = shell("login", "--server", "mock", "--keys", "keys", typed=None)
    assert said.code == 0
    assert kept("mock") is not None
    assert "1234567890" not in said.out + said.err


@pytest.mark.usefixtures("kiwoom")
def test_of_several_downloaded_files_one_pair_is_chosen(shell: Callable[..., Said]) -> None:
    write_pair(Path("keys"), "1111111111", "one")
    write_pair(Path("keys"), "2222222222", "two")
    said = shell("login", "--server", "mock", "--keys", "keys", typed=("3", "x", "2"))
    assert "1  *******111_appkey.txt" in said.err
    assert (kept("mock") or ("",))[0] == "two-app"
    said = shell("login", "--server", "mock", "--keys", "keys", typed=None)
    assert (said.code, "several pairs" in said.err) == (2, True)


def test_without_a_terminal_nothing_is_asked(shell: Callable[..., Said]) -> None:
    said = shell("login", typed=None)
    assert said.code == 2
    assert "--keys FOLDER" in said.err


@pytest.mark.parametrize("server", ["demo", "ws://127.0.0.1:1"])
@pytest.mark.parametrize("command", ["login", "logout"])
def test_only_kiwoom_has_keys(shell: Callable[..., Said], server: str, command: str) -> None:
    said = shell(command, "--server", server)
    assert (said.code, "--server real" in said.err) == (2, True)


def test_who_stops_half_way_has_kept_nothing(shell: Callable[..., Said]) -> None:
    assert shell("login", typed=("1", KEYS[0])).code == 130
    assert kept("real") is None


def test_nobody_there(shell: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    with Kiwoom(monkeypatch):
        pass
    said = shell("login", "--server", "real", typed=KEYS)
    assert said.code == 5
    assert kept("real") is None


# ------------------------------------------------------------ logout


def test_the_token_is_revoked_and_the_keys_are_gone(shell: Callable[..., Said], kiwoom: Kiwoom) -> None:
    shell("login", "--server", "mock", typed=KEYS)
    said = shell("logout", "--server", "mock", typed=("maybe", "Y"))
    assert said.code == 0
    assert said.err.count("please type y or n") == 1
    assert said.out.splitlines() == [f"deleted: {config_dir() / 'keys-mock.json'}", "the token is revoked."]
    assert kept("mock") is None
    assert list(state_dir().glob("token-*.json")) == []
    assert kiwoom.tokens.asked[-1][0] == "/oauth2/revoke"


@pytest.mark.usefixtures("kiwoom")
def test_no_leaves_everything_as_it_was(shell: Callable[..., Said]) -> None:
    shell("login", "--server", "real", typed=KEYS)
    said = shell("logout", typed=("n",))
    assert (said.code, said.out) == (0, "")
    assert kept("real") is not None


@pytest.mark.usefixtures("kiwoom")
def test_logout_without_a_terminal_needs_a_yes(shell: Callable[..., Said]) -> None:
    shell("login", "--server", "real", typed=KEYS)
    assert shell("logout", typed=None).code == 2
    assert kept("real") is not None
    said = shell("logout", "--yes", "--json", typed=None)
    removed = [str(config_dir() / "keys-real.json")]
    assert said.lines == [{"server": "real", "revoked": True, "removed": removed, "left": None}]


def test_keys_are_deleted_even_if_nobody_takes_the_token(shell: Callable[..., Said], kiwoom: Kiwoom) -> None:
    shell("login", "--server", "real", typed=KEYS)
    kiwoom.tokens.answer = lambda _: refusal("8050")
    said = shell("logout", "--yes")
    assert said.code == 0
    assert "it expires at 2999-12-31 23:59:59" in said.err
    assert kept("real") is None


@pytest.mark.parametrize(("argv", "typed"), [(("--yes",), ()), ((), ()), ((), None)])
def test_nobody_is_asked_where_there_is_nothing_to_log_out_from(
    shell: Callable[..., Said], argv: tuple[str, ...], typed: tuple[str, ...] | None
) -> None:
    said = shell("logout", *argv, typed=typed)
    assert said.code == 0
    assert "no keys are stored for the real server" in said.out


@pytest.mark.usefixtures("kiwoom")
def test_keys_elsewhere_are_left_and_named(shell: Callable[..., Said]) -> None:
    shell("login", "--server", "real", typed=KEYS)
    write_pair(Path(), "1234567890", "file")
    said = shell("logout", "--yes")
    assert "keys elsewhere were not touched: *******890_appkey.txt" in said.out
    assert Path("1234567890_appkey.txt").exists()


# ------------------------------------------------------------ a real terminal

PROGRAM = """
import sys
from jogeon.cli.app import run
from jogeon.account.keys import SERVERS, KiwoomServer
SERVERS["real"] = KiwoomServer(*sys.argv[1:3])
sys.exit(run(["login", "--server", "real", "--lang", "ko"]))
"""


def test_on_a_real_terminal_secrets_are_not_echoed(kiwoom: Kiwoom) -> None:
    program = (sys.executable, "-c", textwrap.dedent(PROGRAM), kiwoom.tokens.rest, kiwoom.simulator.websocket)
    child, terminal = pty.fork()
    if child == 0:
        os.execv(program[0], program)  # noqa: S606  # jogeon itself
    shown = screen(terminal, until="앱키: ")
    os.write(terminal, f"{KEYS[0]}\n".encode())
    shown += screen(terminal, until="시크릿키: ")
    argv = Path(f"/proc/{child}/cmdline")  # what everybody on the machine can see, where there is such a file
    assert not argv.exists() or "planted" not in argv.read_text()
    os.write(terminal, f"{KEYS[1]}\n".encode())
    shown += screen(terminal, until="다음: jogeon list")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)
    assert "실전 서버의 키가 맞습니다." in shown
    assert "planted" not in shown
    assert (kept("real") or ())[:2] == KEYS


def screen(terminal: int, until: str) -> str:
    shown = b""
    while until not in shown.decode(errors="replace"):
        try:
            shown += os.read(terminal, 1024)
        except OSError:
            break
    assert until in shown.decode(errors="replace"), shown.decode(errors="replace")
    return shown.decode()
