"""How a broker answers: the rules of the wire, and the troubles that were asked for. No socket, no thread, no clock."""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Concatenate, ParamSpec, TypeVar

from jogeon.testing import words
from jogeon.testing.book import FAREWELL, NORMAL, Book, End
from jogeon.testing.conditions import Saved
from jogeon.testing.links import Link, Request, Transport
from jogeon.testing.moments import Stir
from jogeon.testing.troubles import Kind, Trouble, Troubles, subjects
from jogeon.testing.words import Message

LONGEST = 65_536
TOO_LONG = f"Max frame length of {LONGEST} has been exceeded."
TOO_BIG, FAILED = 1009, 1011
KST = timezone(timedelta(hours=9))

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Self = TypeVar("_Self", bound="Rules")


class Rules(Book):
    """The broker's side of every connection. What is called from outside takes the lock of `_stir`."""

    def __init__(self, conditions: Mapping[str, Iterable[str]]) -> None:
        super().__init__(conditions)
        self.answer: Callable[[Request], Iterable[object] | None] | None = None
        """Called for each request; what it returns is sent instead of the usual, None for the usual."""
        self.requests: list[Request] = []
        """All that was asked, PINGs aside."""
        self._troubles = Troubles()
        self._links: dict[int, Link] = {}
        self._held: list[Callable[[], None]] = []
        self._stir = Stir()
        self._failure: BaseException | None = None

    # ------------------------------------------------------------ where it runs

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something after a while, under the lock."""
        raise NotImplementedError

    def _time(self) -> float:
        """Return seconds since 1970."""
        raise NotImplementedError

    # ------------------------------------------------------------ the life of a connection

    def _opened(self, transport: Transport) -> Link:
        """Begin a connection."""
        link = Link(len(self._links) + 1, transport)
        self._links[link.number] = link
        self._expect(link, self.login_deadline, lambda: link.token is not None, words.NO_LOGIN)
        self._stir.stir()
        return link

    def _gone(self, link: Link) -> None:
        """End a connection, whoever ended it."""
        link.open = False
        self._stir.stir()

    def _end(self, link: Link, code: int | None, reason: str) -> None:
        if link.open:
            link.transport.close(code, reason)
            self._gone(link)

    def _say(self, link: Link, code: str, text: str = "") -> None:
        """Send a SYSTEM notice, and the close that follows the known ones."""
        self._send(link, [words.system(code, text or words.SYSTEM_TEXTS.get(code, ""))])
        if code in words.SYSTEM_TEXTS:
            self._end(link, NORMAL, FAREWELL)

    def _open_links(self) -> list[Link]:
        return [link for link in self._links.values() if link.open]

    def _logged_in(self, link: Link) -> None:
        for other in self._open_links():
            if self.exclusive and other is not link and other.token == link.token:
                self._say(other, words.TAKEN)
        if self.ping:
            self._later(self.ping, functools.partial(self._beat, link))

    def _beat(self, link: Link) -> None:
        if link.open and self.ping:
            if not link.frozen:
                self._send_ping(link)
            self._later(self.ping, functools.partial(self._beat, link))

    def _send_ping(self, link: Link) -> None:
        link.pings += 1
        number = link.pings
        self._send_oddly(link, words.PING, None)
        self._expect(link, self.ping_deadline, lambda: link.echoes >= number, words.NO_HEARTBEAT)

    def _expect(self, link: Link, seconds: float, came: Callable[[], bool], code: str) -> None:
        """Close with a notice if something has not come in time; while all is frozen, so are the clocks."""

        def late() -> None:
            if link.open and link.frozen:
                self._later(seconds, late)
            elif link.open and not came():
                self._say(link, code)

        self._later(seconds, late)

    # ------------------------------------------------------------ what comes

    def _heard(self, link: Link, text: bytes) -> None:
        """Take one message of a program; a failure of the test's own code is kept for the end."""
        try:
            if link.open:
                (link.unread.append if link.frozen else functools.partial(self._read, link))(text)
        except Exception as error:  # noqa: BLE001  # whatever it is, the test is told
            self._failure = self._failure or error
            self._end(link, FAILED, "")
        self._stir.stir()

    def _read(self, link: Link, text: bytes) -> None:
        if len(text) > LONGEST:
            self._end(link, TOO_BIG, TOO_LONG)
            return
        try:
            body = json.loads(text)
        except ValueError:
            body = None
        if body == words.PING or text == words.BARE_PING:
            link.echoes = min(link.pings, link.echoes + 1)
        elif not isinstance(body, dict) or "trnm" not in body:
            self._send(link, [self._refusal("", words.MISSING, "")])
        else:
            request = Request(link.number, self._time(), body)
            self.requests.append(request)
            self._take(link, request)

    def _take(self, link: Link, request: Request) -> None:
        """Answer a request, at once unless it is to be delayed."""

        def work() -> None:
            self._send(link, self._answers(request))

        late = self._trouble("delay", link, request)
        if late is None:
            work()
            return
        if late.done:
            ready = self._answers(request)
            self._put_off(late.seconds, lambda: self._send(link, ready))
        else:
            self._put_off(late.seconds, work)

    def _put_off(self, seconds: float | None, call: Callable[[], None]) -> None:
        if seconds is None:
            self._held.append(call)
        else:
            self._later(seconds, call)

    def _trouble(self, kind: Kind, link: Link, request: Request) -> Trouble | None:
        return self._troubles.pop(kind, request.subjects, self._meant(link, request))

    def _answers(self, request: Request) -> list[object]:
        own = None if self.answer is None else self.answer(request)
        return self.usual(request) if own is None else list(own)

    def usual(self, request: Request) -> list[object]:
        """Carry out a request and return what answers it, troubles and all; for an `answer` that changes a little."""
        link = self._links[request.connection]
        if not link.open:
            return []
        refuse = self._trouble("refuse", link, request)
        lose = None if refuse is not None else self._trouble("lose", link, request)
        if refuse is not None:
            answers = self._refused(request, refuse.code, refuse.text)
        elif lose is not None and not lose.done:
            return []
        else:
            answers = self._carry_out(link, request)
        alter = self._trouble("alter", link, request) if answers else None
        if alter is not None and alter.change is not None:
            answers = [alter.change(each) if isinstance(each, dict) else each for each in answers]
        if answers and self._trouble("double", link, request) is not None:
            answers = answers * 2
        return [] if lose is not None else answers

    # ------------------------------------------------------------ what goes

    def _push(self, saved: Saved, code: str, kind: str, clock: str | None) -> None:
        """Tell a change to every connection on which the condition is registered."""
        if clock is None:
            clock = f"{datetime.fromtimestamp(self._time(), KST):%H%M%S}"
        for link in self._open_links():
            for seq, bound in link.bound.items():
                if bound is saved:
                    self._send_oddly(link, words.push(seq, code, kind, clock), saved)

    def _send_oddly(self, link: Link, message: Message, saved: Saved | None) -> None:
        """Send what nobody asked for, with the troubles that are meant for it."""
        called = subjects(str(message["trnm"]))
        alter = self._troubles.pop("alter", called, saved)
        texts: list[object] = [message if alter is None or alter.change is None else alter.change(message)]
        if self._troubles.pop("lose", called, saved) is not None:
            return
        if self._troubles.pop("double", called, saved) is not None:
            texts = texts * 2
        late = self._troubles.pop("delay", called, saved)
        if late is None:
            self._send(link, texts)
        else:
            self._put_off(late.seconds, lambda: self._send(link, texts))

    def _send(self, link: Link, answers: Iterable[object]) -> None:
        for answer in answers:
            if isinstance(answer, End):
                self._end(link, answer.code, answer.reason)
            else:
                link.send(text_of(answer))


def text_of(message: object) -> bytes:
    """Return what goes over the wire: bytes and text as they are, anything else as JSON."""
    if isinstance(message, bytes):
        return message
    return (message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)).encode()


def locked(method: Callable[Concatenate[_Self, _P], _R]) -> Callable[Concatenate[_Self, _P], _R]:
    """Let a method run while nothing else changes, and those who wait look again after it."""

    @functools.wraps(method)
    def alone(self: _Self, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with self._stir.lock:
            result = method(self, *args, **kwargs)
            self._stir.stir()
            return result

    return alone
