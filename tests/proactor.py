"""A plug-in of pytest that runs connections as Windows' loop does: on asyncio's own transports, not aiofastnet's.

aiofastnet leaves its transports aside where the loop is a ProactorEventLoop, which exists on Windows only. Here the
loop's own class bears that name. `make proactor` runs the tests of connections so.
"""

from __future__ import annotations

import asyncio
import sys

if sys.platform != "win32":
    setattr(asyncio, "ProactorEventLoop", asyncio.SelectorEventLoop)  # noqa: B010  # a name that is not there


def pytest_sessionstart() -> None:
    """Make sure that aiofastnet takes it for one."""
    from aiofastnet.wrapped_transport import _should_fallback_to_asyncio

    loop = asyncio.new_event_loop()
    loop.close()
    assert _should_fallback_to_asyncio(loop)
