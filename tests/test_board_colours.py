"""The colours of the board can be read: contrast as WCAG counts it, on every tint they stand on, in both themes."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("jogeon.board") / "page" / "board.css").read_text(encoding="utf-8")
THEMES = {"light": ":root", "dark": ':root[data-theme="dark"]'}
Colour = tuple[float, float, float]


def palette(theme: str) -> dict[str, str]:
    """Return the variables of a theme; the dark one stands on the light one."""
    found: dict[str, str] = {}
    for selector in (":root", THEMES[theme]):
        for block in re.findall(re.escape(selector) + r" \{([^}]*)\}", CSS):
            found |= dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block))
    return found


def rgb(text: str) -> Colour:
    digits = text[1:] if len(text) == 7 else "".join(each * 2 for each in text[1:])
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(one, other, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tints(colours: dict[str, str]) -> dict[str, Colour]:
    panel, chosen, flash = (rgb(colours[name]) for name in ("panel", "sel", "flash"))
    return {"panel": panel, "chosen": chosen, "hover": mixed(chosen, panel, 0.6), "flash": flash}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("name", "least"), [("up", 4.5), ("down", 4.5), ("dim", 4.5), ("faint", 4.0), ("text", 7.0)])
def test_what_is_written_stands_out_on_every_tint(theme: str, name: str, least: float) -> None:
    colours = palette(theme)
    found = {tint: contrast(rgb(colours[name]), behind) for tint, behind in tints(colours).items()}
    assert min(found.values()) >= least, found


@pytest.mark.parametrize("theme", THEMES)
def test_a_warning_stands_out_on_its_band(theme: str) -> None:
    colours = palette(theme)
    assert contrast(rgb(colours["warn"]), rgb(colours["warnbg"])) >= 4.5


def test_the_dark_of_the_system_is_the_dark_that_is_chosen() -> None:
    blocks = re.findall(r':root(?::not\(\[data-theme="light"\]\)|\[data-theme="dark"\]) \{([^}]*--bg[^}]*)\}', CSS)
    assert len(blocks) == 2
    assert len({" ".join(each.split()) for each in blocks}) == 1
