"""What login does: the app key and the secret key (앱키, 시크릿키) are asked for, checked, and kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from jogeon.account.keyfiles import bare_key
from jogeon.account.keys import VARIABLES, Keys, keep_keys
from jogeon.account.settings import chosen_server
from jogeon.cli.running.keys import chosen_mode, keys_of, korean_time, source_of, tokens_of
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.prompts import ask, can_ask
from jogeon.cli.showing.terminal import show, tell
from jogeon.errors import InvalidSetting

if TYPE_CHECKING:
    from jogeon.account.environment import Mode
    from jogeon.account.keyfiles import Part
    from jogeon.account.tokens import Issued
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

SERVERS: dict[str, Mode] = {
    **dict.fromkeys(("1", "real", "실전", "실전투자"), "real"),
    **dict.fromkeys(("2", "mock", "모의", "모의투자"), "mock"),
}
"""What may be answered to the question for a server; all that the question itself shows is among it."""


def login(choices: Choices) -> None:
    """Ask for keys, request a token with them, and keep them if that works."""
    texts = choices.texts
    if choices.keys is None and not can_ask():
        raise click.BadParameter(texts("account.no-terminal", names=", ".join(VARIABLES["real"])))
    mode = _asked_mode(choices) if choices.server is None and can_ask() else chosen_mode(choices)
    given = _asked_keys(texts) if choices.keys is None else keys_of(mode, choices)
    tell(texts("account.checking"))
    tokens = tokens_of(mode, given)
    tokens.forget()  # the kept one would say nothing about the secret key
    issued = run_loop(tokens.issued())
    where = keep_keys(mode, given)
    used = source_of(mode)
    _report(choices, mode, issued, where, "" if used == where else used)


def _asked_mode(choices: Choices) -> Mode:
    texts = choices.texts

    def read(typed: str) -> Mode:
        if typed.lower() not in SERVERS:
            raise ValueError
        return SERVERS[typed.lower()]

    choices.server = mode = ask(texts("account.ask-server"), read, texts("account.bad-server"), texts)
    return mode


def _asked_keys(texts: Texts) -> Keys:
    tell(texts("account.where-from"))
    bad = texts("account.bad-key")
    app_key = ask(texts("account.ask-app-key"), partial(_key, "appkey"), bad, texts, hidden=True)
    secret_key = ask(texts("account.ask-secret-key"), partial(_key, "secretkey"), bad, texts, hidden=True)
    return Keys(app_key, secret_key)


def _key(part: Part, typed: str) -> str:
    try:
        return bare_key(typed, part, "")
    except InvalidSetting:
        raise ValueError from None


def _report(choices: Choices, mode: Mode, issued: Issued, where: str, used: str) -> None:
    texts = choices.texts
    if choices.json:
        fields = {"server": mode, "kept": where, "token_until": issued.until.isoformat(), "used": used or where}
        StandardOutput().write(json_line(fields))
        return
    server = "" if mode == chosen_server()[0] else f" --server {mode}"
    said = [
        texts("account.works", mode=texts(f"mode.{mode}")),
        texts("account.token", until=korean_time(issued.until)),
        texts("account.kept", where=where),
        *([texts("account.hidden-by", source=used)] if used else []),
        texts("account.next", server=server),
    ]
    show(*said)
