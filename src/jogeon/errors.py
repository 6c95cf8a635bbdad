"""Everything that can go wrong, on one page: whose fault it is, and whether trying again helps.

========================  ====================  ==========================================
class                     whose                 again?
========================  ====================  ==========================================
LocalProtocolError        the calling program   no: the call is wrong at this moment
RemoteProtocolError       the peer              no: it sent what the protocol does not know
InvalidAddress            the user              no: the address must change
InvalidSetting            the user              no: the setting must change
KeysMissing               the user              no: keys must be given first
LoginRefused              the broker            once with a fresh token (8005, 8031, 8103)
TokenRefused              the broker            no (429: later)
SessionTaken              another program       no: two programs would kick each other
CouldNotConnect           the network           yes, with growing delays
CannotServe               this machine          no: the port is taken, or the address is not its own
ConnectionLost            the network           yes, with growing delays
RequestTimeout            the network           slowly, and never twice at the same time
RequestRefused            the broker            depends on its code
UnknownCondition          the user              no: no such name or seq was listed
AmbiguousCondition        the user              no: two conditions bear the name
JournalError              this machine          when its `reason` is gone: missing, in use, unwritable, …
PositionError             the user              from another position: this one is pruned, foreign or gone
MissingExtra              the user              no: an optional library must be installed
AlertRefused              whom it goes to       no: its setting or its rights must change
AlertUnreachable          the network           later
EmptyPageKey … TooManyPages  the broker         no: the pages do not end properly
========================  ====================  ==========================================

Every class derives from JogeonError; `code` and `text` are the broker's own, where it gave any. No error carries a
secret of this process, whoever quoted it.
"""

from typing import TYPE_CHECKING, Any

from jogeon.masks import masked

if TYPE_CHECKING:
    from jogeon.reports import Kind, Report

BUSY_CODES = frozenset({"1700", "105110", "429"})
"""Too many requests of a kind, over REST and over the socket."""
STALE_TOKEN_CODES = frozenset({"8005", "8010", "8031", "8103"})
"""Codes after which a freshly issued token is worth one more try; 8010: the address of this machine has changed."""


def _report(kind: "Kind", **fields: Any) -> "Report":
    from jogeon.reports import Report  # msgspec is not needed until something goes wrong

    return Report(kind, **fields)


def _as_report(detail: "str | Report") -> "Report":
    return _report("other", text=detail) if isinstance(detail, str) else detail


class JogeonError(Exception):
    """Root of all errors of this package; `code` and `text` are the broker's own words, if any.

    `report` is its message as data.
    """

    def __init__(self, message: "str | Report", *, code: str = "", text: str = "") -> None:
        super().__init__(masked(str(message)))
        self.report = _as_report(message)
        self.code = code
        self.text = text

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, masked(value) if isinstance(value, str) else value)


class LocalProtocolError(JogeonError):
    """This program asked for something the protocol does not allow now."""


class RemoteProtocolError(JogeonError):
    """The peer sent something that cannot be read or that breaks the protocol."""


class InvalidAddress(JogeonError):
    """An address that cannot be used; `value` is what was given."""

    def __init__(self, message: str, *, value: str, reason: str) -> None:
        super().__init__(message)
        self.value = value
        self.reason = reason


class InvalidSetting(InvalidAddress):
    """A setting that cannot be used: `field` of `file`; a secret in it is never quoted.

    `reason` is one of missing, unreadable, not a file, too large, not private, no home, not text, not TOML, backslash,
    wrong value, not allowed, empty, not one word, odd key, several lines, other key, not a mode, not a proxy, spoilt,
    no keys, half a pair, several pairs, several profiles, below one, no certificate, other key's, locked key; of
    `[alerts]` also no alerts, unknown key, not a table, not an array, name twice, no target, unknown target, unknown
    text field, text too long, unknown condition, odd hours, odd length, odd time, odd comparison, within alone, key
    needed, open to others, api in the clear, variable missing, not an address, needs prices. `detail` says more, `why`
    as data.
    """

    def __init__(self, *, file: str, field: str = "", reason: str, detail: "str | Report" = "") -> None:
        where = f"{file}: {field}" if field else file
        self.file = file
        self.field = field
        self.detail = str(detail)
        self.why = _as_report(detail)
        super().__init__(f"{where}: {reason}" + (f": {self.detail}" if self.detail else ""), value=where, reason=reason)


