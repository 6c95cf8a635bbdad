"""How a hub goes, as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jogeon.cli.showing.tables import Column, Table, show_table
from jogeon.cli.showing.terminal import show

if TYPE_CHECKING:
    from jogeon.cli.texts import Texts


def show_status(told: dict[str, Any], texts: Texts) -> None:
    """Show the session above and the journal, what is followed, who is served, and who was cut."""
    above, journal = told["upstream"], told["journal"]
    head = Table([Column(texts("hub.session")), Column(texts("hub.state")), Column(texts("hub.logins"), right=True),
                  Column(texts("hub.position"), gives_way=True)])  # fmt: skip
    state = _word("state.", above["state"], texts)
    place = "-" if journal["n"] is None else f"{journal['epoch']}:{journal['n']}"
    head.add(above["server"], state, str(above["logins"]), place)
    counts = [Column(texts("hub.members"), right=True), Column(texts("hub.consumers"), right=True)]
    followed = Table([Column("seq", right=True), Column(texts("hub.condition")), *counts])
    for each in told["conditions"]:
        followed.add(each["seq"], each["name"], _number(each["members"]), str(each["consumers"]))
    served = Table([Column(texts("hub.program"), gives_way=True), Column(texts("hub.kind")),
                    Column(texts("hub.sent"), right=True), Column(texts("hub.waiting"), right=True),
                    Column(texts("hub.behind"), right=True)])  # fmt: skip
    for each in told["consumers"]:
        numbers = (str(each[name]) for name in ("sent", "waiting", "behind"))
        served.add(f"{each['address']} {each['name']}", _word("hub.", each["kind"], texts), *numbers)
    cut = Table([Column(texts("hub.cut"), gives_way=True), Column(texts("hub.reason"), gives_way=True)])
    for each in told["cut"]:
        cut.add(each["address"], _word("hub.cut.", each["reason"], texts))
    if (standby := told.get("standby")) is not None:
        _show_standby(standby, texts)
    for table, rows in ((head, True), (followed, told["conditions"]), (served, told["consumers"]), (cut, told["cut"])):
        if rows:
            show_table(table)
    if (trouble := journal.get("trouble")) is not None:
        show(texts("hub.trouble", why=trouble))


def _word(about: str, word: str, texts: Texts) -> str:
    """Return a fixed word of the status in the reader's language; a hub of another version may have others."""
    return texts(about + word) if texts.has(about + word) else word


def _show_standby(told: dict[str, Any], texts: Texts) -> None:
    """Show whether it could log in, and whether it would take over."""
    login = told["login"]
    table = Table([Column(texts("hub.standby.login")), Column(texts("hub.reason"), gives_way=True)])
    word = {True: "yes", False: "no", None: "unasked"}[login["ok"]]
    table.add(texts(f"hub.standby.{word}"), " ".join(login[name] for name in ("code", "text") if login[name]) or "-")
    show_table(table)
    if told["taken"] is not None:
        show(texts("hub.standby.barred", words=told["taken"]))


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)
