"""`jogeon quotes`: a line for each quote, until it is enough."""

from __future__ import annotations

import pytest

from cli_conversation import NOON_NS, FakeClient, Shell
from jogeon.prices import Quote

QUOTES = [
    Quote("005930", NOON_NS, "가상전자", price=72_000, change=-500, rate=-0.69, sign="fall", volume=7, clock="115959"),
    Quote("000660", NOON_NS, None),
]


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def test_each_quote_is_a_line_until_there_are_enough(shell: Shell) -> None:
    client = FakeClient(quotes=QUOTES)
    said = shell("quotes", "005930", "A000660", "--json", "--count", "2", client=client)
    assert said.lines == [quote.fields() for quote in QUOTES]
    assert "000660: the server knows no such stock" in said.err
    assert "005930" not in said.err
    assert (said.code, client.asked) == (0, [("quotes", ("005930", "000660")), "closed"])


def test_it_ends_when_its_time_is_over(shell: Shell) -> None:
    client = FakeClient(quotes=QUOTES)
    said = shell("quotes", "005930", "--duration", "50ms", client=client)
    assert (said.code, len(said.lines)) == (0, 2)


def test_a_person_reads_columns(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr("jogeon.cli.commands.quotes.is_seen", lambda _: True)
    said = shell("quotes", "005930", "--count", "2", "--lang", "ko", client=FakeClient(quotes=QUOTES))
    first, second = said.out.splitlines()
    assert first.split() == ["11:59:59", "005930", "가상전자", "72,000", "▼", "하락", "-500", "-0.69%", "7"]
    assert second.split() == ["12:00:00", "000660"]


@pytest.mark.parametrize("argv", [(), ("삼성전자",), ("5930",), ("005930", "?"), ("005930", "--count", "0"), ("",)])
def test_what_cannot_be_meant_is_refused_before_anything_is_asked(shell: Shell, argv: tuple[str, ...]) -> None:
    client = FakeClient()
    assert shell("quotes", *argv, client=client).code == 2
    assert client.asked == []
