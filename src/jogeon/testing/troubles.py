"""What is to go wrong: each trouble waits for the messages it is meant for, and is spent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from jogeon.testing.conditions import Saved
from jogeon.testing.words import Message

Kind = Literal["refuse", "delay", "lose", "double", "alter"]

SUBJECTS = ("LOGIN", "CNSRLST", "CNSRREQ", "CNSRCLR", "REAL", "PING", "ka10171", "ka10172", "ka10173", "ka10174")
"""What can go wrong: a trnm, or a TR where one trnm is two of them (ka10172 searches, ka10173 registers)."""


def subjects(trnm: str, search_type: object = None) -> tuple[str, ...]:
    """Return all that a message with this trnm is called."""
    trs = {"CNSRLST": "ka10171", "CNSRCLR": "ka10174", "CNSRREQ": "ka10173" if search_type == "1" else "ka10172"}
    return (trnm, trs[trnm]) if trnm in trs else (trnm,)


@dataclass(slots=True)
class Trouble:
    """One thing that is to go wrong, `times` times; None: until `Troubles.clear`."""

    kind: Kind
    subject: str
    times: int | None
    condition: Saved | None = None
    code: int = 0
    text: str = ""
    seconds: float | None = None
    """None: until it is released."""
    done: bool = True
    """Of what is lost: whether it was carried out. Of what is delayed: whether it is carried out at once."""
    change: Callable[[Message], object] | None = None


class Troubles:
    """All that is still to go wrong, in the order in which it was asked for."""

    def __init__(self) -> None:
        self._waiting: list[Trouble] = []

    def add(self, trouble: Trouble) -> None:
        """Plan a trouble; ValueError if nothing is called so, or nothing is to happen."""
        if trouble.subject not in SUBJECTS:
            raise ValueError(f"{trouble.subject!r} is never sent: there are {', '.join(SUBJECTS)}")
        if trouble.times is not None and trouble.times < 1:
            raise ValueError(f"times={trouble.times}: once at least, or None for always")
        self._waiting.append(trouble)

    def pop(self, kind: Kind, subjects: Iterable[str], condition: Saved | None) -> Trouble | None:
        """Return the first trouble of a kind that is meant for a message, and spend it once."""
        for trouble in self._waiting:
            meant = trouble.condition in (None, condition)
            if trouble.kind == kind and trouble.subject in subjects and meant:
                if trouble.times is not None:
                    trouble.times -= 1
                    if not trouble.times:
                        self._waiting.remove(trouble)
                return trouble
        return None

    def clear(self) -> None:
        """Let nothing more go wrong."""
        self._waiting.clear()
