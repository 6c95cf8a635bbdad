"""Bytes as a script of what happens: requests, frames by the book and broken ones, answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jogeon.events import Condition
from jogeon.wire import writers
from jogeon.wire.messages import (
    Answer,
    Clear,
    Cleared,
    ConditionList,
    ListConditions,
    Login,
    LoginAccepted,
    Malformed,
    Refusal,
    Register,
    Registered,
    Request,
    Search,
    SearchPage,
)
from texts import list_text, page_text, snapshot_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

REQUESTS: tuple[Request, ...] = (
    Login("demo"),
    ListConditions(),
    *(kind(seq) for seq in ("0", "1", "4") for kind in (Search, Register, Clear)),
    Search("4", "K", "Y", "k"),
)
ASKED = tuple(request for request in REQUESTS if not isinstance(request, Register))
"""What a user's call sends; to register is the business of the Subscriptions alone."""
LISTED = (Condition("0", "급등주"), Condition("1", "신고가 돌파"), Condition("4", "급락주"))
LISTS = (
    LISTED,
    LISTED[:2],
    (),
    (Condition("4", "급등주"), Condition("0", "신고가 돌파"), Condition("1", "급락주")),  # renumbered
    (*LISTED, Condition("5", "급등주")),  # two of one name
)
CODES = ("005930", "0000D0", "57JBHH", "000660", "", " ")


class Script:
    """Bytes read as choices; after the last one all choices are the first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def byte(self) -> int:
        """Return a number below 256."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def one(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[self.byte() % len(choices)]

    def some(self, choices: Sequence[T]) -> tuple[T, ...]:
        """Return up to seven choices."""
        return tuple(self.one(choices) for _ in range(self.byte() % 8))

    def text(self) -> bytes:
        """Return bytes: as they stand in the script, or a frame by the book into which some of them are put."""
        if self.byte() % 2:
            return self._bytes(self.byte())
        text = self.one(FRAMES)
        if self.byte() % 2:
            at = self.byte() % (len(text) + 1)
            text = text[:at] + self._bytes(self.byte() % 8) + text[at + self.byte() % 4 :]
        return text

    def _bytes(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        self._at += count
        return found


def _frames() -> list[bytes]:
    rows = [{"9001": "A005930", "302": "가상", "10": "000075000", "25": "5", "11": "-00000100", "12": "-00000130"}]
    frames = [
        writers.encode_login_accepted(),
        list_text(LISTED),
        writers.encode_ping(),
        b"PING",
        writers.encode_system("R10001", "끝"),
        writers.encode_missing("", "trnm"),
        b'{"trnm":"CNSRREQ","return_code":0,"data":null}',
    ]
    nobody: tuple[str, ...] = ()
    for seq in ("0", "4"):
        frames += [page_text(seq, rows, key) for key in ("", "k")]
        frames += [snapshot_text(seq, codes) for codes in (nobody, CODES[:3])]
        frames += [writers.encode_push(seq, code, kind, "090000") for code in CODES[:2] for kind in ("I", "D")]
        frames += [writers.encode_refusal("CNSRREQ", code, f"거절(seq={seq})") for code in (900003, 900004)]
        frames += [writers.encode_cleared(seq)]
    return frames + [writers.encode(request) for request in REQUESTS]


FRAMES = _frames()


def answer_to(script: Script, request: Request) -> Answer:
    """Return an answer that a request can have: more often than not it is granted."""
    granted: dict[type[Request], Answer] = {
        Login: LoginAccepted(),
        ListConditions: ConditionList(LISTED),
        Search: SearchPage((), "N", ""),
        Register: Registered(tuple(dict.fromkeys(code for code in script.some(CODES) if code.strip()))),
        Clear: Cleared(),
    }
    refusals = (Refusal("900003", "이미"), Refusal("900004", "없음"), Refusal("1", "no"), Malformed("?"))
    return script.one((granted[type(request)],) * 5 + refusals)


def attempt(step: Callable[[], object], allowed: type[Exception]) -> None:
    """Take a step that may fail in this way."""
    try:
        step()
    except allowed:
        return
