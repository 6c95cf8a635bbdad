"""`jogeon alerts add`: a Telegram target, step by step, until the first message is on the phone."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

import click

from jogeon.account.environment import variable
from jogeon.account.pasted import is_one_word, unquoted
from jogeon.alerts.adding import file_to_write, names_in, telegram_text, write_behind
from jogeon.alerts.chats import Chat, chats_of
from jogeon.alerts.settings import is_safe
from jogeon.alerts.targets import try_out
from jogeon.alerts.telegram import API, Telegram
from jogeon.cli.running.loop import run_loop
from jogeon.cli.showing.prompts import ask
from jogeon.cli.showing.terminal import tell
from jogeon.errors import AlertRefused, InvalidSetting
from jogeon.files import changeable
from jogeon.net import proxy_for

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

USUAL = ("JOGEON_TELEGRAM_TOKEN", "TELEGRAM_TOKEN")
PAUSE = 1.0
"""Seconds between looks whether somebody wrote to the bot."""
PATIENCE = 300.0
NAMES = {"ko": "폰", "en": "phone"}


def add(choices: Choices, name: str | None, api: str | None) -> None:
    """Find the chat, send a message, and write the target into jogeon.toml.

    AlertRefused, AlertUnreachable, InvalidSetting, OSError.
    """
    texts, path, api = choices.texts, file_to_write(), api or API
    if not is_safe(api):
        raise click.BadParameter(texts("alert.bad-api"))
    name = name or NAMES[texts.lang]
    _require_private(path)
    known, has_rule = names_in(path)
    if name in known:
        raise click.BadParameter(texts("alert.name-taken", name=name, path=path))
    token_env, token, is_set = _token(texts)
    chat = run_loop(_talk(texts, name, api, token))
    lines = telegram_text(name, chat.id, token_env, api, None if has_rule else texts.lang)
    try:
        write_behind(path, lines)
    except InvalidSetting:
        tell(texts("alert.paste", path=path), *lines.split("\n"))
        raise
    tell(texts("alert.added", name=name, path=path))
    if not is_set:
        tell(texts("alert.set-windows" if sys.platform == "win32" else "alert.set", name=token_env))
    tell(texts("alert.next"))


def _require_private(path: Path) -> None:
    """Refuse a file that others can write to or replace, before anybody types anything."""
    if (why := changeable(path)) is not None:
        raise InvalidSetting(file=str(path), field="alerts", reason="open to others", detail=why)


def _token(texts: Texts) -> tuple[str, str, bool]:
    """Return the variable that holds the token, the token, and whether the variable is set already."""
    for name in USUAL:
        if (found := unquoted(variable(name) or "")) and is_one_word(found):
            tell(texts("alert.token-found", name=name))
            return name, found, True
    tell(*texts("alert.botfather").split("\n"))

    def read(typed: str) -> str:
        token = unquoted(typed)
        if not is_one_word(token):
            raise ValueError
        return token

    token = ask(texts("alert.ask-token"), read, texts("alert.bad-token"), texts, hidden=os.isatty(0))
    return USUAL[0], token, False


async def _talk(texts: Texts, name: str, api: str, token: str) -> Chat:
    """Find the chat and send a message there."""
    chat = await _chosen(texts, await _seen(texts, name, api, token))
    error = await try_out(Telegram(token, chat.id, api, proxy_for(api)), name, texts("alert.first"))
    if error is not None:
        raise error
    tell(texts("alert.first-sent"))
    return chat


async def _seen(texts: Texts, name: str, api: str, token: str) -> list[Chat]:
    """Wait until somebody wrote to the bot."""
    told = False
    end = time.monotonic() + PATIENCE
    while not (chats := await chats_of(api, token, name)):
        if not told:
            told = True
            tell(texts("alert.write-to-it"))
        if time.monotonic() > end:
            raise AlertRefused(name, texts("alert.nobody-wrote"))
        await asyncio.sleep(PAUSE)
    return chats


async def _chosen(texts: Texts, chats: list[Chat]) -> Chat:
    """Show the chats and ask which one it is; Enter stands for the only one."""

    def read(typed: str) -> Chat:
        if not typed and len(chats) == 1:
            return chats[0]
        if not 1 <= int(typed) <= len(chats):
            raise ValueError
        return chats[int(typed) - 1]

    for number, chat in enumerate(chats, 1):
        tell(f"{number}  {chat.title} ({chat.id})")
    question = texts("alert.ask-only" if len(chats) == 1 else "alert.ask-chat")
    return await asyncio.to_thread(ask, question, read, texts("alert.bad-chat", count=len(chats)), texts)
