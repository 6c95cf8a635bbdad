"""What a connection tells its owner: the supervisor takes all of it."""

from __future__ import annotations

from jogeon.live.receiving import Receiver
from jogeon.live.supervisor import Supervisor


def test_a_supervisor_takes_all_that_a_connection_tells() -> None:
    told = {name for name in vars(Receiver) if name.startswith("on_")}
    assert {"on_answer", "on_lost", "on_unreadable"} <= told
    assert {name for name in told if not hasattr(Supervisor, name)} <= {"on_pushes"}  # set for each, without a step
