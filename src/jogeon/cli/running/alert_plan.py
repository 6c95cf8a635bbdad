"""Alerts beside a recording: the plan from jogeon.toml, and its changes while the recording runs."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, Protocol

from jogeon.account.environment import named_file, usual_files
from jogeon.alerts.alerting import Alerting, Plan
from jogeon.alerts.making import made, ping_of
from jogeon.alerts.settings import AlertSettings, alerts_file, read_alerts
from jogeon.cli.showing.failures import explain, in_short
from jogeon.cli.showing.terminal import tell
from jogeon.cli.showing.translate import said
from jogeon.errors import InvalidSetting, JogeonError
from jogeon.events import midnight_ns
from jogeon.journal.history import History, Selection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from jogeon.alerts.own import Note
    from jogeon.alerts.rules import Rule
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts
    from jogeon.events import Condition
    from jogeon.journal.writer import Journal

    Conditions = Callable[[], Awaitable[Iterable[Condition]]]

LOOK = 1.0
"""Seconds between looks whether jogeon.toml has changed."""
PATIENCE = 5.0
"""Seconds for the server to say which conditions there are, where a changed file waits for that."""
DAY_NS = 86_400_000_000_000


def settings_of_alerts() -> AlertSettings:
    """Return the `[alerts]` that counts; InvalidSetting if there is none."""
    path = alerts_file()
    if path is None:
        named = named_file()
        where = str(named[0]) if named else ", ".join(map(str, usual_files()))
        raise InvalidSetting(file=where, field="alerts", reason="no alerts")
    return read_alerts(path)


def plan_of(settings: AlertSettings, *, priced: bool) -> Plan:
    """Return what is told to whom; InvalidSetting for whatever is wrong, MissingExtra."""
    settings.complain()
    for error in unpriced(settings, priced=priced):
        raise error
    own = settings.own
    used = {name for rule in settings.rules for name in rule.to} | set(own.to if own is not None else ())
    return Plan(settings.rules, made(settings, dict.fromkeys(used)), own, ping_of(settings))


def unready(settings: AlertSettings) -> Iterator[InvalidSetting]:
    """Yield a complaint for each secret that is not there, or is of no use; MissingExtra."""
    for name in settings.targets:
        try:
            made(settings, {name: None})
        except InvalidSetting as error:
            yield error
    try:
        ping_of(settings)
    except InvalidSetting as error:
        yield error


def unpriced(settings: AlertSettings, *, priced: bool) -> Iterator[InvalidSetting]:
    """Yield a complaint for each rule that reads quotes which nobody keeps."""
    for rule in settings.rules if not priced else ():
        key = "price" if rule.price else "rate"
        if rule.price or rule.rate:
            yield settings.refusal((*settings.place_of(rule.name), key), "needs prices", rule.name)


def unlisted(settings: AlertSettings, listed: Iterable[Condition]) -> Iterator[tuple[Rule, InvalidSetting]]:
    """Yield a complaint for each condition that a rule names and nobody has."""
    names = dict.fromkeys(condition.name for condition in listed)
    for rule in settings.rules:
        for key in ("conditions", "also_in"):
            for name in getattr(rule, key):
                if name not in names:
                    place = (*settings.place_of(rule.name), key)
                    yield rule, settings.refusal(place, "unknown condition", f"{name} / {', '.join(names) or '-'}")


class Recorded(Protocol):
    """What is recorded: a watch, a hub."""

    @property
    def journal(self) -> Journal | None:
        """The journal that is written."""

    @property
    def conditions(self) -> Sequence[Condition]:
        """The conditions that are followed."""


@contextlib.asynccontextmanager
async def alerts_of(watch: Recorded, plan: AlertPlan, texts: Texts) -> AsyncIterator[Alerting | None]:
    """Send alerts while a watch records, within this context; nothing waits for them to begin."""
    journal = watch.journal
    if journal is None:
        yield None
        return
    plan.tell_unrecorded(watch)
    alerting = Alerting(journal, plan.plan, say=partial(say, texts, journal), lang=texts.lang)
    begun = asyncio.create_task(plan.begun(alerting), name="jogeon alerts begun")
    following = asyncio.create_task(plan.follow(alerting, watch), name="jogeon.toml followed")
    try:
        yield alerting
    finally:
        following.cancel()
        await asyncio.gather(begun, following, return_exceptions=True)


def named_in(rules: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    """Yield each condition that a rule names, once."""
    seen = set()
    for rule in rules:
        for name in (*rule.conditions, *rule.also_in):
            if name not in seen:
                seen.add(name)
                yield rule, name


class AlertPlan:
    """The plan of a recording, as jogeon.toml says it now; a wrong one changes nothing."""

    def __init__(self, choices: Choices, *, priced: bool) -> None:
        self._choices = choices
        self._priced = priced
        self._seen = _seen()
        self._conditions: Conditions | None = None
        self._listed: list[Condition] = []
        self.settings = settings_of_alerts()
        self.plan = plan_of(self.settings, priced=priced)

    async def begin(self, conditions: Conditions) -> None:
        """Say what is in use; InvalidSetting for a condition that is not among those of the server."""
        self._conditions, self._listed = conditions, list(await conditions())
        self._require_listed(self.settings)
        tell(self._choices.texts("alert.begun", count=len(self.plan.rules), path=self.settings.file))

    def _require_listed(self, settings: AlertSettings) -> None:
        for _, error in unlisted(settings, self._listed) if self._conditions is not None else ():
            raise error

    async def _list_again(self) -> None:
        """Ask for the conditions again; those known from before stand while the server cannot be asked."""
        if self._conditions is not None:
            with contextlib.suppress(TimeoutError, JogeonError):
                async with asyncio.timeout(PATIENCE):
                    self._listed = list(await self._conditions())

    def tell_unrecorded(self, watch: Recorded) -> None:
        """Say which conditions of the rules a watch does not follow."""
        followed = {condition.name for condition in watch.conditions}
        for rule, name in named_in(self.plan.rules):
            if name not in followed:
                tell(self._choices.texts("alert.not-recorded", rule=rule.name, condition=name))

    async def begun(self, alerting: Alerting) -> None:
        """Start the alerts; the recording goes on where they cannot."""
        try:
            await alerting.start()
        except JogeonError as error:
            tell(in_short(error, self._choices))

    async def follow(self, alerting: Alerting, watch: Recorded) -> None:
        """Go by what jogeon.toml says, whenever it changes."""
        while True:
            await asyncio.sleep(LOOK)
            seen = await asyncio.to_thread(_seen)
            if seen != self._seen:
                self._seen = seen
                if await self._change(alerting):
                    self.tell_unrecorded(watch)

    async def _change(self, alerting: Alerting) -> bool:
        texts = self._choices.texts
        try:
            settings = await asyncio.to_thread(settings_of_alerts)
            plan = await asyncio.to_thread(partial(plan_of, settings, priced=self._priced))
            await self._list_again()
            self._require_listed(settings)
        except JogeonError as error:
            tell(texts("alert.kept"), *explain(error, self._choices).split("\n"))
            return False
        self.settings, self.plan = settings, plan
        alerting.exchange(plan)
        tell(texts("alert.changed", path=settings.file))
        return True


def _seen() -> list[tuple[str, int, int, int]]:
    """Return what tells whether a file of settings was changed."""
    named = named_file()
    found = []
    for path in [named[0]] if named else usual_files():
        with contextlib.suppress(OSError):
            status = path.stat()
            found.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
    return found


# ------------------------------------------------------------ what the tool tells of itself


def say(texts: Texts, journal: Journal, note: Note) -> str:
    """Return what a note says."""
    if note.kind == "daily":
        return texts("note.daily", lines="\n".join(_day(journal.path, note.at_ns, texts)))
    why = "" if note.report is None else said(note.report, texts)
    return texts(f"note.{note.kind}", seconds=note.seconds, name=note.name, why=why)


def _day(path: Path, now_ns: int, texts: Texts) -> Iterator[str]:
    """Yield a line for each condition of the day; a journal that cannot be read has none."""
    start_ns = midnight_ns(now_ns)
    try:
        with History(path) as history:
            conditions = history.stats(Selection(span=(start_ns, start_ns + DAY_NS))).conditions
    except JogeonError as error:
        yield said(error.report, texts)
        return
    for each in conditions:
        yield texts(
            "note.daily-line", name=each.condition.name, enters=each.enters, leaves=each.leaves, blind=each.blind
        )
    if not conditions:
        yield texts("note.nothing")
