"""Korean particles (조사), which depend on how the word before them ends: 급등주를, 시장을.

A text writes both forms after its placeholder, `{name}을(를)`; where the end of the word can be heard, one is left.
"""

import re

FORMS = {
    "은(는)": ("은", "는"),
    "을(를)": ("을", "를"),
    "이(가)": ("이", "가"),
    "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
"""What is written, with the form after a consonant and that after a vowel."""
HEARD = re.compile(r"\{(\w+)([^}]*)\}(['\"]?)(" + "|".join(map(re.escape, FORMS)) + ")")
FIRST, LAST, RIEUL = ord("가"), ord("힣"), 8
DIGITS = dict(zip("0123456789", (21, 8, 0, 16, 0, 0, 1, 8, 8, 0), strict=True))
"""The final consonants of 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구."""


def chosen(text: str, fields: dict[str, object]) -> str:
    """Return a text in which a particle after a placeholder is the one that its value asks for."""
    return HEARD.sub(lambda match: match[0].removesuffix(match[4]) + _form(match[4], str(fields[match[1]])), text)


def _form(written: str, word: str) -> str:
    final = _final(word.rstrip("'\"")[-1:])
    if final is None:
        return written
    after_consonant, after_vowel = FORMS[written]
    return after_vowel if not final or (written == "(으)로" and final == RIEUL) else after_consonant


def _final(letter: str) -> int | None:
    """Return the number of the final consonant of a syllable or a digit, 0 for none; None where none is heard."""
    if letter in DIGITS:
        return DIGITS[letter]
    return (ord(letter) - FIRST) % 28 if letter and FIRST <= ord(letter) <= LAST else None
