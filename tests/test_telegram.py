"""A bot's message, against a stand-in that limits, fails, hangs and says no."""

import pytest

from jogeon.alerts.outbox import Message
from jogeon.alerts.targets import Later, Refused, Sent
from jogeon.alerts.telegram import Telegram
from jogeon.reports import Report
from phone import answer, phone
from test_outbox import row

TOKEN = "123456:made-up-token"


def telegram(url: str) -> Telegram:
    return Telegram(token=TOKEN, chat="42", api=url)


async def test_a_message_is_plain_text() -> None:
    async with phone() as there:
        text = "<b>가상</b> *전자* _005930_"
        assert await telegram(there.url).send(Message((row(silent=True),), text)) == Sent()
    (heard,) = there.heard
    assert heard.path == f"/bot{TOKEN}/sendMessage"
    assert heard.body == {"chat_id": "42", "text": text, "disable_notification": True}


def http(text: str) -> Report:
    """Return the reason that an answer of HTTP is."""
    return Report("HTTP", text=text)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (
            answer(429, {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 7200}}),
            Later(http("429 Too Many Requests"), 7200.0),
        ),
        (answer(429, {"ok": False}, "Retry-After: 3"), Later(http("429"), 3.0)),
        (answer(400, {"ok": False, "description": "chat not found"}), Refused(http("400 chat not found"))),
        (answer(401, {"ok": False, "description": "Unauthorized"}), Later(http("401 Unauthorized"))),
        (answer(500, {"ok": False}), Later(http("500"))),
        (answer(200, {"ok": False}), Later(http("200"))),
        (answer(502, b"<html>Bad Gateway</html>"), Later(Report("not Telegram", number=502))),
        (answer(200, b"<html>a hotel's page</html>"), Later(Report("not Telegram", number=200))),
    ],
)
async def test_what_the_service_answers(given: bytes, outcome: object) -> None:
    async with phone(given) as there:
        assert await telegram(there.url).send(Message((row(),), "가")) == outcome


async def test_a_reset_and_a_silence_are_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.web.REPLY_TIMEOUT", 0.2)
    async with phone(None, 60.0) as there:
        for _ in range(2):
            outcome = await telegram(there.url).send(Message((row(),), "가"))
            assert isinstance(outcome, Later)
            assert TOKEN not in str(outcome.reason)


def test_the_token_is_shown_nowhere() -> None:
    assert TOKEN not in repr(telegram("https://x"))
