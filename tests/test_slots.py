"""Which stocks have a slot: at most one REMOVE and one REG a second, never more than the broker takes."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jogeon.errors import ConnectionLost
from jogeon.live.slots import BUSY_PAUSE, LONGEST_PAUSE, SILENCE_PAUSE, Slots
from jogeon.wire.messages import Acknowledged, Refusal, RegisterQuotes, RemoveQuotes, Search

if TYPE_CHECKING:
    from jogeon.wire.messages import Answer, Request

TOO_MANY = Refusal("105115", "실시간 등록 허용 개수(3)를 초과하였습니다")
BUSY = Refusal("105110", "요청이 너무 많습니다")
ODD = Refusal("105111", "잘못된 종목")
LOST = ConnectionLost("broken off")


class Table:
    """Slots, and whoever ranks the stocks; a moment is given with each step."""

    def __init__(self, limit: int = 5, *wanted: str) -> None:
        self.slots = Slots(lambda most: self.wanted[:most], limit)
        self.wanted: list[str] = list(wanted)
        self.slots.connected()

    def wants(self, *codes: str) -> None:
        self.wanted = list(codes)
        self.slots.changed()

    def sends(self, now: float, busy: tuple[str, ...] = ()) -> Request | None:
        return self.slots.next_request(now, 0, busy)

    def answers(self, request: Request | None, answer: Answer | None = None, now: float = 0.0) -> None:
        assert request is not None
        self.slots.answered(request, answer or Acknowledged(), now, 0)


def test_the_first_request_of_a_connection_replaces_whatever_the_server_may_have() -> None:
    table = Table(5, "a", "b")
    request = table.sends(0.0)
    assert request == RegisterQuotes(("a", "b"), keep=False)
    assert table.slots.registered == frozenset()
    table.answers(request)
    assert table.slots.registered == {"a", "b"}
    assert (table.sends(100.0), table.slots.next_due()) == (None, None)


def test_room_is_made_before_it_is_filled_and_both_at_most_once_a_second() -> None:
    table = Table(3, "a", "b", "c")
    table.answers(table.sends(0.0))
    table.wants("d", "a", "b")
    assert table.sends(0.1) is None, "no REG could fill the room yet"
    assert table.slots.next_due() == 1.0
    request = table.sends(1.0)
    assert request == RemoveQuotes(("c",))
    table.answers(request, now=1.1)
    request = table.sends(1.1)
    assert request == RegisterQuotes(("d",))
    table.answers(request, now=1.2)
    table.wants("a", "d")
    assert table.sends(1.9) is None
    assert table.slots.next_due() == 2.0
    assert table.sends(2.0) == RemoveQuotes(("b",)), "room that nothing needs is given back"


def test_nothing_is_registered_for_nobody_and_all_is_removed_when_the_last_one_goes() -> None:
    table = Table()
    assert (table.sends(0.0), table.slots.next_due()) == (None, None)
    table.wants("a")
    table.answers(table.sends(0.0))
    table.wants()
    request = table.sends(0.5)
    assert request == RemoveQuotes(("a",))
    table.answers(request)
    assert table.slots.registered == frozenset()


@pytest.mark.parametrize(
    ("text", "limit"), [(TOO_MANY.text, 3), ("허용 개수(200)를 초과", 4), ("초과", 4), ("(0) (99999)", 4)]
)
def test_the_limit_is_learnt_downwards_from_what_the_broker_says(text: str, limit: int) -> None:
    table = Table(5, *"abcde")
    table.answers(table.sends(0.0), Refusal("105115", text))
    assert table.slots.limit == limit
    assert table.sends(BUSY_PAUSE - 0.1) is None
    request = table.sends(BUSY_PAUSE)
    assert request == RegisterQuotes(tuple("abcde"[:limit]), keep=False)


def test_a_group_may_have_less_than_a_connection() -> None:
    table = Table(5, *"abcde")
    table.answers(table.sends(0.0), Refusal("105118", "그룹별 허용 개수(2)를 초과"))
    assert table.slots.limit == 2


def test_a_limit_that_others_use_too_is_found_without_losing_what_is_registered() -> None:
    """A REG that keeps what is there says nothing of the limit: all is replaced before it is taken for too high."""
    table = Table(5, "a", "b")
    table.answers(table.sends(0.0))
    table.wants("a", "b", "c")
    table.answers(table.sends(1.0), Refusal("105115", "(5)"), now=1.0)
    assert table.slots.limit == 5
    assert table.sends(1.0 + BUSY_PAUSE) == RegisterQuotes(("a", "b", "c"), keep=False)


def test_a_refusal_for_the_rate_costs_a_pause_that_grows_and_nothing_else() -> None:
    table = Table(5, "a")
    table.answers(table.sends(0.0))
    table.wants("a", "b")
    table.answers(table.sends(1.0), BUSY, now=1.0)
    assert table.slots.registered == {"a"}
    assert table.slots.next_due() is not None
    request = table.sends(1.0 + BUSY_PAUSE)
    assert request == RegisterQuotes(("b",))
    table.answers(request, BUSY, now=3.0)
    assert table.sends(3.0 + 2 * BUSY_PAUSE - 0.1) is None
    request = table.sends(3.0 + 2 * BUSY_PAUSE)
    table.answers(request, now=7.0)
    assert table.slots.registered == {"a", "b"}


def test_a_broker_that_counts_both_kinds_as_one_is_believed() -> None:
    table = Table(1, "a")
    table.answers(table.sends(0.0))
    table.wants("b")
    table.answers(table.sends(1.0), now=1.0)
    table.answers(table.sends(1.1), BUSY, now=1.1)
    table.answers(table.sends(1.1 + BUSY_PAUSE), now=3.1)
    table.wants("c")
    table.answers(table.sends(5.0), now=5.0)
    assert table.sends(5.5) is None
    assert table.slots.next_due() == 6.0
    assert table.sends(6.0) == RegisterQuotes(("c",))


def test_a_refusal_long_after_the_other_kind_says_nothing_of_both() -> None:
    table = Table(1, "a")
    table.answers(table.sends(0.0), BUSY, now=0.0)
    table.answers(table.sends(BUSY_PAUSE), now=BUSY_PAUSE)
    table.wants("b")
    table.answers(table.sends(5.0), now=5.0)
    assert table.sends(5.1) == RegisterQuotes(("b",))


def test_what_is_busy_is_not_sent_and_due_again_later() -> None:
    table = Table(5, "a")
    assert table.sends(0.0, busy=("REG",)) is None
    assert table.sends(0.1) == RegisterQuotes(("a",), keep=False)


def test_one_stock_that_the_broker_refuses_costs_the_others_a_delay() -> None:
    table, now = Table(8, *"abcdefgh"), 0.0
    for _ in range(40):
        now += 4.0
        request = table.sends(now)
        if request is None:
            continue
        assert isinstance(request, RegisterQuotes)
        table.answers(request, ODD if "c" in request.codes else None, now)
    assert table.slots.registered == set("abdefgh")


def test_silence_costs_a_long_pause_and_then_all_is_replaced() -> None:
    table = Table(5, "a")
    table.answers(table.sends(0.0))
    table.wants("a", "b")
    request = table.sends(1.0)
    assert request is not None
    table.slots.timed_out(request, 5.0, 6.0, 0)
    assert table.slots.registered == frozenset(), "nobody knows"
    assert table.sends(6.0 + SILENCE_PAUSE - 1) is None
    assert table.sends(6.0 + SILENCE_PAUSE) == RegisterQuotes(("a", "b"), keep=False)


def test_what_others_ask_is_none_of_its_business() -> None:
    table = Table(5, "a")
    request = table.sends(0.0)
    table.answers(Search("4"), BUSY)
    table.slots.timed_out(Search("4"), 5.0, 5.0, 0)
    table.answers(request)
    assert table.slots.registered == {"a"}


def test_a_lost_connection_takes_all_along_and_the_next_one_begins_at_once() -> None:
    told: list[object] = []
    table = Table(5, "a")
    table.slots.on_begun, table.slots.on_lost = lambda: told.append("begun"), told.append
    table.answers(table.sends(0.0))
    table.slots.lost(123, LOST, "")
    assert (table.sends(0.1), table.slots.next_due(), table.slots.registered) == (None, None, frozenset())
    table.slots.connected()
    assert table.sends(0.2) == RegisterQuotes(("a",), keep=False)
    assert told == [123, "begun"]


class Server:
    """What a server has registered, and how it answers: by the book, or as chance has it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.registered: set[str] = set()
        self.sent: dict[str, list[float]] = {"REG": [], "REMOVE": []}
        self.over = 0

    def takes(self, request: Request, now: float, fate: str) -> Answer | None:
        """Return the answer, None for silence; what is not answered may have been done or not."""
        self.sent[request.trnm].append(now)
        if fate == "busy":
            return BUSY
        if fate == "lost":
            return None
        answer: Answer = Acknowledged()
        if isinstance(request, RemoveQuotes):
            self.registered -= set(request.codes)
        elif isinstance(request, RegisterQuotes):
            after = (self.registered if request.keep else set()) | set(request.codes)
            if len(after) > self.limit:
                self.over += 1
                answer = Refusal("105115", f"허용 개수({self.limit})를 초과")
            else:
                self.registered = after
        return None if fate == "done in silence" else answer


