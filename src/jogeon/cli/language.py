"""Korean or English: what was asked for on the command line, else what this machine speaks."""

import sys
from collections.abc import Mapping, Sequence

from jogeon.cli.texts import Lang

KOREAN_ON_WINDOWS = 0x12
"""The primary language identifier in the low ten bits of a Windows language."""


def language(argv: Sequence[str], environ: Mapping[str, str]) -> Lang:
    """Return the language to speak, before anything else of the command line is understood."""
    return asked_for(argv) or spoken_here(environ)


def asked_for(argv: Sequence[str]) -> Lang | None:
    """Return the value of the last `--lang`, if it is one; a wrong value is refused later, where options are read."""
    asked: Lang | None = None
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word == "--":
            break
        value = following if word == "--lang" else word.removeprefix("--lang=")
        match value.lower():
            case "ko":
                asked = "ko"
            case "en":
                asked = "en"
    return asked


def spoken_here(environ: Mapping[str, str]) -> Lang:
    """Return ko where the locale is Korean: the first of the usual variables that is set, else the system's language."""
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
