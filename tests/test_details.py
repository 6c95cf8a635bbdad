"""What a State or an Anomaly has besides its text, there and back."""

from __future__ import annotations

import pytest

from jogeon.details import Counts, details_text, with_details
from jogeon.events import Anomaly, State
from jogeon.reports import Report

STATE = State(1, "reconnecting", pause=1.5, error=Report("closed", code="1000", why=Report("broke off")))


def test_details_come_back_as_they_were() -> None:
    for event in (STATE, Anomaly(1, counts=Counts(enter=3))):
        text = details_text(event)
        assert text is not None
        bare = type(event)(1, "reconnecting" if isinstance(event, State) else "")  # type: ignore[arg-type]  # its words
        assert details_text(with_details(bare, text)) == text


def test_what_has_no_details_has_no_text() -> None:
    assert details_text(State(1, "started")) is None
    assert with_details(STATE, None) is STATE


@pytest.mark.parametrize("text", ["x", "[" * 100_000, '{"pause":"x"}'])
def test_what_cannot_be_read_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever the library says
        with_details(STATE, text)
