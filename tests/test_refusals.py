"""What the hub says where it cannot give what was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from jogeon.errors import ConnectionLost, JogeonError, RequestRefused, UnknownCondition
from jogeon.hub.refusals import refuse_for
from jogeon.wire.messages import ListConditions, Refusal, Register

if TYPE_CHECKING:
    from jogeon.server.peer import Peer
    from jogeon.wire.messages import Answer, Request


class Program:
    """In the place of a peer: keeps what it is answered."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def answer(self, request: Request, answer: Answer, text: bytes) -> None:
        assert isinstance(answer, Refusal)
        self.heard.append((request.trnm, answer.code, json.loads(text)))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (RequestRefused("CNSRREQ", code="105110", text="요청 건수 초과"), 105110, "요청 건수 초과(seq=3)"),
        (UnknownCondition("급등주"), 900004, "존재하지 않는 일련번호입니다.(seq=3)"),
        (RequestRefused("CNSRREQ", code="0", text="처리 중 오류"), 1999, "처리 중 오류"),
        (ConnectionLost("the connection broke off"), 1999, "답을 받지 못했습니다 (ConnectionLost)"),
    ],
)
def test_the_brokers_own_words_where_it_had_any(error: JogeonError, code: int, words: str) -> None:
    program = Program()
    refuse_for(cast("Peer", program), Register(" 3 "), error)
    ((trnm, said, reply),) = program.heard
    assert (trnm, said, reply["return_code"]) == ("CNSRREQ", str(code), code)
    assert words in reply["return_msg"]


def test_a_list_is_of_no_condition() -> None:
    program = Program()
    refuse_for(cast("Peer", program), ListConditions(), RequestRefused("CNSRLST", code="1700", text="초과"))
    assert program.heard[0][2] == {"trnm": "CNSRLST", "return_code": 1700, "return_msg": "초과"}
