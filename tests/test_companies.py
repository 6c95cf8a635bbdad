"""The made-up companies: many, plainly synthetic, with codes as awkward as the exchange's."""

from __future__ import annotations

import re

from jogeon.simulator.market.companies import companies


def test_there_are_as_many_as_on_the_exchange() -> None:
    assert len(companies()) >= 2_500


def test_names_are_unique_and_plainly_made_up() -> None:
    names = [company.name for company in companies()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"가상[가-힣]+ \d{3}", name) for name in names)


def test_codes_are_six_characters_and_unique() -> None:
    codes = [company.code for company in companies()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[0-9A-Z]{6}", code) for code in codes)


def test_most_codes_are_digits_but_not_all() -> None:
    codes = [company.code for company in companies()]
    digits = sum(code.isdigit() for code in codes)
    assert 0.9 * len(codes) < digits < len(codes)
    assert "0000D0" in codes


def test_some_codes_begin_with_zero() -> None:
    assert any(company.code.startswith("000") and company.code.isdigit() for company in companies())
