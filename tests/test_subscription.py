"""The life of one condition: every step is in its table, answers lead where the table says, no doubt is lost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import BUSY, NO, NO_SUCH, PATIENCE, SURGE, TWICE, WORDS, ZERO, A, B, C, Listener, moment
from jogeon.errors import RequestTimeout
from jogeon.events import Condition, Enter, Gap, Leave, Snapshot
from jogeon.gaps import Blind
from jogeon.live.attempts import (
    BUSY_PAUSE,
    CURE_PAUSE,
    HOPELESS_AFTER,
    TRIES,
    UNANSWERED_PAUSE,
    WORDS_PAUSE,
)
from jogeon.live.doubts import DOUBT_FLOOR
from jogeon.live.stages import Stage
from jogeon.live.subscription import Pause, Subscription
from jogeon.wire.messages import Clear, Cleared, Malformed, Register, Registered

if TYPE_CHECKING:
    from jogeon.wire.messages import Answer

MOVED = Condition("3", SURGE)


class Life:
    """One subscription, a clock, one that listens, and the requests that were sent."""

    def __init__(self, recheck: float = 600.0) -> None:
        self.now = 0.0
        self.woken = False
        self.subscription = Subscription(ZERO, "K", frozenset("0"), self._pause(recheck), self._wake)
        self.listener = Listener()
        self.subscription.join(self.listener, self.at_ns)
        self.asked: Register | Clear | None = None

    @staticmethod
    def _pause(recheck: float) -> Pause:
        return lambda _, first: recheck / 2 if first else recheck

    def _wake(self) -> None:
        self.woken = True

    @property
    def at_ns(self) -> int:
        return moment(self.now)

    def asks(self) -> Register | Clear:
        """Let it send what is due, now or as soon as it is."""
        self.now = max(self.now, self.subscription.due)
        assert self.subscription.is_due(self.now)
        self.asked = self.subscription.request(self.now, self.at_ns)
        return self.asked

    def answers(self, answer: Answer) -> None:
        """Answer what was asked."""
        if isinstance(self.asked, Clear):
            self.subscription.cleared(answer, self.now)
        else:
            self.subscription.answered(answer, self.now, self.at_ns)

    def is_silent(self) -> None:
        """Leave unanswered what was asked."""
        assert self.asked is not None
        self.now += PATIENCE
        self.subscription.failed(RequestTimeout(self.asked.trnm, PATIENCE), self.now, self.at_ns)

    def registers(self, *codes: str) -> None:
        """Register, after a clear where one is needed."""
        while isinstance(self.asks(), Clear):
            self.answers(Cleared())
        self.answers(Registered(codes))

    def pushes(self, kind: str, code: str, clock: str = "100000") -> None:
        event = self.subscription.push(kind, code, clock, self.at_ns)
        if event is not None:
            self.listener.put(event)


def known(*codes: str) -> Life:
    """Return the life of a condition that has just been registered for the first time."""
    life = Life()
    life.registers(*codes)
    assert life.listener.told() == [Snapshot(life.at_ns, ZERO, codes)]
    return life


# ---------------------------------------------------------------- the table


SHOWN = [Registered((A,)), Registered((A, B)), Registered(()), Registered((), named=False)]
ANSWERS = st.sampled_from([*SHOWN, BUSY, WORDS, NO, NO_SUCH, TWICE, Malformed("no list")])
CLEARS = st.sampled_from((Cleared(), NO, BUSY, Malformed("no list")))
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.none()),
        st.tuples(st.just("answer"), ANSWERS),
        st.tuples(st.just("clear"), CLEARS),
        st.tuples(st.just("silent"), st.none()),
        st.tuples(st.just("late"), ANSWERS),
        st.tuples(st.just("push"), st.tuples(st.sampled_from("IDX"), st.sampled_from((A, B, C)))),
        st.tuples(st.just("unreadable"), st.none()),
        st.tuples(st.just("pass"), st.sampled_from((0.1, 1.0, 3.0, 60.0, 700.0))),
        st.tuples(st.just("moved"), st.sampled_from((ZERO, MOVED))),
        st.tuples(st.just("vanished"), st.none()),
        st.tuples(st.just("found"), st.none()),
        st.tuples(st.just("listed"), st.none()),
        st.tuples(st.just("lost"), st.none()),
    ),
    max_size=40,
)


class Walk(Life):
    """A life in which all happens that the driver can cause where the subscription stands, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Register] = []

    def happens(self, what: str, detail: object) -> None:
        """Let one thing happen."""
        self.subscription.judge(self.now, self.at_ns)
        getattr(self, f"_{what}")(detail)

    def _ask(self, _: None) -> None:
        if self.subscription.is_due(self.now) and isinstance(request := self.asks(), Register):
            self.sent.append(request)

    def _answer(self, answer: Answer) -> None:
        if self.subscription.stage is Stage.ASKED:
            self.answers(answer)

    def _clear(self, answer: Answer) -> None:
        if self.subscription.stage is Stage.CLEARING:
            self.answers(answer)

    def _silent(self, _: None) -> None:
        if self.subscription.stage in (Stage.CLEARING, Stage.ASKED):
            self.is_silent()

    def _late(self, answer: Answer) -> None:
        if self.sent and self.subscription.stage is not Stage.ASKED:
            self.subscription.late(self.sent.pop(), answer, self.now, self.at_ns)

    def _push(self, push: tuple[str, str]) -> None:
        if self.subscription.stage is not Stage.MISSING:
            self.pushes(*push, f"{int(self.now * 10) % 1_000_000:06d}")

    def _unreadable(self, _: None) -> None:
        self.subscription.suspect(Blind(self.at_ns, "unreadable frame", ""))

    def _pass(self, seconds: float) -> None:
        self.now += seconds

    def _moved(self, condition: Condition) -> None:
        if condition != self.subscription.condition:
            self.subscription.moved(condition, self.at_ns)
            self.sent.clear()

    def _vanished(self, _: None) -> None:
        if self.subscription.stage is not Stage.MISSING:
            self.subscription.vanished(self.at_ns)
            self.sent.clear()

    def _found(self, _: None) -> None:
        if self.subscription.stage is Stage.MISSING:
            self.subscription.found()

    def _listed(self, _: None) -> None:
        if self.subscription.stage is not Stage.MISSING:
            self.subscription.confirmed(self.at_ns)

    def _lost(self, _: None) -> None:
        self.subscription.lost(self.at_ns, "connection lost", "")
        self.sent.clear()

    def rests(self) -> None:
        """Answer whatever is asked until only the next regular recheck is to come."""
        self._found(None)
        it = self.subscription
        for _ in range(40):
            if it.stage is Stage.CLEARING:
                self.answers(Cleared())
            elif it.stage is Stage.ASKED:
                self.answers(Registered((A, C)))
            elif it.next_due() <= self.now + 2 * DOUBT_FLOOR:
                self.now = max(self.now, it.next_due())
                it.judge(self.now, self.at_ns)
                self._ask(None)


