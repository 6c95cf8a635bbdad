"""What was chosen for the whole command: the server, the keys, the form of the answer; and how to type it again."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from jogeon.account.keys import Keys
    from jogeon.cli.texts import Texts
    from jogeon.client import Client
    from jogeon.live.policy import OnTaken

PLAIN_WORD = re.compile(r"[\w%+,./:=@-]+")


class Connect(Protocol):
    """How a client is made: `jogeon.connect`, or what a test has in its place."""

    def __call__(
        self,
        server: str,
        *,
        token: str | None,
        keys: Keys | None,
        rest: str | None,
        insecure: bool,
        recheck: float,
        on_taken: OnTaken,
        price_limit: int | None,
    ) -> AbstractAsyncContextManager[Client]:
        """Return a client that connects when it is entered."""


class Around(Protocol):
    """Makes what a command runs in: a log of at least so much, and settings that were checked or not."""

    def __call__(self, least_verbose: int, *, checks_settings: bool) -> AbstractContextManager[None]:
        """Return it."""


def _nothing(least_verbose: int, *, checks_settings: bool) -> AbstractContextManager[None]:
    del least_verbose, checks_settings
    return nullcontext()


class Choices:
    """What may be chosen before or after the name of a command, for all of them."""

    given: set[str]
    """The names of those below that were typed."""
    server: str | None
    keys: str | None = None
    found: Keys | None = None
    """The keys, where a command had to find them before it connects."""
    config: str | None = None
    insecure = False
    rest: str | None = None
    json: bool
    verbose = 0
    recheck = 600.0
    on_taken: OnTaken = "stop"
    nats: str | None = None
    """Where a hub publishes as well."""
    standby = False
    """Whether a hub begins only once it has the lease there."""
    wait: float | None = None
    """Seconds in which a server that is not there yet is tried again; None: not at all."""

    def __init__(
        self,
        texts: Texts,
        connect: Connect,
        argv: tuple[str, ...] = (),
        *,
        server: str | None = None,
        json: bool = False,
    ) -> None:
        self.texts, self.connect, self.argv = texts, connect, argv
        self.around: Around = _nothing
        self.given = set()
        self.server, self.json = server, json

    def typed(self) -> str:
        """Return the command as it was typed, for a message that says to type it again."""
        return _line(("jogeon", *self.argv))

    def typed_on(self, server: str) -> str:
        """Return the command as it is typed for another server."""
        words = list(self.argv)
        while "--server" in words:
            del words[(place := words.index("--server")) : place + 2]
        return _line(("jogeon", *(word for word in words if not word.startswith("--server=")), "--server", server))


def _line(words: Sequence[str]) -> str:
    """Return words as they are typed."""
    if sys.platform == "win32":
        from subprocess import list2cmdline

        return list2cmdline(words)
    return " ".join(map(_typed, words))


def _typed(word: str) -> str:
    """Return a word as a shell takes it; shlex alone would put quotes around every Korean name."""
    if PLAIN_WORD.fullmatch(word):
        return word
    from shlex import quote  # only a message needs it

    return quote(word)
