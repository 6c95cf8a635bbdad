"""The journal on disk: its tables, and events as rows of them and back without loss. No I/O, clock or thread.

Events are numbered through the whole file without holes; an epoch (one start of the writer) knows its first number, so
`n` needs no column. A checkpoint is a fold of everything up to it: the members at any moment are the checkpoint before
it and the events since. A watermark says up to when the picture is known to be right, also while nothing happens.
On disk the tables of checkpoints and of the watermark have short names: marks and pulse.
"""

import functools
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from jogeon.details import details_text, with_details
from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Origin, Snapshot, State, named
from jogeon.journal.format import Format
from jogeon.journal.naming import Names

SCHEMA = """
CREATE TABLE epochs (epoch INTEGER PRIMARY KEY, first INTEGER NOT NULL, at_ns INTEGER NOT NULL);
CREATE TABLE conditions (id INTEGER PRIMARY KEY, seq TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (seq, name));
CREATE TABLE events (
    id INTEGER PRIMARY KEY,   -- n of its epoch + first - 1
    at_ns INTEGER NOT NULL,   -- when it was received; of a gap: its end
    kind INTEGER NOT NULL,    -- 0 enter, 1 leave, 2 snapshot, 3 gap, 4 state, 5 anomaly
    condition INTEGER,
    code TEXT,
    clock,                    -- the exchange's HHMMSS as a number; what is none as text
    recovered INTEGER,
    since_ns INTEGER,
    until_ns INTEGER,
    word TEXT,                -- the cause of a gap, the name of a state
    text TEXT,                -- detail of a gap, cause of a state, what of an anomaly, codes of a snapshot
    open INTEGER
);
CREATE INDEX rare ON events (kind, id) WHERE kind > 1;
CREATE TABLE marks (id INTEGER PRIMARY KEY, min_ns INTEGER NOT NULL, max_ns INTEGER NOT NULL, fold TEXT NOT NULL);
CREATE TABLE pulse (one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, rights TEXT NOT NULL);
CREATE TABLE frames (id INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL, payload BLOB NOT NULL);
CREATE VIEW history AS
    SELECT (SELECT max(epoch) FROM epochs WHERE first <= events.id) AS epoch,
        events.id - (SELECT max(first) FROM epochs WHERE first <= events.id) + 1 AS n,
        strftime('%Y-%m-%d %H:%M:%f', at_ns / 1e9 + 32400, 'unixepoch') AS at,
        CASE kind WHEN 0 THEN 'enter' WHEN 1 THEN 'leave' WHEN 2 THEN 'snapshot'
            WHEN 3 THEN 'gap' WHEN 4 THEN 'state' ELSE 'anomaly' END AS event,
        seq, name, code, clock, CASE WHEN kind > 1 THEN NULL WHEN recovered THEN 'recovered' ELSE 'live' END AS origin,
        since_ns, until_ns, word, text
    FROM events LEFT JOIN conditions ON conditions.id = events.condition;
"""