class KeysMissing(JogeonError):
    """No app key and secret key were found for `mode` ("real" or "mock").

    `half`: what was found, and what it lacks; `silent`: the keyring did not answer, so the keys may be in it.
    """

    def __init__(self, mode: str, *, half: tuple[tuple[str, str], ...] = (), silent: bool = False) -> None:
        lonely = "".join(f"; {found} lacks {lacking}" for found, lacking in half)
        unheard = "; the keyring did not answer" if silent else ""
        super().__init__(
            f"no keys for the {mode} server were found{lonely}{unheard}: run `jogeon login` ('demo' needs none)"
        )
        self.mode = mode
        self.half = half
        self.silent = silent


class LoginRefused(JogeonError):
    """The broker refused the LOGIN; the code is read from the field or from `CODE=nnnn` in the text.

    `nats`: it was a server of NATS instead, which has no codes.
    """

    def __init__(self, *, code: str, text: str, nats: bool = False) -> None:
        refused = _report("NATS refuses", text=text) if nats else _report("login refused", code=code, text=text)
        super().__init__(refused, code=code, text=text)
        self.nats = nats


class TokenRefused(JogeonError):
    """The broker refused to issue or revoke a token (au10001, au10002)."""

    def __init__(self, *, code: str, text: str) -> None:
        super().__init__(_report("token refused", code=code, text=text), code=code, text=text)


class SessionTaken(JogeonError):
    """Another program has the session of this app key (SYSTEM R10001, or its lock); `holder` names it if known.

    `hub`: the address of the hub of this machine that has it; connect to that instead. `lease`: the address on NATS
    where another hub has the lease that this one had, and with it the session. Each is "" if it is not that.
    """

    def __init__(self, *, code: str = "", text: str = "", holder: str = "", hub: str = "", lease: str = "") -> None:
        kind: Kind = "lease lost" if lease else "taken by hub" if hub else "taken by" if holder else "taken"
        super().__init__(_report(kind, name=holder or lease, code=code, text=hub or text), code=code, text=text)
        self.holder = holder
        self.hub = hub
        self.lease = lease


class CouldNotConnect(JogeonError):
    """No connection came about.

    `reason` is one of refused, name, timeout, tls, handshake, maintenance, proxy, address, network; with NATS also
    silent (no hub), jetstream (there is none), refused by NATS, no TLS, other stream, no picture, credentials. Where a
    certificate is why, `certificate` is one of expired, not yet valid, self-signed, unknown issuer, other host,
    invalid, or "unreadable roots" if the certificates to trust cannot be read. `proxy` is the one on the way, without
    its password. `detail` says more, `why` as data.
    """

    def __init__(
        self, *, address: str, reason: str, detail: "str | Report", certificate: str = "", proxy: str = ""
    ) -> None:
        self.why = _as_report(detail)
        super().__init__(_report("could not connect", name=address, why=self.why))
        self.address = address
        self.reason = reason
        self.detail = str(detail)
        self.certificate = certificate
        self.proxy = proxy


class CannotServe(JogeonError):
    """No server could be started at `address`; `detail` is what the system says, `why` the same as data."""

    def __init__(self, *, address: str, detail: "str | Report") -> None:
        super().__init__(f"cannot serve at {address}: {detail}")
        self.address = address
        self.detail = str(detail)
        self.why = _as_report(detail)


class ConnectionLost(JogeonError):
    """The connection ended; `close_code` is the peer's close code (1006 if it sent none).

    `detail` says why, `why` as data.
    """

    def __init__(self, detail: "str | Report", *, close_code: int = 1006, code: str = "", text: str = "") -> None:
        self.why = _as_report(detail)
        super().__init__(_report("connection lost", why=self.why), code=code, text=text)
        self.detail = str(detail)
        self.close_code = close_code


