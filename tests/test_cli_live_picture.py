"""What the view is told is what it shows: connection, members, events, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_conversation import HIGHS, NOON_NS, SURGE, enter, leave, snapshot
from jogeon.cli.showing.live_picture import KEPT, LINGER_NS, Outage, Silence, Story, Totals
from jogeon.events import Condition, Enter, Gap, Leave, Member, State, korean

if TYPE_CHECKING:
    from collections.abc import Sequence

SECOND = 1_000_000_000
DAY = 86_400 * SECOND


def gap(condition: Condition, since_ns: int, until_ns: int) -> Gap:
    return Gap(condition, since_ns, until_ns, "connection lost")


def test_events_come_latest_first_and_without_what_the_view_shows_anyway() -> None:
    story = Story("demo")
    for event in (
        State(1, "started"),
        snapshot("005930"),
        State(1, "registered", SURGE),
        enter("000010"),
        leave("000010"),
    ):
        story.take(event)
    assert story.picture(NOON_NS).log == (leave("000010"), enter("000010"))


def test_no_more_events_are_kept_than_a_terminal_is_high() -> None:
    story = Story("demo")
    for _ in range(KEPT + 1):
        story.take(enter("000010"))
    assert len(story.picture(NOON_NS).log) == KEPT


def test_a_state_of_one_condition_is_not_that_of_the_connection() -> None:
    story = Story("demo")
    story.take(State(1, "unanswered", SURGE))
    assert story.picture(NOON_NS).state == "connected"


def test_one_outage_is_one_gap_however_many_conditions_it_blinds() -> None:
    story = Story("demo")
    story.take(gap(SURGE, NOON_NS, NOON_NS + 5 * SECOND))
    story.take(gap(HIGHS, NOON_NS, NOON_NS + 6 * SECOND))
    story.take(gap(SURGE, NOON_NS + 60 * SECOND, NOON_NS + 61 * SECOND))
    picture = story.picture(NOON_NS)
    assert picture.gaps == 2
    assert picture.blind_ns == 7 * SECOND
    assert picture.log == (
        Outage("connection lost", NOON_NS + 60 * SECOND, NOON_NS + 61 * SECOND, frozenset({"급등주"})),
        Outage("connection lost", NOON_NS, NOON_NS + 6 * SECOND, frozenset({"급등주", "신고가 돌파"})),
    )
    assert story.picture(NOON_NS + DAY).gaps == 0


def test_gaps_of_other_causes_are_other_outages_and_time_in_both_counts_once() -> None:
    story = Story("demo")
    story.take(gap(SURGE, NOON_NS, NOON_NS + 10 * SECOND))
    story.take(Gap(HIGHS, NOON_NS + 5 * SECOND, NOON_NS + 12 * SECOND, "drift"))
    picture = story.picture(NOON_NS)
    assert (picture.gaps, picture.blind_ns) == (2, 12 * SECOND)


def test_what_changed_in_an_outage_is_counted_in_its_line() -> None:
    story = Story("demo")
    since_ns, until_ns = NOON_NS, NOON_NS + 5 * SECOND
    story.take(gap(SURGE, since_ns, until_ns))
    for change in (Enter, Enter, Leave):
        story.take(change(until_ns, SURGE, "000010", "", "recovered", since_ns, until_ns))
    (line,) = story.picture(NOON_NS).log
    assert isinstance(line, Outage)
    assert (line.enters, line.leaves) == (2, 1)


def rows(story: Story, now_ns: int = NOON_NS) -> list[tuple[str, list[str], list[str]]]:
    picture = story.picture(now_ns)
    return [(row.label, [each.code for each in row.members], [each.code for each in row.left]) for row in picture.rows]


def test_members_come_latest_first() -> None:
    members = {code: Member(code, since_ns, "live") for code, since_ns in (("000020", 1), ("000010", 1), ("000030", 2))}
    story = Story("demo")
    story.look([SURGE], {"급등주": members})
    assert rows(story) == [("급등주", ["000030", "000010", "000020"], [])]


def test_a_stock_that_left_is_seen_for_a_minute_unless_it_is_in_again() -> None:
    story = Story("demo")
    story.look([SURGE], {"급등주": {}})
    story.take(leave("000010"))
    story.take(leave("000020"))
    assert rows(story) == [("급등주", [], ["000010", "000020"])]
    story.take(enter("000010"))
    assert rows(story, NOON_NS + LINGER_NS - 1) == [("급등주", [], ["000020"])]
    assert rows(story, NOON_NS + LINGER_NS) == [("급등주", [], [])]


def test_conditions_of_one_name_are_told_apart_by_their_seq() -> None:
    twins = [Condition("4", "급등주"), Condition("7", "급등주")]
    story = Story("demo")
    story.look(twins, {twins[0]: {}, twins[1]: {"000010": Member("000010", 1, "live")}})
    story.take(leave("000020", twins[0]))
    assert rows(story) == [("급등주 [4]", [], ["000020"]), ("급등주 [7]", ["000010"], [])]


def test_what_was_seen_last_stays_when_the_watch_has_ended() -> None:
    story = Story("demo")
    story.look([SURGE], {"급등주": {}})
    story.look([], {})
    assert len(story.picture(NOON_NS).rows) == 1


def test_each_condition_is_counted_over_the_session() -> None:
    story = Story("demo")
    story.look([SURGE, HIGHS], {"급등주": {"000010": Member("000010", 1, "live")}, "신고가 돌파": {}})
    for event in (enter("000010"), enter("000020"), leave("000020"), leave("000030", HIGHS)):
        story.take(event)
    assert story.totals() == [Totals("급등주", 1, 2, 1), Totals("신고가 돌파", 0, 0, 1)]


def is_silent(heard: Sequence[float], now: float) -> bool:
    silence = Silence()
    for moment in heard:
        silence.hear(korean(NOON_NS + int(moment * SECOND)))
    return silence.lasts(korean(NOON_NS + int(now * SECOND)))


def test_it_is_silent_when_nothing_comes_for_longer_than_usual() -> None:
    assert not is_silent([], 99)
    assert not is_silent([0], 14.9)
    assert is_silent([0], 15)
    pings_each_10_seconds = [0, 0.1, 10, 10.5, 20, 30]
    assert not is_silent(pings_each_10_seconds, 44.9)
    assert is_silent(pings_each_10_seconds, 45)
    pings_each_30_seconds = [0, 30, 60]
    assert not is_silent(pings_each_30_seconds, 104)
    assert is_silent(pings_each_30_seconds, 105)
