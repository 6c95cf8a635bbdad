"""Reports in the reader's language, from their fields; in JSON, in a journal and in Python their text is English."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jogeon.cli.texts import Texts
    from jogeon.events import Anomaly, State
    from jogeon.reports import Report

PLAIN = frozenset({"other", "library", "system", "certificate"})
"""Kinds whose text is the words of others, unless there are words of ours for them."""
FOREIGN = {"system": "errno.other", "library": "errno.library"}
"""Kinds whose English words a Korean reader is not shown, and what is said instead."""


def said(report: Report, texts: Texts) -> str:
    """Return what a report says."""
    if report.kind in PLAIN:
        key = _key_of_others(report)
        if texts.has(key):
            return texts(key)
        foreign = report.kind in FOREIGN and texts.lang == "ko" and report.text.isascii()
        return texts(FOREIGN[report.kind], number=report.number, name=report.name) if foreign else report.text
    fields: dict[str, object] = {name: getattr(report, name) for name in report.__struct_fields__}
    fields |= {"words": report.words, "why": "" if report.why is None else said(report.why, texts)}
    if report.kind == "wrong type":
        fields |= {name: _types(str(fields[name]), texts) for name in ("name", "other")}
    return texts(f"report.{report.kind}", **fields).strip()


def _key_of_others(report: Report) -> str:
    match report.kind:
        case "system":
            return f"errno.{errno.errorcode.get(report.number, '')}"
        case "certificate":
            return f"certificate.{report.name}"
    return ""


def _types(names: str, texts: Texts) -> str:
    """Return types as msgspec names them, `int | null`, in words."""
    kinds = [each for each in names.split(" | ") if each != "null"]
    return f" {texts('failure.or')} ".join(
        texts(f"type.{each}") if texts.has(f"type.{each}") else each for each in kinds
    )


def cause_of(state: State, texts: Texts) -> str:
    """Return why a State is so; the name of a server and what the broker says of it stand in its text alone."""
    if state.notices:
        return "; ".join(said(notice, texts) for notice in state.notices)
    if state.active is not None:
        return texts("reported.active", active=state.active, of=state.of)
    if state.error is None or state.state == "taken":
        return state.cause
    why = said(state.error, texts)
    return why if state.pause is None else texts("reported.pause", seconds=f"{state.pause:.1f}", why=why)


def oddity_of(anomaly: Anomaly, texts: Texts) -> str:
    """Return what is wrong with what the broker sent."""
    if anomaly.counts is not None:
        from msgspec.structs import asdict  # `--help` does without msgspec

        counts = [(texts(f"event.{kind}"), count) for kind, count in asdict(anomaly.counts).items() if count]
        told = (texts("reported.count", kind=kind, count=count) for kind, count in counts)
        return texts("reported.lagged", counts=", ".join(told))
    return anomaly.what if anomaly.error is None else said(anomaly.error, texts)
