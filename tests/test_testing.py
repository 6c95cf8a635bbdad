"""The scripted broker, seen by a client of the guide's shape that has nothing of jogeon in it, and by jogeon."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

import jogeon
import jogeon.sync
from jogeon.testing import Broker, End, Quote, Request, broker  # noqa: F401  # a fixture, and how it is imported
from naive_client import NaiveClient
from scripted import Dialled
from wire import told, virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

SURGE, HIGH = "급등주", "신고가 돌파"
SOON = 0.1


@pytest.fixture
def server() -> Iterator[Broker]:
    with Broker({SURGE: ["005930", "000660"], HIGH: []}) as running:
        yield running


@pytest.fixture
async def client(server: Broker) -> AsyncIterator[NaiveClient]:
    async with NaiveClient(server.url) as connected:
        await connected.login()
        yield connected


@pytest.fixture
async def watcher(client: NaiveClient) -> NaiveClient:
    """A client to which the first condition is pushed."""
    await client.watch("0")
    return client


@asynccontextmanager
async def watching(server: Broker, *names: str, recheck: float = 0.0) -> AsyncIterator[jogeon.Watch]:
    async with jogeon.connect(server.url, recheck=recheck) as kiwoom, kiwoom.watch(*(names or (SURGE,))) as watch:
        yield watch


async def upto(watch: jogeon.Watch, enough: Callable[[jogeon.Event], bool]) -> list[jogeon.Event]:
    """Read until an event is enough; return all that was read."""
    events = []
    async with asyncio.timeout(20):
        async for event in watch:
            events.append(event)
            if enough(event):
                break
    return events


async def outage(watch: jogeon.Watch) -> list[jogeon.Event]:
    """Read through the next gap: the gap, what changed in it, the snapshot."""
    gap = (await upto(watch, lambda event: isinstance(event, jogeon.Gap)))[-1]
    return [gap, *await upto(watch, lambda event: isinstance(event, jogeon.Snapshot))]


def members(watch: jogeon.Watch) -> dict[str, set[str]]:
    return {str(name): set(codes) for name, codes in watch.members.items()}


# ---------------------------------------------------------------- by the book


async def test_a_session_as_the_wire_describes_it(server: Broker) -> None:
    async with NaiveClient(server.url) as client:
        assert await client.login() == {"trnm": "LOGIN", "return_code": 0, "return_msg": "", "sor_yn": "Y"}
        assert await client.ask(trnm="CNSRLST") == {
            "trnm": "CNSRLST", "return_code": 0, "return_msg": "", "data": [["0", SURGE], ["1", HIGH]],
        }  # fmt: skip
        assert await client.register("0") == {
            "trnm": "CNSRREQ", "seq": "0", "return_code": 0, "data": [{"jmcode": "A005930"}, {"jmcode": "A000660"}],
        }  # fmt: skip
        assert await client.register("1") == {"trnm": "CNSRREQ", "seq": "1", "return_code": 0, "data": None}
        server.enter(SURGE, "0000D0", "152028")
        values = {"841": "0", "9001": "0000D0", "843": "I", "20": "152028", "907": "2"}
        assert await client.hear("REAL") == {
            "data": [{"values": values, "type": "02", "name": "조건검색", "item": "0000D0"}], "trnm": "REAL",
        }  # fmt: skip
        assert await client.clear("0") == {"trnm": "CNSRCLR", "return_code": 0, "return_msg": "", "seq": "0"}
        server.leave(SURGE, "0000D0")
        await client.caught_up()
        assert len(client.pushes) == 1


async def test_a_search_comes_in_the_broker_s_numbers(server: Broker, client: NaiveClient) -> None:
    server.quote("005930", Quote("삼성전자", 75_000, -100, 10_386_116, 75_100, 75_600, 74_700))
    reply = await client.search("0")
    first, second = reply.pop("data")
    assert reply == {"trnm": "CNSRREQ", "seq": "0  ", "cont_yn": "N", "next_key": "", "return_code": 0}
    assert first == {
        "9001": "A005930", "302": "삼성전자", "10": "000075000", "25": "5", "11": "-00000100", "12": "-00000133",
        "13": "010386116", "16": "000075100", "17": "000075600", "18": "000074700",
    }  # fmt: skip
    assert (second["9001"], second["302"]) == ("A000660", "가상000660")
    assert (await client.search("1"))["data"] is None


async def test_a_search_comes_in_pages(server: Broker, client: NaiveClient) -> None:
    server.page = 2
    server.enter(SURGE, "0000D0")
    page = await client.search("0")
    assert (page["cont_yn"], len(page["data"])) == ("Y", 2)
    rest = await client.search("0", cont_yn="Y", next_key=page["next_key"])
    assert (rest["cont_yn"], rest["next_key"], [row["9001"] for row in rest["data"]]) == ("N", "", ["A0000D0"])
    async with jogeon.connect(server.url) as kiwoom:
        stocks = await kiwoom.search(SURGE)
    assert {stock.code for stock in stocks} == server.members[SURGE]
    assert all(stock.price and stock.name.startswith("가상") for stock in stocks)


@pytest.mark.parametrize("code", ["005930", "000660", "0000D0", "57JBHH"])
def test_a_made_up_quote_is_one_a_market_could_show(code: str) -> None:
    with Broker({SURGE: [code]}) as server, jogeon.sync.connect(server.url) as kiwoom:
        [stock] = kiwoom.search(SURGE)
    price, change = stock.price or 0, stock.change or 0
    low, high = sorted((price, stock.open or 0))
    assert 0 < (stock.low or 0) <= low <= high <= (stock.high or 0)
    assert stock.rate == pytest.approx(change / (price - change) * 100, abs=0.001)
    assert stock.sign == ("rise" if change > 0 else "fall" if change < 0 else "flat")


async def test_what_is_wrong_is_refused_in_the_broker_s_words(client: NaiveClient) -> None:
    assert (await client.watch("9"))["return_code"] == 900004
    await client.register("0")
    twice = await client.register("0")
    assert (twice["return_code"], "seq" in twice) == (900003, False)
    assert twice["return_msg"] == "이미 등록된 조건검색 일련번호입니다.(seq=0)"
    await client.send({"no": "trnm"})
    assert (await client.hear(""))["return_code"] == 100002
    await client.send("not JSON")
    assert (await client.hear(""))["return_code"] == 100002


async def test_nothing_is_answered_before_the_login(server: Broker) -> None:
    async with NaiveClient(server.url, token=None) as client:
        assert (await client.ask(trnm="CNSRLST"))["return_code"] == 100013
    assert server.logins == 0


async def test_a_wrong_token_is_refused_and_closed(server: Broker) -> None:
    server.token = "right"
    async with NaiveClient(server.url, "wrong") as client:
        assert "CODE=8005" in (await client.login())["return_msg"]
        assert await client.closed() == (1000, "Bye")
    with pytest.raises(jogeon.LoginRefused) as refused:
        await jogeon.connect(server.url, token="wrong").__aenter__()
    assert refused.value.code == "8005"
    async with jogeon.connect(server.url, token="right"):
        assert server.logins == 1


async def test_a_second_login_takes_the_session(server: Broker, watcher: NaiveClient) -> None:
    async with jogeon.connect(server.url) as kiwoom:
        assert (await watcher.hear("SYSTEM"))["code"] == "R10001"
        assert await watcher.closed() == (1000, "Bye")
        assert 1 not in server.connections
        server.exclusive = False
        async with NaiveClient(server.url) as third:
            await third.login()
            assert await kiwoom.conditions()
            assert server.connections == (2, 3)


async def test_too_long_a_frame_is_closed(client: NaiveClient) -> None:
    await client.send("x" * 65_537)
    assert await client.closed() == (1009, "Max frame length of 65536 has been exceeded.")


# ---------------------------------------------------------------- the heartbeat


async def test_a_ping_comes_back_or_the_session_is_over(server: Broker) -> None:
    server.ping, server.ping_deadline = 0.05, 0.3
    async with NaiveClient(server.url, echo=False) as silent:
        assert (await silent.hear("SYSTEM"))["code"] == "R10002"
        assert await silent.closed() == (1000, "Bye")
    async with NaiveClient(server.url) as client:
        for _ in range(8):
            assert await client.hear("PING") == {"trnm": "PING"}
        assert server.connections == (2,)


async def test_a_bare_ping_may_come_back_bare(server: Broker) -> None:
    server.ping, server.ping_deadline = 0.05, 0.5
    server.alter("PING", lambda _: "PING", times=None)
    async with jogeon.connect(server.url):
        await asyncio.sleep(1.0)
        assert server.connections == (1,)


async def test_who_does_not_log_in_is_sent_away(server: Broker) -> None:
    server.login_deadline = 0.05
    async with NaiveClient(server.url, token=None) as client:
        assert (await client.hear("SYSTEM"))["code"] == "R10004"
        assert await client.closed() == (1000, "Bye")


async def test_the_broker_lives_while_the_program_is_blocked(server: Broker) -> None:
    server.ping, server.ping_deadline = 0.05, 0.3
    async with watching(server) as watch:
        time.sleep(1.0)  # noqa: ASYNC251  # a strategy that computes where it must not
        gap, *_ = await outage(watch)
        assert "Heartbeat" in str(gap)


# ---------------------------------------------------------------- the switches


@pytest.mark.parametrize(("unlisted", "code"), [("silent", None), ("900004", 900004), ("allowed", 0)])
async def test_a_registration_before_the_list(server: Broker, client: NaiveClient, unlisted: Any, code: object) -> None:
    server.unlisted = unlisted
    await client.send({"trnm": "CNSRREQ", "seq": "0", "search_type": "1", "stex_tp": "K"})
    await client.caught_up()
    answers = [frame["return_code"] for frame in client.frames if frame["trnm"] == "CNSRREQ"]
    assert answers == ([] if code is None else [code])
    assert server.watched == ({SURGE} if code == 0 else set())


async def test_a_second_registration_may_be_met_by_silence(server: Broker, watcher: NaiveClient) -> None:
    server.twice = "silent"
    await watcher.send({"trnm": "CNSRREQ", "seq": "0", "search_type": "1", "stex_tp": "K"})
    await watcher.caught_up()
    assert sum(frame["trnm"] == "CNSRREQ" for frame in watcher.frames) == 1


async def test_an_empty_snapshot_may_name_nobody(server: Broker, client: NaiveClient) -> None:
    server.bare_empty = True
    assert await client.watch("1") == {"trnm": "CNSRREQ", "return_code": 0, "data": None}
    async with watching(server, HIGH) as watch:
        assert members(watch) == {HIGH: set()}


@pytest.mark.parametrize(("numbering", "codes"), [("now", None), ("listed", ["A005930", "A000660"])])
async def test_a_seq_means_the_condition_of_now_or_of_the_last_list(
    server: Broker, client: NaiveClient, numbering: Any, codes: list[str] | None
) -> None:
    server.numbering = numbering
    await client.conditions()
    server.renumber()
    reply = await client.register("0")
    assert (reply["data"] and [row["jmcode"] for row in reply["data"]]) == codes


# ---------------------------------------------------------------- the market and the trader


async def test_who_enters_and_leaves_is_pushed_to_whom_it_concerns(server: Broker, watcher: NaiveClient) -> None:
    server.enter(HIGH, "111111")  # nobody registered it
    server.enter(SURGE, "0000D0", "090000")
    server.leave(SURGE, "005930", "")
    server.enter(SURGE, "222222", push=False)
    await watcher.caught_up()
    assert watcher.pushes == [("0", "0000D0", "I", "090000"), ("0", "005930", "D", "")]
    assert server.members == {SURGE: {"000660", "0000D0", "222222"}, HIGH: {"111111"}}
    assert server.watched == {SURGE}


async def test_a_push_bears_the_time_of_now(server: Broker, watcher: NaiveClient) -> None:
    server.enter(SURGE, "0000D0")
    await watcher.caught_up()
    [(_, _, _, clock)] = watcher.pushes
    assert len(clock) == 6
    assert clock.isdecimal()


async def test_the_watch_of_a_client_is_the_truth(server: Broker) -> None:
    async with watching(server, SURGE, HIGH) as watch:
        server.enter(HIGH, "111111")
        server.leave(SURGE, "005930")
        await server.read()
        assert members(watch) == server.members
        assert server.watched == {SURGE, HIGH}
        server.drop()
        server.enter(SURGE, "333333")
        events = await upto(watch, lambda event: isinstance(event, jogeon.Enter) and event.code == "333333")
        assert ("Gap", SURGE, "connection lost") in told(events)
        await server.registered(HIGH)
    assert server.watched == set()


async def test_a_registration_stays_with_its_condition(server: Broker, watcher: NaiveClient) -> None:
    server.renumber({SURGE: "1", HIGH: "0"})
    server.rename(SURGE, "급등")
    server.enter("급등", "0000D0", "090000")
    assert await watcher.conditions() == {"0": HIGH, "1": "급등"} == server.conditions
    assert watcher.pushes == [("0", "0000D0", "I", "090000")]
    assert (await watcher.register("1"))["data"][-1] == {"jmcode": "A0000D0"}


async def test_conditions_come_and_go(server: Broker, watcher: NaiveClient) -> None:
    server.add("새 조건", ["111111"])
    server.add(SURGE, ["222222"], seq="7")
    assert await watcher.conditions() == {"0": SURGE, "1": HIGH, "2": "새 조건", "7": SURGE}
    assert server.members == {"0": {"005930", "000660"}, HIGH: set(), "새 조건": {"111111"}, "7": {"222222"}}
    with pytest.raises(LookupError, match="say which by its seq"):
        server.enter(SURGE, "333333")
    server.enter("7", "333333")
    server.remove("7")
    server.remove(SURGE)
    assert await watcher.conditions() == {"1": HIGH, "2": "새 조건"}
    assert (await watcher.search("0"))["return_code"] == 900004
    with pytest.raises(LookupError, match="no condition '급등주'"):
        server.enter(SURGE, "333333")


async def test_a_client_follows_a_condition_that_moved(server: Broker) -> None:
    async with watching(server) as watch:
        server.renumber()
        server.drop()
        await outage(watch)
        assert [condition.seq for condition in watch.conditions] == ["1"]
        assert members(watch) == {SURGE: {"005930", "000660"}}


# ---------------------------------------------------------------- ends


async def test_a_drop_is_no_close(server: Broker, watcher: NaiveClient) -> None:
    server.drop()
    assert (await watcher.closed())[0] == 1006
    assert server.connections == ()
    await server.deserted()


async def test_a_drop_is_a_reset(server: Broker) -> None:
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    key = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    writer.write(f"GET {address.path} HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Version: 13\r\n{key}\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    server.drop()
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


@pytest.mark.parametrize(("code", "heard"), [(1000, (1000, "Bye")), (1011, (1011, "Bye")), (None, (1005, ""))])
async def test_a_close_bears_what_it_is_told(
    server: Broker, watcher: NaiveClient, code: int | None, heard: tuple[int, str]
) -> None:
    server.close(code)
    assert await watcher.closed() == heard


async def test_a_client_comes_back_from_each_end(server: Broker) -> None:
    async with watching(server) as watch:
        ends: list[tuple[Callable[..., None], tuple[Any, ...]]] = [
            (server.drop, ()), (server.close, ()), (server.close, (None,)), (server.system, ("R10002",)),
        ]  # fmt: skip
        for end, arguments in ends:
            await server.registered(SURGE)
            end(*arguments)
            assert ("Gap", SURGE, "connection lost") in told(await outage(watch))


async def test_a_notice_goes_out_alone_unless_it_ends_the_session(server: Broker, watcher: NaiveClient) -> None:
    server.system("N0001", "장 시작")
    assert await watcher.hear("SYSTEM") == {"trnm": "SYSTEM", "code": "N0001", "message": "장 시작"}
    server.system("R10001")
    assert (await watcher.hear("SYSTEM"))["message"].startswith("동일한 App key")
    assert await watcher.closed() == (1000, "Bye")


async def test_one_connection_of_two(server: Broker, watcher: NaiveClient) -> None:
    async with NaiveClient(server.url, "another") as other:
        await other.watch("0")
        server.raw({"trnm": "HELLO"}, connection=2)
        assert await other.hear("HELLO")
        server.close(connection=2)
        assert await other.closed() == (1000, "Bye")
    assert server.connections == (1,)
    assert {"trnm": "HELLO"} not in watcher.frames
    with pytest.raises(LookupError, match="no connection 3"):
        server.drop(connection=3)


async def test_frozen_nothing_goes_and_thawed_everything_does(server: Broker, watcher: NaiveClient) -> None:
    server.freeze()
    await watcher.send({"trnm": "CNSRCLR", "seq": "0"})
    await asyncio.sleep(SOON)
    server.enter(SURGE, "0000D0", "090000")
    await asyncio.sleep(SOON)
    assert watcher.pushes == []
    server.thaw()
    assert (await watcher.hear("CNSRCLR"))["return_code"] == 0
    assert watcher.pushes == [("0", "0000D0", "I", "090000")]
    assert [each.trnm for each in server.requests][-1] == "CNSRCLR"


async def test_frozen_the_clocks_of_the_broker_stand(server: Broker) -> None:
    server.ping, server.ping_deadline = 0.05, 0.2
    async with NaiveClient(server.url, echo=False) as client:
        await client.hear("PING")
        server.freeze()
        await asyncio.sleep(0.6)
        assert server.connections == (1,)
        server.thaw()
        assert (await client.hear("SYSTEM"))["code"] == "R10002"


@pytest.mark.parametrize("silence", ["freeze", "vanish"])
async def test_a_close_is_not_answered_by_who_is_silent(server: Broker, client: NaiveClient, silence: str) -> None:
    getattr(server, silence)()
    await client._socket.close()  # gives up after a second
    assert client._socket.close_code == 1006


async def test_a_link_that_vanished_hears_nothing_and_no_end(server: Broker, watcher: NaiveClient) -> None:
    server.vanish()
    server.enter(SURGE, "0000D0")
    server.close()
    await watcher.send({"trnm": "CNSRLST"})
    with pytest.raises(TimeoutError):
        await watcher.closed(SOON)
    assert watcher.pushes == []
    assert server.connections == ()
    async with watching(server) as watch:
        assert members(watch)[SURGE] == server.members[SURGE]


# ---------------------------------------------------------------- what goes wrong


async def test_refused_once_and_then_not(server: Broker, client: NaiveClient) -> None:
    server.refuse("CNSRLST", 1700)
    assert await client.ask(trnm="CNSRLST") == {
        "trnm": "CNSRLST", "return_code": 1700, "return_msg": "허용된 요청 개수를 초과하였습니다",
    }  # fmt: skip
    assert await client.conditions()


async def test_refused_in_words_alone(server: Broker, client: NaiveClient) -> None:
    server.refuse("ka10173", 0, "처리 중 오류가 발생했습니다(seq={seq})", times=None, condition=HIGH)
    assert (await client.watch("1"))["return_msg"] == "처리 중 오류가 발생했습니다(seq=1)"
    assert (await client.register("1"))["return_code"] == 0
    assert (await client.register("0"))["data"]
    assert server.watched == {SURGE}
    server.calm()
    assert "return_msg" not in await client.register("1")


async def test_a_refused_login_is_followed_by_a_close(server: Broker) -> None:
    server.refuse("LOGIN", "8031", "실전과 모의가 섞였습니다 [CODE=8031]")
    async with NaiveClient(server.url) as client:
        assert (await client.login())["return_code"] == 8031
        assert await client.closed() == (1000, "Bye")
    server.refuse("LOGIN", 8005)
    with pytest.raises(jogeon.LoginRefused):
        await jogeon.connect(server.url).__aenter__()
    async with jogeon.connect(server.url):
        assert server.logins == 1


async def test_a_search_refused_is_what_the_client_raises(server: Broker) -> None:
    async with jogeon.connect(server.url) as kiwoom:
        server.refuse("ka10172", 999999, "그런 요청은 없습니다", times=None)
        with pytest.raises(jogeon.RequestRefused, match="그런 요청은 없습니다"):
            await kiwoom.search(SURGE)


@pytest.mark.parametrize("done", [False, True])
async def test_what_is_held_comes_when_it_is_released(server: Broker, client: NaiveClient, *, done: bool) -> None:
    await client.conditions()
    server.hold("ka10173", done=done)
    await client.send({"trnm": "CNSRREQ", "seq": "0", "search_type": "1", "stex_tp": "K"})
    await server.wait_for("ka10173")
    server.enter(SURGE, "0000D0", "090000")
    await client.caught_up()
    assert [frame["trnm"] for frame in client.frames].count("CNSRREQ") == 0
    assert client.pushes == ([("0", "0000D0", "I", "090000")] if done else [])
    server.release()
    shown = [row["jmcode"] for row in (await client.hear("CNSRREQ"))["data"]]
    assert ("A0000D0" in shown) is not done


async def test_a_push_that_overtakes_its_snapshot_is_in(server: Broker) -> None:
    server.hold("ka10173", done=True)
    async with jogeon.connect(server.url) as kiwoom:
        watch = kiwoom.watch(SURGE)
        entering = asyncio.create_task(watch.__aenter__())
        await server.registered(SURGE)
        server.enter(SURGE, "0000D0")
        server.release()
        await entering
        assert members(watch)[SURGE] == server.members[SURGE]
        await watch.__aexit__(None, None, None)


async def test_a_late_answer_comes_late(server: Broker, client: NaiveClient) -> None:
    server.delay("CNSRLST", 0.2)
    began = time.monotonic()
    await client.conditions()
    assert time.monotonic() - began >= 0.19
    server.delay("CNSRLST", 0.01, times=None)
    assert await client.conditions() == await client.conditions()


@pytest.mark.parametrize("done", [False, True])
async def test_what_is_lost_was_carried_out_or_not(server: Broker, client: NaiveClient, *, done: bool) -> None:
    await client.conditions()
    server.lose("CNSRREQ", done=done)
    await client.send({"trnm": "CNSRREQ", "seq": "0", "search_type": "1", "stex_tp": "K"})
    await client.caught_up()
    assert [frame["trnm"] for frame in client.frames].count("CNSRREQ") == 0
    assert server.watched == ({SURGE} if done else set())


async def test_pushes_are_lost_doubled_delayed_and_altered(server: Broker, watcher: NaiveClient) -> None:
    server.lose("REAL")
    server.double("REAL")
    for code in ("111111", "222222", "333333"):
        server.enter(SURGE, code, "090000")
    await watcher.caught_up()
    assert [code for _, code, _, _ in watcher.pushes] == ["222222", "222222", "333333"]
    server.delay("REAL", 0.1)
    server.alter("REAL", lambda push: push | {"data": []}, condition=HIGH)
    server.alter("REAL", lambda _: "{broken")
    server.enter(SURGE, "444444")  # delayed and broken
    server.enter(SURGE, "555555")
    await asyncio.sleep(2 * SOON)
    await watcher.caught_up()
    assert watcher.pushes[-1][1] == "555555"
    assert "{broken" in watcher.frames


async def test_answers_are_doubled_and_altered(server: Broker, client: NaiveClient) -> None:
    server.double("CNSRLST")
    assert await client.conditions() == dict((await client.hear("CNSRLST"))["data"])
    server.alter("CNSRLST", lambda reply: reply | {"trnm": "CNSRLT"})
    await client.send({"trnm": "CNSRLST"})
    assert (await client.hear("CNSRLT"))["data"]
    server.alter("ka10172", lambda reply: reply | {"data": {"9001": "A005930"}})
    assert (await client.search("0"))["data"] == {"9001": "A005930"}


async def test_a_doubled_registration_harms_no_watch(server: Broker) -> None:
    server.double("ka10173", times=None)
    async with watching(server) as watch:
        server.drop()
        await outage(watch)
        await server.read()
        assert members(watch)[SURGE] == server.members[SURGE]


def test_what_can_never_happen_is_refused_at_once(server: Broker) -> None:
    with pytest.raises(ValueError, match="never sent"):
        server.lose("REALTIME")
    with pytest.raises(ValueError, match="once at least"):
        server.double("REAL", times=0)
    with pytest.raises(LookupError):
        server.delay("CNSRREQ", 1, condition="없는 조건")
    with pytest.raises(ValueError, match="same seq"):
        server.renumber({SURGE: "1"})
    with pytest.raises(ValueError, match="taken"):
        server.add("다른 조건", seq="0")
    with pytest.raises(TypeError, match="a list of codes"):
        server.add("다른 조건", "005930")


# ---------------------------------------------------------------- full control


async def test_raw_frames_go_as_they_are(server: Broker, watcher: NaiveClient) -> None:
    for message in ({"trnm": "X", "가": 1}, "text", "{" * 3):
        server.raw(message)
    await watcher.caught_up()
    assert watcher.frames[-4:-1] == [{"trnm": "X", "가": 1}, "text", "{{{"]


async def test_bytes_that_are_no_text_cost_a_jogeon_nothing(server: Broker) -> None:
    async with watching(server) as watch:
        server.raw(b"\xff{")
        events = await upto(watch, lambda event: isinstance(event, jogeon.Anomaly))
        assert "unreadable" in str(events[-1])
        assert server.connections == (1,)


async def test_an_answer_of_the_test_s_own(server: Broker) -> None:
    def answer(request: Request) -> list[object] | None:
        if request.trnm == "CNSRLST":
            return [{"trnm": "CNSRLST", "return_code": "0000", "data": [[" 3 ", f" {SURGE} "]]}]
        if request.trnm == "CNSRCLR":
            return [*server.usual(request), End(1000, "끝")]
        return None

    server.answer = answer
    async with NaiveClient(server.url) as client:
        assert await client.conditions() == {" 3 ": f" {SURGE} "}
        assert (await client.search("0"))["data"]
        assert (await client.clear("0"))["return_code"] == 0
        assert await client.closed() == (1000, "끝")


async def test_a_failure_in_the_test_s_own_answer_is_told_at_the_end() -> None:
    def answer(request: Request) -> None:
        raise ZeroDivisionError(request.trnm)

    with pytest.raises(ZeroDivisionError, match="LOGIN"):
        async with Broker() as server:
            server.answer = answer
            async with NaiveClient(server.url) as client:
                assert (await client.closed())[0] == 1011


# ---------------------------------------------------------------- what a test sees and waits for


async def test_requests_are_kept_as_they_came(server: Broker, watcher: NaiveClient) -> None:
    before = time.time()
    await watcher.search("1")
    assert [each.subjects[-1] for each in server.requests] == ["LOGIN", "ka10171", "ka10173", "ka10172"]
    last = server.requests[-1]
    assert (last.connection, last.trnm, last.seq, last.body["search_type"]) == (1, "CNSRREQ", "1", "0")
    assert before - 1 <= last.at <= time.time() + 1
    assert server.asked("ka10172") == [last] == server.asked("CNSRREQ", connection=1)[1:]
    assert server.asked("CNSRREQ", connection=2) == []


async def test_waiting_in_vain_tells_what_happened_instead(server: Broker, watcher: NaiveClient) -> None:
    with pytest.raises(TimeoutError, match=r"0\.01 s.*1 connections, 1 logins; asked last: LOGIN, CNSRLST, CNSRREQ 0"):
        await server.registered(HIGH, timeout=0.01)
    with pytest.raises(TimeoutError, match="asked last: LOGIN"):
        server.wait_for("CNSRCLR", timeout=0.01).wait()


def test_waiting_in_a_thread_of_its_own(server: Broker) -> None:
    def strategy() -> None:
        with jogeon.sync.connect(server.url) as kiwoom, kiwoom.watch(HIGH):
            release.wait()

    release = threading.Event()
    thread = threading.Thread(target=strategy)
    thread.start()
    server.registered(HIGH).wait()
    server.until(lambda: server.logins == 1).wait()
    release.set()
    server.wait_for("CNSRCLR").wait()
    server.deserted().wait()
    thread.join()


async def test_what_was_read_has_been_heard(server: Broker, watcher: NaiveClient) -> None:
    for number in range(200):
        server.enter(SURGE, f"{number:06d}")
    await server.read()
    assert len(watcher.pushes) == 200


def test_a_strategy_without_async_is_tested_in_the_same_way(server: Broker) -> None:
    seen = []
    with jogeon.sync.connect(server.url) as kiwoom, kiwoom.watch(SURGE) as watch:
        server.enter(SURGE, "0000D0")
        for event in watch:
            if isinstance(event, jogeon.Enter):
                seen.append(event.code)
                break
    assert seen == ["0000D0"]


@pytest.mark.parametrize("broker", [{SURGE: ["005930"]}], indirect=True)
def test_the_fixture_takes_conditions(broker: Broker) -> None:  # noqa: F811
    assert broker.members == {SURGE: {"005930"}}


async def test_the_fixture_in_an_async_test(broker: Broker) -> None:  # noqa: F811
    broker.add(SURGE, ["005930"])
    async with watching(broker) as watch:
        assert members(watch) == broker.members


def test_a_broker_needs_no_pytest_and_loads_no_client() -> None:
    program = """