@given(HAPPENINGS)
def test_every_step_that_can_be_caused_is_in_the_table_and_the_story_stays_true(
    happenings: list[tuple[str, object]],
) -> None:
    """The listener refuses a stream that jumps; the table refuses a step that it does not know (KeyError)."""
    life = Walk()
    it = life.subscription
    for what, detail in happenings:
        life.happens(what, detail)
        assert it.membership.known or not life.listener.told()
        if it.membership.live:
            assert life.listener.folds[SURGE] == set(it.membership.codes)
        assert it.registered <= it.membership.live
        assert it.next_due() < math.inf or it.stage in (Stage.MISSING, Stage.CLEARING, Stage.ASKED)
        assert not it.attempts.hopeless or it.attempts.failures >= HOPELESS_AFTER


@given(HAPPENINGS)
def test_whatever_happened_a_broker_that_answers_gets_it_registered(happenings: list[tuple[str, object]]) -> None:
    """Nothing is owed for ever, and no doubt stays: after a few answers it rests until its next recheck."""
    life = Walk()
    it = life.subscription
    for what, detail in happenings:
        life.happens(what, detail)
    life.rests()
    assert it.stage is Stage.ACTIVE
    assert it.membership.live
    assert it.doubts.first() is None
    assert life.listener.folds[SURGE] == set(it.membership.codes)


