"""Messages: what the types themselves promise."""

from __future__ import annotations

import pytest

from jogeon.errors import ConnectionLost, JogeonError, LoginRefused, RequestRefused, UnknownCondition
from jogeon.wire.messages import Login, Refusal


def test_a_token_is_in_no_repr() -> None:
    assert "secret" not in repr(Login("secret"))


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (RequestRefused("CNSRREQ", code="105110", text="요청 건수 초과"), "105110", "요청 건수 초과"),
        (RequestRefused("CNSRREQ", code="1700", text=""), "1700", ""),
        (RequestRefused("CNSRREQ", code="0", text="처리 중 오류"), "1999", "처리 중 오류"),
        (RequestRefused("CNSRREQ", code="ERR", text="처리 중 오류"), "1999", "처리 중 오류"),
        (RequestRefused("NATS", code="", text=""), "1999", "증권사 서버에서 답을 받지 못했습니다 (RequestRefused)"),
        (UnknownCondition("급등주"), "900004", "존재하지 않는 일련번호입니다."),
        (LoginRefused(code="8005", text="Token"), "1999", "증권사 서버에서 답을 받지 못했습니다 (LoginRefused)"),
        (ConnectionLost("it broke off"), "1999", "증권사 서버에서 답을 받지 못했습니다 (ConnectionLost)"),
    ],
)
def test_what_went_wrong_above_is_refused_in_the_brokers_words_if_it_had_any(
    error: JogeonError, code: str, text: str
) -> None:
    assert Refusal.of(error) == Refusal(code, text)
