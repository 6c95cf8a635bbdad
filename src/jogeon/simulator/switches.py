"""What nobody knows for certain of the broker's wire, as switches: each can be tried both ways."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from jogeon.errors import InvalidAddress
from jogeon.server import Settings


class Switches(Struct, frozen=True, kw_only=True):
    """How the simulated broker behaves where sources disagree or one client's word is all there is.

    * `unlisted`: the answer to a condition asked for before the list · `second`: to a registration of a registered seq
    * `side_by_side`: two sessions of one key live together · `outliving`: registrations outlive their socket
    * `empty_list`, `list_rows`, `list_name`, `padded_names`: shapes of the list of conditions
    * `empty_snapshot`: null, null without a seq, or a list · `venue_suffix`: codes outside KRX end in _NX or _AL
    * `login_code`: the return_code of a refused login, None for the code in its text · `sor_yn`: stands in the reply
    * `with_907`, `with_9081`: fields of a push · `notice`: a harmless SYSTEM frame follows the login
    * `page_size`: rows of a search page · `fragment`: frames are cut into pieces of this many bytes, 0 for whole
    * `ping`, `ping_deadline`, `login_deadline`: seconds · `bare_ping`: the heartbeat is the bare text PING
    * `max_conditions` (10), `max_hits` (100), `pause` (60 s between two requests of one condition), `max_rate` (5
      requests a second): limits known from the older interface, in brackets; 0 is off
    """

    unlisted: Literal["silent", "900004", "allowed"] = "silent"
    second: Literal["900003", "silent"] = "900003"
    side_by_side: bool = False
    outliving: bool = False
    empty_list: Literal["list", "null"] = "list"
    list_rows: Literal["arrays", "objects"] = "arrays"
    list_name: Literal["CNSRLST", "CNSRLT"] = "CNSRLST"
    padded_names: bool = False
    empty_snapshot: Literal["null", "unnamed", "list"] = "null"
    venue_suffix: bool = False
    login_code: int | None = None
    sor_yn: bool = True
    with_907: bool = True
    with_9081: bool = False
    notice: bool = False
    page_size: int = 100
    fragment: int = 0
    ping: float = 10.0
    ping_deadline: float = 40.0
    login_deadline: float = 12.0
    bare_ping: bool = False
    max_conditions: int = 0
    max_hits: int = 0
    pause: float = 0.0
    max_rate: int = 0

    def __post_init__(self) -> None:
        for name in ("page_size", "ping", "ping_deadline", "login_deadline"):
            _check(name, getattr(self, name), positive=True)
        for name in ("fragment", "max_conditions", "max_hits", "pause", "max_rate"):
            _check(name, getattr(self, name), positive=False)

    def settings(self) -> Settings:
        """Return what concerns the server itself."""
        return Settings(
            ping=self.ping,
            ping_deadline=self.ping_deadline,
            login_deadline=self.login_deadline,
            exclusive=not self.side_by_side,
            fragment=self.fragment,
            bare_ping=self.bare_ping,
        )


def _check(name: str, value: float, *, positive: bool) -> None:
    if not (value > 0 or (value == 0 and not positive)) or value > 10**9:
        wanted = "more than 0" if positive else "0 or more"
        raise InvalidAddress(f"{name} must be {wanted}, not {value}", value=str(value), reason=f"{name} out of range")
