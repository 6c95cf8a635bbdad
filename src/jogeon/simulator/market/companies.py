"""What is listed on the synthetic market: plainly made up, the same for every seed, with codes as awkward as real ones.

Codes have six characters. Common stocks end in 0, preferred ones (우선주) in 5, 7 or K; funds (ETF), notes (ETN) and
warrants (ELW) have shapes of their own, some with letters.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECTORS: Final[Sequence[str]] = (
    "전자", "화학", "제약", "건설", "기계", "식품", "조선", "철강", "게임", "통신",
    "물산", "금융", "에너지", "소재", "항공", "유통", "섬유", "로봇", "반도체", "바이오",
)  # fmt: skip
COMPANIES_IN_A_SECTOR: Final = 105
PREFERRED: Final = (("5", "우"), ("7", "2우B"), ("K", "3우C"))
"""The last character of a preferred stock's code and the end of its name, one each for the first of every sector."""
FUNDS, NOTES, WARRANTS = 240, 80, 120
LETTERS: Final = "ABCDEFGHJKLMNPQRSTVWXYZ"
"""What the exchange uses in alphanumeric codes: no I, O or U."""
ISSUERS: Final = ("530", "550", "570", "580")
"""Of notes: the first three digits of their codes."""

MarketType = Literal["0", "10", "8", "60", "3"]
"""Kiwoom's mrkt_tp: KOSPI, KOSDAQ, ETF, ETN, ELW."""
PREFIXES: Final[dict[MarketType, str]] = {"0": "A", "10": "A", "8": "A", "60": "Q", "3": "J"}
"""The letter before a code in snapshots and searches."""


class Company(Struct, frozen=True):
    """What is listed: six-character code (종목코드), name (종목명), its market, and whether NXT trades it, too."""

    code: str
    name: str
    market: MarketType
    on_nxt: bool = False


@cache
def companies() -> Sequence[Company]:
    """Return all that is listed on KRX."""
    return (*_common(), *_preferred(), *_funds(), *_notes(), *_warrants())


@cache
def nxt_codes() -> frozenset[str]:
    """Return the codes that NXT trades, too."""
    return frozenset(company.code for company in companies() if company.on_nxt)


@cache
def prefix(code: str) -> str:
    """Return the letter that stands before a code in snapshots and searches; A for one that is not listed."""
    return PREFIXES[_markets().get(code, "0")]


@cache
def _markets() -> dict[str, MarketType]:
    return {company.code: company.market for company in companies()}


def _common() -> Iterator[Company]:
    """Yield common stocks: digits, but letters in one sector."""
    for number in range(len(SECTORS) * COMPANIES_IN_A_SECTOR):
        index, sector = divmod(number, len(SECTORS))
        market: MarketType = "0" if index % 5 < 2 else "10"
        code = _lettered(index) if sector == len(SECTORS) - 1 else f"{(number + 1) * 37:05d}0"
        yield Company(code, _name(sector, index), market, on_nxt=number % 4 == 0)


def _preferred() -> Iterator[Company]:
    for number, common in enumerate(list(_common())[: len(SECTORS) * len(PREFERRED)]):
        last, end = PREFERRED[number // len(SECTORS)]
        yield Company(common.code[:5] + last, common.name + end, "0")


def _funds() -> Iterator[Company]:
    for number in range(FUNDS):
        code = _lettered(2_300 + number) if number % 2 else f"{80_000 + number * 7:05d}0"
        yield Company(code, f"가상ETF {SECTORS[number % len(SECTORS)]} {number // len(SECTORS) + 1:03d}", "8")


def _notes() -> Iterator[Company]:
    for number in range(NOTES):
        code = f"{ISSUERS[number % 4]}{number // 4:02d}{1 + number % 9}"
        yield Company(code, f"가상ETN {SECTORS[number % len(SECTORS)]} {number // len(SECTORS) + 1:03d}", "60")


def _warrants() -> Iterator[Company]:
    for number in range(WARRANTS):
        first, second = divmod(number * 5 % 529, len(LETTERS))
        code = f"5{7 + number % 3}{LETTERS[first]}{LETTERS[second]}H{LETTERS[number % 7]}"
        side = "풋" if number % 2 else "콜"
        yield Company(code, f"가상ELW {SECTORS[number // 2 % len(SECTORS)]} {number + 1:03d}{side}", "3")


def _name(sector: int, index: int) -> str:
    return f"가상{SECTORS[sector]} {index + 1:03d}"


def _lettered(index: int) -> str:
    number, letter = divmod(index, len(LETTERS))
    return f"{number:04d}{LETTERS[letter]}0"