# ---------------------------------------------------------------- pauses


def test_what_is_not_answered_is_asked_for_after_five_seconds_and_at_last_every_minute() -> None:
    life = Life()
    pauses = []
    for _ in range(7):
        while isinstance(life.asks(), Clear):
            life.answers(Cleared())
        life.is_silent()
        pauses.append(life.subscription.due - life.now)
    assert pauses == pytest.approx([5, 10, 20, 40, 60, 60, 60])
    assert UNANSWERED_PAUSE == (5.0, 60.0)


@pytest.mark.parametrize(("answer", "pause"), [(BUSY, BUSY_PAUSE), (WORDS, WORDS_PAUSE)])
def test_a_refusal_that_passes_is_no_failure_until_the_fourth(answer: Answer, pause: float) -> None:
    life = Life()
    for attempt in range(TRIES + 1):
        assert life.subscription.attempts.failures == 0
        assert isinstance(life.asks(), Register), "nothing was registered that a CNSRCLR would be needed for"
        life.answers(answer)
        assert life.subscription.due == life.now + (pause if attempt < TRIES else 5)
    assert life.subscription.attempts.failures == 1
    assert (TRIES, BUSY_PAUSE, WORDS_PAUSE) == (3, 1.0, 1.5)


def test_900003_is_cured_once_by_a_clear_and_a_pause() -> None:
    life = Life()
    life.asks()
    life.answers(TWICE)
    assert isinstance(life.asks(), Clear)
    life.answers(Cleared())
    assert life.subscription.due == life.now + CURE_PAUSE
    life.registers(A)
    assert life.subscription.stage is Stage.ACTIVE


@pytest.mark.parametrize(("answer", "hopeless"), [(None, True), (NO, False)])
def test_three_silences_are_hopeless_and_any_number_of_refusals_is_not(
    answer: Answer | None, *, hopeless: bool
) -> None:
    life = Life()
    for attempt in range(4):
        assert life.subscription.attempts.hopeless is (hopeless and attempt >= HOPELESS_AFTER)
        while isinstance(life.asks(), Clear):
            life.answers(Cleared())
        if answer is None:
            life.is_silent()
        else:
            life.answers(answer)
    assert HOPELESS_AFTER == 3


# ---------------------------------------------------------------- late answers


def test_a_late_answer_is_one_while_nothing_was_sent_since() -> None:
    life = Life()
    request = life.asks()
    life.is_silent()
    life.pushes("I", B)
    assert isinstance(request, Register)
    assert life.subscription.late(request, Registered((A,)), life.now, life.at_ns)
    assert life.listener.folds == {SURGE: {A, B}}
    assert not life.subscription.late(request, Registered((A,)), life.now, life.at_ns), "it has had its answer"


def test_a_late_answer_that_names_no_condition_is_nobodys() -> None:
    life = Life()
    request = life.asks()
    life.is_silent()
    assert isinstance(request, Register)
    assert not life.subscription.late(request, Registered((), named=False), life.now, life.at_ns)
    assert life.subscription.stage is Stage.WAITING


def test_a_late_answer_need_not_know_what_was_doubtful_since_it_was_asked_for() -> None:
    life = known(A)
    life.subscription.lost(life.at_ns, "connection lost", "")
    life.now = 20
    life.asks()
    life.subscription.suspect(Blind(moment(22), "unreadable frame", ""))
    life.is_silent()
    assert isinstance(life.asked, Register)
    assert life.subscription.late(life.asked, Registered((A,), named=True), life.now, life.at_ns)
    assert life.subscription.doubts.first() == Blind(moment(22), "unreadable frame", "")


