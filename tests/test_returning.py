"""Coming back, and what a refusal costs: replies as they really come, to a whole client in virtual time."""

import asyncio
from contextlib import nullcontext
from typing import Any

import pytest

import jogeon
from jogeon.client import Client
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.events import Condition, Gap, Leave, State
from jogeon.live.connection import Connection
from jogeon.live.policy import Policy
from jogeon.live.receiving import Receiver
from jogeon.live.serving import REPLACE_PAUSE
from jogeon.wire import writers
from texts import page_text
from wire import Broker, Wire, drain, pause, told, virtual

RISE, HIGH = "급등주", "신고가 돌파"
BUSY = "해당 TRNM 으로 허용된 요청 건수 초과"


class Scripted(Broker):
    """A broker that answers the next requests of a kind as it is told, then by the book; `None`: not at all."""

    def __init__(self, **members: list[str]) -> None:
        super().__init__(members={RISE: ["005930"], HIGH: []} | members)
        self.script: dict[str, list[bytes | None]] = {}

    def on_message(self, wire: Wire, message: dict[str, Any]) -> None:
        answers = self.script.get(message["trnm"])
        if not answers:
            super().on_message(wire, message)
        elif (answer := answers.pop(0)) is not None:
            wire.push(answer)

    def refuses(self, trnm: str, code: int, text: str, times: int = 1) -> None:
        self.script.setdefault(trnm, []).extend([writers.encode_refusal(trnm, code, text)] * times)

    def loses(self, trnm: str, times: int = 1) -> None:
        self.script.setdefault(trnm, []).extend([None] * times)


# ---------------------------------------------------------------- refused at return


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (5, "허용된 요청 개수를 초과하였습니다[1700:허용된 API 요청 개수를 초과하였습니다. 유량=1]"),
        (1999, "예기치 못한 에러가 발생했습니다"),
        (20, "시스템 점검중입니다"),
        (3, "토큰 인증에 실패했습니다 [CODE=8003, MESSAGE=Access Token을 조회하는데 실패했습니다]"),
        (3, "토큰 인증에 실패했습니다 [CODE=8010, MESSAGE=Token을 발급받은 IP와 서비스를 요청한 IP가 다름]"),
        (3, "토큰 인증에 실패했습니다 [CODE=8050, MESSAGE=지정되지 않은 IP]"),
    ],
)
def test_a_session_that_worked_outlives_a_refusal_that_passes(code: int, text: str) -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            broker.refuses("LOGIN", code, text, times=3)
            broker.wire.drop()
            await pause(300)
            assert ("Gap", RISE, "connection lost") in told(drain(watch))
            assert watch.members[RISE].keys() == {"005930"}

    virtual(main())


@pytest.mark.parametrize("code", ["8001", "8002", "8020", "8030", "8200"])
def test_what_is_against_the_keys_ends_even_a_session_that_worked(code: str) -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            broker.refuses("LOGIN", 3, f"인증에 실패했습니다 [CODE={code}, MESSAGE=App Key]", times=9)
            broker.wire.drop()
            with pytest.raises(jogeon.LoginRefused):
                await watch.each(lambda _: None)

    virtual(main())


@pytest.mark.parametrize("code", ["1701", "1702", "1999", "8003", "8006", "8009", "2"])
def test_a_token_that_cannot_be_had_for_now_is_asked_for_again(code: str) -> None:
    class Tokens(FixedToken):
        asked = 0

        async def current(self) -> str:
            self.asked += 1
            if self.asked in (2, 3):
                raise jogeon.TokenRefused(code=code, text="잠시 후 다시")
            return "demo"

    async def main() -> None:
        broker = Scripted()
        endpoint = Endpoint(name="fake", websocket="ws://fake", tokens=Tokens("demo"))
        policy = Policy(recheck=0, wall=broker.wall, dial=broker.dial)
        async with Client(nullcontext(endpoint), name="fake", policy=policy) as kiwoom, kiwoom.watch(RISE) as watch:
            broker.wire.drop()
            await pause(200)
            assert ("Gap", RISE, "connection lost") in told(drain(watch))

    virtual(main())


