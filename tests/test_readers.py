"""Readers: every sample of the wire as typed values."""

from __future__ import annotations

import json
import unicodedata

import pytest

from jogeon.errors import RemoteProtocolError
from jogeon.events import Condition, Stock
from jogeon.wire import messages, writers
from jogeon.wire.messages import (
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
from jogeon.wire.readers import answer, can_answer, decode, likeness, refusal_in

REQUESTS: tuple[Request, ...] = (Login("abc"), ListConditions(), Search("4"), Register("4"), Clear("1"))


def reply(text: str) -> Reply:
    read = decode(text.encode())
    assert isinstance(read, Reply)
    return read


# ---------------------------------------------------------------- LOGIN


@pytest.mark.parametrize("code", ["0", '"0"', '"0000"', '"00"', "0.0", '"0.0"', "-0", '" 0 "'])
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
        ("[8005] Token이 유효하지 않습니다", "8005"),
        ("(code = 8005)", "8005"),
        ("거절", "3"),
    ],
)
def test_the_code_of_a_refusal_is_the_one_in_its_text(text: str, code: str) -> None:
    said = reply(json.dumps({"trnm": "LOGIN", "return_code": 3, "return_msg": text}))
    assert answer(Login("abc"), said) == Refusal(code, text)


@pytest.mark.parametrize("success", [0, "0", "0000", " 0 "])
def test_success_in_all_its_spellings(success: object) -> None:
    assert refusal_in(success, "") is None


@pytest.mark.parametrize("failure", [1, "1", "900003", -1, None, "", "00x", 0.5, True, False, [], {}, [0]])
def test_anything_else_is_no_success(failure: object) -> None:
    assert refusal_in(failure, "") is not None


# ---------------------------------------------------------------- PING and SYSTEM


@pytest.mark.parametrize("text", [b'{"trnm":"PING"}', b'{ "trnm" : "PING", "at": 1 }', b"PING", b" PING\n"])
def test_a_ping_is_kept_verbatim(text: bytes) -> None:
    assert decode(text) == Ping(text)


@pytest.mark.parametrize(
    "text",
    [
        b'{"trnm":"ping ","return_code":0}',
        b"\xef\xbb\xbfPING",
        b'"PING"',
        b"ping\0",
        b'\xef\xbb\xbf{"trnm":"PING"}',
        b'{"trnm":"PING","m":"\xff"}',
    ],
)
def test_a_ping_of_another_look_is_kept_verbatim(text: bytes) -> None:
    assert decode(text) == Ping(text)


@pytest.mark.parametrize("code", ["R10001", "R10002", "R10004"])
def test_a_fatal_notice(code: str) -> None:
    said = decode(writers.encode_system(code, "기존 세션은 종료가 됩니다"))
    assert said == System(code, "기존 세션은 종료가 됩니다")
    assert code in messages.FATAL_SYSTEM_CODES


def test_a_notice_without_fields_is_one_all_the_same() -> None:
    assert decode(b'{"trnm":"SYSTEM","code":7}') == System("7", "")
    assert decode(b'{"trnm":"SYSTEM","code":null,"message":5}') == System("", "5")
    assert decode(b'{"trnm":"SYSTEM"}') == System("", "")


@pytest.mark.parametrize(
    "fields",
    [
        '"code":" r10001","message":"끝"',
        '"return_code":"R10001","return_msg":"끝"',
        '"code":"R10001","message":"끝","return_code":0',
    ],
)
def test_a_notice_is_read_where_it_stands(fields: str) -> None:
    assert decode(f'{{"trnm":"System",{fields}}}'.encode()) == System("R10001", "끝")


def test_a_notice_in_another_encoding_keeps_its_code() -> None:
    notice = decode('{"trnm":"SYSTEM","code":"R10001","message":"끝"}'.encode("cp949"))
    assert isinstance(notice, System)
    assert notice.code == "R10001"


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


@pytest.mark.parametrize("data", ["[]", "null", "{}", '""', '" "', '"[]"'])
def test_the_list_of_nothing(data: str) -> None:
    assert conditions(data) == ConditionList(())


def test_names_are_trimmed_and_otherwise_left_alone() -> None:
    name = "<\"'&>\u001b[31m 빨강"
    assert conditions(json.dumps([["4  ", f"  {name} "]])) == ConditionList((Condition("4", name),))


