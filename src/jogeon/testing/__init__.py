"""A scripted broker for the tests of anybody's program: what it has, says and does wrong is what the test tells it.

`with Broker({"급등주": ["005930"]}) as broker:` listens on this machine; `jogeon.connect(broker.url)`, or any other
program of the wire, talks to it. `from jogeon.testing import broker` is the same as a pytest fixture. It is written
from the wire's own description and shares no code with client, server and simulator.
"""

from typing import TYPE_CHECKING

from jogeon.testing.book import End
from jogeon.testing.links import Request
from jogeon.testing.moments import Moment
from jogeon.testing.serving import Broker
from jogeon.testing.words import Quote

if TYPE_CHECKING:
    from jogeon.testing.fixture import broker

__all__ = ["Broker", "End", "Moment", "Quote", "Request", "broker"]

if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        """Import pytest only for its fixture: a Broker needs none."""
        if name != "broker":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from jogeon.testing.fixture import broker

        return broker
