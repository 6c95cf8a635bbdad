"""What the hub answers over HTTP: how it goes, and its numbered stream."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from jogeon.errors import JournalError, PositionError
from jogeon.hub.metrics import load, metrics
from jogeon.hub.tokens import HubTokens
from jogeon.journal.following import Numbered
from jogeon.journal.position import Position
from jogeon.journal.relay import Cursor
from jogeon.server.http import host_of, in_turn, json_response, one_a_turn
from jogeon.visible import json_bytes

MOST_EVENTS = 10_000
"""The largest `limit`."""
USUAL_EVENTS = 1_000
"""The `limit` of a request that names none."""
PIECE = 0.002
"""Seconds of work on an answer before everybody else has a turn."""
WANTED = "a token of this hub is wanted, as Authorization: Bearer …"


class View(Protocol):
    """What the routes read of a hub; all is called in its loop."""

    def status(self) -> dict[str, object]:
        """Return how it goes, as `jogeon hub status` prints it."""

    def cursor(self, after: Position | None = None) -> Cursor:
        """Return a place in the numbered stream: behind a position, else at its end."""


Endpoint = Callable[[Request], Awaitable[Response]]


def hub_routes(view: View, tokens: HubTokens, wrong: Callable[[str], float]) -> list[Route]:
    """Return `GET /hub/status`, `/metrics`, `/hub/events?after=POSITION&limit=N`: lines of JSON, as `history events`.

    409 with `{"error", "next"}` for a position that was pruned, or is of another journal. A hub that does not let
    everybody in answers 401 without a good token (`Authorization: Bearer …`). `wrong` is told the host that sent a bad
    one, and returns after how many seconds it is answered.
    """
    turn, reading = asyncio.Lock(), asyncio.Lock()

    def known(endpoint: Endpoint, *, events: bool = False) -> Endpoint:
        return _guarded(endpoint, tokens, wrong, events=events)

    async def status(request: Request) -> Response:
        del request
        return await in_turn(lambda: json_response(view.status()), turn)

    async def events(request: Request) -> Response:
        after = _position(request.query_params)
        limit = _limit(request.query_params)
        cursor = view.cursor(after)
        try:
            async with reading:  # several threads that read together keep the loop from running
                found = await _next(cursor, limit)
        except PositionError as error:
            following = None if error.next is None else str(error.next)
            return json_response({"error": str(error), "next": following}, 409)
        except JournalError as error:
            return json_response({"error": str(error)}, 503)
        finally:
            await cursor.close()
        return StreamingResponse(one_a_turn(_lines(found), turn), media_type="application/x-ndjson")

    async def numbers(request: Request) -> Response:
        await asyncio.to_thread(load)
        body, kind = await in_turn(lambda: metrics(view.status(), request.headers.get("accept", "")), turn)
        return Response(body, headers={"content-type": kind})

    return [
        Route("/hub/status", known(status)),
        Route("/hub/events", known(events, events=True)),
        Route("/metrics", known(numbers)),
    ]


def _guarded(endpoint: Endpoint, tokens: HubTokens, wrong: Callable[[str], float], *, events: bool) -> Endpoint:
    """Return an endpoint for programs that are let in; `events`: for those that may read the stream."""

    async def guarded(request: Request) -> Response:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        program = tokens.program(token.strip()) if kind.lower() == "bearer" else None
        if program is None and tokens.closed:
            await asyncio.sleep(wrong(host_of(request)) if token else 0.0)
            raise HTTPException(401, WANTED, {"WWW-Authenticate": "Bearer"})
        if program is not None and events and program.may == "search":
            raise HTTPException(403, "this token may only search")
        return await endpoint(request)

    return guarded


async def _next(cursor: Cursor, limit: int) -> list[Numbered]:
    """Return so many events, fewer if there are no more."""
    found: list[Numbered] = []
    while len(found) < limit and (more := await cursor.available(limit - len(found))):
        found += more
    return found


def _lines(found: Iterable[Numbered]) -> Iterator[bytes]:
    """Yield events as lines of JSON, as many at a time as are made in PIECE."""
    made, since = b"", time.perf_counter()
    for epoch, n, event in found:
        made += json_bytes(event.fields() | {"epoch": epoch, "n": n}) + b"\n"
        if time.perf_counter() - since > PIECE:
            yield made
            made, since = b"", time.perf_counter()
    yield made


def _position(asked: Mapping[str, str]) -> Position:
    try:
        return Position.parse(asked.get("after", "0:0"))
    except ValueError as error:
        raise HTTPException(400, str(error)) from None


def _limit(asked: Mapping[str, str]) -> int:
    text = asked.get("limit", str(USUAL_EVENTS))
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= MOST_EVENTS):
        raise HTTPException(400, f"limit must be a number from 1 to {MOST_EVENTS}")
    return int(text)
