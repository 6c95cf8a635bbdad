"""What the board shows: one picture that events and prices change, told by what is true now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from cli_conversation import HIGHS, NOON_NS, SURGE
from jogeon.board.picture import LEFT_NS, Picture
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from jogeon.journal.position import Position
from jogeon.prices import Price

if TYPE_CHECKING:
    from jogeon.journal.following import Numbered

SECOND = 1_000_000_000
STATUS: dict[str, Any] = {"server": "demo", "state": "connected"}


def numbered(*events: Event, first: int = 1) -> list[Numbered]:
    return [(1, n, event) for n, event in enumerate(events, first)]


def picture_of(*events: Event) -> Picture:
    picture = Picture(Position(0, 0, "a"))
    picture.take(numbered(*events))
    return picture


def shown(*codes: str, at: int = 0, condition: Condition = SURGE) -> Snapshot:
    return Snapshot(NOON_NS + at * SECOND, condition, codes, {"005930": "가상전자"})


def enter(code: str, at: int, condition: Condition = SURGE) -> Enter:
    return Enter(NOON_NS + at * SECOND, condition, code, "120000", "live", name=f"이름 {code}")


def leave(code: str, at: int, condition: Condition = SURGE) -> Leave:
    return Leave(NOON_NS + at * SECOND, condition, code, "120000", "live")


def inside(state: dict[str, Any], name: str = "급등주") -> set[str]:
    return {code for code, stay in state["members"][name].items() if stay["left"] is None}


def test_a_stock_that_enters_is_there_with_its_moment_and_name() -> None:
    state = picture_of(shown("005930"), enter("000660", 5)).state()
    assert inside(state) == {"005930", "000660"}
    assert state["members"]["급등주"]["005930"]["origin"] == "snapshot"
    assert state["members"]["급등주"]["000660"]["at"] == "2026-11-22T12:00:05.123+09:00"
    assert {code: stock["name"] for code, stock in state["stocks"].items()} == {
        "005930": "가상전자", "000660": "이름 000660",
    }  # fmt: skip
    assert state["conditions"][0]["members"] == 2
    assert state["position"] == "a:1:2"


def test_a_stock_that_left_stays_for_a_while_and_is_then_gone() -> None:
    picture = picture_of(shown("005930"), leave("005930", 5))
    assert picture.state()["members"]["급등주"]["005930"]["left"] == "2026-11-22T12:00:05.123+09:00"
    assert picture.state()["conditions"][0]["members"] == 0
    picture.changes()
    picture.tick(NOON_NS + 6 * SECOND)
    assert picture.changes() == {}
    picture.tick(NOON_NS + 6 * SECOND + LEFT_NS)
    assert picture.changes()["members"] == {"급등주": {"005930": None}}


def test_only_what_has_changed_is_told_and_only_once() -> None:
    picture = picture_of(shown("005930"), shown("035720", condition=HIGHS))
    picture.changes()
    picture.take(numbered(enter("000660", 5), first=3))
    changes = picture.changes()
    assert set(changes["conditions"]) == {"급등주"}
    assert set(changes["members"]) == {"급등주"}
    assert set(changes["stocks"]) == {"000660"}
    assert [(each["event"], each["n"]) for each in changes["events"]] == [("enter", 3)]
    assert picture.changes() == {}


def test_what_was_taken_before_changes_nothing() -> None:
    picture = picture_of(shown("005930"), enter("000660", 5), leave("000660", 6))
    picture.changes()
    picture.take(numbered(shown("005930"), enter("000660", 5)))
    assert picture.changes() == {}


def test_a_price_goes_to_the_member_and_to_its_stock() -> None:
    picture = picture_of(shown(), enter("000660", 5))
    picture.changes()
    picture.price([
        Price(SURGE, "000660", "가상반도체", 1_000, NOON_NS, "quote", 1_100, NOON_NS, 50, 4.76, 7, 1_100, 1_000),
        Price(SURGE, "999999", None),
        Price(Condition("9", "없는 조건식"), "000660", None),
    ])  # fmt: skip
    changes = picture.changes()
    assert changes["members"]["급등주"]["000660"]["entry_price"] == 1_000
    assert changes["stocks"] == {"000660": changes["stocks"]["000660"]}
    assert changes["stocks"]["000660"]["price"] == 1_100
    assert "conditions" not in changes


def test_a_hub_whose_session_was_taken_ends_by_that_and_another_one_just_ends() -> None:
    taken, ended = State(NOON_NS, "taken"), State(NOON_NS + SECOND, "ended")
    retried = State(NOON_NS + SECOND, "reconnecting")
    for states, word in (((taken, ended), "taken"), ((ended,), "ended"), ((taken, retried), "reconnecting")):
        picture = picture_of(shown("005930"), *states)
        picture.tell(STATUS, NOON_NS)
        assert picture.state()["status"]["trouble"]["state"] == word


def test_an_outage_is_told_while_it_lasts_and_ends_with_a_gap() -> None:
    picture = picture_of(shown("005930"))
    picture.take(numbered(State(NOON_NS + 5 * SECOND, "reconnecting", cause="reset", pause=1.0), first=2))
    picture.tell(STATUS, NOON_NS)
    changes = picture.changes()
    assert changes["status"]["trouble"]["since"] == "2026-11-22T12:00:05.123+09:00"
    assert changes["conditions"]["급등주"]["blind_since"] == "2026-11-22T12:00:05.123+09:00"
    picture.take(numbered(State(NOON_NS + 8 * SECOND, "reconnecting", cause="reset", pause=2.0), first=3))
    picture.tell(STATUS, NOON_NS)
    assert picture.changes()["status"]["trouble"]["since"] == "2026-11-22T12:00:05.123+09:00"
    gap = Gap(SURGE, NOON_NS + 4 * SECOND, NOON_NS + 10 * SECOND, "connection lost")
    back = Enter(NOON_NS + 10 * SECOND, SURGE, "000660", "", "recovered", gap.since_ns, gap.until_ns)
    again = State(NOON_NS + 9 * SECOND, "connected")
    picture.take(numbered(again, gap, back, shown("005930", "000660", at=10), first=4))
    picture.tell(STATUS, NOON_NS + 10 * SECOND)
    changes = picture.changes()
    assert changes["status"]["trouble"] is None
    assert changes["status"]["gaps"] == {"count": 1, "seconds": 6.0}
    assert changes["conditions"]["급등주"]["blind_since"] is None
    assert changes["members"]["급등주"]["000660"]["origin"] == "recovered"
    assert [point[1] for point in picture.state()["conditions"][0]["series"]] == [1, None, 2]


def test_a_condition_that_is_let_go_shows_nobody() -> None:
    picture = picture_of(shown("005930"))
    picture.listed([SURGE, HIGHS], [SURGE])
    assert [each["on"] for each in picture.state()["conditions"]] == [True, False]
    picture.changes()
    picture.listed([SURGE, HIGHS], [])
    changes = picture.changes()
    assert changes["conditions"]["급등주"]["members"] is None
    assert changes["members"] == {"급등주": {"005930": None}}
    picture.listed([HIGHS], [])
    assert picture.changes()["conditions"] == {"급등주": None}


def test_a_condition_keeps_its_place_under_another_seq() -> None:
    picture = picture_of(shown("005930"))
    moved = Condition("9", "급등주")
    picture.take(numbered(Enter(NOON_NS, moved, "000660", "120000", "live"), first=2))
    assert [each["seq"] for each in picture.state()["conditions"]] == ["9"]
    assert inside(picture.state()) == {"005930", "000660"}


def test_a_name_that_is_learned_later_is_told() -> None:
    picture = picture_of(Snapshot(NOON_NS, SURGE, ("000660",), {}))
    picture.changes()
    assert picture.nameless == ["000660"]
    picture.name("000660", "가상반도체")
    assert picture.changes()["stocks"]["000660"]["name"] == "가상반도체"
    assert picture.nameless == []


def test_one_condition_and_one_stock_have_their_own_data() -> None:
    picture = picture_of(shown("005930"), shown("005930", condition=HIGHS))
    found = picture.members("급등주")
    assert found is not None
    assert [row["code"] for row in found["members"]] == ["005930"]
    assert picture.members("없는 조건식") is None
    assert set(picture.stock("005930")["conditions"]) == {"급등주", "신고가 돌파"}
    assert picture.stock("999999")["conditions"] == {}


CODES = st.sampled_from(["000001", "000002", "000003"])
CHANGES = st.lists(st.one_of(CODES.map(lambda c: enter(c, 1)), CODES.map(lambda c: leave(c, 2)),
                             st.sets(CODES).map(lambda cs: shown(*sorted(cs), at=3))), max_size=30)  # fmt: skip


@given(CHANGES, st.integers(1, 5))
def test_the_differences_lead_to_the_state(events: list[Event], step: int) -> None:
    picture = picture_of(shown())
    held = dict(picture.state()["members"]["급등주"])
    picture.changes()
    for start in range(0, len(events), step):
        picture.take(numbered(*events[start : start + step], first=2 + start))
        held |= picture.changes().get("members", {}).get("급등주", {})
    state = picture.state()
    assert held == state["members"]["급등주"]
    assert state["conditions"][0]["members"] == len(inside(state))


def test_an_event_that_comes_twice_is_told_once() -> None:
    picture = picture_of(shown("005930"), enter("000660", 5))
    before = picture.state()
    picture.changes()
    picture.take(numbered(enter("000660", 5), first=2))
    assert picture.changes() == {}
    assert picture.state() == before
