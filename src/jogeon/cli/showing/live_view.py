"""The live view on a terminal: how the connection is, who is in which condition, the last events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from jogeon.cli.showing.event_words import RISE, tell_event
from jogeon.cli.showing.terminal import RICH_SIGNS, clean
from jogeon.cli.texts.width import columns, fitted, padded
from jogeon.events import Gap, Member, korean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jogeon.cli.showing.live_picture import Picture, Row
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts

WIDEST_NAME = 24
FRESH_NS = 5_000_000_000
"""A member is marked for so long after it entered."""
FRAME_LINES = 6
"""Lines that are neither conditions nor events: the status, two heads, two blanks, the footer."""
LEAST_EVENTS = 4
BETWEEN = "  "


class Screen:
    """Draws pictures in the language and with the signs that a terminal can show."""

    def __init__(self, texts: Texts, signs: Signs, footer: str) -> None:
        self.texts, self.signs, self.footer = texts, signs, footer

    def draw(self, picture: Picture, width: int, height: int) -> Group:
        """Return a picture in at most so many columns and lines."""
        free = max(height - FRAME_LINES, 2)
        for_events = min(max(LEAST_EVENTS, free // 3), free - 1)
        conditions = list(self._conditions(picture, width, free - for_events))
        events = self._events(picture, free - len(conditions))
        lines = [self._status(picture, width), *conditions, Text(), *events, Text(), Text(self.footer, "dim")]
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis" if self.signs is RICH_SIGNS else "crop"
        return Group(*lines)

    def _fit(self, text: str, width: int) -> str:
        return fitted(text, width, self.signs.more)

    # ------------------------------------------------------------ the connection

    def _status(self, picture: Picture, width: int) -> Text:
        there = picture.state == "connected"
        state = f"{self.signs.live if there else '!'} {self.texts(f'state.{picture.state}')}"
        parts = [clean(picture.server), state, self._heard(picture), self.texts("live.gaps", count=picture.gaps)]
        clock = f"{korean(picture.now_ns):%H:%M:%S}"
        room = max(0, width - len(clock) - len(BETWEEN) - 2)
        while columns(BETWEEN.join(parts)) > room and len(parts) > 2:  # the age of the last frame goes first
            parts.pop(2)
        text = f" {self._fit(BETWEEN.join(parts), room)}{BETWEEN}{clock} "
        return Text(text, "reverse" if there else f"reverse bold {RISE}")

    def _heard(self, picture: Picture) -> str:
        if picture.heard is None:
            return self.texts("live.silent")
        return self.texts("live.heard", age=self.age(int((korean(picture.now_ns) - picture.heard).total_seconds())))

    def age(self, seconds: int) -> str:
        """Return an age in the unit in which people say it."""
        seconds = max(0, seconds)
        for unit, length in (("hours", 3600), ("minutes", 60)):
            if seconds >= length:
                return self.texts(f"live.{unit}", count=seconds // length)
        return self.texts("live.seconds", count=seconds)

    # ------------------------------------------------------------ conditions and members

    def _conditions(self, picture: Picture, width: int, height: int) -> Iterator[Text]:
        heads = [self.texts(f"column.{name}") for name in ("condition", "count", "members")]
        labels = [clean(row.label) for row in picture.rows]
        name_width = min(max(map(columns, [heads[0], *labels])), WIDEST_NAME)
        count_width = max(columns(heads[1]), 5)
        head = (self._fit(heads[0], name_width), padded(heads[1], count_width, right=True), heads[2])
        yield Text(BETWEEN.join(head), "bold")
        room = max(8, width - name_width - count_width - 2 * len(BETWEEN))
        shown = picture.rows if len(picture.rows) <= height else picture.rows[: max(0, height - 1)]
        each = max(1, height // max(1, len(shown)))
        for label, row in zip(labels, shown, strict=False):
            count = padded(f"{len(row.members):,}", count_width, right=True)
            left = f"{self._fit(label, name_width)}{BETWEEN}{count}{BETWEEN}"
            for line in self._members(row, picture.now_ns, room, each):
                yield Text.assemble(left, line)
                left = " " * columns(left)
        if len(shown) < len(picture.rows):
            yield Text(self.texts("live.more-conditions", count=len(picture.rows) - len(shown)), "dim")

    def _members(self, row: Row, now_ns: int, width: int, height: int) -> Iterator[Text]:
        """Yield the members in as many lines as there may be; the last line tells how many are not shown."""
        if not row.members:
            yield Text(self.texts("live.empty"), "dim")
            return
        rest: Sequence[Member] = row.members
        for number in range(1, height + 1):
            line, rest = self._line_of_members(rest, now_ns, width, last=number == height)
            yield line
            if not rest:
                return

    def _line_of_members(
        self, members: Sequence[Member], now_ns: int, width: int, *, last: bool
    ) -> tuple[Text, Sequence[Member]]:
        line = Text()
        for place, member in enumerate(members):
            cell = self._member(member, now_ns)
            left = len(members) - place - 1
            more = self.texts("live.more", count=f"{left + 1:,}")
            needed = columns(line.plain) + columns(cell.plain) + (len(BETWEEN) + columns(more) if last and left else 0)
            if needed > width:
                return (line.append(more, "dim"), ()) if last else (line, members[place:])
            line.append_text(cell).append(BETWEEN)
        return line, ()

    def _member(self, member: Member, now_ns: int) -> Text:
        """Return code and time of entering; who was in at the first snapshot has no known time."""
        if member.origin == "snapshot":
            return Text(clean(member.code))
        fresh = now_ns - member.since_ns < FRESH_NS
        cell = Text(f"{self.signs.enter}{clean(member.code)}" if fresh else clean(member.code), RISE if fresh else "")
        return cell.append(f" {member.since:%H:%M:%S}", "dim")

    # ------------------------------------------------------------ events

    def _events(self, picture: Picture, height: int) -> Iterator[Text]:
        heads = [self.texts(f"column.{name}") for name in ("time", "what", "code", "condition")]
        word_width = max(columns(self.texts(f"event.{name}")) for name in ("enter", "leave", "gap", "state", "anomaly"))
        widths = (8, word_width + 2, max(8, columns(heads[2])))
        head = [self._fit(text, size) for text, size in zip(heads, widths, strict=False)]
        yield Text(BETWEEN.join([*head, heads[3]]), "bold")
        for event in picture.events[:height]:
            told = tell_event(event, self.texts, self.signs)
            moment = korean(event.until_ns if isinstance(event, Gap) else event.at_ns)
            cells = (f"{moment:%H:%M:%S}", f"{told.sign} {told.word}", clean(told.code))
            before, word, code = (self._fit(text, size) for text, size in zip(cells, widths, strict=True))
            yield Text.assemble((before, "dim"), BETWEEN, (word, told.colour), BETWEEN, code, BETWEEN, clean(told.rest))
        if not picture.events:
            yield Text(self.texts("live.nothing"), "dim")
