"""What a journal tells, as records: for JSON lines as they are, for a spreadsheet flat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jogeon.events import korean
from jogeon.journal.shape import COLUMNS, ENTRY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jogeon.events import Condition
    from jogeon.journal.moments import MembersAt
    from jogeon.journal.outcomes import Outcome
    from jogeon.journal.stats import ConditionStats, Overlap
    from jogeon.prices import Price

CSV_COLUMNS = {
    "events": (*COLUMNS, *ENTRY),
    "position": ("journal", "epoch", "n", "first"),
    "gaps": ("epoch", "n", "seq", "condition", "since", "until", "cause", "detail", "open"),
    "members": (
        "seq", "condition", "code", "name", "entry_price", "entry_at", "entry_source", "price", "price_at", "change",
        "rate", "volume", "return", "at", "blind_since",
    ),
    "stats": (
        "seq", "condition", "enters", "leaves", "recovered", "stocks", "stay_median", "stay_p90", "flaps", "busiest",
        "covered", "blind",
    ),
    "outcomes": ("seq", "condition", "after", "entries", "priced", "median", "q1", "q3", "positive"),
}  # fmt: skip
"""The columns of each kind of record in a spreadsheet."""
HEADINGS = {"open": "still_open", "first": "oldest", "what": "anomaly"}
"""Columns whose name means something else elsewhere: `open` of a stock is a price, `first` is one of two conditions."""
PERCENT = ("median", "q1", "q3")
PRICED = ("entry_price", "entry_at", "entry_source", "price", "price_at", "change", "rate", "volume", "return")
"""What a journal knows of the price of a member."""


def picture_record(picture: MembersAt) -> dict[str, Any]:
    """Return the members of a condition at a moment.

    `prices` only where some were kept, `blind_since` only where nobody listened then.
    """
    fields: dict[str, Any] = {"condition": _pair(picture.condition), "codes": list(picture.codes)}
    fields["names"] = dict(picture.names)
    if picture.prices:
        fields["prices"] = {code: price_record(price) for code, price in picture.prices.items()}
    fields["at"] = _moment(picture.at_ns)
    if picture.blind_since_ns is not None:
        fields["blind_since"] = _moment(picture.blind_since_ns)
    return fields


def price_record(price: Price) -> dict[str, Any]:
    """Return what is known of a member's price, by the keys of a line of a watch."""
    fields = price.fields()
    return {name: fields[name] for name in PRICED}


def stats_record(stats: ConditionStats) -> dict[str, Any]:
    """Return the statistics of a condition; stays, covered and blind time in seconds."""
    busiest = [{"minute": _moment(start_ns), "count": count} for start_ns, count in stats.busiest]
    numbers = ("enters", "leaves", "recovered", "stocks", "stay_median", "stay_p90", "flaps", "covered", "blind")
    return {"condition": _pair(stats.condition), **{n: getattr(stats, n) for n in numbers}, "busiest": busiest}


def overlap_record(overlap: Overlap) -> dict[str, Any]:
    """Return how many stocks two conditions had in common."""
    pair = [_pair(overlap.first), _pair(overlap.second)]
    return {"overlap": pair, "common": overlap.common, "either": overlap.either}


def outcome_record(outcome: Outcome) -> dict[str, Any]:
    """Return what became of a condition's entries after a while; quartiles in percent, to four places."""
    record: dict[str, Any] = {"condition": _pair(outcome.condition)}
    for name in ("after", "entries", "priced", "median", "q1", "q3", "positive"):
        value = getattr(outcome, name)
        record[name] = round(value, 4) if name in PERCENT and value is not None else value
    return record


def flat(record: Mapping[str, Any], columns: tuple[str, ...]) -> list[Any]:
    """Return a record as the cells of a row."""
    condition = record.get("condition") or {}
    values = {**record, "seq": condition.get("seq"), "condition": condition.get("name")}
    return [_cell(values.get(column)) for column in columns]


def _cell(value: Any) -> Any:
    match value:
        case [{"minute": _}, *_]:
            return " ".join(f"{each['minute'][11:16]}({each['count']})" for each in value)
        case list():
            return " ".join(map(str, value))
    return value


def _pair(condition: Condition) -> dict[str, str]:
    return {"seq": condition.seq, "name": condition.name}


def _moment(ns: int) -> str:
    return korean(ns).isoformat(timespec="microseconds")
