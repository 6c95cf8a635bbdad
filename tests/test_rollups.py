"""What is counted of a stretch alone is, put together in its order, what is counted of the whole."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition
from jogeon.journal.rollups import Rollup, add_rollup, by_planes, from_planes
from jogeon.journal.stats import ENTERED, ENTERED_RECOVERED, GAP, LEFT, LEFT_RECOVERED, Tally
from recorded import SECOND

RISE = Condition("4", "급등주")
seconds = st.integers(0, 400)
"""The clock goes forth and back as it likes."""
codes = st.sampled_from(("005930", "000660", "0000D0"))


@given(st.lists(st.integers(0, 2**62)))
def test_numbers_come_back_from_their_planes(numbers: list[int]) -> None:
    assert from_planes(by_planes(array("q", numbers))) == array("q", numbers)


def packed(what: int, number: int = 1) -> int:
    return (29_000_000 << 20) | (number << 3) | what


@given(st.lists(st.tuples(st.sampled_from([ENTERED, LEFT, ENTERED_RECOVERED, LEFT_RECOVERED, GAP]), codes, seconds)))
def test_any_cut_counts_the_same(happened: list[tuple[int, str, int]]) -> None:
    rows = [(n, at * SECOND, packed(what), code) for n, (what, code, at) in enumerate(happened)]
    whole = Tally()
    whole.add(rows)
    for cut in range(len(rows) + 1):
        counts = Tally()
        for part in (rows[:cut], rows[cut:]):
            rollup = Rollup(1)
            rollup.add((0, 0), part, [])
            assert add_rollup(counts, rollup.encoded())
        args = (RISE, [1], [(0, 9)], [(0, 1)])
        assert counts.result(*args) == whole.result(*args)
        assert counts.stocks([1]) == whole.stocks([1])


def test_the_bytes_of_another_form_are_not_read() -> None:
    assert not add_rollup(Tally(), b"no roll-up")
