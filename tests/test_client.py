"""Conversations of a Client with a broker, in virtual time."""

import asyncio
from typing import Any

import pytest

import jogeon
from jogeon import messages
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State
from wire import Broker, Wire, virtual

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")


def told(events: list[Event]) -> list[tuple[Any, ...]]:
    """Shorten events to what a conversation is about."""
    short: list[tuple[Any, ...]] = []
    for event in events:
        match event:
            case Enter() | Leave():
                short.append((type(event).__name__, event.condition.name, event.code, event.origin))
            case Snapshot():
                short.append(("Snapshot", event.condition.name, *event.codes))
            case Gap():
                short.append(("Gap", event.condition.name, event.cause) + (("open",) if event.open else ()))
            case State() if event.state not in ("connecting", "connected", "started", "registered"):
                short.append(("State", event.state))
    return short


def drain(watch: jogeon.Watch) -> list[Event]:
    """Return what waits to be read."""
    events = []
    while (event := watch._queue.take()) is not None:
        events.append(event)
    return events


async def pause(seconds: float = 0.05) -> None:
    await asyncio.sleep(seconds)


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
            assert watch.members[RISE] == watch.members["급등주"]
            assert list(watch.members["신고가 돌파"]) == ["0000D0"]
        assert [m["seq"] for m in broker.requests("CNSRCLR")] == ["0", "4"]

    virtual(main())


def test_pushes_in_the_same_read_as_the_snapshot_follow_it_each_by_itself() -> None:
    class Together(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            wire.push(
                messages.encode_registered(seq, ["005930"]),
                messages.encode_push(seq, "000660", "I", "090000"),
                messages.encode_push(seq, "000660", "D", "090000"),
            )

    async def main() -> None:
        async with Together().client() as kiwoom, kiwoom.watch("급등주") as watch:
            assert told(drain(watch)) == [
                ("Snapshot", "급등주", "005930"),
                ("Enter", "급등주", "000660", "live"),
                ("Leave", "급등주", "000660", "live"),
            ]

    virtual(main())


def test_a_push_after_the_stop_is_not_an_event() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("신고가 돌파") as other:
            async with kiwoom.watch("급등주"):
                pass
            drain(other)
            broker.wire.push(messages.encode_push("0", "005930", "I", "090000"))
            assert drain(other) == []

    virtual(main())


def test_leaving_one_of_two_watches_clears_nothing_the_other_needs() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as first:
            async with kiwoom.watch("급등주", "신고가 돌파") as second:
                assert told(drain(second))[0] == ("Snapshot", "급등주", "005930")
            assert [m["seq"] for m in broker.requests("CNSRCLR")] == ["4"]
            broker.enter("급등주", "000660")
            assert told(drain(first))[-1] == ("Enter", "급등주", "000660", "live")
        assert len(broker.requests("CNSRREQ")) == 2

    virtual(main())


def test_an_outage_is_one_gap_with_what_changed_and_a_snapshot() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930", "000660"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.refuse_connections = 3
            broker.wire.drop()
            broker.members["급등주"] = ["000660", "035420"]
            await pause(30)
            assert told(drain(watch)) == [
                *[("State", "reconnecting")] * 4,
                ("Gap", "급등주", "connection lost"),
                ("Leave", "급등주", "005930", "recovered"),
                ("Enter", "급등주", "035420", "recovered"),
                ("Snapshot", "급등주", "000660", "035420"),
            ]
            broker.enter("급등주", "051910")
            assert told(drain(watch)) == [("Enter", "급등주", "051910", "live")]

    virtual(main())


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1009, 1011])
def test_every_close_is_an_outage_like_any_other(code: int) -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.wire.close(code, "Bye")
            await pause(2)
            assert told(drain(watch)) == [
                ("State", "reconnecting"),
                ("Gap", "급등주", "connection lost"),
                ("Snapshot", "급등주"),
            ]

    virtual(main())


def test_r10001_ends_the_client_and_says_so() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            broker.wire.push(messages.encode_system("R10001", "동일한 App key로 접속이 되었습니다."))
            broker.wire.close(1000)
            await pause()
            seen: list[Event] = []
            with pytest.raises(jogeon.SessionTaken):
                await watch.each(seen.append)
            assert told(seen)[-3:] == [
                ("State", "taken"),
                ("Gap", "급등주", "connection lost", "open"),
                ("State", "ended"),
            ]
            with pytest.raises(jogeon.SessionTaken):
                await kiwoom.conditions()
        assert len(broker.requests("LOGIN")) == 1

    virtual(main())


