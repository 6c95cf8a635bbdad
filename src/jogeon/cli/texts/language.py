"""Korean or English: what was asked for on the command line, else what this machine speaks."""

import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple

Lang = Literal["ko", "en"]


class Text(NamedTuple):
    """One text in both languages, with the same placeholders."""

    ko: str
    en: str


KOREAN_ON_WINDOWS = 0x12
"""The primary language identifier in the low ten bits of a Windows language."""


def asked_for(argv: Sequence[str]) -> Lang | None:
    """Return the value of the last `--lang`, before anything else of the command line is understood.

    A wrong value is refused later, where options are read.
    """
    asked: Lang | None = None
    for word, following in zip_longest(argv, argv[1:], fillvalue=""):
        if word == "--":
            break
        given = f"{word}={following}" if word == "--lang" else word
        match given.lower():
            case "--lang=ko":
                asked = "ko"
            case "--lang=en":
                asked = "en"
    return asked


def config_in(argv: Sequence[str]) -> str:
    """Return the value of the last `--config`, "" for none: the language may stand in that file."""
    named = ""
    for word, following in zip_longest(argv, argv[1:], fillvalue=""):
        if word == "--":
            break
        if word == "--config":
            named = following
        elif word.startswith("--config="):
            named = word.removeprefix("--config=")
    return named


def spoken_here(environ: Mapping[str, str]) -> Lang:
    """Return ko where the locale is Korean: by the first of the usual variables that is set, else by the system."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "ko" if environ[name].lower().startswith("ko") else "en"
    return "ko" if _windows_speaks_korean() else "en"


def _windows_speaks_korean() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes  # Windows sets no LANG

    spoken: int = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return spoken & 0x3FF == KOREAN_ON_WINDOWS
