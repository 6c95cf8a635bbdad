"""Arguments and options of the commands, and how their values are read."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from jogeon import times
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.arguments.places import file, home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from click.shell_completion import CompletionItem

    from jogeon.cli.texts import Texts
    from jogeon.cli.texts.language import Lang
    from jogeon.events import Exchange
    from jogeon.live.policy import OnTaken

    Idle = Mapping[str, Mapping[str, str]]

T = TypeVar("T")

EXCHANGES: dict[str, Exchange] = {"K": "K", "N": "N", "A": "A"}
ON_TAKEN: dict[str, OnTaken] = {"stop": "stop", "retry": "retry", "takeover": "takeover"}
LANGS: dict[str, Lang] = {"ko": "ko", "en": "en"}
FOREVER = "forever"
DAY = 86_400.0
SERVERS = ("real", "mock", "demo")

ANSWERS = ("config", "json", "verbose")
"""The shared options of a command that connects nowhere and reads no journal; then of others."""
OF_JOURNALS = "of journals"
"""Beside the shared options: --server does not say where to connect, but whose journal is read."""
READS = (OF_JOURNALS, "server", "keys", *ANSWERS)
LOGS_IN = ("server", "keys", *ANSWERS)
CONNECTS = ("insecure", "rest", *LOGS_IN)


# ------------------------------------------------------------ numbers


def whole(text: str) -> int:
    """Return a whole number."""
    if "_" in text:  # an int may have it, people mean something else
        raise ValueError(text)
    return int(text)


def at_least_one(text: str) -> int:
    """Return a whole number from 1."""
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


def one_of(choices: Mapping[str, T]) -> Callable[[str], T]:
    """Return a reader of one of these words, however they are capitalized."""
    known = {word.lower(): value for word, value in choices.items()}

    def read(text: str) -> T:
        if text.lower() not in known:
            raise ValueError(text)
        return known[text.lower()]

    return read


# ------------------------------------------------------------ making an option


def option(texts: Texts, flag: str, read: Callable[[str], object], bad: str, metavar: str, **more: Any) -> click.Option:
    """Return an option with a value; its help is the text of its name, a ValueError of `read` is explained by `bad`.

    A shell offers the words `offered`.
    """
    if offered := more.pop("offered", ()):
        more["shell_complete"] = lambda _ctx, _param, typed: beginning_with(typed, offered)

    def value_of(ctx: click.Context, param: click.Parameter, value: str | None) -> object:
        if value is None:
            return None
        try:
            return read(value)
        except (ValueError, OverflowError):
            raise click.BadParameter(texts(bad, value=value), ctx, param) from None

    text = texts(more.pop("text", f"option.{flag.lstrip('-')}"))
    return click.Option([flag], type=str, callback=value_of, metavar=metavar, help=text, **more)


def choice(texts: Texts, flag: str, choices: Mapping[str, object], **more: Any) -> click.Option:
    """Return an option whose value is one of these words."""
    return option(texts, flag, one_of(choices), f"bad.{flag.lstrip('-')}", "|".join(choices), offered=choices, **more)


def switch(texts: Texts, flag: str, name: str | None = None, text: str = "") -> click.Option:
    """Return an option without a value."""
    text = text or f"option.{flag.lstrip('-')}"
    return click.Option([flag, *([name] if name else [])], is_flag=True, help=texts(text))


def beginning_with(typed: str, words: Iterable[str]) -> list[CompletionItem]:
    """Return what a shell may offer for a word that is half typed."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word) for word in words if word.lower().startswith(typed.lower())]


def listing_with(typed: str, words: Iterable[str]) -> list[CompletionItem]:
    """Return what a shell may offer for words between commas, of which the last one is half typed."""
    before, comma, last = typed.rpartition(",")
    return beginning_with(typed, [before + comma + word for word in words if word.startswith(last.lower())])


def question(idle: Idle) -> click.Argument:
    """Return what is asked of a command that answers several questions: the keys of `idle`."""
    what = "|".join(idle)
    return click.Argument(["what"], metavar=what, shell_complete=lambda _c, _p, typed: beginning_with(typed, idle))


def require_sense(command: str, what: str, idle: Idle, given: Mapping[str, Any], texts: Texts) -> None:
    """Refuse a question that a command does not answer, and options that the answer would ignore."""
    if what not in idle:
        raise click.BadParameter(texts("bad.choice", value=what, choices=", ".join(idle)))
    refuse_idle(idle[what], given, f"{command} {what}", texts)


