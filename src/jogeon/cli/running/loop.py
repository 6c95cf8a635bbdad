"""From a command to the loop it runs in: the client that was chosen, and the signals that end it.

What is slow to load is loaded when something runs: no help needs it.
"""

from __future__ import annotations

import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from jogeon.cli.showing.error_thread import notices
from jogeon.cli.showing.failures import rows
from jogeon.cli.showing.terminal import is_terminal, tell
from jogeon.errors import CouldNotConnect, JogeonError, SessionTaken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager
    from types import FrameType

    from jogeon.account.keys import Keys
    from jogeon.cli.arguments.choices import Choices
    from jogeon.client import Client

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""Seconds between two attempts to reach a server that is waited for."""
STOPPING = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals that end a command as Ctrl+C does, where the system has them."""


def open_client(choices: Choices) -> AbstractAsyncContextManager[Client]:
    """Return a client of the server that was chosen here, else in the settings."""
    from jogeon.account.settings import chosen_server
    from jogeon.cli.running.keys import chosen_mode, keys_of, kiwoom_mode_says

    if choices.server is None:
        choices.server, source = chosen_server()
        if source.startswith("KIWOOM_MODE") and is_terminal(sys.stderr):
            tell(kiwoom_mode_says(source, choices.texts(f"server.{choices.server}"), choices.texts))
    keys = choices.found
    if keys is None and choices.keys is not None:
        keys = keys_of(chosen_mode(choices), choices)
    return _connected(choices, choices.server, token=_token_of(choices.server), keys=keys, rest=choices.rest)


def _connected(
    choices: Choices, server: str, *, token: str | None, keys: Keys | None = None, rest: str | None = None
) -> AbstractAsyncContextManager[Client]:
    from jogeon.account.settings import chosen_price_limit

    return choices.connect(
        server, token=token, keys=keys, rest=rest, insecure=choices.insecure,
        recheck=choices.recheck, on_taken=choices.on_taken, price_limit=chosen_price_limit(),
    )  # fmt: skip


def _token_of(server: str) -> str | None:
    """Return the token of this user's own hub at an address, None for another server, or where a token is given."""
    from jogeon.account.environment import server_token
    from jogeon.account.lock import hub_at

    hub = hub_at(server) if server.startswith(("ws:", "wss:")) and server_token() is None else None
    return None if hub is None else hub.token


@asynccontextmanager
async def shared_client(choices: Choices) -> AsyncIterator[Client]:
    """Have a client of the server; where a hub of this machine has the session, one on that hub, which is said."""
    from jogeon.account.lock import hub_at

    async with AsyncExitStack() as opened:
        try:
            client = await opened.enter_async_context(open_client(choices))
        except SessionTaken as taken:
            hub = hub_at(taken.hub)
            if hub is None:
                raise
            tell(choices.texts("hub.through", hub=hub.websocket, holder=taken.holder))
            client = await opened.enter_async_context(_connected(choices, hub.websocket, token=hub.token))
        yield client


@asynccontextmanager
async def waited_client(
    choices: Choices, made: Callable[[Choices], AbstractAsyncContextManager[Client]] = open_client
) -> AsyncIterator[Client]:
    """Have a client, as soon as its server is there: one that cannot be reached is tried again for `choices.wait`.

    `made` is open_client, or shared_client where a hub will do. Raises what the last attempt raised; what no waiting
    cures is raised at once.
    """
    import asyncio

    until = asyncio.get_running_loop().time() + (choices.wait or 0.0)
    pause, told = FIRST_PAUSE, False
    async with AsyncExitStack() as opened:
        while True:
            try:
                client = await opened.enter_async_context(made(choices))
                break
            except JogeonError as error:
                left = until - asyncio.get_running_loop().time()
                if not choices.wait or left <= 0 or not _may_pass(error):
                    raise
                if not told:
                    tell(choices.texts("wait.begun", why=next(rows(error, choices)).says))
            await asyncio.sleep(min(pause, left))
            pause, told = min(2 * pause, LONGEST_PAUSE), True
        yield client


def _may_pass(error: JogeonError) -> bool:
    """Tell whether a server that answers so may be there in a while."""
    from jogeon.live.retry import Verdict, verdict

    settled = isinstance(error, CouldNotConnect) and error.reason in ("tls", "handshake")
    return not settled and verdict(error) is not Verdict.FATAL


def run_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run until it is done. Ctrl+C and the signals that mean the same cancel it, so that it can end what it began.

    Raises KeyboardInterrupt for each of them.
    """
    import asyncio

    try:
        with notices.aside(), asyncio.Runner() as runner:
            return runner.run(_stoppable(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _stoppable(work: Coroutine[Any, Any, T]) -> T:
    """Let signals cancel this task; asyncio does so for Ctrl+C alone, and Windows has no add_signal_handler."""
    import asyncio

    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)  # between two callbacks; it wakes a loop that sleeps

    numbers = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
    ours = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, stop)
    try:
        return await work
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
