"""Every message of the wire as a frozen typed struct, whoever sends it.

Two directions, two unions: `Request` goes to the broker; `Incoming` comes from it, and of that a `Reply` becomes the
`Answer` to a request. `readers` makes these of bytes, `writers` makes bytes of them.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from jogeon.errors import BUSY_CODES
from jogeon.events import Condition, Exchange, Stock
from jogeon.wire.values import LONGEST_VALUE

ALREADY_REGISTERED = "900003"
NO_SUCH_SEQ = "900004"
TAKEN = "R10001"
NO_HEARTBEAT = "R10002"
NO_LOGIN = "R10004"
FATAL_SYSTEM_CODES = frozenset({TAKEN, NO_HEARTBEAT, NO_LOGIN})
"""SYSTEM codes after which the broker closes; any other notice is harmless."""

MOST_CONDITIONS = 1_000
MOST_CODES = 20_000
"""More than there are stocks, funds, notes and warrants together; who shows more is no market."""

# ---------------------------------------------------------------- requests


class Login(Struct, frozen=True):
    """The first frame of a connection; the token stands without "Bearer"."""

    token: str
    trnm = "LOGIN"

    def __repr__(self) -> str:
        return "Login(token=…)"


class ListConditions(Struct, frozen=True):
    """The saved conditions (조건검색 목록조회, ka10171)."""

    trnm = "CNSRLST"


class Search(Struct, frozen=True):
    """One page of one search (조건검색 요청 일반, ka10172)."""

    seq: str
    exchange: Exchange = "K"
    cont_yn: Literal["Y", "N"] = "N"
    next_key: str = ""
    trnm = "CNSRREQ"


class Register(Struct, frozen=True):
    """A snapshot and then real time (조건검색 요청 실시간, ka10173)."""

    seq: str
    exchange: Exchange = "K"
    trnm = "CNSRREQ"


class Clear(Struct, frozen=True):
    """The end of real time (조건검색 실시간 해제, ka10174)."""

    seq: str
    trnm = "CNSRCLR"


Request = Login | ListConditions | Search | Register | Clear


# ---------------------------------------------------------------- replies and pushes


class LoginAccepted(Struct, frozen=True):
    """The LOGIN reply with return_code 0."""


class ConditionList(Struct, frozen=True):
    """The reply to ListConditions; `oddities` names rows that could not be read: a condition may be missing."""

    conditions: tuple[Condition, ...]
    oddities: tuple[str, ...] = ()


class SearchPage(Struct, frozen=True):
    """The reply to Search: typed rows; `oddities` names rows that could not be read and fields that became None."""

    stocks: tuple[Stock, ...]
    cont_yn: str
    next_key: str
    oddities: tuple[str, ...] = ()


class Registered(Struct, frozen=True):
    """The reply to Register: the codes that are in the condition now.

    `oddities` names rows that could not be read: then a member may be missing, and a stock that is not shown proves
    nothing by that. `named`: the reply says itself which condition it is of.
    """

    codes: tuple[str, ...]
    oddities: tuple[str, ...] = ()
    named: bool = True


class Cleared(Struct, frozen=True):
    """The reply to Clear."""


class Refusal(Struct, frozen=True):
    """A reply with a return_code other than 0, or one to CNSRREQ with words and no rows.

    `code` prefers the one in the text (`CODE=8005`, `[8005:…]`); "" where neither tells one.
    """

    code: str
    text: str

    @property
    def busy(self) -> bool:
        """Whether it is the rate of requests that is refused, which passes by itself."""
        return self.code in BUSY_CODES

    @property
    def passes(self) -> bool:
        """Whether asking once more is likely to help: the rate is too high, or words stand beside code 0."""
        return self.busy or not self.code.strip("0")


class Malformed(Struct, frozen=True):
    """A reply that answers the request and has a shape nobody knows."""

    reason: str


Answer = LoginAccepted | ConditionList | SearchPage | Registered | Cleared | Refusal | Malformed


class Reply(Struct, frozen=True):
    """A reply before anyone knows whose it is: what identifies it, and `fields` as they came.

    `seq` is stripped and may come from `(seq=N)` in the text; None where the reply names no condition.
    """

    trnm: str
    seq: str | None
    refusal: Refusal | None
    fields: dict[str, Any]


class PushValues(Struct, frozen=True, gc=False):
    """The values of a type "02" row: 841 is the condition's seq, 843 is I (편입) or D (이탈)."""

    seq: Annotated[str, Meta(min_length=1)] = field(name="841")
    code: Annotated[str, Meta(min_length=6, max_length=LONGEST_VALUE)] = field(name="9001")
    kind: Literal["I", "D"] = field(name="843")
    clock: Annotated[str, Meta(max_length=LONGEST_VALUE)] | None = field(default="", name="20")


class PushRow(Struct, frozen=True, gc=False):
    """One row of a REAL frame, of the only type that concerns conditions."""

    values: PushValues
    type: Literal["02"] = "02"


class Push(Struct, frozen=True, gc=False):
    """A REAL frame: its rows of type "02"."""

    trnm: Literal["REAL"]
    data: list[PushRow]


class PartialPush(Push, frozen=True, gc=False):
    """A REAL frame in which `unreadable` rows could have been pushes of a condition.

    `seqs` are the conditions that these rows name; empty if one of them names none, so that any can be meant.
    """

    unreadable: int
    seqs: tuple[str, ...] = ()


class Ping(Struct, frozen=True):
    """The heartbeat; it is answered with the very same bytes."""

    payload: bytes


class System(Struct, frozen=True):
    """A notice of the broker; `code` in FATAL_SYSTEM_CODES announces a close."""

    code: str
    message: str


class Unknown(Struct, frozen=True):
    """A JSON value this package does not know; kept as it came, at most 1,000 bytes of it."""

    trnm: str
    payload: bytes


Incoming = Push | Reply | Ping | System | Unknown
