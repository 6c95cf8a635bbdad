"""Lengths of time and moments as people type them, by one grammar for all options."""

from __future__ import annotations

import contextlib
import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_conversation import Shell
from jogeon.events import KST
from jogeon.times import LONGEST, day, length, moment, pause


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h", 3600),
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("1.5s", 1.5),
        ("1m500ms", 60.5),
        ("2H", 7200),
        ("90d", 7_776_000),
        ("1d12h", 129_600),
        ("30", 30),
        ("0.5", 0.5),
    ],
)
def test_a_length_of_time(text: str, seconds: float) -> None:
    assert length(text) == seconds


@pytest.mark.parametrize("text", [" ", "0s", "0", "5x", "-5s", "1m1h", "s", "1e3s", "nans", "99999999h", "٣s", "1s 1s"])
def test_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        length(text)


@given(st.text(max_size=8))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 0 < length(text) <= LONGEST


def test_nothing_means_never() -> None:
    assert pause("0") == pause("0s") == 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00", dt.time(9)),
        ("09:00:30", dt.time(9, 0, 30)),
        ("15:20:30.25", dt.time(15, 20, 30, 250_000)),
        ("2026-11-22T09:00", dt.datetime(2026, 11, 22, 9, tzinfo=KST)),
        ("2026-11-22T00:00:00+00:00", dt.datetime(2026, 11, 22, tzinfo=dt.UTC)),
    ],
)
def test_a_time_as_people_type_it(text: str, expected: object) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize("text", ["", "noon", "25:00", "9", "٠٩:٠٠", "09:00:61"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
        moment(text)


LENGTHS = (
    ("watch", "--all", "--duration"), ("record", "--all", "--keep"), ("record", "--all", "--recheck"),
    ("record", "--all", "--duration"), ("simulate", "--ping"), ("simulate", "--duration"), ("replay", "--ping"),
    ("demo", "--duration"),
)  # fmt: skip
MOMENTS = (
    ("record", "--all", "--until"), ("history", "events", "--from"), ("history", "members", "--at"),
    ("export", "--until"), ("replay", "--from"), ("replay", "--until"),
)  # fmt: skip


@pytest.mark.parametrize("argv", [*LENGTHS, *MOMENTS], ids=" ".join)
def test_one_sentence_says_what_is_wrong_with_a_time_whatever_the_option(shell: Shell, argv: tuple[str, ...]) -> None:
    wanted = "is not a length of time. Write it like" if argv in LENGTHS else "is not a time. Write it like"
    said = shell(*argv, "soon", "--lang", "en")
    assert said.code == 2
    assert f"'soon' {wanted}" in said.err


def test_what_is_kept_for_less_than_a_day_and_an_end_that_is_over_are_refused(shell: Shell) -> None:
    assert "at least one day" in shell("record", "--all", "--keep", "90", "--lang", "en").err
    assert "has passed" in shell("record", "--all", "--until", "2020-01-01T09:00", "--lang", "en").err


@pytest.mark.parametrize("text", ["2026-11-22", "20261122", "2026.11.22", "2026/11/22", " 2026.11.22 "])
def test_a_day_as_people_type_it(text: str) -> None:
    assert day(text) == dt.date(2026, 11, 22)


@pytest.mark.parametrize("text", ["2026.13.22", "26.11.22", "11/22", "2026.11/22x", "오늘", ""])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever it says
        day(text)