class RequestTimeout(JogeonError):
    """No reply came in `seconds`; the reply stays owed until the connection ends."""

    def __init__(self, request: str, seconds: float) -> None:
        super().__init__(_report("no reply", name=request, seconds=seconds))
        self.request = request
        self.seconds = seconds


class RequestRefused(JogeonError):
    """The broker answered `request` with an error of its own."""

    def __init__(self, request: str, *, code: str, text: str) -> None:
        super().__init__(_report("request refused", name=request, code=code, text=text), code=code, text=text)
        self.request = request

    @property
    def lasts(self) -> bool:
        """Whether asking again is unlikely to help: not for the rate, words beside code 0, or the gateway's 100…."""
        return self.code not in BUSY_CODES and bool(self.code.strip("0")) and not self.code.startswith("100")


class UnknownCondition(JogeonError):
    """No listed condition has this name or seq; `close` holds similar names.

    `reason` is "not recorded" if a journal was asked, not a server; `close` then holds all names if none is similar.
    """

    def __init__(self, wanted: str, *, close: tuple[str, ...] = (), reason: str = "") -> None:
        hint = f"; {'recorded' if reason else 'similar'}: {', '.join(close)}" if close else ""
        super().__init__(f"no condition {wanted!r}{hint}")
        self.wanted = wanted
        self.close = close
        self.reason = reason


class AmbiguousCondition(JogeonError):
    """Several conditions bear this name; `seqs` tells them apart."""

    def __init__(self, name: str, *, seqs: tuple[str, ...]) -> None:
        super().__init__(f"{len(seqs)} conditions are named {name!r} (seq {', '.join(seqs)}): use the seq")
        self.name = name
        self.seqs = seqs


class JournalError(JogeonError):
    """A journal cannot be used.

    `reason` is one of missing, empty, no frames (asked for the raw ones), foreign (never was one), special (a folder, a
    device, a link that leads nowhere), in the way (of what lies beside it), odd (its tables were changed), newer,
    damaged, in use, unwritable, unreadable, unfinished.
    """

    def __init__(self, path: object, reason: str, detail: "str | Report") -> None:
        self.why = _as_report(detail)
        super().__init__(_report("journal unusable", name=str(path), why=self.why))
        self.path = str(path)
        self.reason = reason
        self.detail = str(detail)


class PositionError(JogeonError):
    """The stream of a journal cannot be gone on with from a position.

    `reason` is pruned (what comes next was deleted; `next` is the first event that was not, None if none is left),
    foreign (it is not of this journal), gone (the journal is no longer there), hole (what arrived is not what comes
    next) or no stream (the server is not a hub, and numbers nothing). `position` is where one stood.
    """

    def __init__(self, position: object, reason: str, detail: "str | Report", following: object = None) -> None:
        self.why = _as_report(detail)
        super().__init__(_report("stream cut", name=str(position), why=self.why))
        self.position = position
        self.reason = reason
        self.detail = str(detail)
        self.next = following


class MissingExtra(JogeonError):
    """What was asked for needs an optional library; `extra` is the name to install: jogeon[extra]."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"this needs {extra}: pip install 'jogeon[{extra}]'")
        self.extra = extra


class AlertRefused(JogeonError):
    """A target of alerts did not take a message; `said` is what it says, `why` as data."""

    def __init__(self, target: str, reason: "str | Report") -> None:
        self.why = _as_report(reason)
        super().__init__(_report("took no message", name=target, why=self.why))
        self.target = target
        self.said = str(reason)


class AlertUnreachable(AlertRefused):
    """A target of alerts could not be reached."""


class PagingError(JogeonError):
    """The pages of a search (ka10172) do not end properly, `why` says how; `rows` were read before that."""

    def __init__(self, detail: "str | Report", *, rows: int) -> None:
        self.why = _as_report(detail)
        super().__init__(_report("pages do not end", why=self.why, number=rows))
        self.rows = rows


class EmptyPageKey(PagingError):
    """A page says that more follows but gives no key to ask for it."""


class RepeatedPageKey(PagingError):
    """A page gives a key that was used before: following it would never end."""


class TooManyPages(PagingError):
    """More pages than any market could fill."""


class TooManyRows(PagingError):
    """More rows than the cap the caller set."""
