"""What nobody knows for certain of the broker's wire, as switches: each can be tried both ways."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from jogeon.errors import InvalidAddress
from jogeon.server.settings import FRAME_LIMIT, ServerSettings

POSITIVE = ("page_size", "ping", "ping_deadline", "login_deadline", "frame_limit", "names_page")
NOT_NEGATIVE = (
    "fragment",
    "slow",
    "words",
    "list_pause",
    "max_conditions",
    "max_hits",
    "pause",
    "max_rate",
    "rest_rate",
    "price_limit",
    "group_limit",
    "reg_pause",
    "prices_most",
)


class Switches(Struct, frozen=True, kw_only=True):
    """How the simulated broker behaves where sources disagree or one client's word is all there is.

    Rules of a session:

    * `unlisted`: the answer to a condition asked for before the list · `unknown_seq`: to a seq that does not exist ·
      `second`: to a registration of a registered seq · `before_login`: to a request before the login
    * `seqs`: a search or registration means the account's numbers as they are `now`, or as the session's last list had
      them (`listed`) · `bound`: after an edit, a registration stays with its `condition`, or with its `seq`, which
      another condition has now; either way its pushes bear the seq it was made with
    * `side_by_side`: two sessions of one key live together · `outliving`: registrations outlive their socket
    * `beside`: a search while anything is registered is `answered`, or ends the session with a SYSTEM notice
    * `offered`: the condition search is there at all · `venues`: `KNA`, or only `K` is good
    * `slow`: seconds a reply takes at most, at least a third of them, 0 for at once · `words`: of so many answers to
      CNSRREQ one is a failure with code 0, words and no rows, 0 for none

    Shapes:

    * `empty_list`, `list_rows`, `list_order`, `list_name`, `padded_names`: of the list of conditions
    * `padded_seq`: the seq of a reply is filled up with blanks in `searches`, `always` or `never` · `zero_padded`: a
      seq with zeros in front is `refused`, or means the one without
    * `empty_snapshot`: null, null without a seq, or a list · `one_row`: a single row stands in a `list`, or for itself
    * `search_rows`: `quotes`, or codes only as in a snapshot · `rates`: `thousandths` of a percent, or plain `percent`
    * `prefixes`: codes have a letter in front in `snapshots` and searches, `never`, or `always`, in pushes too
    * `venue_suffix`: codes outside KRX end in _NX or _AL
    * `error_seq`: an error names its condition in its `text`, in a `field`, or `nowhere`
    * `login_code`: the return_code of a refused login, None for the code in its text · `sor_yn`: stands in the reply
    * `with_20`, `with_907`, `with_9081`: fields of a push · `mixed`: a row of another type stands before it
    * `clear_words`: the reply to a stop has words · `notice`: a harmless SYSTEM frame follows the list
    * `page_size`: rows of a search page · `fragment`: frames are cut into pieces of this many bytes, 0 for whole

    The connection: `ping`, `ping_deadline`, `login_deadline` in seconds · `bare_ping`: the heartbeat is the bare text
    PING · `rfc_pong`: the protocol's own pings are answered · `frame_limit`: bytes of the largest frame that is taken.

    Limits, 0 is off: `list_pause` (1 s between two lists), refused with `list_code`; known from the older interface are
    `max_conditions` (10), `max_hits` (100), `pause` (60 s between two requests of one condition) and `max_rate` (5
    requests a second).

    Quotes of single stocks: `price_limit` items of a connection, beyond which 105115 answers · `group_limit` items of
    a group (105118) and `reg_pause` seconds between two REG or REMOVE (105110), 0 is off · `search_of_registered`: the
    search of a condition that is registered `keeps` its real time, silently `ends` it, or is refused with `900003`

    Names and prices over REST: `names_page` rows of a page of names · `rest_rate` requests a second, beyond which 1700
    and HTTP 429 answer · `prices_most` codes of one request (50), beyond which it is refused; 0 is off.
    """

    unlisted: Literal["silent", "900004", "allowed"] = "silent"
    unknown_seq: Literal["900004", "silent"] = "900004"
    second: Literal["900003", "silent"] = "900003"
    before_login: Literal["100013", "silent"] = "100013"
    seqs: Literal["now", "listed"] = "now"
    bound: Literal["condition", "seq"] = "condition"
    side_by_side: bool = False
    outliving: bool = False
    beside: Literal["answered", "system"] = "answered"
    offered: bool = True
    venues: Literal["KNA", "K"] = "KNA"
    slow: float = 0.0
    words: int = 0
    empty_list: Literal["list", "null"] = "list"
    list_rows: Literal["arrays", "objects"] = "arrays"
    list_order: Literal["text", "number"] = "text"
    list_name: Literal["CNSRLST", "CNSRLT"] = "CNSRLST"
    padded_names: bool = False
    padded_seq: Literal["searches", "always", "never"] = "searches"
    zero_padded: Literal["refused", "taken"] = "refused"
    empty_snapshot: Literal["null", "unnamed", "list"] = "null"
    one_row: Literal["list", "object"] = "list"
    search_rows: Literal["quotes", "codes"] = "quotes"
    rates: Literal["thousandths", "percent"] = "thousandths"
    prefixes: Literal["snapshots", "never", "always"] = "snapshots"
    venue_suffix: bool = False
    error_seq: Literal["text", "field", "nowhere"] = "text"
    login_code: int | None = None
    sor_yn: bool = True
    with_20: bool = True
    with_907: bool = True
    with_9081: bool = False
    mixed: bool = False
    clear_words: bool = False
    notice: bool = False
    page_size: int = 100
    fragment: int = 0
    ping: float = 10.0
    ping_deadline: float = 40.0
    login_deadline: float = 12.0
    bare_ping: bool = False
    rfc_pong: bool = False
    frame_limit: int = FRAME_LIMIT
    list_pause: float = 0.0
    list_code: Literal["1700", "105110"] = "105110"
    max_conditions: int = 0
    max_hits: int = 0
    pause: float = 0.0
    max_rate: int = 0
    price_limit: int = 100
    group_limit: int = 0
    reg_pause: float = 0.0
    search_of_registered: Literal["keeps", "ends", "900003"] = "keeps"
    names_page: int = 1_000
    rest_rate: int = 0
    prices_most: int = 0

    def __post_init__(self) -> None:
        for name in POSITIVE:
            _check(name, getattr(self, name), positive=True)
        for name in NOT_NEGATIVE:
            _check(name, getattr(self, name), positive=False)

    def settings(self) -> ServerSettings:
        """Return what concerns the server itself."""
        return ServerSettings(
            ping=self.ping,
            ping_deadline=self.ping_deadline,
            login_deadline=self.login_deadline,
            exclusive=not self.side_by_side,
            fragment=self.fragment,
            bare_ping=self.bare_ping,
            frame_limit=self.frame_limit,
            rfc_pong=self.rfc_pong,
            refuse_early=self.before_login != "silent",
        )


def _check(name: str, value: float, *, positive: bool) -> None:
    if not (value > 0 or (value == 0 and not positive)) or value > 10**9:
        wanted = "more than 0" if positive else "0 or more"
        raise InvalidAddress(f"{name} must be {wanted}, not {value}", value=str(value), reason=f"{name} out of range")
