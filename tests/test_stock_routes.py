"""Names and prices of stocks as the broker answers them, asked for by an ordinary HTTP client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from jogeon.server.http import Group, RestServer
from jogeon.server.server import open_door
from jogeon.server.stock_routes import NamesPage, stock_routes
from jogeon.wire.messages import Refusal
from jogeon.wire.stocks import ListedStock, PricedStock, decode_names, decode_prices

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

PATH = "/api/dostk/stkinfo"
LISTED = ListedStock("005930", "삼성전자", "0", 70_000)
PRICED = PricedStock("005930", "삼성전자", price=72_000)


class Backend:
    """Knows one stock and the token "good"; the page after the first is empty, and a third code is too many."""

    def owner(self, token: str) -> str | None:
        return "the key" if token == "good" else None

    async def names(self, key: str, market: str, next_key: str) -> NamesPage | Refusal:
        assert key == "the key"
        return NamesPage([LISTED], "more") if market == "0" and not next_key else NamesPage([])

    async def prices(self, key: str, codes: Sequence[str]) -> Sequence[PricedStock] | Refusal:
        assert key == "the key"
        return Refusal("1700", "너무 많습니다") if len(codes) > 2 else [PRICED for code in codes if code == "005930"]


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    server = RestServer([Group(stock_routes(Backend()))], open_door("127.0.0.1", 0))
    async with httpx2.AsyncClient(base_url=server.address) as client:
        yield client
    await server.stop()


async def ask(http: httpx2.AsyncClient, api: str, body: Any, **headers: str) -> httpx2.Response:
    """Ask as the guide says."""
    given = {"api-id": api, "authorization": "Bearer good"} | {
        name.replace("_", "-"): headers[name] for name in headers
    }
    answer = await http.post(PATH, json=body, headers=given)
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    return answer


async def test_names_come_in_pages_told_by_headers(http: httpx2.AsyncClient) -> None:
    first = await ask(http, "ka10099", {"mrkt_tp": "0"})
    assert decode_names(first.content) == (LISTED,)
    assert (first.headers["cont-yn"], first.headers["next-key"], first.headers["api-id"]) == ("Y", "more", "ka10099")
    last = await ask(http, "ka10099", {"mrkt_tp": "0"}, cont_yn="Y", next_key="more")
    assert decode_names(last.content) == ()
    assert (last.headers["cont-yn"], last.headers["next-key"]) == ("N", "")
    again = await ask(http, "ka10099", {"mrkt_tp": "0"}, cont_yn="N", next_key="more")
    assert decode_names(again.content) == (LISTED,)


@pytest.mark.parametrize("key", ["더", "\xff99", "a\tb"])
async def test_a_key_of_a_page_that_no_header_bears_is_refused(http: httpx2.AsyncClient, key: str) -> None:
    given = {"api-id": "ka10099", "authorization": "Bearer good", "cont-yn": "Y", "next-key": key}
    raw = {name.encode(): value.encode() for name, value in given.items()}
    answer = await http.post(PATH, json={"mrkt_tp": "0"}, headers=raw)
    assert "1517" in answer.json()["return_msg"]


async def test_prices_are_of_the_codes_that_are_known(http: httpx2.AsyncClient) -> None:
    answer = await ask(http, "ka10095", {"stk_cd": "005930|999999"})
    assert (answer.status_code, decode_prices(answer.content)) == (200, (PRICED,))


async def test_too_many_requests_are_refused_with_429(http: httpx2.AsyncClient) -> None:
    answer = await ask(http, "ka10095", {"stk_cd": "1|2|3"})
    assert answer.status_code == 429
    assert answer.json() == {"return_code": 5, "return_msg": "너무 많습니다[1700:너무 많습니다]"}


@pytest.mark.parametrize(
    ("api", "body", "code"),
    [
        ("", {"mrkt_tp": "0"}, "1501"),
        ("ka10001", {"stk_cd": "005930"}, "1504"),
        ("ka10099", {"mrkt_tp": "77"}, "1901"),
        ("ka10099", {}, "1901"),
        ("ka10095", {"stk_cd": ""}, "1511"),
        ("ka10095", {"stk_cd": ["005930"]}, "1511"),
        ("ka10095", [], "1511"),
    ],
)
async def test_a_wrong_request_is_refused_in_the_brokers_words(
    http: httpx2.AsyncClient, api: str, body: Any, code: str
) -> None:
    answer = await ask(http, api, body)
    assert (answer.status_code, answer.json()["return_code"]) == (200, 2)
    assert f"[{code}:" in answer.json()["return_msg"]


@pytest.mark.parametrize("authorization", ["", "good", "Bearer", "Bearer bad", "Basic good"])
async def test_without_a_good_token_nothing_is_told(http: httpx2.AsyncClient, authorization: str) -> None:
    answer = await ask(http, "ka10099", {"mrkt_tp": "0"}, authorization=authorization)
    assert (answer.status_code, answer.json()["return_code"]) == (200, 3)
    assert "[8005:" in answer.json()["return_msg"]


async def test_what_is_no_text_is_met_with_words(http: httpx2.AsyncClient) -> None:
    headers = {"api-id": "ka10095", "authorization": "bearer good"}
    for body in (b"\xff", b"", b"[" * 5_000):
        answer = await http.post(PATH, content=body, headers=headers)
        assert "[1511:" in answer.json()["return_msg"]
    assert (await http.post(PATH, content=b"1" * 70_000, headers=headers)).status_code == 413
