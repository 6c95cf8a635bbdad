"""What the user decided outside the program: the environment and jogeon.toml.

    server = "mock"                # real, mock, demo, ws://…, wss://…
    lang = "ko"                    # ko, en
    [keys.real]
    folder = "C:/Users/me/keys"    # holds the two downloaded text files; or app_key = "…" and secret_key = "…"

The file is looked for in the working directory, then in the user's configuration folder; each setting is taken from
the first that has it, and a variable of the environment comes before both.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

from jogeon.errors import InvalidSetting
from jogeon.places import config_dir

Mode = Literal["real", "mock"]
"""Kiwoom's two servers: real (실전) and mock (모의투자)."""

FILE_NAME = "jogeon.toml"
FILE_LIMIT = 65_536
ENVIRONMENT = "environment"

logger = logging.getLogger("jogeon.settings")


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
    keys: KeySettings = KeySettings()


def setting_files() -> Iterator[tuple[Path, Settings]]:
    """Yield each jogeon.toml that is there with what it says, the one that counts first; InvalidSetting."""
    for path in (Path(FILE_NAME), config_dir() / FILE_NAME):
        content = _content(path)
        if content is not None:
            yield path, parse(path, content)


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_LIMIT + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InvalidSetting(file=str(path), reason="unreadable", detail=error.strerror or "") from None
    if len(content) > FILE_LIMIT:
        raise InvalidSetting(file=str(path), reason="too large", detail=f"more than {FILE_LIMIT} bytes")
    return content


def parse(path: Path, content: bytes) -> Settings:
    """Return what a jogeon.toml says; InvalidSetting names the field, and never quotes the file: keys are in it."""
    try:
        text = content.decode("utf-8-sig")  # editors on Windows put a mark in front
    except UnicodeDecodeError as error:
        raise InvalidSetting(file=str(path), reason="not text", detail=f"no UTF-8 at byte {error.start}") from None
    try:
        return msgspec.toml.decode(text, type=Settings)
    except msgspec.ValidationError as error:
        detail, _, where = str(error).partition(" - at `$.")
        raise InvalidSetting(file=str(path), field=where.rstrip("`"), reason="wrong value", detail=detail) from None
    except msgspec.DecodeError as error:
        raise InvalidSetting(file=str(path), reason="not TOML", detail=_place(str(error))) from None
    except RecursionError:
        raise InvalidSetting(file=str(path), reason="not TOML", detail="nested too deeply") from None


def _place(complaint: str) -> str:
    """Return where a TOML error is; its other words may quote a value."""
    return complaint[complaint.rfind("(at ") :].strip("()") if "(at " in complaint else ""


def variable(name: str) -> str | None:
    """Return a variable of the environment without blanks around it, None if it is empty or not set."""
    return os.environ.get(name, "").strip() or None


# ------------------------------------------------------------ which server, which language


def chosen_server() -> tuple[str, str]:
    """Return the server where none was named, and who says so: JOGEON_SERVER, jogeon.toml, KIWOOM_MODE, else "real"."""
    if server := variable("JOGEON_SERVER"):
        return server, "JOGEON_SERVER"
    for path, settings in setting_files():
        if settings.server:
            return settings.server, str(path)
    if mode := kiwoom_mode():
        return mode, "KIWOOM_MODE=demo, which means mock" if mode == "mock" else "KIWOOM_MODE"
    return "real", "default"


def chosen_language() -> str | None:
    """Return JOGEON_LANG, else what jogeon.toml says, else None."""
    if lang := variable("JOGEON_LANG"):
        return lang.lower()
    return next((settings.lang for _, settings in setting_files() if settings.lang), None)


def kiwoom_mode() -> Mode | None:
    """Return the server that KIWOOM_MODE names, None if it is not set; InvalidSetting.

    In Kiwoom's own tools `demo` is the mock server (모의투자), not the simulator that is called `demo` here.
    """
    match (variable("KIWOOM_MODE") or "").lower():
        case "":
            return None
        case "real":
            return "real"
        case "demo" | "mock":
            logger.info("KIWOOM_MODE=demo means Kiwoom's mock server (모의투자) here")
            return "mock"
    raise InvalidSetting(file=ENVIRONMENT, field="KIWOOM_MODE", reason="not a mode")


def server_token() -> str | None:
    """Return JOGEON_TOKEN, the token for ws:// and wss:// addresses; InvalidSetting."""
    token = variable("JOGEON_TOKEN")
    if token is not None and not is_one_word(token):
        raise InvalidSetting(file=ENVIRONMENT, field="JOGEON_TOKEN", reason="not one word")
    return token


def is_one_word(secret: str) -> bool:
    """Tell whether a text can be a key or a token: ASCII, no blanks, nothing unseen."""
    return bool(secret) and secret.isascii() and secret.isprintable() and " " not in secret
