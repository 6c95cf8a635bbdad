"""Switches that cannot be, and what of them concerns the server."""

from __future__ import annotations

from typing import Any

import pytest

from jogeon.errors import InvalidAddress
from jogeon.server import Settings
from jogeon.simulator.switches import Switches


def test_the_defaults_are_the_brokers() -> None:
    assert Switches().settings() == Settings()


def test_the_server_gets_what_concerns_it() -> None:
    switches = Switches(ping=1, ping_deadline=2, login_deadline=3, side_by_side=True, fragment=4, bare_ping=True)
    assert switches.settings() == Settings(
        ping=1, ping_deadline=2, login_deadline=3, exclusive=False, fragment=4, bare_ping=True
    )


@pytest.mark.parametrize(
    "wrong",
    [{"page_size": 0}, {"ping": 0}, {"ping": float("nan")}, {"login_deadline": -1}, {"max_rate": -1}, {"pause": 1e30}],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidAddress, match=next(iter(wrong))):
        Switches(**wrong)
