"""Readers: every sample of the wire as typed values."""

from __future__ import annotations

import json

import pytest

from jogeon import messages, writers
from jogeon.events import Condition, Stock
from jogeon.messages import (
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Malformed,
    PartialPush,
    Ping,
    Push,
    PushRow,
    PushValues,
    Refusal,
    Register,
    Registered,
    Reply,
    Request,
    Search,
    SearchPage,
    System,
    Unknown,
)
from jogeon.readers import answer, decode, decode_request, fits, refusal_in

REQUESTS: tuple[Request, ...] = (Login("abc"), ListConditions(), Search("4"), Register("4"), Clear("1"))


def reply(text: str) -> Reply:
    read = decode(text.encode())
    assert isinstance(read, Reply)
    return read


# ---------------------------------------------------------------- LOGIN


@pytest.mark.parametrize("code", ["0", '"0"', '"0000"', '"00"'])
def test_login_accepted(code: str) -> None:
    said = reply(f'{{"trnm":"LOGIN","return_code":{code},"return_msg":"","sor_yn":"Y"}}')
    assert answer(Login("abc"), said) == LoginAccepted()


def test_login_accepted_whatever_else_it_holds() -> None:
    assert answer(Login("abc"), reply('{"trnm":"LOGIN","return_code":0,"data":"x"}')) == LoginAccepted()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]", "8005"),
        ("[CODE= 8031, MESSAGE=…]", "8031"),
        ("인증에 실패했습니다[8005:Token이 유효하지 않습니다]", "8005"),
        ("[1700:요청 개수를 초과하였습니다]", "1700"),
        ("거절", "3"),
    ],
)
def test_the_code_of_a_refusal_is_the_one_in_its_text(text: str, code: str) -> None:
    said = reply(json.dumps({"trnm": "LOGIN", "return_code": 3, "return_msg": text}))
    assert answer(Login("abc"), said) == Refusal(code, text)


@pytest.mark.parametrize("success", [0, "0", "0000", " 0 "])
def test_success_in_all_its_spellings(success: object) -> None:
    assert refusal_in(success, "") is None


@pytest.mark.parametrize("failure", [1, "1", "900003", -1, None, "", "00x"])
def test_anything_else_is_no_success(failure: object) -> None:
    assert refusal_in(failure, "") is not None


# ---------------------------------------------------------------- PING and SYSTEM


@pytest.mark.parametrize("text", [b'{"trnm":"PING"}', b'{ "trnm" : "PING", "at": 1 }', b"PING", b" PING\n"])
def test_a_ping_is_kept_verbatim(text: bytes) -> None:
    assert decode(text) == Ping(text)
    assert decode_request(text) == Ping(text)


@pytest.mark.parametrize("code", ["R10001", "R10002", "R10004"])
def test_a_fatal_notice(code: str) -> None:
    said = decode(writers.encode_system(code, "기존 세션은 종료가 됩니다"))
    assert said == System(code, "기존 세션은 종료가 됩니다")
    assert code in messages.FATAL_SYSTEM_CODES


def test_a_notice_without_fields_is_one_all_the_same() -> None:
    assert decode(b'{"trnm":"SYSTEM","code":7}') == System("7", "")


# ---------------------------------------------------------------- CNSRLST


def conditions(data: str, trnm: str = "CNSRLST") -> object:
    return answer(ListConditions(), reply(f'{{"trnm":"{trnm}","return_code":0,"return_msg":"","data":{data}}}'))


def test_the_list_in_rows_of_two() -> None:
    listed = ConditionList((Condition("0", "조건1"), Condition("1", "조건2")))
    assert conditions('[["0","조건1"],["1","조건2"]]') == listed


def test_the_list_in_rows_of_objects() -> None:
    assert conditions('[{"seq":"0","name":"조건1"}]') == ConditionList((Condition("0", "조건1"),))


def test_the_list_under_the_misprinted_name() -> None:
    assert conditions('[["0","조건1"]]', "CNSRLT") == ConditionList((Condition("0", "조건1"),))


@pytest.mark.parametrize("data", ["[]", "null"])
def test_the_list_of_nothing(data: str) -> None:
    assert conditions(data) == ConditionList(())