def test_doubled_names_stay_two() -> None:
    assert conditions('[["0","a"],["1","a"]]') == ConditionList((Condition("0", "a"), Condition("1", "a")))


@pytest.mark.parametrize(
    "data",
    [
        '[[0,"조건1"]]',
        '[["0 ","조건1"]]',
        '[["0","조건1","Y"]]',
        '["0","조건1"]',
        '{"seq":"0","name":"조건1"}',
        '[{"seq":0.0,"name":"조건1","more":{}}]',
        json.dumps('[["0","조건1"]]'),
    ],
)
def test_the_list_in_a_shape_a_little_beside_the_book(data: str) -> None:
    assert conditions(data) == ConditionList((Condition("0", "조건1"),))


def test_a_name_that_is_a_number_is_a_name() -> None:
    assert conditions('[["4",20]]') == ConditionList((Condition("4", "20"),))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('["4",null]', "[4, ]"),
        ('["4","  "]', "[4,   ]"),
        ('["","이름"]', "[, 이름]"),
        ('["4",["이름"]]', "[4, a list of 1]"),
        ('{"seq":"4"}', "{seq: 4}"),
        ("null", "''"),
        ("true", "'True'"),
    ],
)
def test_a_condition_that_cannot_be_named_is_told_and_costs_no_other(row: str, told: str) -> None:
    listed = conditions(f'[["0","조건1"],{row},["1","조건2"]]')
    assert listed == ConditionList(
        (Condition("0", "조건1"), Condition("1", "조건2")), (f"a row of an unknown shape: {told}",)
    )


@pytest.mark.parametrize("broken", [b"\xbd", rb"\ud800", rb"\udfff"])
def test_a_name_with_a_broken_character_is_none_and_costs_no_other(broken: bytes) -> None:
    text = '{"trnm":"CNSRLST","return_code":0,"data":[["0","급등주"],["1","신고가"]]}'.encode()
    read = decode(text.replace("신".encode(), broken))
    assert isinstance(read, Reply)
    listed = answer(ListConditions(), read)
    assert isinstance(listed, ConditionList)
    assert (listed.conditions, len(listed.oddities)) == ((Condition("0", "급등주"),), 1)


@pytest.mark.parametrize("data", ['"x"', '[["0"]]', "[1]", "5", '[{"seq":"0"}]', '"[["', '["급등주","신고가"]'])
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
    assert (found.cont_yn, found.next_key) == ("Y", " 005930 "), "it is sent back as it came"
    assert page(SAMSUNG, '"cont_yn":"N","next_key":"   "').next_key == ""


@pytest.mark.parametrize("data", ["[]", "null", "{}", '""'])
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
        ("13", "10386116.0", "volume", 10386116),
        ("11", "-100", "change", -100),
        ("25", "5", "sign", "fall"),
        ("302", "null", "name", ""),
        ("302", "3", "name", "3"),
        ("302", "{}", "name", ""),
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
    assert found.oddities == (f"005930 field 10 = {text!r}",)


def test_oddities_are_bounded() -> None:
    row = '{"9001":"A005930","10":"x"}'
    told = page(",".join([row] * 100)).oddities
    assert told == ("005930 field 10 = 'x'",) * 9 + ("and 91 more",)


@pytest.mark.parametrize("odd", ["[1]", '{"a":1}', "true", "1.5"])
def test_a_number_that_is_something_else_costs_no_other_field(odd: str) -> None:
    found = page(f'{{"9001":"A005930","10":{odd},"11":"-00000100"}}')
    assert (found.stocks[0].price, found.stocks[0].change, len(found.oddities)) == (None, -100, 1)


@pytest.mark.parametrize(
    "row",
    [
        '{"jmcode":"A005930"}',
        '"A005930"',
        '"005930_AL"',
        '["A005930","삼성전자"]',
        '{"9001":5930}',
        '{"9001":"005930"}',
    ],
)
def test_a_row_that_holds_a_code_alone_is_a_stock_of_which_nothing_else_is_known(row: str) -> None:
    assert page(row).stocks == (Stock("005930", "", None, None, None, None, None, None, None, None),)


