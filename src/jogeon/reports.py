"""What is reported to people, as data: why a connection ended, what was odd, what was gone round.

The English text is made from the data and from nothing else. Whoever speaks another language takes the same fields;
nobody reads a text back. The words of others (the broker, the system, a library) stay as they are, in `text`.
"""

import re
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import force_setattr

from jogeon.masks import masked

Kind = Literal[
    "other",
    "connection lost", "broke off", "closed", "closed without code", "closed here", "message too long",
    "condition unanswered", "no reply", "defect",
    "could not connect", "no answer", "unknown host", "no token", "proxy not supported", "HTTP", "certificate",
    "unreadable roots", "system",
    "login refused", "token refused", "request refused", "taken", "taken by", "taken by hub", "lease lost",
    "nats lost", "nats silent", "hub silent", "no TLS", "other stream", "stream moved on",
    "bad credentials file",
    "unreadable frame", "unreadable rows", "unreadable reply", "unreadable snapshot",
    "enter of a member", "leave of a non-member", "push without code", "push of unknown kind", "push of unknown seq",
    "too many stocks",
    "journal damaged", "journal set aside", "journal restored", "journal migrated",
    "disk full", "read-only", "locked", "disk error", "not opened", "file damaged", "no WAL",
    "link to nowhere", "not regular", "name in the way", "table missing", "table changed", "table added",
    "newer version",
    "wrong type", "unknown field", "missing field", "wrong value",
    "at line", "in line", "in line saying", "in line because", "at end", "too large",
    "not UTF-8", "nested too deeply", "not a file",
    "another owner", "open to others", "folder open to others", "file not used", "place not trusted",
    "no conditions", "seq twice", "odd seq", "no name",
    "keyring silent", "other kwcli profile", "kwcli unreadable", "key files apart",
    "library", "conditions moved", "endless pages", "no REST address", "pages do not end", "page without key",
    "page key again", "too many rows", "too many pages", "out of turn", "another answer", "no hub", "no hub status",
    "NATS", "NATS refuses", "no picture", "no JetStream", "no publisher", "journal unusable", "no such file",
    "nothing recorded", "nothing left", "no frames",
    "another writer", "another database", "never a journal", "name taken", "unreadable row", "unwritten",
    "writer failed", "stream cut", "no stream", "next deleted", "begun anew", "another journal", "no identity",
    "ends at", "replaced", "replaced by less", "replaced by file", "moved away", "stream broke off", "another stream",
    "next elsewhere", "six characters", "at least", "empty path", "seconds or never", "not a position",
    "took no message", "too old", "muted", "no such target", "no end", "exit code", "not delivered", "still sending",
    "not Telegram",
]  # fmt: skip