def refuse_idle(idle: Mapping[str, str], given: Mapping[str, Any], what: str, texts: Texts) -> None:
    """Refuse an option of these, each with its name in what was given, that the answer would ignore."""
    for flag in (flag for flag, name in idle.items() if given.get(name)):
        raise click.BadParameter(texts("bad.idle", option=flag, what=what))


def require_only(ctx: click.Context, used: tuple[str, ...], what: str) -> None:
    """Refuse what was typed for an answer that would ignore it; `used` are the options it has a use for."""
    choices = ctx.ensure_object(Choices)
    usual = {"names", "lang", *ANSWERS, *used}
    for param in ctx.command.params:
        typed = ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE or param.name in choices.given
        if typed and param.name not in usual:
            raise click.BadParameter(choices.texts("bad.idle", option=max(param.opts, key=len), what=what))


def refuse_blank(ctx: click.Context, param: click.Parameter, value: object) -> None:
    """Refuse an option or a name with nothing in it: what an unset variable of a shell leaves."""
    values = value if isinstance(value, tuple | list) else (value,)
    choices = ctx.find_object(Choices)
    if choices is not None and any(isinstance(each, str) and not each.strip() for each in values):
        raise click.BadParameter(choices.texts("bad.empty"), ctx, param)


# ------------------------------------------------------------ conditions


def names(texts: Texts, *, required: bool, offered: tuple[str, ...] = ()) -> click.Argument:
    """Return the names (or seqs) of conditions; a shell offers what may stand in their place."""
    return click.Argument(
        ["names"], nargs=-1, required=required, type=str, callback=composed, metavar=texts("metavar.names"),
        shell_complete=lambda ctx, _param, typed: [] if ctx.params.get("names") else beginning_with(typed, offered),
    )  # fmt: skip