def test_what_was_pushed_since_a_recheck_was_asked_for_is_in_its_late_snapshot_and_told_once() -> None:
    """The pushes went on until the patience ran out; the snapshot was made before them."""
    life = known(A, B)
    life.now = 300
    assert isinstance(life.asks(), Clear)
    life.answers(Cleared())
    request = life.asks()
    life.now += 1
    life.pushes("I", C)
    life.pushes("D", A)
    life.is_silent()
    life.now += 1
    assert isinstance(request, Register)
    assert life.subscription.late(request, Registered((A, B)), life.now, life.at_ns)
    live = [event for event in life.listener.told() if isinstance(event, Enter | Leave)]
    assert [(type(event), event.code, event.origin) for event in live] == [(Enter, C, "live"), (Leave, A, "live")]
    assert life.listener.folds == {SURGE: {B, C}}


# ---------------------------------------------------------------- doubts


def test_the_earliest_doubt_counts_and_is_proven_if_any_is() -> None:
    life = known(A)
    life.now = 100
    for since, proven in ((40, False), (20, False), (60, True)):
        life.subscription.suspect(Blind(moment(since), "drift", "", proven=proven))
    life.registers(A)
    assert life.listener.told() == [Gap(ZERO, moment(20), life.at_ns, "drift"), Snapshot(life.at_ns, ZERO, (A,))]


def test_a_doubt_is_looked_into_at_once_and_the_next_one_a_minute_later() -> None:
    life = known(A)
    life.now = 100
    for expected in (100.0, 160.0, 220.0):
        life.subscription.suspect(Blind(life.at_ns, "unreadable frame", ""))
        assert max(life.now, life.subscription.next_due()) == expected
        life.registers(A)
        life.now = expected + 1
    assert DOUBT_FLOOR == 60.0


def test_what_is_known_to_be_cleared_is_registered_anew_at_once() -> None:
    life = known(A)
    life.now = 100
    life.subscription.suspect(Blind(life.at_ns, "unreadable frame", ""))
    life.registers(A)
    life.now += 1
    life.subscription.suspect(Blind(life.at_ns, "registration lost", ""), at_once=True)
    assert life.subscription.is_due(life.now)


def test_proof_during_a_recheck_is_told_by_the_next_one() -> None:
    life = known(A)
    life.now = 300
    assert isinstance(life.asks(), Clear)
    life.pushes("D", B)
    life.answers(Cleared())
    life.registers(A)
    assert not any(isinstance(event, Gap) for event in life.listener.told())
    assert life.subscription.is_due(life.now)
    life.registers(A)
    assert isinstance(life.listener.told()[0], Gap)


def test_a_doubt_from_before_a_told_snapshot_goes_no_further_back_than_its_request() -> None:
    """What was missed before lies in the gap that the snapshot ended; what it does not know was missed since."""
    life = known(A)
    life.now = 10
    life.subscription.lost(life.at_ns, "connection lost", "")
    life.now = 20
    life.asks()
    life.subscription.suspect(Blind(moment(5), "drift", ""))
    life.now = 21
    life.answers(Registered((A,)))
    assert life.subscription.doubts.first() == Blind(moment(20), "drift", "")


def test_an_odd_push_that_was_kept_for_the_first_snapshot_is_looked_into() -> None:
    life = Life()
    life.asks()
    life.pushes("X", A)
    life.answers(Registered((A,)))
    assert life.subscription.doubts.first() == Blind(life.at_ns, "unreadable frame", "")
    assert life.subscription.is_due(life.now)


def test_who_leaves_while_it_is_doubtful_is_told_an_open_gap() -> None:
    life = known(A)
    life.now = 100
    life.subscription.suspect(Blind(moment(70), "unreadable frame", ""))
    life.subscription.leave(life.listener, life.at_ns, life.subscription.doubts.first())
    assert life.listener.told() == [Gap(ZERO, moment(70), life.at_ns, "unreadable frame", open=True)]


# ---------------------------------------------------------------- edited conditions


