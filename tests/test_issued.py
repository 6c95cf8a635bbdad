"""Tokens of the simulated broker, with the clock in hand."""

from __future__ import annotations

import pytest

from jogeon.errors import TokenRefused
from jogeon.server.issued import LIFETIME, MOST, TokenIssuer


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_323_600.0  # 2026-11-22 14:00:00 in Korea

    def __call__(self) -> float:
        return self.now


def test_the_same_token_while_it_is_valid_then_another() -> None:
    clock = Clock()
    tokens = TokenIssuer(clock)
    first = tokens.issue("key", "secret")
    clock.now += LIFETIME - 1
    assert tokens.issue("key", "any other secret") == first
    assert tokens.owner(first[0])
    clock.now += 1
    assert tokens.owner(first[0]) is None
    second = tokens.issue("key", "secret")
    assert second[0] != first[0]
    assert tokens.owner(second[0])


def test_the_expiry_is_in_korean_time() -> None:
    assert TokenIssuer(Clock()).issue("key", "secret")[1] == "20261123140000"


def test_every_key_has_its_own() -> None:
    tokens = TokenIssuer(Clock())
    one, two = tokens.issue("one", "s")[0], tokens.issue("two", "s")[0]
    assert len({one, two, "demo"}) == 3
    assert len({tokens.owner(one), tokens.owner(two), tokens.owner("demo")}) == 3


def test_a_revoked_token_is_no_good() -> None:
    tokens = TokenIssuer(Clock())
    token, _ = tokens.issue("key", "secret")
    for appkey, wrong in (("key", "x"), ("other", token)):
        with pytest.raises(TokenRefused, match="8005"):
            tokens.revoke(appkey, wrong)
    tokens.revoke("key", token)
    assert tokens.owner(token) is None
    assert tokens.issue("key", "secret")[0] != token


def test_demo_works_unless_there_is_only_one() -> None:
    assert TokenIssuer(Clock()).owner("demo")
    tokens = TokenIssuer(Clock(), only="mine")
    assert tokens.owner("mine")
    assert tokens.owner("demo") is None
    with pytest.raises(TokenRefused, match="8001"):
        tokens.issue("key", "secret")


def test_nonsense_is_nobodys() -> None:
    for token in ("", "demo ", "DEMO", "\ud800", "데모", "x" * 60_000):
        assert TokenIssuer(Clock()).owner(token) is None


def test_the_oldest_of_very_many_is_forgotten() -> None:
    tokens = TokenIssuer(Clock())
    first, *_, last = [tokens.issue(str(number), "s")[0] for number in range(MOST + 1)]
    assert tokens.owner(first) is None
    assert tokens.owner(last)


def test_a_key_that_gets_another_token_is_the_youngest() -> None:
    clock = Clock()
    tokens = TokenIssuer(clock)
    tokens.issue("first", "s")
    clock.now += LIFETIME
    second, *_ = [tokens.issue(str(number), "s")[0] for number in range(MOST - 1)]
    renewed = tokens.issue("first", "s")[0]
    tokens.issue("one more", "s")
    assert tokens.owner(renewed)
    assert tokens.owner(second) is None
