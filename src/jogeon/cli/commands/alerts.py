"""`jogeon alerts`: rules checked, targets tried, and what was or would be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jogeon.cli.arguments import options
from jogeon.cli.arguments.command import Command

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts

API = {"--api": "api"}
SPAN = {"--since": "since", "--until": "until"}
SERVER = {"--server": "server", "--keys": "keys"}
WAY = {"--insecure": "insecure", "--rest": "rest"}
IDLE = {
    "add": {"--journal": "journal", "--prices": "prices", **SPAN} | SERVER | WAY,
    "check": SPAN | API,
    "test": {"--journal": "journal", "--prices": "prices", **SPAN} | API | SERVER | WAY,
    "dry-run": {"--prices": "prices"} | API | WAY,
    "list": {"--prices": "prices"} | API | WAY,
}
"""The questions, and the options that each has no use for."""
USES = tuple(dict.fromkeys((*options.READS, *options.CONNECTS)))


def command(texts: Texts) -> click.Command:
    """Return the command."""
    name = click.Argument(["name"], required=False, metavar=f"[{texts('metavar.target')}]")
    params = [
        options.question(IDLE), name, options.journal(texts, "option.journal.read"), options.moment(texts, "--since"),
        options.moment(texts, "--until"), options.switch(texts, "--prices"),
        click.Option(["--api"], metavar=texts("metavar.url"), help=texts("option.api")),
    ]  # fmt: skip
    return Command("alerts", texts, params, uses=USES, callback=alerts)


@click.pass_obj
def alerts(choices: Choices, /, what: str, name: str | None, **given: Any) -> None:
    """Answer one question about alerts."""
    from jogeon.cli.running import alert_answers

    texts = choices.texts
    options.require_sense("alerts", what, IDLE, given | dict.fromkeys(choices.given, True), texts)
    if name is not None and what not in ("test", "add"):
        raise click.BadParameter(texts("usage.extra", names=name))
    match what:
        case "check":
            if not alert_answers.check(choices, given["journal"], priced=given["prices"]):
                raise click.exceptions.Exit(2)
        case "test":
            alert_answers.test(choices, name)
        case "dry-run":
            alert_answers.answer_dry_run(choices, given["journal"], given["since"], given["until"])
        case "list":
            alert_answers.answer_list(choices, given["journal"], given["since"], given["until"])
        case _:
            from jogeon.cli.running.alert_wizard import add

            add(choices, name, given["api"])