def test_a_refused_login_is_raised_with_the_code_in_its_text() -> None:
    class Refusing(Broker):
        def on_login(self, wire: Wire, message: dict[str, Any]) -> None:
            del message
            text = "토큰 인증에 실패했습니다. 접속을 종료합니다 [CODE=8005, MESSAGE=Token이 유효하지 않습니다]"
            wire.push(messages.encode_refusal("LOGIN", 3, text))
            wire.close(1000)

    async def main() -> None:
        with pytest.raises(jogeon.LoginRefused) as refused:
            async with Refusing().client():
                pass
        assert refused.value.code == "8005"

    virtual(main())


def test_no_login_reply_is_a_timeout() -> None:
    class Silent(Broker):
        def on_login(self, wire: Wire, message: dict[str, Any]) -> None:
            pass

    async def main() -> None:
        with pytest.raises(jogeon.RequestTimeout):
            async with Silent().client():
                pass

    virtual(main())


def test_ping_is_answered_verbatim_while_a_request_is_in_flight() -> None:
    class Pinging(Broker):
        def on_cnsrlst(self, wire: Wire, message: dict[str, Any]) -> None:
            wire.push(b'{ "trnm":"PING", "x": [1] }')
            super().on_cnsrlst(wire, message)

    async def main() -> None:
        broker = Pinging()
        async with broker.client() as kiwoom:
            assert await kiwoom.conditions() == [RISE, HIGH]
            await pause()
        assert {"trnm": "PING", "x": [1]} in broker.heard

    virtual(main())


