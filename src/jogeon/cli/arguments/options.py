"""Arguments and options of the commands, and how their values are read."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from jogeon.account.keys import Keys
    from jogeon.cli.texts import Texts
    from jogeon.cli.texts.language import Lang
    from jogeon.client import Client
    from jogeon.events import Exchange
    from jogeon.live.policy import OnTaken

T = TypeVar("T")

LENGTH_OF_TIME = re.compile(
    r"(?:(?P<hours>\d+(?:\.\d+)?)h)?"
    r"(?:(?P<minutes>\d+(?:\.\d+)?)m(?!s))?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)s)?"
    r"(?:(?P<milliseconds>\d+(?:\.\d+)?)ms)?",
    re.ASCII,
)
PLAIN_WORD = re.compile(r"[\w%+,./:=@-]+")
SECONDS = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0, "milliseconds": 0.001}
MOST_SECONDS = 366 * 86_400.0
"""More than anybody watches; a timer takes it on every system."""
EXCHANGES: dict[str, Exchange] = {"K": "K", "N": "N", "A": "A"}
ON_TAKEN: dict[str, OnTaken] = {"STOP": "stop", "RETRY": "retry", "TAKEOVER": "takeover"}
LANGS: dict[str, Lang] = {"KO": "ko", "EN": "en"}


class Connect(Protocol):
    """How a client is made: `jogeon.connect`, or what a test has in its place."""

    def __call__(
        self, server: str, *, keys: Keys | None, insecure: bool, recheck: float, on_taken: OnTaken
    ) -> AbstractAsyncContextManager[Client]:
        """Return a client that connects when it is entered."""


@dataclass
class Choices:
    """What may be chosen before or after the name of a command, for all of them."""

    texts: Texts
    connect: Connect
    argv: tuple[str, ...] = ()
    server: str | None = None
    keys: str | None = None
    found: Keys | None = None
    """The keys, where a command had to find them before it connects."""
    config: str | None = None
    insecure: bool = False
    json: bool = False
    verbose: int = 0
    recheck: float = 600.0
    on_taken: OnTaken = "stop"

    def typed(self) -> str:
        """Return the command as it was typed, for a message that says to type it again."""
        words = ("jogeon", *self.argv)
        return subprocess.list2cmdline(words) if sys.platform == "win32" else " ".join(map(_typed, words))


def _typed(word: str) -> str:
    """Return a word as a shell takes it; shlex alone would put quotes around every Korean name."""
    return word if PLAIN_WORD.fullmatch(word) else shlex.quote(word)


def duration(text: str) -> float:
    """Return seconds from 30s, 5m, 1h, 1h30m, 500ms; ValueError for everything else, also for nothing and for zero."""
    match = LENGTH_OF_TIME.fullmatch(text.strip().lower())
    parts = match.groupdict() if match else {}
    seconds = sum(float(number) * SECONDS[unit] for unit, number in parts.items() if number)
    if not 0 < seconds <= MOST_SECONDS:
        raise ValueError(text)
    return seconds


def whole(text: str) -> int:
    """Return an integer written in ASCII digits."""
    if not text.isascii() or "_" in text:
        raise ValueError(text)
    return int(text)


def at_least_one(text: str) -> int:
    """Return an integer from 1."""
    if (number := whole(text)) < 1:
        raise ValueError(text)
    return number


def positive(text: str) -> float:
    """Return a finite number above zero."""
    if not 0 < (number := float(text)) < float("inf"):
        raise ValueError(text)
    return number


def not_negative(text: str) -> float:
    """Return a finite number from zero."""
    if not 0 <= (number := float(text)) < float("inf"):
        raise ValueError(text)
    return number


def port(text: str) -> int:
    """Return a port, 0 for any free one."""
    if not 0 <= (number := whole(text)) <= 65_535:
        raise ValueError(text)
    return number


def option(texts: Texts, flag: str, read: Callable[[str], object], bad: str, metavar: str, **more: Any) -> click.Option:
    """Return an option with a value; its help is the text of its name, a ValueError of `read` is told as `bad`."""

    def take(ctx: click.Context, param: click.Parameter, value: str | None) -> object:
        if value is None:
            return None
        try:
            return read(value)
        except (ValueError, OverflowError):
            raise click.BadParameter(texts(bad, value=value), ctx, param) from None

    text = texts(f"option.{flag.lstrip('-')}")
    return click.Option([flag], type=str, callback=take, metavar=metavar, help=text, **more)


def switch(texts: Texts, flag: str, name: str | None = None) -> click.Option:
    """Return an option without a value."""
    return click.Option([flag, *([name] if name else [])], is_flag=True, help=texts(f"option.{flag.lstrip('-')}"))


def names(texts: Texts, *, required: bool) -> click.Argument:
    """Return the names (or seqs) of conditions."""
    return click.Argument(
        ["names"], nargs=-1, required=required, type=str, callback=composed, metavar=texts("metavar.names")
    )


def composed(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Compose Hangul: macOS hands over 가 as ㄱ and ㅏ, Kiwoom does not."""
    return tuple(unicodedata.normalize("NFC", name) for name in value)


