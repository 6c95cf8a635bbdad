"""What is fuzzed (fuzz/), on bytes at random and without atheris: it raises for a defect and for nothing else."""

from __future__ import annotations

import importlib
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("words", "client", "server", "subscriptions", "connection", "peer")
RUNS = 500


@pytest.mark.parametrize("name", NAMES)
def test_a_target_has_no_complaint(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "fuzz")
    targets: dict[str, Callable[[bytes], object]] = importlib.import_module("targets").TARGETS
    assert targets.keys() == set(NAMES)
    draw = Random(name)  # noqa: S311  # to repeat, no secret
    for _ in range(RUNS):
        targets[name](draw.randbytes(draw.randrange(400)))
