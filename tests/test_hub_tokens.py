"""Whom the hub lets in."""

from __future__ import annotations

import pytest

from jogeon.account.consumers import PREFIX, Consumer, Roll, hashed
from jogeon.account.keys import Keys
from jogeon.errors import InvalidSetting, TokenRefused
from jogeon.hub.tokens import HubTokens, Program


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


ONE = Consumer("one", PREFIX + "1", hashed("secret one"), "watch", 0)
TWO = Consumer("two", PREFIX + "2", hashed("secret two"), "all", 0)


class File:
    """A roll that changes."""

    def __init__(self, *consumers: Consumer) -> None:
        self.consumers = consumers
        self.damaged = False
        self.changes = 0

    def write(self, *consumers: Consumer) -> None:
        self.consumers, self.changes = consumers, self.changes + 1

    def roll(self) -> Roll:
        return Roll(self.read, lambda: (self.changes, self.damaged))

    def read(self) -> tuple[Consumer, ...]:
        if self.damaged:
            raise InvalidSetting(file="f", reason="spoilt")
        return self.consumers


@pytest.mark.parametrize("keys", [None, Keys("the-app-key", "the-secret-key")])
def test_a_consumer_gets_a_token_for_its_keys_or_comes_with_its_secret_key(keys: Keys | None) -> None:
    tokens = HubTokens(lambda: 0.0, keys, File(ONE, TWO).roll())
    token, _ = tokens.issue(ONE.appkey, "secret one")
    for each in (token, "secret one"):
        assert tokens.program(each) == Program("one", "watch", ONE.appkey)
    for pair in ((ONE.appkey, "secret two"), (PREFIX + "3", "secret one"), (ONE.appkey, ONE.hashed)):
        with pytest.raises(TokenRefused):
            tokens.issue(*pair)
    assert tokens.program(ONE.hashed) is None
    assert tokens.program("") is None


def test_who_is_revoked_is_out_at_the_next_look_and_the_others_stay() -> None:
    file = File(ONE, TWO)
    tokens = HubTokens(lambda: 0.0, roll=file.roll())
    first, second = (tokens.issue(each.appkey, f"secret {each.name}")[0] for each in (ONE, TWO))
    assert tokens.look() == set()
    file.write(TWO)
    assert tokens.look() == {ONE.appkey}
    assert [tokens.owner(token) for token in (first, "secret one", second)] == [None, None, "two"]
    with pytest.raises(TokenRefused):
        tokens.issue(ONE.appkey, "secret one")  # where any pair of keys will do, a revoked one will not


def test_a_damaged_roll_changes_nothing_while_the_hub_runs_and_keeps_it_from_beginning() -> None:
    file = File(ONE)
    tokens = HubTokens(lambda: 0.0, roll=file.roll())
    file.damaged = True
    assert tokens.look() == set()
    assert tokens.owner("secret one") == "one"
    with pytest.raises(InvalidSetting):
        HubTokens(lambda: 0.0, roll=file.roll())


def test_a_closed_hub_without_keys_lets_in_consumers_alone() -> None:
    tokens = HubTokens(lambda: 0.0, roll=File(ONE).roll(), closed=True)
    assert tokens.owner("demo") is None
    assert tokens.owner("secret one") == "one"
    with pytest.raises(TokenRefused):
        tokens.issue("any", "pair")


def test_strangers_cannot_crowd_out_the_token_of_a_consumer() -> None:
    tokens = HubTokens(lambda: 0.0, roll=File(ONE).roll())
    token, _ = tokens.issue(ONE.appkey, "secret one")
    for n in range(1_001):
        tokens.issue(str(n), "x")
    assert tokens.owner(token) == "one"
