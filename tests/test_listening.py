"""Listening: a program that does not run hears nothing; what waited for it proves nothing until all of it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import SECOND_NS, moment
from jogeon.live.listening import BEAT, LITTLE, STALL, Life, Listening


def life(*steps: tuple[float, float]) -> tuple[list[bool], float]:
    """Return which beats ended a stall, and the seconds lived, after steps of the monotonic and of the wall clock."""
    now = wall = 0.0
    lived = Life(now, moment(wall))
    stalled = []
    for step, wall_step in steps:
        now, wall = now + step, wall + wall_step
        stalled.append(lived.beat(now, moment(wall)))
    return stalled, lived.lived(now)


# ---------------------------------------------------------------- how long it lived


def test_a_program_that_runs_lives_as_long_as_the_clock() -> None:
    stalled, lived = life(*[(BEAT, BEAT)] * 40)
    assert not any(stalled)
    assert lived == pytest.approx(10.0)


@pytest.mark.parametrize("gap", [0.51, 2.0, 90.0])
def test_a_stall_counts_as_half_a_second_of_life(gap: float) -> None:
    """SIGSTOP, a handler that blocks: no patience runs out meanwhile."""
    stalled, lived = life((BEAT, BEAT), (gap, gap), (BEAT, BEAT))
    assert stalled == [False, True, False]
    assert lived == pytest.approx(2 * BEAT + STALL)


def test_a_suspended_machine_is_a_stall_although_its_monotonic_clock_stood_still() -> None:
    stalled, lived = life((BEAT, BEAT), (0.01, 3_600.0))
    assert stalled == [False, True]
    assert lived == pytest.approx(BEAT + 0.01)


def test_a_beat_half_a_second_late_is_no_stall() -> None:
    stalled, lived = life((STALL, STALL))
    assert stalled == [False]
    assert lived == pytest.approx(STALL)


def test_a_wall_clock_that_is_set_back_is_no_stall() -> None:
    stalled, lived = life((BEAT, -3_600.0))
    assert stalled == [False]
    assert lived == pytest.approx(BEAT)


def test_between_two_beats_no_more_is_lived_than_what_is_no_stall() -> None:
    lived = Life(0.0, moment(0))
    assert lived.lived(0.3) == pytest.approx(0.3)
    assert lived.lived(90.0) == pytest.approx(STALL)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-100, 100)), max_size=30))
def test_life_never_runs_backwards_nor_faster_than_the_clock(steps: list[tuple[float, float]]) -> None:
    now = wall = before = 0.0
    lived = Life(now, moment(wall))
    for step, wall_step in steps:
        now, wall = now + step, wall + wall_step
        assert before <= lived.lived(now) <= now + 1e-6
        stalled = lived.beat(now, moment(wall))
        assert stalled == (max(step, wall_step) > STALL) or abs(max(step, wall_step) - STALL) < 1e-6
        assert before - 1e-9 <= lived.lived(now) <= before + step + 1e-6
        before = lived.lived(now)


# ---------------------------------------------------------------- until when it listened


class Ear:
    """A Listening and what lets it hear, as a Connection does: a socket with frames that wait, and a clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.listening = Listening(self.at_ns)
        self.heard_ns = self.at_ns
        self.waiting = 0

    @property
    def at_ns(self) -> int:
        return moment(self.now)

    @property
    def mark(self) -> float:
        return (self.listening.mark(self.heard_ns) - moment(0)) / SECOND_NS

    def passes(self, seconds: float) -> None:
        """Let time pass without a beat: the program does not run."""
        self.now += seconds

    def beats(self, *, stalled: bool = False) -> None:
        """Let the loop beat now."""
        self.listening.beat(self.at_ns, self.heard_ns, stalled=stalled, empty=lambda: not self.waiting)

    def runs(self, beats: int) -> None:
        """Let the program run for so many beats."""
        for _ in range(beats):
            self.now += BEAT
            self.beats()

    def reads(self, size: int = 150) -> None:
        """Let one frame be read now."""
        if self.at_ns > self.listening.fresh_ns:
            self.listening.late(self.at_ns, self.heard_ns, size)
        self.heard_ns = self.at_ns
        self.waiting = max(0, self.waiting - 1)


def test_a_program_that_runs_listened_until_its_last_frame() -> None:
    ear = Ear()
    ear.runs(4)
    ear.reads()
    assert ear.mark == 1.0
    ear.runs(40)
    assert ear.mark == 1.0, "silence is not listening to anything"
    assert not ear.listening.behind


def stalled(*, beat_first: bool) -> Ear:
    """Return an ear that heard at 1 s, stalled for 90 s with three frames waiting, and goes on."""
    ear = Ear()
    ear.runs(4)
    ear.reads()
    ear.passes(90)
    ear.waiting = 3
    if beat_first:
        ear.beats(stalled=True)
        ear.reads()
    else:
        ear.reads()
        ear.beats(stalled=True)
    return ear


