"""Every message of the wire as a frozen typed struct, for both directions.

Two directions, two unions: `Request` goes to the broker; `Incoming` comes from it, and of that a `Reply` becomes the
`Answer` to a request. `readers` makes these of bytes, `writers` makes bytes of them.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from jogeon.errors import BUSY_CODES, JogeonError, RequestRefused, UnknownCondition
from jogeon.events import Condition, Exchange, Sign, Stock
from jogeon.wire.values import LONGEST_VALUE

ALREADY_REGISTERED = "900003"
NO_SUCH_SEQ = "900004"
TWICE_REFUSED = int(ALREADY_REGISTERED), "이미 등록된 조건검색 일련번호입니다."
SEQ_REFUSED = int(NO_SUCH_SEQ), "존재하지 않는 일련번호입니다."
PAGE_REFUSED = 100002, "연속조회키가 올바르지 않습니다(parameter=next_key)"
ARRAY_REFUSED = 105111, "실시간 등록 요청의 item과 type은 List 형식이어야 합니다"
"""What a server says to a seq that is registered, to one that is not known, to a page that is not, and to a REG or
REMOVE without its arrays: code, text."""
UNEXPECTED = 1999
"""The code of a refusal for which there is no better one: "예기치 못한 에러"."""
UNANSWERED = "증권사 서버에서 답을 받지 못했습니다 ({error})"
"""What a hub says where its own request above came to nothing, with the class of the error."""
TAKEN = "R10001"
NO_HEARTBEAT = "R10002"
NO_LOGIN = "R10004"
FATAL_SYSTEM_CODES = frozenset({TAKEN, NO_HEARTBEAT, NO_LOGIN})
"""SYSTEM codes after which the broker closes; any other notice is harmless."""

MOST_CONDITIONS = 1_000
MOST_CODES = 20_000
"""More than all stocks, funds, notes and warrants together; a longer reply is rejected."""

# ---------------------------------------------------------------- requests


class Login(Struct, frozen=True):
    """The first frame of a connection; the token stands without "Bearer".

    `extended` asks a server of this package for what the broker does not have (`LoginAccepted.rest`); it is never sent
    to the broker.
    """

    token: str
    extended: bool = False
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


OfCondition = Search | Register | Clear
"""Requests that name a condition by its seq."""


class RegisterQuotes(Struct, frozen=True):
    """Real-time quotes of stocks (실시간 등록, REG of 0B). `keep`: what the group has stays, else this replaces it.

    A server reads the codes of other types as none, and notes those types as `others`.
    """

    codes: tuple[str, ...]
    group: str = "1"
    keep: bool = True
    others: tuple[str, ...] = ()
    trnm = "REG"


class RemoveQuotes(Struct, frozen=True):
    """The end of real-time quotes of stocks (실시간 해지, REMOVE of 0B)."""

    codes: tuple[str, ...]
    group: str = "1"
    trnm = "REMOVE"


class Follow(Struct, frozen=True):
    """The numbered stream of a hub, of these conditions beside those that are followed already.

    `after` is the position (JOURNAL:EPOCH:N) behind which it goes on, "" for its end. `members`: what was known there
    is to be shown, too. An extension of this package.
    """

    seqs: tuple[str, ...]
    after: str = ""
    exchange: Exchange = "K"
    members: bool = False
    trnm = "FOLLOW"


Request = Login | ListConditions | OfCondition | RegisterQuotes | RemoveQuotes | Follow


# ---------------------------------------------------------------- replies and pushes


class LoginAccepted(Struct, frozen=True):
    """The LOGIN reply with return_code 0.

    `rest`: where a server of this package serves HTTP, if the login asked for it (`Login.extended`). `journal`: the
    identity of the journal whose numbered stream it serves, None for a server that has none.
    """

    rest: str | None = None
    journal: str | None = None


class ConditionList(Struct, frozen=True):
    """The reply to ListConditions; `oddities` names rows that could not be read: a condition may be missing."""

    conditions: tuple[Condition, ...]
    oddities: tuple[str, ...] = ()


class SearchPage(Struct, frozen=True):
    """The reply to Search: typed rows; `oddities` names rows that could not be read and fields that became None.

    `named`: the reply says itself which condition it is of.
    """

    stocks: tuple[Stock, ...]
    cont_yn: str
    next_key: str
    oddities: tuple[str, ...] = ()
    named: bool = True


class Registered(Struct, frozen=True):
    """The reply to Register: the codes that are in the condition now.

    `oddities` names rows that could not be read: then a member may be missing, and a stock that is not shown proves
    nothing by that. `named`: the reply says itself which condition it is of. It may be another reply, come twice:
    `repeated`, as it shows what the one before it showed under this seq, on this connection; `paged`, as it looks like
    one to a search, and the seq was searched.
    """

    codes: tuple[str, ...]
    oddities: tuple[str, ...] = ()
    named: bool = True
    repeated: bool = False
    paged: bool = False


class Cleared(Struct, frozen=True):
    """The reply to Clear."""


class Acknowledged(Struct, frozen=True):
    """The reply to RegisterQuotes or RemoveQuotes, which names neither stock nor group."""


class Shown(Struct, frozen=True):
    """The members of a condition at the position a stream begins at; `right_ns` is up to when that is right."""

    seq: str
    codes: tuple[str, ...]
    right_ns: int


class Following(Struct, frozen=True):
    """The reply to Follow: where the stream begins.

    `resumed`: it goes on behind the position that was asked for. Else `position` is its end. `shown` is what is known
    there, of a resumed stream only if that was asked for: a condition that is not among them begins with a snapshot of
    its own. `refused` says why it was not resumed: pruned, foreign, unreadable.
    """

    position: Annotated[str, Meta(pattern=r"\A(?:[0-9a-f]{16}:)?[0-9]{1,18}:[0-9]{1,18}\Z")]
    resumed: bool = False
    shown: tuple[Shown, ...] = ()
    refused: str = ""


class Refusal(Struct, frozen=True):
    """A reply with a return_code other than 0, or one to CNSRREQ with words and no rows.

    `code` prefers the one in the text (`CODE=8005`, `[8005:…]`); "" where neither has one.
    """

    code: str
    text: str

    @classmethod
    def of(cls, error: JogeonError) -> "Refusal":
        """Return how a hub refuses what went wrong above: in the broker's own code and words if it had any."""
        match error:
            case RequestRefused(code=code, text=text) if code or text:
                return cls(code if code.isdecimal() and int(code) else str(UNEXPECTED), text)
            case UnknownCondition():
                return cls(NO_SUCH_SEQ, SEQ_REFUSED[1])
        return cls(str(UNEXPECTED), UNANSWERED.format(error=type(error).__name__))

    @property
    def busy(self) -> bool:
        """Whether it is the rate of requests that is refused, which passes by itself."""
        return self.code in BUSY_CODES

    @property
    def passes(self) -> bool:
        """Whether asking once more is likely to help: the rate is too high, or words stand beside code 0."""
        return self.busy or not self.code.strip("0")


