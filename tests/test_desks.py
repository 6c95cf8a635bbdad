"""The desks of the simulated broker: who hears of which condition, through renumberings and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from jogeon.simulator.broker.desks import Desks, Held
from jogeon.wire.messages import Register

if TYPE_CHECKING:
    from jogeon.server.peer import Peer


def peer() -> Peer:
    return cast("Peer", object())


def test_a_registration_is_heard_until_it_is_stopped() -> None:
    desks, one, other = Desks(), peer(), peer()
    desks.open(one)
    desks.open(other)
    desks.register(one, "4", ("K", "4"))
    desks.register(other, "4", ("K", "4"))
    assert desks.hearing(("K", "4")) == {"4": [one, other]}
    assert desks.watching == [one, other]
    desks.unregister(one, "4")
    assert desks.hearing(("K", "4")) == {"4": [other]}
    assert desks.close(other) == ["4"]
    assert desks.watching == []
    assert not any(desks.hearing(("K", "4")).values())


def test_who_never_logged_in_leaves_nothing() -> None:
    assert Desks().close(peer()) == []


@pytest.mark.parametrize(("stays", "heard"), [(True, "7"), (False, "4")])
def test_a_renumbering_takes_registrations_along_or_not(*, stays: bool, heard: str) -> None:
    desks, one = Desks(), peer()
    desks.open(one)
    desks[one].listed = {"4": "4"}
    desks.register(one, "4", ("K", "4"))
    desks.moved({"4": "7", "7": "4"}, stays=stays)
    assert desks.hearing(("K", heard)) == {"4": [one]}
    assert desks[one].meant("4", by_list=True) == "7"
    assert desks[one].meant("4", by_list=False) == "4"


def test_a_held_snapshot_waits_for_pushes_or_for_its_moment() -> None:
    desks, one = Desks(), peer()
    desks.open(one)
    overtaken, late, held = (Held(Register(seq), [], pushes, 5.0) for seq, pushes in (("1", 0), ("2", 3), ("3", 3)))
    desks[one].held = {"1": overtaken, "2": late}
    assert desks.waiting(4.0) == [(one, overtaken)]
    desks[one].held["3"] = Held(held.request, [], 3, 9.0)
    assert desks.waiting(5.0) == [(one, late)]
    assert list(desks[one].held) == ["3"]
