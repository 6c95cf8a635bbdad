"""Addresses of NATS, and the subjects that are made of names."""

from __future__ import annotations

import base64

import pytest

from jogeon.errors import InvalidAddress
from jogeon.nats.address import Place, is_nats, place_of, places_of, token_of


def test_an_address_names_servers_and_a_hub() -> None:
    assert place_of("nats://stream.example/desk-1") == Place(("stream.example:4222",), "desk-1")
    assert place_of("tls://a:1,b,[::1]:3/x") == Place(("a:1", "b:4222", "[::1]:3"), "x", tls=True)
    assert str(place_of("nats://a,b/x")) == "nats://a:4222,b:4222/x"
    assert is_nats("nats://a/x")
    assert not is_nats("ws://a/x")


@pytest.mark.parametrize(
    ("server", "reason"),
    [
        ("nats://host", "nats alias"),
        ("nats://host/", "nats alias"),
        ("nats://host/a.b", "nats alias"),
        ("nats://host/급등주", "nats alias"),
        ("nats://host/" + 33 * "a", "nats alias"),
        ("nats://host/a,", "nats alias"),
        ("nats://host/a,b", "nats several"),
        ("nats:///a", "malformed"),
        ("nats://host:port/a", "malformed"),
        ("nats://ho st/a", "malformed"),
        ("nats://user:hunter2@host/a", "nats user"),
    ],
)
def test_what_cannot_be_meant_is_refused(server: str, reason: str) -> None:
    with pytest.raises(InvalidAddress) as refused:
        place_of(server)
    assert refused.value.reason == reason
    assert "hunter2" not in str(refused.value)


def test_three_servers_hold_a_copy_each() -> None:
    assert [place_of(f"nats://{servers}/x").replicas for servers in ("a", "a,b", "a,b,c", "a,b,c,d,e")] == [1, 1, 3, 3]


def test_several_hubs_of_one_server_are_named_once_each() -> None:
    assert [str(each) for each in places_of("tls://h/a,b,a")] == ["tls://h:4222/a", "tls://h:4222/b"]
    with pytest.raises(InvalidAddress):
        places_of("nats://h/a,급등주")


def test_subjects_take_any_name() -> None:
    place = place_of("nats://host/a")
    subject = place.subject("급등주 *.>")
    alias, token = subject.split(".")[1:]
    assert alias == "a"
    assert base64.b32decode(token + "=" * (-len(token) % 8)).decode() == "급등주 *.>"
    assert place.subject("급등주", shown=True) == place.subject("급등주") + ".snap"
    assert len({token_of(None), token_of(""), token_of("0"), token_of("-")}) == 4
