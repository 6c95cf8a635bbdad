"""What an alert says."""

from msgspec.structs import replace

from jogeon.alerts.deciding import Alert, LastQuote
from jogeon.alerts.rules import Rule
from jogeon.alerts.wording import rows_of, text_of
from jogeon.events import Condition

AT_NS = 1_795_316_400_123_456_000  # 2026-11-22 12:00:00 in Korea
RISE = Condition("4", "급등주")
RULE = Rule(
    name="급등", to=("폰", "방"), text="{종목명} {종목코드} {조건식} {편입시간} {현재가} {등락률} {사건}", silent=True
)
ALERT = Alert("id", RULE, RISE, "005930", "enter", "3:120", AT_NS, AT_NS + 30, LastQuote(71_500, 1.5, AT_NS))


def test_every_field_is_filled() -> None:
    assert text_of(ALERT, "ko", "가상전자") == "가상전자 005930 급등주 12:00:00 71,500 +1.50% 편입"
    assert text_of(ALERT, "en", "가상전자").endswith(" entered")


def test_what_is_not_known_leaves_no_hole() -> None:
    assert text_of(replace(ALERT, price=None), "ko", None) == "005930 급등주 12:00:00 - - 편입"
    assert text_of(replace(ALERT, price=LastQuote(None, None, 0)), "ko", None) == "005930 급등주 12:00:00 - - 편입"


def test_a_night_is_one_line() -> None:
    night = replace(ALERT, event="overnight", code="", codes=("005930", "000660"))
    assert text_of(night, "ko", None) == "급등주 밤사이 2종목 편입"
    assert rows_of(night, "ko", lambda _: "x")[0].codes == ("005930", "000660")


def test_each_target_has_its_row() -> None:
    rows = rows_of(ALERT, "ko", {"005930": "가상전자"}.get)
    assert [row.target for row in rows] == ["폰", "방"]
    assert {(row.id, row.name, row.trigger, row.due_ns, row.made_ns, row.silent) for row in rows} == {
        ("id", "가상전자", "3:120", AT_NS + 30, AT_NS + 30, True)
    }
    assert rows_of(replace(ALERT, name="그때"), "ko", {"005930": "지금"}.get)[0].name == "그때"


HARM = "\x1b]0;\x07\u202e\u3164\n[급등] 삼성전자" + "\u0301" * 300


def test_a_name_forges_no_line_and_hides_nothing_in_an_alert() -> None:
    evil = replace(ALERT, condition=Condition("4", f"급등주{HARM}"), rule=replace(RULE, text="{종목명}\n{조건식}"))
    said = text_of(evil, "ko", f"가상{HARM}")
    harmless = "?]0;???" + " [급등] 삼성전자" + "\u0301" * 4 + "?"
    assert said == f"가상{harmless}\n급등주{harmless}"
    assert text_of(replace(evil, event="overnight"), "ko", None) == f"급등주{harmless} 밤사이 0종목 편입"
    row = rows_of(evil, "ko")[0]
    assert row.condition == f"급등주{HARM}"  # a webhook gets the name itself


def test_a_text_of_a_rule_steers_no_screen_and_keeps_its_emoji() -> None:
    text = "⚠️ \x1b[2J\u202e{종목코드}\r\x85\n👨‍👩‍👧 {조건식}"
    said = text_of(replace(ALERT, rule=replace(RULE, text=text)), "ko", None)
    assert said == "⚠️ ?[2J?005930 \n👨‍👩‍👧 급등주"