@pytest.mark.parametrize("row", ["{}", "null", '{"9001":""}', '{"302":"삼성전자"}', '"ERRORS"', '"삼성전자"'])
def test_a_row_without_a_code_is_told_and_costs_no_other(row: str) -> None:
    found = page(f"{row},{SAMSUNG}")
    assert [stock.code for stock in found.stocks] == ["005930"]
    assert len(found.oddities) == 1


def test_a_page_that_is_one_object() -> None:
    said = reply(f'{{"trnm":"CNSRREQ","seq":"4","cont_yn":"N","return_code":0,"data":{SAMSUNG}}}')
    found = answer(Search("4"), said)
    assert isinstance(found, SearchPage)
    assert [stock.price for stock in found.stocks] == [75000]


def test_a_sign_of_more_pages_that_nobody_knows_is_told() -> None:
    assert page(SAMSUNG, '"cont_yn":""').oddities == ()
    assert page(SAMSUNG, '"cont_yn":true').oddities == ("cont_yn = 'True'",)
    assert page(SAMSUNG, '"cont_yn":"TRUE"').oddities == ("cont_yn = 'TRUE'",)


def test_the_key_of_a_page_may_be_a_number() -> None:
    assert page(SAMSUNG, '"cont_yn":"y","next_key":12').next_key == "12"


@pytest.mark.parametrize("row", ["{}", '{"9001":""}', '{"9001":0}', "[]", "null", '"삼성전자"'])
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
    assert answer(Register("4"), said) == Registered((), named=bool(seq))


def test_a_code_shown_twice_is_one_member() -> None:
    text = '{"trnm":"CNSRREQ","return_code":0,"data":[{"jmcode":"A005930"},{"jmcode":"005930_AL"}]}'
    assert answer(Register("4"), reply(text)) == Registered(("005930",), named=False)


@pytest.mark.parametrize(
    "data",
    [
        '{"jmcode":"A005930"}',
        '[{"jmcode":5930}]',
        '[{"9001":"A005930"}]',
        '["A005930"]',
        '[["A005930"]]',
        json.dumps('[{"jmcode":"A005930"}]'),
    ],
)
def test_a_snapshot_in_a_shape_a_little_beside_the_book(data: str) -> None:
    said = reply(f'{{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":{data}}}')
    assert answer(Register("4"), said) == Registered(("005930",))


@pytest.mark.parametrize("row", ['{"jmcode":""}', '{"jmcode":null}', "{}", "5", "null", '{"jmcode":"삼성전자"}'])
def test_a_row_of_a_snapshot_that_cannot_be_read_is_told_and_costs_no_other(row: str) -> None:
    said = reply(f'{{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[{{"jmcode":"A005930"}},{row}]}}')
    shown = answer(Register("4"), said)
    assert isinstance(shown, Registered)
    assert (shown.codes, len(shown.oddities)) == (("005930",), 1)


def test_a_snapshot_that_says_that_more_follows_is_not_the_whole_in_silence() -> None:
    """No capture has pages of a snapshot; if there are any, what is shown is not all."""
    said = reply('{"trnm":"CNSRREQ","seq":"4","return_code":0,"cont_yn":"Y","data":[{"jmcode":"A005930"}]}')
    shown = answer(Register("4"), said)
    assert isinstance(shown, Registered)
    assert (shown.codes, len(shown.oddities)) == (("005930",), 1)
    said = reply('{"trnm":"CNSRREQ","seq":"4","return_code":0,"cont_yn":"N","data":[{"jmcode":"A005930"}]}')
    assert answer(Register("4"), said) == Registered(("005930",))


@pytest.mark.parametrize(
    "data", ['[{"jmcode":""}]', '[{"jmcode":0}]', "[5]", '"x"', '"R10001"', '[{"jmcode":1234567}]']
)
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
    ("text", "able"),
    [
        ('{"trnm":"CNSRREQ","return_code":0,"data":null}', {Search, Register}),
        ('{"trnm":" cnsrreq ","return_code":900004,"return_msg":""}', {Search, Register}),
        ('{"trnm":"","return_code":100002,"return_msg":""}', {Login, ListConditions, Search, Register, Clear}),
        ('{"return_code":100002,"return_msg":""}', {Login, ListConditions, Search, Register, Clear}),
        ('{"trnm":null,"return_code":100002}', {Login, ListConditions, Search, Register, Clear}),
        ('{"trnm":"","return_code":0,"return_msg":"오류"}', {Login, ListConditions, Search, Register, Clear}),
        ('{"trnm":"","return_code":0}', set()),
        ('{"trnm":"CNSRCLR","return_code":0}', {Clear}),
        ('{"trnm":"CNSRLT","return_code":0}', {ListConditions}),
    ],
)
def test_whose_answer_a_reply_can_be(text: str, able: set[type[Request]]) -> None:
    assert {type(request) for request in REQUESTS if can_answer(reply(text), request)} == able


