"""Questions to a person: on the terminal only, secrets unseen, and never in a pipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from jogeon.cli.showing.error_thread import notices
from jogeon.cli.showing.terminal import clean, is_terminal, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jogeon.cli.texts import Texts

T = TypeVar("T")


def can_ask() -> bool:
    """Tell whether somebody can be asked."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def ask(question: str, read: Callable[[str], T], complaint: str, texts: Texts, *, hidden: bool = False) -> T:
    """Ask until `read` takes the answer, that is, raises no ValueError; whoever asks has changed nothing yet.

    Ctrl+C, and the end of input on a terminal, are a KeyboardInterrupt; another input that ends is a usage error.
    """
    while True:
        notices.drain()  # what was told before it, while a loop runs too
        try:
            typed = click.prompt(clean(question), default="", show_default=False, hide_input=hidden, err=True)
            return read(typed.strip())
        except click.Abort as aborted:
            if isinstance(aborted.__context__, EOFError) and not can_ask():
                tell("")  # behind the question
                raise click.BadParameter(texts("account.no-answer")) from None
            raise KeyboardInterrupt from None
        except ValueError:
            tell(complaint)


def ask_yes(question: str, texts: Texts) -> bool:
    """Ask for yes or no."""

    def read(typed: str) -> bool:
        if typed.lower() not in ("y", "n"):
            raise ValueError
        return typed.lower() == "y"

    return ask(question, read, texts("account.bad-answer"), texts)


def ask_which(labels: Sequence[str], texts: Texts) -> int:
    """Show what there is to choose from and return the index of the choice."""

    def read(typed: str) -> int:
        if not 1 <= int(typed) <= len(labels):
            raise ValueError
        return int(typed) - 1

    for number, label in enumerate(labels, 1):
        tell(f"{number}  {label}")
    return ask(texts("account.ask-pair"), read, texts("account.bad-pair", count=len(labels)), texts)
