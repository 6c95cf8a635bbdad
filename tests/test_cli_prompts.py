"""A question stands behind what was told before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jogeon.cli.showing.prompts import ask

if TYPE_CHECKING:
    import pytest


def test_a_question_waits_until_all_that_was_told_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a loop runs, notices are written by a thread; the choices must not come behind the question."""
    done: list[str] = []
    answers = iter(("x", "2"))

    def prompt(*_: object, **__: Any) -> str:
        done.append("asked")
        return next(answers)

    monkeypatch.setattr("click.prompt", prompt)
    monkeypatch.setattr("jogeon.cli.showing.prompts.notices.drain", lambda: done.append("written"))
    assert ask("which one?", int, "a number, please") == 2
    assert done == ["written", "asked", "written", "asked"]
