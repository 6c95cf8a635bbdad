"""The companies of the synthetic market: plainly made up, the same for every seed."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from msgspec import Struct

SECTORS: Final[Sequence[str]] = (
    "전자", "화학", "제약", "건설", "기계", "식품", "조선", "철강", "게임", "통신",
    "물산", "금융", "에너지", "소재", "항공", "유통", "섬유", "로봇", "반도체", "바이오",
)  # fmt: skip
COMPANIES_IN_A_SECTOR: Final = 130
LETTERS: Final = "ABCDEFGHJKLMNPQRSTVWXYZ"
"""What the exchange uses in alphanumeric codes: no I, O or U."""


class Company(Struct, frozen=True):
    """A listed company: six-character code (종목코드) and name (종목명)."""

    code: str
    name: str


@cache
def companies() -> Sequence[Company]:
    """Return all listed companies. As on the exchange, codes may begin with zeros; every twentieth holds a letter."""
    total = len(SECTORS) * COMPANIES_IN_A_SECTOR
    return tuple(Company(code=_code(number), name=_name(number)) for number in range(total))


def _name(number: int) -> str:
    index, sector = divmod(number, len(SECTORS))
    return f"가상{SECTORS[sector]} {index + 1:03d}"


def _code(number: int) -> str:
    if number % 20 == 19:
        index, letter = divmod(number // 20, len(LETTERS))
        return f"{index:04d}{LETTERS[letter]}0"
    return f"{(number + 1) * 37:05d}0"  # 37 spreads the codes over the whole range without a repeat
