"""Texts from outside as people may be given them: one line, nothing that steers a screen, nothing that hides.

A name or a message may hold controls, directions of writing, letters that show nothing, and hundreds of marks on one
character. Whoever shows it on a terminal or in a message takes it through here, the page of the board through the same
in format.js; data keep it as it came.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
"""Letters and marks that show nothing, though Python calls them printable: Hangul fillers, selectors, blank signs."""
HARMLESS = re.compile("[ -~가-힣ㄱ-ㅣ一-鿿]*")
"""Texts of these characters alone, which are most, need no closer look."""
MARKS = 4
"""Marks on one character that are shown; a writing needs three, and hundreds grow over the lines above and below."""


def is_mark(character: str) -> bool:
    """Tell whether a character is drawn onto the one before it, as vowels and finals of decomposed Hangul are."""
    if INVISIBLE.match(character):
        return False
    hangul = "\u1161" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"
    return hangul or unicodedata.category(character) in ("Mn", "Me")


def one_line(text: str) -> str:
    """Return text from outside as one harmless line: blanks for line breaks and tabs, "?" for what cannot be seen.

    Marks that are too many for one character become one "?".
    """
    return spelled(text, _seen)


def _seen(harmful: str) -> str:
    return " " if harmful.isspace() else "?"


STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def without_steering(text: str) -> str:
    """Return lines that a user wrote himself, "?" for what steers a screen; what an emoji is made of stays."""
    return "\n".join(STEERING.sub(lambda found: _seen(found[0]), line) for line in text.split("\n"))


def json_shown(text: str) -> str:
    """Return one line of JSON in which all that no screen should be given is escaped; its values stay exact."""
    return spelled(text, _escaped)


def json_bytes(value: object) -> bytes:
    """Return a value as one line of JSON that may be read on a terminal."""
    import msgspec  # no help needs it

    return json_shown(msgspec.json.encode(value).decode()).encode()


def _escaped(harmful: str) -> str:
    if harmful.isspace() and unicodedata.category(harmful) == "Zs":  # a wide blank is only a blank
        return harmful
    units = harmful.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def spelled(text: str, spelling: Callable[[str], str]) -> str:
    """Return a text in which a spelling stands for each piece that no screen should be given.

    Those are controls, line breaks, directions, what cannot be seen, and marks beyond MARKS on one character.
    """
    return text if HARMLESS.fullmatch(text) else "".join(_pieces(text, spelling))


def _pieces(text: str, spelling: Callable[[str], str]) -> Iterator[str]:
    for are_marks, run in groupby(text, is_mark):
        piece = "".join(run)
        if are_marks:
            yield piece[:MARKS]
            yield from [spelling(piece[MARKS:])] * (len(piece) > MARKS)
        else:
            yield from (spelling(each) if _is_harmful(each) else each for each in piece)


def _is_harmful(character: str) -> bool:
    return not character.isprintable() or INVISIBLE.match(character) is not None


# ---------------------------------------------------------------- spreadsheets

FORMULA = "=+-@\u2212"
"""What a text begins with that a spreadsheet runs as a formula; it takes their wide and small forms for the same."""


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may run a text: if it begins like a formula behind what a cell may lose.

    Those are blanks, line breaks, controls and what cannot be seen.
    """
    head = next((each for each in text if not (each.isspace() or _is_harmful(each))), "")
    return unicodedata.normalize("NFKC", head)[:1] in (*FORMULA,) or text[:1] in ("\t", "\r", "\n")


def as_cells(text: str, made: Callable[[str, bool], str]) -> str:
    """Return a text with each piece of it that may become a cell as `made` returns it, told whether it is a formula.

    Where ";" separates a list, as in much of Europe, a spreadsheet splits a CSV there: quotes that a comma needs
    protect nothing then, and one behind a ";" opens a cell.
    """
    first, *others = text.split(";")
    behind = [made(each, is_formula(each.replace('"', ""))) for each in others]
    return ";".join([made(first, is_formula(first)), *behind])
