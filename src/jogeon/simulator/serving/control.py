"""What a test asks of the simulator over HTTP: the truth, and faults."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from jogeon.errors import TokenRefused
from jogeon.server.http import json_object, json_response, one_a_turn
from jogeon.simulator.broker.faults import InvalidFault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from starlette.requests import Request

    from jogeon.events import Exchange

    Pieces = Callable[[int, int | None, Exchange], Iterator[bytes]]

NOTICE_PAGE: Final = "<html><head><title>점검 안내</title></head><body>시스템 점검 중입니다.</body></html>"
"""What the token URL shows in maintenance, with status 200 or 403."""


def refusable(
    routes: Sequence[Route], refused: Callable[[], str | None], slow: Callable[[], float] = lambda: 0.0
) -> list[Route]:
    """Return routes of the broker, which answer with a refusal while there is one: a code, or `html`, `html403`.

    `slow` are the seconds an answer takes.
    """
    return [Route(route.path, _unless(refused, slow, route.endpoint), methods=["POST"]) for route in routes]


def _unless(
    refused: Callable[[], str | None],
    slow: Callable[[], float],
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def answer_or_refuse(request: Request) -> Response:
        if seconds := slow():
            await asyncio.sleep(seconds)
        match refused():
            case None:
                return await answer(request)
            case "html" | "html403" as page:
                return Response(NOTICE_PAGE, 200 if page == "html" else 403, media_type="text/html")
            case "1700":
                text = "허용된 요청 개수를 초과하였습니다[1700:허용된 API 요청 개수를 초과하였습니다]"
                return json_response({"return_code": 5, "return_msg": text}, 429)
            case code:
                raise TokenRefused(code=code, text="요청을 처리할 수 없습니다")

    return answer_or_refuse


def control_routes(
    truth_pieces: Pieces,
    quote_pieces: Pieces,
    order: Callable[[dict[str, Any]], dict[str, Any]],
) -> list[Route]:
    """Return `GET /simulator/truth` and `/simulator/quotes`, both `?since=N&limit=M&exchange=K`, and the faults.

    `POST /simulator/faults` answers with what is on now. What may be long is written piece by piece, one of all that
    is asked for in a turn of the loop, so that it does not keep the wire waiting.
    """
    turn = asyncio.Lock()

    def long(pieces: Pieces) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            since, limit = _number(request, "since") or 0, _number(request, "limit")
            made = one_a_turn(pieces(since, limit, _exchange(request)), turn)
            return StreamingResponse(made, media_type="application/json;charset=UTF-8")

        return answer

    async def faults(request: Request) -> Response:
        try:
            return json_response(order(await json_object(request)))
        except InvalidFault as error:
            raise HTTPException(400, str(error)) from None

    return [
        Route("/simulator/truth", long(truth_pieces)),
        Route("/simulator/quotes", long(quote_pieces)),
        Route("/simulator/faults", faults, methods=["POST"]),
    ]


def _number(request: Request, name: str) -> int | None:
    """Return a parameter, None if it was not given; 400 if it is not a number."""
    text = request.query_params.get(name)
    if text is not None and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise HTTPException(400, f"{name} must be a number from 0 on")
    return None if text is None else int(text)


def _exchange(request: Request) -> Exchange:
    """Return the exchange that is asked about, KRX if none is given; 400 if there is no such."""
    match request.query_params.get("exchange", "K"):
        case "K":
            return "K"
        case "N":
            return "N"
    raise HTTPException(400, "exchange must be K or N")
