"""Who wrote to a Telegram bot: its chats as getUpdates shows them, so that nobody has to look up a number."""

from typing import Any

import msgspec
from msgspec import Struct

from jogeon.errors import AlertRefused, AlertUnreachable, CouldNotConnect
from jogeon.masks import hide
from jogeon.net import proxy_for
from jogeon.reports import Report
from jogeon.web import exchange

LIMIT = 4 * 2**20


class Chat(Struct, frozen=True):
    """A chat that the bot can write to."""

    id: str
    title: str


class _Updates(Struct, frozen=True):
    ok: bool = False
    description: str = ""
    result: list[dict[str, Any]] = []


async def chats_of(api: str, token: str, target: str) -> list[Chat]:
    """Return the chats in which the bot heard something lately, the last one first; AlertRefused, AlertUnreachable."""
    hide(token)
    url = f"{api.rstrip('/')}/bot{token}/getUpdates"
    try:
        reply = await exchange("GET", url, proxy=proxy_for(api), limit=LIMIT)
    except CouldNotConnect as error:
        raise AlertUnreachable(target, error.report) from None
    try:
        updates = msgspec.json.decode(reply.body, type=_Updates)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise AlertRefused(target, Report("not Telegram", number=reply.status)) from None
    if reply.status != 200 or not updates.ok:
        raise AlertRefused(target, Report("HTTP", text=f"{reply.status} {updates.description}".strip()))
    found: dict[str, Chat] = {}
    for update in reversed(updates.result):
        for part in update.values():
            chat = part.get("chat") if isinstance(part, dict) else None
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                found.setdefault(str(chat["id"]), Chat(str(chat["id"]), _title(chat)))
    return list(found.values())


def _title(chat: dict[str, Any]) -> str:
    names = [chat.get(key) for key in ("title", "first_name", "last_name")]
    title = " ".join(name for name in names if isinstance(name, str) and name)
    user = chat.get("username")
    return f"{title} @{user}".strip() if isinstance(user, str) and user else title
