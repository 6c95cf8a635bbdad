"""Where a connection goes and what it logs in with: told to the server, and to nobody else."""

from __future__ import annotations

import pytest

from jogeon.endpoint import Endpoint, FixedToken
from jogeon.masks import masked


def test_an_endpoint_shows_where_it_leads_and_neither_token_nor_password() -> None:
    endpoint = Endpoint("real", "wss://far.example", FixedToken("planted"), "http://user:planted@proxy:1")
    assert "planted" not in f"{endpoint!r} {endpoint} {endpoint.__rich_repr__()} {endpoint.tokens!r}"
    assert repr(endpoint) == "Endpoint('real', 'wss://far.example', proxy='http://proxy:1')"
    assert repr(Endpoint("demo", "ws://127.0.0.1:1", FixedToken("demo"))) == "Endpoint('demo', 'ws://127.0.0.1:1')"


async def test_a_fixed_token_is_hidden_wherever_it_is_quoted() -> None:
    token = FixedToken("the-token-itself")
    assert await token.current() == "the-token-itself"
    assert masked("refused: the-token-itself") == "refused: …"


# ---------------------------------------------------------------- HTTP beside the websocket


@pytest.mark.parametrize(
    "host",
    [
        "api.kiwoom.com",
        "mockapi.kiwoom.com:10000",
        "kiwoom.com",
        "API.Kiwoom.COM",
        "api.kiwoom.com.",
        "ａｐｉ.ｋｉｗｏｏｍ.com",
        "api。kiwoom。com",
    ],
)
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_kiwoom_is_never_asked_for_more_than_it_knows(scheme: str, host: str) -> None:
    assert Endpoint("there", f"{scheme}://{host}/api", FixedToken("demo")).extended is False


def test_real_and_mock_are_kiwoom_wherever_they_are() -> None:
    assert not any(Endpoint(name, "ws://127.0.0.1:1", FixedToken("demo")).extended for name in ("real", "mock"))


@pytest.mark.parametrize("host", ["127.0.0.1:1", "notkiwoom.com", "kiwoom.com.example", "example.com", "[::1]:1"])
def test_any_other_server_is(host: str) -> None:
    assert Endpoint("there", f"ws://{host}/kiwoom.com", FixedToken("demo")).extended is True


@pytest.mark.parametrize(
    ("websocket", "said", "taken"),
    [
        ("ws://127.0.0.1:1/x", "http://127.0.0.1:2", "http://127.0.0.1:2"),
        ("ws://127.0.0.1:1/x", "http://127.0.0.1:2/", "http://127.0.0.1:2"),
        ("ws://localhost:1", "http://127.0.0.1:2", "http://127.0.0.1:2"),
        ("ws://[::1]:1", "http://[::1]:2", "http://[::1]:2"),
        ("wss://hub.example", "https://HUB.example:1/a", "https://HUB.example:1/a"),
        ("ws://hub.example", "http://hub.example", "http://hub.example"),
        ("wss://hub.example", "http://hub.example", None),  # what TLS protects there would not be protected here
        ("ws://127.0.0.1:1", "http://127.0.0.2:2", None),
        ("ws://127.0.0.1:1", "http://localhost:2", None),
        ("ws://hub.example", "https://api.kiwoom.com", None),
        ("ws://hub.example", "https://hub.example.evil", None),
        ("ws://hub.example", "https://hub.example@evil", None),
        ("ws://hub.example", "https://evil@hub.example", None),
        ("ws://hub.example", "ftp://hub.example", None),
        ("ws://hub.example", "hub.example", None),
        ("ws://hub.example", "https://hub.example:99999", None),
        ("ws://hub.example", "https://[hub.example", None),
        ("ws://hub.example", "https://hub.example/?a=", None),
        ("ws://hub.example", "https:///x", None),
        ("ws://hub.example", "", None),
        ("ws://hub.example", None, None),
    ],
)
def test_a_rest_address_is_taken_from_its_own_host_only(websocket: str, said: str | None, taken: str | None) -> None:
    assert Endpoint("there", websocket, FixedToken("demo")).rest_after(said) == taken


def test_what_is_known_comes_before_what_is_said_and_what_is_set_behind_it() -> None:
    there = ("there", "ws://127.0.0.1:1", FixedToken("demo"), None)
    said = "http://127.0.0.1:2"
    assert Endpoint(*there, rest="https://known", else_rest="https://set").rest_after(said) == "https://known"
    assert Endpoint(*there, else_rest="https://set").rest_after(said) == said
    assert Endpoint(*there, else_rest="https://set").rest_after("http://far.example") == "https://set"
