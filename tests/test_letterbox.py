"""The outbox in memory and in the file: a row waits once it is durable, and a mark is durable once it returns."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jogeon.alerts.letterbox import Letterbox
from jogeon.alerts.outbox import reason_in
from jogeon.alerts.rebuilding import CURSOR, row_of
from jogeon.journal.inbox import Source
from jogeon.journal.reading import open_reader
from jogeon.journal.steps import Posted, read_cursor, read_posts
from jogeon.journal.writer import Journal
from jogeon.reports import Report
from test_outbox import row

if TYPE_CHECKING:
    from jogeon.alerts.outbox import AlertRow

pytestmark = pytest.mark.usefixtures("spared_disk")


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    soon = asyncio.get_running_loop().call_soon_threadsafe
    journal = Journal.open(tmp_path / "day.journal", Source(lambda _: None, dict, soon))
    yield journal
    await asyncio.to_thread(journal.close)


def posts(journal: Journal) -> list[Posted]:
    db = open_reader(journal.path)
    found = list(read_posts(db))
    db.close()
    return found


def place_of(journal: Journal) -> int | None:
    db = open_reader(journal.path)
    found = read_cursor(db, CURSOR)
    db.close()
    return found


async def test_rows_wait_when_they_are_durable(journal: Journal) -> None:
    woken: list[str] = []
    box = Letterbox(journal, woken.append)
    given = [row(1), row(2), row(1, target="방")]
    box.post(given, lambda _: 7, 9)
    assert await box.waiting("phone") == []
    assert await box.settled()
    assert woken == ["phone", "방"]
    assert await box.waiting("phone") == given[:2]
    assert [row_of(each) for each in posts(journal)] == given
    assert place_of(journal) == 9


async def test_a_row_that_was_sent_alone_is_in_no_digest(journal: Journal) -> None:
    box = Letterbox(journal, lambda _: None)
    box.post([row(1)], lambda _: 1, 1)
    await box.settled()
    await box.mark([row(1)], "sent", None)
    assert [(each.state, each.digest) for each in posts(journal)] == [("sent", None)]


async def test_what_became_of_a_row_is_in_the_file(journal: Journal) -> None:
    box = Letterbox(journal, lambda _: None, wall=lambda: 5)
    rows = [row(n) for n in range(4)]
    box.post(rows, lambda _: 1, 1)
    await box.settled()
    await box.mark(rows[:1], "waiting", Report("HTTP", text="500"))
    (again, *_) = await box.waiting("phone")
    await box.mark([again, rows[1]], "sent", None)
    await box.mark(rows[2:3], "dropped", Report("too old"), tried=False)
    assert await box.waiting("phone") == rows[3:]
    told = [(each.state, each.tries, each.done_ns, reason_in(each.reason), each.digest) for each in posts(journal)]
    assert box.changes == len(rows) + 3
    assert told == [
        ("sent", 2, 5, None, rows[0].id),
        ("sent", 1, 5, None, rows[0].id),
        ("dropped", 0, 5, Report("too old"), None),
        ("waiting", 0, None, None, None),
    ]


async def test_what_stands_in_no_file_is_sent_all_the_same(journal: Journal) -> None:
    box = Letterbox(journal, lambda _: None)
    box.post_unkept([row(1)])
    waiting: list[AlertRow] = list(await box.waiting("phone"))
    assert waiting == [row(1)]
    await box.mark(waiting, "sent", None)
    assert await box.waiting("phone") == []
    assert posts(journal) == []


async def test_a_journal_that_has_ended_costs_no_message(journal: Journal) -> None:
    await asyncio.to_thread(journal.close)
    box = Letterbox(journal, lambda _: None)
    box.load([row(1)])
    box.post([row(2)], lambda _: 1, 1)
    assert not await box.settled()
    assert await box.waiting("phone") == [row(1), row(2)]
    await box.mark([row(1), row(2)], "sent", None)
    assert await box.waiting("phone") == []