HISTORY = """\
    SELECT epochs.epoch AS epoch, events.id - epochs.first + 1 AS n,
        CASE kind WHEN 0 THEN 'enter' WHEN 1 THEN 'leave' WHEN 2 THEN 'snapshot'
            WHEN 3 THEN 'gap' WHEN 4 THEN 'state' ELSE 'anomaly' END AS event,
        conditions.seq AS seq, conditions.name AS condition, events.code AS code,
        coalesce(
            (SELECT names.name FROM names WHERE names.code = events.code AND names.since_ns <= events.at_ns
                ORDER BY names.since_ns DESC LIMIT 1),
            (SELECT names.name FROM names WHERE names.code = events.code ORDER BY names.since_ns LIMIT 1)
        ) AS name,
        CASE WHEN typeof(clock) = 'integer' AND clock < 240000 AND clock / 100 % 100 < 60 AND clock % 100 < 60 THEN
            -- the day that brings it nearest to the moment at which it was received
            datetime((events.at_ns + 32400000000000
                - (clock / 10000 * 3600 + clock / 100 % 100 * 60 + clock % 100) * 1000000000 + 43199999999999)
                / 86400000000000 * 86400 + clock / 10000 * 3600 + clock / 100 % 100 * 60 + clock % 100, 'unixepoch')
        END AS time,
        datetime(events.at_ns / 1000000000 + 32400, 'unixepoch')
            || printf('.%06d', events.at_ns / 1000 % 1000000) AS at,
        CASE WHEN kind > 1 THEN NULL WHEN recovered THEN 'recovered' ELSE 'live' END AS origin,
        datetime(events.since_ns / 1000000000 + 32400, 'unixepoch')
            || printf('.%06d', events.since_ns / 1000 % 1000000) AS since,
        datetime(coalesce(until_ns, CASE kind WHEN 3 THEN events.at_ns END) / 1000000000 + 32400, 'unixepoch')
            || printf('.%06d', coalesce(until_ns, events.at_ns) / 1000 % 1000000) AS until,
        CASE kind WHEN 3 THEN word WHEN 4 THEN text END AS cause,
        CASE kind WHEN 3 THEN text END AS detail,
        CASE kind WHEN 4 THEN word END AS state,
        CASE kind WHEN 5 THEN text END AS what,
        CASE kind WHEN 3 THEN coalesce(open, 0) END AS open,
        CASE WHEN kind <> 2 THEN NULL WHEN text GLOB '*[ \\]*' OR text GLOB '*"[[]*' OR text GLOB '*[[,]""*' THEN text
            ELSE replace(trim(text, '[]"'), '","', ' ') END AS codes,
        details,
        CASE WHEN kind < 2 THEN CASE typeof(clock) WHEN 'integer' THEN printf('%06d', clock)
            ELSE coalesce(clock, '') END END AS clock,
        events.at_ns AS at_ns, events.since_ns AS since_ns,
        CASE kind WHEN 3 THEN events.at_ns ELSE until_ns END AS until_ns
    FROM {events} LEFT JOIN conditions ON conditions.id = events.condition
        LEFT JOIN epochs ON epochs.epoch = (SELECT max(epoch) FROM epochs WHERE first <= events.id)
"""
"""The events of a journal in the one shape of an event, as SQL; `events` is where they are from."""

VERSION_2 = (
    """
CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);   -- 64 random bits
INSERT INTO identity VALUES (1, lower(hex(randomblob(8))));
ALTER TABLE events ADD COLUMN details TEXT;   -- of a state or an anomaly: its fields besides the text, as JSON
CREATE TABLE names (code TEXT, since_ns INTEGER, name TEXT NOT NULL, PRIMARY KEY (code, since_ns)) WITHOUT ROWID;
CREATE TABLE quotes (
    code TEXT, at_ns INTEGER, price INTEGER, change INTEGER, rate REAL, volume INTEGER,
    source TEXT,              -- of the price of an entry: quote, trade or snapshot
    after INTEGER NOT NULL,   -- the last event committed before it
    PRIMARY KEY (code, at_ns)
) WITHOUT ROWID;
CREATE TABLE rollups (
    last INTEGER PRIMARY KEY, first INTEGER NOT NULL,         -- its events
    min_ns INTEGER NOT NULL, max_ns INTEGER NOT NULL, counts BLOB NOT NULL
);
CREATE TABLE cursors (name TEXT PRIMARY KEY, id INTEGER NOT NULL, at_ns INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,   -- the order in which a target gets them
    alert TEXT NOT NULL,
    target TEXT NOT NULL,
    event INTEGER NOT NULL,       -- the one that set it off
    due_ns INTEGER NOT NULL,
    content TEXT NOT NULL,        -- the alert as JSON
    state TEXT NOT NULL,          -- waiting, sent or dropped
    tries INTEGER NOT NULL,
    done_ns INTEGER,              -- when it was sent or dropped
    reason TEXT,
    digest TEXT,                  -- of those that went out in one message
    UNIQUE (alert, target)
);
CREATE TABLE ticks (number INTEGER PRIMARY KEY, after INTEGER NOT NULL, condition INTEGER, right_ns INTEGER NOT NULL);
DROP VIEW history;
CREATE VIEW history AS
"""
    + HISTORY.format(events="events")
    + ";\n"
)

VERSION_3 = """
CREATE TABLE returns (
    last INTEGER PRIMARY KEY,     -- of the roll-up whose entries they are
    until_ns INTEGER NOT NULL,    -- the moment up to which prices count for them
    content BLOB NOT NULL
);
"""

