"""Single stocks registered with REG: limits, groups, what is pushed, and both roles of this package at it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from jogeon.simulator.broker.faults import Standing
from jogeon.simulator.broker.quotas import Quotas
from jogeon.simulator.broker.quotedesk import QuoteDesk
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.companies import companies, nxt_codes
from jogeon.simulator.market.synthetic import SyntheticMarket
from jogeon.simulator.simulator import Simulator
from jogeon.wire.messages import Acknowledged, ListConditions, Login, RegisterQuotes, RemoveQuotes, WidePush
from jogeon.wire.quotes import quote_of
from jogeon.wire.session import Answered, ClientSession
from naive_client import NaiveClient
from test_simulator_broker import LIVELY, members, talking

if TYPE_CHECKING:
    from jogeon.server.peer import Peer

CODES = [company.code for company in companies()]
MOST = 20
"""Groups of one program, in the place of a thousand."""
ACKNOWLEDGED = {"return_code": 0, "return_msg": ""}


class Program:
    """A peer of which only the key matters."""

    def __init__(self, key: str) -> None:
        self.key = key


async def ask(client: NaiveClient, trnm: str, *codes: str, group: str = "1", refresh: str = "1") -> dict[str, Any]:
    """Send a REG or REMOVE as the guide shows it; return the reply without its trnm."""
    rows: Any = [{"item": list(codes), "type": ["0B"]}]
    return await ask_with(client, trnm, rows, grp_no=group, refresh=refresh)


async def ask_with(client: NaiveClient, trnm: str, data: Any, **more: str) -> dict[str, Any]:
    await client.send({"trnm": trnm, "data": data} | more)
    reply = await client.hear(trnm)
    assert reply.pop("trnm") == trnm
    return reply


def quotes(client: NaiveClient) -> list[tuple[str, dict[str, str]]]:
    """Return what was pushed of single stocks: item and values."""
    frames = [frame for frame in client.frames if isinstance(frame, dict) and frame.get("trnm") == "REAL"]
    rows = [row for frame in frames for row in frame["data"]]
    return [(row["item"], row["values"]) for row in rows if row["type"] == "0B"]


async def test_each_trade_of_a_registered_stock_is_pushed_as_it_was() -> None:
    async with talking() as (simulator, client):
        codes = CODES[:40]
        assert await ask(client, "REG", *codes) == ACKNOWLEDGED
        assert simulator.quotes(limit=0)["registered"] == sorted(codes)
        before = simulator.quotes()["trades"][-1]["n"]
        simulator.advance(60)
        await client.caught_up()
        traded = [each for each in simulator.quotes(before)["trades"] if each["code"] in codes]
        pushed = [(item, abs(int(row["10"])), int(row["15"]), row["20"]) for item, row in quotes(client)]
        assert pushed == [(each["code"], each["price"], each["quantity"], each["time"]) for each in traded]
        assert len({each["code"] for each in traded}) > 5


async def test_a_push_agrees_with_the_search_beside_it() -> None:
    async with talking() as (simulator, client):
        await client.conditions()
        codes = members(simulator, LIVELY)
        await ask(client, "REG", *codes)
        simulator.advance(120)
        rows = {row["9001"][1:]: row for row in (await client.search(LIVELY))["data"]}
        last = dict(quotes(client))
        assert last.keys() & rows.keys()
        for code in last.keys() & rows.keys():
            values, row = last[code], rows[code]
            assert [abs(int(values[field])) for field in ("10", "16", "17", "18")] == [
                int(row[field]) for field in ("10", "16", "17", "18")
            ]
            assert (int(values["11"]), int(values["13"]), values["25"]) == (int(row["11"]), int(row["13"]), row["25"])
            assert float(values["12"]) == pytest.approx(int(row["12"]) / 1000, abs=0.005)
            assert {values[field][0] for field in ("10", "16", "17", "18")} == {"+" if int(row["11"]) > 0 else "-"}


async def test_what_is_let_go_is_pushed_no_more_and_a_connection_takes_its_own_along() -> None:
    async with talking(side_by_side=True) as (simulator, client):
        await ask(client, "REG", *CODES[:30])
        async with NaiveClient(simulator.websocket) as other:
            await other.login()
            await ask(other, "REG", *CODES[20:50])
            assert simulator.quotes(limit=0)["registered"] == sorted(CODES[:50])
        while len(simulator.quotes(limit=0)["registered"]) > 30:  # the server hears of the end a little later
            await asyncio.sleep(0.001)
        assert await ask(client, "REMOVE", *CODES[:30], "999999") == ACKNOWLEDGED
        assert simulator.quotes(limit=0)["registered"] == []
        simulator.advance(60)
        await client.caught_up()
        assert quotes(client) == []


@pytest.mark.parametrize(
    "data",
    [
        [{"item": "005930", "type": ["0B"]}],
        [{"item": ["005930"], "type": "0B"}],
        [{"item": ["005930"], "type": ["0B"]}, {"item": "000660", "type": ["0B"]}],
        [{"item": ["005930"]}],
        [{"type": ["0B"]}],
        [{"item": [5930], "type": ["0B"]}],
        {"item": ["005930"], "type": ["0B"]},
        ["005930"],
        [],
        None,
    ],
)
@pytest.mark.parametrize("trnm", ["REG", "REMOVE"])
async def test_item_and_type_must_be_arrays(trnm: str, data: Any) -> None:
    async with talking() as (simulator, client):
        assert (await ask_with(client, trnm, data, grp_no="1"))["return_code"] == 105111
        found = simulator.quotes(limit=0)
        assert (found["registered"], found["refused"]["105111"]) == ([], 1)
        assert await ask(client, "REG", "005930") == ACKNOWLEDGED


async def test_other_types_are_acknowledged_and_nothing_comes_of_them() -> None:
    async with talking() as (simulator, client):
        rows = [{"item": ["005930"], "type": ["0D", "0w"]}, {"item": [""], "type": ["0s"]}]
        assert await ask_with(client, "REG", rows, grp_no="1", refresh="1") == ACKNOWLEDGED
        assert simulator.quotes(limit=0)["registered"] == []


@pytest.mark.parametrize("limit", [100, 7])
async def test_beyond_the_limit_of_a_connection_all_of_a_request_is_refused(limit: int) -> None:
    async with talking(price_limit=limit) as (simulator, client):
        assert await ask(client, "REG", *CODES[:limit]) == ACKNOWLEDGED
        refused = await ask(client, "REG", *CODES[limit - 1 : limit + 1], group="2")
        assert refused["return_code"] == 105115
        assert f"허용 개수({limit})를 초과" in refused["return_msg"]
        assert await ask(client, "REG", CODES[0], group="2") == ACKNOWLEDGED  # again what is there already
        assert (await ask(client, "REG", *CODES[: limit + 1], refresh="0"))["return_code"] == 105115
        found = simulator.quotes(limit=0)
        assert found["registered"] == sorted(CODES[:limit])
        assert found["refused"] == {"105110": 0, "105111": 0, "105115": 2, "105118": 0}
        await ask(client, "REMOVE", CODES[1])
        assert await ask(client, "REG", CODES[limit]) == ACKNOWLEDGED


async def test_a_group_may_have_a_limit_and_no_limit_may_hold() -> None:
    async with talking(group_limit=2) as (simulator, client):
        refused = await ask(client, "REG", *CODES[:3])
        assert (refused["return_code"], "(2)" in refused["return_msg"]) == (105118, True)
        assert await ask(client, "REG", *CODES[:2]) == await ask(client, "REG", *CODES[2:4], group="2") == ACKNOWLEDGED
        assert simulator.quotes(limit=0)["refused"]["105118"] == 1
    async with talking(price_limit=0) as (_, client):
        assert await ask(client, "REG", *CODES[:1_000]) == ACKNOWLEDGED


async def test_groups_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.server.groups.MOST", MOST)
    async with talking() as (simulator, client):
        assert (await ask(client, "REG", CODES[0], group="g" * 65))["return_code"] == 105115
        data = [{"item": [CODES[0]], "type": ["0B"]}]
        for number in range(MOST + 1):
            await client.send({"trnm": "REG", "grp_no": str(number), "refresh": "1", "data": data})
        replies = [await client.hear("REG") for _ in range(MOST + 1)]
        assert [reply["return_code"] for reply in replies] == [0] * MOST + [105115]
        assert simulator.quotes(limit=0)["registered"] == [CODES[0]]


async def test_a_group_is_kept_or_replaced() -> None:
    async with talking() as (simulator, client):
        await ask(client, "REG", "000370", "000740", group="1")
        await ask(client, "REG", "000740", "001110", group="2")
        await ask(client, "REG", "001480", group="1", refresh="0")
        assert simulator.quotes(limit=0)["registered"] == ["000740", "001110", "001480"]
        await ask(client, "REMOVE", "000740", group="1")
        assert "000740" in simulator.quotes(limit=0)["registered"]
        await ask(client, "REMOVE", "000740", group="2")
        assert simulator.quotes(limit=0)["registered"] == ["001110", "001480"]


async def test_requests_that_come_too_fast_may_be_refused() -> None:
    async with talking(reg_pause=60) as (simulator, client):
        assert await ask(client, "REG", "000370") == ACKNOWLEDGED
        assert (await ask(client, "REMOVE", "000370"))["return_code"] == 105110
        found = simulator.quotes(limit=0)
        assert (found["registered"], found["refused"]["105110"]) == (["000370"], 1)
    async with talking(max_rate=1) as (simulator, client):
        await ask(client, "REG", "000370")
        assert (await ask(client, "REG", "000740"))["return_code"] == 105110
        assert simulator.quotes(limit=0)["refused"]["105110"] == 1


async def test_a_fault_refuses_all_of_them() -> None:
    async with talking() as (simulator, client):
        simulator.fault({"refuse_reg": "1700"})
        assert (await ask(client, "REG", "000370"))["return_code"] == 1700
        assert simulator.quotes(limit=0)["refused"]["1700"] == 1
        simulator.fault({})
        assert await ask(client, "REG", "000370") == ACKNOWLEDGED


async def test_the_suffix_of_a_code_is_its_exchange() -> None:
    async with talking() as (simulator, client):
        code = min(nxt_codes())
        await ask(client, "REG", code, f"{code}_NX", f"{code}_AL")
        for _ in range(50):
            simulator.advance(30)
        await client.caught_up()
        pushed = {label: [abs(int(row["10"])) for item, row in quotes(client) if item == label]
                  for label in (code, f"{code}_NX", f"{code}_AL")}  # fmt: skip
        assert pushed[code] == pushed[f"{code}_AL"] != pushed[f"{code}_NX"]
        for exchange, label in (("K", code), ("N", f"{code}_NX")):
            trades = simulator.quotes(exchange=exchange)["trades"]  # type: ignore[arg-type]
            assert [each["price"] for each in trades if each["code"] == code][1:] == pushed[label]


@pytest.mark.parametrize("what", ["keeps", "ends", "900003"])
async def test_the_search_of_what_is_registered_keeps_it_ends_it_or_is_refused(what: str) -> None:
    async with talking(search_of_registered=what) as (simulator, client):
        await client.watch(LIVELY)
        assert (await client.search("0"))["return_code"] == 0
        answer = await client.search(LIVELY)
        assert answer["return_code"] == (900003 if what == "900003" else 0)
        simulator.advance(120)
        await client.caught_up()
        assert bool(client.pushes) is (what != "ends")
        assert (await client.register(LIVELY))["return_code"] == (0 if what == "ends" else 900003)


def test_an_item_counts_once_and_is_followed_until_the_last_lets_go() -> None:
    market = SyntheticMarket(1)
    switches = Switches(price_limit=2)
    desk = QuoteDesk({"K": market}, switches, Standing(), Quotas(switches, lambda: 0.0))
    one, other = (cast("Peer", Program(key)) for key in ("one", "other"))
    stock = market._stocks[CODES[0]]
    for peer, group in ((one, "1"), (one, "2"), (other, "1")):
        assert desk.change(peer, RegisterQuotes((CODES[0], CODES[1]), group)) is None
    assert desk.change(one, RemoveQuotes((CODES[0],), "1")) is None
    assert {label: list(peers) for label, peers in desk.hearing(("K", CODES[0])).items()} == {CODES[0]: [one, other]}
    desk.close(one)
    assert stock.followed
    desk.close(other)
    desk.close(other)
    assert (stock.followed, desk.registered, desk.hearing(("K", CODES[0]))) == (False, [], {})
    assert desk.change(one, RegisterQuotes((f"{CODES[0]}_NX", "nobody"))) is None  # a market without NXT
    assert stock.followed


async def test_both_roles_understand_each_other() -> None:
    """What this package's client side writes and reads, over a real socket."""
    session = ClientSession(quotes=True)
    async with Simulator(speed=0, rest_port=None) as simulator, NaiveClient(simulator.websocket, None) as client:

        async def answered(request: Any) -> Any:
            await client.send(session.send(request).decode())
            reply = session.receive(json.dumps(await client.hear(request.trnm)).encode())
            assert isinstance(reply, Answered)
            return reply.answer

        await answered(Login("demo"))
        await answered(ListConditions())
        code = next(each["code"] for each in simulator.quotes()["trades"] if each["price"] > 10_000)
        assert await answered(RegisterQuotes((code,))) == Acknowledged()
        while not quotes(client):
            simulator.advance(30)
            await client.caught_up()
        push = session.receive(json.dumps(await client.hear("REAL")).encode())
        assert isinstance(push, WidePush)
        (row,) = push.quotes
        quote = quote_of(row)
        first = next(each for each in simulator.quotes()["trades"][2_600:] if each["code"] == code)
        assert (quote.code, quote.price, quote.quantity, quote.clock) == (
            code, first["price"], first["quantity"], first["time"],
        )  # fmt: skip
        assert None not in (quote.ask, quote.bid, quote.volume, quote.value, quote.sign)
        assert await answered(RemoveQuotes((code,))) == Acknowledged()
