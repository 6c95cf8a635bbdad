"""What the hub says where it cannot give what was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from jogeon.errors import RequestRefused
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


def test_the_condition_stands_in_the_text() -> None:
    program = Program()
    refuse_for(cast("Peer", program), Register(" 3 "), RequestRefused("CNSRREQ", code="105110", text="요청 건수 초과"))
    ((trnm, said, reply),) = program.heard
    assert (trnm, said, reply["return_code"]) == ("CNSRREQ", "105110", 105110)
    assert reply["return_msg"].endswith("요청 건수 초과(seq=3)")


def test_a_list_is_of_no_condition() -> None:
    program = Program()
    refuse_for(cast("Peer", program), ListConditions(), RequestRefused("CNSRLST", code="1700", text="초과"))
    assert program.heard[0][2] == {"trnm": "CNSRLST", "return_code": 1700, "return_msg": "초과"}
