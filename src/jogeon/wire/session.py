"""The protocol of one connection, both roles, without I/O: text in, events and texts out.

Rules, in the order in which a session lives (see docs/architecture.md for the picture drawn from the table):

* The first frame is LOGIN. Nothing else may be sent before its reply.
* After the login the client asks for the list before it asks for any condition; a server must expect clients that do
  not (the guide's own samples do not wait for it), so the wire allows what this client never does: UNLISTED.
* PING, SYSTEM and pushes may come at any time after the login, between a request and its reply too.
* One request is in flight per connection. A request that timed out stays owed until its reply or the end.
* A late reply moves the phase as one in time does: what it says is so on the server.
* What is registered is not known here. The client keeps that per condition (`live/stages`), each server in a way of
  its own.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from jogeon.errors import LocalProtocolError, RemoteProtocolError
from jogeon.reports import Report
from jogeon.wire import messages, readers, requests, writers
from jogeon.wire.messages import Answer, Request


class Phase(Enum):
    """How far a connection has come."""

    OPEN = auto()
    LOGGING_IN = auto()
    LOGGED_IN = auto()
    LISTED = auto()
    REFUSED = auto()
    CLOSED = auto()


class Step(Enum):
    """What happens on the wire: a request (client to server), its acceptance or its refusal, or the end."""

    LOGIN = auto()
    LOGIN_OK = auto()
    LOGIN_NO = auto()
    LIST = auto()
    LIST_OK = auto()
    LIST_NO = auto()
    SEARCH = auto()
    SEARCH_OK = auto()
    SEARCH_NO = auto()
    REGISTER = auto()
    REGISTER_OK = auto()
    REGISTER_NO = auto()
    CLEAR = auto()
    CLEAR_OK = auto()
    CLEAR_NO = auto()
    QUOTE = auto()
    QUOTE_OK = auto()
    QUOTE_NO = auto()
    CLOSE = auto()


_P, _S = Phase, Step
_ASKING = (_S.SEARCH, _S.SEARCH_OK, _S.SEARCH_NO, _S.REGISTER, _S.REGISTER_OK, _S.REGISTER_NO)
_CLEARING = (_S.CLEAR, _S.CLEAR_OK, _S.CLEAR_NO)
_QUOTING = (_S.QUOTE, _S.QUOTE_OK, _S.QUOTE_NO)

PHASES: Mapping[Phase, Mapping[Step, Phase]] = {
    _P.OPEN: {_S.LOGIN: _P.LOGGING_IN, _S.CLOSE: _P.CLOSED},
    _P.LOGGING_IN: {_S.LOGIN_OK: _P.LOGGED_IN, _S.LOGIN_NO: _P.REFUSED, _S.CLOSE: _P.CLOSED},
    _P.LOGGED_IN: {
        _S.LIST: _P.LOGGED_IN,
        _S.LIST_OK: _P.LISTED,
        _S.LIST_NO: _P.LOGGED_IN,
        **dict.fromkeys(_ASKING + _CLEARING + _QUOTING, _P.LOGGED_IN),
        _S.CLOSE: _P.CLOSED,
    },
    _P.LISTED: {
        **dict.fromkeys((_S.LIST, _S.LIST_OK, _S.LIST_NO), _P.LISTED),
        **dict.fromkeys(_ASKING + _CLEARING + _QUOTING, _P.LISTED),
        _S.CLOSE: _P.CLOSED,
    },
    _P.REFUSED: {_S.CLOSE: _P.CLOSED},
    _P.CLOSED: {},
}
"""Which step is legal in which phase, and the phase it leads to."""

UNLISTED = frozenset({Step.SEARCH, Step.REGISTER})
"""Steps that the wire allows while LOGGED_IN and this client never takes before it is LISTED."""

_STEPS: Mapping[type[Request], tuple[Step, Step, Step]] = {
    messages.Login: (_S.LOGIN, _S.LOGIN_OK, _S.LOGIN_NO),
    messages.ListConditions: (_S.LIST, _S.LIST_OK, _S.LIST_NO),
    messages.Search: (_S.SEARCH, _S.SEARCH_OK, _S.SEARCH_NO),
    messages.Register: (_S.REGISTER, _S.REGISTER_OK, _S.REGISTER_NO),
    messages.Clear: (_S.CLEAR, _S.CLEAR_OK, _S.CLEAR_NO),
    messages.Follow: (_S.REGISTER, _S.REGISTER_OK, _S.REGISTER_NO),
    messages.RegisterQuotes: _QUOTING,
    messages.RemoveQuotes: _QUOTING,
}


def step_of(request: Request, answer: Answer | None = None) -> Step:
    """Return the step a request is (without answer), or the one its answer is."""
    asked, good, bad = _STEPS[type(request)]
    if answer is None:
        return asked
    return bad if isinstance(answer, messages.Refusal | messages.Malformed) else good


class Answered(Struct, frozen=True):
    """The reply to the request in flight."""

    request: Request
    answer: Answer


class Late(Struct, frozen=True):
    """The reply to a request that had timed out; it is owed no more."""

    request: Request
    answer: Answer


class Stray(Struct, frozen=True):
    """A reply that belongs to no request of this connection, or nobody can say to which.

    `words` are those of an error that names no request; `codes` those of a snapshot of a condition that it names.
    """

    trnm: str
    seq: str | None
    reason: str
    words: str = ""
    codes: tuple[str, ...] | None = None


Received = messages.Push | messages.Ping | messages.System | messages.Unknown | Answered | Late | Stray


class _Session:
    """What both roles share: the phase, and the table that moves it."""

    def __init__(self) -> None:
        self.phase = Phase.OPEN

    def close(self) -> None:
        """Note the end of the connection."""
        self._go(Step.CLOSE)

    def _legal(self, step: Step) -> bool:
        return step in PHASES[self.phase]

    def _go(self, step: Step) -> None:
        """Move by the table; a step that the phase does not know changes nothing."""
        self.phase = PHASES[self.phase].get(step, self.phase)


class ClientSession(_Session):
    """The client's half of one connection. `quotes`: those of single stocks are read, where pushes bring any."""

    def __init__(self, *, quotes: bool = False) -> None:
        super().__init__()
        self.quotes = quotes
        self.in_flight: Request | None = None
        self.owed: list[Request] = []
        """Requests that timed out, whose replies may still come."""
        self._overtaken = False
        """Whether a reply that could be to the search in flight was taken for that to an older one."""
        self._searched: set[str] = set()
        """Seqs of searches that were answered: the same page may come once more, or that of a search given up."""
        self._shown: dict[str, tuple[str, ...]] = {}
        """What the last snapshot of each seq showed."""

    def close(self) -> None:
        """Note the end of the connection; nothing is awaited or owed any more."""
        super().close()
        self.in_flight = None
        self.owed.clear()

    def send(self, request: Request) -> bytes:
        """Return the text of a request and put it in flight; LocalProtocolError if it is not its time."""
        step = step_of(request)
        if self.in_flight is not None:
            raise LocalProtocolError(f"{request.trnm}: the reply to {self.in_flight.trnm} is still awaited")
        if not self._legal(step) or (self.phase is Phase.LOGGED_IN and step in UNLISTED):
            raise LocalProtocolError(f"{step.name} is not allowed in phase {self.phase.name}")
        self._go(step)
        self.in_flight, self._overtaken = request, False
        return writers.encode(request)

    def expire(self) -> None:
        """Give up waiting for the request in flight: from now on its reply is owed.

        Unless another reply was taken in its place: most likely that was its own and the older one is lost. Else each
        search of a condition would from then on be given the reply to the one before it, too late.
        """
        if self.in_flight is not None and not self._overtaken:
            self.owed.append(self.in_flight)
        self.in_flight = None

    def receive(self, payload: bytes) -> Received:
        """Return what a frame means; RemoteProtocolError if it is no JSON document.

        A caller to whom the speed of pushes matters tries `readers.read_push` first, and gives this what that refuses.
        """
        message = readers.decode(payload, quotes=self.quotes)
        return self._take_reply(message) if isinstance(message, messages.Reply) else message

    def _take_reply(self, reply: messages.Reply) -> Answered | Late | Stray:
        """Return whose reply this is; of all that comes in, only replies move the session.

        A reply that names its condition belongs to the request of that condition. One that names none belongs to the
        request in flight only if nothing else could be meant. Two searches of one condition look alike, so replies
        to them are taken in the order of the requests; the Clear between two Registers tells them apart.
        A list answers the request in flight, and no older list is owed after it: else one lost list would make all
        later ones late. The same holds for the acknowledgement of a REG or REMOVE.
        A page that comes twice, or after all, may not be the snapshot of a registration of the same condition, nor may
        a snapshot that shows what the one before it showed: the answer says so. Such a page pays no debt.
        """
        if reply.seq is None and not _unnamed(reply) and self.owed:
            return _stray(reply, "it names no condition while other replies are owed")
        meant = _meant(reply, self.owed if self.in_flight is None else [*self.owed, self.in_flight])
        waiting = self.in_flight if len(self.owed) in meant else None
        late = next((place for place in meant if place < len(self.owed)), None)
        if waiting is not None and (late is None or not isinstance(waiting, messages.Search)):
            self.in_flight = None
            if _unnamed(reply):
                self.owed = [request for request in self.owed if request.trnm != waiting.trnm]
            return Answered(waiting, self._conclude(waiting, reply))
        if late is not None:
            if self._paged(self.owed[late], reply):
                return _stray(reply, "it is one more answer to a search before it")
            request = self.owed.pop(late)
            self._overtaken |= isinstance(waiting, messages.Search)
            return Late(request, self._conclude(request, reply))
        return _stray(reply, "nothing was asked that it answers")

    def _paged(self, request: Request, reply: messages.Reply) -> bool:
        """Tell whether a reply to a registration may be one more to a search of the same condition."""
        registers = isinstance(request, messages.Register) and request.seq in self._searched
        return registers and readers.likeness(reply, request) < 0

    def _conclude(self, request: Request, reply: messages.Reply) -> Answer:
        if isinstance(request, messages.Search):
            self._searched.add(request.seq)
        answer = readers.answer(request, reply)
        if isinstance(request, messages.Register) and isinstance(answer, messages.Registered):
            repeated = self._shown.get(request.seq) == answer.codes
            answer = replace(answer, repeated=repeated, paged=self._paged(request, reply))
            self._shown[request.seq] = answer.codes
        self._go(step_of(request, answer))
        return answer


