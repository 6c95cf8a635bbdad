"""Telegram: a bot's sendMessage, as plain text, and its own words about when to come back."""

import msgspec
from msgspec import Struct

from jogeon.alerts.outbox import Message
from jogeon.alerts.targets import Later, Outcome, Refused, Sent, retry_after
from jogeon.errors import CouldNotConnect
from jogeon.masks import hide
from jogeon.reports import Report
from jogeon.web import Response, exchange
from jogeon.wire.values import NO_JSON

API = "https://api.telegram.org"
JSON = {"Content-Type": "application/json"}
WRONG_SETTING = {401, 403, 404}
"""The bot's token or the chat is wrong: the user has to act, and may do so while the alert is still news."""


class _Parameters(Struct, frozen=True):
    retry_after: float | None = None


class _Answer(Struct, frozen=True):
    ok: bool = False
    description: str = ""
    parameters: _Parameters = _Parameters()


class Telegram(Struct):
    """A chat of a bot (`POST {api}/bot{token}/sendMessage`); `token` is secret."""

    token: str
    chat: str
    api: str = API
    proxy: str | None = None
    digests: bool = True
    spacing: float = 1.0

    def __post_init__(self) -> None:
        hide(self.token)

    def __repr__(self) -> str:
        return f"Telegram({self.api!r}, {self.chat!r})"

    async def send(self, message: Message) -> Outcome:
        """Send one message; no parse_mode, so that a name with markup in it arrives as it is."""
        body = {"chat_id": self.chat, "text": message.text, "disable_notification": message.silent}
        url = f"{self.api.rstrip('/')}/bot{self.token}/sendMessage"
        try:
            response = await exchange("POST", url, lambda: msgspec.json.encode(body), headers=JSON, proxy=self.proxy)
        except CouldNotConnect as error:
            return Later(error.report, reached=False)
        return _outcome(response)


def _outcome(response: Response) -> Outcome:
    try:
        answer = msgspec.json.decode(response.body, type=_Answer)
    except NO_JSON:
        return Later(Report("not Telegram", number=response.status))
    if response.status == 200 and answer.ok:
        return Sent()
    reason = Report("HTTP", text=f"{response.status} {answer.description}".strip())
    if response.status == 429:
        return Later(reason, answer.parameters.retry_after or retry_after(response))
    if 400 <= response.status < 500 and response.status not in WRONG_SETTING:
        return Refused(reason)
    return Later(reason)
