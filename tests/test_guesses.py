"""Whoever presents many wrong tokens waits."""

from __future__ import annotations

from jogeon.hub.guesses import FREE, MOST, PAUSE, WITHIN, Guesses


def test_the_first_ones_are_refused_at_once_and_further_ones_later() -> None:
    guesses = Guesses()
    assert [guesses.wrong("a", at) for at in range(FREE)] == [0.0] * FREE
    assert [guesses.wrong("a", at) for at in range(FREE, 3 * FREE)] == [PAUSE] * (2 * FREE)
    assert guesses.wrong("b", FREE) == 0.0


def test_what_was_long_ago_counts_no_more() -> None:
    guesses = Guesses()
    for at in range(FREE + 1):
        guesses.wrong("a", at)
    assert guesses.wrong("a", WITHIN) == PAUSE
    assert guesses.wrong("a", 3 * WITHIN) == 0.0


def test_only_so_many_hosts_are_remembered() -> None:
    guesses = Guesses()
    for _ in range(FREE + 1):
        guesses.wrong("busy", 0.0)
    for host in range(MOST - 1):
        guesses.wrong(str(host), 0.0)
    assert guesses.wrong("busy", 0.0) == PAUSE
    for host in range(MOST):
        guesses.wrong(str(host), 0.0)
    assert guesses.wrong("busy", 0.0) == 0.0