BRIDGES = {
    2: "CREATE TEMP TABLE returns (last, until_ns, content);",
    1: """
CREATE TEMP VIEW events AS SELECT id, at_ns, kind, condition, code, clock, recovered, since_ns, until_ns, word, text,
    open, NULL AS details FROM main.events;
CREATE TEMP TABLE identity (id);
CREATE TEMP TABLE names (code, since_ns, name);
CREATE TEMP TABLE rollups (last, first, min_ns, max_ns, counts);
CREATE TEMP TABLE cursors (name, id, at_ns);
CREATE TEMP TABLE quotes (code, at_ns, price, change, rate, volume, source, after);
CREATE TEMP TABLE outbox (number, alert, target, event, due_ns, content, state, tries, done_ns, reason, digest);
CREATE TEMP TABLE ticks (number, after, condition, right_ns);
CREATE TEMP TABLE returns (last, until_ns, content);
""",
}
"""What lets a reader ask an older file, as it is, what it asks one of this version."""

JOURNAL = Format(0x4A474F4E, SCHEMA, {1: VERSION_2, 2: VERSION_3}, layouts=("TTITITTT", "TTITTTTI", "TTITTTTT"))
"""A journal: "JGON". Its layouts are those of a file that was made, and of copies of all versions."""

NUMBERS: dict[type[Event], int] = {Enter: 0, Leave: 1, Snapshot: 2, Gap: 3, State: 4, Anomaly: 5}
COLUMNS = "at_ns, kind, condition, code, clock, recovered, since_ns, until_ns, word, text, open, details"
"""What a row of an event holds after its id."""

Row = tuple[Any, ...]
_codes_decoder = msgspec.json.Decoder(tuple[str, ...])


def row_of(event: Event, number: int | None) -> Row:
    """Return an event as COLUMNS; `number` stands for its condition."""
    match event:
        case Enter() | Leave():
            recovered = 1 if event.origin == "recovered" else None
            interval = (recovered, event.since_ns, event.until_ns, None, None, None)
            return (event.at_ns, NUMBERS[type(event)], number, event.code, clock_value(event.clock), *interval, None)
        case Snapshot():
            return (event.at_ns, 2, number, None, None, None, None, None, None, codes_text(event.codes), None, None)
        case Gap():
            still_open = 1 if event.open else None
            told = (event.cause, event.detail, still_open, None)
            return (event.until_ns, 3, number, None, None, None, event.since_ns, None, *told)
        case State():
            details = details_text(event)
            return (event.at_ns, 4, number, None, None, None, None, None, event.state, event.cause, None, details)
        case Anomaly():
            details = details_text(event)
            return (event.at_ns, 5, number, event.code, None, None, None, None, None, event.what, None, details)


def event_of(row: Row, conditions: Mapping[int, Condition], names: Names | None = None) -> Event:
    """Return the event of a row of COLUMNS, with the names of its stocks; ValueError if it is not as it was written."""
    event = _event_of(row, conditions)
    if names is not None and not isinstance(event, Gap):
        named(event, lambda code: names.at(code, event.at_ns))
    return event


def _event_of(row: Row, conditions: Mapping[int, Condition]) -> Event:
    at_ns, kind, number, code, clock, recovered, since_ns, until_ns, word, text, still_open, details = row
    condition = cast("Condition", conditions.get(number))
    if type(at_ns) is not int or (condition is None and (kind < 4 or number is not None)):
        raise ValueError(f"an event without its moment or its condition: {at_ns}, {number}")
    match kind:
        case 0 | 1:
            origin: Origin = "recovered" if recovered else "live"
            change = Enter if kind == 0 else Leave
            return change(at_ns, condition, code, clock_text(clock), origin, since_ns, until_ns)
        case 2:
            return Snapshot(at_ns, condition, codes_of(text))
        case 3:
            return Gap(condition, since_ns, at_ns, word, text, open=bool(still_open))
        case 4:
            return with_details(State(at_ns, word, condition, text), details)
        case _:
            return with_details(Anomaly(at_ns, text, condition, code), details)


@functools.lru_cache(maxsize=4096)
def clock_value(clock: str) -> int | str | None:
    """Return HHMMSS as a number, which takes half the room; what does not have six digits stays as it is."""
    if len(clock) == 6 and clock.isdigit() and clock.isascii():
        return int(clock)
    return clock or None


def clock_text(value: int | str | None) -> str:
    """Return the clock that a value stands for."""
    return f"{value:06d}" if isinstance(value, int) else value or ""


def codes_text(codes: tuple[str, ...]) -> str:
    """Return codes as a JSON list."""
    return msgspec.json.encode(codes).decode()


def codes_of(text: str) -> tuple[str, ...]:
    """Return the codes of a JSON list."""
    return _codes_decoder.decode(text)
