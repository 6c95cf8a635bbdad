"""`jogeon names`: what stocks are called, from what is kept and from a server that nobody logs in to."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from cli_conversation import FakeClient, Said, Shell
from jogeon.account.markets import MAIN
from jogeon.account.names import Names, names_file
from jogeon.cli.texts.width import columns
from jogeon.simulator.simulator import Simulator
from jogeon.wire.stocks import ListedStock, PricedStock, encode_names, encode_prices, encode_refusal
from phone import answer, phone

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from contextlib import AbstractAsyncContextManager

    from phone import Given

T = TypeVar("T")
WS = "ws://127.0.0.1:1"
SAMSUNG, HYNIX = ListedStock("005930", "삼성전자", "0"), ListedStock("000660", "SK하이닉스", "10")
PRICES = answer(200, encode_prices([PricedStock("005930", "삼성전자", 72_000)]))
NONE = answer(200, encode_refusal("1902", "종목 정보가 없습니다", 2))


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.fixture
def known() -> None:
    """Keep names of the server, all markets read just now."""
    names = Names(names_file(WS))
    names.learn([("005930", "삼성전자", "0"), ("000660", "SK하이닉스", "10"), ("57JBHH", "가상ELW", "")])
    for market in MAIN:
        names.complete(market)
    asyncio.run(names.save())


@contextmanager
def elsewhere(served: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Run a server in a thread of its own: a command needs the main one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def there(coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    try:
        yield there(served.__aenter__())
        there(served.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def asked(shell: Shell, *argv: str, answers: tuple[Given, ...]) -> tuple[Said, list[str]]:
    """Type the command; return what it said, and what a REST server that answers like this was asked."""
    with elsewhere(phone(*answers)) as there:
        said = shell("names", *argv, "--server", WS, "--rest", there.url, "--lang", "en")
        return said, [str(heard.body) for heard in there.heard]


@pytest.mark.usefixtures("known")
def test_what_is_kept_is_shown_without_asking_anybody(shell: Shell) -> None:
    said = shell("names", "--server", WS, "--json")
    assert said.code == 0
    assert [(line["code"], line["name"], line["market"]) for line in said.lines] == [
        ("000660", "SK하이닉스", "KOSDAQ"), ("005930", "삼성전자", "KOSPI"), ("57JBHH", "가상ELW", None),
    ]  # fmt: skip
    assert all(line["at"].endswith("+09:00") for line in said.lines)
    said = shell("names", "A005930", "005930", "--server", WS, "--json")
    assert [list(line.values())[:3] for line in said.lines] == [["005930", "삼성전자", "KOSPI"]]
    assert shell.connected == [], "no session is taken"


def test_a_code_that_is_not_kept_is_asked_for_and_then_kept(shell: Shell) -> None:
    said, bodies = asked(shell, "005930", "--json", answers=(PRICES,))
    assert (said.code, said.lines[0]["name"]) == (0, "삼성전자")
    assert bodies == ["{'stk_cd': '005930'}"]
    said, bodies = asked(shell, "005930", "--json", answers=())
    assert (said.lines[0]["name"], bodies) == ("삼성전자", [])
    said, bodies = asked(shell, "005930", "--refresh", "--json", answers=(PRICES,))
    assert len(bodies) == 1


def test_a_code_that_nobody_knows_has_no_name(shell: Shell) -> None:
    said, _ = asked(shell, "999999", "--json", answers=(NONE,))
    assert said.lines == [{"code": "999999", "name": None, "market": None, "at": None}]
    assert "no name is known: 999999" in said.err


def test_a_code_that_nobody_knows_costs_no_other_its_name(shell: Shell) -> None:
    said, bodies = asked(shell, "999999", "005930", "--json", answers=(NONE, NONE, PRICES))
    assert [(line["code"], line["name"]) for line in said.lines] == [("999999", None), ("005930", "삼성전자")]
    assert bodies == [f"{{'stk_cd': '{codes}'}}" for codes in ("999999|005930", "999999", "005930")]
    assert "no name is known: 999999" in said.err


def test_without_codes_whole_markets_are_read(shell: Shell) -> None:
    empty = answer(200, encode_names([]))
    said, bodies = asked(shell, "--json", answers=(answer(200, encode_names([SAMSUNG])), empty, empty, empty))
    assert bodies == [f"{{'mrkt_tp': '{market}'}}" for market in MAIN]
    assert [line["name"] for line in said.lines] == ["삼성전자"]


def test_what_cannot_be_asked_is_an_error_only_if_nothing_is_kept(shell: Shell) -> None:
    said, _ = asked(shell, "005930", answers=(answer(429, encode_refusal("1700", "too many")),))
    assert said.code == 4
    assert "1700" in said.err
    asked(shell, "005930", answers=(PRICES,))
    said, _ = asked(shell, "005930", "--refresh", "--json", answers=(None,))
    assert (said.code, said.lines[0]["name"]) == (0, "삼성전자")
    assert "names could not be requested" in said.err


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (("005930", "--server", WS), 2, "--rest http"),
        (("005930", "--server", "real"), 3, "jogeon login"),
        (("005930", "--server", "real", "--rest", "http://127.0.0.1:1"), 2, "of its own"),
        (("005930", "--server", WS, "--rest", "foo"), 2, "http://"),
        (("5930", "--server", WS), 2, "005930"),
    ],
)
def test_what_is_lacking_is_said_with_what_to_type(shell: Shell, argv: tuple[str, ...], code: int, says: str) -> None:
    said = shell("names", *argv, "--lang", "en")
    assert said.code == code
    assert says in said.err


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("width", [40, 80])
def test_a_person_reads_a_table(shell: Shell, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("jogeon.cli.showing.destination.is_seen", lambda _: True)
    said = shell("names", "--server", WS, "--lang", "ko")
    rows = said.out.splitlines()
    assert all(code in said.out for code in ("005930", "000660", "57JBHH"))
    assert all(columns(row.rstrip()) <= width for row in rows[1:])
    assert "KOSPI" in said.out


def test_the_simulator_has_names(shell: Shell) -> None:
    with elsewhere(Simulator(speed=0)) as simulator:
        argv = ("names", "--json", "--server", simulator.websocket)
        lines = shell(*argv, "--rest", simulator.rest).lines
        again = shell(*argv, lines[0]["code"], "--refresh")
    assert all(line["name"] and line["market"] for line in lines)
    assert len(lines) > 100
    assert (again.code, again.lines[0]["name"]) == (0, lines[0]["name"]), "where it was asked is remembered"


@pytest.mark.parametrize("rest", [None, "http://127.0.0.1:1"])
@pytest.mark.parametrize("command", [("watch", "급등주", "--count", "1", "--json"), ("watch", "--all", "--json")])
def test_that_stocks_will_have_no_names_is_said_once(shell: Shell, command: tuple[str, ...], rest: str | None) -> None:
    client = FakeClient()
    client.rest = rest
    said = shell(*command, "--lang", "en", client=client)
    assert said.err.count("REST address of this server is not known") == (rest is None)


def test_a_rest_address_reaches_the_client(shell: Shell) -> None:
    shell("list", "--server", WS, "--rest", "http://127.0.0.1:2")
    shell("--rest", "http://127.0.0.1:3", "list", "--server", WS)
    assert shell.rests == ["http://127.0.0.1:2", "http://127.0.0.1:3"]
