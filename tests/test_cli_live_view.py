"""The live view fits its terminal, is aligned under Hangul, and never leaves a colour without a word."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_conversation import HIGHS, NOON_NS, SURGE, enter, leave, snapshot
from jogeon.cli.showing.live_picture import Story
from jogeon.cli.showing.live_view import Screen
from jogeon.cli.showing.tables import console
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns
from jogeon.errors import ConnectionLost
from jogeon.events import Condition, Event, Gap, Member, State, StateName, korean
from jogeon.reports import Report

SECOND = 1_000_000_000
FIRST = [("005930", "snapshot"), ("000660", "snapshot")]


def members(count: int) -> dict[str, Member]:
    return {f"{n:06}": Member(f"{n:06}", NOON_NS - n * SECOND, "live") for n in range(count)}


def story_of(*events: Event, **conditions: int) -> Story:
    story = Story("시뮬레이터")
    wanted = [Condition(str(seq), name) for seq, name in enumerate(conditions)]
    story.look(wanted, {name: members(count) for name, count in conditions.items()})
    for event in events:
        story.take(event)
    return story


def drawn(story: Story, width: int = 80, height: int = 24, lang: str = "ko", now_ns: int = NOON_NS) -> list[str]:
    file = io.StringIO()
    target = console(file)
    target.width = width
    screen = Screen(Texts("ko" if lang == "ko" else "en"), RICH_SIGNS, "Ctrl+C")
    target.print(screen.draw(story.picture(now_ns), width, height))
    return file.getvalue().splitlines()


def test_the_first_line_says_server_connection_age_and_gaps() -> None:
    story = story_of(snapshot("005930"), Gap(SURGE, NOON_NS - SECOND, NOON_NS, "connection lost"))
    story.heard = korean(NOON_NS)
    line = drawn(story, now_ns=NOON_NS + 75 * SECOND)[0]
    assert all(part in line for part in ("시뮬레이터", "● 접속됨", "마지막 수신 1분 전", "오늘 공백 1건", "12:01:15"))
    line = drawn(story, lang="en", now_ns=NOON_NS + 2 * SECOND)[0]
    assert all(part in line for part in ("● connected", "last heard 2 s ago", "gaps today: 1"))


@pytest.mark.parametrize(
    ("state", "word"), [("reconnecting", "! 다시 접속 중"), ("ended", "! 종료"), ("taken", "! 다른")]
)
def test_a_connection_that_is_not_there_is_told_by_sign_and_word(state: StateName, word: str) -> None:
    assert word in drawn(story_of(State(NOON_NS, state)))[0]


def test_enter_and_leave_have_sign_and_word() -> None:
    lines = drawn(story_of(snapshot(), enter("005930"), leave("005930"), 급등주=0))
    assert any("12:00:00  ▽ 이탈  005930    급등주" in line for line in lines)
    assert any("12:00:00  ▲ 편입  005930    급등주" in line for line in lines)


def test_why_it_reconnects_is_said_in_korean_and_fits_into_80_columns() -> None:
    error = ConnectionLost(Report("closed", code="1000", text="Bye")).report
    lines = drawn(story_of(State(NOON_NS, "reconnecting", pause=10.84, error=error), 급등주=1))
    assert any(line.endswith("다시 접속 중 (10.8초 뒤, 서버가 끊음 1000 Bye)") for line in lines)


def test_a_line_that_is_cut_shows_it() -> None:
    lines = drawn(story_of(State(NOON_NS, "unanswered", SURGE, "x" * 200)))
    assert any(line.endswith("xxx…") for line in lines)


def test_a_fresh_member_is_marked_with_its_time_and_an_old_one_is_not() -> None:
    line = next(line for line in drawn(story_of(급등주=7)) if line.startswith("급등주"))
    assert "▲000000 12:00:00" in line
    line = next(line for line in drawn(story_of(급등주=1), now_ns=NOON_NS + 60 * SECOND) if line.startswith("급등주"))
    assert "  000000 12:00:00" in line


def test_a_member_of_the_first_snapshot_has_no_time_that_is_not_known() -> None:
    story = Story("demo")
    story.look([SURGE], {"급등주": {"005930": Member("005930", NOON_NS, "snapshot")}})
    line = next(line for line in drawn(story) if line.startswith("급등주"))
    assert line.split() == ["급등주", "1", "005930"]


def test_what_does_not_fit_is_counted() -> None:
    lines = drawn(story_of(급등주=500, 신고가=3), height=16)
    assert any("외 " in line and "종목" in line for line in lines)
    lines = drawn(story_of(**{f"조건 {n:02}": 1 for n in range(40)}), height=20)
    assert any(line.startswith("외 조건식 ") for line in lines)


def test_columns_line_up_under_hangul() -> None:
    head, *rows = drawn(story_of(급등주=300, 신고가_돌파=12, ABC=1), height=14)[1:5]
    ends = {columns(row[: row.index(count)] + count) for row, count in zip(rows, (" 300", " 12", " 1"), strict=True)}
    assert ends == {columns(head[: head.index("종목수")] + "종목수")}


@given(
    st.dictionaries(st.text(min_size=1, max_size=30), st.integers(0, 200), max_size=15),
    st.integers(30, 160),
    st.integers(8, 60),
    st.lists(
        st.sampled_from([enter("005930"), leave("005930", HIGHS), State(1, "connecting", None, "x" * 200)]), max_size=60
    ),
)
def test_the_view_fits_whatever_is_shown(
    conditions: dict[str, int], width: int, height: int, events: list[Event]
) -> None:
    story = Story("x" * 50)
    story.look([Condition("0", name) for name in conditions], {name: members(n) for name, n in conditions.items()})
    for event in events:
        story.take(event)
    lines = drawn(story, width, height)
    assert len(lines) <= height
    assert all(columns(line) <= width for line in lines)
    assert all(c.isprintable() for line in lines for c in line)


def test_hostile_names_are_neither_markup_nor_escapes() -> None:
    hostile = Condition("0", "<\"'&>[red]\x1b[31m")
    story = Story("demo")
    story.look([hostile], {hostile.name: {}})
    story.take(enter("\x1b]0;x", hostile))
    text = "\n".join(drawn(story))
    assert text.count("<\"'&>[red]?[31m") == 2
    assert "\x1b" not in text
