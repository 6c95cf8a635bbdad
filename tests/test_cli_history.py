"""`jogeon history`: a recorded day, asked about from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli_conversation import Shell
from jogeon.events import Condition, Enter, Gap, Leave, Snapshot, State
from jogeon.files import journal_file
from jogeon.journal.commits import Commit
from jogeon.journal.fold import Right
from jogeon.journal.store import Store
from recorded import at, write

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.events import Event

RISE, HIGH = Condition("4", "급등주"), Condition("1", "신고가 돌파")


DAY: list[list[Event]] = [
    [State(at(0), "started")],
    [Snapshot(at(0), RISE, ("005930",))],
    [Snapshot(at(0), HIGH, ())],
    [Enter(at(60), RISE, "000660", "090100")],
    [Leave(at(90), RISE, "000660", "090130")],
    [
        Gap(RISE, at(100), at(200), "connection lost"),
        Leave(at(200), RISE, "005930", "", "recovered", at(100), at(200)),
        Snapshot(at(200), RISE, ()),
    ],
]
RIGHTS = {RISE: Right(at(300), sure=True), HIGH: Right(at(300), sure=True)}


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.fixture
def journal(tmp_path: Path, spared_disk: None) -> str:
    path = tmp_path / "journal.db"
    write(path, *DAY, rights=RIGHTS)
    return str(path)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.showing.destination.is_seen", lambda _: True)


def test_events_are_the_lines_of_the_watch_again_with_their_numbers(shell: Shell, journal: str) -> None:
    lines = shell("history", "events", "--journal", journal).lines
    assert [(line["epoch"], line["n"]) for line in lines] == [(1, n) for n in range(1, 9)]
    assert lines[3] == {
        "event": "enter", "condition": {"seq": "4", "name": "급등주"}, "code": "000660", "name": None,
        "time": "2026-11-22T09:01:00+09:00", "at": "2026-11-22T09:01:00.000000+09:00", "origin": "live",
        "epoch": 1, "n": 4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("argv", "numbers"),
    [
        (("--condition", "급등주"), [2, 4, 5, 6, 7, 8]),
        (("--condition", "1"), [3]),
        (("--code", "000660", "--kind", "enter,leave"), [4, 5]),
        (("--day", "2026-11-22", "--kind", "gap"), [6]),
        (("--day", "2026-11-21"), []),
        (("--from", "09:01", "--until", "09:01:30"), [4]),
        (("--from", "2026-11-22T09:03"), [6, 7, 8]),
    ],
)
def test_events_can_be_chosen(shell: Shell, journal: str, argv: tuple[str, ...], numbers: list[int]) -> None:
    assert [line["n"] for line in shell("history", "events", "--journal", journal, *argv).lines] == numbers


def test_gaps_are_events_of_one_kind(shell: Shell, journal: str) -> None:
    [gap] = shell("history", "gaps", "--journal", journal).lines
    assert (gap["event"], gap["cause"], gap["since"][11:19], gap["until"][11:19]) == (
        "gap", "connection lost", "09:01:40", "09:03:20",
    )  # fmt: skip


def test_a_gap_belongs_to_every_time_that_it_touches(shell: Shell, journal: str) -> None:
    """What was missed is not hidden by asking for a time in the middle of it."""
    for touching in (("--from", "09:02", "--until", "09:03"), ("--until", "09:02"), ("--condition", "4")):
        assert len(shell("history", "gaps", "--journal", journal, *touching).lines) == 1
    for beside in (("--until", "09:01:40"), ("--from", "09:03:21"), ("--condition", "신고가 돌파")):
        assert shell("history", "gaps", "--journal", journal, *beside).lines == []


def test_members_of_a_day_are_those_at_its_end(shell: Shell, journal: str) -> None:
    assert shell("history", "members", "--journal", journal, "--day", "2026-11-21").lines == []
    for at_the_end in (("--day", "2026-11-22"), ("--day", "2026-11-23"), ()):
        rise, high = shell("history", "members", "--journal", journal, *at_the_end).lines
        assert rise["at"] == high["at"] == "2026-11-22T09:03:20.000000+09:00"


def test_members_at_a_moment(shell: Shell, journal: str) -> None:
    lines = shell("history", "members", "--journal", journal, "--at", "09:01:05").lines
    assert lines == [
        {"condition": {"seq": "4", "name": "급등주"}, "codes": ["005930", "000660"], "names": {},
         "at": "2026-11-22T09:01:05.000000+09:00"},
        {"condition": {"seq": "1", "name": "신고가 돌파"}, "codes": [], "names": {},
         "at": "2026-11-22T09:01:05.000000+09:00"},
    ]  # fmt: skip
    [line] = shell("history", "members", "--journal", journal, "--at", "9:02", "--condition", "급등주").lines
    assert line["blind_since"] == "2026-11-22T09:01:40.000000+09:00"
    assert shell("history", "members", "--journal", journal).lines[0]["codes"] == []


@pytest.mark.parametrize(
    "argv",
    [
        ("members", "--at", "08:59:59"), ("members", "--at", "2026-11-21T10:00"), ("events", "--until", "09:00"),
        ("gaps", "--day", "2026-11-21"), ("stats", "--day", "2026-11-23"), ("events", "--from", "09:04"),
    ],
)  # fmt: skip
def test_a_time_outside_of_the_recording_is_told_with_its_bounds(
    shell: Shell, journal: str, argv: tuple[str, ...]
) -> None:
    said = shell("history", *argv, "--journal", journal, "--lang", "en")
    assert said.code == 0
    assert "from 2026-11-22 09:00:00 to 2026-11-22 09:03:20" in said.err


@pytest.mark.parametrize(
    "argv", [("members",), ("members", "--at", "09:00"), ("members", "--day", "2026-11-23"), ("events",),
             ("events", "--until", "09:00:01"), ("gaps", "--from", "09:02"), ("events", "--from", "09:03:20")],
)  # fmt: skip
def test_of_a_time_that_touches_the_recording_nothing_is_told(
    shell: Shell, journal: str, argv: tuple[str, ...]
) -> None:
    assert shell("history", *argv, "--journal", journal).err == ""


@pytest.mark.parametrize("code", ["5930", "삼성전자", "05930", "0059300"])
def test_a_code_that_no_stock_can_have_is_refused(shell: Shell, journal: str, code: str) -> None:
    said = shell("history", "events", "--journal", journal, "--code", "005930", "--code", code, "--lang", "en")
    assert said.code == 2
    assert f"'{code}'" in said.err


@pytest.mark.parametrize("code", ["000660", "A000660", "000660_NX"])
def test_a_code_is_found_however_it_is_written(shell: Shell, journal: str, code: str) -> None:
    lines = shell("history", "events", "--journal", journal, "--code", code, "--kind", "enter,leave").lines
    assert [line["n"] for line in lines] == [4, 5]


def test_statistics(shell: Shell, journal: str) -> None:
    rise, high = shell("history", "stats", "--journal", journal).lines
    assert (rise["enters"], rise["leaves"], rise["stay_median"], rise["covered"], rise["blind"]) == (1, 2, 30, 200, 100)
    assert rise["busiest"][0] == {"minute": "2026-11-22T09:01:00.000000+09:00", "count": 2}
    assert high["stocks"] == 0


def test_a_gap_that_is_open_is_not_headed_as_the_price_at_the_opening(shell: Shell, journal: str) -> None:
    heads = shell("history", "gaps", "--journal", journal, "--csv", "--lang", "ko").out.splitlines()[0]
    assert heads.endswith(",진행 중")


@pytest.mark.parametrize("what", ["events", "members", "gaps", "stats"])
def test_a_spreadsheet_has_a_header_in_the_language(shell: Shell, journal: str, tmp_path: Path, what: str) -> None:
    out = tmp_path / "out.csv"
    said = shell("history", what, "--journal", journal, "-o", str(out), "--lang", "ko")
    assert said.code == 0
    rows = out.read_bytes().decode("utf-8-sig").splitlines()
    assert "조건식" in rows[0]
    assert len(rows) == {"events": 9, "members": 1, "gaps": 2, "stats": 3}[what]


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("events", ["09:01:00", "편입", "000660", "공백", "접속 끊김"]),
        ("gaps", ["공백", "09:01:40"]),
        ("members", ["2026-11-22 09:03:20 편입 종목", "급등주"]),
        ("stats", ["편입 유지", "급등주", "30.0초", "1:40"]),
    ],
)
def test_people_get_something_to_read(
    shell: Shell, journal: str, what: str, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    said = shell("history", what, "--journal", journal, "--lang", "ko")
    assert said.code == 0
    assert [word for word in shown if word not in said.out] == []


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_no_number_is_cut_short_where_there_is_little_room(
    shell: Shell, journal: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert "…" not in shell("history", "stats", "--journal", journal, "--lang", lang).out


@pytest.mark.parametrize(
    "argv",
    [
        ("history",), ("history", "nothing"), ("history", "events", "--day", "yesterday"),
        ("history", "events", "--from", "25:00"), ("history", "members", "--at", "noon"),
        ("history", "events", "--kind", "price"), ("history", "events", "--json", "--csv"),
        ("history", "events", "--at", "09:00"), ("history", "members", "--code", "005930"),
        ("history", "gaps", "--kind", "enter"), ("history", "stats", "--code", "005930"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_a_usage_error(shell: Shell, argv: tuple[str, ...]) -> None:
    assert shell(*argv).code == 2


@pytest.mark.parametrize("command", [("history", "events"), ("history", "stats"), ("export", "-o", "never.csv")])
def test_a_time_that_ends_before_it_begins_is_a_usage_error(
    shell: Shell, journal: str, command: tuple[str, ...]
) -> None:
    said = shell(*command, "--journal", journal, "--from", "10:00", "--until", "09:00", "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert "--from must be before --until" in said.err


def test_a_journal_that_is_not_there_is_told(shell: Shell) -> None:
    said = shell("history", "events", "--journal", "nowhere.db")
    assert said.code == 1
    assert "nowhere.db" in said.err


def test_an_unknown_condition_is_told_with_similar_names(shell: Shell, journal: str) -> None:
    said = shell("history", "events", "--journal", journal, "--condition", "급등", "--lang", "ko")
    assert said.code == 4
    assert "급등주" in said.err
    said = shell("history", "stats", "--journal", journal, "--condition", "nothing like it", "--lang", "en")
    assert 'which has: 급등주, "신고가 돌파"' in said.err
    assert "jogeon list" not in said.err


@pytest.mark.usefixtures("spared_disk")
def test_a_journal_has_its_usual_place(shell: Shell) -> None:
    path = journal_file("real", "0123456789abcdef")
    write(path, *DAY, rights=RIGHTS)
    said = shell("history", "events")
    assert str(path) in said.err  # nobody knows the key: the newest there is, and it is named
    assert len(said.lines) == 8


def test_outcomes_say_how_many_entries_had_a_price(shell: Shell, journal: str) -> None:
    said = shell("history", "outcomes", "--journal", journal, "--condition", "급등주", "--lang", "en")
    assert [line["after"] for line in said.lines] == ["1m", "5m", "10m", "30m", "60m", "close"]
    assert said.lines[0] == {
        "condition": {"seq": "4", "name": "급등주"}, "after": "1m", "entries": 1, "priced": 0,
        "median": None, "q1": None, "q3": None, "positive": 0,
    }  # fmt: skip
    assert "only entries with a price are counted" in said.err


def test_outcomes_as_a_table_and_as_a_spreadsheet(shell: Shell, tmp_path: Path, terminal: None) -> None:
    path = tmp_path / "priced.db"
    write(path, *DAY, rights=RIGHTS)
    opened = Store.open(path)
    priced = [("000660", at(61), 100, "quote"), ("000660", at(115), 103, None)]
    opened.write(Commit(quotes=[(code, ns, price, 0, 0.0, 1, source, 4) for code, ns, price, source in priced]))
    opened.close()
    shown = shell("history", "outcomes", "--journal", str(path), "--lang", "ko").out
    assert "+3.00%" in shown
    assert "편입 후 수익률" in shown
    rows = shell("history", "outcomes", "--journal", str(path), "--csv", "--lang", "en").out.splitlines()
    assert "4,급등주,1m,1,1,3.0,3.0,3.0,1" in rows


def test_a_stretch_without_length_is_refused(shell: Shell, journal: str) -> None:
    said = shell("history", "events", "--journal", journal, "--from", "09:30", "--until", "09:30")
    assert said.code == 2
    assert "--from" in said.err
