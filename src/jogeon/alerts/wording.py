"""What an alert says: the text of its rule with the fields filled, as rows for its targets. No I/O, no clock."""

import re

from jogeon.alerts.deciding import Alert, LastQuote
from jogeon.alerts.outbox import EVENTS, AlertRow
from jogeon.alerts.rules import filled
from jogeon.events import NameOf, korean, nameless
from jogeon.visible import one_line, without_steering

OVERNIGHT = {"ko": "{condition} 밤사이 {count}종목 편입", "en": "{condition}: {count} entered overnight"}
UNKNOWN = "-"


def rows_of(alert: Alert, lang: str, name_of: NameOf = nameless) -> list[AlertRow]:
    """Return an alert for each of its targets."""
    name = alert.name or (name_of(alert.code) if alert.code else None)
    text = text_of(alert, lang, name)
    return [
        AlertRow(
            id=alert.id,
            target=target,
            rule=alert.rule.name,
            seq=alert.condition.seq,
            condition=alert.condition.name,
            code=alert.code,
            name=name,
            event=alert.event,
            trigger=alert.trigger,
            due_ns=alert.due_ns,
            made_ns=alert.due_ns,
            text=text,
            silent=alert.rule.silent,
            codes=alert.codes,
        )
        for target in alert.rule.to
    ]


def text_of(alert: Alert, lang: str, name: str | None) -> str:
    """Return what an alert says; a field that is not known leaves no hole, and none holds more than a line."""
    condition = one_line(alert.condition.name)
    if alert.event == "overnight":
        return OVERNIGHT[lang].format(condition=condition, count=len(alert.codes))
    values = {
        "name": one_line(name or ""),
        "code": one_line(alert.code),
        "condition": condition,
        "time": f"{korean(alert.at_ns):%H:%M:%S}",
        "event": EVENTS[lang][alert.event],
        **_prices(alert.price),
    }
    return re.sub(r"[ \t]{2,}", " ", filled(without_steering(alert.rule.text), values)).strip()


def _prices(price: LastQuote | None) -> dict[str, str]:
    known = price is not None and price.price is not None
    rated = price is not None and price.rate is not None
    return {
        "price": f"{price.price:,}" if known and price else UNKNOWN,
        "rate": f"{price.rate:+.2f}%" if rated and price else UNKNOWN,
    }
