"""Reports of events in the reader's language; in JSON, in a journal and in Python they stay as they are."""

import re

from jogeon.cli.said_texts import SAID
from jogeon.cli.texts import Texts

LONGEST = 1000
"""Characters of a report that is looked into; a server may have put a longer text in it."""
COUNTED = re.compile(r"(\d+) (enter|leave|snapshot|gap|state|anomaly)\b")


def said(report: str, texts: Texts) -> str:
    """Return the English prose of a State or an Anomaly as people read it, unchanged where there is no text for it."""
    for pattern in SAID if len(report) <= LONGEST else ():
        if found := re.fullmatch(pattern, report, re.DOTALL):
            parts = {name: _part(name, part, texts) for name, part in found.groupdict().items()}
            return texts(f"said.{pattern}", **parts).rstrip()
    return report


def _part(name: str, part: str, texts: Texts) -> str:
    match name:
        case "why":
            return said(part, texts)
        case "counts":
            return COUNTED.sub(lambda each: f"{texts(f'event.{each[2]}')} {each[1]}", part)
    return part
