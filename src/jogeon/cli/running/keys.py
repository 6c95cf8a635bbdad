"""Whose keys, and where they come from; and what people should know of how they were found."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from jogeon.account.keys import SERVERS, find_keys
from jogeon.account.settings import chosen_language, chosen_server, setting_files
from jogeon.cli.showing.prompts import ask_which, can_ask
from jogeon.cli.showing.terminal import tell
from jogeon.cli.showing.translate import said
from jogeon.errors import InvalidSetting, KeysMissing
from jogeon.net import proxy_for
from jogeon.reports import Report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from jogeon.account.environment import Mode
    from jogeon.account.keys import Keys
    from jogeon.account.tokens import IssuedTokens
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts


TOLD = tuple(logging.getLogger(f"jogeon.{name}") for name in ("keyrings", "keyfiles", "places"))
"""Loggers whose warnings people should know of also without -v: what was gone round to find their keys."""


class _Notices(logging.Handler):
    """Tells each warning once, in the language of the user."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(logging.WARNING)
        self._texts = choices.texts
        self._told: set[Report] = set()

    def emit(self, record: logging.LogRecord) -> None:
        match record.args:
            case (Report() as notice,):
                pass
            case _:  # its text held a secret, or it is a log's alone
                notice = Report("other", text=record.getMessage())
        if notice not in self._told:
            self._told.add(notice)
            tell(f"{self._texts('account.notice')}  {said(notice, self._texts)}")


@contextmanager
def noticed(choices: Choices) -> Iterator[None]:
    """Tell what was gone round to find keys while this lasts, unless there is a log to see it in."""
    handler = _Notices(choices)
    if choices.verbose:
        yield
        return
    for logger in TOLD:
        logger.addHandler(handler)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in TOLD:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
            logger.propagate = True


def check_settings() -> None:
    """Read the settings, whether the command needs one of them or not; InvalidSetting."""
    list(setting_files())
    chosen_language()


def kiwoom_mode_says(source: str, server: str, texts: Texts) -> str:
    """Return how KIWOOM_MODE came to choose a server; `source` is that of `chosen_server`."""
    said = source.partition("=")[2].partition(",")[0]
    return texts("server.kiwoom-demo" if said == "demo" else "server.kiwoom-mode", said=said, server=server)


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
    from jogeon.account.tokens import IssuedTokens  # most commands never get this far

    rest = SERVERS[mode].rest
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