class Malformed(Struct, frozen=True):
    """A reply that answers the request but has an unknown shape."""

    reason: str


Answer = (
    LoginAccepted | ConditionList | SearchPage | Registered | Cleared | Acknowledged | Following | Refusal | Malformed
)


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


class QuoteValues(Struct, frozen=True, gc=False):
    """The values of a type "0B" row (주식체결) as the broker writes them: texts, of which any may be missing or odd."""

    price: str | None = field(default=None, name="10")
    clock: str | None = field(default=None, name="20")
    change: str | None = field(default=None, name="11")
    rate: str | None = field(default=None, name="12")
    ask: str | None = field(default=None, name="27")
    bid: str | None = field(default=None, name="28")
    quantity: str | None = field(default=None, name="15")
    volume: str | None = field(default=None, name="13")
    value: str | None = field(default=None, name="14")
    open: str | None = field(default=None, name="16")
    high: str | None = field(default=None, name="17")
    low: str | None = field(default=None, name="18")
    sign: str | None = field(default=None, name="25")
    strength: str | None = field(default=None, name="228")


class TradeRow(Struct, frozen=True, gc=False, tag_field="type", tag="0B"):
    """One row of a REAL frame of type "0B"; `item` is the six-character code. `quotes.quote_of` reads its texts.

    They are read when somebody asks: of a hundred trades of a second one price may be shown.
    """

    item: str
    values: QuoteValues


class QuoteRow(Struct, frozen=True, gc=False):
    """A trade of a stock and what is known with it (0B, 주식체결); None or "" where the broker left a field empty.

    `clock` is HHMMSS in Korean time. Prices and `change` (against yesterday's close) are in won, prices without the
    sign that tells their direction; `rate` and `strength` (체결강도) are in percent. `quantity` is the volume of this
    trade in shares, negative for a sale; `volume` is that of the day, and `value` the day's turnover in the broker's
    own unit.
    """

    code: str
    clock: str = ""
    price: int | None = None
    change: int | None = None
    rate: float | None = None
    sign: Sign | None = None
    ask: int | None = None
    bid: int | None = None
    quantity: int | None = None
    volume: int | None = None
    value: int | None = None
    open: int | None = None
    high: int | None = None
    low: int | None = None
    strength: float | None = None


class WidePush(Push, frozen=True, gc=False):
    """A REAL frame with quotes of stocks in it, read where quotes are wanted; `data` are its rows of type "02"."""

    quotes: tuple[TradeRow, ...]


class PartialPush(Push, frozen=True, gc=False):
    """A REAL frame in which `unreadable` rows could have been pushes of a condition.

    `seqs` are the conditions that these rows name; empty if one of them names none, so that any can be meant.
    """

    unreadable: int
    seqs: tuple[str, ...] = ()
    quotes: tuple[TradeRow, ...] = ()


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
