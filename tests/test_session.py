"""Sessions: what may be said when, whose reply a reply is, and what comes between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conversation import NO_SUCH, TWICE, Pair, listed_pair
from jogeon.errors import LocalProtocolError, RemoteProtocolError
from jogeon.events import Condition
from jogeon.wire import writers
from jogeon.wire.messages import (
    Acknowledged,
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Malformed,
    Ping,
    Push,
    Refusal,
    Register,
    Registered,
    RegisterQuotes,
    RemoveQuotes,
    Search,
    SearchPage,
    System,
    Unknown,
)
from jogeon.wire.search_row import stock_of
from jogeon.wire.session import (
    PHASES,
    Answered,
    ClientSession,
    Late,
    Phase,
    ServerSession,
    Step,
    Stray,
    step_of,
)
from texts import list_text, page_text, snapshot_text

if TYPE_CHECKING:
    from jogeon.wire.messages import Answer, Request
    from jogeon.wire.session import Received

LISTED = ConditionList((Condition("4", "급등주"), Condition("5", "신고가 돌파")))
PING = writers.encode_ping()
NEWS = writers.encode_system("N1", "장 시작 10분 전입니다")
PUSH = writers.encode_push("4", "005930", "I", "090000")
NOTHING = b'{"trnm":"CNSRREQ","return_code":0,"data":null}'
REFUSED = b'{"trnm":"CNSRREQ","return_code":900001,"return_msg":"\xea\xb1\xb0\xec\xa0\x88"}'


# ---------------------------------------------------------------- the tables


def test_every_step_is_known_in_some_phase() -> None:
    assert {step for steps in PHASES.values() for step in steps} == set(Step)


def test_every_phase_ends_closed() -> None:
    assert all(steps[Step.CLOSE] is Phase.CLOSED for phase, steps in PHASES.items() if phase is not Phase.CLOSED)
    assert not PHASES[Phase.CLOSED]


@pytest.mark.parametrize(
    ("request_", "answer", "step"),
    [
        (Register("4"), None, Step.REGISTER),
        (Register("4"), Registered(()), Step.REGISTER_OK),
        (Register("4"), TWICE, Step.REGISTER_NO),
        (Register("4"), NO_SUCH, Step.REGISTER_NO),
        (Register("4"), Malformed("?"), Step.REGISTER_NO),
        (Search("4"), TWICE, Step.SEARCH_NO),
        (Clear("4"), TWICE, Step.CLEAR_NO),
        (Login("x"), Malformed("?"), Step.LOGIN_NO),
    ],
)
def test_what_a_request_and_its_answer_are_in_the_tables(request_: Request, answer: Answer | None, step: Step) -> None:
    assert step_of(request_, answer) is step


# ---------------------------------------------------------------- the order of things


def test_a_session_from_login_to_close() -> None:
    pair = Pair()
    assert pair.ask(Login("token"), LoginAccepted()) == Answered(Login("token"), LoginAccepted())
    assert pair.ask(ListConditions(), LISTED) == Answered(ListConditions(), LISTED)
    assert pair.ask(Register("4"), Registered(("005930",))) == Answered(Register("4"), Registered(("005930",)))
    assert pair.ask(Search("4"), SearchPage((), "N", "")) == Answered(Search("4"), SearchPage((), "N", ""))
    assert pair.ask(Clear("4"), Cleared()) == Answered(Clear("4"), Cleared())
    assert pair.agree()


@pytest.mark.parametrize("request_", [ListConditions(), Search("4"), Register("4"), Clear("4")])
def test_nothing_goes_out_before_the_login_reply(request_: Request) -> None:
    pair = Pair()
    with pytest.raises(LocalProtocolError, match="OPEN"):
        pair.send(request_)
    pair.send(Login("token"))
    with pytest.raises(LocalProtocolError, match="LOGIN is still awaited"):
        pair.send(request_)


@pytest.mark.parametrize("request_", [Search("4"), Register("4")])
def test_the_list_is_asked_for_before_any_condition(request_: Request) -> None:
    pair = Pair()
    pair.ask(Login("token"), LoginAccepted())
    with pytest.raises(LocalProtocolError, match="LOGGED_IN"):
        pair.send(request_)


def test_a_server_takes_a_request_before_the_list_from_a_client_that_does_not_wait() -> None:
    pair = Pair()
    pair.ask(Login("token"), LoginAccepted())
    assert pair.server.receive(writers.encode(Register("4"))) == Register("4")


def test_one_request_is_in_flight() -> None:
    pair = listed_pair()
    pair.send(Register("4"))
    with pytest.raises(LocalProtocolError, match="CNSRREQ is still awaited"):
        pair.send(Clear("5"))


def test_a_second_login_is_refused_on_both_sides() -> None:
    pair = listed_pair()
    with pytest.raises(LocalProtocolError):
        pair.send(Login("token"))
    with pytest.raises(RemoteProtocolError):
        pair.server.receive(writers.encode(Login("token")))


def test_a_request_before_the_login_is_no_step_of_a_server() -> None:
    with pytest.raises(RemoteProtocolError, match="LIST"):
        ServerSession().receive(writers.encode(ListConditions()))


def test_an_answer_that_nobody_asked_for_is_the_servers_own_mistake() -> None:
    with pytest.raises(LocalProtocolError):
        ServerSession().answer(Login("token"), LoginAccepted())


def test_a_refused_login_is_the_end() -> None:
    pair = Pair()
    refusal = Refusal("8005", "[CODE=8005, MESSAGE=Token이 유효하지 않습니다]")
    assert pair.ask(Login("token"), refusal) == Answered(Login("token"), refusal)
    assert pair.client.phase is pair.server.phase is Phase.REFUSED
    with pytest.raises(LocalProtocolError):
        pair.send(ListConditions())


def test_a_closed_session_awaits_and_owes_nothing() -> None:
    pair = listed_pair()
    pair.ask(Register("4"), Registered(()))
    pair.send(Register("5"))
    pair.client.expire()
    pair.send(Clear("5"))
    pair.client.close()
    assert (pair.client.owed, pair.client.in_flight) == ([], None)
    with pytest.raises(LocalProtocolError):
        pair.send(ListConditions())


@pytest.mark.parametrize("half", [ClientSession(), ServerSession()])
def test_bytes_that_are_no_json_are_the_peers_mistake(half: ClientSession | ServerSession) -> None:
    with pytest.raises(RemoteProtocolError):
        half.receive(b"\xff")


# ---------------------------------------------------------------- what comes between


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PING, Ping),
        (b"PING", Ping),
        (b'{"trnm":"PING","more":1}', Ping),
        (PUSH, Push),
        (NEWS, System),
        (writers.encode_system("R10001", "기존 세션은 종료가 됩니다"), System),
        (b'{"trnm":"NEWS"}', Unknown),
        (b"[]", Unknown),
    ],
)
def test_what_comes_between_request_and_reply_answers_nothing(text: bytes, kind: type) -> None:
    pair = listed_pair()
    pair.send(Register("4"))
    pair.say(text)
    assert isinstance(pair.hear(), kind)
    pair.answer(pair.serve(), Registered(("005930",)))  # type: ignore[arg-type]  # it is the request just sent
    assert pair.hear() == Answered(Register("4"), Registered(("005930",)))


def test_a_ping_is_answered_with_the_same_bytes() -> None:
    pair = listed_pair()
    pair.say(b'{"trnm": "PING", "x": 1}')
    heard = pair.hear()
    assert isinstance(heard, Ping)
    assert pair.server.receive(heard.payload) == Ping(b'{"trnm": "PING", "x": 1}')


# ---------------------------------------------------------------- whose reply is it


def searched_pair(rows: list[dict[str, str]]) -> Pair:
    """Return a pair that has searched condition 4 and found these."""
    pair = listed_pair()
    pair.send(Search("4"))
    pair.say(page_text("4", rows))
    assert isinstance(pair.hear(), Answered)
    return pair


def timed_out(pair: Pair, request: Request) -> None:
    """Send a request, have it read, and give up waiting."""
    pair.send(request)
    pair.serve()
    pair.client.expire()


def test_a_missing_reply_stays_owed() -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    assert pair.client.owed == [Register("4")]
    assert pair.client.in_flight is None


def test_a_late_reply_is_not_taken_for_the_next_request() -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.send(Register("5"))
    pair.answer(pair.unanswered[0], Registered(("005930",)))
    assert pair.hear() == Late(Register("4"), Registered(("005930",)))
    assert pair.client.in_flight == Register("5")
    pair.answer(pair.serve(), Registered(()))  # type: ignore[arg-type]  # it is the request just sent
    assert pair.hear() == Answered(Register("5"), Registered(()))
    assert not pair.client.owed


def test_a_late_list_is_a_list_all_the_same() -> None:
    pair = Pair()
    pair.ask(Login("token"), LoginAccepted())
    timed_out(pair, ListConditions())
    pair.answer(pair.unanswered[0], LISTED)
    assert pair.hear() == Late(ListConditions(), LISTED)
    assert pair.client.phase is Phase.LISTED
    assert pair.agree()


@pytest.mark.parametrize(("text", "words"), [(NOTHING, ""), (REFUSED, "[900001] 거절")])
def test_a_late_reply_without_a_seq_is_taken_for_nobodys(text: bytes, words: str) -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.send(Register("5"))
    pair.say(text)
    assert pair.hear() == Stray("CNSRREQ", None, "it names no condition while other replies are owed", words)
    assert pair.client.in_flight == Register("5")
    assert pair.client.owed == [Register("4")]


def test_no_data_and_no_seq_is_the_one_outstanding_requests() -> None:
    pair = listed_pair()
    pair.send(Register("5"))
    pair.say(NOTHING)
    assert pair.hear() == Answered(Register("5"), Registered((), named=False))


def test_an_error_without_a_seq_is_the_one_outstanding_requests() -> None:
    pair = listed_pair()
    pair.send(Register("5"))
    pair.say(REFUSED)
    assert pair.hear() == Answered(Register("5"), Refusal("900001", "거절"))


def test_an_error_without_a_name_is_the_one_outstanding_requests() -> None:
    pair = listed_pair()
    pair.send(Clear("5"))
    pair.say(writers.encode_missing("", "trnm"))
    heard = pair.hear()
    assert isinstance(heard, Answered)
    assert heard.request == Clear("5")


def test_an_error_that_names_the_seq_in_its_text_is_that_ones() -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.send(Register("5"))
    pair.say(writers.encode_refusal("CNSRREQ", 900004, "존재하지 않는 일련번호입니다.(seq=4)"))
    assert pair.hear() == Late(Register("4"), Refusal("900004", "존재하지 않는 일련번호입니다.(seq=4)"))


def test_a_list_answers_whoever_waits_for_one_and_settles_those_before() -> None:
    """Else lists that were lost would make all others late, for as long as the connection lives."""
    pair = listed_pair()
    for _ in range(3):
        timed_out(pair, ListConditions())
    timed_out(pair, Register("4"))
    pair.send(ListConditions())
    pair.say(list_text(LISTED.conditions), list_text(()))
    assert pair.hear() == Answered(ListConditions(), LISTED)
    assert pair.client.owed == [Register("4")]
    assert isinstance(pair.hear(), Stray)


def test_a_late_list_that_nobody_waits_for_settles_its_debt() -> None:
    pair = listed_pair()
    timed_out(pair, ListConditions())
    pair.say(list_text(LISTED.conditions))
    assert pair.hear() == Late(ListConditions(), LISTED)
    assert not pair.client.owed


def test_a_list_is_known_by_its_name_while_conditions_are_owed() -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    assert pair.ask(ListConditions(), LISTED) == Answered(ListConditions(), LISTED)


def test_of_two_searches_of_one_condition_the_first_reply_is_the_late_one() -> None:
    pair = listed_pair()
    timed_out(pair, Search("4"))
    pair.send(Search("4"))
    pair.say(page_text("4", [], "7"), page_text("4", []))
    assert pair.hear() == Late(Search("4"), SearchPage((), "Y", "7"))
    assert pair.hear() == Answered(Search("4"), SearchPage((), "N", ""))


def test_a_search_that_was_never_answered_does_not_cost_all_searches_after_it() -> None:
    pair = listed_pair()
    timed_out(pair, Search("4"))
    pair.send(Search("4"))
    pair.say(page_text("4", []))
    assert pair.hear() == Late(Search("4"), SearchPage((), "N", ""))  # in truth the reply to the second
    pair.client.expire()
    assert not pair.client.owed
    pair.send(Search("4"))
    pair.say(page_text("4", []))
    assert pair.hear() == Answered(Search("4"), SearchPage((), "N", ""))


@pytest.mark.parametrize("rows", [[], [{"9001": "A005930"}]])
def test_a_late_page_is_no_snapshot(rows: list[dict[str, str]]) -> None:
    pair = listed_pair()
    timed_out(pair, Search("4"))
    pair.send(Register("4"))
    pair.say(page_text("4", rows))
    heard = pair.hear()
    assert isinstance(heard, Late)
    assert heard.request == Search("4")
    assert isinstance(heard.answer, SearchPage)
    assert [stock.code for stock in heard.answer.stocks] == [row["9001"].strip("A") for row in rows]
    assert pair.client.in_flight == Register("4")


@pytest.mark.parametrize("rows", [[], [{"9001": "A005930"}]])
def test_a_page_that_answers_a_registration_may_be_that_of_a_search_come_twice_and_says_so(
    rows: list[dict[str, str]],
) -> None:
    pair = searched_pair(rows)
    pair.send(Register("4"))
    pair.say(page_text("4", rows))
    codes = tuple(row["9001"].strip("A") for row in rows)
    assert pair.hear() == Answered(Register("4"), Registered(codes, paged=True))


def test_a_page_that_comes_after_all_says_so() -> None:
    """Its search was given up, and the answer to the next one was taken for its own."""
    pair = searched_pair([])
    pair.send(Clear("7"))
    pair.say(writers.encode_cleared("7"))
    assert isinstance(pair.hear(), Answered)
    pair.send(Register("4"))
    pair.say(page_text("4", [{"9001": "A005930"}]))
    assert pair.hear() == Answered(Register("4"), Registered(("005930",), paged=True))


def test_a_page_that_comes_twice_is_no_late_snapshot() -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.send(Search("4"))
    pair.say(page_text("4", []), page_text("4", []))
    pair.hear()
    assert pair.hear() == Stray("CNSRREQ", "4", "it is one more answer to a search before it")
    assert pair.client.owed == [Register("4")]


@pytest.mark.parametrize("searched", [True, False])
def test_a_page_is_a_plain_snapshot_where_nothing_was_searched_and_a_snapshot_always(*, searched: bool) -> None:
    rows = [{"9001": "A005930"}]
    pair = searched_pair(rows) if searched else listed_pair()
    pair.send(Register("4"))
    pair.say(snapshot_text("4", ("005930",)) if searched else page_text("4", rows))
    assert pair.hear() == Answered(Register("4"), Registered(("005930",)))


def test_a_page_of_one_condition_is_the_snapshot_of_another() -> None:
    rows = [{"9001": "A005930"}]
    pair = searched_pair(rows)
    pair.send(Register("5"))
    pair.say(page_text("5", rows))
    assert pair.hear() == Answered(Register("5"), Registered(("005930",)))


@pytest.mark.parametrize("codes", [(), ("005930",)])
def test_a_late_snapshot_is_no_page(codes: tuple[str, ...]) -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.send(Search("4"))
    pair.say(snapshot_text("4", codes))
    assert pair.hear() == Late(Register("4"), Registered(codes))
    assert pair.client.in_flight == Search("4")


def test_a_page_of_bare_codes_is_no_late_snapshot() -> None:
    """The mock server was seen to answer searches so: the pages tell whose it is."""
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.send(Search("4"))
    pair.say(page_text("4", [{"jmcode": "A005930"}]))
    assert pair.hear() == Answered(Search("4"), SearchPage((stock_of("005930", {}, []),), "N", ""))
    assert pair.client.owed == [Register("4")]


def registers(pair: Pair, seq: str, *codes: str) -> Received:
    pair.send(Register(seq))
    pair.say(snapshot_text(seq, codes))
    return pair.hear()


def test_a_snapshot_that_shows_what_the_one_before_it_showed_says_so() -> None:
    pair = listed_pair()
    told = [
        registers(pair, seq, *codes) for seq, codes in (("4", "AB"), ("5", "AB"), ("4", "AB"), ("4", "B"), ("4", "AB"))
    ]
    repeated = [
        each.answer.repeated for each in told if isinstance(each, Answered) and isinstance(each.answer, Registered)
    ]
    assert repeated == [False, False, True, False, False]


def test_a_registration_after_a_clear_is_told_from_the_one_before() -> None:
    """The reply after the Clear is taken for the newer one; the other, when it comes, makes the snapshot doubtful."""
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.ask(Clear("4"), Cleared())
    assert pair.ask(Register("4"), Registered(("005930",))) == Answered(Register("4"), Registered(("005930",)))
    pair.say(snapshot_text("4", ()))
    assert pair.hear() == Late(Register("4"), Registered(()))


def test_a_late_clear_settles_its_debt_only() -> None:
    pair = listed_pair()
    pair.ask(Register("4"), Registered(()))
    timed_out(pair, Clear("4"))
    pair.send(Register("4"))
    pair.say(writers.encode_cleared("4"))
    assert pair.hear() == Late(Clear("4"), Cleared())
    assert pair.client.in_flight == Register("4")


def test_replies_out_of_order_find_their_requests() -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    timed_out(pair, Search("5"))
    pair.send(Clear("4"))
    pair.serve()
    for request, answer in ((Clear("4"), Cleared()), (Search("5"), SearchPage((), "N", "")), (Register("4"), TWICE)):
        sent = next(other for other in pair.unanswered if other == request)
        pair.answer(sent, answer)
    heard = [pair.hear() for _ in range(3)]
    assert heard[:2] == [Answered(Clear("4"), Cleared()), Late(Search("5"), SearchPage((), "N", ""))]
    assert isinstance(heard[2], Late)
    assert heard[2].request == Register("4")
    assert isinstance(heard[2].answer, Refusal)
    assert heard[2].answer.code == TWICE.code
    assert not pair.client.owed
    assert pair.agree()


def test_a_duplicate_reply_answers_nobody() -> None:
    pair = listed_pair()
    pair.ask(Register("4"), Registered(()))
    pair.send(Register("5"))
    pair.say(snapshot_text("4", ()))
    assert pair.hear() == Stray("CNSRREQ", "4", "nothing was asked that it answers", codes=())
    assert pair.client.in_flight == Register("5")


@pytest.mark.parametrize(
    ("text", "words", "codes"),
    [
        (snapshot_text("4", ("005930", "0000D0")), "", ("005930", "0000D0")),
        (b'{"trnm":"CNSRREQ","seq":" 4 ","return_code":0,"data":null}', "", ()),
        (page_text("4", []), "", None),
        (b'{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[{"code":"005930"}]}', "", None),
        (writers.encode_cleared("4"), "", None),
        (writers.encode_refusal("CNSRREQ", 1700, "잠시 후(seq=4)"), "[1700] 잠시 후(seq=4)", None),
    ],
)
def test_a_stray_carries_the_words_of_an_error_or_the_stocks_of_a_snapshot(
    text: bytes, words: str, codes: tuple[str, ...] | None
) -> None:
    pair = listed_pair()
    pair.say(text)
    heard = pair.hear()
    assert isinstance(heard, Stray)
    assert (heard.seq, heard.words, heard.codes) == ("4", words, codes)


def test_an_error_that_names_no_request_keeps_its_words() -> None:
    pair = listed_pair()
    pair.say(writers.encode_missing("", "trnm"))
    heard = pair.hear()
    assert isinstance(heard, Stray)
    assert heard.seq is None
    assert heard.codes is None
    assert heard.words.startswith("[")


def test_what_is_late_or_stray_comes_from_the_frame_and_not_from_the_request() -> None:
    """Two registrations of one seq are owed: the replies, in their order, tell which is meant by being the same one."""
    pair = listed_pair()
    first, second = Register("4"), Register("4")
    timed_out(pair, first)
    pair.ask(Clear("4"), Cleared())
    timed_out(pair, second)
    pair.say(snapshot_text("4", ("005930",)), snapshot_text("4", ()))
    late = [pair.hear(), pair.hear()]
    assert late == [Late(first, Registered(("005930",))), Late(second, Registered(()))]
    assert [each.request for each in late if isinstance(each, Late)] == [first, second]
    assert isinstance(late[0], Late)
    assert late[0].request is first
    assert not pair.client.owed


def test_a_reply_that_nobody_asked_for_is_a_stray() -> None:
    pair = listed_pair()
    pair.say(list_text(()), writers.encode_cleared("4"), NOTHING)
    assert [type(pair.hear()) for _ in range(3)] == [Stray, Stray, Stray]


def test_a_seq_is_compared_without_its_padding() -> None:
    pair = listed_pair()
    pair.send(Register("4"))
    pair.say(json.dumps({"trnm": "CNSRREQ", "seq": " 4  ", "return_code": 0, "data": []}).encode())
    assert pair.hear() == Answered(Register("4"), Registered(()))


@pytest.mark.parametrize("seq", ["004", 4, 4.0])
def test_a_seq_padded_with_zeros_is_that_of_the_only_request_it_can_mean(seq: object) -> None:
    pair = listed_pair()
    pair.send(Register("4"))
    pair.say(json.dumps({"trnm": "CNSRREQ", "seq": seq, "return_code": 0, "data": []}).encode())
    assert pair.hear() == Answered(Register("4"), Registered(()))


def test_zeros_behind_a_seq_are_a_part_of_it() -> None:
    pair = listed_pair()
    pair.send(Register("1"))
    pair.say(snapshot_text("10", ("005930",)))
    assert isinstance(pair.hear(), Stray)
    assert pair.client.in_flight == Register("1")


def test_of_two_seqs_that_differ_by_zeros_each_is_its_own() -> None:
    pair = listed_pair()
    timed_out(pair, Register("04"))
    pair.send(Register("4"))
    pair.say(b'{"trnm":"CNSRREQ","seq":"004","return_code":0,"data":null}')
    assert isinstance(pair.hear(), Stray)
    pair.say(b'{"trnm":"CNSRREQ","seq":"04","return_code":0,"data":null}')
    assert pair.hear() == Late(Register("04"), Registered(()))
    pair.say(b'{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":null}')
    assert pair.hear() == Answered(Register("4"), Registered(()))


ONE = '"seq":"4","return_code":0,"data":'
SHAPES = [
    (Register("4"), '"cont_yn":"N","next_key":"","return_msg":"",' + ONE + "[]", Registered(())),
    (Register("4"), ONE + '[{"9001":"A005930"}]', Registered(("005930",))),
    (Search("4"), ONE + '[{"jmcode":"A005930"}]', SearchPage((stock_of("005930", {}, []),), "", "")),
    (Search("4"), ONE + '{"jmcode":"A005930"}', SearchPage((stock_of("005930", {}, []),), "", "")),
    (Search("4"), ONE + "null", SearchPage((), "", "")),
]


@pytest.mark.parametrize(("request_", "fields", "answer"), SHAPES)
def test_the_only_request_a_reply_can_mean_is_answered_by_it_whatever_its_shape(
    request_: Request, fields: str, answer: Answer
) -> None:
    pair = listed_pair()
    timed_out(pair, Register("5"))  # of another condition
    pair.send(request_)
    pair.say(f'{{"trnm":"CNSRREQ",{fields}}}'.encode())
    assert pair.hear() == Answered(request_, answer)


def test_a_shape_that_speaks_for_both_leaves_it_to_the_order() -> None:
    pair = listed_pair()
    timed_out(pair, Search("4"))
    pair.send(Search("4"))
    pair.say(b'{"trnm":"CNSRREQ","cont_yn":"N",' + ONE.encode() + b'[{"jmcode":"A005930"}]}')
    assert isinstance(pair.hear(), Late)


def test_words_of_failure_without_a_name_are_the_one_outstanding_requests() -> None:
    pair = listed_pair()
    pair.send(Register("5"))
    pair.say('{"return_code":0,"return_msg":"일시적인 오류입니다"}'.encode())
    assert pair.hear() == Answered(Register("5"), Refusal("0", "일시적인 오류입니다"))


def test_a_malformed_answer_is_an_answer() -> None:
    pair = listed_pair()
    pair.send(Register("4"))
    pair.say(b'{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[{"code":"005930"}]}')
    heard = pair.hear()
    assert isinstance(heard, Answered)
    assert isinstance(heard.answer, Malformed)
    assert pair.client.in_flight is None


# ---------------------------------------------------------------- quotes of single stocks

QUOTED = RegisterQuotes(("005930",))


def test_quotes_may_be_registered_without_the_list() -> None:
    pair = Pair()
    pair.ask(Login("token"), LoginAccepted())
    assert pair.ask(QUOTED, Acknowledged()) == Answered(QUOTED, Acknowledged())
    assert pair.client.phase is Phase.LOGGED_IN


@pytest.mark.parametrize("request_", [QUOTED, RemoveQuotes(("005930",))])
def test_an_acknowledgement_is_told_by_its_trnm_while_others_are_owed(
    request_: RegisterQuotes | RemoveQuotes,
) -> None:
    pair = listed_pair()
    timed_out(pair, Register("4"))
    pair.send(request_)
    pair.answer(pair.serve(), Acknowledged())  # type: ignore[arg-type]  # it is the request just sent
    assert pair.hear() == Answered(request_, Acknowledged())
    assert pair.client.owed == [Register("4")]


def test_an_acknowledgement_settles_those_of_its_kind_that_are_owed() -> None:
    pair = listed_pair()
    removed = RemoveQuotes(("005930",))
    for request in (QUOTED, removed, QUOTED):
        timed_out(pair, request)
    pair.send(QUOTED)
    pair.say(writers.encode_acknowledged("REG"))
    assert pair.hear() == Answered(QUOTED, Acknowledged())
    assert pair.client.owed == [removed]
    pair.say(writers.encode_acknowledged("REMOVE"))
    assert pair.hear() == Late(removed, Acknowledged())


def test_a_refused_registration_of_quotes_is_its_answer() -> None:
    pair = listed_pair()
    pair.send(QUOTED)
    pair.say(writers.encode_refusal("REG", 105115, "실시간 등록 허용 개수(100)를 초과하였습니다"))
    assert pair.hear() == Answered(QUOTED, Refusal("105115", "실시간 등록 허용 개수(100)를 초과하였습니다"))


def test_a_registration_whose_item_is_no_array_is_unknown_to_a_server() -> None:
    pair = listed_pair()
    rows = '{"item":"005930","type":["0B"]}', '{"item":["005930"],"type":"0B"}', '{"item":[1],"type":["0B"]}', ""
    for data in rows:
        pair.up.append(f'{{"trnm":"REG","grp_no":"1","data":[{data}]}}'.encode())
        assert isinstance(pair.serve(), Unknown)


def test_what_was_overtaken_once_leaves_the_debts_after_it_as_they_are() -> None:
    pair = listed_pair()
    timed_out(pair, Search("4"))
    pair.send(Search("4"))
    pair.say(page_text("4", []))
    assert isinstance(pair.hear(), Late)
    pair.client.expire()
    timed_out(pair, Search("7"))
    pair.say(page_text("7", []))
    assert pair.hear() == Late(Search("7"), SearchPage((), "N", ""))
