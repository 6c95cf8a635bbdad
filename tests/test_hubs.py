"""Where the hubs of this machine are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conftest import homeless
from jogeon.account.hubs import HubNote, noted, notes
from jogeon.files import state_dir

if TYPE_CHECKING:
    from pathlib import Path

HUB = HubNote("demo", "ws://127.0.0.1:1/api/dostk/websocket", "http://127.0.0.1:2", 7, 100)


def path() -> Path:
    return state_dir() / f"hub-{os.getpid()}.json"


def test_a_note_lasts_as_long_as_its_hub() -> None:
    assert notes() == []
    with noted(HUB):
        assert notes() == [HUB]
    assert notes() == []


@pytest.mark.posix
def test_a_note_is_private() -> None:
    with noted(HUB):
        assert path().stat().st_mode & 0o777 == 0o600


def test_the_newest_comes_first_and_what_is_no_note_is_passed_over() -> None:
    with noted(HUB):
        older = path().read_text().replace('"since_ns":100', '"since_ns":50')
        for name, text in (("hub-1.json", older), ("hub-2.json", "{"), ("hub-3.json", "")):
            (state_dir() / name).write_text(text)
            (state_dir() / name).chmod(0o600)
        assert [note.since_ns for note in notes()] == [100, 50]


def test_without_a_home_there_is_no_note(monkeypatch: pytest.MonkeyPatch) -> None:
    homeless(monkeypatch)
    with noted(HUB):
        assert notes() == []