@pytest.mark.parametrize(
    ("more", "search"),
    [
        ('"data":[{"9001":"A005930"}]', 1),
        ('"cont_yn":"N","data":[{"9001":"A005930"}]', 1),
        ('"cont_yn":"N","data":null', 1),
        ('"data":[{"jmcode":"A005930"}]', -1),
        ('"data":{"jmcode":"A005930"}', -1),
        ('"cont_yn":"N","data":[{"jmcode":"A005930"}]', 1),
        ('"data":null', 0),
        ('"data":[5]', 0),
        ('"cont_yn":"N","return_msg":"오류"', 0),
    ],
)
def test_what_a_reply_looks_like(more: str, search: int) -> None:
    said = reply(f'{{"trnm":"CNSRREQ","seq":"4","return_code":0,{more}}}')
    assert [likeness(said, request) for request in (Search("4"), Register("4"), Clear("4"))] == [search, -search, 0]


# ---------------------------------------------------------------- what a reply says about itself

FAILED = "처리 중 오류가 발생했습니다. 잠시 후 다시 조회하세요"


def asked(more: str, request: Request) -> object:
    return answer(request, reply(f'{{"trnm":"{request.trnm}","seq":"4",{more}}}'))


@pytest.mark.parametrize("request_", [Search("4"), Register("4")])
@pytest.mark.parametrize(
    "data", ['"data":null', '"data":[]', '"data":{}', '"data":""', '"cont_yn":"N"', '"data":"오류"']
)
@pytest.mark.parametrize("code", ["0", '"0000"', "0.0"])
def test_words_without_rows_are_a_refusal(request_: Request, data: str, code: str) -> None:
    assert asked(f'"return_code":{code},"return_msg":"{FAILED}",{data}', request_) == Refusal("0", FAILED)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("[1700:허용된 요청 개수를 초과하였습니다]", "1700"),
        ("[CODE=8005, MESSAGE=Token이 유효하지 않습니다]", "8005"),
        ("정상적으로 처리되지 않았습니다", "0"),
        ("비정상적인 요청입니다", "0"),
        ("조회할 자료가 없습니다", "0"),
        ("2026년 11월 29일 점검", "0"),
    ],
)
def test_whatever_the_words_are(words: str, code: str) -> None:
    assert asked(f'"return_code":0,"return_msg":"{words}","data":null', Register("4")) == Refusal(code, words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "  ",
        "\u3000",
        ".",
        "정상",
        "정상적으로 처리되었습니다",
        "정상 처리되었습니다.",
        "[0000] 조회가 완료되었습니다",
        "OK",
    ],
)
def test_words_of_success_are_no_refusal(words: str) -> None:
    for form in ("NFC", "NFD"):
        text = json.dumps(unicodedata.normalize(form, words))
        assert asked(f'"return_code":0,"return_msg":{text},"data":null', Register("4")) == Registered(())


@pytest.mark.parametrize("words", ["null", "0", "false", "[]"])
def test_what_is_no_text_says_nothing(words: str) -> None:
    assert asked(f'"return_code":0,"return_msg":{words},"data":null', Register("4")) == Registered(())


def test_words_beside_rows_are_only_words() -> None:
    row = '"data":[{"jmcode":"A005930"}]'
    assert asked(f'"return_code":0,"return_msg":"{FAILED}",{row}', Register("4")) == Registered(("005930",))


@pytest.mark.parametrize(
    ("request_", "granted"),
    [(Clear("4"), Cleared()), (Login("x"), LoginAccepted()), (ListConditions(), ConditionList(()))],
)
def test_words_refuse_nothing_but_a_search(request_: Request, granted: object) -> None:
    assert asked('"return_code":0,"return_msg":"조건검색 해제","data":null', request_) == granted


