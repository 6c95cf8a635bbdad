"""Where a connection goes and what it logs in with: told to the server, and to nobody else."""

from __future__ import annotations

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
