"""How a client behaves if nobody says otherwise."""

import random
import time

from jogeon.live.opening import open_connection
from jogeon.live.policy import TAKEN_PAUSES, Policy


def test_by_default_it_is_patient_and_gives_way() -> None:
    policy = Policy()
    assert (policy.recheck, policy.pace, policy.on_taken) == (600.0, 5, "stop")


def test_by_default_clocks_chance_and_sockets_are_the_real_ones() -> None:
    policy = Policy()
    assert policy.wall is time.time_ns
    assert policy.uniform == random.uniform
    assert policy.dial == open_connection


def test_two_programs_that_want_one_session_do_not_kick_each_other_for_ever() -> None:
    assert tuple(300.0 * 2**n for n in range(5)) == TAKEN_PAUSES
