"""What `jogeon alerts` answers: whether rules are right, whether a target is reached, what was and would be told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from jogeon.alerts.making import made
from jogeon.alerts.outbox import reason_in
from jogeon.alerts.rebuilding import dry_run
from jogeon.alerts.targets import try_out
from jogeon.alerts.webhook import as_object
from jogeon.alerts.wording import rows_of
from jogeon.cli.running.alert_list import fate, listed
from jogeon.cli.running.alert_plan import settings_of_alerts, unlisted, unpriced, unready
from jogeon.cli.running.journals import journal_read
from jogeon.cli.running.loop import run_loop, shared_client
from jogeon.cli.running.stretch import at
from jogeon.cli.showing.destination import form_of
from jogeon.cli.showing.failures import explain, in_short
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.rule_words import says
from jogeon.cli.showing.terminal import show, tell
from jogeon.cli.showing.translate import said
from jogeon.errors import InvalidSetting, JournalError, SessionTaken
from jogeon.events import korean
from jogeon.journal.history import History

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from jogeon.alerts.outbox import AlertRow
    from jogeon.alerts.settings import AlertSettings
    from jogeon.cli.arguments.choices import Choices
    from jogeon.errors import AlertRefused
    from jogeon.events import Condition
    from jogeon.journal.steps import Posted

    Right = Sequence[tuple[str, str]]
    Wrong = Sequence[tuple[str | None, InvalidSetting]]


# ------------------------------------------------------------ check


def check(choices: Choices, journal: str | None, *, priced: bool) -> bool:
    """Say each rule in words, and what is wrong; return whether all is right. InvalidSetting if there is nothing."""
    settings, texts = settings_of_alerts(), choices.texts
    wrong: list[tuple[str | None, InvalidSetting]] = list(settings.wrong)
    wrong += [(error.why.text, error) for error in unpriced(settings, priced=priced)]
    listed = _listed(choices, journal)
    if listed is None:
        tell(texts("alert.conditions-unknown"))
    else:
        wrong += [(rule.name, error) for rule, error in unlisted(settings, listed)]
    if not wrong:
        wrong += [(None, error) for error in unready(settings)]
    lame = {name for name, _ in wrong}
    right = [(rule.name, says(rule, texts)) for rule in settings.rules if rule.name not in lame]
    as_json = form_of(choices, None, as_csv=False) == "json"
    (_check_lines if as_json else _check_texts)(right, wrong, choices)
    if not settings.rules and not wrong:
        tell(texts("alert.no-rules"))
    return not wrong


def _check_lines(right: Right, wrong: Wrong, choices: Choices) -> None:
    write = StandardOutput().write
    for name, sentence in right:
        write(json_line({"rule": name, "ok": True, "says": sentence}))
    for rule, error in wrong:
        where = {"file": error.file, "line": error.why.line or None, "field": error.field}
        write(json_line({"rule": rule, "ok": False, "says": explain(error, choices), **where}))
        tell(*explain(error, choices).split("\n"))


def _check_texts(right: Right, wrong: Wrong, choices: Choices) -> None:
    for name, sentence in right:
        show(choices.texts("alert.right", name=name, says=sentence))
    for rule, error in wrong:
        show(choices.texts("alert.wrong", name=rule or error.field))
        tell(*explain(error, choices).split("\n"))


def _listed(choices: Choices, journal: str | None) -> list[Condition] | None:
    """Return the conditions there are: those of the server that was named, else of the journal; None if unknown."""
    if "server" in choices.given:
        try:
            return run_loop(_asked(choices))
        except SessionTaken as error:  # a recording of ours has it; what it writes will do
            tell(in_short(error, choices))
    try:
        with History(journal_read(choices, journal)) as history:
            return history.conditions
    except JournalError:
        if journal is not None:
            raise
        return None


async def _asked(choices: Choices) -> list[Condition]:
    async with shared_client(choices) as client:
        return await client.conditions()


# ------------------------------------------------------------ test


def test(choices: Choices, name: str | None) -> None:
    """Send a message to a target; AlertRefused, AlertUnreachable, InvalidSetting."""
    settings = settings_of_alerts()
    about = [error for rule, error in settings.wrong if rule is None and f"targets.{name}" in error.field]
    for error in about:
        raise error
    if name is None or name not in settings.targets:
        known = ", ".join(settings.targets) or "-"
        key = "alert.which" if name is None else "alert.unknown-target"
        raise click.BadParameter(choices.texts(key, name=name, known=known, file=settings.file))
    begun = time.monotonic()
    error_of = run_loop(_sent(choices, settings, name))
    ms = round((time.monotonic() - begun) * 1000)
    if form_of(choices, None, as_csv=False) == "json":
        StandardOutput().write(json_line({"target": name, "sent": error_of is None, "ms": ms}))
    elif error_of is None:
        show(choices.texts("alert.sent", target=name, ms=ms))
    if error_of is not None:
        raise error_of


async def _sent(choices: Choices, settings: AlertSettings, name: str) -> AlertRefused | None:
    return await try_out(made(settings, {name: None})[name], name, choices.texts("alert.test"))


# ------------------------------------------------------------ dry run and list


def answer_dry_run(choices: Choices, journal: str | None, since: datetime | None, until: datetime | None) -> None:
    """Write what the rules make of a journal."""
    settings = settings_of_alerts()
    settings.complain()
    path = journal_read(choices, journal)
    start_ns, end_ns = _span(path, since, until)
    lang = choices.texts.lang
    rows = (rows_of(alert, lang)[0] for alert in dry_run(path, settings.rules) if start_ns <= alert.due_ns < end_ns)
    _write(((row, as_object(row), "") for row in rows), choices)


def answer_list(choices: Choices, journal: str | None, since: datetime | None, until: datetime | None) -> None:
    """Write the alerts of a journal, one line for each target, and what became of them."""
    path = journal_read(choices, journal)
    start_ns, end_ns = _span(path, since, until)
    rows = ((row, post) for row, post in listed(path) if start_ns <= post.due_ns < end_ns)
    _write(((row, as_object(row) | fate(post), _state(post, choices)) for row, post in rows), choices)


def _state(post: Posted, choices: Choices) -> str:
    word = choices.texts("alert.done" if post.state == "sent" else f"alert.{post.state}")
    reason = reason_in(post.reason)
    return f"{post.target} {word} {said(reason, choices.texts) if reason else ''}".strip()


def _span(path: Path, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    with History(path) as history:
        start_ns = -(2**63) if since is None else at(history, since, None)
        return start_ns, 2**63 - 1 if until is None else at(history, until, None)


def _write(rows: Iterator[tuple[AlertRow, Mapping[str, object], str]], choices: Choices) -> None:
    as_json = form_of(choices, None, as_csv=False) == "json"
    write, count = StandardOutput().write, 0
    for row, record, state in rows:
        count += 1
        if as_json:
            write(json_line(record))
        else:
            show(f"{korean(row.due_ns):%m-%d %H:%M:%S}  {row.rule}  {row.text}  {state}".rstrip())
    if not count and not as_json:
        tell(choices.texts("alert.none"))
