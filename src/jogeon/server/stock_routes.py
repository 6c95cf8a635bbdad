"""ka10099 and ka10095 (names and prices of stocks) as the broker answers them, over anybody who knows stocks."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jogeon.errors import TokenRefused
from jogeon.server.http import raw_body
from jogeon.wire import stocks
from jogeon.wire.messages import Refusal
from jogeon.wire.stocks import ListedStock, PricedStock

WRONG_REQUEST = 2
"""The broker's small return_code where the request itself is wrong."""
TOO_MANY = 5
"""The same where there are too many requests; HTTP's own status is then 429."""
NO_API = Refusal("1501", "API ID가 Null이거나 값이 없습니다")
UNKNOWN_API = Refusal("1504", "해당 URI에서는 지원하는 API ID가 아닙니다")
NO_VALUE = Refusal("1511", "필수 입력 값에 값이 존재하지 않습니다. 필수입력 파라미터를 확인바랍니다")
NO_SUCH_PAGE = Refusal("1517", "입력 값의 형식이 올바르지 않습니다. next-key를 확인바랍니다")
NO_SUCH_MARKET = Refusal("1901", "시장 코드값이 존재하지 않습니다")
BAD_TOKEN = "8005", "Token이 유효하지 않습니다"


class NamesPage(Struct, frozen=True):
    """One page of a market's stocks; `next_key` asks for the next one, "" if there is none."""

    stocks: Sequence[ListedStock]
    next_key: str = ""


class StockBackend(Protocol):
    """Who answers. `key` is whose token a request came with, as `owner` says."""

    def owner(self, token: str) -> str | None:
        """Return the key a token stands for, None if it is not valid."""

    async def names(self, key: str, market: str, next_key: str) -> NamesPage | Refusal:
        """Return a page of the stocks of a market; the first one for an empty `next_key`."""

    async def prices(self, key: str, codes: Sequence[str]) -> Sequence[PricedStock] | Refusal:
        """Return the prices of stocks; a code, which may end in _NX or _AL, that is not known is left out."""


def stock_routes(backend: StockBackend) -> list[Route]:
    """Return `POST /api/dostk/stkinfo`. Refusals are HTTP 200 with a return_code, but 429 for too many requests."""

    async def answer(request: Request) -> Response:
        key = _caller(backend, request.headers.get("authorization", ""))
        body = await raw_body(request)
        match request.headers.get("api-id", "").strip():
            case stocks.NAMES:
                return await _names(backend, key, body, _page_asked(request))
            case stocks.PRICES:
                return await _prices(backend, key, body)
            case "":
                return _refused(NO_API)
        return _refused(UNKNOWN_API)

    return [Route(stocks.PATH, answer, methods=["POST"])]


def _caller(backend: StockBackend, authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    key = backend.owner(token.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        code, text = BAD_TOKEN
        raise TokenRefused(code=code, text=text)
    return key


def _page_asked(request: Request) -> str:
    """Return the key of the page that is asked for, "" for the first."""
    return request.headers.get("next-key", "").strip() if request.headers.get("cont-yn", "").strip() == "Y" else ""


async def _names(backend: StockBackend, key: str, body: bytes, next_key: str) -> Response:
    market = stocks.decode_names_request(body)
    if market is None:
        return _refused(NO_SUCH_MARKET)
    if not (next_key.isascii() and next_key.isprintable()):  # no broker gave it, and none can be asked for it
        return _refused(NO_SUCH_PAGE)
    page = await backend.names(key, market, next_key)
    if isinstance(page, Refusal):
        return _refused(page)
    return _answer(stocks.encode_names(page.stocks), stocks.NAMES, page.next_key)


async def _prices(backend: StockBackend, key: str, body: bytes) -> Response:
    codes = stocks.decode_prices_request(body)
    if codes is None:
        return _refused(NO_VALUE)
    priced = await backend.prices(key, codes)
    if isinstance(priced, Refusal):
        return _refused(priced)
    return _answer(stocks.encode_prices(priced), stocks.PRICES)


def _answer(body: bytes, api: str, next_key: str = "") -> Response:
    headers = {"api-id": api, "cont-yn": "Y" if next_key else "N", "next-key": next_key}
    return Response(body, headers=headers, media_type="application/json;charset=UTF-8")


def _refused(refusal: Refusal) -> Response:
    body = stocks.encode_refusal(refusal.code, refusal.text, TOO_MANY if refusal.busy else WRONG_REQUEST)
    return Response(body, 429 if refusal.busy else 200, media_type="application/json;charset=UTF-8")
