"""Conversations of a Client with a broker, in virtual time."""

import asyncio
from typing import Any

import pytest

import jogeon
from jogeon.events import Condition
from jogeon.wire import writers
from texts import list_text, page_text, snapshot_text
from wire import Broker, Wire, drain, pause, told, virtual

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")


def test_the_list_comes_before_any_condition_is_asked_for() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom:
            assert await kiwoom.conditions() == [RISE, HIGH]
            async with kiwoom.watch("급등주"):
                pass
        assert [message["trnm"] for message in broker.heard][:2] == ["LOGIN", "CNSRLST"]
        assert broker.heard.index({"trnm": "CNSRLST"}) < [m["trnm"] for m in broker.heard].index("CNSRREQ")

    virtual(main())


def test_a_watch_tells_snapshot_enter_leave_and_keeps_members() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주", "4") as watch:
            broker.enter("급등주", "000660")
            broker.leave("급등주", "005930")
            broker.enter("신고가 돌파", "0000D0")
            assert told(drain(watch)) == [
                ("Snapshot", "급등주", "005930"),
                ("Snapshot", "신고가 돌파"),
                ("Enter", "급등주", "000660", "live"),
                ("Leave", "급등주", "005930", "live"),
                ("Enter", "신고가 돌파", "0000D0", "live"),
            ]
            assert list(watch.members["급등주"]) == ["000660"]
            assert watch.members[RISE] == watch.members["급등주"] == watch.members.get(RISE)
            assert RISE in watch.members
            assert "없는 조건" not in watch.members
            assert watch.members.get(Condition("9", "없는 조건"), {}) == {}
            assert list(watch.members["신고가 돌파"]) == ["0000D0"]
        assert [m["seq"] for m in broker.requests("CNSRCLR")] == ["0", "4"]

    virtual(main())


