"""The strip of conditions: the chosen one is always in it, and a count that changes moves nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jogeon.cli.showing.ink import plain
from jogeon.cli.showing.live_picture import Roster, Stand
from jogeon.cli.showing.live_strip import Strip
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts.width import columns


def rows(*counts: int, name: str = "조건") -> list[Roster]:
    return [
        Roster(f"{name} {n:02}", tuple(Stand(str(k), None, k, "live") for k in range(count)))
        for n, count in enumerate(counts)
    ]


def drawn(shown: list[Roster], chosen: str, width: int = 80, most: int = 3) -> list[str]:
    return [plain(line) for line in Strip(RICH_SIGNS).lines(shown, chosen, width, most)]


def test_the_chosen_one_is_in_brackets() -> None:
    assert drawn(rows(7, 10), "조건 01") == [" 조건 00 7   [조건 01 10] "]


def test_a_count_moves_nothing() -> None:
    strip = Strip(RICH_SIGNS)
    places = [plain(strip.lines(rows(count, 1), "", 80, 1)[0]).index("조건 01") for count in (0, 9, 10, 999)]
    assert len(set(places)) == 1


def test_where_they_are_too_many_those_around_the_chosen_one_are_shown() -> None:
    many = rows(*[1] * 40)
    lines = drawn(many, "조건 30", 40, 2)
    assert len(lines) == 2
    assert any("[조건 30 1]" in line for line in lines)
    assert lines[-1].endswith("…")


def test_without_conditions_there_is_an_empty_line() -> None:
    assert drawn([], "") == [""]


@given(st.lists(st.integers(0, 1200), max_size=30), st.integers(20, 200), st.integers(1, 5), st.integers(1, 40))
def test_it_fits_and_shows_the_chosen_one(counts: list[int], width: int, most: int, length: int) -> None:
    shown = rows(*counts, name="x" * length)
    lines = drawn(shown, shown[-1].label if shown else "", width, most)
    assert 1 <= len(lines) <= most
    assert all(columns(line) <= width for line in lines)
    assert sum("[" in line for line in lines) == bool(shown)
