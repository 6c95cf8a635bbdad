"""Prices in figures, signs and colours, the same wherever they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.cli.showing.event_words import FALL, RISE

if TYPE_CHECKING:
    from jogeon.cli.showing.terminal import Signs
    from jogeon.cli.texts import Texts
    from jogeon.events import Sign

COLOURS: dict[Sign, str] = {"limit-up": RISE, "rise": RISE, "flat": "", "limit-down": FALL, "fall": FALL}


def number(value: int | None, sign: str = "") -> str:
    """Return a number with thousands separators; nothing where there is none."""
    return "" if value is None else f"{value:{sign},}"


def percent(value: float | None) -> str:
    """Return a rate or a return with its sign; nothing where there is none."""
    return "" if value is None else f"{value:+.2f}%"


def sign_of(value: float | None) -> Sign | None:
    """Return whether a change is up or down."""
    if value is None:
        return None
    return "rise" if value > 0 else "fall" if value < 0 else "flat"


def colour_of(sign: Sign | None) -> str:
    """Return the colour of a sign; of what is flat or not known, none."""
    return COLOURS[sign] if sign else ""


def mark_of(sign: Sign | None, signs: Signs) -> str:
    """Return the bare sign."""
    if sign is None:
        return ""
    return {
        "limit-up": signs.limit_up, "rise": signs.up, "flat": signs.flat,
        "limit-down": signs.limit_down, "fall": signs.down,
    }[sign]  # fmt: skip


def sign_words(sign: Sign | None, texts: Texts, signs: Signs) -> str:
    """Return sign and word, so that nobody depends on the colour."""
    return f"{mark_of(sign, signs)} {texts(f'sign.{sign}')}" if sign else ""
