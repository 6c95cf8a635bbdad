"""A rule of alerts in one sentence, so that its author sees what it will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jogeon.alerts.rules import Bound, Rule
    from jogeon.cli.texts import Texts

UNITS = {
    "ko": ((86_400, "일"), (3600, "시간"), (60, "분"), (1, "초")),
    "en": ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s")),
}


def says(rule: Rule, texts: Texts) -> str:
    """Return what a rule does."""
    return ", ".join(_parts(rule, texts))


def _parts(rule: Rule, texts: Texts) -> Iterator[str]:
    named = _names(rule.conditions) if rule.conditions else texts("rule.all")
    yield texts(f"rule.{rule.on}", conditions=named)
    if rule.dwell:
        yield texts("rule.dwell", length=length(rule.dwell, texts))
    if rule.origin == "both":
        yield texts("rule.recovered")
    yield from _bounds(rule, texts)
    if rule.cooldown:
        yield texts("rule.cooldown", length=length(rule.cooldown, texts))
    if rule.cap is not None:
        yield texts("rule.cap", count=rule.cap)
    if rule.silent:
        yield texts("rule.silent")
    yield texts("rule.to", targets=_names(rule.to))


def _bounds(rule: Rule, texts: Texts) -> Iterator[str]:
    if rule.also_in and rule.within is not None:
        yield texts("rule.within", conditions=_names(rule.also_in), length=length(rule.within, texts))
    elif rule.also_in:
        yield texts("rule.also_in", conditions=_names(rule.also_in))
    if rule.hours:
        yield texts("rule.hours", hours=f"{rule.hours.start:%H:%M}-{rule.hours.end:%H:%M}")
    if rule.price:
        yield texts("rule.price", bound=_bound(rule.price))
    if rule.rate:
        yield texts("rule.rate", bound=_bound(rule.rate))


def _names(names: Sequence[str]) -> str:
    return "·".join(names)


def _bound(bound: Bound) -> str:
    return f"{bound.sign} {bound.number:,g}"


def length(nanoseconds: int, texts: Texts) -> str:
    """Return a length of time in its two largest units."""
    left, parts = nanoseconds / 1e9, []
    for seconds, unit in UNITS[texts.lang]:
        count = int(left // seconds) if seconds > 1 else round(left, 3)
        if count:
            parts.append(f"{count:g}{unit}")
            left -= count * seconds
    return " ".join(parts[:2]) or f"0{UNITS[texts.lang][-1][1]}"
