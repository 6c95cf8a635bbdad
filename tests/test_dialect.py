"""The broker's texts, read back by our own client's eyes where they must be readable."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jogeon.events import Condition, Stock
from jogeon.simulator.broker.dialect import Dialect
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.market import PartlyKnown, Prices
from jogeon.wire import readers, writers
from jogeon.wire.messages import ConditionList, ListConditions, Register, Registered, Reply, Search, SearchPage
from texts import page_text

RULES = [Condition(seq, name) for seq, name in (("2", "급등주"), ("10", "급락주"), ("0", "신고가"))]
QUOTE = Prices(
    "005930", "가상전자 001", 75_000, 5, -100, -130, 10_386_116, 75_100, 75_600, 74_700,
    base=75_100, value=780_000_000_000, ask=75_100, bid=75_000, quantity=-10, strength=98.5, clock="101500",
)  # fmt: skip


def dialect(**switches: Any) -> Dialect:
    return Dialect(Switches(**switches))


def reply(text: bytes) -> Reply:
    message = readers.decode(text)
    assert isinstance(message, Reply)
    return message


def test_a_list_is_rows_of_two_sorted_as_text() -> None:
    assert json.loads(dialect().listing(RULES)) == {
        "trnm": "CNSRLST", "return_code": 0, "return_msg": "",
        "data": [["0", "신고가"], ["10", "급락주"], ["2", "급등주"]],
    }  # fmt: skip


@pytest.mark.parametrize(
    "switches", [{}, {"list_rows": "objects"}, {"list_name": "CNSRLT"}, {"padded_names": True}], ids=str
)
def test_every_shape_of_the_list_means_the_same(switches: dict[str, Any]) -> None:
    listed = readers.answer(ListConditions(), reply(dialect(**switches).listing(RULES)))
    assert listed == ConditionList((Condition("0", "신고가"), Condition("10", "급락주"), Condition("2", "급등주")))


def test_the_shapes_differ() -> None:
    assert json.loads(dialect(list_rows="objects").listing(RULES[:1]))["data"] == [{"seq": "2", "name": "급등주"}]
    assert json.loads(dialect(list_name="CNSRLT").listing([]))["trnm"] == "CNSRLT"
    assert json.loads(dialect(padded_names=True).listing(RULES[:1]))["data"] == [["2", "  급등주  "]]
    assert json.loads(dialect().listing([]))["data"] == []
    assert json.loads(dialect(empty_list="null").listing([]))["data"] is None


def test_a_snapshot_has_prefixes_and_no_padding() -> None:
    assert dialect().snapshot("4", ["005930", "0000D0"], "K") == (
        b'{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[{"jmcode":"A005930"},{"jmcode":"A0000D0"}]}'
    )


@pytest.mark.parametrize(
    ("switch", "text"),
    [
        ("null", '{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":null}'),
        ("unnamed", '{"trnm":"CNSRREQ","return_code":0,"data":null}'),
        ("list", '{"trnm":"CNSRREQ","seq":"4","return_code":0,"data":[]}'),
    ],
)
def test_an_empty_snapshot(switch: str, text: str) -> None:
    written = dialect(empty_snapshot=switch).snapshot("4", [], "K")
    assert written.decode() == text
    assert readers.answer(Register("4"), reply(written)) == Registered((), named=b'"seq"' in written)


def test_a_venue_may_stand_behind_the_code() -> None:
    assert b"A005930_AL" in dialect(venue_suffix=True).snapshot("4", ["005930"], "A")
    assert dialect(venue_suffix=True).row(QUOTE, "N")["9001"] == "A005930_NX"
    assert dialect(venue_suffix=True).row(QUOTE, "K")["9001"] == "A005930"
    written = dialect(venue_suffix=True).snapshot("4", ["005930"], "A")
    assert readers.answer(Register("4"), reply(written)) == Registered(("005930",))


def test_a_row_of_a_search() -> None:
    row = dialect().row(QUOTE, "K")
    assert row == {
        "9001": "A005930", "302": "가상전자 001", "10": "000075000", "25": "5", "11": "-00000100", "12": "-00000130",
        "13": "010386116", "16": "000075100", "17": "000075600", "18": "000074700",
    }  # fmt: skip
    page = readers.answer(Search("4"), reply(page_text("4", [row])))
    stock = Stock("005930", "가상전자 001", 75_000, "fall", -100, -0.13, 10_386_116, 75_100, 75_600, 74_700)
    assert page == SearchPage((stock,), "N", "")


def test_of_a_recorded_stock_a_row_has_what_is_known() -> None:
    empty = dict.fromkeys(("302", "10", "25", "11", "12", "13", "16", "17", "18"), "")
    assert dialect().row(PartlyKnown("005930"), "K") == {"9001": "A005930"} | empty
    known = PartlyKnown("005930", "삼성전자", 75_000, -100, -0.13, 500)
    shown = {"302": "삼성전자", "10": "000075000", "11": "-00000100", "12": "-00000130", "13": "000000500"}
    assert dialect().row(known, "K") == {"9001": "A005930"} | empty | shown
    assert dialect(rates="percent").row(known, "K")["12"] == "-00000.13"
    assert dialect(rates="percent").row(PartlyKnown("005930"), "K")["12"] == ""


def test_a_push_and_its_optional_fields() -> None:
    assert dialect().push("4", "005930", "I", "152028") == writers.encode_push("4", "005930", "I", "152028")
    values = json.loads(dialect(with_907=False, with_9081=True).push("4", "005930", "D", ""))["data"][0]["values"]
    assert values == {"841": "4", "9001": "005930", "843": "D", "20": "", "9081": "통합"}


def test_a_login_is_accepted_with_or_without_sor_yn() -> None:
    assert json.loads(dialect().login_accepted())["sor_yn"] == "Y"
    assert json.loads(dialect(sor_yn=False).login_accepted()) == {"trnm": "LOGIN", "return_code": 0, "return_msg": ""}


@pytest.mark.parametrize("number", [None, 3, 805])
def test_a_refused_login_tells_its_code_in_the_text(number: int | None) -> None:
    refusal, text = dialect(login_code=number).login_refused("8005")
    assert json.loads(text) == {
        "trnm": "LOGIN",
        "return_code": 8005 if number is None else number,
        "return_msg": "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]",
    }
    assert reply(text).refusal == refusal


def test_the_list_may_be_sorted_as_numbers() -> None:
    rows = json.loads(dialect(list_order="number").listing(RULES))["data"]
    assert [seq for seq, _ in rows] == ["0", "2", "10"]


@pytest.mark.parametrize(
    ("padding", "search", "snapshot"),
    [("searches", "4  ", "4"), ("always", "4  ", "4  "), ("never", "4", "4")],
)
def test_a_seq_may_be_filled_up_with_blanks(padding: str, search: str, snapshot: str) -> None:
    written = dialect(padded_seq=padding)
    assert json.loads(written.page("4", [QUOTE], "K", ""))["seq"] == search
    assert json.loads(written.snapshot("4", ["005930"], "K"))["seq"] == snapshot


def test_a_page_is_what_the_broker_writes() -> None:
    for key in ("", "7"):
        written = dialect().page("4", [QUOTE], "K", key)
        assert written == page_text("4", [dialect().row(QUOTE, "K")], key)
    assert dialect().page("4", [], "K", "") == page_text("4", [])


def test_one_row_may_stand_for_itself() -> None:
    alone = dialect(one_row="object")
    assert json.loads(alone.snapshot("4", ["005930"], "K"))["data"] == {"jmcode": "A005930"}
    assert json.loads(alone.page("4", [QUOTE], "K", ""))["data"] == alone.row(QUOTE, "K")
    assert len(json.loads(alone.snapshot("4", ["005930", "000660"], "K"))["data"]) == 2
    assert json.loads(alone.snapshot("4", [], "K"))["data"] is None


def test_a_search_may_have_codes_only() -> None:
    page = json.loads(dialect(search_rows="codes").page("4", [QUOTE], "K", ""))
    assert (page["data"], page["cont_yn"]) == ([{"jmcode": "A005930"}], "N")


def test_a_rate_may_be_plain_percent() -> None:
    assert dialect(rates="percent").row(QUOTE, "K")["12"] == "-00000.13"


@pytest.mark.parametrize(
    ("prefixes", "shown", "pushed"),
    [("snapshots", "A", ""), ("never", "", ""), ("always", "A", "A")],
)
def test_a_letter_may_stand_before_codes(prefixes: str, shown: str, pushed: str) -> None:
    written = dialect(prefixes=prefixes)
    assert json.loads(written.snapshot("4", ["005930"], "K"))["data"] == [{"jmcode": f"{shown}005930"}]
    assert written.row(QUOTE, "K")["9001"] == f"{shown}005930"
    assert json.loads(written.push("4", "005930", "I", "1"))["data"][0]["values"]["9001"] == f"{pushed}005930"


def test_a_push_may_lack_its_time_and_have_other_rows_beside_it() -> None:
    assert json.loads(dialect(with_20=False).push("4", "005930", "I", "152028"))["data"][0]["values"]["20"] == ""
    other, row = json.loads(dialect(mixed=True).push("4", "005930", "I", "152028"))["data"]
    assert (other["type"], row["type"], row["values"]["841"]) == ("0B", "02", "4")
    assert readers.decode(dialect(mixed=True).push("4", "005930", "I", "152028"))


@pytest.mark.parametrize(
    ("code", "number"),
    [("1700", 1700), ("1999", 1999), ("8003", 8003), ("8010", 8010), ("maintenance", 20)],
)
def test_refusals_of_a_login_that_pass(code: str, number: int) -> None:
    refusal, text = dialect().login_refused(code)
    assert json.loads(text)["return_code"] == number
    assert ("CODE=" in refusal.text) == (code not in ("1999", "maintenance"))
    assert reply(text).refusal == refusal
