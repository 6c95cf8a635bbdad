"""Alerts as JSON objects to an address of the user's."""

import pytest

from jogeon.alerts.outbox import Message
from jogeon.alerts.targets import Later, Refused, Sent
from jogeon.alerts.webhook import Webhook, as_object
from jogeon.reports import Report
from phone import answer, phone
from test_outbox import row


async def test_an_alert_is_one_object_with_a_key_of_its_own() -> None:
    async with phone(answer(204, b"")) as there:
        assert await Webhook(f"{there.url}/hook").send(Message((row(7),), "가")) == Sent()
    (heard,) = there.heard
    assert heard.body == as_object(row(7))
    assert heard.headers["idempotency-key"] == "7"
    assert heard.body["condition"] == {"seq": "4", "name": "급등주"}


def http(text: str) -> Report:
    """Return the reason that an answer of HTTP is."""
    return Report("HTTP", text=text)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (answer(503, b"", "Retry-After: 30"), Later(http("503"), 30.0)),
        (answer(429, b""), Later(http("429"))),
        (answer(302, b"", "Location: /"), Later(http("302"))),
        (answer(410, b""), Refused(http("410"))),
    ],
)
async def test_what_the_address_answers(given: bytes, outcome: object) -> None:
    async with phone(given) as there:
        assert await Webhook(there.url).send(Message((row(),), "가")) == outcome


async def test_an_address_that_is_not_there_is_tried_later_and_not_shown() -> None:
    outcome = await Webhook("http://127.0.0.1:9/secret-path").send(Message((row(),), "가"))
    assert isinstance(outcome, Later)
    assert "secret-path" not in str(outcome.reason)