def test_the_first_login_ends_at_once() -> None:
    async def main() -> None:
        broker = Scripted()
        broker.refuses("LOGIN", 20, "시스템 점검중입니다")
        with pytest.raises(jogeon.LoginRefused, match="점검"):
            async with broker.client():
                pass

    virtual(main())


def test_a_life_in_which_nothing_was_registered_begins_no_pause_anew() -> None:
    """Each connection is cut after twelve seconds in which it answered nothing: the pauses grow all the same."""

    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            broker.loses("CNSRLST", times=10_000)
            broker.wire.drop()
            loop = asyncio.get_running_loop()
            begun = loop.time()
            while loop.time() < begun + 3600:
                await pause(1)
                broker.wire.push(writers.encode_ping())
                if broker.wire.open and loop.time() - broker.wire.born > 12:
                    broker.wire.drop()
            drain(watch)
        assert len(broker.wires) < 3600 / 12 / 1.5

    virtual(main())


def test_a_defect_is_no_network_error_and_is_not_tried_again() -> None:
    class Broken(Broker):
        async def dial(self, url: str, receiver: Receiver, *, proxy: str | None) -> Connection:
            if self.wires:
                raise TypeError("a defect")
            return await super().dial(url, receiver, proxy=proxy)

    async def main() -> None:
        broker = Broken()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            broker.wire.drop()
            with pytest.raises(jogeon.JogeonError, match="defect"):
                await watch.each(lambda _: None)

    virtual(main())


# ---------------------------------------------------------------- what the broker said last


def test_the_last_words_of_the_broker_stand_in_the_gap() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            broker.wire.push(writers.encode_system("R10003", "시스템 점검으로 접속을 종료합니다"))
            broker.wire.close(1000, "Bye")
            await pause(2)
            (gap,) = (event for event in drain(watch) if isinstance(event, Gap))
            assert gap.detail == "closed by the server (1000 Bye): [R10003] 시스템 점검으로 접속을 종료합니다"
            broker.wire.push('{"return_code":100013,"return_msg":"로그인이 필요합니다"}'.encode())
            broker.wire.drop()
            await pause(2)
            (gap,) = (event for event in drain(watch) if isinstance(event, Gap))
            assert "[100013] 로그인이 필요합니다" in gap.detail

    virtual(main())


def test_words_of_one_connection_are_not_those_of_the_next() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            broker.wire.push(writers.encode_system("R10003", "시스템 점검"))
            for _ in range(2):
                broker.wire.close(1000, "Bye")
                await pause(2)
            gaps = [event for event in drain(watch) if isinstance(event, Gap)]
            assert ["점검" in gap.detail for gap in gaps] == [True, False]

    virtual(main())


# ---------------------------------------------------------------- lists


def test_a_refused_list_fails_the_call_and_costs_no_session() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            await pause(3)  # after the list that confirms the registration
            drain(watch)
            broker.refuses("CNSRLST", 105110, BUSY, times=4)
            with pytest.raises(jogeon.RequestRefused, match="105110"):
                await kiwoom.conditions()
            assert await kiwoom.conditions()
            assert not drain(watch)
        assert len(broker.wires) == 1

    virtual(main())


def test_a_list_that_is_refused_once_for_its_rate_costs_a_second() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom:
            broker.refuses("CNSRLST", 105110, BUSY, times=2)
            begun = asyncio.get_running_loop().time()
            assert await kiwoom.conditions()
            assert asyncio.get_running_loop().time() - begun == pytest.approx(2, abs=0.3)

    virtual(main())


def test_a_list_is_asked_for_once_a_second_at_most() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom:
            for name in (RISE, HIGH, RISE):
                await kiwoom.search(name)
            await asyncio.gather(kiwoom.conditions(), kiwoom.conditions())
            assert len(broker.requests("CNSRLST")) == 1
            await pause(1.1)
            await kiwoom.search(RISE)
            assert len(broker.requests("CNSRLST")) == 2

    virtual(main())


@pytest.mark.parametrize("heard", [True, False])
def test_an_unanswered_list_costs_the_connection_only_if_nothing_was_heard(*, heard: bool) -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom:
            broker.loses("CNSRLST")
            if heard:
                broker.wire.later(2, writers.encode_ping())
            assert await kiwoom.conditions()  # what waits outlives one list, and the connection
        assert len(broker.wires) == (1 if heard else 2)

    virtual(main())


