"""The live view fits its terminal, does not jump, and never leaves a colour without a word."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_conversation import HIGHS, NOON_NS, SURGE, enter, leave, snapshot
from jogeon.cli.showing.ink import inked, plain
from jogeon.cli.showing.live_picture import LivePicture, Story, Worth
from jogeon.cli.showing.live_view import Screen
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns
from jogeon.events import Condition, Enter, Event, Gap, Leave, Member, State, StateName, korean

SECOND = 1_000_000_000
CLOCK = re.compile(r"\d\d:\d\d(:\d\d)?")


def members(count: int) -> dict[str, Member]:
    return {f"{n:06}": Member(f"{n:06}", NOON_NS - n * SECOND, "live") for n in range(count)}


def story_of(*events: Event, **conditions: int) -> Story:
    story = Story("시뮬레이터")
    wanted = [Condition(str(seq), name) for seq, name in enumerate(conditions)]
    story.look(wanted, {name: members(count) for name, count in conditions.items()})
    for event in events:
        story.take(event)
    return story


def screen_in(lang: str = "ko", *, keys: bool = True) -> Screen:
    return Screen(Texts("ko" if lang == "ko" else "en"), RICH_SIGNS, keys=keys, made_up=True)


def drawn(
    story: Story, width: int = 80, height: int = 24, now_ns: int = NOON_NS, screen: Screen | None = None
) -> list[str]:
    return [plain(line) for line in (screen or screen_in()).draw(story.picture(now_ns), width, height)]


# ---------------------------------------------------------------- the status


def test_the_first_line_says_server_connection_age_and_gaps() -> None:
    story = story_of(snapshot("005930"), Gap(SURGE, NOON_NS - 11 * SECOND, NOON_NS, "connection lost"))
    story.hear(korean(NOON_NS))
    line = drawn(story, now_ns=NOON_NS + 2 * SECOND)[0]
    assert line.split("  ")[:4] == [" 시뮬레이터", "● 접속됨", "수신 2초 전", " 오늘 공백 1건 (11초)"]
    assert line.endswith("12:00:02 ")
    line = drawn(story, now_ns=NOON_NS + 2 * SECOND, screen=screen_in("en"))[0]
    assert all(part in line for part in ("● connected", "heard 2 s ago", "gaps today: 1 (11 s)"))


@pytest.mark.parametrize(
    ("state", "word"), [("reconnecting", "! 다시 접속 중"), ("ended", "! 종료"), ("taken", "! 다른")]
)
def test_a_connection_that_is_not_there_is_told_by_sign_and_word(state: StateName, word: str) -> None:
    assert word in drawn(story_of(State(NOON_NS, state)))[0]


def test_silence_is_told_long_before_it_is_an_outage() -> None:
    story = story_of()
    story.hear(korean(NOON_NS))
    assert "● 접속됨  수신 14초 전" in drawn(story, now_ns=NOON_NS + 14 * SECOND)[0]
    assert "! 접속됨  18초째 수신 없음" in drawn(story, now_ns=NOON_NS + 18 * SECOND)[0]
    line = screen_in("en").draw(story.picture(NOON_NS + 18 * SECOND), 80, 24)[0]
    assert "silent for 18 s" in plain(line)
    assert "yellow" in line[0].style


def test_a_journal_that_cannot_be_written_is_told_at_the_top_and_at_the_bottom() -> None:
    story = story_of(급등주=1)
    assert "기록" not in drawn(story)[0]
    story.recorded = True
    assert "기록 정상" in drawn(story)[0]
    story.trouble = "지금은 기록할 수 없습니다: 디스크가 가득 찼습니다."
    for width in (40, 80):
        lines = drawn(story, width)
        assert width == 40 or "기록 멈춤" in lines[0]
        assert lines[-1].startswith("지금은 기록할 수 없습니다: 디스크가")


def test_the_whole_status_fits_into_40_columns() -> None:
    story = story_of(Gap(SURGE, NOON_NS - SECOND, NOON_NS, "connection lost"))
    story.hear(korean(NOON_NS))
    assert drawn(story, 40, now_ns=NOON_NS + 9 * SECOND)[0].strip() == "시뮬레이터 ● 접속됨 수신 9초 전 공백 1"
    assert drawn(story, 40, now_ns=NOON_NS + 18 * SECOND)[0].strip() == "시뮬… ! 접속됨 18초째 수신 없음 공백 1"


# ---------------------------------------------------------------- keys


def test_keys_choose_the_condition_in_a_circle() -> None:
    screen, story = screen_in(), story_of(급등주=1, 신고가=2, 급락주=0)
    for key, label in (
        ("", "급등주"),
        ("next", "신고가"),
        ("previous", "급등주"),
        ("previous", "급락주"),
        ("2", "신고가"),
    ):
        screen.press(key)
        assert f"[{label} " in drawn(story, screen=screen)[1]


def test_the_first_condition_that_has_stocks_is_shown_first_and_stays() -> None:
    screen = screen_in()
    assert "[신고가 2]" in drawn(story_of(급등주=0, 신고가=2), screen=screen)[1]
    assert "[신고가 0]" in drawn(story_of(급등주=1, 신고가=0), screen=screen)[1]


def test_sorting_goes_through_the_columns_there_are() -> None:
    screen, story = screen_in(), story_of(급등주=3)
    drawn(story, screen=screen)
    seen = []
    for _ in range(3):
        seen.append(re.search(r"s 정렬: (\S+)", drawn(story, screen=screen)[-1]).group(1))  # type: ignore[union-attr]  # it is there
        screen.press("sort")
    assert seen == ["편입시간", "종목명", "편입시간"]


def test_a_paused_screen_stands_still_but_says_how_the_connection_is() -> None:
    screen, story = screen_in(), story_of(급등주=1)
    before = drawn(story, screen=screen)
    screen.press("pause")
    story.take(enter("999999"))
    story.take(State(NOON_NS, "reconnecting"))
    now = drawn(story, screen=screen)
    assert now[1:-1] == before[1:-1]
    assert "다시 접속 중" in now[0]
    assert "p 계속" in now[-1]
    screen.press("pause")
    assert any("999999" in line for line in drawn(story, screen=screen))


def test_without_keys_none_are_offered() -> None:
    line = drawn(story_of(급등주=1), screen=screen_in(keys=False))[-1]
    assert line.startswith("Ctrl+C: 끝내기")
    assert line.endswith("가상 시장: 실제 종목이 아닙니다")


# ---------------------------------------------------------------- every width


CODES = [f"{n}930" for n in range(100, 130)]


def busy_minute(*, priced: bool) -> list[LivePicture]:
    """Return a picture for each second of a minute in which stocks come and go, with an outage in it."""
    chance = random.Random(7)  # noqa: S311  # made-up events, no secret
    conditions = [SURGE, HIGHS, *(Condition(str(n), f"이름이 긴 조건식 {n}") for n in range(10, 18))]
    inside: dict[Condition | str, dict[str, Member]] = {each.name: {} for each in conditions}
    story, pictures = Story("시뮬레이터"), []
    for second in range(60):
        now_ns = NOON_NS + second * SECOND
        for condition in conditions:
            there = inside[condition.name]
            for code in chance.sample(CODES, 2):
                change = Leave if there.pop(code, None) else Enter
                story.take(change(now_ns, condition, code))
                if change is Enter:
                    there[code] = Member(code, now_ns, "live")
            if second == 30:
                story.take(Gap(condition, now_ns - 11 * SECOND, now_ns, "connection lost"))
        story.hear(korean(now_ns))
        prices = {code: price(int(code), chance.uniform(-30, 30)) for code in CODES} if priced else None
        story.look(conditions, inside, prices)
        pictures.append(story.picture(now_ns))
    return pictures


def price(code: int, rate: float) -> Worth:
    return Worth(code, None, rate, code * 10, code - 7, rate / 2)


def whole(*, priced: bool) -> set[str]:
    """Return every code, and every number of a price that stays as it is."""
    numbers = {f"{n:,}" for code in map(int, CODES) for n in (code, code * 10, code - 7)}
    return {*CODES, *numbers} if priced else {*CODES}


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("priced", [True, False])
def test_no_code_or_number_is_cut_at_any_width(*, lang: str, priced: bool) -> None:
    pictures = busy_minute(priced=priced)[::15]
    known = whole(priced=priced)
    for width in range(40, 201):
        screen = screen_in(lang)
        for picture in pictures:
            lines = [plain(line) for line in screen.draw(picture, width, 24)]
            assert len(lines) == 24
            assert all(columns(line) <= width for line in lines)
            stocks = [line for line in lines[1:-1] if "[" not in line and "조건식 1" not in line and "공백" not in line]
            words = {word for line in stocks for word in CLOCK.sub("", line).split()}
            numbers = {word.strip("+-") for word in words if word[-1:].isdigit() or "," in word}
            assert {word for word in numbers if len(word) > 3} <= known, width
            assert all(re.fullmatch(r"[+-]\d+\.\d\d%", word) for word in words if "." in word or "%" in word)


@pytest.mark.parametrize("width", [40, 50, 80, 120, 200])
def test_nothing_jumps_in_a_minute_of_events(width: int) -> None:
    screen = screen_in()
    before: dict[str, int] = {}
    frame: list[int] = []
    seen = 0
    for picture in busy_minute(priced=True):
        lines = [plain(line) for line in screen.draw(picture, width, 24)]
        rules = [place for place, line in enumerate(lines) if line.startswith("──")]
        head = next(line for line in lines if "종목명" in line)
        assert frame in ([], [*rules, *map(head.index, head.split())])
        frame = [*rules, *map(head.index, head.split())]
        strip = "".join(lines[1 : rules[0]])
        assert [strip.index(label) for label in ("급등주", "신고가")] == [1, strip.index("신고가")]
        stocks = list(enumerate(lines))[rules[0] + 2 : rules[1]]
        places = {word: place for place, line in stocks for word in line.split() if word in CODES}
        assert all(before[code] == place for code, place in places.items() if code in before)
        seen += len(places.keys() & before.keys())
        before = places
    assert seen > 300


# ---------------------------------------------------------------- whatever is shown


@given(
    st.dictionaries(st.text(min_size=1, max_size=30), st.integers(0, 200), max_size=15),
    st.integers(20, 160),
    st.integers(4, 60),
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
    assert len(lines) == height
    assert all(columns(line) <= width for line in lines)
    assert all(c.isprintable() for line in lines for c in line)


def test_hostile_names_are_neither_markup_nor_escapes() -> None:
    hostile = Condition("0", "<\"'&>[red]\x1b[31m")
    story = Story("demo")
    story.look([hostile], {hostile.name: {}})
    story.take(enter("\x1b]0;x", hostile))
    lines = screen_in().draw(story.picture(NOON_NS), 80, 24)
    assert sum("<\"'&>[red]?[31m" in plain(line) for line in lines) == 2
    assert "\x1b[31m" not in "".join(inked(line, colours=False) for line in lines)
    assert "\x1b]" not in "".join(map(inked, lines))