def test_pushes_in_the_same_read_as_the_snapshot_follow_it_each_by_itself() -> None:
    class Together(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            wire.push(
                snapshot_text(seq, ["005930"]),
                writers.encode_push(seq, "000660", "I", "090000"),
                writers.encode_push(seq, "000660", "D", "090000"),
            )

    async def main() -> None:
        async with Together().client() as kiwoom, kiwoom.watch("급등주") as watch:
            assert told(drain(watch)) == [
                ("Snapshot", "급등주", "005930"),
                ("Enter", "급등주", "000660", "live"),
                ("Leave", "급등주", "000660", "live"),
            ]

    virtual(main())


def test_a_refused_watch_raises_what_the_broker_said() -> None:
    class Limited(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            wire.push(writers.encode_refusal("CNSRREQ", 900099, f"10개를 초과했습니다(seq={seq})"))

    async def main() -> None:
        async with Limited().client() as kiwoom:
            with pytest.raises(jogeon.RequestRefused, match="10개를 초과"):
                async with kiwoom.watch("급등주"):
                    pass

    virtual(main())


@pytest.mark.parametrize(
    ("pages", "error"),
    [
        ([("Y", "")], jogeon.EmptyPageKey),
        ([("Y", "k"), ("Y", "k")], jogeon.RepeatedPageKey),
    ],
)
def test_pages_that_do_not_end_properly(pages: list[tuple[str, str]], error: type[Exception]) -> None:
    class Paging(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            cont_yn, key = pages[len(self.requests("CNSRREQ")) - 1]
            row = {"9001": "A005930", "302": "가상"}
            head = {"trnm": "CNSRREQ", "seq": message["seq"], "return_code": 0}
            wire.push(head | {"cont_yn": cont_yn, "next_key": key, "data": [row]})

    async def main() -> None:
        async with Paging().client() as kiwoom:
            with pytest.raises(error):
                await kiwoom.search("급등주")

    virtual(main())


@pytest.mark.parametrize("found", [[], ["005930"]])
def test_an_empty_reply_that_names_no_condition_is_asked_for_once_more(found: list[str]) -> None:
    """The empty snapshot of another condition looks so, if it comes twice."""

    class Nameless(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            if len(self.requests("CNSRREQ")) == 1 or not found:
                wire.push({"trnm": "CNSRREQ", "return_code": 0, "data": None})
            else:
                wire.push(page_text(message["seq"], [{"9001": f"A{code}", "302": "가상"} for code in found]))

    async def main() -> None:
        broker = Nameless()
        async with broker.client() as kiwoom:
            assert [stock.code for stock in await kiwoom.search("급등주")] == found
            assert len(broker.requests("CNSRREQ")) == 2

    virtual(main())


def test_all_pages_are_followed_and_counted() -> None:
    class Paging(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            page = int(message["next_key"] or 0)
            rows = [{"9001": f"A{page * 2 + i:06d}", "302": "가상"} for i in range(2)]
            wire.push(page_text("0", rows, str(page + 1) if page < 4 else ""))

    async def main() -> None:
        async with Paging().client() as kiwoom:
            counted: list[int] = []
            stocks = await kiwoom.search("급등주", progress=counted.append)
            assert [stock.code for stock in stocks] == [f"{i:06d}" for i in range(10)]
            assert counted == [2, 4, 6, 8, 10]
            with pytest.raises(jogeon.TooManyRows):
                await kiwoom.search("급등주", max_rows=5)

    virtual(main())


def test_a_late_reply_to_a_search_is_no_answer_to_that_of_the_condition_which_has_its_seq_now() -> None:
    """The broker hangs over the first search and answers the others at once: replies do not come in order."""

    class Hanging(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            asked = self.names[message["seq"]]
            page = page_text(message["seq"], [{"9001": f"A{code}", "302": "가상"} for code in self.members[asked]])
            hangs = len(self.requests("CNSRREQ")) == 1
            asyncio.get_running_loop().call_later(8.0 if hangs else 0.1, wire.push, page)

    async def main() -> None:
        broker = Hanging({"0": "급등주", "4": "신고가 돌파"}, {"급등주": ["005930"], "신고가 돌파": ["000660"]})
        async with broker.client() as kiwoom:
            with pytest.raises(jogeon.RequestTimeout):
                await kiwoom.search("급등주")
            broker.names = {"0": "신고가 돌파", "1": "급등주"}
            other = asyncio.create_task(kiwoom.search("신고가 돌파"))
            assert [stock.code for stock in await kiwoom.search("급등주")] == ["005930"]
            assert not other.done()
            assert [stock.code for stock in await other] == ["000660"]

    virtual(main())


def test_one_condition_is_not_watched_on_two_exchanges_at_once() -> None:
    async def main() -> None:
        async with Broker().client() as kiwoom, kiwoom.watch("급등주"):
            with pytest.raises(jogeon.LocalProtocolError, match="exchange K"):
                async with kiwoom.watch("급등주", exchange="N"):
                    pass
            assert await kiwoom.conditions() == [RISE, HIGH]

    virtual(main())


def test_what_was_entered_is_not_entered_again() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom:
            with pytest.raises(jogeon.LocalProtocolError):
                await kiwoom.__aenter__()
            async with kiwoom.watch("급등주") as watch:
                with pytest.raises(jogeon.LocalProtocolError):
                    await watch.__aenter__()
        assert len(broker.requests("LOGIN")) == 1

    virtual(main())


def test_a_condition_listed_twice_is_one() -> None:
    class Twice(Broker):
        def on_cnsrlst(self, wire: Wire, message: dict[str, Any]) -> None:
            wire.push(list_text([RISE, RISE, HIGH]))

    async def main() -> None:
        broker = Twice()
        async with broker.client() as kiwoom, kiwoom.watch() as watch:
            drain(watch)
            broker.enter("급등주", "005930")
            assert told(drain(watch)) == [("Enter", "급등주", "005930", "live")]
            assert await kiwoom.resolve("급등주") == RISE

    virtual(main())


def test_words_without_rows_after_an_outage_make_nobody_leave() -> None:
    class Failing(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            if len(self.wires) == 2 and len(self.requests("CNSRREQ")) == 2:
                failure = {"return_code": 0, "return_msg": "처리 중 오류가 발생했습니다", "data": None}
                wire.push({"trnm": "CNSRREQ", "seq": seq} | failure)
            else:
                super().on_register(wire, seq)

    async def main() -> None:
        broker = Failing(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            broker.wire.drop()
            await pause(60)
            events = drain(watch)
            assert not [event for event in events if isinstance(event, jogeon.Leave)]
            assert any("처리 중 오류가 발생했습니다" in e.cause for e in events if isinstance(e, jogeon.State))
            assert told(events)[-2:] == [("Gap", "급등주", "connection lost"), ("Snapshot", "급등주", "005930")]

    virtual(main())


def test_rows_of_codes_alone_answer_a_search_beside_a_watch() -> None:
    class Mock(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            wire.push(snapshot_text(message["seq"], ["005930", "000660"]))

    async def main() -> None:
        async with Mock().client() as kiwoom, kiwoom.watch("급등주"):
            found = await kiwoom.search("급등주")
            assert [(stock.code, stock.price) for stock in found] == [("005930", None), ("000660", None)]

    virtual(main())


def test_a_time_that_is_a_number_costs_no_push() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            values = {"841": "0", "9001": "373220", "843": "I", "20": 90001}
            broker.wire.push({"trnm": "REAL", "data": [{"type": "02", "values": values}]})
            [entered] = drain(watch)
            assert isinstance(entered, jogeon.Enter)
            assert (entered.code, entered.clock) == ("373220", "090001")
        assert len(broker.requests("CNSRREQ")) == 1

    virtual(main())
