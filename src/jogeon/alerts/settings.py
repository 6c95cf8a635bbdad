"""What `[alerts]` of a jogeon.toml says: rules, targets, and what the tool tells of itself.

    [[alerts.rules]]
    name = "급등"
    conditions = ["급등주"]          # none: all
    dwell = "30s"
    to = ["폰"]

    [alerts.targets.폰]
    kind = "telegram"
    chat = "12345678"
    token_env = "TELEGRAM_TOKEN"    # the secret itself stands in the environment, never in a file

    [alerts.self]
    disconnected = "1m"

It is taken whole from the first jogeon.toml that has it. Each complaint is an InvalidSetting that knows its line.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import time
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from jogeon import times
from jogeon.account.settings import parse, setting_files
from jogeon.alerts.outbox import size_of
from jogeon.alerts.places import line_of
from jogeon.alerts.rules import FIELDS, Bound, Hours, On, Rule, unknown_fields
from jogeon.alerts.telegram import API
from jogeon.errors import InvalidSetting
from jogeon.files import changeable, read_small
from jogeon.net import is_loopback
from jogeon.reports import Report, complaint_of
from jogeon.wire.values import composed

T = TypeVar("T")

LONGEST_TEXT = 3000
"""Units of UTF-16 of a rule's text, so that a message holds it with the names filled in."""
TRUSTED = ("argv", "api", "token_env", "url_env")
"""What runs a program or says where a secret goes: it counts only where nobody else could have written it."""
NAMELESS = ("unknown field", "missing field")
"""Complaints whose place is the table: what they are about is their name."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "telegram": ("chat", "token_env"),
    "webhook": ("url_env",),
    "command": ("argv",),
    "apprise": ("url_env",),
}


class RuleTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table [[alerts.rules]] as it is written."""

    name: str
    conditions: list[str] = []
    on: On = "enter"
    origin: Literal["live", "both"] = "live"
    dwell: str | int | float = 0
    cooldown: str | int | float = 0
    also_in: list[str] = []
    within: str | int | float | None = None
    hours: str | None = None
    price: str | None = None
    rate: str | None = None
    cap: int | None = None
    silent: bool = False
    to: list[str] = []
    text: str | None = None


class TargetTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table [alerts.targets.NAME]. `token_env` and `url_env` name variables of the environment."""

    kind: Literal["telegram", "webhook", "command", "apprise"]
    chat: str | int = ""
    token_env: str = ""
    url_env: str = ""
    argv: list[str] = []
    api: str = API


class SelfTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table [alerts.self] as it is written; `to` names targets, all of them where it names none."""

    disconnected: str | int | float | None = None
    taken: bool = True
    refused: bool = True
    stalled: bool = True
    gone: bool = True
    daily: str | None = None
    ping_env: str = ""
    to: list[str] = []


class Own(Struct, frozen=True):
    """What the tool tells of itself, and to whom; `disconnected` is nanoseconds, `ping_env` names a variable."""

    to: tuple[str, ...]
    disconnected: int | None = None
    taken: bool = True
    refused: bool = True
    stalled: bool = True
    gone: bool = True
    daily: time | None = None
    ping_env: str = ""


class AlertSettings(Struct, frozen=True):
    """All that is right in an `[alerts]`, and what is wrong with the rest, in the order of the file."""

    file: Path
    content: bytes
    rules: tuple[Rule, ...]
    targets: Mapping[str, TargetTable]
    own: Own | None
    wrong: tuple[tuple[str | None, InvalidSetting], ...]
    """Each complaint with the name of its rule, None where it is about something else."""

    def complain(self) -> None:
        """Raise the first complaint."""
        for _, error in self.wrong:
            raise error

    def refusal(self, place: Sequence[str | int], reason: str, said: str = "") -> InvalidSetting:
        """Return a complaint about a place in the file."""
        return _refusal(self.file, self.content.decode("utf-8-sig"), place, reason, said)

    def place_of(self, rule: str) -> tuple[str | int, ...]:
        """Return where a rule stands."""
        tables = parse(self.file, self.content).alerts or {}
        index = next(n for n, table in enumerate(tables["rules"]) if composed(str(table.get("name", ""))) == rule)
        return ("alerts", "rules", index)


