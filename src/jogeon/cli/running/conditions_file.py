"""The file of conditions that a simulated market may have instead of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jogeon.cli.showing.translate import said
from jogeon.errors import InvalidSetting
from jogeon.files import read_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.cli.texts import Texts
    from jogeon.simulator.market.expressions import ConditionRule

LARGEST = 4 * 1024 * 1024
"""Bytes of a file; a thousand long conditions need less."""

NAMING = ("unknown field", "wrong number of arguments")
"""Complaints about an expression whose detail is what was written; that of others is English, partly Python's own."""


def rules_from(path: str | None, texts: Texts) -> Sequence[ConditionRule] | None:
    """Return the conditions of a file, None for the simulator's own; a wrong file is a usage error that says where.

    Nothing is waited for, whatever lies there.
    """
    if path is None:
        return None
    from jogeon.simulator.market.expressions import ExpressionError, RulesError, parse_conditions

    content = _content(path, texts)
    try:
        return parse_conditions(content, path)
    except ExpressionError as error:
        told = error.detail if texts.lang == "en" or error.reason in NAMING else ""
        reason = texts(f"expression.{error.reason}") + (f" ({told})" if told else "")
        complaint = texts("bad.expression", name=error.name, column=error.column, reason=reason)
        raise click.BadParameter(f"{complaint}\n  {error.expression}") from None
    except RulesError as error:
        why = said(error.why, texts)
        raise click.BadParameter(texts("bad.conditions", detail=f"{path}: {why}")) from None


def _content(path: str, texts: Texts) -> bytes:
    try:
        content, reason, detail = read_small(Path(path), LARGEST), "missing", ""
    except InvalidSetting as error:
        content, reason, detail = None, error.reason, said(error.why, texts)
    if content is None:
        why = texts(f"InvalidSetting.cause.{reason}", more=f" ({detail})" if detail else "")
        raise click.BadParameter(texts("bad.conditions", detail=f"{path}: {why}"))
    return content
