"""What the user decided outside the program: jogeon.toml, and the environment before it.

    server = "mock"                # real, mock, demo, ws://…, wss://…
    lang = "ko"                    # ko, en
    price_limit = 100              # stocks whose trades the broker is asked to push
    [keys.real]
    folder = "C:/Users/me/keys"    # holds the two downloaded text files; or app_key = "…" and secret_key = "…"
    [alerts]                       # see jogeon.alerts.settings

The file is looked for in the working directory, then in the user's configuration folder; each setting is taken from
the first that has it, and a variable of the environment comes before both. JOGEON_CONFIG names one file instead.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from jogeon.account.environment import LANGUAGES, kiwoom_mode, language, named_file, usual_files, variable
from jogeon.errors import InvalidSetting
from jogeon.files import ENVIRONMENT, read_small
from jogeon.reports import Report, complaint_of, place_in_toml

_HEADER = re.compile(r"^([ \t]*\[\[?)([^\]\"'\n]*[^\x00-\x7f][^\]\"'\n]*)(\])", re.MULTILINE)
_BARE = re.compile(r"([\w-]*[^\x00-\x7f][\w-]*)")
SERVERS = ("real", "mock", "demo", "ws://…", "wss://…")


class KeySetting(Struct, frozen=True, forbid_unknown_fields=True):
    """A table [keys.real] or [keys.mock]: both keys, or the folder of the two downloaded files."""

    app_key: str = ""
    secret_key: str = ""
    folder: str = ""

    def __repr__(self) -> str:
        return "KeySetting(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class KeySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of keys, by server."""

    real: KeySetting | None = None
    mock: KeySetting | None = None


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What a jogeon.toml may hold."""

    server: str | None = None
    lang: Literal["ko", "en"] | None = None
    price_limit: int | None = None
    """Of how many stocks the broker is asked to push trades; fewer once it refuses so many."""
    keys: KeySettings = KeySettings()
    alerts: dict[str, Any] | None = None
    """What it says of alerts, as it is written: only who sends them reads it."""


def setting_files() -> Iterator[tuple[Path, Settings]]:
    """Yield each jogeon.toml that is there with what it says, the one that counts first; InvalidSetting."""
    if named := named_file():
        path, variable_name = named
        content = read_small(path)
        if content is None:
            raise InvalidSetting(file=str(path), field=variable_name, reason="missing")
        yield path, parse(path, content)
        return
    for path in usual_files():
        content = read_small(path)
        if content is not None:
            yield path, parse(path, content)


def parse(path: Path, content: bytes) -> Settings:
    """Return what a jogeon.toml says; InvalidSetting names the field, and never quotes the file: keys are in it."""
    try:
        text = content.decode("utf-8-sig")  # editors on Windows put a mark in front
    except UnicodeDecodeError as error:
        raise InvalidSetting(
            file=str(path), reason="not text", detail=Report("not UTF-8", number=error.start)
        ) from None
    try:
        settings = _decoded(text)
    except msgspec.ValidationError as error:
        raise _wrong(path, complaint_of(error)) from None
    except msgspec.DecodeError as error:
        raise _no_toml(path, text, place_in_toml(str(error))) from None
    except RecursionError:
        raise InvalidSetting(file=str(path), reason="not TOML", detail=Report("nested too deeply")) from None
    _check(path, text, settings)
    return settings


def _decoded(text: str) -> Settings:
    """Return what a text says, also where it has names in Hangul without the quotes that TOML wants around them."""
    try:
        return msgspec.toml.decode(text, type=Settings)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        quoted = quoted_names(text)
        if quoted == text:
            raise
        try:
            return msgspec.toml.decode(quoted, type=Settings)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:  # it is told where the text itself is wrong
            pass
        raise


def quoted_names(text: str) -> str:
    """Return a TOML text with quotes around the bare names in headers that are not ASCII: `[alerts.targets.폰]`."""
    return _HEADER.sub(lambda found: found[1] + _BARE.sub(r'"\1"', found[2]) + found[3], text)


def _wrong(path: Path, complaint: Report) -> InvalidSetting:
    """Return what is wrong with a value; its place is known, and its allowed values if they are few."""
    field = complaint.place
    if field == "lang":
        return InvalidSetting(file=str(path), field=field, reason="not allowed", detail=", ".join(LANGUAGES))
    detail = msgspec.structs.replace(complaint, place="")
    return InvalidSetting(file=str(path), field=field, reason="wrong value", detail=detail)


def _no_toml(path: Path, text: str, place: Report | None) -> InvalidSetting:
    """Return where the text is no TOML; a backslash in double quotes is a Windows path nine times out of ten."""
    line = 0 if place is None else place.line
    written = text.splitlines()[line - 1 :][:1] if line else []
    reason = "backslash" if written and re.search(r'=\s*"[^"]*\\', written[0]) else "not TOML"
    return InvalidSetting(file=str(path), reason=reason, detail=place or "")


def _check(path: Path, text: str, settings: Settings) -> None:
    """Refuse what is TOML and cannot be meant."""
    if settings.server is not None:
        checked_server(settings.server, str(path), "server")
    if settings.price_limit is not None and settings.price_limit < 1:
        raise InvalidSetting(file=str(path), field="price_limit", reason="below one")
    for name, table in (("real", settings.keys.real), ("mock", settings.keys.mock)):
        if table is not None and not table.folder.isprintable():  # "C:\temp" has a tab in it
            lines = (number for number, line in enumerate(text.splitlines(), 1) if re.search(r"\bfolder\b.*\\", line))
            line, field = next(lines, None), f"keys.{name}.folder"
            detail = "" if line is None else Report("in line", line=line)
            raise InvalidSetting(file=str(path), field=field, reason="backslash", detail=detail)


def checked_server(server: str, file: str, field: str) -> str:
    """Return what names a server; InvalidSetting with the allowed ones otherwise."""
    if server in ("real", "mock", "demo") or "://" in server:
        return server
    raise InvalidSetting(file=file, field=field, reason="not allowed", detail=", ".join(SERVERS))


# ------------------------------------------------------------ which server, which language


def chosen_server() -> tuple[str, str]:
    """Return the server where none was named, and who says so: JOGEON_SERVER, jogeon.toml, KIWOOM_MODE, else "real"."""
    if server := variable("JOGEON_SERVER"):
        return checked_server(server, ENVIRONMENT, "JOGEON_SERVER"), "JOGEON_SERVER"
    for path, settings in setting_files():
        if settings.server is not None:
            return settings.server, str(path)
    if mode := kiwoom_mode():
        return mode, f"KIWOOM_MODE={(variable('KIWOOM_MODE') or mode).lower()}"
    return "real", "default"


def chosen_language() -> Literal["ko", "en"] | None:
    """Return JOGEON_LANG, else what jogeon.toml says, else None; InvalidSetting."""
    return language() or next((settings.lang for _, settings in setting_files() if settings.lang), None)


def chosen_price_limit() -> int | None:
    """Return of how many stocks the broker is asked to push trades by jogeon.toml, else None; InvalidSetting."""
    return next((settings.price_limit for _, settings in setting_files() if settings.price_limit), None)
