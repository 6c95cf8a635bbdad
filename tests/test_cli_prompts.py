"""A question stands behind what was told before it, and an input that ends is told from Ctrl+C."""

from __future__ import annotations

import io
from typing import Any

import click
import pytest

from jogeon.cli.showing.prompts import ask
from jogeon.cli.texts import Texts


def test_a_question_waits_until_all_that_was_told_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a loop runs, notices are written by a thread; the choices must not come behind the question."""
    done: list[str] = []
    answers = iter(("x", "2"))

    def prompt(*_: object, **__: Any) -> str:
        done.append("asked")
        return next(answers)

    monkeypatch.setattr("click.prompt", prompt)
    monkeypatch.setattr("jogeon.cli.showing.prompts.notices.drain", lambda: done.append("written"))
    assert ask("which one?", int, "a number, please", Texts("en")) == 2
    assert done == ["written", "asked", "written", "asked"]


def test_an_input_that_ends_is_told_and_ctrl_c_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(click.BadParameter, match="nothing was changed"):
        ask("which one?", int, "a number, please", Texts("en"))

    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ask("which one?", int, "a number, please", Texts("en"))