def _stray(reply: messages.Reply, reason: str) -> Stray:
    words = "" if reply.refusal is None else f"[{reply.refusal.code}] {reply.refusal.text}"
    shown = None
    if reply.seq is not None and reply.trnm == messages.Register.trnm and not reply.fields.get("cont_yn"):
        shown = readers.answer(messages.Register(reply.seq), reply)
    codes = shown.codes if isinstance(shown, messages.Registered) else None
    return Stray(reply.trnm, reply.seq, reason, words, codes)


_UNNAMED = frozenset(
    kind.trnm
    for kind in (
        messages.Login,
        messages.ListConditions,
        messages.Follow,
        messages.RegisterQuotes,
        messages.RemoveQuotes,
    )
)


def _unnamed(reply: messages.Reply) -> bool:
    """Return whether replies of this kind never name a condition, so that their trnm alone decides whose they are."""
    return reply.trnm in _UNNAMED


def _meant(reply: messages.Reply, asked: Sequence[Request]) -> list[int]:
    """Return the places of the requests that a reply can be the answer to.

    The condition it names decides, padded with zeros only if that leaves no doubt. Its shape, which is not always as
    in the book, is asked only where several requests are left.
    """
    able = [place for place, request in enumerate(asked) if readers.can_answer(reply, request)]
    named = [place for place in able if _same(reply.seq, _named(asked[place]))]
    if not named:
        padded = [place for place in able if _unpadded(reply.seq) == _unpadded(_named(asked[place]))]
        return padded if len(padded) == 1 else []
    most = max(readers.likeness(reply, asked[place]) for place in named)
    return [place for place in named if readers.likeness(reply, asked[place]) == most]


def _named(request: Request) -> str | None:
    return request.seq.strip() if isinstance(request, messages.OfCondition) else None


def _same(seq: str | None, other: str | None) -> bool:
    return seq is None or other is None or seq == other


def _unpadded(seq: str | None) -> str | None:
    return None if seq is None else seq.lstrip("0")


class ServerSession(_Session):
    """The server's half of one connection."""

    def receive(self, payload: bytes) -> Request | messages.Ping | messages.Unknown:
        """Return what a client sent; RemoteProtocolError if it is no JSON, or no step of the table in this phase."""
        message = requests.decode_request(payload)
        if isinstance(message, messages.Ping | messages.Unknown):
            return message
        step = step_of(message)
        if not self._legal(step):
            raise RemoteProtocolError(Report("out of turn", name=step.name, other=self.phase.name))
        self._go(step)
        return message

    def answer(self, request: Request, answer: Answer) -> None:
        """Note that a request was answered; the caller sends the text (writers.encode_…)."""
        step = step_of(request, answer)
        if not self._legal(step):
            raise LocalProtocolError(f"{step.name} is not allowed in phase {self.phase.name}")
        self._go(step)
