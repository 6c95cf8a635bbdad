"""au10001 and au10002 (접근토큰 발급, 폐기) as the broker answers them, over any issuer of tokens."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jogeon.errors import TokenRefused
from jogeon.server.http import host_of, json_object, json_response, text_field

DONE = "정상적으로 처리되었습니다"
LONGEST_KEY = 256
"""Characters of a key, several times those of the broker's: an issuer keeps the keys it gave tokens to."""


class Issuer(Protocol):
    """Who issues tokens. Both methods raise TokenRefused with the broker's code and words."""

    def issue(self, appkey: str, secretkey: str) -> tuple[str, str]:
        """Return a token and when it expires (yyyyMMddHHmmss, Korean time); the same one as long as it is valid."""

    def revoke(self, appkey: str, token: str) -> None:
        """End the validity of a token."""


def token_routes(issuer: Issuer, refused: Callable[[str], float] = lambda _: 0.0) -> list[Route]:
    """Return `POST /oauth2/token` and `/oauth2/revoke`; a refusal is HTTP 200 with a return_code, as the broker's.

    `refused` is told the host that presented wrong keys, and returns in how many seconds it hears of that.
    """

    async def issue(request: Request) -> Response:
        fields = await json_object(request)
        _check_grant(text_field(fields, "grant_type"))
        keys = _keys(fields)
        try:
            token, expires_dt = issuer.issue(*keys)
        except TokenRefused:
            await asyncio.sleep(refused(host_of(request)))
            raise
        reply = {"expires_dt": expires_dt, "token_type": "bearer", "token": token}
        return json_response(reply | {"return_code": 0, "return_msg": DONE})

    async def revoke(request: Request) -> Response:
        fields = await json_object(request)
        appkey, _ = _keys(fields)
        issuer.revoke(appkey, text_field(fields, "token"))
        return json_response({"return_code": 0, "return_msg": DONE})

    return [Route("/oauth2/token", issue, methods=["POST"]), Route("/oauth2/revoke", revoke, methods=["POST"])]


def _check_grant(kind: str) -> None:
    if kind != "client_credentials":
        raise TokenRefused(code="8012" if kind else "8011", text="grant_type의 값이 맞지 않습니다")


def _keys(fields: dict[str, Any]) -> tuple[str, str]:
    appkey, secretkey = text_field(fields, "appkey"), text_field(fields, "secretkey")
    if not appkey.strip() or not secretkey.strip():
        raise TokenRefused(code="8020", text="입력파라미터로 appkey 또는 secretkey가 들어오지 않았습니다")
    if max(len(appkey), len(secretkey)) > LONGEST_KEY:
        raise TokenRefused(code="8001", text="App Key와 Secret Key 검증에 실패했습니다")
    return appkey, secretkey