def test_what_moved_is_blind_since_the_last_list_that_agreed() -> None:
    life = known(A)
    for second in (1, 31):
        life.now = second
        life.subscription.confirmed(life.at_ns)
    life.now = 61
    life.subscription.moved(MOVED, life.at_ns)
    life.now = 62
    life.registers(B)
    gap = life.listener.told()[0]
    assert gap == Gap(MOVED, moment(31), moment(62), "registration lost", "the conditions were renumbered")


def test_what_moved_before_any_list_agreed_is_blind_since_its_registration() -> None:
    life = known(A)
    life.now = 1
    life.subscription.moved(MOVED, life.at_ns)
    life.now = 2
    life.registers(A)
    assert life.listener.told()[0] == Gap(
        MOVED, moment(0), moment(2), "registration lost", "the conditions were renumbered"
    )


def test_what_moved_after_a_recheck_is_blind_since_the_list_before_it() -> None:
    """Where registrations follow the numbers, the pushes from before the recheck were another's already."""
    life = known(A)
    life.now = 299.5
    life.subscription.confirmed(life.at_ns)
    life.registers(A)
    life.now = 302
    life.subscription.moved(MOVED, life.at_ns)
    assert life.subscription.membership.blindness == Blind(
        moment(299.5), "registration lost", "the conditions were renumbered"
    )


def test_a_push_that_was_kept_for_a_snapshot_of_another_condition_lies_in_the_gap_too() -> None:
    life = Life()
    life.asks()
    life.now = 1
    life.pushes("I", B)
    life.now = 5
    life.answers(Registered((A,)))
    life.subscription.moved(MOVED, life.at_ns)
    assert life.subscription.membership.blindness is not None
    assert life.subscription.membership.blindness.since_ns == moment(1)


def test_a_lost_connection_does_not_hide_that_a_condition_had_moved_before() -> None:
    """It may have been edited at any moment since the last list, or its registration: what came since is another's."""
    for confirmed, since in ((None, 0.0), (4.0, 4.0)):
        life = known(A)
        if confirmed is not None:
            life.subscription.confirmed(moment(confirmed))
        life.now = 10
        life.subscription.lost(life.at_ns, "connection lost", "")
        life.subscription.moved(MOVED, moment(15))
        assert life.subscription.membership.blindness is not None
        assert life.subscription.membership.blindness.since_ns == moment(since)


@pytest.mark.parametrize(("asked", "since"), [(15, 20), (30, 30)])
def test_a_snapshot_that_waited_through_a_stall_is_as_old_as_its_request_or_the_mark(asked: int, since: int) -> None:
    life = known(A)
    life.now = 10
    life.subscription.lost(moment(10), "connection lost", "")
    life.now = asked
    life.asks()
    life.now = 100
    life.answers(Registered((A,)))  # read after a stall that began at 20, together with the end of the connection
    life.subscription.lost(moment(20), "connection lost", "")
    life.now = 110
    life.registers(A)
    gaps = [event for event in life.listener.told() if isinstance(event, Gap)]
    assert [(gap.since_ns, gap.until_ns) for gap in gaps] == [
        (moment(10), moment(100)),
        (moment(since), moment(110)),
    ]


def test_every_sink_of_a_namesake_that_is_gone_has_its_own_gap() -> None:
    stays, gone = known(A), known(B)
    gone.subscription.moved(MOVED, gone.at_ns)
    gone.registers(B)
    gone.listener.told()
    second = Listener()
    gone.subscription.join(second, gone.at_ns)
    stays.subscription.vanished(moment(5))
    stays.subscription.found()
    gone.subscription.membership.blind(moment(5), "condition missing")
    stays.subscription.inherit(gone.subscription)
    stays.now = 6
    stays.registers(A, C)
    for listener in (gone.listener, second):
        assert [type(event) for event in listener.told() if not isinstance(event, Snapshot)] == [
            Gap,
            Leave,
            Enter,
            Enter,
        ]
        assert listener.folds == {SURGE: {A, C}}