def one_of(choices: Mapping[str, T]) -> Callable[[str], T]:
    """Return a reader of one of these words."""

    def read(text: str) -> T:
        if text.upper() not in choices:
            raise ValueError(text)
        return choices[text.upper()]

    return read


def exchange(texts: Texts) -> click.Option:
    """Return --exchange."""
    return option(texts, "--exchange", one_of(EXCHANGES), "bad.exchange", "K|N|A", default="K")


def count(texts: Texts) -> click.Option:
    """Return --count."""
    return option(texts, "--count", at_least_one, "bad.count", "N")


def length(texts: Texts) -> click.Option:
    """Return --duration."""
    return option(texts, "--duration", duration, "bad.duration", texts("metavar.duration"))


def require_names(names: tuple[str, ...], texts: Texts, *, everything: bool) -> None:
    """Refuse a command that names no condition without --all, or some with it."""
    if not names and not everything:
        raise click.BadParameter(texts("bad.no-names"))
    if names and everything:
        raise click.BadParameter(texts("bad.names-and-all"))


def journal(texts: Texts) -> click.Option:
    """Return --journal."""
    return click.Option(["--journal"], metavar=texts("metavar.file"), help=texts("option.journal"))


def time_of_day(text: str) -> time:
    """Return a time of day from HH:MM, Korean time."""
    return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007  # a time of day has no zone of its own


def supervision(texts: Texts) -> list[click.Option]:
    """Return --recheck and --on-taken, for what runs long."""
    recheck = option(texts, "--recheck", pause, "bad.recheck", texts("metavar.duration"), default="10m")
    on_taken = option(texts, "--on-taken", one_of(ON_TAKEN), "bad.on-taken", "stop|retry|takeover", default="stop")
    return [recheck, on_taken]


def pause(text: str) -> float:
    """Return seconds as `duration` reads them; 0 means never."""
    return 0.0 if text.strip() == "0" else duration(text)


def output(texts: Texts) -> list[click.Option]:
    """Return --csv and -o."""
    to_file = click.Option(
        ["-o", "--output"], type=click.Path(), metavar=texts("metavar.file"), help=texts("option.output")
    )
    return [switch(texts, "--csv", "as_csv"), to_file]


def shared(texts: Texts, *, connects: bool = True) -> list[click.Option]:
    """Return the options that stand before or after the name of a command; they are kept in the Choices.

    A command that connects nowhere takes all of them, too, but its help does not speak of those it has no use for.
    """
    server = click.Option(["--server"], metavar=texts("metavar.server"), help=texts("option.server"))
    verbose = click.Option(["-v", "--verbose"], count=True, help=texts("option.verbose"))
    keys = click.Option(["--keys"], metavar=texts("metavar.folder"), help=texts("option.keys"))
    config = click.Option(["--config"], metavar=texts("metavar.file"), help=texts("option.config"))
    insecure = switch(texts, "--insecure")
    for each in (server, keys, insecure):
        each.hidden = not connects
    kept = [server, keys, config, switch(texts, "--json"), insecure, verbose]
    for each in kept:
        each.expose_value, each.callback = False, _keep
    # The language was found before the texts of these options could be; here a wrong one is refused.
    lang = option(texts, "--lang", one_of(LANGS), "bad.lang", "ko|en", expose_value=False)
    return [*kept, lang]


def refuse_blank(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Refuse an option or a name with nothing in it: what an unset variable of a shell leaves."""
    values = value if isinstance(value, tuple | list) else (value,)
    choices = ctx.find_object(Choices)
    if choices is not None and any(isinstance(each, str) and not each.strip() for each in values):
        raise click.BadParameter(choices.texts("bad.empty"), ctx, param)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    choices = ctx.find_object(Choices)
    refuse_blank(ctx, param, value)
    if value and choices is not None and param.name is not None and hasattr(choices, param.name):
        setattr(choices, param.name, value)