import sys, jogeon.testing
rooms = {"jogeon.client", "jogeon.server", "jogeon.wire", "jogeon.simulator"}
loaded = {"pytest", *rooms} & set(sys.modules)
assert not loaded, loaded
assert set(jogeon.testing.__all__) <= set(dir(jogeon.testing)) | {"broker"}
assert not hasattr(jogeon.testing, "brokers")
"""
    subprocess.run([sys.executable, "-c", program], check=True)


async def test_a_broker_is_used_once_and_leaves_nothing() -> None:
    server = Broker({SURGE: []})
    async with server:
        async with NaiveClient(server.url) as client:
            await client.login()
    with pytest.raises(RuntimeError, match="once"):
        server.__enter__()
    server.enter(SURGE, "005930")  # after the end it is harmless
    with pytest.raises(jogeon.CouldNotConnect):
        await jogeon.connect(server.url).__aenter__()


async def test_in_maintenance_nobody_gets_in(server: Broker) -> None:
    async with watching(server) as watch:
        server.accepting = False
        server.drop()
        await upto(watch, lambda event: isinstance(event, jogeon.State) and "could not connect" in event.cause)
        server.accepting = True
        server.enter(SURGE, "0000D0")
        await outage(watch)
        assert members(watch)[SURGE] == server.members[SURGE]


async def test_only_the_path_of_the_wire_is_served(server: Broker) -> None:
    with pytest.raises(jogeon.CouldNotConnect):
        await jogeon.connect(server.url + "/else").__aenter__()


def test_what_is_sent_is_json_with_korean_as_it_is() -> None:
    from jogeon.testing.rules import text_of

    assert text_of({"가": 1}) == '{"가": 1}'.encode()
    assert json.loads(text_of([["0", SURGE]])) == [["0", SURGE]]


async def test_a_last_page_that_is_full_is_the_last(server: Broker, client: NaiveClient) -> None:
    server.page = 2
    page = await client.search("0")
    assert (page["cont_yn"], page["next_key"], len(page["data"])) == ("N", "", 2)


async def test_before_the_list_a_seq_means_the_condition_of_now(server: Broker, client: NaiveClient) -> None:
    server.unlisted, server.numbering = "allowed", "listed"
    reply = await client.register("0")
    assert [row["jmcode"] for row in reply["data"]] == ["A005930", "A000660"]


async def test_echoes_that_come_before_their_pings_are_none(server: Broker) -> None:
    server.ping, server.ping_deadline = 0.05, 0.3
    async with NaiveClient(server.url, echo=False) as client:
        await client.login()
        for _ in range(50):
            await client.send("PING")
        assert (await client.hear("SYSTEM"))["code"] == "R10002"
        assert sum(frame == {"trnm": "PING"} for frame in client.frames) < 50


def test_a_deadline_that_passes_while_all_is_frozen_runs_again() -> None:
    class Wire:
        def __init__(self) -> None:
            self.sent: list[bytes] = []

        def send(self, text: bytes) -> None:
            self.sent.append(text)

        def close(self, code: int | None, reason: str) -> None:
            del code, reason

        def reset(self) -> None:
            pass

    async def main() -> None:
        script = Dialled({}, Random(1))  # noqa: S311  # no secret
        script.login_deadline = 5.0
        link = script._opened(wire := Wire())
        script.freeze()
        await asyncio.sleep(12)
        assert link.open
        script.thaw()
        await asyncio.sleep(5)
        assert not link.open
        assert [json.loads(text)["code"] for text in wire.sent] == ["R10004"]

    virtual(main())


def test_a_failure_of_the_test_itself_is_not_hidden_by_one_in_its_answer() -> None:
    def answer(request: Request) -> None:
        raise ZeroDivisionError(request.trnm)

    with pytest.raises(KeyError, match="the test's own"), Broker({SURGE: []}) as server:
        server.answer = answer
        with pytest.raises(jogeon.JogeonError), jogeon.sync.connect(server.url):
            raise AssertionError
        raise KeyError("the test's own")


async def test_what_is_refused_is_not_lost_as_well(server: Broker, client: NaiveClient) -> None:
    server.lose("ka10172", times=1)
    server.refuse("ka10172", 900001, times=1)
    assert (await client.search("0"))["return_code"] == 900001
    await client.send({"trnm": "CNSRREQ", "seq": "0", "search_type": "0", "stex_tp": "K"})  # this one is
    assert (await client.search("1"))["seq"].strip() == "1"


async def test_what_came_while_all_was_frozen_is_answered_once(server: Broker, client: NaiveClient) -> None:
    await client.conditions()
    server.freeze()
    await client.send({"trnm": "CNSRLST"})
    await client.send({"trnm": "CNSRCLR", "seq": "9"})
    server.until(lambda: len(server._links[1].unread) == 2).wait()
    for _ in range(2):
        server.thaw()
        server.freeze()
    server.thaw()
    await client.caught_up()
    assert [each.trnm for each in server.requests].count("CNSRCLR") == 1
