"""A stock keeps its place while it is shown, and the newest are always shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jogeon.cli.showing.live_picture import SECOND_NS, Roster, Stand, latest_first
from jogeon.cli.showing.live_places import SEEN_LEAVING_NS, Places
from jogeon.cli.showing.live_table import by_time

ORDER = by_time({})
LATER = 1000 * SECOND_NS


def row(inside: dict[str, int], left: dict[str, int] | None = None) -> Roster:
    gone = [Stand(code, None, at * SECOND_NS, "live", left=True) for code, at in (left or {}).items()]
    members = [Stand(code, None, at * SECOND_NS, "live") for code, at in inside.items()]
    return Roster("급등주", tuple(latest_first(members)), tuple(latest_first(gone)))


def settled(places: Places, shown: Roster, now_ns: int = LATER) -> list[str | None]:
    return [None if each is None else each.code for each in places.seat(shown, now_ns, ORDER)]


def test_at_first_they_stand_in_order() -> None:
    assert settled(Places(4), row({"a": 1, "b": 3, "c": 2})) == ["b", "c", "a", None]


def test_a_newcomer_takes_an_empty_place() -> None:
    places = Places(3)
    settled(places, row({"a": 1, "b": 2}))
    assert settled(places, row({"a": 1, "b": 2, "c": 3})) == ["b", "a", "c"]


def test_without_an_empty_place_it_takes_that_of_the_one_that_is_out_or_in_for_the_longest() -> None:
    places = Places(3)
    settled(places, row({"a": 1, "b": 2, "c": 3}))
    assert settled(places, row({"a": 1, "b": 2, "c": 3, "d": 4})) == ["c", "b", "d"]
    assert settled(places, row({"a": 1, "c": 3, "d": 4, "e": 5}, {"b": 6})) == ["c", "e", "d"]


def test_who_just_left_holds_its_place_against_older_members() -> None:
    places = Places(4)
    crowd = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
    assert settled(places, row(crowd)) == ["e", "d", "c", "b"]
    del crowd["d"]
    left_ns = 10 * SECOND_NS
    assert settled(places, row(crowd, {"d": 10}), left_ns) == ["e", "d", "c", "b"]
    assert settled(places, row(crowd, {"d": 10}), left_ns + SEEN_LEAVING_NS) == ["e", "a", "c", "b"]


@given(
    st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.booleans(), max_size=8), max_size=20), st.integers(0, 6)
)
def test_nobody_moves_and_the_newest_half_is_always_shown(steps: list[dict[str, bool]], count: int) -> None:
    places = Places(count)
    before: list[str | None] = [None] * count
    inside: dict[str, int] = {}
    left: dict[str, int] = {}
    for second, step in enumerate(steps):
        for code, is_in in step.items():
            if is_in:
                inside.setdefault(code, second)
                left.pop(code, None)
            elif inside.pop(code, None) is not None:
                left[code] = second
        shown = row(inside, left)
        now = settled(places, shown, second * SECOND_NS)
        assert len(now) == count
        assert len({code for code in now if code}) == len([code for code in now if code])
        for seen in set(before) & set(now) - {None}:
            assert before.index(seen) == now.index(seen)
        assert {each.code for each in shown.members[: (count + 1) // 2]} <= set(now)
        before = now
