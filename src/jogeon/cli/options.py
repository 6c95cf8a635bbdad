"""Arguments and options of the commands, and how their values are read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from jogeon.cli.texts import Texts
from jogeon.events import Exchange

LENGTH_OF_TIME = re.compile(
    r"(?:(?P<hours>\d+(?:\.\d+)?)h)?"
    r"(?:(?P<minutes>\d+(?:\.\d+)?)m(?!s))?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)s)?"
    r"(?:(?P<milliseconds>\d+(?:\.\d+)?)ms)?",
    re.ASCII,
)
SECONDS = {"hours": 3600.0, "minutes": 60.0, "seconds": 1.0, "milliseconds": 0.001}
MOST_SECONDS = 366 * 86_400.0
"""More than anybody watches; a timer takes it on every system."""
EXCHANGES: dict[str, Exchange] = {"K": "K", "N": "N", "A": "A"}


@dataclass
class Choices:
    """What may be chosen before or after the name of a command, for all of them."""

    texts: Texts
    server: str | None = None
    insecure: bool = False
    json: bool = False
    verbose: int = 0


class Misuse(click.UsageError):
    """A wrong command line, told in the language of the user."""


class Value(click.ParamType):
    """A value that `read` turns into what the command wants; its ValueError is told as the text `complaint`."""

    def __init__(self, name: str, read: Callable[[str], object], complaint: str, texts: Texts, **fields: str) -> None:
        self.name = name
        self._read, self._complaint, self._texts, self._fields = read, complaint, texts, fields

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value, or raise click's own error with our words."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except (ValueError, KeyError, OverflowError):
            self.fail(self._texts(self._complaint, value=value, **self._fields), param, ctx)


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


def port(text: str) -> int:
    """Return a port, 0 for any free one."""
    if not 0 <= (number := whole(text)) <= 65_535:
        raise ValueError(text)
    return number


def composed(name: str) -> str:
    """Return a name with its Hangul composed: macOS hands over 가 as ㄱ and ㅏ, Kiwoom does not."""
    return unicodedata.normalize("NFC", name)


def option(texts: Texts, flag: str, read: Callable[[str], object], bad: str, metavar: str, **more: Any) -> click.Option:
    """Return an option with a value; its help is the text of its name."""
    name = flag.lstrip("-")
    value = Value(name, read, bad, texts)
    return click.Option([flag], type=value, metavar=metavar, help=texts(f"option.{name}"), **more)


def switch(texts: Texts, flag: str, name: str | None = None) -> click.Option:
    """Return an option without a value."""
    return click.Option([flag, *([name] if name else [])], is_flag=True, help=texts(f"option.{flag.lstrip('-')}"))


def names(texts: Texts, *, required: bool) -> click.Argument:
    """Return the names (or seqs) of conditions."""
    reader = Value("names", composed, "usage.extra", texts)
    return click.Argument(["names"], nargs=-1, required=required, type=reader, metavar=texts("metavar.names"))


def exchange(texts: Texts) -> click.Option:
    """Return --exchange."""
    return option(texts, "--exchange", lambda text: EXCHANGES[text.upper()], "bad.exchange", "K|N|A", default="K")


def count(texts: Texts) -> click.Option:
    """Return --count."""
    return option(texts, "--count", at_least_one, "bad.count", "N")


def length(texts: Texts) -> click.Option:
    """Return --duration."""
    return option(texts, "--duration", duration, "bad.duration", texts("metavar.duration"))


def output(texts: Texts) -> list[click.Option]:
    """Return --csv and -o."""
    to_file = click.Option(
        ["-o", "--output"], type=click.Path(), metavar=texts("metavar.file"), help=texts("option.output")
    )
    return [switch(texts, "--csv", "as_csv"), to_file]


def shared(texts: Texts) -> list[click.Option]:
    """Return the options that stand before or after the name of a command; they are kept in the Choices."""
    server = click.Option(["--server"], metavar=texts("metavar.server"), help=texts("option.server"))
    lang = option(texts, "--lang", lambda text: {"ko": "ko", "en": "en"}[text.lower()], "bad.lang", "ko|en")
    verbose = click.Option(["-v", "--verbose"], count=True, help=texts("option.verbose"))
    every = [server, switch(texts, "--json"), lang, switch(texts, "--insecure"), verbose]
    for each in every:
        each.expose_value = False
        each.callback = _keep
    return every


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    choices = ctx.find_object(Choices)
    if value and choices is not None and param.name is not None and hasattr(choices, param.name):
        setattr(choices, param.name, value)
