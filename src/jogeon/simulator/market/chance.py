"""Chance: the one source of all randomness of a market, by way of `random()` alone, whose sequence Python promises."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Chance:
    """Draws that are the same for a seed on every machine; `random` is a number from 0 to 1, 1 not included."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed).random  # noqa: S311 - a market to play with, not a secret

    def pick(self, things: Sequence[T]) -> T:
        """Return one of several things."""
        return things[int(self.random() * len(things))]

    def within(self, low: int, high: int) -> int:
        """Return a whole number, both bounds included."""
        return low + int(self.random() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` on and below `high`."""
        return low + self.random() * (high - low)

    def power(self, exponent: int) -> float:
        """Return a number below 1 that is mostly small."""
        base = product = self.random()
        for _ in range(exponent - 1):
            product *= base
        return product
