"""Every text people read in the command, in Korean and English, side by side.

`Texts(lang)("key", name=...)` gives one of them. The first word of a key is its namespace, and each namespace is in one
file, which is loaded when one of its texts is needed. Kiwoom's words are those of 영웅문4 (조건식, 편입, 이탈,
종목코드). Only characters that a Korean Windows console (cp949) can show are used.
"""

import re
from functools import cache
from importlib import import_module

from jogeon.cli.texts.language import Lang, Text
from jogeon.cli.texts.particles import chosen

NAMESPACES = {
    "help": "help",
    "options": "option metavar",
    "usage": "usage bad wanted type expression",
    "failures": "failure mode code Unexpected OSError LocalProtocolError RemoteProtocolError LoginRefused TokenRefused"
    " SessionTaken ConnectionLost RequestTimeout RequestRefused UnknownCondition AmbiguousCondition PagingError"
    " PositionError room"
    " JogeonError JournalError CannotServe MissingExtra AlertRefused AlertUnreachable",
    "settings": "place field InvalidSetting KeysMissing InvalidAddress",
    "connecting": "CouldNotConnect certificate",
    "system": "errno",
    "columns": "column sign",
    "events": "event cause state",
    "reports": "report reported",
    "live": "live",
    "hub": "hub",
    "results": "list search saved wait clear simulate server notices record journal history replay names quotes",
    "login": "account",
    "alerts": "alert note rule",
    "doctor": "doctor health check found",
    "board": "board",
}
"""The files of this folder, and what the keys in each begin with."""
FILES = {name: file for file, names in NAMESPACES.items() for name in names.split()}


PLURAL = re.compile(r"\{(\w+):([\w ]+)\|([\w ]+)\}")
"""A word that follows a number: {count} {count:stock|stocks}."""


@cache
def texts_in(file: str) -> dict[str, Text]:
    """Return the texts of a file of this folder, by their keys."""
    found: dict[str, Text] = import_module(f"{__name__}.{file}").TEXTS
    return found


def find(key: str) -> Text | None:
    """Return a text in both languages, None if no key is like this."""
    file = FILES.get(key.partition(".")[0])
    return None if file is None else texts_in(file).get(key)


class Texts:
    """The texts in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang

    def __call__(self, key: str, **fields: object) -> str:
        """Return a text with its placeholders filled; KeyError for a key or a placeholder that does not exist."""
        found = find(key)
        if found is None:
            raise KeyError(key)
        text = found.ko if self.lang == "ko" else found.en
        if "|" in text:
            text = PLURAL.sub(lambda match: match[2 + (str(fields[match[1]]) != "1")], text)
        if self.lang == "ko" and "(" in text and fields:
            text = chosen(text, fields)
        return text.format(**fields) if fields else text

    def has(self, key: str) -> bool:
        """Tell whether there is a text of this key."""
        return find(key) is not None
