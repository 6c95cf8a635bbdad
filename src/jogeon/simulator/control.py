"""What a test asks of the simulator over HTTP: the truth, and faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.routing import Route

from jogeon.rest import json_object, json_response
from jogeon.simulator.faults import InvalidFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response


def control_routes(
    since: Callable[[int], dict[str, Any]], order: Callable[[dict[str, Any]], dict[str, Any]]
) -> list[Route]:
    """Return `GET /simulator/truth?since=N` and `POST /simulator/faults`, which answers with what is on now."""

    async def truth(request: Request) -> Response:
        number = request.query_params.get("since", "0")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise HTTPException(400, "since must be a number from 0 on")
        return json_response(since(int(number)))

    async def faults(request: Request) -> Response:
        try:
            return json_response(order(await json_object(request)))
        except InvalidFault as error:
            raise HTTPException(400, str(error)) from None

    return [Route("/simulator/truth", truth), Route("/simulator/faults", faults, methods=["POST"])]
