"""What the view is told is what it shows: connection, members, events, gaps."""

from __future__ import annotations

from cli_conversation import HIGHS, NOON_NS, SURGE, enter, leave, snapshot
from jogeon.cli.showing.live_picture import KEPT, Story
from jogeon.events import Condition, Gap, Member, State

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
    assert story.picture(NOON_NS).events == (leave("000010"), enter("000010"))


def test_no_more_events_are_kept_than_a_terminal_is_high() -> None:
    story = Story("demo")
    for _ in range(KEPT + 1):
        story.take(enter("000010"))
    assert len(story.picture(NOON_NS).events) == KEPT


def test_a_state_of_one_condition_is_not_that_of_the_connection() -> None:
    story = Story("demo")
    story.take(State(1, "unanswered", SURGE))
    assert story.picture(NOON_NS).state == "connected"


def test_one_outage_is_one_gap_however_many_conditions_it_blinds() -> None:
    story = Story("demo")
    story.take(gap(SURGE, NOON_NS, NOON_NS + 5 * SECOND))
    story.take(gap(HIGHS, NOON_NS, NOON_NS + 6 * SECOND))
    story.take(gap(SURGE, NOON_NS + 60 * SECOND, NOON_NS + 61 * SECOND))
    assert story.picture(NOON_NS).gaps == 2
    assert story.picture(NOON_NS + DAY).gaps == 0


def test_members_come_latest_first() -> None:
    members = {code: Member(code, since_ns, "live") for code, since_ns in (("000020", 1), ("000010", 1), ("000030", 2))}
    story = Story("demo")
    story.look([SURGE], {"급등주": members})
    (row,) = story.picture(NOON_NS).rows
    assert (row.label, [member.code for member in row.members]) == ("급등주", ["000030", "000010", "000020"])


def test_conditions_of_one_name_are_told_apart_by_their_seq() -> None:
    twins = [Condition("4", "급등주"), Condition("7", "급등주")]
    story = Story("demo")
    story.look(twins, {twins[0]: {}, twins[1]: {"000010": Member("000010", 1, "live")}})
    assert [(row.label, len(row.members)) for row in story.picture(NOON_NS).rows] == [
        ("급등주 [4]", 0),
        ("급등주 [7]", 1),
    ]


def test_what_was_seen_last_stays_when_the_watch_has_ended() -> None:
    story = Story("demo")
    story.look([SURGE], {"급등주": {}})
    story.look([], {})
    assert len(story.picture(NOON_NS).rows) == 1
