"""What logout does: the token is revoked (au10002), the kept keys are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jogeon.account.keyrings import is_silent
from jogeon.account.keys import forget_keys
from jogeon.cli.running.keys import chosen_mode, keys_of, korean_time, source_of, tokens_of
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.failures import explain
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.prompts import ask_yes, can_ask
from jogeon.cli.showing.terminal import show, tell
from jogeon.errors import CouldNotConnect, InvalidSetting, KeysMissing, TokenRefused

if TYPE_CHECKING:
    from jogeon.account.environment import Mode
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts


def logout(choices: Choices, *, yes: bool) -> None:
    """Give back what login got, after a question if there is anything."""
    texts, mode = choices.texts, chosen_mode(choices)
    if not yes and _has_something(choices, mode) and not _agreed(mode, texts):
        tell(texts("account.unchanged"))
        return
    revoked = _revoke(choices, mode)
    removed = forget_keys(mode)
    left = source_of(mode)
    if choices.json:
        fields = {"server": mode, "revoked": revoked, "removed": removed, "left": left or None}
        StandardOutput().write(json_line(fields))
        return
    said = [texts("account.removed", where=where) for where in removed]
    said += [texts("account.revoked")] if revoked else []
    said = said or [texts("account.nothing", mode=texts(f"mode.{mode}"))]
    said += [texts("account.left", source=left)] if left else []
    show(*said)


def _has_something(choices: Choices, mode: Mode) -> bool:
    """Tell whether there may be keys, or a token of keys, to be lost; a keyring that is silent may have some."""
    return choices.keys is not None or bool(source_of(mode)) or is_silent()


def _agreed(mode: Mode, texts: Texts) -> bool:
    """Ask whether it is meant; a usage error where nobody can be asked."""
    if not can_ask():
        raise click.BadParameter(texts("account.no-terminal-logout"))
    return ask_yes(texts("account.ask-logout", mode=texts(f"mode.{mode}")), texts)


def _revoke(choices: Choices, mode: Mode) -> bool:
    """Tell whether a token was given back; keys are deleted even if nobody takes it."""
    try:
        tokens = tokens_of(mode, keys_of(mode, choices))
    except (KeysMissing, InvalidSetting):
        return False
    kept = tokens.kept
    try:
        return run_loop(tokens.revoke())
    except (CouldNotConnect, TokenRefused) as error:
        until = korean_time(kept.until) if kept is not None else ""
        tell(*explain(error, choices).split("\n"))
        tell(choices.texts("account.not-revoked", until=until))
        tokens.forget()
        return False
