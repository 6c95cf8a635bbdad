"""`jogeon alerts add`: a Telegram target, step by step, until the first message is on the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices


def add(choices: Choices, name: str | None) -> None:
    """Ask for what is needed, find the chat, send a message, and write the target into jogeon.toml."""
    raise NotImplementedError