@pytest.mark.parametrize(
    "code", ['"return_code":null,', '"return_code":"",', '"return_code":false,', '"return_code":[],', ""]
)
def test_without_a_code_it_is_rows_that_tell_success(code: str) -> None:
    assert asked(f'{code}"data":[{{"jmcode":"A005930"}}]', Register("4")) == Registered(("005930",))
    assert asked(f'{code}"return_msg":"정상적으로 처리되었습니다"', Clear("4")) == Cleared()
    assert asked(f'{code}"return_msg":"오류","data":null', Register("4")) == Refusal("", "오류")
    assert asked(f'{code}"data":null', Register("4")) == Refusal("", "")


@pytest.mark.parametrize(
    ("code", "read"), [("900003.0", "900003"), ("-1", "-1"), ('" 900003 "', "900003"), ("1e300", "1" + "0" * 300)]
)
def test_a_code_is_read_whatever_kind_of_number_it_is(code: str, read: str) -> None:
    refused = asked(f'"return_code":{code},"return_msg":""', Register("4"))
    assert isinstance(refused, Refusal)
    assert refused.code[:2] == read[:2]
    assert len(refused.code) == len(read)


@pytest.mark.parametrize("seq", ['"4"', '"4  "', '" 4"', "4", "4.0"])
def test_a_seq_is_read_whatever_stands_around_it(seq: str) -> None:
    assert reply(f'{{"trnm":"CNSRREQ","seq":{seq},"return_code":0}}').seq == "4"


def test_zeros_in_front_of_a_seq_stay() -> None:
    assert reply('{"trnm":"CNSRREQ","seq":"004","return_code":0}').seq == "004"


@pytest.mark.parametrize("trnm", ["CNSRREQ ", "cnsrreq"])
def test_a_trnm_is_read_whatever_stands_around_it(trnm: str) -> None:
    assert reply(f'{{"trnm":"{trnm}","seq":"4","return_code":0}}').trnm == "CNSRREQ"


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
    assert read.data == [ENTERED]


@pytest.mark.parametrize("time", ['"20":""', '"20":null', '"907":"2"'])
def test_a_push_without_a_time(time: str) -> None:
    read = rows(f'[{{"values":{{"841":"4","9001":"005930","843":"D",{time}}},"type":"02"}}]')
    assert not read.data[0].values.clock


@pytest.mark.parametrize("value", ["152028", "null", '""', "[1]", "{}", "true", '"' + "1" * 21 + '"'])
@pytest.mark.parametrize("name", ["20", "907", "9081"])
def test_an_optional_field_never_costs_a_push(name: str, value: str) -> None:
    read = rows(f'[{{"values":{{"841":"4","9001":"005930","843":"D","{name}":{value}}},"type":"02"}}]')
    assert type(read) is Push
    [row] = read.data
    assert (row.values.seq, row.values.code, row.values.kind) == ("4", "005930", "D")
    assert row.values.clock == ("152028" if name == "20" and value == "152028" else "")


@pytest.mark.parametrize(
    ("number", "clock"),
    [("90000", "090000"), ("5", "000005"), ("152028.0", "152028"), ("0", ""), ("-5", ""), ("1234567", "")],
)
def test_a_time_that_is_a_number_has_lost_its_zeros(number: str, clock: str) -> None:
    [row] = rows(f'[{{"values":{{"841":"4","9001":"005930","843":"I","20":{number}}},"type":"02"}}]').data
    assert row.values.clock == clock


VALUES = '"841":"4","9001":"005930","843":"I","20":"152028"'


@pytest.mark.parametrize(
    "row",
    [
        '{"values":{"841":4,"9001":"005930","843":"I","20":"152028"},"type":"02"}',
        '{"values":{"841":"4  ","9001":" A005930 ","843":"i ","20":"152028"},"type":"02"}',
        '{"values":{"841":"4","9001":5930,"843":"I","20":"152028"},"type":"02"}',
        '{"values":{"841":"4","9001":"","843":"I","20":"152028"},"type":"02","item":"005930"}',
        '{"values":{"841":"4","843":"I","20":"152028"},"type":"02","item":"A005930"}',
        '{"values":{"841":"4","9001":null,"843":"I","20":"152028"},"type":"02","item":5930}',
        f'{{"values":{{{VALUES}}}}}',
        f'{{"values":{{{VALUES}}},"type":null}}',
        f'{{"values":{{{VALUES}}},"type":2}}',
        f'{{"values":{{{VALUES}}},"type":"02 ","name":5}}',
        f'{{"values":[{{{VALUES}}}],"type":"02"}}',
        f'{{{VALUES},"type":"02"}}',
    ],
)
def test_a_row_of_which_seq_code_and_kind_can_be_read_is_a_push(row: str) -> None:
    [read] = rows(f"[{row}]").data
    assert read == ENTERED


