"""What keeps a client going: each fault of a connection by its name, in virtual time."""

import asyncio
import gc
import logging
from contextlib import nullcontext
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

import jogeon
from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.events import Condition, Event, Gap
from jogeon.live.policy import TAKEN_PAUSES, Policy
from jogeon.live.returning import OWN_LOGIN
from jogeon.live.supervisor import LOGINS_AN_HOUR
from jogeon.wire import writers
from texts import page_text
from wire import Broker, Wire, drain, pause, told, virtual, wall

RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")


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
            broker.wire.push(writers.encode_system("R10001", "동일한 App key로 접속이 되었습니다."))
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
            wire.push(writers.encode_refusal("LOGIN", 3, text))
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


def test_the_login_asks_where_http_is_and_takes_the_answer_of_the_same_host() -> None:
    class Saying(Broker):
        said = "http://fake:7"

        def on_login(self, wire: Wire, message: dict[str, Any]) -> None:
            wire.push(writers.encode_login_accepted(rest=self.said if message.get("jogeon") == 1 else None))

    async def main() -> None:
        broker = Saying()
        async with broker.client() as kiwoom:
            assert kiwoom._feed.rest == "http://fake:7"
            broker.said = "http://other:7"
            broker.wire.drop()
            await pause(30)
            assert kiwoom._feed.rest is None
        assert [message["jogeon"] for message in broker.requests("LOGIN")] == [1, 1]

    virtual(main())


def test_kiwoom_gets_nothing_but_its_own_fields_at_the_login() -> None:
    async def main() -> None:
        broker = Broker()
        endpoint = Endpoint(name="real", websocket="wss://API.kiwoom.com.:10000", tokens=FixedToken("demo"))
        async with Client(nullcontext(endpoint), name="real", policy=Policy(wall=broker.wall, dial=broker.dial)):
            assert broker.requests("LOGIN") == [{"trnm": "LOGIN", "token": "demo"}]

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
                wire.later(6, page_text("0", [{"9001": "A000001", "302": "늦은 것"}]))
            else:
                wire.later(2, page_text(message["seq"], [{"9001": "A000002", "302": "제때 것"}]))

    async def main() -> None:
        async with Slow().client() as kiwoom:
            with pytest.raises(jogeon.RequestTimeout):
                await kiwoom.search("급등주")
            assert [stock.code for stock in await kiwoom.search("급등주")] == ["000002"]

    virtual(main())


def test_a_snapshot_that_nobody_asked_for_is_looked_into_at_once_if_it_contradicts() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            broker.wire.push(writers.encode_registered("0", [{"jmcode": "A000660"}]))
            await pause(1)
            assert [each["seq"] for each in broker.requests("CNSRCLR")] == ["0"]
            drain(watch)

    virtual(main())


def test_a_stop_that_is_answered_a_second_time_makes_what_was_registered_since_doubtful() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            broker.wire.push(writers.encode_refusal("CNSRCLR", 1700, "잠시 후(seq=0)"))
            await pause(60)
            assert broker.requests("CNSRCLR") == []
            broker.wire.registered.clear()
            broker.wire.push(writers.encode_cleared("0"))
            broker.members["급등주"].append("000660")
            await pause(60)
            assert told(drain(watch))[-3:] == [
                ("Gap", "급등주", "drift"),
                ("Enter", "급등주", "000660", "recovered"),
                ("Snapshot", "급등주", "005930", "000660"),
            ]

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


def test_a_stale_token_is_renewed_once_and_never_in_a_loop() -> None:
    class Stale(Broker):
        def on_login(self, wire: Wire, message: dict[str, Any]) -> None:
            if message["token"] == "fresh":
                super().on_login(wire, message)
                return
            wire.push(writers.encode_refusal("LOGIN", 3, "인증에 실패했습니다[8005:Token이 유효하지 않습니다]"))
            wire.close(1000)

    class Tokens:
        renewed = 0

        def __init__(self, second: str) -> None:
            self.second = second

        async def current(self) -> str:
            return "stale"

        async def renew(self, refused: str) -> str:
            assert refused == "stale"
            self.renewed += 1
            return self.second

    async def main(second: str) -> tuple[int, int]:
        broker, tokens = Stale(), Tokens(second)
        endpoint = Endpoint(name="fake", websocket="ws://fake", tokens=tokens)
        client = Client(nullcontext(endpoint), name="fake", policy=Policy(wall=wall, dial=broker.dial))
        try:
            async with client as kiwoom:
                assert await kiwoom.conditions() == [RISE, HIGH]
        except jogeon.LoginRefused:
            pass
        return tokens.renewed, len(broker.requests("LOGIN"))

    assert virtual(main("fresh")) == (1, 2)
    assert virtual(main("also stale")) == (1, 2)


