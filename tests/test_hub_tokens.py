"""Whom the hub lets in."""

from __future__ import annotations

import pytest

from jogeon.account.keys import Keys
from jogeon.errors import TokenRefused
from jogeon.hub.tokens import HubTokens


def test_above_a_simulator_any_pair_gets_a_token_and_demo_is_one() -> None:
    tokens = HubTokens(lambda: 0.0)
    token, _ = tokens.issue("any", "pair")
    assert tokens.owner(token)
    assert tokens.owner("demo")
    assert tokens.owner("other") is None


def test_above_a_broker_only_its_own_pair_does() -> None:
    tokens = HubTokens(lambda: 0.0, Keys("the-app-key", "the-secret-key"))
    for pair in (("the-app-key", "another"), ("another", "the-secret-key"), ("\ud800", "x")):
        with pytest.raises(TokenRefused) as refused:
            tokens.issue(*pair)
        assert refused.value.code == "8001"
    token, _ = tokens.issue("the-app-key", "the-secret-key")
    assert tokens.owner(token) == "app key"
    assert tokens.owner("demo") is None
    tokens.revoke("the-app-key", token)
    assert tokens.owner(token) is None


def test_this_users_own_programs_have_a_token_that_no_other_hub_takes() -> None:
    keys = Keys("the-app-key", "the-secret-key")
    tokens = HubTokens(lambda: 0.0, keys)
    assert tokens.owner(tokens.own) == "this user"
    assert HubTokens(lambda: 0.0, keys).owner(tokens.own) is None
