"""Where somebody stands in the one numbered stream of a journal. No I/O, no clock."""

import re
from typing import Self

from msgspec import Struct

_WRITTEN = re.compile(r"(?:([0-9a-f]{16}):)?(\d{1,18}):(\d{1,18})", re.ASCII | re.IGNORECASE)


class Position(Struct, frozen=True, order=True):
    """Behind event `n` of an epoch; 0:0 is before everything. `journal` is the identity of its file, where known.

    `str` gives JOURNAL:EPOCH:N, or EPOCH:N without a journal. Positions of one journal compare by their order.
    """

    epoch: int
    n: int
    journal: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the position that a text gives, with or without a journal; ValueError."""
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a position (JOURNAL:EPOCH:N or EPOCH:N): {text!r}")
        journal, epoch, n = match.groups()
        return cls(int(epoch), int(n), journal and journal.lower())

    @property
    def short(self) -> str:
        """EPOCH:N."""
        return f"{self.epoch}:{self.n}"

    def __str__(self) -> str:
        return self.short if self.journal is None else f"{self.journal}:{self.short}"