def test_a_late_reply_is_never_taken_for_the_next_one() -> None:
    class Slow(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            if message["seq"] == "0" and len(self.requests("CNSRREQ")) == 1:
                wire.later(6, messages.encode_search("0", [{"9001": "A000001", "302": "늦은 것"}]))
            else:
                wire.later(2, messages.encode_search(message["seq"], [{"9001": "A000002", "302": "제때 것"}]))

    async def main() -> None:
        async with Slow().client() as kiwoom:
            with pytest.raises(jogeon.RequestTimeout):
                await kiwoom.search("급등주")
            assert [stock.code for stock in await kiwoom.search("급등주")] == ["000002"]

    virtual(main())


def test_one_silent_condition_is_retried_while_the_others_live() -> None:
    class Deaf(Broker):
        deaf = True

        def on_register(self, wire: Wire, seq: str) -> None:
            if seq == "4" and self.deaf:
                return
            super().on_register(wire, seq)

    async def main() -> None:
        broker = Deaf()
        async with broker.client() as kiwoom, kiwoom.watch("급등주", "신고가 돌파") as watch:
            assert told(drain(watch)) == [("Snapshot", "급등주"), ("State", "unanswered")]
            await pause(20)
            broker.enter("급등주", "005930")
            broker.deaf = False
            await pause(60)
            assert told(drain(watch)) == [("Enter", "급등주", "005930", "live"), ("Snapshot", "신고가 돌파")]
        assert len(broker.wires) == 1

    virtual(main())


def test_when_nothing_can_be_registered_the_connection_is_given_up() -> None:
    class Deaf(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            if len(self.wires) > 1:
                super().on_register(wire, seq)

    async def main() -> None:
        broker = Deaf()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            await pause(60)
            assert ("Snapshot", "급등주") in told(drain(watch))
        assert len(broker.wires) == 2

    virtual(main())


def test_900003_is_cured_by_one_clear() -> None:
    class Stubborn(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            if not self.requests("CNSRCLR"):
                wire.registered[seq] = self.names[seq]
            super().on_register(wire, seq)

    async def main() -> None:
        broker = Stubborn()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            assert told(drain(watch)) == [("Snapshot", "급등주")]
        assert [m["trnm"] for m in broker.heard[-4:]] == ["CNSRREQ", "CNSRCLR", "CNSRREQ", "CNSRCLR"]

    virtual(main())


def test_a_refused_watch_raises_what_the_broker_said() -> None:
    class Limited(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            wire.push(messages.encode_refusal("CNSRREQ", 900099, f"10개를 초과했습니다(seq={seq})"))

    async def main() -> None:
        async with Limited().client() as kiwoom:
            with pytest.raises(jogeon.RequestRefused, match="10개를 초과"):
                async with kiwoom.watch("급등주"):
                    pass

    virtual(main())


def test_a_stalled_server_is_found_by_a_probe() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.wire.stalled = True
            await pause(70)
            assert ("Gap", "급등주", "connection lost") in told(drain(watch))
        assert len(broker.wires) == 2

    virtual(main())


def test_a_quiet_server_that_answers_the_probe_is_kept() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            await pause(300)
            assert told(drain(watch)) == [("Snapshot", "급등주")]
        assert len(broker.wires) == 1

    virtual(main())


def test_a_mute_subscription_is_found_and_revived_by_the_recheck() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client(recheck=600) as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.wire.registered.clear()
            broker.enter("급등주", "000660")
            await pause(620)
            assert told(drain(watch)) == [
                ("Gap", "급등주", "drift"),
                ("Enter", "급등주", "000660", "recovered"),
                ("Snapshot", "급등주", "005930", "000660"),
            ]
            broker.enter("급등주", "035420")
            assert told(drain(watch)) == [("Enter", "급등주", "035420", "live")]

    virtual(main())


def test_an_unreadable_frame_doubts_every_condition() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch() as watch:
            drain(watch)
            broker.members["급등주"].append("005930")  # its push is the frame that was destroyed
            broker.wire.push(b'{"data":[{"values":{"841"')
            await pause(10)
            assert told(drain(watch)) == [
                ("Gap", "급등주", "unreadable frame"),
                ("Enter", "급등주", "005930", "recovered"),
                ("Snapshot", "급등주", "005930"),
            ]

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


def test_all_pages_are_followed_and_counted() -> None:
    class Paging(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            page = int(message["next_key"] or 0)
            rows = [{"9001": f"A{page * 2 + i:06d}", "302": "가상"} for i in range(2)]
            wire.push(messages.encode_search("0", rows, str(page + 1) if page < 4 else ""))

    async def main() -> None:
        async with Paging().client() as kiwoom:
            counted: list[int] = []
            stocks = await kiwoom.search("급등주", progress=counted.append)
            assert [stock.code for stock in stocks] == [f"{i:06d}" for i in range(10)]
            assert counted == [2, 4, 6, 8, 10]
            with pytest.raises(jogeon.TooManyRows):
                await kiwoom.search("급등주", max_rows=5)

    virtual(main())


def test_a_handler_that_raises_is_the_users_and_comes_out_unchanged() -> None:
    async def main() -> None:
        broker = Broker()

        def handler(event: Event) -> None:
            del event
            raise ZeroDivisionError

        async with broker.client() as kiwoom:
            with pytest.raises(ZeroDivisionError):
                async with kiwoom.watch("급등주") as watch:
                    await watch.each(handler)
            assert await kiwoom.conditions() == [RISE, HIGH]
        assert len(broker.requests("CNSRCLR")) == 1

    virtual(main())


def test_requests_during_an_outage_wait_for_the_next_connection() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom:
            await kiwoom.conditions()
            broker.wire.drop()
            await pause()
            assert await kiwoom.conditions() == [RISE, HIGH]
        assert len(broker.wires) == 2

    virtual(main())


def test_renumbered_conditions_are_followed_by_name() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": ["000660"]})
        async with broker.client() as kiwoom, kiwoom.watch() as watch:
            drain(watch)
            broker.names = {"0": "신고가 돌파", "7": "급등주"}
            broker.wire.drop()
            await pause(2)
            assert {tuple(c for c in watch.members[name]) for name in watch.members} == {("005930",), ("000660",)}
            broker.enter("급등주", "035420")
            assert list(watch.members["급등주"]) == ["005930", "035420"]
            assert list(watch.members["신고가 돌파"]) == ["000660"]

    virtual(main())


def test_a_condition_that_vanishes_stands_still_and_comes_back_behind_a_gap() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.names = {"4": "신고가 돌파"}
            broker.wire.drop()
            await pause(2)
            assert ("State", "condition-gone") in told(drain(watch))
            assert list(watch.members["급등주"]) == ["005930"]
            broker.names = {"4": "신고가 돌파", "9": "급등주"}
            broker.members["급등주"] = ["000660"]
            await pause(70)
            assert told(drain(watch)) == [
                ("Gap", "급등주", "connection lost"),
                ("Leave", "급등주", "005930", "recovered"),
                ("Enter", "급등주", "000660", "recovered"),
                ("Snapshot", "급등주", "000660"),
            ]

    virtual(main())
