"""What every market shares: how seqs move when conditions are edited."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jogeon.simulator.market.market import moves

seqs = st.lists(st.integers(0, 999).map(str), unique=True, max_size=30)


@given(seqs, st.integers())
def test_a_renumbering_gives_each_seq_another_place(before: list[str], seed: int) -> None:
    moved = moves(before, seed)
    assert set(moved) == set(moved.values()) == set(before)
    assert len(before) < 2 or all(old != new for old, new in moved.items())
    assert moved == moves(before, seed)
