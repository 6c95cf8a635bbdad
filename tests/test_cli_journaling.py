"""What a command tells of the journal it writes: that it cannot be written now, that it is again, what befell it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from jogeon.cli import journaling
from jogeon.cli.journaling import told_aside, trouble_of
from jogeon.cli.texts import Texts

if TYPE_CHECKING:
    from jogeon.client import Watch


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journaling, "LOOK", 0.0)


class FakeJournal(SimpleNamespace):
    """A journal with the state a test gives it."""

    path = Path("signals.journal")
    trouble: str | None = None
    notices: tuple[str, ...] = ("found at the start",)


def watch(journal: FakeJournal | None) -> Watch:
    return cast("Watch", SimpleNamespace(journal=journal))


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_trouble_is_told_once_and_its_end_too(capsys: pytest.CaptureFixture[str]) -> None:
    journal = FakeJournal()
    async with told_aside(watch(journal), Texts("en")):
        await turns()
        journal.trouble = "the disk is full"
        await turns()
        journal.trouble = None
        await turns()
    said = capsys.readouterr()
    assert said.out == ""
    trouble, again = said.err.splitlines()
    assert "the disk is full" in trouble
    assert again == "the journal is written again."


async def test_what_befalls_the_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    journal = FakeJournal()
    async with told_aside(watch(journal), Texts("en")):
        await turns()
        journal.notices = (*journal.notices, "it was written again in full")
        await turns()
    assert capsys.readouterr().err == "signals.journal: it was written again in full\n"


async def test_without_a_journal_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    async with told_aside(watch(None), Texts("en")):
        await turns()
    assert capsys.readouterr().err == ""
    assert trouble_of(watch(None), Texts("en")) is None


def test_the_live_view_has_the_same_sentence() -> None:
    journal = FakeJournal(trouble="the disk is full")
    assert "the disk is full" in (trouble_of(watch(journal), Texts("ko")) or "")