def test_one_push_that_is_no_list() -> None:
    assert rows(ROW) == Push("REAL", [ENTERED])
    assert rows(json.dumps(f"[{ROW}]")) == Push("REAL", [ENTERED])


@pytest.mark.parametrize(
    "frame", ['{{"trnm":"real ","data":[{row}]}}', '{{"data":[{row}]}}', '\ufeff{{"trnm":"REAL","data":[{row}]}}\0']
)
def test_a_push_under_another_name_is_one(frame: str) -> None:
    assert decode(frame.format(row=ROW).encode()) == Push("REAL", [ENTERED])


@pytest.mark.parametrize(
    "text", [b'{"trnm":"\xff"}', rb'{"trnm":"\ud800"}', b'{"\xff":"REAL"}', b"\xff", b'{"trnm":"REAL","x":"\xff}']
)
def test_a_broken_character_that_hides_what_a_frame_is_makes_it_unreadable(text: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        decode(text)


@pytest.mark.parametrize("broken", [b"\xc1", rb"\udc00"])
def test_a_broken_character_costs_itself_only(broken: bytes) -> None:
    text = f'{{"data":[{ROW[:-1]},"name":"조"}}],"trnm":"REAL","x":5}}'.encode()
    assert decode(text.replace("조".encode(), broken)) == Push("REAL", [ENTERED])


@pytest.mark.parametrize(
    ("bad", "seqs"),
    [
        ("5", ()),
        ('{"type":"02"}', ()),
        ('{"values":[],"type":"02"}', ()),
        ('{"values":{"843":"I","9001":"005930"},"type":"02"}', ()),
        ('{"values":{"841":"","843":"I","9001":"005930"},"type":"02"}', ()),
        ('{"values":{"841":4},"type":"02"}', ("4",)),
        ('{"values":{"841":"1","843":"I"},"type":"02"}', ("1",)),
        ('{"values":{"841":"1","9001":"005930","843":"X"},"type":"02"}', ("1",)),
        ('{"values":{"841":"1","9001":"005930"}}', ("1",)),
        ("{}", ()),
        ('{"values":{},"name":"조건검색"}', ()),
    ],
)
def test_a_bad_row_costs_no_good_one_and_tells_whom_it_may_concern(bad: str, seqs: tuple[str, ...]) -> None:
    assert rows(f"[{bad},{ROW}]") == PartialPush("REAL", [ENTERED], 1, seqs)


def test_several_bad_rows_concern_those_they_name_and_everybody_if_one_names_none() -> None:
    one, two = '{"values":{"841":"1"},"type":"02"}', '{"values":{"841":"2"},"type":"02"}'
    assert rows(f"[{one},{two},{one}]") == PartialPush("REAL", [], 3, ("1", "2"))
    assert rows(f"[{one},5]") == PartialPush("REAL", [], 2, ())


def test_a_row_without_a_type_that_is_no_push_of_a_condition_costs_nothing() -> None:
    assert rows('[{"values":{"10":"75000"}}]') == Push("REAL", [])


@pytest.mark.parametrize("data", ["null", "{}", '"x"', "5", '""', '"[["'])
def test_a_push_without_rows_could_have_been_any(data: str) -> None:
    assert rows(data) == PartialPush("REAL", [], 1)


def test_nobody_can_claim_from_outside_that_rows_were_unreadable() -> None:
    assert decode(f'{{"data":[{ROW}],"trnm":"REAL","unreadable":5}}'.encode()) == Push("REAL", [ENTERED])


# ---------------------------------------------------------------- what nobody knows


@pytest.mark.parametrize(
    "text", ["[]", "5", "null", '"x"', "{}", '{"trnm":"NEWS","data":[]}', '{"trnm":"CNSRREQ","seq":"4"}']
)
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