def test_names_are_trimmed_and_otherwise_left_alone() -> None:
    name = "<\"'&>\u001b[31m 빨강"
    assert conditions(json.dumps([["4  ", f"  {name} "]])) == ConditionList((Condition("4", name),))


def test_doubled_names_stay_two() -> None:
    assert conditions('[["0","a"],["1","a"]]') == ConditionList((Condition("0", "a"), Condition("1", "a")))


@pytest.mark.parametrize("data", ['"x"', "{}", '[["0"]]', "[1]", '[[0,"a"]]', '[{"seq":"0"}]'])
def test_a_list_nobody_knows_is_malformed(data: str) -> None:
    assert isinstance(conditions(data), Malformed)


# ---------------------------------------------------------------- CNSRREQ: a search

SAMSUNG = (
    '{"9001":"A005930","302":"삼성전자","10":"000075000","25":"5","11":"-00000100","12":"-00000130",'
    '"13":"010386116","16":"000075100","17":"000075600","18":"000074700"}'
)


def page(row: str, head: str = '"cont_yn":"N","next_key":""') -> SearchPage:
    said = reply(f'{{"trnm":"CNSRREQ","seq":"4  ",{head},"return_code":0,"data":[{row}]}}')
    assert said.seq == "4"
    found = answer(Search("4"), said)
    assert isinstance(found, SearchPage)
    return found


def test_a_row_of_a_search() -> None:
    assert page(SAMSUNG) == SearchPage(
        (Stock("005930", "삼성전자", 75000, "fall", -100, -0.13, 10386116, 75100, 75600, 74700),), "N", ""
    )


def test_a_page_that_has_another_behind_it() -> None:
    found = page(SAMSUNG, '"cont_yn":"Y","next_key":" 005930 "')
    assert (found.cont_yn, found.next_key) == ("Y", "005930")


@pytest.mark.parametrize("data", ["[]", "null"])
def test_a_search_that_finds_nothing(data: str) -> None:
    said = reply(f'{{"trnm":"CNSRREQ","seq":"4  ","cont_yn":"N","next_key":"","return_code":0,"data":{data}}}')
    assert answer(Search("4"), said) == SearchPage((), "N", "")


@pytest.mark.parametrize(
    ("field", "text", "name", "value"),
    [
        ("10", '"+00075000"', "price", 75000),
        ("10", '"-00075000"', "price", 75000),  # its sign is a direction
        ("16", '"-00000001"', "open", 1),
        ("11", '"-00000100"', "change", -100),
        ("11", '"000000000"', "change", 0),
        ("12", '"000001500"', "rate", 1.5),
        ("12", '"-00000130"', "rate", -0.13),
        ("12", '"+00029999"', "rate", 29.999),
        ("13", '"  10386116"', "volume", 10386116),
        ("13", "10386116", "volume", 10386116),
        ("13", '""', "volume", None),
        ("13", '"   "', "volume", None),
        ("13", "null", "volume", None),
        ("25", '"1"', "sign", "limit-up"),
        ("25", '"2"', "sign", "rise"),
        ("25", '"3"', "sign", "flat"),
        ("25", '"4"', "sign", "limit-down"),
        ("25", '"9"', "sign", None),
        ("302", '" 삼성전자 "', "name", "삼성전자"),
    ],
)
def test_the_values_of_a_row(field: str, text: str, name: str, value: object) -> None:
    found = page(f'{{"9001":"A005930","{field}":{text}}}')
    assert getattr(found.stocks[0], name) == value
    assert not found.oddities


@pytest.mark.parametrize("text", ["abc", "0x12", "1.5", "1" * 19, "--1", "1e5"])
def test_what_is_no_number_becomes_none_and_is_named(text: str) -> None:
    found = page(f'{{"9001":"A005930","10":"{text}"}}')
    assert found.stocks[0].price is None
    assert found.oddities == (f"A005930 field 10 = {text!r}",)


def test_oddities_are_bounded() -> None:
    row = '{"9001":"A005930","10":"x"}'
    assert len(page(",".join([row] * 100)).oddities) == 10


