"""The chats of a bot, from what it heard lately."""

import pytest

from jogeon.alerts.chats import Chat, chats_of
from jogeon.errors import AlertRefused, AlertUnreachable
from phone import answer, phone

TOKEN = "123456:made-up-token"
HEARD = [
    {"update_id": 1, "message": {"text": "hi", "chat": {"id": 42, "first_name": "길동", "last_name": "홍"}}},
    {"update_id": 2, "channel_post": {"chat": {"id": -1001, "title": "신호방", "username": "signals"}}},
    {"update_id": 3, "message": {"text": "again", "chat": {"id": 42, "first_name": "길동"}}},
    {"update_id": 4, "poll": {"id": "1"}, "odd": {"chat": "no"}},
]


async def test_each_chat_is_there_once_the_last_one_first() -> None:
    async with phone(answer(200, {"ok": True, "result": HEARD})) as there:
        found = await chats_of(there.url, TOKEN, "폰")
    assert found == [Chat("42", "길동"), Chat("-1001", "신호방 @signals")]
    assert [heard.path for heard in there.heard] == [f"/bot{TOKEN}/getUpdates"]


@pytest.mark.parametrize(
    "given",
    [
        answer(401, {"ok": False, "description": "Unauthorized"}),
        answer(200, b"<html>a hotel's page</html>"),
        answer(200, {"ok": True, "result": {}}),
    ],
)
async def test_a_bot_that_is_refused(given: bytes) -> None:
    async with phone(given) as there:
        with pytest.raises(AlertRefused) as caught:
            await chats_of(there.url, TOKEN, "폰")
    assert not isinstance(caught.value, AlertUnreachable)


async def test_a_server_that_is_not_there() -> None:
    with pytest.raises(AlertUnreachable) as caught:
        await chats_of("http://127.0.0.1:1", TOKEN, "폰")
    assert TOKEN not in str(caught.value)