ENGLISH: dict[Kind, str] = {
    "other": "{text}",
    "library": "{text}",
    "connection lost": "connection lost: {why}",
    "broke off": "the connection broke off without a close",
    "closed": "closed by the server ({words})",
    "closed without code": "closed by the server without a code",
    "closed here": "closed by this program",
    "message too long": "a message of more than {bytes} bytes",
    "condition unanswered": "a condition goes unanswered on this connection, which still owes a reply",
    "no reply": "no reply to {name} within {seconds:g} s",
    "defect": "a defect of this package ended the session: {text}",
    "could not connect": "could not connect to {name}: {why}",
    "no answer": "no answer within {seconds:g} s",
    "unknown host": "{text}",
    "no token": "the answer holds no token",
    "proxy not supported": (
        "this kind of proxy cannot be used for token requests; a SOCKS5 proxy needs the package socksio"
    ),
    "HTTP": "HTTP {text}",
    "certificate": "{text}",
    "unreadable roots": "{name}: {why}",
    "system": "{text}",
    "login refused": "login refused [{code}] {text}",
    "token refused": "token refused [{code}] {text}",
    "request refused": "{name} refused [{code}] {text}",
    "taken": "the session of this key is taken {text}",
    "taken by": "the session of this key is taken by {name} {text}",
    "taken by hub": "the session of this key is shared by the hub at {text}: {name}",
    "lease lost": "another hub has taken over at {name}",
    "nats lost": "the connection to NATS was lost",
    "nats silent": "NATS gives no sign of life",
    "hub silent": "the hub gives no sign of life",
    "no TLS": "the server does not encrypt, and tls:// demands it; nothing was sent to it",
    "other stream": "the stream {name} was made for something else",
    "stream moved on": "the stream does not lead on from here: {text}",
    "bad credentials file": "the credentials file cannot be used: {text}",
    "unreadable frame": "unreadable frame of {bytes} bytes: {text}",
    "unreadable rows": "unreadable frame: {number} rows of a push",
    "unreadable reply": "{text}",
    "unreadable snapshot": "a snapshot in which rows cannot be read: {text}",
    "enter of a member": "enter of a member",
    "leave of a non-member": "leave of a non-member",
    "push without code": "push without a code",
    "push of unknown kind": "push of the unknown kind {text!r}",
    "push of unknown seq": "push for the unknown condition seq {text!r}",
    "too many stocks": "more stocks than there are",
    "journal damaged": "the journal was damaged: another was begun",
    "journal set aside": "the journal was damaged: it was set aside as {name}, another was begun",
    "journal restored": ("the journal was deleted, moved or changed by another program: it was written again in full"),
    "journal migrated": "the journal was brought to version {number}; {name} is the one from before",
    "disk full": "the disk is full ({text})",
    "read-only": "the file or its folder is read-only ({text})",
    "locked": "another program has locked the file ({text})",
    "disk error": "the disk reports an error ({text})",
    "not opened": "the file cannot be opened ({text})",
    "file damaged": "the file is damaged ({text})",
    "no WAL": "the disk does not allow SQLite's WAL mode",
    "link to nowhere": "a link that leads nowhere: {place}",
    "not regular": "a link, a folder, a device or a pipe",
    "name in the way": "{name} beside it is a file of another program",
    "table missing": "{name} is missing in it",
    "table changed": "{name} in it is not that of a journal",
    "table added": "another program added {other} {name} to it",
    "newer version": "version {number}, this one knows {other}",
    "wrong type": "{place} should be {name}, not {other}",
    "unknown field": "unknown field {name}",
    "missing field": "{place} lacks {name}",
    "wrong value": "{place} cannot be {text}",
    "at line": "at line {line}, column {column}",
    "in line": "at line {line}",
    "in line saying": "line {line}: {text}",
    "in line because": "line {line}: {why}",
    "at end": "at the end of the file",
    "too large": "more than {bytes} bytes",
    "not UTF-8": "not UTF-8 from byte {number} on",
    "nested too deeply": "nested too deeply",
    "not a file": "not a file",
    "another owner": "its owner is another user ({number})",
    "open to others": "others can write to it (mode {code})",
    "folder open to others": "others can put another file into {place} (mode {code}, owner {number})",
    "file not used": "{place} is not used: {why}",
    "place not trusted": "{place} is not used: {other}: {why}",
    "no conditions": "no [[condition]] in it",
    "seq twice": "seq {text!r} is given twice",
    "odd seq": "seq {text!r} of condition {name!r} is not a number from 0 to 999",
    "no name": "condition {text} has no name",
    "keyring silent": "the keyring did not answer within {seconds:g} s: going on without it",
    "other kwcli profile": "kwcli: the current profile is not one of the {name} server; {text} is taken",
    "kwcli unreadable": "kwcli: {place} cannot be read: its profiles are not looked at",
    "key files apart": "{name} and {other} were not saved on the same day: they may not fit each other",
    "conditions moved": "the conditions kept moving while the pages of a search were read",
    "endless pages": "the pages of market {name} do not end",
    "no REST address": "no REST address of the server is known",
    "pages do not end": "{why} after {number} rows",
    "page without key": "a page says that more follows and gives no key",
    "page key again": "a page gives a key that was used before",
    "too many rows": "more than {number} rows came",
    "too many pages": "more than {number} pages came",
    "out of turn": "{name} is not allowed in phase {other}",
    "no hub": "{name} is not a hub (HTTP {number})",
    "no hub status": "what it tells is not the status of a hub",
    "another answer": "{name} was answered by {other}",
    "NATS": "NATS: {text}",
    "NATS refuses": "NATS refuses: {text}",
    "no picture": "the stream {name} holds no members yet, or keeps too little to hold them",
    "no JetStream": "the server has no JetStream (nats-server -js), or it is not ready yet",
    "no publisher": "no hub publishes as {name!r} there",
    "journal unusable": "the journal {name} cannot be used: {why}",
    "no such file": "there is no such file",
    "nothing recorded": "nothing was recorded in it",
    "no frames": "it holds no raw frames",
    "nothing left": "nothing is left in it",
    "another writer": "another jogeon writes to it",
    "another database": "this is a database of another program",
    "never a journal": "never was a journal",
    "name taken": "a file of another program has this name now",
    "unreadable row": "a row cannot be read: {text}",
    "unwritten": "{number} events were not written: {why}",
    "writer failed": "the writer failed",
    "stream cut": "the stream cannot go on from {name}: {why}",
    "no stream": "the server is not a hub",
    "next deleted": "what came next was deleted",
    "begun anew": "another journal was begun in place of the damaged one",
    "another journal": "this journal is {name}",
    "no identity": "this journal is of version 1, without identity",
    "ends at": "this journal ends at {name}",
    "replaced": "the journal was replaced by another one",
    "replaced by less": "the journal was replaced by one that lacks what was read",
    "replaced by file": "the journal was replaced by a file of another program",
    "moved away": "the journal was deleted or moved away",
    "stream broke off": "the stream has broken off",
    "another stream": "the stream goes on with journal {name}",
    "next elsewhere": "what comes next in the stream is behind {name}",
    "six characters": "six characters, as in 005930",
    "at least": "{number} or more",
    "empty path": "an empty path",
    "seconds or never": "0 seconds (never) or more",
    "not a position": "{name!r} is not a position: JOURNAL:EPOCH:N or EPOCH:N",
    "took no message": "{name} took no message: {why}",
    "too old": "too old",
    "muted": "muted",
    "no such target": "no such target",
    "no end": "no end within {seconds:g} s",
    "exit code": "exit code {number}",
    "not delivered": "not delivered",
    "still sending": "the attempt before has not ended",
    "not Telegram": "HTTP {number}, and no answer of Telegram",
}


