"""Messages: what the types themselves promise."""

from jogeon.wire.messages import Login


def test_a_token_is_in_no_repr() -> None:
    assert "secret" not in repr(Login("secret"))
