"""The live view on a terminal, as lines: how the connection is, the stocks of one condition, the last events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.event_words import RISE
from jogeon.cli.showing.ink import Piece, plain
from jogeon.cli.showing.live_log import Log, cut_words
from jogeon.cli.showing.live_picture import SECOND_NS
from jogeon.cli.showing.live_places import Places
from jogeon.cli.showing.live_strip import Strip
from jogeon.cli.showing.live_table import OF_PRICES, ORDERS, LiveTable, age
from jogeon.cli.showing.terminal import clean
from jogeon.cli.texts.width import columns, cut, padded
from jogeon.events import korean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jogeon.cli.showing.ink import Line
    from jogeon.cli.showing.live_picture import LivePicture, Roster, Stand
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts

BETWEEN = "  "
LEAST_LOG, MOST_LOG = 3, 12
LEAST_ROWS = 3


class Screen:
    """Draws pictures in the language and with the signs that a terminal can show, and knows what is looked at."""

    def __init__(self, texts: Texts, signs: Signs, *, keys: bool = False, made_up: bool = False) -> None:
        self.texts, self.signs = texts, signs
        self._keys, self._made_up = keys, made_up
        self._strip, self._table, self._log = Strip(signs), LiveTable(texts, signs), Log(texts, signs)
        self._places: tuple[object, Places] = (None, Places(0))
        self._selected: str | None = None
        self._order = "entered"
        self._last: LivePicture | None = None
        self._held: LivePicture | None = None
        self._labels: list[str] = []
        self._priced = False

    # ------------------------------------------------------------ keys

    def press(self, key: str) -> None:
        """Do what a key asks for."""
        match key:
            case "next" | "previous" if self._labels:
                step = 1 if key == "next" else -1
                place = self._labels.index(self._selected) if self._selected in self._labels else 0
                self._selected = self._labels[(place + step) % len(self._labels)]
            case "sort":
                orders = [each for each in ORDERS if self._priced or each not in OF_PRICES]
                self._order = orders[(orders.index(self._order) + 1) % len(orders)] if self._order in orders else "name"
                self._places = (None, Places(0))
            case "pause":
                self._held = None if self._held is not None else self._last
            case digit if digit.isdecimal() and 0 < int(digit) <= len(self._labels):
                self._selected = self._labels[int(digit) - 1]

    # ------------------------------------------------------------ the whole

    def draw(self, picture: LivePicture, width: int, height: int) -> list[Line]:
        """Return a picture in at most so many columns and lines; where things stand hangs on these alone."""
        self._last = picture
        held = self._held or picture
        self._labels = [row.label for row in held.rows]
        self._priced = held.prices is not None
        row = self._looked_at(held)
        rule: Line = (Piece(("-" if self.signs.enter == "+" else "─") * width, "dim"),)
        strip = self._strip.lines(held.rows, row.label if row else "", width, max(1, height // 8))
        rules = 2 if height >= 12 else 0
        free = height - 3 - len(strip) - rules  # the status, the heading, the footer
        logged = max(0, min(max(LEAST_LOG, min(free // 3, MOST_LOG)), free - LEAST_ROWS))
        stocks = list(self._stocks(row, held, width, max(0, free - logged)))
        nothing: Line = (Piece(self._nothing(width), "dim"),)
        events = list(self._log.lines(held.log[:logged], width)) or [nothing][:logged]
        events += [()] * (logged - len(events))
        top = [self._status(picture, width), *strip]
        middle = [rule, *stocks, rule] if rules else stocks
        lines = [*top, *middle, *events, self._footer(picture, width)][:height]
        return [line if columns(plain(line)) <= width else tuple(_cropped(line, width)) for line in lines]

    def _looked_at(self, picture: LivePicture) -> Roster | None:
        """Return the condition that is looked at: the one that was chosen, else the first that is not empty."""
        chosen = next((row for row in picture.rows if row.label == self._selected), None)
        if chosen is None and picture.rows:
            chosen = next((row for row in picture.rows if row.members), picture.rows[0])
            self._selected = chosen.label
        return chosen

    def _stocks(self, row: Roster | None, picture: LivePicture, width: int, count: int) -> Iterator[Line]:
        stands: Sequence[Stand | None] = []
        if row is not None:
            if self._places[0] != (row.label, count):
                self._places = ((row.label, count), Places(count))
            order = ORDERS[self._order](picture.prices or {})
            stands = self._places[1].seat(row, picture.now_ns, order)
        lines = list(self._table.lines(stands, picture.prices, picture.now_ns, width))
        if not any(stands) and count:
            lines[1:2] = [(Piece(cut(self.texts("live.empty"), width, self.signs.more), "dim"),)]
        yield from lines
        yield from [()] * (count + 1 - len(lines))

    def _nothing(self, width: int) -> str:
        return cut_words(self.texts("live.nothing"), width, self.signs.more)

    # ------------------------------------------------------------ the status

    def _status(self, picture: LivePicture, width: int) -> Line:
        there = picture.state == "connected"
        state = f"{self.signs.live if there and not picture.silent else '!'} {self.texts(f'state.{picture.state}')}"
        server, clock = clean(picture.server), f"{korean(picture.now_ns):%H:%M:%S}"
        journal = self._journal(picture)
        gaps, short = self._gaps(picture), self.texts("live.gaps.short", count=picture.gaps)
        forms = [
            ([server, state, self._heard(picture, fixed=True), gaps, journal], clock),
            ([server, state, self._heard(picture), gaps, journal], clock),
            ([server, state, self._heard(picture), short, journal], clock),
            ([server, state, self._heard(picture), short, journal if picture.trouble else ""], clock),
            ([server, state, self._heard(picture), short, journal if picture.trouble else ""], ""),
        ]
        for parts, right in forms:
            left = f" {BETWEEN.join(part for part in parts if part)}"
            if columns(left) + columns(right) + 1 + (len(BETWEEN) if right else 0) <= width:
                break
        else:
            left, right = self._squeezed([state, self._heard(picture), short], server, width), ""
        text = f"{padded(left, max(0, width - columns(right) - 1))}{right} "
        style = "reverse" if there and not picture.trouble else f"reverse bold {RISE}"
        return (Piece(cut(text, width, ""), "reverse yellow" if there and picture.silent else style),)

    def _squeezed(self, parts: Sequence[str], server: str, width: int) -> str:
        """Return the status for a narrow terminal: the server's name is cut, then the last parts go."""
        for count in range(len(parts), 0, -1):
            rest = " ".join(parts[:count])
            room = width - columns(rest) - 2
            if room >= min(columns(server), 4):
                return f" {cut(server, room, self.signs.more)} {rest}"
        return cut_words(f" {parts[0]}", width, self.signs.more)

    def _heard(self, picture: LivePicture, *, fixed: bool = False) -> str:
        """Return how long ago something was heard; `fixed`: as wide as it ever gets, that what follows stays."""
        if picture.heard is None:
            return self.texts("live.silent")
        age = self.age(int((korean(picture.now_ns) - picture.heard).total_seconds()))
        key = "live.quiet" if picture.silent else "live.heard"
        widest = columns(self.texts(key, age=self.texts("live.minutes", count=59))) if fixed else 0
        text = self.texts(key, age=age)
        return padded(text, max(widest, columns(text)))

    def _gaps(self, picture: LivePicture) -> str:
        if not picture.gaps:
            return self.texts("live.gaps", count=0)
        age = self.age(round(picture.blind_ns / SECOND_NS))
        return self.texts("live.gaps.blind", count=picture.gaps, age=age)

    def _journal(self, picture: LivePicture) -> str:
        if not picture.recorded:
            return ""
        return self.texts("live.journal.stalled" if picture.trouble else "live.journal.ok")

    def age(self, seconds: int) -> str:
        """Return an age in the unit in which people say it."""
        return age(seconds, self.texts)

    # ------------------------------------------------------------ the footer

    def _footer(self, picture: LivePicture, width: int) -> Line:
        """Return what can be pressed; in its place, what is wrong with the journal."""
        if picture.trouble:
            return (Piece(cut_words(clean(picture.trouble), width, self.signs.more), RISE),)
        left = self._pressed(width)
        right = self.texts("live.made-up") if self._made_up else ""
        room = width - columns(left) - columns(right) - 1
        if right and room < 1:  # the server says so, too
            right, room = "", 0
        text = f"{left}{' ' * max(0, room)}{right}"
        return (Piece(cut_words(text, width, self.signs.more), "dim" if self._held is None else "reverse"),)

    def _pressed(self, width: int) -> str:
        if not self._keys:
            return self.texts("live.key.interrupt")
        arrows = "n b" if self.signs.enter == "+" else "← →"
        items = {
            "conditions": self.texts("live.key.conditions", keys=arrows) if len(self._labels) > 1 else "",
            "sort": self.texts("live.key.sort", column=self.texts(f"live.column.{self._order}").strip()),
            "pause": self.texts("live.key.pause" if self._held is None else "live.key.resume"),
            "quit": self.texts("live.key.quit"),
        }
        for dropped in ("", "sort", "pause", "conditions"):
            items[dropped] = ""
            text = BETWEEN.join(item for item in items.values() if item)
            if columns(text) <= width:
                break
        return text


def _cropped(line: Line, width: int) -> Iterator[Piece]:
    """Yield what a terminal that is narrower than any table has room for."""
    for text, style in line:
        yield Piece(shown := cut(text, width, ""), style)
        width -= columns(shown)
