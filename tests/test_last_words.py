"""The last words of a broker: a fatal notice is the cause of the close behind it, other words stand beside it."""

from __future__ import annotations

from jogeon.errors import ConnectionLost, RequestTimeout, SessionTaken
from jogeon.live.last_words import LastWords
from jogeon.wire import messages
from jogeon.wire.messages import System

LOST = ConnectionLost("broke off")
SILENT = RequestTimeout("LOGIN", 10.0)


def test_without_words_an_error_is_its_own_cause() -> None:
    words = LastWords()
    assert words.cause(LOST) is LOST
    assert words.detail(LOST) == "broke off"
    assert words.detail(SILENT) == str(SILENT)


def test_a_session_that_is_taken_is_the_cause() -> None:
    words = LastWords()
    words.system(System(messages.TAKEN, "taken elsewhere"))
    cause = words.cause(LOST)
    assert isinstance(cause, SessionTaken)
    assert (cause.code, cause.text) == (messages.TAKEN, "taken elsewhere")


def test_another_fatal_notice_is_the_cause_too() -> None:
    words = LastWords()
    code = next(iter(messages.FATAL_SYSTEM_CODES - {messages.TAKEN}))
    words.system(System(code, "no echo"))
    cause = words.cause(LOST)
    assert isinstance(cause, ConnectionLost)
    assert (cause.code, cause.close_code) == (code, 1000)
    assert words.detail(cause) == "no echo"


def test_other_words_stand_beside_the_cause_and_the_last_ones_count() -> None:
    words = LastWords()
    words.system(System("N00001", "maintenance soon"))
    assert words.cause(LOST) is LOST
    assert words.detail(LOST) == "broke off: [N00001] maintenance soon"
    words.said("[1999] an error")
    words.said("")
    assert words.detail(LOST) == "broke off: [1999] an error"
