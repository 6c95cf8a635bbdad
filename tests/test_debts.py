"""What is owed on a connection: nothing is asked under a seq while the reply for another condition may yet come."""

import pytest

from jogeon.live.debts import LONGEST, Debt, Debts
from jogeon.wire.messages import Clear, ListConditions, Register, Request, Search

RISE, PEAK = "급등주", "신고가 돌파"
PATIENCE = 5.0


class Owing:
    """A connection that owes replies; seq 2 is 급등주's until `moves`, and 신고가 돌파's from then on."""

    def __init__(self, *requests: Request, at: float = 0.0) -> None:
        self._names = {"2": RISE, "7": PEAK}
        self.debts = Debts(self._name_of)
        for request in requests:
            self.debts.timed_out(request, PATIENCE, at)

    def _name_of(self, seq: str) -> str | None:
        return self._names.get(seq)

    def moves(self) -> None:
        self._names = {"7": RISE, "2": PEAK}

    def waits(self, request: Request, at: float = 0.0) -> bool:
        return self.debts.confused(request, at) is not None


@pytest.mark.parametrize(
    ("owed", "asked", "waits"),
    [
        (Search("2"), Search("2"), True),
        (Register("2"), Search("2"), True),
        (Register("2"), Register("2"), True),
        (Search("2"), Register("2"), False),  # a page is told from a snapshot by its shape
        (Search("2"), Search("7"), False),
        (Register("7"), Register("2"), False),
        (Register("2"), Clear("2"), False),
        (Clear("2"), Register("2"), False),
        (ListConditions(), Search("2"), False),
    ],
)
def test_what_waits_for_the_reply_that_another_condition_is_owed_under_its_seq(
    owed: Request, asked: Request, *, waits: bool
) -> None:
    owing = Owing(owed)
    owing.moves()
    assert owing.waits(asked) is waits


@pytest.mark.parametrize("asked", [Search("2"), Register("2")])
def test_the_same_condition_is_asked_for_again_at_once(asked: Request) -> None:
    assert not Owing(asked).waits(asked)


@pytest.mark.parametrize(("owed", "asked"), [(Search("2", "N"), Search("2")), (Register("2"), Register("2", "N"))])
def test_what_is_asked_on_one_exchange_waits_for_the_reply_from_another(owed: Request, asked: Request) -> None:
    assert Owing(owed).waits(asked)


def test_a_debt_ends_a_while_after_its_time() -> None:
    owing = Owing(Register("2"), at=5.0)
    owing.moves()
    assert owing.debts.confused(Register("2"), 5.0) == Debt(Register("2"), RISE, PATIENCE, 5.0 + LONGEST)
    assert owing.waits(Register("2"), 4.9 + LONGEST)
    assert not owing.waits(Register("2"), 5.0 + LONGEST)


def test_each_of_two_requests_alike_is_owed_its_own_reply() -> None:
    one, other = Search("2"), Search("2")
    owing = Owing(one, other)
    owing.moves()
    paid = owing.debts.late(one)
    assert paid is not None
    assert paid.request is one
    assert owing.waits(Search("2"))
    owing.debts.late(other)
    assert not owing.waits(Search("2"))


def test_a_late_reply_to_what_is_owed_no_more_pays_nothing() -> None:
    owing = Owing(Register("2"))
    assert owing.debts.late(Register("2")) is None


def test_another_connection_owes_nothing() -> None:
    owing = Owing(Register("2"))
    owing.debts.begin()
    owing.moves()
    assert not owing.waits(Register("2"))
