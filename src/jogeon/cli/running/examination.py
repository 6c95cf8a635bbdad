"""What `jogeon doctor` looks at: settings, keys, clock, token, addresses, the session, and with LOGIN the wire."""

from __future__ import annotations

import os
import platform
import stat
import sys
import time
from contextlib import nullcontext
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal, NamedTuple

from jogeon.account.environment import server_token
from jogeon.account.hubs import notes
from jogeon.account.keys import SERVERS
from jogeon.account.lock import hub_at, who_has
from jogeon.account.settings import chosen_server, setting_files
from jogeon.account.tokens import clock_skew
from jogeon.cli.running.hub_status import in_a_line, status_of
from jogeon.cli.running.journals import usual_journal
from jogeon.cli.running.keys import check_settings, keys_of, kiwoom_mode_says, korean_time, tokens_of
from jogeon.cli.running.loop import run_loop
from jogeon.cli.running.probe import Probe, reach
from jogeon.cli.showing.failures import rows
from jogeon.cli.showing.terminal import tell, visible_name
from jogeon.connect import endpoint
from jogeon.errors import InvalidSetting, JogeonError
from jogeon.events import korean
from jogeon.net import proxy_for, without_password
from jogeon.wire.stocks import NO_SUCH_STOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from jogeon.account.environment import Mode
    from jogeon.account.keys import Keys
    from jogeon.cli.arguments.choices import Choices
    from jogeon.endpoint import Endpoint
    from jogeon.events import Condition, Stock

Health = Literal["ok", "warning", "failed"]

WRONG_CLOCK = 5.0
"""Seconds from which a clock is worth a warning: times of events are this machine's."""
PING_PATIENCE = 30.0
"""Seconds to wait for a PING: the first comes about 10 s after LOGIN, the next ones every 10 to 20 s."""
ANY_STOCK = "005930"
"""The stock whose price is asked for where no search has one."""
LIBRARIES = ("jogeon", "picows", "msgspec", "httpx2", "keyring", "filelock")
SET_CLOCK = {"win32": "w32tm /resync", "darwin": "sudo sntp -sS time.apple.com"}


class Finding(NamedTuple):
    """One thing that was looked at; `next` is the command that mends it, `error` what makes it fail."""

    check: str
    health: Health
    says: str
    next: str = ""
    cause: str = ""
    error: JogeonError | None = None


class Findings:
    """Takes note of what is found; `findings` has it in the order it was looked at."""

    def __init__(self, choices: Choices) -> None:
        self.findings: list[Finding] = []
        self._choices, self._texts = choices, choices.texts

    def _note(self, check: str, health: Health, says: str, mend: str = "") -> None:
        self.findings.append(Finding(check, health, says, mend))

    def _fail(self, check: str, error: JogeonError) -> None:
        what, mend, cause = self._told(error)
        self.findings.append(Finding(check, "failed", what, mend, cause, error))

    def _warn(self, check: str, key: str, error: JogeonError) -> None:
        """Note what fails and costs no watch."""
        what, _, cause = self._told(error)
        self.findings.append(Finding(check, "warning", self._texts(key, why=what), self._choices.typed(), cause))

    def _told(self, error: JogeonError) -> tuple[str, str, str]:
        """Return what happened, what to do next, and the cause with the broker's own words."""
        told = {row.label: row.says for row in rows(error, self._choices)}
        cause = " ".join(told[label] for label in ("cause", "kiwoom") if label in told)
        return told["what"], told["next"], cause


