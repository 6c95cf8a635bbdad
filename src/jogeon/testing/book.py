"""What a broker answers when nothing goes wrong."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from jogeon.testing import words
from jogeon.testing.conditions import Conditions, Saved
from jogeon.testing.links import Link, Request
from jogeon.testing.words import Message, Quote

NORMAL = 1000
FAREWELL = "Bye"


class End(NamedTuple):
    """Stands among answers where the connection is to be closed."""

    code: int | None = NORMAL
    reason: str = FAREWELL


class Book:
    """The conditions, and the answers to requests about them.

    `ping`: seconds between PINGs, 0 for none. `ping_deadline`: seconds until one must have come back, `login_deadline`
    until the LOGIN must have come. `token`: the only one that is accepted, None for any. `exclusive`: a second LOGIN
    with a token ends the first session. `page`: rows of one page of a search.

    What nobody knows for certain of the broker: `unlisted`, what answers a registration that comes before the list;
    `twice`, what answers a second registration; `bare_empty`, an empty snapshot names no condition; `numbering`, whose
    seqs a request means: those of "now", or those "listed" to its connection last. A push carries the seq with which
    the condition was registered, whatever its name and seq are by then.

    All of these may be set at any time.
    """

    ping: float = 10.0
    ping_deadline: float = 40.0
    login_deadline: float = 12.0
    token: str | None = None
    exclusive: bool = True
    page: int = 100
    unlisted: Literal["silent", "900004", "allowed"] = "silent"
    twice: Literal["900003", "silent"] = "900003"
    bare_empty: bool = False
    numbering: Literal["now", "listed"] = "now"

    def __init__(self, conditions: Mapping[str, Iterable[str]]) -> None:
        self.logins = 0
        """How many were accepted."""
        self._conditions = Conditions(conditions)
        self._quotes: dict[str, Quote] = {}

    def _carry_out(self, link: Link, request: Request) -> list[object]:
        if link.token is None and request.trnm != "LOGIN":
            return self._refused(request, words.BEFORE_LOGIN)
        match request.subjects[-1]:
            case "LOGIN":
                answers = self._login(link, request)
            case "ka10171":
                link.listed = {each.seq: each for each in self._conditions.saved}
                answers = [words.listing((each.seq, each.name) for each in self._conditions.saved)]
            case "ka10172":
                answers = self._search(link, request)
            case "ka10173":
                answers = self._register(link, request)
            case "ka10174":
                link.bound.pop(request.seq, None)
                answers = [words.accepted("CNSRCLR", seq=request.seq)]
            case "REG" | "REMOVE" as trnm:
                answers = [words.accepted(trnm)]
            case _:
                answers = []  # the broker knows many more; what it says to nonsense nobody has shown
        return answers

    def _refused(self, request: Request, code: int, text: str = "") -> list[object]:
        refusal = self._refusal(request.trnm, code, request.seq, text)
        return [refusal, End()] if request.trnm == "LOGIN" else [refusal]

    @staticmethod
    def _refusal(trnm: str, code: int, seq: str, text: str = "") -> Message:
        words_of_it = text or words.REFUSALS.get(code, f"처리 중 오류가 발생했습니다[{code}]")
        return words.refused(trnm, code, words_of_it.replace("{seq}", seq))

    def _login(self, link: Link, request: Request) -> list[object]:
        token = str(request.body.get("token", ""))
        if self.token not in (None, token):
            return self._refused(request, words.TOKEN_INVALID)
        link.token = token
        self.logins += 1
        self._logged_in(link)
        return [words.accepted("LOGIN", sor_yn="Y")]

    def _logged_in(self, link: Link) -> None:
        """Begin a session."""
        raise NotImplementedError

    def _meant(self, link: Link, request: Request) -> Saved | None:
        """Return the condition that a request means by its seq."""
        if request.trnm not in ("CNSRREQ", "CNSRCLR"):
            return None
        if request.trnm == "CNSRCLR" and request.seq in link.bound:
            return link.bound[request.seq]
        if self.numbering == "now" or link.listed is None:
            return self._conditions.numbered(request.seq)
        listed = link.listed.get(request.seq)
        return listed if listed in self._conditions.saved else None

    def _register(self, link: Link, request: Request) -> list[object]:
        saved = self._meant(link, request)
        if link.listed is None and self.unlisted != "allowed":
            return [] if self.unlisted == "silent" else self._refused(request, words.NO_SUCH)
        if request.seq in link.bound:
            return [] if self.twice == "silent" else self._refused(request, words.TWICE)
        if saved is None:
            return self._refused(request, words.NO_SUCH)
        link.bound[request.seq] = saved
        return [words.snapshot(request.seq, saved.codes, bare=self.bare_empty)]

    def _search(self, link: Link, request: Request) -> list[object]:
        saved = self._meant(link, request)
        if saved is None:
            return self._refused(request, words.NO_SUCH)
        key = str(request.body.get("next_key", ""))
        begin = int(key) if request.body.get("cont_yn") == "Y" and key.isdecimal() else 0
        codes = list(saved.codes)
        end = begin + self.page
        stocks = [(code, self._quotes.get(code) or words.made_up(code)) for code in codes[begin:end]]
        return [words.page(request.seq, stocks, str(end) if end < len(codes) else "")]
