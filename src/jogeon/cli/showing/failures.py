"""What went wrong, told to people: what happened, the likely cause, Kiwoom's own words, the next command to type."""

import errno
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import dropwhile, takewhile
from pathlib import PurePath
from typing import NamedTuple

import click

from jogeon import errors
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.showing.terminal import clean
from jogeon.cli.showing.translate import said
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns, padded, wrapped

INTERRUPTED = 130
USAGE = 2
EXITS: dict[type[Exception], int] = {
    Exception: 1,
    errors.JogeonError: 1,
    errors.LocalProtocolError: 1,
    errors.CannotServe: 1,
    errors.MissingExtra: 1,
    errors.JournalError: 1,
    errors.InvalidAddress: USAGE,
    errors.InvalidSetting: USAGE,
    errors.KeysMissing: 3,
    errors.LoginRefused: 3,
    errors.TokenRefused: 3,
    errors.RequestRefused: 4,
    errors.RemoteProtocolError: 4,
    errors.PagingError: 4,
    errors.UnknownCondition: 4,
    errors.PositionError: 4,
    errors.AmbiguousCondition: 4,
    errors.AlertRefused: 4,
    errors.AlertUnreachable: 5,
    errors.CouldNotConnect: 5,
    errors.ConnectionLost: 5,
    errors.RequestTimeout: 5,
    errors.SessionTaken: 6,
}
"""Exit code of each class; a class that is not here has that of its nearest ancestor."""

TOO_OFTEN = ("1700", "429", "5")
LIKE = 0.7
"""How like another a word is, from 0 to 1, to be taken for it."""
UNKNOWN_MACHINE = ("8010", "8040", "8050")
"""Codes of a broker that does not know this machine's address."""


class Remark(NamedTuple):
    """A line of a message: the key of its label, and what it says."""

    label: str
    says: str


def exit_code(error: Exception) -> int:
    """Return the exit code for an error."""
    return next(EXITS[kind] for kind in type(error).__mro__ if kind in EXITS)


def explain(error: Exception, choices: Choices, width: int | None = None) -> str:
    """Return the message for an error, in lines; its sentences fit into `width` columns if that is given.

    What to type next stays one line, however long: it is there to be copied.
    """
    return "\n".join(_aligned(rows(error, choices), choices.texts, width))


def _aligned(told: Iterator[Remark], texts: Texts, width: int | None) -> Iterator[str]:
    lines = [(row.label, texts(f"failure.{row.label}"), clean(row.says)) for row in told]
    left = max(columns(shown) for _, shown, _ in lines)
    for label, shown, says in lines:
        room = max(20, width - left - 2) if width is not None and label != "next" else columns(says)
        first, *more = list(wrapped(says, room)) if columns(says) > room else [says]
        yield f"{padded(shown, left)}  {first}"
        yield from (f"{' ' * left}  {line}" for line in more)


def rows(error: Exception, choices: Choices) -> Iterator[Remark]:
    """Yield the lines of the message for an error."""
    texts, key = choices.texts, _key(error)
    fields = _fields(error, choices)
    yield Remark("what", texts(_what_key(error, key, texts), **fields))
    yield Remark("cause", _cause(error, key, texts, fields))
    if isinstance(error, errors.JogeonError) and (error.code or error.text):
        said_by = "nats" if getattr(error, "nats", False) else "kiwoom"
        yield Remark(said_by, f"[{error.code}] {error.text}".rstrip() if error.code else error.text)
    yield Remark("next", texts(_next_key(error, key, choices), **fields))


def _key(error: Exception) -> str:
    """Return the class by whose name the texts are found."""
    known = (errors.PagingError, *(kind for kind in EXITS if kind is not Exception), OSError)
    return next((kind.__name__ for kind in type(error).__mro__ if kind in known), "Unexpected")


