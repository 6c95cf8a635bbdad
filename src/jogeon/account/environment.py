"""What the environment says: its variables, and which files may hold settings. No file is read here."""

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

from jogeon.account.pasted import is_one_word, unquoted
from jogeon.errors import InvalidAddress, InvalidSetting
from jogeon.files import ENVIRONMENT, config_dir, expanded
from jogeon.masks import hide, unmasked

Mode = Literal["real", "mock"]
"""Kiwoom's two servers: real (실전) and mock (모의투자)."""

FILE_NAME = "jogeon.toml"
LANGUAGES = ("ko", "en")

_named: ContextVar[str] = ContextVar("config", default="")


# ------------------------------------------------------------ which files


@contextlib.contextmanager
def config_file(path: str) -> Iterator[None]:
    """Take the settings from one file and no other while this lasts; "" changes nothing."""
    before = _named.set(path or _named.get())
    try:
        yield
    finally:
        _named.reset(before)


def named_file() -> tuple[Path, str] | None:
    """Return the one file that holds the settings, with the variable that names it ("" for `config_file`), or None."""
    if named := _named.get():
        return expanded(named), ""
    named_outside = variable("JOGEON_CONFIG")
    return (expanded(named_outside), "JOGEON_CONFIG") if named_outside else None


def usual_files() -> Iterator[Path]:
    """Yield where a jogeon.toml is looked for if no file is named, the one that counts first."""
    yield Path(FILE_NAME)
    with contextlib.suppress(InvalidSetting):  # without a home there is no file in it
        yield config_dir() / FILE_NAME


def has_settings() -> bool:
    """Tell whether there is a file to read settings from, or one that was named and may be missing."""
    return named_file() is not None or any(map(os.path.lexists, usual_files()))


# ------------------------------------------------------------ which variables


def variable(name: str) -> str | None:
    """Return a variable of the environment without blanks around it, None if it is empty or not set."""
    return os.environ.get(name, "").strip() or None


def language() -> Literal["ko", "en"] | None:
    """Return the language that JOGEON_LANG names, None if it is not set; InvalidSetting."""
    match (variable("JOGEON_LANG") or "").lower():
        case "":
            return None
        case "ko":
            return "ko"
        case "en":
            return "en"
    raise InvalidSetting(file=ENVIRONMENT, field="JOGEON_LANG", reason="not allowed", detail=", ".join(LANGUAGES))


def kiwoom_mode() -> Mode | None:
    """Return the server that KIWOOM_MODE names, None if it is not set; InvalidSetting.

    In Kiwoom's own tools `demo` is the mock server (모의투자), not the simulator that is called `demo` here.
    """
    match (variable("KIWOOM_MODE") or "").lower():
        case "":
            return None
        case "real":
            return "real"
        case "mock":
            return "mock"
        case "demo":
            import logging  # no help needs it

            logger = logging.getLogger("jogeon.settings")
            logger.addFilter(unmasked)
            logger.info("KIWOOM_MODE=demo means Kiwoom's mock server (모의투자) here")
            return "mock"
    raise InvalidSetting(file=ENVIRONMENT, field="KIWOOM_MODE", reason="not a mode")


def server_rest(*, insecure: bool = False) -> str | None:
    """Return JOGEON_REST, where a ws:// or wss:// server serves HTTP; InvalidSetting."""
    rest = variable("JOGEON_REST")
    if rest is None:
        return None
    from jogeon.endpoint import checked_rest  # no help needs it

    try:
        return checked_rest(unquoted(rest), insecure=insecure)
    except InvalidAddress as error:
        raise InvalidSetting(file=ENVIRONMENT, field="JOGEON_REST", reason=error.reason) from None


def server_token() -> str | None:
    """Return JOGEON_TOKEN, the token for ws:// and wss:// addresses; InvalidSetting."""
    token = unquoted(variable("JOGEON_TOKEN") or "") or None
    if token is not None and not is_one_word(token):
        raise InvalidSetting(file=ENVIRONMENT, field="JOGEON_TOKEN", reason="not one word")
    hide(token or "")
    return token
