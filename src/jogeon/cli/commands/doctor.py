"""`jogeon doctor`: does it work now, and if not, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jogeon.cli.arguments.command import Command
from jogeon.cli.arguments.options import switch
from jogeon.cli.showing.failures import exit_code
from jogeon.cli.showing.json_lines import StandardOutput, json_line
from jogeon.cli.showing.terminal import show
from jogeon.cli.texts.width import columns, padded, terminal_width, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.running.examination import Examination, Finding
    from jogeon.cli.texts import Texts


def command(texts: Texts) -> click.Command:
    """Return the command."""
    return Command("doctor", texts, [switch(texts, "--login")], checks_settings=False, callback=doctor)


@click.pass_obj
def doctor(choices: Choices, *, login: bool) -> None:
    """Look at everything, say the verdict, then each finding; exit with the code of what stands in the way."""
    from jogeon.cli.running.examination import Examination

    examination = Examination(choices, login=login)
    examination.run()
    first = next((finding for finding in examination.findings if finding.error is not None), None)
    code = 0 if first is None or first.error is None else exit_code(first.error)
    if choices.json:
        _write_lines(examination, code, choices.texts)
    else:
        show(verdict(examination, choices.texts), *_shown(examination.findings, choices.texts))
    click.get_current_context().exit(code)


def verdict(examination: Examination, texts: Texts) -> str:
    """Return whether the server can be used, in one line."""
    failed = [finding for finding in examination.findings if finding.health == "failed"]
    if failed:
        return texts(
            "doctor.fails", server=examination.server, check=texts(f"check.{failed[0].check}"), what=failed[0].says
        )
    warnings = sum(finding.health == "warning" for finding in examination.findings)
    if warnings:
        return texts("doctor.works-but", server=examination.server, count=warnings)
    return texts("doctor.works", server=examination.server)


def _shown(findings: list[Finding], texts: Texts) -> Iterator[str]:
    """Yield the lines of the findings, aligned as a terminal shows them."""
    heads = [(texts(f"health.{each.health}"), texts(f"check.{each.check}")) for each in findings]
    widths = [max(columns(head[place]) for head in heads) for place in (0, 1)]
    room = terminal_width() - sum(widths) - len("  " * 3) - 1
    for finding, head in zip(findings, heads, strict=True):
        left = "  ".join(padded(word, width) for word, width in zip(head, widths, strict=True))
        first, *more = list(wrapped(finding.says, max(20, room))) or [""]
        yield f"  {left}  {first}"
        if finding.cause:
            more += wrapped(f"{texts('failure.cause')}: {finding.cause}", max(20, room))
        if finding.next:  # in one line, to be copied
            more.append(f"{texts('failure.next')}: {finding.next}")
        yield from (f"  {' ' * columns(left)}  {line}" for line in more)


def _write_lines(examination: Examination, code: int, texts: Texts) -> None:
    lines = StandardOutput()
    healthy = not any(finding.health == "failed" for finding in examination.findings)
    says = verdict(examination, texts)
    lines.write(json_line({"check": "verdict", "health": "ok" if healthy else "failed", "says": says, "exit": code}))
    for finding in examination.findings:
        fields = {name: value or None for name, value in finding._asdict().items() if name != "error"}
        if finding.error is not None:
            fields |= {"error": type(finding.error).__name__, "code": finding.error.code or None}
        lines.write(json_line(fields))