class Report(Struct, frozen=True, omit_defaults=True):
    """What is reported: `kind` says what, the other fields are what its text tells.

    `code` is the broker's own (or a close code), `text` the words of others, `name` and `other` whom or what it is
    about, `place` where in a file or on the disk, `number` an errno, a count, a user or a position; `why` is the report
    behind it. No secret of this process is in it, whoever quoted it; a `place` is always our own.
    """

    kind: Kind
    code: str = ""
    text: str = ""
    name: str = ""
    other: str = ""
    place: str = ""
    seconds: float = 0.0
    bytes: int = 0
    number: int = 0
    line: int = 0
    column: int = 0
    why: "Report | None" = None

    def __post_init__(self) -> None:
        for field in ("code", "text", "name", "other"):
            given: str = getattr(self, field)
            if given and (safe := masked(given)) != given:
                force_setattr(self, field, safe)

    def __str__(self) -> str:
        parts = {field: getattr(self, field) for field in self.__struct_fields__}
        parts |= {"words": self.words, "why": self.why or ""}
        return ENGLISH[self.kind].format(**parts).strip()

    @property
    def depth(self) -> int:
        """How many reports stand behind each other, this one too."""
        count, behind = 1, self.why
        while behind is not None:
            count, behind = count + 1, behind.why
        return count

    @property
    def words(self) -> str:
        """Code and text, whichever there are."""
        return " ".join(filter(None, (self.code, self.text)))


def report_of(error: Exception) -> Report:
    """Return what an error of the system or of a library says; its own words are in `text`."""
    number = (error.errno or 0) if isinstance(error, OSError) else 0
    if number > 0:
        return Report("system", number=number, text=getattr(error, "strerror", None) or str(error))
    name = type(error).__name__
    return Report("library", name=name, text=str(error) or name)


_COMPLAINTS = (
    re.compile(r"Expected `(?P<name>[^`]+)`, got `(?P<other>[^`]+)`"),
    re.compile(r"Object contains unknown field `(?P<name>[^`]+)`"),
    re.compile(r"Object missing required field `(?P<name>[^`]+)`"),
    re.compile(r"Invalid enum value (?P<text>.+)"),
)
_KINDS: tuple[Kind, ...] = ("wrong type", "unknown field", "missing field", "wrong value")


def complaint_of(error: Exception) -> Report:
    """Return what msgspec refuses about a value: it keeps in its message what other libraries keep in fields."""
    said, _, place = str(error).partition(" - at `$")
    place = place.rstrip("`").lstrip(".")
    for kind, pattern in zip(_KINDS, _COMPLAINTS, strict=True):
        if found := pattern.fullmatch(said):
            fields: dict[str, Any] = found.groupdict()
            return Report(kind, place=place, **fields)
    return Report("library", name="msgspec", text=said, place=place)


def place_in_toml(complaint: str) -> Report | None:
    """Return where a text is not TOML, None if that is not said; the other words of the complaint may quote a value."""
    if found := re.search(r"\(at line (\d+), column (\d+)\)$", complaint):
        return Report("at line", line=int(found[1]), column=int(found[2]))
    return Report("at end") if complaint.endswith("(at end of document)") else None
