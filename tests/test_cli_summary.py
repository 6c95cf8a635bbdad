"""The summary of a session: whole numbers at every width."""

from __future__ import annotations

from cli_conversation import HIGHS, NOON_NS, SURGE, enter, leave
from jogeon.cli.showing.ink import plain
from jogeon.cli.showing.live_picture import Story
from jogeon.cli.showing.live_view import Screen
from jogeon.cli.showing.summary import summary
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns
from jogeon.events import Condition, Gap, Member

SECOND = 1_000_000_000


def story_of(*conditions: Condition) -> Story:
    story = Story("시뮬레이터", NOON_NS - 61 * SECOND)
    inside = {"000010": Member("000010", 1, "live")}
    story.look(conditions, {each.name: inside for each in conditions})
    for event in (enter("000010"), enter("000020"), leave("000020", HIGHS)):
        story.take(event)
    return story


def lines(story: Story, lang: str = "ko", width: int = 80) -> list[str]:
    texts = Texts("ko" if lang == "ko" else "en")
    age = Screen(texts, RICH_SIGNS).age
    return [plain(line) for line in summary(story, NOON_NS, texts, RICH_SIGNS, age, width)]


def test_it_says_how_long_which_gaps_and_what_each_condition_did() -> None:
    story = story_of(SURGE, HIGHS)
    for condition in (SURGE, HIGHS):
        story.take(Gap(condition, NOON_NS - 30 * SECOND, NOON_NS - 19 * SECOND, "connection lost"))
    assert lines(story) == [
        "시뮬레이터  11:58:59 ~ 12:00:00 (1분)",
        "공백 1건 (11초)",
        "조건식       종목수  편입  이탈",
        "급등주            1     2     0",
        "신고가 돌파       1     0     1",
        "합계                    2     1",
    ]


def test_one_condition_needs_no_sum() -> None:
    assert lines(story_of(SURGE), "en") == [
        "시뮬레이터  11:58:59 - 12:00:00 (1 min)",
        "no gaps",
        "condition  stocks  enters  leaves",
        "급등주          1       2       0",
    ]


def test_numbers_are_whole_and_a_cut_name_is_marked_at_every_width() -> None:
    story = story_of(Condition("1", "아주 긴 이름의 조건식이라 좁은 화면에는 들어가지 않는다"))
    for width in range(40, 201):
        row = lines(story, width=width)[3]
        assert columns(row) <= width
        assert row.split()[-3:] == ["1", "0", "0"]
        assert "…" in row or "않는다" in row
