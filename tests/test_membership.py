"""Members: whatever comes in, the events told add up to the members; what was missed is told with its interval."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import SECOND_NS, Listener, moment
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Member, Snapshot
from jogeon.gaps import Blind
from jogeon.live.membership import DRIFT_GRACE_NS, Membership
from jogeon.reports import Report

SURGE = Condition("4", "급등주")
CODES = ("005930", "0000D0", "57JBHH", "000660")
A, B, C, D = CODES


class Noting(Membership):
    """A Membership that keeps the doubts its pushes raise."""

    def __init__(self, condition: Condition) -> None:
        super().__init__(condition)
        self.noted: list[Blind] = []
        self.on_doubt = self.noted.append


def known(*codes: str, at: float = 0.0) -> Noting:
    """Return a membership that had its first snapshot."""
    membership = Noting(SURGE)
    assert membership.snapshot(codes, moment(at)) == [Snapshot(moment(at), SURGE, codes)]
    return membership


def recovered(kind: type[Enter | Leave], code: str, since: float, until: float) -> Event:
    return kind(moment(until), SURGE, code, "", "recovered", moment(since), moment(until))


# ---------------------------------------------------------------- whatever comes in

PUSH = st.tuples(st.just("push"), st.sampled_from("IIDD?"), st.sampled_from((*CODES, "")))
SHOWN = st.lists(st.sampled_from(CODES), unique=True).map(tuple)
OPS = st.one_of(
    PUSH,
    PUSH,
    st.tuples(st.just("snapshot"), SHOWN),
    st.tuples(st.just("judge")),
    st.tuples(st.just("asked")),
    st.tuples(st.just("blind"), st.floats(0, 100)),
    st.tuples(st.just("pass"), st.floats(0, 10)),
    st.tuples(st.just("jump"), st.sampled_from((-3600.0, 259_200.0))),
)


class Story:
    """A membership and one that listens to it. A snapshot of a live condition is a recheck."""

    def __init__(self) -> None:
        self.membership = Noting(SURGE)
        self.listener = Listener()
        self.now = 0.0
        self.blind = 0

    def happens(self, what: str, *details: object) -> None:
        getattr(self, what)(*details)
        told = self.listener.folds.get(SURGE.name)
        assert told is None or self.membership.known
        assert (told or set()) == set(self.membership.codes) == set(self.membership.members())

    def push(self, kind: str, code: str) -> None:
        before = dict(self.membership.codes)
        event = self.membership.push(kind, code, "100000", moment(self.now))
        if self.membership.live:
            possible = code and (kind, code in before) in {("I", False), ("D", True)}
            assert isinstance(event, Enter | Leave if possible else Anomaly)
        if event is None or isinstance(event, Anomaly):
            assert self.membership.codes == before
        if event is not None:
            self.listener.put(event)

    def snapshot(self, codes: tuple[str, ...]) -> None:
        if self.membership.live:
            self.membership.rechecked(codes, moment(self.now))
            return
        block = self.membership.snapshot(codes, moment(self.now))
        self.listener.put_block(block)
        assert sum(isinstance(event, Gap) for event in block) == self.blind
        self.blind = 0
        assert self.membership.live

    def judge(self) -> None:
        block, _ = self.membership.judge(moment(self.now))
        if block:
            self.listener.put_block(block)
            assert isinstance(block[0], Gap)
            assert len(block) > 2, "a gap is told for a difference"

    def asked(self) -> None:
        self.membership.asked(moment(self.now))

    def blind_(self, ago: float) -> None:
        self.membership.blind(moment(self.now - ago), "connection lost")
        self.blind = int(self.membership.known)
        assert not self.membership.live

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@given(st.lists(OPS, max_size=30))
def test_the_events_add_up_to_the_members_at_every_moment(ops: list[tuple[str, ...]]) -> None:
    story = Story()
    for what, *details in ops:
        story.happens({"blind": "blind_", "pass": "pass_", "jump": "pass_"}.get(what, what), *details)
    for gap in story.membership.end(moment(story.now)):
        story.listener.put(gap)
        assert isinstance(gap, Gap)
        assert gap.open


CHANGES = st.lists(st.sampled_from(CODES), max_size=8)


@given(st.sets(st.sampled_from(CODES)), CHANGES, CHANGES, CHANGES)
def test_pushes_before_a_snapshot_lead_to_the_truth(
    at_first: set[str], before: list[str], between: list[str], after: list[str]
) -> None:
    """A snapshot is made, at any moment after the request, and sent at any moment after that."""
    membership, truth, ticks = Noting(SURGE), set(at_first), count()
    listener = Listener()
    shown: tuple[str, ...] = ()
    for phase in (before, between, after):
        for code in phase:
            kind = "D" if code in truth else "I"
            truth ^= {code}
            event = membership.push(kind, code, "", moment(next(ticks)))
            assert (event is None) is (phase is not after)
            if event is not None:
                listener.put(event)
        if phase is before:
            shown = tuple(sorted(truth))
        elif phase is between:
            listener.put_block(membership.snapshot(shown, moment(next(ticks))))
            assert set(membership.codes) == truth
    assert set(membership.codes) == truth == listener.folds[SURGE.name]
    assert not any(isinstance(event, Anomaly) for event in listener.events)


# ---------------------------------------------------------------- pushes


def test_an_enter_and_a_leave() -> None:
    membership = known(A)
    assert membership.push("I", B, "090000", moment(1)) == Enter(moment(1), SURGE, B, "090000")
    assert membership.push("D", A, "090001", moment(2)) == Leave(moment(2), SURGE, A, "090001")
    assert list(membership.codes) == [B]


@pytest.mark.parametrize(
    ("kind", "code", "error", "what"),
    [
        ("I", A, Report("enter of a member"), "enter of a member"),
        ("D", B, Report("leave of a non-member"), "leave of a non-member"),
        ("X", A, Report("push of unknown kind", text="X"), "push of the unknown kind 'X'"),
        ("", A, Report("push of unknown kind"), "push of the unknown kind ''"),
        ("I", "", Report("push without code"), "push without a code"),
        ("I", "      ", Report("push without code"), "push without a code"),
    ],
)
def test_what_cannot_be_is_an_anomaly_and_changes_nothing(kind: str, code: str, error: Report, what: str) -> None:
    membership = known(A)
    assert membership.push(kind, code, "", moment(1)) == Anomaly(moment(1), what, SURGE, code, error)
    assert list(membership.codes) == [A]


def test_a_push_sent_twice_is_told_once() -> None:
    membership = known(A)
    assert isinstance(membership.push("D", A, "", moment(1)), Leave)
    assert isinstance(membership.push("D", A, "", moment(1)), Anomaly)


def test_of_pushes_before_the_first_snapshot_the_last_of_each_stock_counts() -> None:
    membership = Noting(SURGE)
    for tick, (kind, code) in enumerate([("I", A), ("I", B), ("D", A), ("I", C), ("D", C), ("I", A), ("D", D)]):
        assert membership.push(kind, code, f"00000{tick}", moment(tick)) is None
    assert membership.snapshot((B, C), moment(9)) == [
        Snapshot(moment(9), SURGE, (B, C)),
        Leave(moment(4), SURGE, C, "000004"),
        Enter(moment(5), SURGE, A, "000005"),
    ]


def test_what_a_snapshot_already_shows_is_absorbed_in_silence() -> None:
    membership = Noting(SURGE)
    membership.push("I", A, "", moment(0))
    membership.push("D", B, "", moment(0))
    assert membership.snapshot((A,), moment(1)) == [Snapshot(moment(1), SURGE, (A,))]


def test_a_kept_push_of_an_unknown_kind_is_told() -> None:
    membership = Noting(SURGE)
    membership.push("?", A, "", moment(0))
    assert isinstance(membership.snapshot((), moment(1))[1], Anomaly)


def test_pushes_from_before_the_request_are_older_than_its_snapshot() -> None:
    membership = Noting(SURGE)
    membership.push("I", A, "", moment(0))
    membership.asked(moment(0.5))
    membership.push("I", B, "", moment(1))
    assert [type(event) for event in membership.snapshot((), moment(2))] == [Snapshot, Enter]
    assert list(membership.codes) == [B]


# ---------------------------------------------------------------- proof


def proven(membership: Noting) -> Blind | None:
    """Return the doubt of the last push, None if it raised none."""
    doubts, membership.noted = membership.noted[:], []
    membership.on_doubt = membership.noted.append
    return doubts[-1] if doubts else None


PROOF = Blind(moment(0), "drift", "", proven=True)


@pytest.mark.parametrize(("kind", "code"), [("I", A), ("D", B)])
@pytest.mark.parametrize(("after", "is_proof"), [(0.0, False), (1.0, False), (3.0, False), (3.1, True), (600.0, True)])
def test_an_impossible_push_is_proof_unless_it_agrees_with_a_snapshot_of_three_seconds_before(
    kind: str, code: str, after: float, *, is_proof: bool
) -> None:
    membership = known(A)
    assert isinstance(membership.push(kind, code, "090000", moment(after)), Anomaly)
    assert proven(membership) == (PROOF if is_proof else None)


def test_a_recheck_is_such_a_snapshot_too_whatever_it_is_judged_to_be() -> None:
    membership = known(A)
    assert not membership.rechecked((A, B), moment(600))
    membership.push("I", A, "090000", moment(602))
    assert proven(membership) is None


def test_a_leave_of_what_a_recheck_has_just_shown_is_proof() -> None:
    """B had entered unseen: the server showed it, and a second later it left."""
    membership = known(A)
    assert not membership.rechecked((A, B), moment(600))
    assert isinstance(membership.push("D", B, "090000", moment(601)), Anomaly)
    assert proven(membership) == PROOF
    assert membership.judge(moment(603), None) == ([], True), "as pushed, so nothing differs; but looked at again"
    assert membership.rechecked((A,), moment(606))
    assert membership.missed(PROOF, moment(606)) == [
        Gap(SURGE, moment(0), moment(606), "drift"),
        Snapshot(moment(606), SURGE, (A,)),
    ]


def test_a_recheck_that_looks_into_proof_ends_in_a_gap_although_pushes_have_mended_the_difference() -> None:
    membership = known(A)
    assert not membership.rechecked((A, B), moment(600))
    membership.push("I", B, "090000", moment(601))
    block, again = membership.judge(moment(603), PROOF)
    assert block == [Gap(SURGE, moment(0), moment(603), "drift"), Snapshot(moment(603), SURGE, (A, B))]
    assert not again


@pytest.mark.parametrize("kind", ["I", "D"])
def test_an_exact_repeat_of_the_last_push_of_a_stock_proves_nothing_however_late(kind: str) -> None:
    membership = known(A) if kind == "D" else known()
    assert isinstance(membership.push(kind, A, "090000", moment(10)), Enter | Leave)
    membership.push(kind, A, "090000", moment(100))
    assert proven(membership) is None
    membership.push(kind, A, "090001", moment(200))
    assert proven(membership) is not None, "another time is another push"
    membership.push(kind, A, "090001", moment(201))
    assert proven(membership) is None, "proof that comes twice is proof once"


def test_a_repeat_of_a_push_that_the_first_snapshot_had_absorbed_proves_nothing() -> None:
    membership = Noting(SURGE)
    membership.push("I", A, "090000", moment(0))
    membership.snapshot((A,), moment(1))
    membership.push("I", A, "090000", moment(60))
    assert proven(membership) is None


def test_a_push_without_a_time_is_no_proof() -> None:
    membership = known(A)
    membership.push("D", B, "", moment(600))
    assert proven(membership) is None


@pytest.mark.parametrize(("kind", "code"), [("X", A), ("I", " "), ("", B)])
def test_what_is_no_push_at_all_is_a_doubt_and_no_proof(kind: str, code: str) -> None:
    membership = known(A)
    membership.push(kind, code, "090000", moment(1))
    assert proven(membership) == Blind(moment(0), "unreadable frame", "")


def test_what_server_showed_last_is_remembered_as_it_was_shown() -> None:
    membership = known(A, B)
    membership.push("I", C, "090000", moment(1))
    assert membership.showed((B, A))
    assert not membership.showed((A, B, C))
    membership.rechecked((A,), moment(600))
    assert membership.showed((A,))
    assert not Noting(SURGE).showed(())


# ---------------------------------------------------------------- a snapshot that comes late


def test_what_was_told_since_a_late_snapshot_was_asked_for_is_in_it_and_not_told_again() -> None:
    membership = known(A, B)
    membership.push("I", D, "090000", moment(5))
    membership.asked(moment(10))
    membership.push("I", C, "090001", moment(11))
    membership.push("D", A, "090002", moment(12))
    membership.blind(moment(13), "registration lost", expecting=True)
    membership.push("I", A, "090003", moment(14))
    assert membership.snapshot((A, B), moment(15)) == [
        Gap(SURGE, moment(13), moment(15), "registration lost"),
        recovered(Leave, D, 13, 15),
        Snapshot(moment(15), SURGE, (B, C)),
        Enter(moment(14), SURGE, A, "090003"),
    ]


def test_another_snapshot_that_is_asked_for_is_newer_than_what_was_told() -> None:
    membership = known(A)
    membership.asked(moment(10))
    membership.push("I", C, "090001", moment(11))
    membership.blind(moment(13), "registration lost", expecting=True)
    membership.asked(moment(20))
    assert membership.snapshot((A,), moment(21))[-1] == Snapshot(moment(21), SURGE, (A,))


def test_while_blind_a_late_snapshot_keeps_the_pushes_since_it_was_asked_for() -> None:
    membership = Noting(SURGE)
    membership.asked(moment(0))
    membership.push("I", A, "090000", moment(1))
    membership.blind(moment(5), "registration lost", expecting=True)
    membership.push("I", B, "090001", moment(6))
    assert set(membership.codes) == set()
    membership.snapshot((), moment(7))
    assert set(membership.codes) == {A, B}


# ---------------------------------------------------------------- blind stretches


def test_a_gap_its_recovered_changes_and_the_snapshot_are_one_block() -> None:
    membership = known(A, B)
    membership.blind(moment(10), "connection lost", "1006")
    assert membership.snapshot((C, B, D), moment(20)) == [
        Gap(SURGE, moment(10), moment(20), "connection lost", "1006"),
        recovered(Leave, A, 10, 20),
        recovered(Enter, D, 10, 20),
        recovered(Enter, C, 10, 20),
        Snapshot(moment(20), SURGE, (C, B, D)),
    ]


def test_a_blind_stretch_without_a_difference_is_told_all_the_same() -> None:
    membership = known(A)
    membership.blind(moment(10), "connection lost")
    assert membership.snapshot((A,), moment(20)) == [
        Gap(SURGE, moment(10), moment(20), "connection lost"),
        Snapshot(moment(20), SURGE, (A,)),
    ]


def test_before_the_first_snapshot_there_is_no_gap() -> None:
    membership = Noting(SURGE)
    membership.blind(moment(10), "connection lost")
    assert membership.end(moment(15)) == []
    assert membership.snapshot((A,), moment(20)) == [Snapshot(moment(20), SURGE, (A,))]


def test_one_gap_over_any_number_of_failed_connections() -> None:
    membership = known(A)
    membership.blind(moment(10), "connection lost", "first")
    membership.blind(moment(20), "connection lost", "second")
    membership.blind(moment(30), "condition missing")
    gap, *_ = membership.snapshot((A,), moment(40))
    assert gap == Gap(SURGE, moment(10), moment(40), "connection lost", "first")


def test_a_stretch_that_began_earlier_than_thought_is_told_from_there() -> None:
    membership = known(A)
    membership.blind(moment(10), "registration lost")
    membership.blind(moment(7), "connection lost")
    assert membership.end(moment(20)) == [Gap(SURGE, moment(7), moment(20), "registration lost", open=True)]


def test_pushes_while_blind_wait_for_the_snapshot() -> None:
    membership = known(A)
    membership.blind(moment(10), "connection lost")
    assert membership.push("I", B, "", moment(11)) is None
    assert list(membership.codes) == [A]
    assert [type(event) for event in membership.snapshot((A,), moment(12))] == [Gap, Snapshot, Enter]


def test_a_watch_that_ends_while_blind_tells_an_open_gap() -> None:
    membership = known(A)
    membership.blind(moment(10), "connection lost")
    assert membership.end(moment(15)) == [Gap(SURGE, moment(10), moment(15), "connection lost", open=True)]
    assert known(A).end(moment(15)) == []


def test_a_watch_that_ends_in_doubt_tells_an_open_gap() -> None:
    membership = known(A)
    doubt = Blind(moment(10), "unreadable frame", "")
    assert membership.end(moment(15), doubt) == [Gap(SURGE, moment(10), moment(15), "unreadable frame", open=True)]


@pytest.mark.parametrize("jump", [-3600.0, 259_200.0])
def test_a_wall_clock_that_jumps_turns_no_gap_around(jump: float) -> None:
    membership = known(A)
    membership.blind(moment(10), "connection lost")
    gap, change, _ = membership.snapshot((), moment(20 + jump))
    assert isinstance(gap, Gap)
    assert isinstance(change, Leave)
    assert gap.since_ns <= gap.until_ns
    assert (change.since_ns, change.until_ns) == (gap.since_ns, gap.until_ns)


def test_members_tell_since_when_and_from_where() -> None:
    membership = known(A, B)
    membership.push("I", C, "", moment(5))
    membership.blind(moment(10), "connection lost")
    membership.snapshot((A, C, D), moment(20))
    assert membership.members() == {
        A: Member(A, moment(0), "snapshot"),
        C: Member(C, moment(5), "live"),
        D: Member(D, moment(20), "recovered"),
    }
    assert membership.now(moment(21)) == Snapshot(moment(21), SURGE, (A, C, D))


# ---------------------------------------------------------------- rechecks


def test_a_recheck_without_a_difference_tells_nothing() -> None:
    membership = known(A, B)
    assert membership.rechecked((B, A), moment(600))
    assert membership.judge(moment(603)) == ([], False)
    assert membership.right_ns == moment(600)


def test_a_recheck_that_differs_is_a_drift_since_it_was_last_right() -> None:
    membership = known(A, B)
    assert membership.rechecked((B, A), moment(600))
    assert not membership.rechecked((B, C), moment(1200))
    assert membership.judge(moment(1203)) == (
        [
            Gap(SURGE, moment(600), moment(1203), "drift"),
            recovered(Leave, A, 600, 1203),
            recovered(Enter, C, 600, 1203),
            Snapshot(moment(1203), SURGE, (B, C)),
        ],
        False,
    )
    assert membership.live


def test_a_doubt_tells_since_when_and_why() -> None:
    membership = known(A)
    membership.rechecked((), moment(600))
    block, _ = membership.judge(moment(603), Blind(moment(598), "unreadable frame", ""))
    assert block[0] == Gap(SURGE, moment(598), moment(603), "unreadable frame")


@pytest.mark.parametrize(
    ("pushed", "is_excused"), [(-3.1, False), (-3.0, True), (-0.1, True), (0.1, True), (3.0, True), (3.1, True)]
)
def test_a_stock_pushed_since_three_seconds_before_is_excused(pushed: float, *, is_excused: bool) -> None:
    """The push said that it entered; the snapshot, made a moment before or after, does not show it."""
    membership = known(A, B)
    if pushed < 0:
        membership.push("I", C, "", moment(600 + pushed))
    else:
        membership.push("I", C, "", moment(500))
    assert not membership.rechecked((A, B), moment(600))
    if pushed > 0:
        membership.push("I", C, "", moment(600 + pushed))  # an anomaly, but a push
    block, again = membership.judge(moment(604))
    assert (bool(block), again) == (not is_excused, is_excused)
    assert (C in membership.codes) is is_excused


def test_what_was_pushed_after_the_snapshot_is_newer_however_late_the_judgement() -> None:
    membership = known(A, B)
    assert not membership.rechecked((A, B, C), moment(600))
    assert isinstance(membership.push("D", A, "", moment(603.5)), Leave)
    block, again = membership.judge(moment(605))
    assert [event.code for event in block if isinstance(event, Enter | Leave)] == [C]
    assert set(membership.codes) == {B, C}
    assert not again


def test_a_difference_that_pushes_have_mended_is_none() -> None:
    membership = known(A)
    assert not membership.rechecked((A, B), moment(600))
    membership.push("I", B, "", moment(601))
    assert membership.judge(moment(603)) == ([], False)


def test_an_excused_stock_that_was_missed_is_told_since_it_was_last_right() -> None:
    membership = known(A)
    membership.push("I", B, "", moment(599))
    assert not membership.rechecked((A, C), moment(600))
    block, again = membership.judge(moment(603))
    assert again
    assert block[0] == Gap(SURGE, moment(0), moment(603), "drift")
    assert not membership.rechecked((A, C), moment(610))
    block, again = membership.judge(moment(613), Blind(moment(605), "unreadable frame", ""))
    assert block[:2] == [Gap(SURGE, moment(0), moment(613), "drift"), recovered(Leave, B, 0, 613)]
    assert not again


def test_a_connection_lost_before_the_judgement_is_blind_since_it_was_last_right() -> None:
    membership = known(A)
    membership.rechecked((B,), moment(600))
    membership.blind(moment(601), "connection lost")
    assert membership.end(moment(700)) == [Gap(SURGE, moment(0), moment(700), "connection lost", open=True)]


def undecided() -> Membership:
    """Return a membership in which a stock was excused by a recheck, and another has not come yet."""
    membership = known(A)
    membership.push("I", B, "", moment(599))
    assert not membership.rechecked((A,), moment(600))
    assert membership.judge(moment(603)) == ([], True)
    return membership


def test_a_connection_lost_while_a_stock_is_undecided_is_blind_since_it_was_last_right() -> None:
    membership = undecided()
    membership.blind(moment(605), "connection lost")
    assert membership.snapshot((A,), moment(610))[0] == Gap(SURGE, moment(0), moment(610), "connection lost")


def test_a_watch_that_ends_while_a_stock_is_undecided_tells_an_open_gap() -> None:
    assert undecided().end(moment(605)) == [Gap(SURGE, moment(0), moment(605), "drift", open=True)]


def test_pushes_go_on_during_a_recheck() -> None:
    membership = known(A)
    membership.asked(moment(0.5))
    assert isinstance(membership.push("I", B, "", moment(1)), Enter)


TIMES = st.floats(-5, 5).map(lambda seconds: round(seconds * 10) / 10)


@given(
    st.sets(st.sampled_from(CODES)),
    SHOWN,
    st.lists(st.tuples(TIMES, st.sampled_from(CODES)), max_size=8).map(sorted),
)
def test_the_grace_of_a_recheck(before: set[str], shown: tuple[str, ...], pushes: list[tuple[float, str]]) -> None:
    """Every stock that differed when the snapshot came, differs still and was not pushed near it is told, no other."""
    membership, listener = known(*sorted(before)), Listener()
    listener.put_block([membership.now(0)])
    for at, code in pushes:
        if at < 0:
            listener.put(told(membership, code, at))
    differed = set(shown) ^ set(membership.codes)
    assert membership.rechecked(shown, moment(600)) is not bool(differed)
    for at, code in pushes:
        if at >= 0:
            listener.put(told(membership, code, at))
    near = {code for at, code in pushes if at * SECOND_NS >= -DRIFT_GRACE_NS}
    expected = (differed & (set(shown) ^ set(membership.codes))) - near
    block, again = membership.judge(moment(606))
    assert {event.code for event in block if isinstance(event, Enter | Leave)} == expected
    if block:
        listener.put_block(block)
    assert listener.folds[SURGE.name] == set(membership.codes)
    assert again is bool(differed & (set(shown) ^ set(membership.codes)))


def told(membership: Membership, code: str, at: float) -> Event:
    event = membership.push("D" if code in membership.codes else "I", code, "", moment(600 + at))
    assert event is not None
    return event


def test_each_event_bears_the_names_that_are_known_when_it_is_made() -> None:
    names = {"005930": "삼성전자"}
    membership = Membership(SURGE, names.get)
    (shown,) = membership.snapshot(("005930", "000660"), moment(0))
    assert isinstance(shown, Snapshot)
    assert shown.names == {"005930": "삼성전자"}
    names |= {"000660": "SK하이닉스", "035420": "NAVER"}
    told = [
        membership.push("I", "035420", "090001", moment(1)),
        membership.push("D", "005930", "090002", moment(2)),
        membership.push("D", "005930", "090003", moment(9)),
    ]
    assert [event and event.name for event in told] == ["NAVER", "삼성전자", "삼성전자"]
    assert {code: member.name for code, member in membership.members().items()} == {
        "000660": "SK하이닉스", "035420": "NAVER",
    }  # fmt: skip
    assert shown.names == {"005930": "삼성전자"}


def test_what_a_gap_hid_has_names_too() -> None:
    names = {"005930": "삼성전자", "000660": "SK하이닉스"}
    membership = Membership(SURGE, names.get)
    membership.snapshot(("005930",), moment(0))
    membership.blind(moment(1), "connection lost")
    _, left, entered, shown = membership.snapshot(("000660",), moment(5))
    assert isinstance(left, Leave) and isinstance(entered, Enter) and isinstance(shown, Snapshot)  # noqa: PT018
    assert (left.name, entered.name, shown.names) == ("삼성전자", "SK하이닉스", {"000660": "SK하이닉스"})
