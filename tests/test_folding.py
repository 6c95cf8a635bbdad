"""A picture that a hub keeps right: its events are so."""

from __future__ import annotations

from jogeon.events import Condition, Enter, Leave, Snapshot
from jogeon.gaps import Blind
from jogeon.live.folding import fold, restored
from jogeon.live.membership import Membership

C = Condition("4", "급등주")


def test_what_a_hub_tells_is_so() -> None:
    members = Membership(C)
    fold(members, Snapshot(1, C, ("005930", "000660")))
    fold(members, Enter(2, C, "042700"))
    fold(members, Leave(3, C, "005930"))
    fold(members, Leave(4, C, "111111"))
    assert (list(members.codes), members.live, members.right_ns) == (["000660", "042700"], True, 4)
    fold(members, Snapshot(5, C, ("042700", "222222")))
    assert [each.since_ns for each in members.members().values()] == [2, 5]


def test_where_nothing_was_missed_the_picture_is_right_again() -> None:
    members = Membership(C)
    fold(members, Snapshot(1, C, ("005930",)))
    members.blind(2, "connection lost")
    assert members.blindness == Blind(2, "connection lost")
    restored(members)
    assert (members.live, list(members.codes), members.end(9)) == (True, ["005930"], [])
    assert members.push("I", "000660", "", 3) == Enter(3, C, "000660")


def test_a_member_has_the_name_that_came_with_its_event_until_another_is_known() -> None:
    """The names that a client asks for itself come later than those that a hub puts into its lines."""
    known: dict[str, str] = {}
    members = Membership(C, known.get)
    fold(members, Snapshot(1, C, ("005930", "000660"), {"005930": "삼성전자"}))
    fold(members, Enter(2, C, "042700", name="한미반도체"))
    assert [each.name for each in members.members().values()] == ["삼성전자", None, "한미반도체"]
    known |= {"000660": "SK하이닉스", "042700": "한미"}
    assert [each.name for each in members.members().values()] == ["삼성전자", "SK하이닉스", "한미"]