def _fields(error: Exception, choices: Choices) -> dict[str, object]:
    server = f" --server {choices.server}" if choices.server else ""
    fields: dict[str, object] = {
        "what": _what(error, choices.texts),
        "again": choices.typed(),
        "list_": f"jogeon list{server}",
        "help_": "jogeon --help",
        "on_hub": choices.typed_on(getattr(error, "hub", "")),
        "server": server,
        "or_": choices.texts("failure.or"),
        **vars(error),
    }
    match error:
        case errors.KeysMissing(mode=mode, half=half):
            fields["mode"] = choices.texts(f"mode.{mode}") if choices.texts.has(f"mode.{mode}") else mode
            halves = [choices.texts("KeysMissing.half", found=found, lacking=lacking) for found, lacking in half]
            fields["half"] = ", ".join(halves)
        case errors.InvalidSetting(file=file, field=field, why=why):
            place = choices.texts(f"place.{file}") if file in ("environment", "argument") else file
            detail = said(why, choices.texts)
            name = choices.texts(f"field.{field}") if choices.texts.has(f"field.{field}") else field
            fields |= {"where": f"{place} {name}".strip(), "more": f" ({detail})" if detail else ""}
            fields["folder"] = PurePath(file).parent
        case errors.CouldNotConnect(why=why, certificate=certificate, proxy=proxy):
            fault = f"certificate.{certificate}"
            fields["detail"] = choices.texts(fault) if choices.texts.has(fault) else said(why, choices.texts)
            fields["through"] = choices.texts("CouldNotConnect.through", proxy=proxy) if proxy else ""
        case (
            errors.ConnectionLost(why=why)
            | errors.JournalError(why=why)
            | errors.CannotServe(why=why)
            | errors.PagingError(why=why)
        ):
            fields["detail"] = said(why, choices.texts)
        case errors.AlertRefused(why=why):
            fields["said"] = said(why, choices.texts)
        case errors.UnknownCondition(close=close):
            fields["close"] = ", ".join(map(_quoted, close)) or "-"
        case errors.AmbiguousCondition(seqs=seqs):
            fields |= {"seqs": ", ".join(seqs), "seq": seqs[0]}
        case OSError():
            from jogeon.reports import report_of  # `--help` does without msgspec

            fields |= {"path": error.filename or "stdout", "reason": said(report_of(error), choices.texts)}
    return fields


def _quoted(name: str) -> str:
    """Return a name as it is to be typed."""
    return f'"{name}"' if " " in name else name


def _unspaced(name: str) -> str:
    return "".join(name.split())


def _what(error: Exception, texts: Texts) -> str:
    """Return what an error of ours says; of another only its name means something to somebody who reads Korean."""
    if isinstance(error, errors.JogeonError):
        return said(error.report, texts)
    name = type(error).__name__
    return name if texts.lang == "ko" else str(error) or name


def in_short(error: Exception, choices: Choices) -> str:
    """Return what happened and why, in one line."""
    told = {row.label: row.says for row in rows(error, choices)}
    return f"{told['what'].rstrip('.')}: {told['cause']}"


def _lacks_room(error: Exception) -> bool:
    """Tell whether this program, or the machine, had as many files and connections open as it may."""
    number = error.errno if isinstance(error, OSError) else getattr(getattr(error, "why", None), "number", 0)
    return number in (errno.EMFILE, errno.ENFILE)


def _what_key(error: Exception, key: str, texts: Texts) -> str:
    named = next((name for name in ("lease", "nats") if getattr(error, name, "")), "")
    about = named or getattr(error, "reason", "")
    return own if texts.has(own := f"{key}.what.{about}") else f"{key}.what"


def _cause(error: Exception, key: str, texts: Texts, fields: dict[str, object]) -> str:
    code = getattr(error, "code", "")
    reason = getattr(error, "reason", "")
    more = next((name for name in ("close", "half", "silent", "lease", "nats") if getattr(error, name, ())), "")
    certificate = getattr(error, "certificate", "")
    match error:
        case errors.UnknownCondition(wanted=wanted, close=(like, *_)) if _unspaced(wanted) == _unspaced(like):
            return texts("UnknownCondition.cause.spaces", like=f'"{like}"')
        case _ if _lacks_room(error):
            return texts("room.cause")
    specific = (f"code.{code}", f"{key}.cause.{certificate}", f"{key}.cause.{reason}", f"{key}.cause.{more}")
    found = next((name for name in specific if texts.has(name)), f"{key}.cause")
    return texts(found, **fields)


