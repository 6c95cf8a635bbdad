"""When a target wants to be asked again."""

import pytest

from jogeon.alerts.targets import retry_after
from jogeon.web import Response


@pytest.mark.parametrize(
    ("said", "seconds"), [("3", 3.0), ("0", 0.0), ("-5", 0.0), ("", None), ("Fri, 27 Nov 2026 09:00:00 GMT", None)]
)
def test_a_retry_after_that_is_a_number(said: str, seconds: float | None) -> None:
    assert retry_after(Response(429, {"retry-after": said}, b"")) == seconds


def test_none_is_none() -> None:
    assert retry_after(Response(429, {}, b"")) is None
