"""What waits to be sent to one target, and what the next message is: one row, or a digest of a burst. No I/O, no clock.

A row is an alert for one target. It stands in the journal's file before anything is sent, and is marked afterwards: at
least once, in its order, until it is too old.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import msgspec
from msgspec import Struct

from jogeon.reports import Report
from jogeon.visible import one_line

MAX_AGE = 600 * 1_000_000_000
"""Nanoseconds after which an alert that was not sent is dropped: late news misleads."""
MESSAGE_SIZE = 3500
"""Units of UTF-16 of a message; Telegram takes 4096 of them, and counts so: an emoji is two."""
NAME_SIZE, HEADING_SIZE = 10, 60
"""Characters of a name in a crowded digest: of a stock, and of a rule or a condition."""
EVENTS: Mapping[str, Mapping[str, str]] = {
    "ko": {"enter": "편입", "leave": "이탈", "overnight": "밤사이"},
    "en": {"enter": "entered", "leave": "left", "overnight": "overnight"},
}
"""What events are called, by language."""


class AlertRow(Struct, frozen=True):
    """An alert for one target: `id` names the alert, `target` who gets it; moments are nanoseconds since 1970.

    `made_ns` is since when it is news. What the tool tells of itself has no rule.
    """

    id: str
    target: str
    rule: str
    seq: str
    condition: str
    code: str
    name: str | None
    event: str
    trigger: str
    due_ns: int
    made_ns: int
    text: str
    silent: bool = False
    codes: tuple[str, ...] = ()
    tries: int = 0


class Message(Struct, frozen=True):
    """What is sent at once: the rows it stands for, as one text."""

    rows: tuple[AlertRow, ...]
    text: str

    @property
    def silent(self) -> bool:
        """Whether none of the rows wants a sound."""
        return all(row.silent for row in self.rows)


def outdated(rows: Iterable[AlertRow], now_ns: int) -> list[AlertRow]:
    """Return the rows that wait too long to be news."""
    return [row for row in rows if now_ns - row.made_ns > MAX_AGE]


def encoded(reason: Report | None) -> str:
    """Return why a row waits or was dropped as the journal keeps it."""
    return "" if reason is None else msgspec.json.encode(reason).decode()


def reason_in(kept: str) -> Report | None:
    """Return what the journal keeps of a reason; in older ones it is words."""
    try:
        return msgspec.json.decode(kept, type=Report) if kept else None
    except (msgspec.DecodeError, RecursionError):
        return Report("other", text=kept)


def size_of(text: str) -> int:
    """Return the length of a text in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str) -> str:
    """Return as much of a text as a message holds: a name may be longer than any rule foresees."""
    if size_of(text) <= MESSAGE_SIZE:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (MESSAGE_SIZE - 1)]
    return kept.decode("utf-16-le", "ignore") + "…"


def next_message(rows: Sequence[AlertRow], *, digests: bool, lang: str = "ko") -> Message | None:
    """Return what to send of the waiting rows of one target, in their order; None if nothing waits.

    With `digests`, all that wait go into one message as far as it holds them: each with its own text if there is
    room, else one short row each, under a heading in `lang` for each rule and condition. Every row's code stands in it.
    """
    if not rows:
        return None
    if len(rows) == 1 or not digests:
        return Message(tuple(rows[:1]), shortened(rows[0].text))
    full = "\n".join(_with_code(row) for row in rows)
    if size_of(full) <= MESSAGE_SIZE:
        return Message(tuple(rows), full)
    fitting = _fitting(rows, lang)
    return Message(tuple(rows[:fitting]), _crowded(rows[:fitting], lang))


def _with_code(row: AlertRow) -> str:
    code = one_line(row.code)
    return row.text if code in row.text else f"{row.text} {code}"


def _fitting(rows: Sequence[AlertRow], lang: str) -> int:
    """Return how many rows a crowded digest holds, at least one."""
    low, high = 1, len(rows)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size_of(_crowded(rows[:middle], lang)) <= MESSAGE_SIZE else (low, middle - 1)
    return low


def _crowded(rows: Sequence[AlertRow], lang: str) -> str:
    parts = []
    for (rule, condition, event), group in groupby(rows, lambda row: (row.rule, row.condition, row.event)):
        members = list(group)
        named = f"[{_cut(rule, HEADING_SIZE)}] {_cut(condition, HEADING_SIZE)}"
        heading = f"{named} {EVENTS[lang].get(event, event)} {len(members)}"
        parts.append("\n".join([heading, *(_short(row) for row in members)]))
    return "\n".join(parts)


def _short(row: AlertRow) -> str:
    return f"{_cut(row.name or '', NAME_SIZE)} {one_line(row.code)}".strip()


def _cut(name: str, size: int) -> str:
    shown = one_line(name)
    return shown if len(shown) <= size else f"{shown[: size - 1]}…"
