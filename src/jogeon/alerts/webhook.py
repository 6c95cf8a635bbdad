"""A webhook: each alert as one JSON object, POSTed to an address of the user's."""

from msgspec import Struct

from jogeon.alerts.outbox import AlertRow, Message
from jogeon.alerts.targets import Later, Outcome, Refused, Sent, retry_after
from jogeon.errors import CouldNotConnect
from jogeon.events import korean
from jogeon.masks import hide_address
from jogeon.reports import Report
from jogeon.visible import json_bytes
from jogeon.web import exchange

COME_BACK = {408, 425, 429}
"""Answers that ask to come back, among those that say the request is wrong."""


def as_object(row: AlertRow) -> dict[str, object]:
    """Return an alert as the object that webhooks and commands get, and that a dry run prints."""
    fields: dict[str, object] = {
        "alert": row.id,
        "rule": row.rule,
        "condition": {"seq": row.seq, "name": row.condition},
        "code": row.code or None,
        "name": row.name,
        "event": row.event,
        "trigger": row.trigger,
        "due": korean(row.due_ns).isoformat(timespec="microseconds"),
        "text": row.text,
    }
    return fields | {"codes": list(row.codes)} if row.codes else fields


def as_json(row: AlertRow) -> bytes:
    """Return that object as one line of JSON, fit for a terminal."""
    return json_bytes(as_object(row))


class Webhook(Struct):
    """An address that takes alerts; `url` may hold a secret."""

    url: str
    proxy: str | None = None
    digests: bool = False
    spacing: float = 0.0

    def __post_init__(self) -> None:
        hide_address(self.url)

    def __repr__(self) -> str:
        return "Webhook(…)"

    async def send(self, message: Message) -> Outcome:
        """Send one alert; `Idempotency-Key` lets the other side drop what it has already."""
        row = message.rows[0]
        headers = {"Content-Type": "application/json", "Idempotency-Key": row.id}
        try:
            response = await exchange("POST", self.url, lambda: as_json(row), headers=headers, proxy=self.proxy)
        except CouldNotConnect as error:
            return Later(error.report, reached=False)
        if 200 <= response.status < 300:
            return Sent()
        reason = Report("HTTP", text=str(response.status))
        if response.status in COME_BACK:
            return Later(reason, retry_after(response))
        return Refused(reason) if 400 <= response.status < 500 else Later(reason, retry_after(response))
