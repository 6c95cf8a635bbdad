"""What is listed: much, plainly synthetic, with codes as awkward as the exchange's."""

from __future__ import annotations

import re
from collections import Counter

from jogeon.simulator.market.companies import companies, nxt_codes, prefix


def codes(market: str) -> list[str]:
    return [company.code for company in companies() if company.market == market]


def test_there_is_as_much_as_on_the_exchange() -> None:
    assert len(companies()) >= 2_500
    assert all(count >= 50 for count in Counter(company.market for company in companies()).values())
    assert {company.market for company in companies()} == {"0", "10", "8", "60", "3"}


def test_names_are_unique_and_plainly_made_up() -> None:
    names = [company.name for company in companies()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"가상(ETF |ETN |ELW )?[가-힣]+ \d{3}(우|2우B|3우C|콜|풋)?", name) for name in names)


def test_codes_are_six_characters_and_unique() -> None:
    every = [company.code for company in companies()]
    assert len(set(every)) == len(every)
    assert all(re.fullmatch(r"[0-9A-Z]{6}", code) for code in every)


def test_common_stocks_end_in_zero_and_some_begin_with_zero_or_hold_a_letter() -> None:
    stocks = [code for code in codes("0") + codes("10") if code.endswith("0")]
    assert len(stocks) > 2_000
    assert any(code.startswith("000") and code.isdigit() for code in stocks)
    assert 0.9 * len(stocks) < sum(code.isdigit() for code in stocks) < len(stocks)
    assert "0000D0" in stocks


def test_preferred_stocks_end_in_5_7_or_k_beside_their_common_one() -> None:
    preferred = [company for company in companies() if company.market in {"0", "10"} and company.code[-1] != "0"]
    assert {company.code[-1] for company in preferred} == {"5", "7", "K"}
    names = {company.code: company.name for company in companies()}
    assert all(company.name.startswith(names[f"{company.code[:5]}0"]) for company in preferred)


def test_funds_notes_and_warrants_have_shapes_of_their_own() -> None:
    assert {code.isdigit() for code in codes("8")} == {True, False}
    assert all(re.fullmatch(r"5[3578]0\d{3}", code) for code in codes("60"))
    assert all(re.fullmatch(r"5[789][A-Z]{4}", code) for code in codes("3"))


def test_the_letter_before_a_code_tells_what_it_is() -> None:
    assert {market: {prefix(code) for code in codes(market)} for market in ("0", "8", "60", "3")} == {
        "0": {"A"}, "8": {"A"}, "60": {"Q"}, "3": {"J"},
    }  # fmt: skip
    assert prefix("999999") == "A"


def test_nxt_trades_some_common_stocks() -> None:
    assert 100 < len(nxt_codes()) < len(codes("0") + codes("10")) / 2
    assert nxt_codes() < set(codes("0") + codes("10"))