def test_an_hour_of_flapping_stays_under_the_bound_of_logins() -> None:
    async def main(lives: float) -> int:
        broker = Broker()

        async def flap() -> None:
            while True:
                await pause(lives)
                broker.wire.drop()

        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            flapping = asyncio.create_task(flap())
            for _ in range(60):
                await pause(60)
                drain(watch)
            flapping.cancel()
        return len(broker.requests("LOGIN"))

    assert virtual(main(lives=0.5)) <= LOGINS_AN_HOUR
    assert virtual(main(lives=9.9)) <= LOGINS_AN_HOUR
    assert virtual(main(lives=10.1)) <= LOGINS_AN_HOUR


def test_memory_does_not_grow_with_reconnects() -> None:
    async def main() -> tuple[int, int]:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            sizes = []
            for _ in range(3):
                for _ in range(100):
                    broker.wire.drop()
                    await pause(40)
                    drain(watch)
                    del broker.wires[:-1]
                    broker.heard.clear()
                gc.collect()
                sizes.append(sum(1 for thing in gc.get_objects() if str(type(thing).__module__).startswith("jogeon")))
        return sizes[1], sizes[2]

    before, after = virtual(main())
    assert after <= before


def test_ctrl_c_while_blind_tells_the_open_gap() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom:
            async with kiwoom.watch("급등주") as watch:
                drain(watch)
                broker.refuse_connections = 1000
                broker.wire.drop()
                await pause(10)
            assert told(drain(watch))[-2:] == [("Gap", "급등주", "connection lost", "open"), ("State", "ended")]

    virtual(main())


@pytest.mark.parametrize("jump", [3 * 86_400, -3_600])
def test_a_wall_clock_that_jumps_moves_no_timer_and_turns_no_gap_around(jump: int) -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.wire.drop()
            broker.clock_error_ns = jump * 1_000_000_000
            await pause(2)
            gaps = [event for event in drain(watch) if isinstance(event, Gap)]
            assert len(gaps) == 1
            assert gaps[0].since_ns <= gaps[0].until_ns
        assert len(broker.wires) == 2

    virtual(main())


def test_a_token_that_expires_in_flight_does_not_end_a_live_socket() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            broker.refuse_logins = True
            await pause(300)
            broker.enter("급등주", "005930")
            assert told(drain(watch))[-1] == ("Enter", "급등주", "005930", "live")

    virtual(main())


def test_a_harmless_system_notice_ends_nothing() -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            broker.wire.push(writers.encode_system("M0001", "장 시작 10분 전입니다"))
            await pause(5)
            assert told(drain(watch)) == [("Snapshot", "급등주")]
        assert len(broker.wires) == 1

    virtual(main())


@pytest.mark.parametrize("code", ["R10002", "R10004"])
def test_a_system_code_of_an_outage_is_told_with_its_text(code: str) -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.wire.push(writers.encode_system(code, "접속을 종료합니다"))
            broker.wire.close(1000)
            await pause(2)
            gaps = [event for event in drain(watch) if isinstance(event, Gap)]
            assert [gap.detail for gap in gaps] == ["접속을 종료합니다"]
        assert len(broker.wires) == 2

    virtual(main())


def test_a_taken_session_is_asked_for_again_after_long_pauses_and_never_for_ever() -> None:
    async def main() -> list[float]:
        broker = Broker()
        moments: list[float] = []
        async with broker.client(on_taken="retry") as kiwoom, kiwoom.watch("급등주") as watch:
            while kiwoom._feed._running.ended is None:
                moments.append(asyncio.get_running_loop().time())
                connections = len(broker.wires)
                broker.wire.push(writers.encode_system("R10001", "동일한 App key로 접속이 되었습니다."))
                broker.wire.close(1000)
                while kiwoom._feed._running.ended is None and len(broker.wires) == connections:
                    await pause(10)
                drain(watch)
        return moments

    moments = virtual(main())
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert len(pauses) == len(TAKEN_PAUSES)
    assert all(pause >= least for pause, least in zip(pauses, TAKEN_PAUSES, strict=True))


def test_two_programs_that_take_over_stop_after_once_each() -> None:
    async def main() -> int:
        broker = OneSession()
        ended = []
        async with broker.client(on_taken="takeover") as first, broker.client(on_taken="takeover") as second:
            await pause(3600)
            for client in (first, second):
                try:
                    await client.conditions()
                except jogeon.SessionTaken:
                    ended.append(client)
        assert len(ended) == 1
        return len(broker.requests("LOGIN"))

    assert virtual(main()) == 4


