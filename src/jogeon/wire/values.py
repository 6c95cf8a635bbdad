"""The values of the wire: codes, numbers, signs.

The broker writes texts throughout. A number that stands where a text was is read as that text, zeros in front and all,
wherever there is only one text that it can have been.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice
from typing import Any

import msgspec

from jogeon.events import Sign

NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
WORDS = 1000
"""Characters kept of a peer's words, and bytes of an unknown frame, which may have megabytes."""
LONGEST_VALUE = 20
"""Characters of a code or a time. A longer value is neither, and would break the memory bounds of the queues."""

SIGNS: dict[str, Sign] = {"1": "limit-up", "2": "rise", "3": "flat", "4": "limit-down", "5": "fall"}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]{0,9})?|\.[0-9]{1,9})")
_CODE = re.compile(r"[0-9A-Za-z]{1,17}(_[A-Z]{2})?")
_BARE_CODE = re.compile(r"(?=\D*\d)[A-Z]?[0-9A-Z]{6}(_AL|_NX)?", re.ASCII)
_SUCCESS = re.compile("(정상(적으로)?)?((처리|조회)(가?완료)?)?((되었|됐)습니다)?|완료|성공|ok|success|normal")
"""The whole of a text of success, without blanks and punctuation. A part would not do: texts of failure
(정상적으로 처리되지 않았습니다, 비정상) begin or end with the same words."""

_ESCAPES = re.compile(r"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w|(\\u[dD][89a-fA-F]\w\w)|\\.")
"""An escape in a JSON text; the group is half of a pair that stands alone, of which no character can be made."""


def without_broken(text: bytes) -> str | None:
    """Return a JSON text with U+FFFD for each broken character, None if none of it is broken."""
    mended = _ESCAPES.sub(lambda found: "\ufffd" if found[1] else found[0], text.decode(errors="replace"))
    return None if mended.encode() == text else mended


def parsed(text: bytes) -> Any:
    """Return what a JSON text holds; a broken character costs itself only. NO_JSON where it is none."""
    try:
        return msgspec.json.decode(text)
    except NO_JSON:
        if (mended := without_broken(text)) is None:
            raise
        return msgspec.json.decode(mended)


def composed(name: str) -> str:
    """Return a name without blanks around it, its Hangul composed: macOS writes 가 as ㄱ and ㅏ, Kiwoom does not."""
    return unicodedata.normalize("NFC", name.strip())


def text_of(value: object) -> str:
    """Return a field as text, at most WORDS long; a list or an object as its size, because it may be nested deeply."""
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    return "" if value is None else str(value)[:WORDS]


def plain(value: object) -> str:
    """Return a text without the blanks around it, or a number as text; "" for all that is neither."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:WORDS] if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def shown(row: object) -> str:
    """Return a row that cannot be read as words for a person: what it is, and a little of what it holds."""
    match row:
        case dict():
            return f"{{{', '.join(f'{str(name)[:20]}: {text_of(value)[:40]}' for name, value in _few(row.items()))}}}"
        case list():
            return f"[{', '.join(text_of(value)[:40] for value in _few(row))}]"
    return repr(text_of(row)[:100])


def _few(values: Iterable[Any]) -> Iterable[Any]:
    return islice(values, 5)


def is_success(words: str) -> bool:
    """Tell whether words say that all is well, or nothing at all."""
    said = "".join(each for each in unicodedata.normalize("NFC", words).casefold() if each.isalnum()).strip("0")
    return _SUCCESS.fullmatch(said) is not None


def rows_of(data: object) -> list[Any] | None:
    """Return the rows in a field: a list, one object that stands for a list of it, or the JSON text of either.

    What is empty has no rows; None for what could not hold any.
    """
    if isinstance(data, str) and data.lstrip()[:1] in ("[", "{"):
        try:
            data = msgspec.json.decode(data)
        except (msgspec.DecodeError, RecursionError):
            return None
    match data:
        case list():
            return data
        case dict():
            return [data] if data else []
        case None:
            return []
    return [] if isinstance(data, str) and not data.strip() else None


def stock_code(text: str) -> str:
    """Return a six-character code: one leading letter of a seven-character code and a venue suffix are dropped."""
    code = text.strip()
    if code.endswith(("_AL", "_NX")):
        code = code[:-3]
    return code[1:] if len(code) == 7 and code[0].isalpha() else code


def code_of(value: object) -> str:
    """Return the six-character code of a field, "" if it holds none."""
    text = plain(value)
    if not isinstance(value, str):
        return _six_digits(text)
    return stock_code(text) if _CODE.fullmatch(text) else ""


def bare_code(value: object) -> str:
    """Return the code that a text without a name for it must be, "" if it may be something else."""
    return stock_code(value) if isinstance(value, str) and _BARE_CODE.fullmatch(value.strip()) else ""


def clock_of(value: object) -> str:
    """Return the HHMMSS of a field, "" if it holds none; what a text says is looked at where its date is found."""
    text = plain(value)
    if not isinstance(value, str):
        return _six_digits(text)
    return text if len(text) <= LONGEST_VALUE else ""


def _six_digits(number: str) -> str:
    """Return a number as the six digits it had as text, zeros in front; "" for zero, which stands for no value."""
    return number.zfill(6) if number.isdecimal() and len(number) <= 6 and number != "0" else ""


def integer_of(value: object) -> int | None:
    """Return the signed whole number of a field, None if it holds none."""
    text = plain(value)
    return int(text) if _NUMBER.fullmatch(text) else None


def won_of(value: object) -> int | None:
    """Return the price of a field in won: its sign is the direction, not part of the price. None if there is none.

    Zero is none, too: the broker writes it for a stock that was not traded yet, or for the ask at the upper limit.
    """
    return abs(integer_of(value) or 0) or None


def decimal_of(value: object) -> float | None:
    """Return the decimal number of a field, None if it holds none."""
    text = plain(value)
    return float(text) if _DECIMAL.fullmatch(text) else None


def number_text(value: float | None, form: str = "d") -> str:
    """Return a number as the broker writes it, "" for None."""
    return "" if value is None else format(value, form)


def sign_digit(sign: Sign | None) -> str:
    """Return the digit of a sign (field 25), "" for None."""
    return next((digit for digit, known in SIGNS.items() if known == sign), "")
