"""`jogeon hub token`: keys shown once, what is let in, and what makes no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli_conversation import Shell
from jogeon.account.consumers import consumers, hashed
from tls import certified

if TYPE_CHECKING:
    from pathlib import Path

FAR = ("hub", "--server", "ws://127.0.0.1:1", "--port", "0", "--rest-port", "0", "--host", "0.0.0.0")  # noqa: S104  # refused


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_keys_are_shown_once(shell: Shell) -> None:
    (keys,) = shell("hub", "token", "add", "차트", "--may", "watch", "--json").lines
    assert set(keys) == {"name", "appkey", "secretkey"}
    (kept,) = consumers()
    assert (kept.name, kept.may, kept.hashed) == ("차트", "watch", hashed(keys["secretkey"]))
    said = shell("hub", "token", "list", "--json")
    (line,) = said.lines
    assert list(line) == ["name", "appkey", "may", "since"]
    assert keys["secretkey"] not in said.out


def test_a_token_is_revoked_by_its_name(shell: Shell) -> None:
    shell("hub", "token", "add", "one", "--json")
    assert shell("hub", "token", "revoke", "one").code == 0
    assert consumers() == ()
    assert shell("hub", "token", "list").out == ""
    said = shell("hub", "token", "revoke", "one", "--lang", "en")
    assert (said.code, "no token 'one'" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "add NAME"),
        (("add",), "add NAME"),
        (("add", "a", "b"), "add NAME"),
        (("steal", "a"), "add NAME"),
        (("list", "--may", "all"), "takes no --may"),
        (("add", "a", "--may", "rule"), "watch, search or all"),
        (("add", "a\nb"), "one line"),
    ],
)
def test_what_makes_no_sense_says_what_to_type(shell: Shell, words: tuple[str, ...], says: str) -> None:
    said = shell("hub", "token", *words, "--lang", "en")
    assert said.code == 2
    assert says in said.err
    assert consumers() == ()


def test_a_name_is_given_once(shell: Shell) -> None:
    shell("hub", "token", "add", "one", "--json")
    said = shell("hub", "token", "add", "one", "--json", "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert "jogeon hub token revoke one" in said.err


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_beyond_this_machine_says_all_that_is_missing(shell: Shell, tmp_path: Path, lang: str) -> None:
    chain, key = map(str, certified(tmp_path))
    said = shell(*FAR, "--lang", lang)
    assert said.code == 2
    assert "--tls-cert" in said.err
    assert "jogeon hub token add" in said.err
    said = shell(*FAR, "--tls-cert", chain, "--tls-key", key, "--lang", lang)
    assert (said.code, "--tls-cert fullchain" in said.err, "hub token add" in said.err) == (2, False, True)
    shell("hub", "token", "add", "one", "--json")
    said = shell(*FAR, "--lang", lang)
    assert (said.code, "--tls-cert fullchain" in said.err, "hub token add" in said.err) == (2, True, False)
    assert shell(*FAR, "--tls-cert", chain, "--tls-key", key, "--lang", lang).code == 5  # nobody is at that server


def test_half_a_certificate_is_refused(shell: Shell, tmp_path: Path) -> None:
    chain, key = map(str, certified(tmp_path))
    for half in (("--tls-cert", chain), ("--tls-key", key)):
        said = shell("hub", "--server", "ws://127.0.0.1:1", *half, "--lang", "en")
        assert said.code == 2
        assert "belong together" in said.err


def test_only_a_hub_has_use_for_it(shell: Shell) -> None:
    assert shell("hub", "--may", "all", "--server", "ws://127.0.0.1:1").code == 2