class OneSession(Broker):
    """A broker that ends the first session when a second one logs in."""

    def on_login(self, wire: Wire, message: dict[str, Any]) -> None:
        for other in self.wires:
            if other is not wire and other.open:
                other.push(writers.encode_system("R10001", "동일한 App key로 접속이 되었습니다."))
                other.close(1000)
        super().on_login(wire, message)


class Hanging(OneSession):
    """A broker that does not read the LOGIN of the second connection until it is told to, though that is closed."""

    def on_login(self, wire: Wire, message: dict[str, Any]) -> None:
        if len(self.wires) != 2:  # the second
            super().on_login(wire, message)

    def read_late(self) -> None:
        super().on_login(self.wires[1], {})


async def return_from_a_login_given_up(broker: Hanging) -> None:
    """Drop the first connection, let the next LOGIN time out, and the one after that be accepted."""
    broker.wire.drop()
    while len(broker.wires) < 3:
        await pause(1)
    await pause(5)


def test_a_login_that_was_given_up_and_is_read_late_does_not_end_the_client() -> None:
    async def main() -> None:
        broker = Hanging()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            await return_from_a_login_given_up(broker)
            drain(watch)
            broker.read_late()
            await pause(5)
            assert told(drain(watch)) == [
                ("State", "reconnecting"),
                ("Gap", "급등주", "connection lost"),
                ("Snapshot", "급등주"),
            ]
            broker.read_late()  # one LOGIN takes the session once: this is another program
            await pause(5)
            with pytest.raises(jogeon.SessionTaken):
                await kiwoom.conditions()
        assert len(broker.wires) == 4

    virtual(main())


def test_a_session_taken_long_after_a_login_was_given_up_was_taken_by_another_program() -> None:
    async def main() -> None:
        broker = Hanging()
        async with broker.client() as kiwoom, kiwoom.watch("급등주"):
            await return_from_a_login_given_up(broker)
            await pause(OWN_LOGIN)
            broker.read_late()
            await pause(5)
            with pytest.raises(jogeon.SessionTaken):
                await kiwoom.conditions()

    virtual(main())


def test_the_first_failure_is_loud_and_the_repeats_are_quiet(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주"):
            await pause(20)
            caplog.clear()
            broker.refuse_connections = 20
            broker.wire.drop()
            await pause(600)

    with caplog.at_level(logging.DEBUG, "jogeon"):
        virtual(main())
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1


def test_a_condition_that_is_refused_is_no_reason_to_log_in_again() -> None:
    class Limited(Broker):
        refusing = False

        def on_register(self, wire: Wire, seq: str) -> None:
            if self.refusing:
                wire.push(writers.encode_refusal("CNSRREQ", 900099, f"10개를 초과했습니다(seq={seq})"))
            else:
                super().on_register(wire, seq)

    async def main() -> None:
        broker = Limited()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            broker.refusing = True
            broker.wire.drop()
            await pause(600)
            assert len(broker.wires) == 2
            assert ("State", "unanswered") in told(drain(watch))

    virtual(main())


def test_a_server_that_stalls_is_found_within_the_bound_its_pings_taught() -> None:
    async def main() -> float:
        broker = Broker()
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            for _ in range(3):
                await pause(10)
                broker.wire.push(writers.encode_ping())
            drain(watch)
            broker.wire.stalled = True
            stalled_at = asyncio.get_running_loop().time()
            while ("State", "reconnecting") not in told(drain(watch)):
                await pause(0.5)
            return asyncio.get_running_loop().time() - stalled_at

    assert virtual(main()) <= 2.5 * 10 * 1.25 + 5 + 0.5


def test_a_laptop_that_slept_tells_the_night_as_one_gap() -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": ["005930"], "신고가 돌파": []})
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            drain(watch)
            broker.wire.stalled = True  # the socket did not outlive the sleep, and nothing says so
            broker.clock_error_ns = 8 * 3_600 * 1_000_000_000  # only the wall clock went on
            broker.members["급등주"] = ["000660"]
            await pause(80)
            gaps = [event for event in drain(watch) if isinstance(event, Gap)]
            assert [gap.cause for gap in gaps] == ["connection lost"]
            assert gaps[0].until - gaps[0].since > timedelta(hours=8)
            assert list(watch.members["급등주"]) == ["000660"]

    virtual(main())