@pytest.mark.parametrize("beat_first", [False, True])
def test_the_mark_stays_at_the_beginning_of_a_stall_while_what_waited_is_read(*, beat_first: bool) -> None:
    """A gap of 90 s is told as 90 s, although the last frame was read a moment ago."""
    ear = stalled(beat_first=beat_first)
    assert ear.listening.behind
    assert ear.mark <= 1.0
    ear.reads()
    ear.runs(1)
    assert ear.mark <= 1.0


def test_the_mark_moves_on_with_a_frame_after_the_socket_was_found_empty() -> None:
    ear = stalled(beat_first=False)
    ear.reads()
    ear.reads()
    assert ear.waiting == 0
    ear.runs(1)
    assert ear.listening.behind, "the broker may hold back what did not fit into the socket"
    ear.runs(1)
    assert not ear.listening.behind
    assert ear.mark == 1.0, "empty is not heard"
    ear.passes(0.1)
    ear.reads()
    assert ear.mark == pytest.approx(ear.now)
    ear.runs(1)
    ear.passes(0.1)
    ear.reads()
    assert ear.mark == pytest.approx(ear.now)


def test_a_socket_found_empty_proves_nothing_while_much_comes() -> None:
    """Each time the kernel's buffer is read empty, the broker sends the next part of what it held back."""
    ear = stalled(beat_first=True)
    ear.reads()
    ear.reads()
    for _ in range(8):
        ear.runs(1)
        ear.reads(LITTLE)
        assert ear.listening.behind
        assert ear.mark == 1.0
    ear.runs(1)
    ear.reads(LITTLE - 1)
    ear.runs(1)
    assert not ear.listening.behind
    ear.passes(0.1)
    ear.reads()
    assert ear.mark == pytest.approx(ear.now)


def test_a_socket_that_is_found_full_between_two_looks_is_not_empty() -> None:
    ear = stalled(beat_first=True)
    ear.waiting = 0
    ear.runs(1)
    ear.waiting = 1
    ear.runs(1)
    ear.waiting = 0
    ear.runs(1)
    assert ear.listening.behind
    ear.runs(1)
    assert not ear.listening.behind


def test_a_frame_alone_does_not_end_a_stall() -> None:
    """More may wait behind it, in the kernel or on the way."""
    ear = stalled(beat_first=False)
    ear.runs(1)
    ear.waiting = 2
    ear.reads()
    assert ear.mark == 1.0


def test_a_second_stall_before_the_first_was_made_up_for_keeps_the_first_mark() -> None:
    ear = stalled(beat_first=False)
    ear.waiting = 0
    ear.runs(2)
    assert not ear.listening.behind
    ear.passes(10)
    ear.waiting = 2
    ear.beats(stalled=True)
    ear.reads()
    assert ear.mark == 1.0
    assert ear.listening.behind


def test_a_stall_does_not_take_back_what_was_heard_before_its_last_beat() -> None:
    """However long ago the frame before that was."""
    ear = Ear()
    ear.runs(400)
    ear.passes(0.1)
    ear.reads()
    ear.passes(30)
    ear.beats(stalled=True)
    assert ear.mark == 100.0


def test_half_a_second_is_no_stall() -> None:
    ear = Ear()
    ear.runs(4)
    ear.passes(STALL)
    ear.reads()
    assert ear.mark == 1.5


def test_the_first_frame_after_a_stall_is_known_before_the_beat() -> None:
    ear = Ear()
    ear.runs(4)
    ear.reads()
    ear.passes(STALL + 0.01)
    ear.reads()
    assert ear.listening.behind
    assert ear.mark == 1.0


TINY = 1e-6
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(1, 6)),
        st.tuples(st.just("stall"), st.sampled_from((0.6, 2.0, 60.0))),
        st.tuples(st.just("read"), st.integers(1, 3)),
    ),
    max_size=30,
)


@given(happenings=HAPPENINGS, beat_first=st.booleans())
def test_the_mark_is_a_moment_at_which_all_that_had_come_was_read(
    happenings: list[tuple[str, float]], *, beat_first: bool
) -> None:
    """It goes back by half a second at most, and lies neither in a stall nor behind the last frame or an unread one."""
    ear, before = Ear(), 0.0
    stalls: list[tuple[float, float]] = []
    arrived: list[float] = []
    for what, number in happenings:
        match what:
            case "run":
                ear.runs(int(number))
            case "read":
                for _ in range(int(number)):
                    ear.passes(0.01)
                    ear.reads()
                    arrived = arrived[1:]
            case "stall":
                begin = ear.now
                ear.passes(number)
                stalls.append((begin, ear.now))
                arrived += [begin + 0.1, begin + 0.2]
                ear.waiting = len(arrived)
                if not beat_first:
                    ear.reads()
                    arrived = arrived[1:]
                ear.beats(stalled=True)
        ear.waiting = len(arrived)
        assert before - STALL - TINY <= ear.mark <= ear.now + TINY
        assert ear.mark <= (ear.heard_ns - moment(0)) / SECOND_NS + TINY
        assert not any(begin + TINY < ear.mark < end - TINY for begin, end in stalls)
        assert not arrived or ear.mark <= arrived[0] + TINY
        before = ear.mark
