"""How a journal fares while it is written: told beside what is printed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from jogeon.cli.showing.terminal import tell
from jogeon.cli.showing.translate import said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from jogeon.cli.texts import Texts
    from jogeon.journal.writer import Journal
    from jogeon.watch import Watch

LOOK = 0.5
"""Seconds between looks at a journal."""


def trouble_of(watch: Watch, texts: Texts) -> str | None:
    """Return the sentence that a journal cannot be written now, None if all is well or nothing is recorded."""
    journal = watch.journal
    if journal is None or journal.trouble is None:
        return None
    return texts("journal.trouble", why=said(journal.trouble, texts))


@asynccontextmanager
async def told_aside(watch: Watch, texts: Texts, say: Callable[[str], None] = tell) -> AsyncIterator[None]:
    """Tell on standard error, within this context, what becomes of the journal of a watch that was entered."""
    if watch.journal is None:
        yield
        return
    telling = asyncio.create_task(_tell(watch, watch.journal, texts, say), name="jogeon journal told")
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _tell(watch: Watch, journal: Journal, texts: Texts, say: Callable[[str], None]) -> None:
    told, noticed = None, len(journal.notices)  # the first event of the watch tells what was found at the start
    while True:
        trouble, notices = trouble_of(watch, texts), journal.notices
        for notice in notices[noticed:]:
            say(f"{journal.path}: {said(notice, texts)}")
        if trouble is not None and trouble != told:
            say(trouble)
        elif trouble is None and told is not None:
            say(texts("journal.again"))
        told, noticed = trouble, len(notices)
        await asyncio.sleep(LOOK)
