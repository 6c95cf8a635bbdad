"""What the stocks of a journal were called, and when."""

from __future__ import annotations

from jogeon.journal.naming import Names

NAMES = Names([("005930", 100, "삼성전자"), ("068270", 50, "셀트리온"), ("068270", 200, "셀트리온바이오")])


def test_a_stock_is_called_what_it_was_called_then() -> None:
    called = [NAMES.at("068270", at_ns) for at_ns in (50, 199, 200, 900)]
    assert called == ["셀트리온", "셀트리온", "셀트리온바이오", "셀트리온바이오"]


def test_before_its_first_name_was_seen_a_stock_has_that_one() -> None:
    assert NAMES.at("005930", 0) == "삼성전자"


def test_a_stock_that_was_never_named_has_no_name() -> None:
    assert NAMES.at("000660", 900) is NAMES.at(None, 900) is None
    assert NAMES.of(["000660", "005930"], 900) == {"005930": "삼성전자"}


def test_between_two_changes_every_stock_is_called_the_same() -> None:
    for at_ns in (-(2**62), 0, 100, 199):
        assert NAMES.steady(at_ns) == range(-(2**63), 200)  # a first name holds for the time before it, too
    for at_ns in (200, 201, 2**62):
        assert NAMES.steady(at_ns) == range(200, 2**63 - 1)
    names = Names([("068270", at_ns, f"이름 {at_ns}") for at_ns in (50, 200, 300)])
    assert names.steady(299) == range(200, 300)
    assert Names([]).steady(5) == range(-(2**63), 2**63 - 1)
    assert NAMES.codes == ["005930", "068270"]