class Examination(Findings):
    """Looks at one server."""

    def __init__(self, choices: Choices, *, login: bool) -> None:
        super().__init__(choices)
        self.server = choices.server or "real"
        self._login = login
        self._taken = self._sees_hub = False

    def run(self) -> None:
        """Look at everything; what cannot be looked at because of something else is left out."""
        try:
            self._look_at_settings()
        except InvalidSetting as error:
            self._fail("server", error)
        else:
            self._look()
        self._look_at_journal()
        self._note("versions", "ok", ", ".join(versions()))

    def _look(self) -> None:
        match self.server:
            case "real" | "mock" as mode:
                keys = self._look_at_keys(mode)  # outside the loop, where Ctrl+C ends the wait for a keyring
                run_loop(self._look_at_kiwoom(mode, keys))
            case _:
                run_loop(self._look_at_address())

    # ------------------------------------------------------------ here

    def _look_at_settings(self) -> None:
        source = "--server"
        check_settings()
        if self._choices.server is None:
            self.server, source = chosen_server()
            self._choices.server = self.server
        where = self._texts("found.default") if source == "default" else source
        self._note("server", "ok", self._texts("found.server", server=self.server, source=where))
        if source.startswith("KIWOOM_MODE"):
            self._note("server", "ok", kiwoom_mode_says(source, self._texts(f"mode.{self.server}"), self._texts))
        for path in open_files():
            self._note("privacy", "warning", self._texts("found.open-file", path=path), f'chmod 600 "{path}"')

    def _look_at_keys(self, mode: Mode) -> Keys | None:
        try:
            keys = keys_of(mode, self._choices)
        except JogeonError as error:
            self._fail("keys", error)
            return None
        self._note("keys", "ok", self._texts("found.keys", source=keys.source))
        return keys

    async def _look_at_lock(self, mode: Mode, keys: Keys) -> None:
        """Look who has the session; a hub of this machine is as good as a free one."""
        held = who_has(mode, keys)
        self._taken = held is not None
        if held is None:
            self._note("session", "ok", self._texts("found.free"))
        elif (hub := hub_at(held.hub)) is None:
            self._fail("session", held)
        else:
            self._note("session", "ok", self._texts("found.hub-holds", holder=held.holder, address=hub.websocket))
            await self._look_at_hub(hub.rest)

    def _look_at_journal(self) -> None:
        """Tell of the usual journal, if there is one."""
        try:
            path, _ = usual_journal(self._choices, self.server)
        except InvalidSetting as error:  # no home
            told = {row.label: row.says for row in rows(error, self._choices)}
            self._note("journal", "warning", f"{told['what']}: {told['cause']}", told["next"])
            return
        if not os.path.exists(path):  # noqa: PTH110  # a Path raises where its folder is closed
            return
        from jogeon.journal.history import History

        try:
            with History(path) as history:
                last_ns = history.last_ns
        except JogeonError as error:
            self._fail("journal", error)
            return
        last = "-" if last_ns is None else f"{korean(last_ns):%Y-%m-%d %H:%M:%S}"
        self._note("journal", "ok", self._texts("found.journal", path=path, size=path.stat().st_size / 1e6, last=last))

    # ------------------------------------------------------------ Kiwoom

    async def _look_at_kiwoom(self, mode: Mode, keys: Keys | None) -> None:
        if await self._look_at_clock(mode) and keys is not None:
            await self._look_at_token(mode, keys)
        reached = await self._reach(SERVERS[mode].websocket)
        if keys is None:
            return
        await self._look_at_lock(mode, keys)
        if self._login and reached and not self._taken:
            tell(self._texts("doctor.warn-login"))
            await self._log_in(endpoint(mode, keys=keys))

    async def _look_at_clock(self, mode: Mode) -> bool:
        """Tell whether the REST server can be reached."""
        rest = SERVERS[mode].rest
        try:
            proxy = proxy_for(rest)
            skew = await clock_skew(rest, proxy=proxy)
        except JogeonError as error:
            self._fail("rest", error)
            return False
        self._note("rest", "ok", self._reachable(rest, proxy))
        if skew is None or abs(skew) < WRONG_CLOCK:
            self._note("clock", "ok", self._texts("found.clock-unknown" if skew is None else "found.clock"))
        else:
            says = self._texts("found.clock-fast" if skew < 0 else "found.clock-slow", seconds=abs(skew))
            self._note("clock", "warning", says, SET_CLOCK.get(sys.platform, "sudo timedatectl set-ntp true"))
        return True

    async def _look_at_token(self, mode: Mode, keys: Keys) -> None:
        try:
            issued = await tokens_of(mode, keys).issued()
        except JogeonError as error:
            self._fail("token", error)
        else:
            self._note("token", "ok", self._texts("found.token", until=korean_time(issued.until)))

    # ------------------------------------------------------------ a hub

    async def _look_at_hub(self, rest: str) -> None:
        """Tell how a hub goes, by what it says itself: nobody logs in above for that."""
        self._sees_hub = True
        try:
            says, well = in_a_line(await status_of(rest), self._texts)
        except JogeonError as error:
            self._fail("hub", error)
        else:
            self._note("hub", "ok" if well else "warning", says, "" if well else f"jogeon hub status --rest {rest}")

    # ------------------------------------------------------------ any server

    async def _look_at_address(self) -> None:
        try:
            there = endpoint(self.server, rest=self._choices.rest, insecure=self._choices.insecure)
        except JogeonError as error:
            self._fail("websocket", error)
            return
        if self.server != "demo":
            self._note("token", "ok", self._texts("found.token-given" if server_token() else "found.token-demo"))
        async with there as found:
            reached = await self._reach(found.websocket)
            hub = next((note for note in notes() if note.websocket == found.websocket), None)
            if reached and hub is not None:
                await self._look_at_hub(hub.rest)
            if reached and self._login:
                await self._log_in(nullcontext(found))

    async def _reach(self, websocket: str) -> bool:
        """Tell whether a connection comes about."""
        try:
            proxy = proxy_for(websocket)
            await reach(websocket, proxy)
        except JogeonError as error:
            self._fail("websocket", error)
            return False
        self._note("websocket", "ok", self._reachable(websocket, proxy))
        return True

    def _reachable(self, address: str, proxy: str | None) -> str:
        safe = address.startswith(("https:", "wss:"))
        says = self._texts("found.reachable-tls" if safe else "found.reachable", address=address)
        return self._texts("found.through", says=says, proxy=without_password(proxy)) if proxy else says

    # ------------------------------------------------------------ the wire

    async def _log_in(self, there: AbstractAsyncContextManager[Endpoint]) -> None:
        """Do what a client does; an error belongs to the step it stopped."""
        step = "login"
        try:
            async with there as found:
                probe, since = Probe(found), time.monotonic()
                await probe.start()
                try:
                    self._done(step, "found.login", since)
                    if probe.hub is not None and not self._sees_hub:
                        await self._look_at_hub(probe.hub)
                    step = "list"
                    conditions = await self._list(probe)
                    step = "search"
                    stocks = await self._search(probe, conditions)
                    await self._price(probe, stocks)
                    await self._hear(probe)
                    await self._look_at_names(probe)  # behind the wait for a PING: one request a second
                finally:
                    await probe.stop()
        except JogeonError as error:
            self._fail(step, error)

    def _done(self, check: str, key: str, since: float, **fields: object) -> None:
        self._note(check, "ok", self._texts(key, seconds=time.monotonic() - since, **fields))

    async def _list(self, probe: Probe) -> list[Condition]:
        since = time.monotonic()
        conditions = await probe.conditions()
        self._done("list", "found.list", since, count=len(conditions))
        return conditions

    async def _search(self, probe: Probe, conditions: list[Condition]) -> Sequence[Stock]:
        """Return the stocks of the first condition."""
        if not conditions:
            self._note("search", "warning", self._texts("found.no-conditions"))
            return ()
        since = time.monotonic()
        stocks = await probe.hits(conditions[0])
        self._done("search", "found.search", since, condition=visible_name(conditions[0]), count=len(stocks))
        return stocks

    async def _price(self, probe: Probe, stocks: Sequence[Stock]) -> None:
        """Look at prices; without them a watch goes on as well, so that what fails is a warning."""
        if not probe.has_rest:
            self._note("prices", "warning", self._texts("found.no-rest"))
            return
        code, since = stocks[0].code if stocks else ANY_STOCK, time.monotonic()
        try:
            price = await probe.price(code)
        except JogeonError as error:
            if error.code == NO_SUCH_STOCK:  # prices are answered for; a simulated market has stocks of its own
                self._done("prices", "found.no-such-stock", since, code=code)
            else:
                self._warn("prices", "found.no-prices", error)
        else:
            shown = "-" if price is None else f"{price:,}"
            self._done("prices", "found.prices", since, code=code, price=shown)

    async def _look_at_names(self, probe: Probe) -> None:
        """Look at names; that nobody knows whom to ask is told of the prices."""
        since = time.monotonic()
        if not probe.has_rest:
            return
        try:
            count = await probe.names()
        except JogeonError as error:
            self._warn("names", "found.no-names", error)
        else:
            self._done("names", "found.names", since, count=count)

    async def _hear(self, probe: Probe) -> None:
        since = time.monotonic()
        tell(self._texts("doctor.waiting", seconds=PING_PATIENCE))
        if await probe.hears_ping(PING_PATIENCE):
            self._done("ping", "found.ping", since)
        else:
            says = self._texts("found.no-ping", seconds=PING_PATIENCE)
            self._note("ping", "warning", says, self._choices.typed())


def open_files() -> Iterator[Path]:
    """Yield the settings that hold keys and can be read by other users; Windows has no such bits."""
    if os.name != "posix":
        return
    for path, settings in setting_files():
        tables = (settings.keys.real, settings.keys.mock)
        if any(table and table.secret_key for table in tables) and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            yield path


def versions() -> Iterator[str]:
    """Yield what runs here, with its version."""
    yield f"Python {platform.python_version()}"
    yield f"{platform.system()} {platform.release()}"
    for name in LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:  # run from its source, not installed
            yield f"{name} ?"