# ---------------------------------------------------------------- registrations


def test_a_slow_answer_is_an_answer() -> None:
    class Slow(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            asyncio.get_running_loop().call_later(6, super().on_register, wire, seq)

    async def main() -> None:
        broker = Slow()
        async with broker.client() as kiwoom, kiwoom.watch(RISE, HIGH) as watch:
            await pause(60)
            assert [event.state for event in drain(watch) if isinstance(event, State)].count("registered") == 2
        assert len(broker.wires) == 1
        assert [message["seq"] for message in broker.requests("CNSRREQ")] == ["0", "4"]

    virtual(main())


def test_a_lost_reply_keeps_no_other_condition_dead_for_ever() -> None:
    """The empty reply of a healthy condition names nobody, so that nobody gets it while another reply is owed."""

    class Nameless(Broker):
        silent = True

        def on_register(self, wire: Wire, seq: str) -> None:
            if seq == "4":
                wire.registered[seq] = HIGH
                wire.push(b'{"trnm":"CNSRREQ","return_code":0,"data":null}')
            elif self.silent:
                self.silent = False
            else:
                super().on_register(wire, seq)

    async def main() -> None:
        broker = Nameless(members={RISE: ["005930"], HIGH: []})
        async with broker.client() as kiwoom, kiwoom.watch(RISE, HIGH) as watch:
            await pause(120)
            assert len(broker.wires) == 2, "replaced once"
            assert watch.members == {RISE: watch.members[RISE], HIGH: {}}
            states = [(event.state, event.condition) for event in drain(watch) if isinstance(event, State)]
            assert ("registered", Condition("4", HIGH)) in states
            assert ("reconnecting", None) in states

    virtual(main())


def test_a_condition_that_is_never_answered_replaces_the_connection_once_in_ten_minutes() -> None:
    class Deaf(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            if seq != "4":
                super().on_register(wire, seq)

    async def main() -> None:
        broker = Deaf()
        async with broker.client() as kiwoom, kiwoom.watch(RISE, HIGH) as watch:
            for _ in range(36):
                broker.wire.push(writers.encode_ping())
                await pause(100)
                drain(watch)
        assert 3600 / REPLACE_PAUSE / 2 <= len(broker.wires) - 1 <= 3600 / REPLACE_PAUSE

    virtual(main())


def test_an_empty_reply_of_nobody_empties_nothing_at_once() -> None:
    """The nameless reply of an empty condition comes twice: the second is not the answer of the next one."""

    class Doubling(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            if seq == "0" or len(self.requests("CNSRREQ")) > 3:
                super().on_register(wire, seq)
                return
            wire.registered[seq] = HIGH
            wire.later(0.01, b'{"trnm":"CNSRREQ","return_code":0,"data":null}')
            wire.later(0.02, b'{"trnm":"CNSRREQ","return_code":0,"data":null}')

    async def main() -> None:
        broker = Doubling({"4": HIGH, "0": RISE}, {HIGH: [], RISE: ["005930"]})
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as rise, kiwoom.watch(HIGH):
            broker.wire.drop()
            await pause(5)
            assert not [event for event in drain(rise) if isinstance(event, Leave)]
            assert rise.members[RISE].keys() == {"005930"}

    virtual(main())


def test_a_search_that_is_refused_for_its_rate_is_asked_again_three_times() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom:
            broker.refuses("CNSRREQ", 1700, "요청 초과", times=3)
            assert [stock.code for stock in await kiwoom.search(RISE)] == ["005930"]
            broker.refuses("CNSRREQ", 1700, "요청 초과", times=4)
            with pytest.raises(jogeon.RequestRefused, match="1700"):
                await kiwoom.search(RISE)
        moments = [message["trnm"] for message in broker.heard].count("CNSRREQ")
        assert moments == 8

    virtual(main())


def test_a_search_refused_for_anything_else_fails_at_once() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom:
            broker.refuses("CNSRREQ", 900099, "안 됩니다")
            with pytest.raises(jogeon.RequestRefused, match="900099"):
                await kiwoom.search(RISE)
        assert len(broker.requests("CNSRREQ")) == 1

    virtual(main())


# ---------------------------------------------------------------- seqs


def test_pages_of_a_condition_that_moved_are_read_from_the_first_again() -> None:
    class Paged(Broker):
        def on_search(self, wire: Wire, message: dict[str, Any]) -> None:
            name, first = self.names[message["seq"]], message["cont_yn"] == "N"
            codes = {RISE: ["005930", "000660"], HIGH: ["0000D0", "57JBHH"]}[name]
            page = page_text(message["seq"], [{"9001": codes[0 if first else 1]}], "k" if first else "")
            wire.later(1.5, page)
            if len(self.requests("CNSRREQ")) == 1:
                self.names = {"0": HIGH, "4": RISE}

    async def main() -> None:
        async with Paged().client() as kiwoom:
            assert [stock.code for stock in await kiwoom.search(RISE)] == ["005930", "000660"]

    virtual(main())


def test_a_registration_that_met_an_edit_is_told_as_a_gap_and_made_anew() -> None:
    """The list says 0, the conditions are edited, CNSRREQ 0 shows another's stocks; a second list tells."""

    class Edited(Broker):
        def on_register(self, wire: Wire, seq: str) -> None:
            if len(self.requests("CNSRREQ")) == 1:
                self.names = {"0": HIGH, "4": RISE}
            super().on_register(wire, seq)

    async def main() -> None:
        broker = Edited(members={RISE: ["005930"], HIGH: ["0000D0", "57JBHH"]})
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            assert set(watch.members[RISE]) == {"0000D0", "57JBHH"}, "told at once, not after a second list"
            await pause(3)
            assert set(watch.members[RISE]) == {"005930"}
            events = drain(watch)
            shown = next(event.at_ns for event in events if isinstance(event, jogeon.Snapshot))
            (gap,) = (event for event in events if isinstance(event, Gap))
            assert gap.since_ns == shown
            assert gap.cause == "registration lost"

    virtual(main())


# ---------------------------------------------------------------- at the seams


def test_a_request_in_flight_ends_with_the_client() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom:
            broker.loses("CNSRLST")
            waiting = asyncio.create_task(kiwoom.conditions())
            await pause(1)
        with pytest.raises(jogeon.LocalProtocolError, match="closed"):
            async with asyncio.timeout(10):
                await waiting

    virtual(main())


def test_a_client_is_not_entered_again_after_a_failure() -> None:
    async def main() -> None:
        broker = Scripted()
        broker.refuse_connections = 1
        kiwoom = broker.client()
        with pytest.raises(jogeon.CouldNotConnect):
            await kiwoom.__aenter__()
        with pytest.raises(jogeon.LocalProtocolError, match="make another"):
            await kiwoom.__aenter__()

    virtual(main())


def test_a_watch_that_was_not_entered_says_so_instead_of_waiting() -> None:
    async def main() -> None:
        async with Scripted().client() as kiwoom:
            watch = kiwoom.watch(RISE)
            with pytest.raises(jogeon.LocalProtocolError, match="async with"):
                async for _ in watch:
                    pass
            with pytest.raises(jogeon.LocalProtocolError, match="async with"):
                await anext(watch)
            with pytest.raises(jogeon.LocalProtocolError, match="async with"):
                await watch.each(lambda _: None)

    virtual(main())


def test_a_second_reader_takes_over_and_the_first_is_told() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            first = aiter(watch)
            await anext(first)
            second = aiter(watch)
            await anext(second)
            with pytest.raises(jogeon.LocalProtocolError, match="reader"):
                await anext(first)
            broker.enter(RISE, "000660")
            seen = [await anext(second) for _ in range(2)]
            assert told(seen) == [("Enter", RISE, "000660", "live")] or len(seen) == 2

    virtual(main())


def test_one_loop_after_the_other_reads_a_watch() -> None:
    async def main() -> None:
        broker = Scripted()
        async with broker.client() as kiwoom, kiwoom.watch(RISE) as watch:
            async for event in watch:
                if isinstance(event, jogeon.Snapshot):
                    break
            broker.enter(RISE, "000660")
            async for event in watch:
                if isinstance(event, jogeon.Enter):
                    break

    virtual(main())
