"""The values of the wire: codes, numbers, signs, and a search's row made of them. Field numbers become names here."""

import re
import unicodedata
from typing import Any

from jogeon.events import Sign, Stock

WORDS = 1000
"""Characters kept of what a peer says in words, and bytes of what nobody understands: a frame may have megabytes."""

_SIGNS: dict[str, Sign] = {"1": "limit-up", "2": "rise", "3": "flat", "4": "limit-down", "5": "fall"}
_NUMBER = re.compile(r"[+-]?\d{1,18}")


def text_of(value: object) -> str:
    """Return a field as text; of what has fields of its own only what it is, because it may be nested without end."""
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return "" if value is None else str(value)[:WORDS]


def composed(name: str) -> str:
    """Return a name without blanks around it, its Hangul composed: macOS writes 가 as ㄱ and ㅏ, Kiwoom does not."""
    return unicodedata.normalize("NFC", name.strip())


def stock_code(text: str) -> str:
    """Return a six-character code: one leading letter of a seven-character code and a venue suffix are dropped."""
    code = text.strip()
    if code.endswith(("_AL", "_NX")):
        code = code[:-3]
    return code[1:] if len(code) == 7 and code[0].isalpha() else code


def stock_of(row: dict[str, Any], oddities: list[str]) -> Stock:
    """Return a row of a search that has a code; a number that cannot be read is None and named in `oddities`."""

    def number(name: str) -> int | None:
        text = text_of(row.get(name)).strip()
        if not text:
            return None
        if _NUMBER.fullmatch(text):
            return int(text)
        oddities.append(f"{row['9001']} field {name} = {text[:40]!r}")
        return None

    def won(name: str) -> int | None:
        value = number(name)  # the sign of a price tells its direction, not its value
        return None if value is None else abs(value)

    thousandths = number("12")
    return Stock(
        code=stock_code(row["9001"]),
        name=text_of(row.get("302")).strip(),
        price=won("10"),
        sign=_SIGNS.get(text_of(row.get("25")).strip()),
        change=number("11"),
        rate=None if thousandths is None else thousandths / 1000,
        volume=number("13"),
        open=won("16"),
        high=won("17"),
        low=won("18"),
    )