@pytest.mark.parametrize("row", ["{}", '{"9001":""}', '{"9001":5}', "[]", "null", '"A005930"'])
def test_a_row_without_a_stock_is_malformed(row: str) -> None:
    said = reply(f'{{"trnm":"CNSRREQ","seq":"4","cont_yn":"N","return_code":0,"data":[{row}]}}')
    assert isinstance(answer(Search("4"), said), Malformed)


# ---------------------------------------------------------------- CNSRREQ: real time, CNSRCLR, errors


def test_a_snapshot() -> None:
    text = '{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[{"jmcode":"A005930"},{"jmcode":"A0000D0"}]}'
    assert answer(Register("4"), reply(text)) == Registered(("005930", "0000D0"))


@pytest.mark.parametrize("seq", ['"seq":"4",', ""])
def test_a_snapshot_of_nothing(seq: str) -> None:
    said = reply(f'{{"trnm":"CNSRREQ",{seq}"return_code":0,"data":null}}')
    assert said.seq == ("4" if seq else None)
    assert answer(Register("4"), said) == Registered(())


def test_a_code_shown_twice_is_one_member() -> None:
    text = '{"trnm":"CNSRREQ","return_code":0,"data":[{"jmcode":"A005930"},{"jmcode":"005930_AL"}]}'
    assert answer(Register("4"), reply(text)) == Registered(("005930",))


@pytest.mark.parametrize("data", ['[{"jmcode":""}]', '[{"jmcode":5}]', "[5]", '"x"', "{}"])
def test_a_snapshot_nobody_knows_is_malformed(data: str) -> None:
    assert isinstance(answer(Register("4"), reply(f'{{"trnm":"CNSRREQ","return_code":0,"data":{data}}}')), Malformed)


def test_cleared() -> None:
    assert answer(Clear("1"), reply('{"trnm":"CNSRCLR","seq":"1","return_code":0,"return_msg":""}')) == Cleared()


@pytest.mark.parametrize(
    ("code", "text", "seq"),
    [
        (900003, "이미 등록된 조건검색 일련번호입니다.(seq=3)", "3"),
        (900004, "존재하지 않는 일련번호입니다.(seq=1)", "1"),
        (900004, "존재하지 않는 일련번호입니다.(seq= 12 )", "12"),
        (900004, "존재하지 않는 일련번호입니다.", None),
    ],
)
def test_the_seq_of_an_error_stands_in_its_text(code: int, text: str, seq: str | None) -> None:
    said = reply(json.dumps({"trnm": "CNSRREQ", "return_code": code, "return_msg": text}))
    assert said.seq == seq
    assert answer(Register("3"), said) == Refusal(str(code), text)


def test_an_error_without_a_name() -> None:
    said = reply('{"trnm":"","return_code":100002,"return_msg":"필수 파라미터가 누락되어 있습니다(parameter=trnm)"}')
    assert (said.trnm, said.seq) == ("", None)
    assert said.refusal is not None
    assert said.refusal.code == "100002"


@pytest.mark.parametrize(
    ("text", "fitting"),
    [
        ('{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[{"jmcode":"A005930"}]}', {Register}),
        ('{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[{"9001":"A005930"}]}', {Search}),
        ('{"trnm":"CNSRREQ","seq":"4  ","cont_yn":"N","return_code":0,"data":null}', {Search}),
        ('{"trnm":"CNSRREQ","return_code":0,"data":null}', {Search, Register}),
        ('{"trnm":"CNSRREQ","return_code":900004,"return_msg":""}', {Search, Register}),
        ('{"trnm":"","return_code":100002,"return_msg":""}', {Login, ListConditions, Search, Register, Clear}),
        ('{"trnm":"","return_code":0}', set()),
        ('{"trnm":"CNSRCLR","return_code":0}', {Clear}),
        ('{"trnm":"CNSRLT","return_code":0}', {ListConditions}),
    ],
)
def test_whose_answer_a_reply_can_be(text: str, fitting: set[type[Request]]) -> None:
    assert {type(request) for request in REQUESTS if fits(reply(text), request)} == fitting


# ---------------------------------------------------------------- REAL

ROW = '{"values":{"841":"4","9001":"005930","843":"I","20":"152028","907":"2"},"type":"02","item":"005930"}'
ENTERED = PushRow(PushValues("4", "005930", "I", "152028"), "02")


