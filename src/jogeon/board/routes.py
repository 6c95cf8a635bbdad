"""The routes of the board: the page, its files, its data, and the changes that it can make.

Whatever shows or changes anything wants the cookie of a browser that came by a link. `GET /?key=…` uses the link up and
gives the cookie. `POST /board/link` gives another link to a program that knows the secret of this run.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from jogeon.board.board import Board
from jogeon.board.past import stock_days, timeline
from jogeon.board.roster import iso
from jogeon.errors import AmbiguousCondition, JogeonError, JournalError, UnknownCondition
from jogeon.events import KST, korean, midnight_ns
from jogeon.server.callers import Callers
from jogeon.server.http import Group, json_object, json_response, text_field
from jogeon.times import moment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
CONTENT_TYPES = {
    "html": "text/html;charset=UTF-8",
    "js": "text/javascript;charset=UTF-8",
    "css": "text/css;charset=UTF-8",
    "svg": "image/svg+xml",
}
PAGE = files("jogeon.board") / "page"
VENDOR = PAGE / "vendor"
"""What others wrote, as they published it."""
LONGEST_KEY = 200
MOST_ALERTS = 200
LONGEST_MUTE = 24 * 60
"""Minutes: whoever mutes for ever forgets it."""

Endpoint = Callable[[Request], Awaitable[Response]]


class AlertsReader(Protocol):
    """Reads the alerts of a journal."""

    def __call__(self, path: Path, since_ns: int, most: int, /) -> list[dict[str, object]]:
        """Return the alerts due from a moment on, the last one first, as JSON shows them; JournalError."""


def board_groups(board: Board, alerts: AlertsReader | None = None) -> list[Group]:
    """Return the routes of a board: for browsers, and the one for programs that ask for a link.

    `alerts` reads the alerts of the journal; without it there are none.
    """
    routes = _Routes(board, alerts)
    shown = [
        Route("/", routes.page),
        Route("/board", routes.page),
        Route("/board/static/{name}", routes.file),
        Route("/board/state.json", routes.known(routes.state)),
        Route("/board/events", routes.known(routes.events)),
        Route("/board/timeline.json", routes.known(routes.timeline)),
        Route("/board/stock/{code}.json", routes.known(routes.stock)),
        Route("/board/stock/{code}", routes.page),
        Route("/board/timeline", routes.page),
        Route("/board/alerts.json", routes.known(routes.alerts)),
        Route("/board/alerts", routes.page),
        Route("/board/watch", routes.known(routes.watch), methods=["POST"]),
        Route("/board/mute", routes.known(routes.mute), methods=["POST"]),
        Route("/board/{condition:path}.json", routes.known(routes.condition)),
        Route("/board/{condition:path}", routes.view),
    ]
    return [
        Group([Route("/board/link", routes.link, methods=["POST"])]),
        Group(shown, Callers(pages="own")),
    ]


class _Routes:
    def __init__(self, board: Board, alerts: AlertsReader | None) -> None:
        self._board = board
        self._alerts = alerts
        paths = [path for folder in (PAGE, VENDOR) for path in folder.iterdir() if path.is_file()]
        self._files = {path.name: path.read_bytes() for path in paths}

    # ------------------------------------------------------------ who may look

    def known(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that answers only browsers that were let in."""

        async def guarded(request: Request) -> Response:
            if not self._is_known(request):
                raise HTTPException(403, "open the board by a link: jogeon board")
            answer = await endpoint(request)
            answer.headers.update(HEADERS)
            return answer

        return guarded

    def _is_known(self, request: Request) -> bool:
        cookie = request.cookies.get(_cookie_name(request))
        return cookie is not None and self._board.visitors.knows(cookie)

    async def link(self, request: Request) -> Response:
        """Give a link to a program that knows the secret."""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self._board.visitors.may_ask(secret.strip()):
            raise HTTPException(403, "only for programs that know the secret of this board")
        return json_response({"key": self._board.visitors.invite()})

    # ------------------------------------------------------------ the page

    async def page(self, request: Request) -> Response:
        """Show the page; the key of a link lets its browser in."""
        key = request.query_params.get("key", "")
        cookie = self._board.visitors.enter(key) if key and len(key) <= LONGEST_KEY and _is_opened(request) else None
        may = cookie is not None or self._is_known(request)
        answer = self._file("index.html" if may else "closed.html", 200 if may else 403)
        if cookie is not None:
            name, secure = _cookie_name(request), request.url.scheme == "https"
            answer.set_cookie(name, cookie, httponly=True, samesite="strict", secure=secure, path="/")
        return answer

    async def view(self, request: Request) -> Response:
        """Show the page with one condition."""
        if self._is_known(request) and self._board.picture.members(request.path_params["condition"]) is None:
            raise HTTPException(404, "no such view")
        return await self.page(request)

    async def file(self, request: Request) -> Response:
        """Give a file of the page."""
        name = request.path_params["name"]
        if name not in self._files:
            raise HTTPException(404, "no such file")
        tag = f'"{sha256(self._files[name]).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**HEADERS, "Cache-Control": "no-cache", "ETag": tag})
        answer = self._file(name)
        answer.headers.update({"Cache-Control": "no-cache", "ETag": tag})
        return answer

    def _file(self, name: str, status: int = 200) -> Response:
        kind = CONTENT_TYPES.get(name.rpartition(".")[2], "text/plain;charset=UTF-8")
        return Response(self._files[name], status, headers=HEADERS, media_type=kind)

    # ------------------------------------------------------------ its data

    async def state(self, _request: Request) -> Response:
        """Give everything."""
        return json_response(self._board.state())

    async def events(self, request: Request) -> Response:
        """Send what changes, behind the position that the browser names, or from now on."""
        position = request.headers.get("last-event-id") or request.query_params.get("after")
        return StreamingResponse(self._board.stream(position), media_type="text/event-stream")

    async def condition(self, request: Request) -> Response:
        """Give one condition with its members."""
        self._board.refresh()
        found = self._board.picture.members(request.path_params["condition"])
        if found is None:
            raise HTTPException(404, "no such condition")
        return json_response(found)

    async def stock(self, request: Request) -> Response:
        """Give what is known of a stock, and its day from the journal."""
        code = request.path_params["code"]
        self._board.refresh()
        known = self._board.picture.stock(code)
        past = await _read(stock_days, self._board.view.path, code, self._from_ns(request))
        return json_response(known | past)

    async def timeline(self, request: Request) -> Response:
        """Give the members of a condition over time."""
        name = request.query_params.get("condition", "")
        told = await _read(timeline, self._board.view.path, name, self._from_ns(request), self._board.wall())
        return json_response(told)

    async def alerts(self, request: Request) -> Response:
        """Give the last alerts, and whether they are sent at all."""
        told, alarms = await _read(self._listed, self._from_ns(request)), self._board.alarms
        muted = None if alarms is None else iso(alarms.muted_until_ns)
        return json_response({"on": alarms is not None, "muted_until": muted, **told})

    def _listed(self, from_ns: int) -> dict[str, Any]:
        return {"alerts": [] if self._alerts is None else self._alerts(self._board.view.path, from_ns, MOST_ALERTS)}

    def _from_ns(self, request: Request) -> int:
        """Return from when on something is asked for: a moment, by default the beginning of the day in Korea."""
        text, now_ns = request.query_params.get("from", ""), self._board.wall()
        if not text:
            return midnight_ns(now_ns)
        try:
            found = moment(text)
        except ValueError:
            raise HTTPException(400, "from must be a moment, as 09:00 or 2026-11-22T09:00") from None
        if not isinstance(found, datetime):
            found = datetime.combine(korean(now_ns).date(), found, KST)
        return int(found.timestamp() * 1e9)

    # ------------------------------------------------------------ what it can change

    async def watch(self, request: Request) -> Response:
        """Follow a condition, or no longer."""
        fields = await json_object(request)
        name, on = text_field(fields, "name"), fields.get("on")
        if not name or not isinstance(on, bool):
            raise HTTPException(400, 'the body is {"name": "…", "on": true}')
        try:
            self._board.view.watch(name, on=on)
        except (UnknownCondition, AmbiguousCondition) as error:
            raise HTTPException(404, str(error)) from None
        except JogeonError as error:
            raise HTTPException(409, str(error)) from None
        return json_response({"name": name, "on": on})

    async def mute(self, request: Request) -> Response:
        """Send no alerts for some minutes; with 0, send them again."""
        minutes = (await json_object(request)).get("minutes")
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 <= minutes <= LONGEST_MUTE:
            raise HTTPException(400, f'the body is {{"minutes": 60}}, at most {LONGEST_MUTE}; 0 ends it')
        alarms = self._board.alarms
        if alarms is None:
            raise HTTPException(409, "no alerts are sent: jogeon hub --alerts")
        alarms.mute(self._board.wall() + minutes * 60_000_000_000 if minutes else 0)
        return json_response({"muted_until": iso(alarms.muted_until_ns)})


async def _read(ask: Callable[..., dict[str, Any]], *given: object) -> dict[str, Any]:
    """Ask the journal, in a thread."""
    try:
        return await asyncio.to_thread(ask, *given)
    except UnknownCondition as error:
        raise HTTPException(404, str(error)) from None
    except JournalError as error:
        raise HTTPException(503, str(error)) from None


def _cookie_name(request: Request) -> str:
    """Return a name of this port alone: a browser sends the cookies of a host to all its ports."""
    return f"jogeon_board_{request.url.port or 0}"


def _is_opened(request: Request) -> bool:
    """Tell whether a person opens the page: what only looks ahead at a link must not use it up."""
    if request.method != "GET" or request.headers.get("sec-purpose", "").startswith("prefetch"):
        return False
    return request.headers.get("sec-fetch-dest", "document") == "document"