def _next_key(error: Exception, key: str, choices: Choices) -> str:
    match error:
        case errors.LoginRefused(nats=False) if choices.server not in (None, "real", "mock"):
            return "LoginRefused.next.token"
        case errors.TokenRefused(code=code) if code in TOO_OFTEN:
            return "TokenRefused.next.later"
        case errors.TokenRefused(code=code) if code in UNKNOWN_MACHINE:
            return "TokenRefused.next.machine"
        case errors.CouldNotConnect(reason="refused", address=address) if which := _refusing(address):
            return f"CouldNotConnect.next.{which}"
        case _ if _lacks_room(error):
            return "room.next"
    more = next((name for name in ("silent", "hub", "lease", "nats") if getattr(error, name, ())), "")
    values = (getattr(error, "certificate", ""), getattr(error, "reason", ""), more)
    specific = (f"{key}.next.{value}" for value in values)
    return next((name for name in specific if choices.texts.has(name)), f"{key}.next")


def _refusing(address: str) -> str:
    """Return what is to be started where nothing listens, "" where that is not known."""
    from jogeon.nats.address import is_nats  # only a failure needs it

    if is_nats(address):
        return "nats"
    return "local" if "://127." in address or "://localhost" in address else ""


def explain_usage(error: click.UsageError, texts: Texts, typed: Iterable[str] = ()) -> str:
    """Return the message for a wrong command line; click's own words exist in English only.

    Of the examples of the command the one is shown that begins most like what was typed.
    """
    lines = [clean(line) for line in _misuse(error, texts).split("\n")]
    if isinstance(error, click.NoSuchOption) and (near := _mistyped(error)):
        lines.append(texts("usage.did-you-mean", names=", ".join(near)))
    if error.ctx is not None:
        examples = texts(f"help.{error.ctx.command.name}.examples").splitlines()
        words = ["jogeon", *dropwhile(error.ctx.command.name.__ne__, typed)]  # options may stand before the command
        example = max(examples, key=partial(_common, words))
        lines += [texts("usage.example", example=example), texts("usage.help", command=error.ctx.command_path)]
    return "\n".join(lines)


def _common(typed: Sequence[str], example: str) -> int:
    """Return how many words two command lines begin with in common."""
    pairs = zip(typed, example.split(), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _misuse(error: click.UsageError, texts: Texts) -> str:
    match error:
        case click.BadParameter(param=None):  # ours: click itself always names the parameter
            return error.message
        case click.NoSuchOption(option_name=name):
            is_elsewhere = error.ctx is not None and error.ctx.parent is not None and not _mistyped(error)
            key = "usage.no-such-option.of" if is_elsewhere else "usage.no-such-option"
            return texts(key, command=error.ctx and error.ctx.command.name, name=name)
        case click.MissingParameter(param=click.Parameter() as param):
            return texts("usage.missing", name=param.make_metavar(error.ctx or click.Context(click.Command(None))))
        case click.BadOptionUsage(option_name=name):
            return texts("usage.flag" if _is_flag(error.ctx, name) else "usage.option", name=name)
        case click.BadParameter(param=click.Parameter() as param):
            return texts("usage.value", name=param.get_error_hint(error.ctx), complaint=error.message)
    return texts("usage.no-command")  # a group without one; what is too much for a command, Command refuses itself


def similar(typed: str, known: Iterable[str]) -> list[str]:
    """Return the words that were probably meant: those that begin like this, else the nearest one."""
    bare = typed.strip("-").partition("=")[0].lower()
    words = {word.strip("-"): word for word in known}
    if longer := [word for bare_word, word in words.items() if len(bare) > 1 and bare_word.startswith(bare)]:
        return longer
    from difflib import get_close_matches  # few command lines are wrong

    return [words[near] for near in get_close_matches(bare, words, n=1, cutoff=LIKE)]


def _mistyped(error: click.NoSuchOption) -> list[str]:
    return similar(error.option_name, _flags(error.ctx))


def _flags(ctx: click.Context | None) -> Iterator[str]:
    """Yield the long options that the help of a command shows."""
    params = () if ctx is None else ctx.command.params
    shown = (param for param in params if isinstance(param, click.Option) and not param.hidden)
    return (max(param.opts, key=len) for param in shown)


def _is_flag(ctx: click.Context | None, name: str) -> bool:
    params = () if ctx is None else ctx.command.params
    return any(isinstance(param, click.Option) and param.is_flag and name in param.opts for param in params)