def rows(data: str) -> Push:
    read = decode(f'{{"data":{data},"trnm":"REAL"}}'.encode())
    assert isinstance(read, Push)
    return read


def test_a_push() -> None:
    assert rows(f"[{ROW}]") == Push("REAL", [ENTERED])


def test_a_push_with_what_newer_samples_add_or_raw_captures_lack() -> None:
    values = '{"841":"4","9001":"005930","843":"I","20":"152028","9081":"통합"}'
    assert rows(f'[{{"values":{values},"type":"02"}}]') == Push("REAL", [ENTERED])


def test_rows_of_other_types_beside_a_push_cost_nothing() -> None:
    quote = '{"values":{"10":"+75000","20":5},"type":"0B","item":"005930"}'
    read = rows(f"[{quote},{ROW},{quote}]")
    assert type(read) is Push
    assert [row for row in read.data if row.type == "02"] == [ENTERED]


@pytest.mark.parametrize("time", ['"20":""', '"20":null', '"907":"2"'])
def test_a_push_without_a_time(time: str) -> None:
    read = rows(f'[{{"values":{{"841":"4","9001":"005930","843":"D",{time}}},"type":"02"}}]')
    assert not read.data[0].values.clock


@pytest.mark.parametrize("bad", ["5", '{"type":"02"}', '{"values":{"841":4},"type":"02"}', '{"values":[],"type":"02"}'])
def test_a_bad_row_costs_no_good_one(bad: str) -> None:
    assert rows(f"[{bad},{ROW}]") == PartialPush("REAL", [ENTERED], 1)


@pytest.mark.parametrize("data", ["null", "{}", '"x"', "5"])
def test_a_push_without_rows_could_have_been_any(data: str) -> None:
    assert rows(data) == PartialPush("REAL", [], 1)


def test_nobody_can_claim_from_outside_that_rows_were_unreadable() -> None:
    assert decode(f'{{"data":[{ROW}],"trnm":"REAL","unreadable":5}}'.encode()) == Push("REAL", [ENTERED])


# ---------------------------------------------------------------- what nobody knows


@pytest.mark.parametrize("text", ["[]", "5", "null", '"x"', "{}", '{"trnm":"NEWS"}', '{"trnm":null,"return_code":0}'])
def test_an_unknown_frame_is_kept_as_a_value(text: str) -> None:
    read = decode(text.encode())
    assert isinstance(read, Unknown)
    assert read.payload == text.encode()


def test_an_unknown_frame_is_kept_in_part_if_it_is_long() -> None:
    read = decode(json.dumps({"trnm": "NEWS", "text": "x" * 5000}).encode())
    assert isinstance(read, Unknown)
    assert (read.trnm, len(read.payload)) == ("NEWS", 1000)


def test_words_of_the_peer_are_bounded() -> None:
    long = "x" * 5000
    refused = reply(json.dumps({"trnm": long, "return_code": 1, "return_msg": long}))
    assert refused.refusal is not None
    assert (len(refused.trnm), len(refused.refusal.text)) == (1000, 1000)
    notice, unknown = (decode(json.dumps({"trnm": trnm, "message": long}).encode()) for trnm in ("SYSTEM", long))
    assert isinstance(notice, System)
    assert isinstance(unknown, Unknown)
    assert (len(notice.message), len(unknown.trnm)) == (1000, 1000)


@pytest.mark.parametrize(
    "text",
    [
        '{"trnm":"REG","grp_no":"1"}',
        '{"trnm":"LOGIN"}',
        '{"trnm":"LOGIN","token":5}',
        '{"trnm":"CNSRREQ","search_type":"1"}',
        '{"trnm":"CNSRREQ","seq":"4"}',
        '{"trnm":"CNSRREQ","seq":"4","search_type":"2"}',
        '{"trnm":"CNSRCLR"}',
        "[]",
    ],
)
def test_a_request_that_lacks_something_is_unknown(text: str) -> None:
    assert isinstance(decode_request(text.encode()), Unknown)


def test_a_venue_nobody_knows_is_the_usual_one() -> None:
    text = b'{"trnm":"CNSRREQ","seq":"4","search_type":"1","stex_tp":"X"}'
    assert decode_request(text) == Register("4", "K")
