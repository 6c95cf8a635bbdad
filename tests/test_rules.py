"""What a rule of alerts says, and what it refuses."""

from datetime import datetime

import pytest

from jogeon.alerts.rules import FIELDS, Bound, Hours, filled, unknown_fields
from jogeon.events import KST


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        (">= 1000", 1000, True),
        (">= 1000", 999, False),
        (">1000", 1000, False),
        ("< -3.5", -3.6, True),
        ("<= 5", 5.0, True),
        ("<5", 5.0, False),
        ("== 0", 0, True),
        ("= 0", 1, False),
        (">= 0", None, False),
    ],
)
def test_a_bound(text: str, value: float | None, *, holds: bool) -> None:
    assert Bound.parse(text).holds(value) is holds


@pytest.mark.parametrize("text", ["", "1000", ">= ", "=> 5", ">= 5%", "5 <", "> 1 2"])
def test_no_bound(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the text itself is the message
        Bound.parse(text)


@pytest.mark.parametrize(
    ("clock", "holds"), [("08:59:59", False), ("09:00:00", True), ("15:19:59.999999", True), ("15:20:00", False)]
)
def test_the_end_of_hours_does_not_belong_to_them(clock: str, *, holds: bool) -> None:
    assert Hours.parse("09:00-15:20").hold(datetime.fromisoformat(f"2026-11-27 {clock}").replace(tzinfo=KST)) is holds


def test_hours_to_the_end_of_the_day() -> None:
    assert Hours.parse("15:30~24:00").hold(datetime(2026, 11, 27, 23, 59, 59, 999999, KST))


@pytest.mark.parametrize("text", ["", "09:00", "15:20-09:00", "09:00-09:00", "09:00-25:00", "09:61-10:00", "9-10"])
def test_no_hours(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the text itself is the message
        Hours.parse(text)


def test_a_text_takes_korean_and_english_fields() -> None:
    values = {name: f"<{name}>" for name in FIELDS.values()}
    assert filled("{종목명}({code}) {조건식} {현재가}", values) == "<name>(<code>) <condition> <price>"


def test_what_a_field_holds_is_no_field() -> None:
    assert filled("{name}", {"name": "{code}", "code": "005930"}) == "{code}"


def test_unknown_fields_are_found() -> None:
    assert unknown_fields("{종목명} {종목} {Code}") == ["종목", "Code"]
