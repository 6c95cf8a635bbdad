"""Tests of a strategy with a scripted broker: a quiet day, an outage, a busy broker, a session that is taken over.

python -m pytest examples/test_strategy.py
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

import jogeon
from jogeon import sync
from jogeon.testing import Broker, broker  # noqa: F401  # pytest finds the fixture here

NAME = "급등주"
CLOSING = "999999"


def strategy(url: str) -> list[str]:
    """Buy what enters while we look on; stop when the code for the closing bell enters."""
    bought = []
    with sync.connect(url) as kiwoom, kiwoom.watch(NAME) as watch:
        for event in watch:
            match event:
                case jogeon.Enter(code=code) if code == CLOSING:
                    break
                case jogeon.Enter(code=code, origin="live"):
                    bought.append(code)
    return bought


@pytest.fixture
def running(broker: Broker) -> Iterator["Future[list[str]]"]:  # noqa: F811
    """Start the strategy; the test begins once the broker has its registration."""
    broker.add(NAME, ["005930"])
    with ThreadPoolExecutor() as pool:
        future = pool.submit(strategy, broker.url)
        broker.registered(NAME).wait()
        yield future


def test_what_is_in_already_is_not_bought(broker: Broker, running: "Future[list[str]]") -> None:  # noqa: F811
    """The snapshot shows 005930, but nobody saw it enter."""
    broker.enter(NAME, "000660")
    broker.enter(NAME, CLOSING)
    assert running.result(5) == ["000660"]


def test_what_entered_during_an_outage_is_not_bought(broker: Broker, running: "Future[list[str]]") -> None:  # noqa: F811
    """Its moment has passed: it comes as recovered."""
    broker.drop()
    broker.enter(NAME, "000660")
    broker.registered(NAME).wait()
    broker.enter(NAME, "035720")
    broker.enter(NAME, CLOSING)
    assert running.result(5) == ["035720"]


def test_a_busy_broker_costs_nothing(broker: Broker, running: "Future[list[str]]") -> None:  # noqa: F811
    """A login that is answered after a second, and pushes that come twice."""
    broker.delay("LOGIN", 1.0)
    broker.double("REAL", times=None)
    broker.close(1000)
    broker.registered(NAME).wait()
    broker.enter(NAME, "000660")
    broker.enter(NAME, CLOSING)
    assert running.result(5) == ["000660"]


def test_another_program_takes_the_session(broker: Broker, running: "Future[list[str]]") -> None:  # noqa: F811
    """Jogeon does not fight for the session: the strategy hears of it."""
    broker.system("R10001")
    with pytest.raises(jogeon.SessionTaken):
        running.result(5)
