"""The alerts of a journal as the board shows them: the last one first, and what became of each at its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from jogeon.cli.running.alert_list import last_alerts, listed
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.store import Store
from test_outbox import row

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("spared_disk")
SECOND = 1_000_000_000


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    opened = Store.open(tmp_path / "j")
    commit = CommitBuilder(opened.head).enter([])
    given = [row(1, made_ns=SECOND), row(2, made_ns=2 * SECOND), row(3, made_ns=3 * SECOND, rule="")]
    for each in given:
        content = msgspec.json.encode(each).decode()
        commit.posts.append((each.id, each.target, 1, each.due_ns, content))
    opened.write(commit)
    opened.close()
    return tmp_path / "j"


def test_what_rules_decided_is_listed_and_what_the_tool_reports_of_itself_is_not(journal: Path) -> None:
    assert [each.id for each, _ in listed(journal)] == ["1", "2"]
    last, first = last_alerts(journal, 0, 10)
    assert (last["alert"], first["alert"]) == ("2", "1")
    assert last.keys() >= {"rule", "condition", "code", "name", "event", "due", "text", "target", "state", "reason"}
    assert [each["alert"] for each in last_alerts(journal, 0, 1)] == ["2"]
