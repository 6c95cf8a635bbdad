"""When a client returns: soon, slowly, after a session was taken, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jogeon.errors import ConnectionLost, JogeonError, LoginRefused, SessionTaken
from jogeon.live.retry import FIRST_RETRY, LIFE, SLOW_RETRY
from jogeon.live.returning import OWN_LOGIN, Returning

if TYPE_CHECKING:
    from collections.abc import Iterable

LOST = ConnectionLost("broke off")
TAKEN = SessionTaken(code="R10001", text="taken")


class Case:
    """The longest pauses there can be, and how often it was told that the session was taken."""

    def __init__(self, taken_pauses: Iterable[float] = ()) -> None:
        self.told = 0
        self.returning = Returning(lambda _, high: high, taken_pauses, self._tell)

    def _tell(self, cause: SessionTaken) -> None:
        assert cause is TAKEN
        self.told += 1

    def pauses(self, cause: JogeonError, number: int = 1, now: float = 1_000.0) -> list[float]:
        return [self.returning.pause(cause, now) for _ in range(number)]


def test_pauses_grow_until_a_session_has_lived() -> None:
    case = Case()
    assert case.pauses(LOST, 3) == [FIRST_RETRY, 1.0, 2.0]
    assert not case.returning.lived(LIFE - 0.1)
    assert case.pauses(LOST) == [4.0]
    assert case.returning.lived(LIFE)
    assert case.pauses(LOST) == [FIRST_RETRY]


def test_what_passes_slowly_is_tried_slowly_and_what_does_not_is_raised() -> None:
    case = Case()
    assert case.pauses(LoginRefused(code="8005", text="")) == [SLOW_RETRY[1]]
    fatal = LoginRefused(code="8001", text="")
    with pytest.raises(LoginRefused) as raised:
        case.pauses(fatal)
    assert raised.value is fatal


def test_a_session_that_was_taken_is_taken_back_as_often_as_there_are_pauses() -> None:
    case = Case((300.0, 600.0))
    assert case.pauses(TAKEN, 2) == [300.0, 600.0]
    with pytest.raises(SessionTaken):
        case.pauses(TAKEN)
    assert case.told == 3


@pytest.mark.parametrize(("later", "own"), [(OWN_LOGIN, True), (OWN_LOGIN + 1, False)])
def test_a_login_of_ours_that_was_given_up_may_have_taken_it_once(later: float, *, own: bool) -> None:
    case = Case((300.0,))
    case.returning.gave_up(1_000.0)
    assert case.pauses(TAKEN, now=1_000.0 + later) == [FIRST_RETRY if own else 300.0]
    assert case.told == (not own)
    if own:
        assert case.pauses(TAKEN, now=1_000.0 + later) == [300.0]
