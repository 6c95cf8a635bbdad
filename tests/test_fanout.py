"""What goes to the programs below, and in which pieces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from jogeon.events import Anomaly, Condition, Enter, Gap, Leave, Snapshot, State
from jogeon.hub.fanout import Fanout
from jogeon.hub.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable

    from jogeon.events import Event
    from jogeon.server.peer import Peer

A, B = Condition("0", "급등주"), Condition("1", "신고가 돌파")
AT = 1_795_323_600_000_000_000  # 2026-11-22 14:00:00 in Korea


class Program:
    """In the place of a peer: keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.at_once = 0
        """How many of them went straight to its socket."""

    def send(self, frames: bytes) -> None:
        self.sent.append(frames)

    def send_now(self, frames: bytes) -> None:
        self.at_once += 1
        self.send(frames)

    @property
    def pushes(self) -> list[tuple[str, str, str, str]]:
        found = []
        for frames in self.sent:
            rest = frames
            while rest:  # each shorter than 64 KiB
                assert rest[:2] == b"\x81\x7e"
                size = int.from_bytes(rest[2:4], "big")
                values: dict[str, Any] = json.loads(rest[4 : 4 + size])["data"][0]["values"]
                found.append((values["841"], values["9001"], values["843"], values["20"]))
                rest = rest[4 + size :]
        return found


class Market:
    """A fan-out, and its turn of the loop in the test's hand."""

    def __init__(self) -> None:
        self.topics: Topics[Peer] = Topics(30.0)
        self.soon: list[Callable[[], None]] = []
        self.fanout = Fanout(self.topics, self.soon.append)

    def program(self, label: str, condition: Condition) -> Program:
        program = Program()
        self.topics.join(cast("Peer", program), label, condition, "K", 0)
        self.topics.admit(cast("Peer", program), label)
        return program

    def turn(self) -> None:
        due, self.soon[:] = list(self.soon), []
        for call in due:
            call()


def test_a_program_that_is_cut_by_what_it_is_sent_costs_the_others_nothing() -> None:
    market = Market()

    class Slow(Program):
        def send(self, frames: bytes) -> None:
            super().send(frames)
            market.topics.gone(cast("Peer", self), 0)

    slow = Slow()
    market.topics.join(cast("Peer", slow), "0", A, "K", 0)
    market.topics.admit(cast("Peer", slow), "0")
    others = [market.program("0", A) for _ in range(3)]
    market.fanout.put(Enter(AT, A, "005930", "140000"))
    market.turn()
    market.fanout.put(Leave(AT, A, "005930", "140001"))
    market.turn()
    assert [len(each.sent) for each in (slow, *others)] == [1, 2, 2, 2]


def test_what_was_read_together_goes_out_in_one_piece_for_each_label() -> None:
    market = Market()
    one, two, other = market.program("0", A), market.program("0", A), market.program("7", A)
    events: list[Event] = [
        Enter(AT, A, "005930", "140000"),
        Leave(AT, A, "000660", "140001"),
        Enter(AT, B, "035720", "140002"),
    ]
    market.fanout.put_all(events)
    assert one.sent == []
    market.fanout.wake()
    assert len(one.sent) == 1
    assert one.sent[0] is two.sent[0]
    assert one.at_once == two.at_once == 1
    assert one.pushes == [("0", "005930", "I", "140000"), ("0", "000660", "D", "140001")]
    assert [label for label, *_ in other.pushes] == ["7", "7"]
    assert market.fanout.sent[cast("Peer", one)] == 2


def test_what_a_read_brings_of_several_conditions_meets_in_the_outbox_of_each_program() -> None:
    market = Market()
    both, other = market.program("0", A), market.program("1", B)
    market.topics.join(cast("Peer", both), "1", B, "K", 0)
    market.topics.admit(cast("Peer", both), "1")
    market.fanout.put_all([Enter(AT, A, "005930", "140000"), Enter(AT, B, "035720", "140002")])
    market.fanout.wake()
    assert [label for label, *_ in both.pushes] == ["0", "1"]
    assert both.at_once == other.at_once == 0


def test_each_program_is_counted_what_was_sent_to_it() -> None:
    market = Market()
    early = market.program("0", A)
    market.fanout.put_all([Enter(AT, A, "005930", ""), Enter(AT, A, "000660", "")])
    market.fanout.wake()
    market.fanout.flush(A)  # as whoever lets somebody join does
    late = market.program("7", A)
    market.fanout.put_all([Leave(AT, A, "005930", "")])
    market.fanout.wake()
    counted = market.fanout.sent
    assert [counted[cast("Peer", each)] for each in (early, late)] == [3, 1]
    market.fanout.put_all([Enter(AT, A, "005930", "")])
    market.fanout.wake()
    market.topics.gone(cast("Peer", late), 0)
    market.fanout.forget(cast("Peer", late))
    assert market.fanout.sent == {cast("Peer", early): 4}


def test_what_is_put_alone_goes_out_in_this_turn() -> None:
    market = Market()
    one = market.program("0", A)
    market.fanout.put(Enter(AT, A, "005930", ""))
    market.fanout.put(Leave(AT, A, "005930", ""))
    market.turn()
    assert [kind for _, _, kind, _ in one.pushes] == ["I", "D"]
    assert len(one.sent) == 1
    assert market.soon == []


def test_what_was_recovered_has_the_time_at_which_the_gap_ended() -> None:
    market = Market()
    one = market.program("0", A)
    shown: list[Condition] = []
    market.fanout.on_block = shown.append
    until = AT + 61_000_000_000
    block: list[Event] = [
        Gap(A, AT, until, "connection lost"),
        Leave(until, A, "000660", "", "recovered", AT, until),
        Enter(until, A, "042700", "", "recovered", AT, until),
        Snapshot(until, A, ("042700",)),
    ]
    market.fanout.put_block(block)
    market.turn()
    assert one.pushes == [("0", "000660", "D", "140101"), ("0", "042700", "I", "140101")]
    assert shown == [A]


def test_a_renumbering_leaves_the_label_and_sends_what_came_before_it() -> None:
    market = Market()
    one = market.program("0", A)
    moved = Condition("4", A.name)
    market.fanout.put_all([Enter(AT, A, "005930", "")])
    market.fanout.renumbered(A, moved)
    market.fanout.put_all([Enter(AT, moved, "000660", ""), Enter(AT, Condition("0", "거래량"), "111111", "")])
    market.fanout.wake()
    assert [(label, code) for label, code, *_ in one.pushes] == [("0", "005930"), ("0", "000660")]


def test_states_are_told_and_anomalies_are_nobodys_business() -> None:
    market = Market()
    one = market.program("0", A)
    states: list[State] = []
    market.fanout.on_state = states.append
    connected = State(AT, "connected")
    market.fanout.put(connected)
    market.fanout.put(Anomaly(AT, "leave of a non-member", A, "005930"))
    market.turn()
    assert (states, one.sent) == ([connected], [])
