"""What a test tells a broker to do, and what it can ask of it afterwards."""

from collections.abc import Callable, Iterable, Mapping

from jogeon.testing import words
from jogeon.testing.book import FAREWELL, NORMAL
from jogeon.testing.links import Link, Request
from jogeon.testing.moments import Moment
from jogeon.testing.rules import Rules, locked, text_of
from jogeon.testing.troubles import Trouble
from jogeon.testing.words import Message, Quote

PATIENCE = 5.0
"""Seconds that a test waits for what should come at once."""


class Script(Rules):
    """The script of a broker; every method may be called from any thread, and returns at once.

    A condition is named by its name, or by its seq where several have that name (LookupError if neither fits). What is
    to go wrong is named by its trnm ("LOGIN", "CNSRLST", "CNSRREQ", "CNSRCLR", "REAL" for pushes, "PING") or its TR
    ("ka10172" for searches alone, "ka10173" for registrations alone); it happens `times` times, always if None, and
    only to `condition` if one is named. `connection` is the number of one connection (1, 2 …), None for all.
    """

    # ------------------------------------------------------------ the market

    @locked
    def enter(self, condition: str, code: str, time: str | None = None, *, push: bool = True) -> None:
        """Let a stock enter (편입); `push=False` tells nobody. `time` is its HHMMSS, by default now.

        A stock that is in already is pushed all the same.
        """
        saved = self._conditions.find(condition)
        saved.codes[code] = None
        if push:
            self._push(saved, code, "I", time)

    @locked
    def leave(self, condition: str, code: str, time: str | None = None, *, push: bool = True) -> None:
        """Let a stock leave (이탈); `push=False` tells nobody. A stock that is not in is pushed all the same."""
        saved = self._conditions.find(condition)
        saved.codes.pop(code, None)
        if push:
            self._push(saved, code, "D", time)

    @locked
    def quote(self, code: str, quote: Quote) -> None:
        """Say what searches tell of a stock; what is not said is made up."""
        self._quotes[code] = quote

    # ------------------------------------------------------------ what the trader edits

    @locked
    def add(self, name: str, codes: Iterable[str] = (), seq: str | None = None) -> None:
        """Save another condition, also one of a name that is there already; ValueError if its seq is taken."""
        self._conditions.add(name, codes, seq)

    @locked
    def remove(self, condition: str) -> None:
        """Delete a condition: it is listed and pushed no more, and its seq is unknown."""
        self._conditions.remove(condition)

    @locked
    def rename(self, condition: str, name: str) -> None:
        """Give a condition another name; its seq and its registrations stay."""
        self._conditions.find(condition).name = name

    @locked
    def renumber(self, seqs: Mapping[str, str] | None = None) -> None:
        """Give conditions other seqs, {name: seq}; every condition another's if none is named.

        Registrations stay with their condition and are pushed under the seq they were made with. ValueError if two
        conditions would have the same seq.
        """
        self._conditions.renumber(seqs)

    # ------------------------------------------------------------ connections

    @locked
    def drop(self, connection: int | None = None) -> None:
        """Break off (RST)."""
        for link in self._chosen(connection):
            link.transport.reset()
            self._gone(link)

    @locked
    def close(self, code: int | None = NORMAL, reason: str = FAREWELL, connection: int | None = None) -> None:
        """Close with a code and a text; without either if `code` is None."""
        for link in self._chosen(connection):
            self._end(link, code, reason)

    @locked
    def system(self, code: str, text: str = "", connection: int | None = None) -> None:
        """Send a SYSTEM notice; R10001, R10002 and R10004 are followed by a close."""
        for link in self._chosen(connection):
            self._say(link, code, text)

    @locked
    def freeze(self) -> None:
        """Neither send nor read on the connections of now, as a broker that hangs. Nobody hears of an end."""
        for link in self._open_links():
            link.freeze()

    @locked
    def thaw(self) -> None:
        """Go on where `freeze` stopped: send what was kept, then answer what came meanwhile."""
        for link in self._open_links():
            for text in link.thaw():
                self._heard(link, text)

    @locked
    def vanish(self, connection: int | None = None) -> None:
        """Let nothing through any more in either direction, for good, as a cable that is pulled (a half-open link)."""
        for link in self._chosen(connection):
            link.vanished = True
            self._gone(link)

    @locked
    def raw(self, message: object, connection: int | None = None) -> None:
        """Send a frame as it is: bytes, a text, or an object that becomes JSON."""
        for link in self._chosen(connection):
            link.send(text_of(message))

    def _chosen(self, connection: int | None) -> list[Link]:
        if connection is not None and connection not in self._links:
            raise LookupError(f"no connection {connection}: {len(self._links)} came so far")
        return [link for link in self._open_links() if connection in (None, link.number)]

    # ------------------------------------------------------------ what goes wrong

    @locked
    def refuse(
        self, subject: str, code: int | str, text: str = "", times: int | None = 1, condition: str | None = None
    ) -> None:
        """Refuse requests with a code and a text; "{seq}" in it becomes the seq asked for.

        Code 0 is a failure that is told in words alone. A refused LOGIN is followed by a close.
        """
        self._plan(Trouble("refuse", subject, times, code=int(code), text=text), condition)

    @locked
    def delay(
        self, subject: str, seconds: float, times: int | None = 1, condition: str | None = None, *, done: bool = False
    ) -> None:
        """Answer late. The request is carried out when it is answered; at once if `done`, with pushes in between."""
        self._plan(Trouble("delay", subject, times, seconds=seconds, done=done), condition)

    @locked
    def hold(self, subject: str, times: int | None = 1, condition: str | None = None, *, done: bool = False) -> None:
        """Answer only when `release` is called; else as `delay`."""
        self._plan(Trouble("delay", subject, times, seconds=None, done=done), condition)

    @locked
    def release(self) -> None:
        """Send everything that is held, in its order."""
        held, self._held = self._held, []
        for call in held:
            call()

    @locked
    def lose(self, subject: str, times: int | None = 1, condition: str | None = None, *, done: bool = True) -> None:
        """Never answer; the request is carried out all the same, unless `done` is False. Lose a push or a PING."""
        self._plan(Trouble("lose", subject, times, done=done), condition)

    @locked
    def double(self, subject: str, times: int | None = 1, condition: str | None = None) -> None:
        """Send answers, pushes or PINGs twice."""
        self._plan(Trouble("double", subject, times), condition)

    @locked
    def alter(
        self,
        subject: str,
        change: Callable[[Message], object],
        times: int | None = 1,
        condition: str | None = None,
    ) -> None:
        """Send what `change` makes of an answer, a push or a PING: an object, a text, or bytes."""
        self._plan(Trouble("alter", subject, times, change=change), condition)

    @locked
    def calm(self) -> None:
        """Let nothing more go wrong, and send what is held."""
        self._troubles.clear()
        self.release()

    def _plan(self, trouble: Trouble, condition: str | None) -> None:
        trouble.condition = None if condition is None else self._conditions.find(condition)
        self._troubles.add(trouble)

    # ------------------------------------------------------------ what is so

    @property
    def members(self) -> dict[str, set[str]]:
        """Who is in now: {name: {code, …}}, by seq where several conditions have the same name."""
        with self._stir.lock:
            return self._conditions.members()

    @property
    def conditions(self) -> dict[str, str]:
        """What is saved now: {seq: name}."""
        with self._stir.lock:
            return {each.seq: each.name for each in self._conditions.saved}

    @property
    def connections(self) -> tuple[int, ...]:
        """The numbers of the connections that are open."""
        with self._stir.lock:
            return tuple(link.number for link in self._open_links())

    @property
    def watched(self) -> set[str]:
        """The names of the conditions that are pushed to somebody."""
        with self._stir.lock:
            return {saved.name for link in self._open_links() for saved in link.bound.values()}

    def asked(self, subject: str, connection: int | None = None) -> list[Request]:
        """Return the requests of a kind so far."""
        with self._stir.lock:
            asked = [each for each in self.requests if connection in (None, each.connection)]
        return [each for each in asked if subject in each.subjects]

    # ------------------------------------------------------------ what is waited for

    def until(self, reached: Callable[[], bool], timeout: float = PATIENCE) -> Moment:
        """Wait until something is so; it is looked at whenever something happens here."""
        return Moment(self._stir, reached, self._tale, timeout)

    def wait_for(self, subject: str, count: int = 1, timeout: float = PATIENCE) -> Moment:
        """Wait until so many requests of a kind came in all."""
        return self.until(lambda: len(self.asked(subject)) >= count, timeout)

    def registered(self, condition: str, timeout: float = PATIENCE) -> Moment:
        """Wait until a condition is pushed to somebody."""
        return self.until(lambda: self._conditions.find(condition).name in self.watched, timeout)

    def deserted(self, timeout: float = PATIENCE) -> Moment:
        """Wait until no connection is open."""
        return self.until(lambda: not self.connections, timeout)

    @locked
    def read(self, timeout: float = PATIENCE) -> Moment:
        """Wait until whatever was sent so far has been read: a PING goes behind it, and its echo comes back."""
        due = []
        for link in self._open_links():
            if link.token is not None:
                link.pings += 1
                link.send(text_of(words.PING))
                due.append((link, link.pings))
        return self.until(lambda: all(link.echoes >= number or not link.open for link, number in due), timeout)

    def _tale(self) -> str:
        came = ", ".join(f"{each.trnm}{' ' * bool(each.seq)}{each.seq}" for each in self.requests[-10:]) or "nothing"
        return f"{len(self.connections)} connections, {self.logins} logins; asked last: {came}"