def composed(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Compose Hangul: macOS hands over 가 as ㄱ and ㅏ, Kiwoom does not."""
    return tuple(unicodedata.normalize("NFC", name) for name in value)


def require_names(names: tuple[str, ...], texts: Texts, *, everything: bool) -> None:
    """Refuse a command that names no condition without --all, or some with it."""
    if not names and not everything:
        raise click.BadParameter(texts("bad.no-names"))
    if names and everything:
        raise click.BadParameter(texts("bad.names-and-all"))


def stock_codes(texts: Texts, *, required: bool = True) -> click.Argument:
    """Return the codes of stocks."""
    metavar, read = texts("metavar.codes"), _codes(texts)
    return click.Argument(["codes"], nargs=-1, required=required, type=str, callback=read, metavar=metavar)


def only_code(texts: Texts) -> click.Option:
    """Return --code, which may be given several times."""
    read, text = _codes(texts), texts("option.code")
    return click.Option(["--code", "codes"], multiple=True, callback=read, metavar=texts("metavar.code"), help=text)


def _codes(texts: Texts) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[str, ...]]:
    """Return a reader of codes of stocks, as six characters each and each once; a usage error for what is no code."""

    def read(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
        from jogeon.wire.values import bare_code  # no help needs it

        codes = {typed: bare_code(typed.upper()) for typed in value}
        for typed in (typed for typed, code in codes.items() if not code):
            raise click.BadParameter(texts("bad.code", value=typed), ctx, param)
        return tuple(dict.fromkeys(codes.values()))

    return read


def prices(texts: Texts, text: str = "option.prices.watch") -> click.Option:
    """Return --prices, for what follows members."""
    return click.Option(["--prices"], is_flag=True, help=texts(text))


def exchange(texts: Texts) -> click.Option:
    """Return --exchange."""
    return choice(texts, "--exchange", EXCHANGES, default="K")


# ------------------------------------------------------------ how long, how often


def length(texts: Texts, flag: str, **more: Any) -> click.Option:
    """Return an option that takes a length of time; its value is in seconds."""
    return option(texts, flag, times.length, "bad.length", texts("metavar.length"), **more)


def moment(texts: Texts, flag: str) -> click.Option:
    """Return an option that takes a time of day, or a day and a time."""
    return option(texts, flag, times.moment, "bad.moment", texts("metavar.moment"))


def day(texts: Texts) -> click.Option:
    """Return --day."""
    return option(texts, "--day", times.day, "bad.day", texts("metavar.day"))


def after(texts: Texts) -> click.Option:
    """Return --after."""
    return option(texts, "--after", _position, "bad.after", texts("metavar.position"))


def stream(texts: Texts) -> list[click.Option]:
    """Return what tells how a numbered stream is read: from where, and until when."""
    lines = option(texts, "--count", at_least_one, "bad.count", "N", text="option.count.lines")
    return [after(texts), switch(texts, "--follow"), lines, length(texts, "--duration")]


def _position(text: str) -> object:
    """Return a position of a journal; ValueError."""
    from jogeon.journal.position import Position

    return Position.parse(text)


def wait(texts: Texts) -> click.Option:
    """Return --wait: how long a command is patient with a server that is not there yet; infinity is for ever."""

    def read(text: str) -> float:
        return float("inf") if text.strip().lower() == FOREVER else times.length(text)

    return option(texts, "--wait", read, "bad.wait", texts("metavar.wait"), offered=(FOREVER,))


def presence(texts: Texts) -> list[click.Option]:
    """Return --lines and --bell, for what is followed by eye or ear."""
    return [switch(texts, "--lines"), switch(texts, "--bell")]


def require_days(keep: float | None, texts: Texts) -> timedelta | None:
    """Return for how long a recording is kept, None for ever; less than a day is refused."""
    if keep is None:
        return None
    if keep < DAY:
        raise click.BadParameter(texts("bad.keep"))
    return timedelta(seconds=keep)


def require_one_form(choices: Choices, *, lines: bool) -> None:
    """Refuse --json and --lines together."""
    if lines and choices.json:
        raise click.BadParameter(choices.texts("bad.json-and-lines"))


def count(texts: Texts) -> click.Option:
    """Return --count."""
    return option(texts, "--count", at_least_one, "bad.count", "N")


def supervision(texts: Texts) -> list[click.Option]:
    """Return --recheck and --on-taken, for what runs long."""
    recheck = option(texts, "--recheck", times.pause, "bad.length", texts("metavar.length"), default="10m")
    return [recheck, choice(texts, "--on-taken", ON_TAKEN, default="stop")]


# ------------------------------------------------------------ where to


def journal(texts: Texts, text: str = "option.journal") -> click.Option:
    """Return --journal."""
    return file(texts, "--journal", text=text)


def output(texts: Texts) -> list[click.Option]:
    """Return --csv and -o."""
    return [switch(texts, "--csv", "as_csv"), file(texts, "-o", "--output")]


# ------------------------------------------------------------ options of all commands


def shared(texts: Texts, used: tuple[str, ...] = CONNECTS) -> list[click.Option]:
    """Return the options that stand before or after the name of a command; they are kept in the Choices.

    A command takes all of them, so that it can say which of them it has no use for; its help shows only the others.
    """
    server = click.Option(
        ["--server"], metavar=texts("metavar.server"),
        shell_complete=lambda _ctx, _param, typed: beginning_with(typed, SERVERS),
        help=texts("option.server.read" if OF_JOURNALS in used else "option.server"),
    )  # fmt: skip
    verbose = click.Option(["-v", "--verbose"], count=True, help=texts("option.verbose"))
    keys = file(texts, "--keys", metavar="metavar.folder")
    config = file(texts, "--config")
    rest = click.Option(["--rest"], metavar=texts("metavar.url"), help=texts("option.rest"))
    kept = [server, keys, switch(texts, "--insecure"), rest, switch(texts, "--json"), config, verbose]
    for each in kept:
        each.expose_value, each.callback, each.hidden = False, _keep, each.name not in used
    # The language was found before the texts of these options could be; here a wrong one is refused.
    return [*kept, choice(texts, "--lang", LANGS, expose_value=False)]


def refuse_unused(ctx: click.Context, used: tuple[str, ...]) -> None:
    """Refuse an option of all commands that this one would ignore."""
    choices = ctx.ensure_object(Choices)
    for name in sorted(choices.given - set(used)):
        raise click.BadParameter(choices.texts("usage.unused", option=f"--{name}", command=ctx.command.name), ctx)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    choices = ctx.find_object(Choices)
    refuse_blank(ctx, param, value)
    if value and choices is not None and param.name is not None and hasattr(choices, param.name):
        kept = home(value) if param.name in ("keys", "config") else value
        setattr(choices, param.name, kept)
        choices.given.add(param.name)
