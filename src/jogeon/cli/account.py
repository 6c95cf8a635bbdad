"""What login, logout and doctor share: whose keys, and where they come from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from jogeon.cli.asking import ask_which, can_ask
from jogeon.credentials import BROKERS, find_keys
from jogeon.errors import InvalidSetting, KeysMissing
from jogeon.net import proxy_for
from jogeon.settings import chosen_server

if TYPE_CHECKING:
    from datetime import datetime

    from jogeon.cli.options import Choices
    from jogeon.credentials import Keys
    from jogeon.settings import Mode
    from jogeon.tokens import IssuedTokens


def chosen_mode(choices: Choices) -> Mode:
    """Return the server that was chosen, if it is one that has keys; else a usage error says which have."""
    server = choices.server or chosen_server()[0]
    match server:
        case "real" | "mock":
            choices.server = server
            return server
    raise click.BadParameter(choices.texts("account.server-needed"))


def keys_of(mode: Mode, choices: Choices) -> Keys:
    """Return the keys for a server, from --keys if that was given. KeysMissing, InvalidSetting."""
    return find_keys(mode, choices.keys, choose=partial(ask_which, texts=choices.texts) if can_ask() else None)


def tokens_of(mode: Mode, keys: Keys) -> IssuedTokens:
    """Return the tokens of keys at their server."""
    from jogeon.tokens import IssuedTokens  # most commands never get this far

    rest = BROKERS[mode].rest
    return IssuedTokens(keys, rest, proxy=proxy_for(rest))


def source_of(mode: Mode) -> str:
    """Return where the keys of a server are found now, also if they cannot be used; "" for nowhere."""
    try:
        return find_keys(mode).source
    except KeysMissing:
        return ""
    except InvalidSetting as error:
        return error.file


def korean_time(moment: datetime) -> str:
    """Return a moment as people read it."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