def alerts_file() -> Path | None:
    """Return the jogeon.toml whose `[alerts]` counts, None if no file has one; InvalidSetting."""
    return next((path for path, settings in setting_files() if settings.alerts is not None), None)


def read_alerts(path: Path) -> AlertSettings:
    """Read the `[alerts]` of a file; InvalidSetting if it is not a jogeon.toml at all, or has none."""
    content = read_small(path)
    if content is None:
        raise InvalidSetting(file=str(path), reason="missing")
    table = parse(path, content).alerts
    if table is None:
        raise InvalidSetting(file=str(path), field="alerts", reason="no alerts")
    return _Reader(path, content, table).read()


def _refusal(path: Path, text: str, place: Sequence[str | int], reason: str, said: str = "") -> InvalidSetting:
    line = line_of(text, place)
    report = Report("in line saying", line=line, text=said) if said else Report("in line", line=line)
    return InvalidSetting(file=str(path), field=_dotted(place), reason=reason, detail=report)


def _dotted(place: Sequence[str | int]) -> str:
    """Return a place as people write it; tables of an array count from 1."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


class _Reader:
    """Reads one `[alerts]`; what is wrong is noted, and the rest read on."""

    def __init__(self, path: Path, content: bytes, table: Mapping[str, Any]) -> None:
        self._path, self._content, self._table = path, content, table
        self._text = content.decode("utf-8-sig")
        self._wrong: list[tuple[str | None, InvalidSetting]] = []
        self._open = _open_to_others(path)
        self._named: set[str] = set()

    def read(self) -> AlertSettings:
        for key in self._table:
            if key not in ("rules", "targets", "self"):
                self._note(None, ("alerts", key), "unknown key", "rules, targets, self")
        tables = self._mapping("targets")
        targets = {name: target for name, table in tables.items() if (target := self._target(name, table))}
        self._known = set(tables)
        rules = [rule for n, table in self._rules() if (rule := self._rule(n, table))]
        own = self._own(tuple(targets))
        return AlertSettings(self._path, self._content, tuple(rules), targets, own, tuple(self._wrong))

    def _note(self, rule: str | None, place: Sequence[str | int], reason: str, said: str = "") -> None:
        self._wrong.append((rule, _refusal(self._path, self._text, place, reason, said)))

    def _note_because(self, rule: str | None, place: Sequence[str | int], reason: str, why: Report) -> None:
        detail = Report("in line because", line=line_of(self._text, place), why=why)
        refusal = InvalidSetting(file=str(self._path), field=_dotted(place), reason=reason, detail=detail)
        self._wrong.append((rule, refusal))

    def _mapping(self, key: str) -> Mapping[str, Any]:
        found = self._table.get(key, {})
        if isinstance(found, dict):
            return found
        self._note(None, ("alerts", key), "not a table")
        return {}

    def _rules(self) -> Iterator[tuple[int, Any]]:
        found = self._table.get("rules", [])
        if not isinstance(found, list):
            self._note(None, ("alerts", "rules"), "not an array")
            return
        yield from enumerate(found)

    def _converted(self, rule: str | None, place: Sequence[str | int], table: Any, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            complaint = complaint_of(error)
            key = complaint.place.partition("[")[0] or (complaint.name if complaint.kind in NAMELESS else "")
            where = (*place, key) if key else tuple(place)
            if complaint.kind == "unknown field":
                self._note(rule, where, "unknown key", ", ".join(kind.__struct_fields__))  # type: ignore[attr-defined]
            else:
                shown = "" if complaint.kind in NAMELESS else key
                self._note_because(rule, where, "wrong value", msgspec.structs.replace(complaint, place=shown))
            return None

    def _read(
        self, rule: str | None, place: Sequence[str | int], table: Struct, key: str, reader: Callable[[str], T],
        reason: str,
    ) -> T | None:  # fmt: skip
        """Return what a value of a table means, None where it is not there or means nothing."""
        value = getattr(table, key)
        try:
            return None if value is None else reader(str(value))
        except (ValueError, OverflowError):
            self._note(rule, (*place, key), reason, str(value))
            return None

    # ------------------------------------------------------------ rules

    def _rule(self, number: int, table: Any) -> Rule | None:
        place = ("alerts", "rules", number)
        name = table.get("name") if isinstance(table, dict) else None
        name = composed(name) if isinstance(name, str) else None
        before = len(self._wrong)
        given = self._converted(name, place, table, RuleTable)
        if given is None or name is None:
            return None
        if not name or name in self._named:
            self._note(name, (*place, "name"), "name twice" if name else "empty")
        self._named.add(name)
        rule = self._made(name, given, place)
        self._check_targets(name, given.to, place)
        for unknown in unknown_fields(rule.text):
            self._note(name, (*place, "text"), "unknown text field", f"{{{unknown}}} / {' '.join(FIELDS)}")
        if size_of(rule.text) > LONGEST_TEXT:
            self._note(name, (*place, "text"), "text too long", str(LONGEST_TEXT))
        if not rule.text.strip():
            self._note(name, (*place, "text"), "empty")
        if rule.cap is not None and rule.cap < 1:
            self._note(name, (*place, "cap"), "below one", str(rule.cap))
        if rule.within is not None and not rule.also_in:
            self._note(name, (*place, "within"), "within alone")
        return rule if len(self._wrong) == before else None

    def _made(self, name: str, given: RuleTable, place: Sequence[str | int]) -> Rule:
        read = partial(self._read, name, place, given)
        return Rule(
            name=name,
            conditions=tuple(map(composed, given.conditions)),
            on=given.on,
            origin=given.origin,
            dwell=read("dwell", _length_ns, "odd length") or 0,
            cooldown=read("cooldown", _length_ns, "odd length") or 0,
            also_in=tuple(map(composed, given.also_in)),
            within=read("within", _length_ns, "odd length"),
            hours=read("hours", Hours.parse, "odd hours"),
            price=read("price", Bound.parse, "odd comparison"),
            rate=read("rate", Bound.parse, "odd comparison"),
            cap=given.cap,
            silent=given.silent,
            to=tuple(dict.fromkeys(map(composed, given.to))),
            **({} if given.text is None else {"text": given.text}),
        )

    def _check_targets(self, rule: str | None, to: Sequence[str], place: Sequence[str | int]) -> None:
        known = set(map(composed, self._known))
        if not to and rule is not None:
            self._note(rule, (*place, "to"), "no target", ", ".join(sorted(known)))
        for name in to:
            if composed(name) not in known:
                self._note(rule, (*place, "to"), "unknown target", f"{name} / {', '.join(sorted(known)) or '-'}")

    # ------------------------------------------------------------ targets

    def _target(self, name: str, table: Any) -> TargetTable | None:
        place = ("alerts", "targets", name)
        before = len(self._wrong)
        target = self._converted(None, place, table, TargetTable)
        if target is None:
            return None
        for key in NEEDED[target.kind]:
            if not getattr(target, key) or (key == "argv" and not target.argv[0]):
                self._note(None, (*place, key), "key needed", target.kind)
        for key in (key for key in TRUSTED if key in table):
            if self._open is not None:
                self._note_because(None, (*place, key), "open to others", self._open)
        if not is_safe(target.api):
            self._note(None, (*place, "api"), "api in the clear")
        return target if len(self._wrong) == before else None

    def _own(self, targets: tuple[str, ...]) -> Own | None:
        if "self" not in self._table:
            return None
        place = ("alerts", "self")
        given = self._converted(None, place, self._table["self"], SelfTable)
        if given is None:
            return None
        self._check_targets(None, given.to, place)
        if given.ping_env and self._open is not None:
            self._note_because(None, (*place, "ping_env"), "open to others", self._open)
        fields = {key: getattr(given, key) for key in ("taken", "refused", "stalled", "gone", "ping_env")}
        return Own(
            to=tuple(map(composed, given.to)) or targets,
            disconnected=self._read(None, place, given, "disconnected", _length_ns, "odd length"),
            daily=self._read(None, place, given, "daily", _time_of_day, "odd time"),
            **fields,
        )


def is_safe(api: str) -> bool:
    """Tell whether a token may go to an address: over TLS, or on this machine."""
    try:
        parts = urlsplit(api)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def _open_to_others(path: Path) -> Report | None:
    try:
        return changeable(path)
    except OSError:  # it was read a moment ago
        return None


def _length_ns(text: str) -> int:
    return round(times.pause(text) * 1_000_000_000)


def _time_of_day(text: str) -> time:
    found = times.moment(text)
    if not isinstance(found, time):
        raise ValueError(text)  # noqa: TRY004  # what was typed is wrong
    return found