FATES = st.sampled_from(["well", "well", "well", "busy", "lost", "done in silence"])
RANKED = st.lists(st.sampled_from("abcdefghijkl"), max_size=12, unique=True)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(RANKED, FATES, st.floats(0, 3)), max_size=30), st.integers(1, 6), st.integers(1, 8))
@example(
    steps=[(["a"], "well", 0.0), (["a", "b"], "well", 1.0), (["b"], "busy", 2.0), ([], "well", 0.0)],
    limit=1,
    believed=2,
)
def test_whatever_happens_the_best_ranked_are_registered_in_the_end(
    steps: list[tuple[list[str], str, float]], limit: int, believed: int
) -> None:
    server, table, now = Server(limit), Table(believed), 0.0

    def turn(fate: str) -> bool:
        request = table.sends(now)
        if request is None:
            return False
        answer = server.takes(request, now, fate)
        if answer is None:
            table.slots.timed_out(request, 5.0, now, 0)
        else:
            table.answers(request, answer, now)
        return True

    for wanted, fate, seconds in steps:
        now += seconds
        table.wants(*wanted)
        turn(fate)
    for _ in range(12):
        now += LONGEST_PAUSE
        turn("well")
    assert server.registered == set(table.wanted[: min(limit, believed)])
    assert table.slots.registered == server.registered
    for moments in server.sent.values():
        assert all(later - earlier >= 1.0 for earlier, later in itertools.pairwise(moments))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(RANKED, st.floats(0, 3)), max_size=40), st.integers(1, 6))
def test_a_limit_that_is_known_is_never_exceeded(steps: list[tuple[list[str], float]], limit: int) -> None:
    server, table, now = Server(limit), Table(limit), 0.0
    for wanted, seconds in steps:
        now += seconds
        table.wants(*wanted)
        request = table.sends(now)
        if request is not None:
            table.answers(request, server.takes(request, now, "well"), now)
    assert server.over == 0


def test_a_refusal_for_the_rate_holds_up_both_kinds() -> None:
    table = Table(5, "a", "b")
    table.answers(table.sends(0.0))
    table.wants("a", "b", "c")
    table.answers(table.sends(1.0), BUSY, now=1.0)
    table.wants("a")
    assert table.sends(1.0 + BUSY_PAUSE - 0.1) is None
    assert table.sends(1.0 + BUSY_PAUSE) == RemoveQuotes(("b",))
