"""A journal for people: harmless lines, lengths of time as they are said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from jogeon.cli.showing.history_tables import seconds, show_events, show_members, show_stats
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns
from jogeon.events import Condition, Enter
from jogeon.journal.history import Stats
from jogeon.journal.moments import MembersAt
from jogeon.journal.stats import Overlap
from jogeon.prices import Price
from recorded import SECOND, START_NS
from test_cli_history_rows import HIGH, STATS

if TYPE_CHECKING:
    from jogeon.cli.texts.language import Lang

EVIL = Condition("0", "[red]\x1b[31m악")


@pytest.mark.parametrize(
    ("value", "said"), [(None, ""), (0.25, "0.2초"), (59.9, "59.9초"), (60, "1:00"), (3725, "1:02:05")]
)
def test_a_length_of_time(value: float | None, said: str) -> None:
    assert seconds(value, Texts("ko")) == said


def test_names_of_conditions_steer_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_events([(1, 1, Enter(START_NS, EVIL, "005930", "090000"))], Texts("ko")) == 1
    assert show_members([MembersAt(EVIL, ("005930",), START_NS, START_NS - SECOND)], START_NS, Texts("en")) == 1
    said = capsys.readouterr().out
    assert "[red]?[31m악" in said
    assert "\x1b" not in said
    assert "blind since 11-22 08:59:59" in said


def test_members_with_prices_have_a_line_each(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    price = Price(
        HIGH, "005930", "삼성전자", 100_000, START_NS - 86_400 * SECOND, "quote", 110_000, START_NS, 9, 8.5, 7
    )
    shown = MembersAt(HIGH, ("005930", "000660"), START_NS, START_NS - SECOND, {}, {"005930": price})
    assert show_members([shown, MembersAt(EVIL, (), START_NS, None)], START_NS, Texts("en")) == 2
    said = capsys.readouterr().out
    assert "신고가 돌파 (blind since 11-22 08:59:59), 2 stocks" in said
    [line] = [line for line in said.splitlines() if "005930" in line]
    assert line.split() == ["005930", "11-21", "09:00", "100,000", "110,000", "09:00:00", "+8.50%", "7", "+10.00%"]
    assert "000660" in said
    assert "악, 0 stocks" in said


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_each_column_of_the_members_has_a_name_of_its_own(lang: Lang, capsys: pytest.CaptureFixture[str]) -> None:
    show_members([MembersAt(EVIL, ("005930",), START_NS, None)], START_NS, Texts(lang))
    heads = re.split("  +", capsys.readouterr().out.splitlines()[2].strip())
    assert len(set(heads)) == len(heads) == 3


def test_nothing_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_events([], Texts("en")) == show_members([], 0, Texts("en")) == show_stats(Stats((), ()), Texts("en"))
    assert capsys.readouterr().out.count("no matching records in the journal") == 3


@pytest.mark.parametrize(("width", "shown"), [(80, False), (120, True)])
def test_statistics_fit_the_terminal(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, shown: bool
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    show_stats(Stats((STATS,), ()), Texts("ko"))
    said = capsys.readouterr().out
    assert all(columns(line.rstrip()) <= width for line in said.splitlines())
    assert "…" not in said
    assert ("3초" in said) is shown


def test_overlaps_have_a_table_of_their_own(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    show_stats(Stats((STATS,), (Overlap(STATS.condition, HIGH, 2, 5),)), Texts("en"))
    said = capsys.readouterr().out
    assert "stocks in common" in said
    assert "신고가 돌파" in said


def test_a_stock_is_shown_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    condition = Condition("4", "급등주")
    events = [Enter(START_NS, condition, "005930", name="삼성전자"), Enter(START_NS, condition, "000660")]
    show_events([(1, number, event) for number, event in enumerate(events, 1)], Texts("ko"))
    first, second = capsys.readouterr().out.splitlines()
    assert "005930  삼성전자" in first
    assert columns(first.partition("급등주")[0]) == columns(second.partition("급등주")[0])
    names = {"005930": "삼성전자"}
    show_members([MembersAt(condition, ("005930", "000660"), START_NS, None, names)], START_NS, Texts("ko"))
    assert "005930 삼성전자, 000660" in capsys.readouterr().out
