"""`jogeon search`: all rows of all conditions that were named, whole or not at all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from cli_conversation import HIGHS, SAMPLE, SURGE, FakeClient, Shell
from jogeon.cli.showing.progress import Progress
from jogeon.cli.texts import Texts
from jogeon.errors import TooManyPages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jogeon.events import Condition, Stock


class Endless(FakeClient):
    """Its pages never end."""

    async def search(self, wanted: Condition, *, exchange: str, progress: Callable[[int], object]) -> list[Stock]:
        await super().search(wanted, exchange=exchange, progress=progress)
        raise TooManyPages("more than 500 pages came", rows=50_000)


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_a_pipe_gets_a_line_for_each_stock(shell: Shell) -> None:
    said = shell("search", "급등주")
    assert said.lines[0]["condition"] == {"seq": "4", "name": "급등주"}
    assert (said.lines[0]["price"], said.lines[0]["rate"], said.lines[0]["sign"]) == (75_000, -0.13, "fall")


def test_several_names_and_seqs_give_all_of_them_once(shell: Shell) -> None:
    client = FakeClient()
    said = shell("search", "급등주", "신고가 돌파", "4", "--exchange", "a", client=client)
    assert [line["condition"]["name"] for line in said.lines] == [SURGE.name, HIGHS.name]
    assert client.asked[:2] == [(SURGE.name, "A"), (HIGHS.name, "A")]


def test_a_wrong_name_is_told_before_anything_is_searched(shell: Shell) -> None:
    client = FakeClient()
    said = shell("search", "급등주", "없는 것", client=client)
    assert said.code == 4
    assert client.asked == ["closed"]
    assert not said.out


def test_people_get_a_table_for_each_condition(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.showing.destination.is_seen", lambda _: True)
    said = shell("search", "급등주", "--lang", "ko")
    assert "급등주: 1종목" in said.out
    assert "▼ 하락" in said.out
    none = shell("search", "급등주", "--lang", "ko", client=FakeClient(stocks=[]))
    assert "지금 조건에 맞는 종목이 없습니다" in none.out


def test_a_file_holds_everything(shell: Shell, tmp_path: Path) -> None:
    said = shell("search", "급등주", "-o", str(tmp_path / "hits.csv"), "--lang", "ko")
    assert said.code == 0
    content = (tmp_path / "hits.csv").read_bytes().decode("utf-8-sig")
    assert content.splitlines()[0] == "조건식,종목코드,종목명,현재가,등락,전일대비,등락률,거래량,시가,고가,저가"
    assert content.splitlines()[1].startswith("급등주,005930,가상전자,75000,하락,-100,-0.13,")


def test_a_search_that_fails_leaves_no_half_written_file(shell: Shell, tmp_path: Path) -> None:
    said = shell("search", "급등주", "-o", str(tmp_path / "hits.csv"), client=Endless())
    assert said.code == 4
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_file_is_told_before_anything_is_asked_for(shell: Shell, tmp_path: Path) -> None:
    client = FakeClient()
    asked = str(tmp_path / "no" / "folder" / "hits.csv")
    said = shell("search", "급등주", "-o", asked, client=client)
    assert said.code == 1
    assert asked in said.err
    assert client.asked == []


def test_progress_is_one_line_that_is_wiped_out_again(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jogeon.cli.showing.progress.is_terminal", lambda stream: stream is sys.stderr)
    with Progress() as progress:
        for rows in (1_200, 90):
            progress.show(Texts("en")("search.progress", condition="급등주", rows=rows))
    *shown, wiped, _ = capfd.readouterr().err.split("\r")[1:]
    assert shown == ["급등주: 1,200 stocks so far...", "급등주: 90 stocks so far...   "]
    assert wiped == " " * 27


def test_no_progress_where_nobody_looks(shell: Shell) -> None:
    assert shell("search", "급등주", client=FakeClient(stocks=[SAMPLE] * 3)).err == ""
