"""Reports of events in the reader's language; in JSON, in a journal and in Python they stay as they are."""

import errno
import os
import re

from jogeon.cli.texts import Texts, find
from jogeon.cli.texts.reports import SAID

LONGEST = 1000
"""Characters of a report that is looked into; a server may have put a longer text in it."""
SYSTEM = {number: f"errno.{name}" for number, name in errno.errorcode.items() if find(f"errno.{name}")}
"""The key of the text of each error of the system that people meet."""
COUNTED = re.compile(r"(\d+) (enter|leave|snapshot|gap|state|anomaly)\b")


def said(report: str, texts: Texts) -> str:
    """Return the English prose of a State or an Anomaly as people read it, unchanged where there is no text for it."""
    for pattern in SAID if len(report) <= LONGEST else ():
        if found := re.fullmatch(pattern, report, re.DOTALL):
            parts = {name: _part(name, part, texts) for name, part in found.groupdict().items()}
            return texts(f"said.{pattern}", **parts).strip()
    return _system(report, texts)


def _system(report: str, texts: Texts) -> str:
    """Return a report with the system's own words, such as No such file or directory, in the reader's language."""
    if texts.lang == "en":
        return report
    for number, key in SYSTEM.items():
        words = re.escape(os.strerror(number))
        report = re.sub(rf"\[Errno {number}\] (Connect call failed \(.*?\)|{words})|{words}", texts(key), report)
    return report


def _part(name: str, part: str | None, texts: Texts) -> str:
    match name:
        case _ if part is None:
            return ""
        case "why" | "detail":
            return said(part, texts)
        case "wanted" | "given":
            kinds = [each for each in part.split(" | ") if each != "null"]
            names = (texts(f"type.{each}") if texts.has(f"type.{each}") else each for each in kinds)
            return f" {texts('failure.or')} ".join(names)
        case "counts":
            return COUNTED.sub(lambda each: f"{texts(f'event.{each[2]}')} {each[1]}", part)
    return part
