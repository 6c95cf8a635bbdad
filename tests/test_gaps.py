"""Blind stretches: what ends one is a block whose fold leads from what was known to what is shown."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.gaps import Blind, difference, earliest, ended, left_open

SURGE = Condition("4", "급등주")
CODES = ("005930", "0000D0", "57JBHH", "000660")
A, B, C, _ = CODES
SETS = st.lists(st.sampled_from(CODES), unique=True)
BLINDS = st.builds(
    Blind, st.integers(0, 5), st.sampled_from(("drift", "unreadable frame")), st.just(""), proven=st.booleans()
)


@given(SETS, SETS, BLINDS, st.integers(0, 5))
def test_a_block_leads_from_what_was_known_to_what_is_shown(
    before: list[str], after: list[str], blind: Blind, at_ns: int
) -> None:
    shown = Snapshot(at_ns, SURGE, tuple(after))
    gap, *recovered, last = ended(blind, before, shown)
    assert isinstance(gap, Gap)
    assert (gap.cause, gap.until_ns, gap.open, last) == (blind.cause, at_ns, False, shown)
    assert gap.since_ns == min(blind.since_ns, at_ns), "a clock that was set back turns no gap around"
    codes = set(before)
    for event in recovered:
        assert isinstance(event, Enter | Leave)
        assert (event.origin, event.time, event.at_ns) == ("recovered", None, at_ns)
        assert (event.since_ns, event.until_ns) == (gap.since_ns, gap.until_ns)
        assert (event.code in codes) is isinstance(event, Leave), "only what changes is told"
        codes ^= {event.code}
    assert codes == set(after)


def test_leaves_come_before_enters_each_in_order() -> None:
    def change(kind: type[Enter | Leave], code: str) -> Event:
        return kind(9, SURGE, code, "", "recovered", 1, 9)

    assert difference(SURGE, {B, A}, {C}, 1, 9) == [change(Leave, B), change(Leave, A), change(Enter, C)]
    assert difference(SURGE, {A}, {A}, 1, 9) == []


def test_a_gap_that_nothing_ended_is_open_until_now() -> None:
    assert left_open(Blind(3, "restart", "why"), SURGE, 7) == Gap(SURGE, 3, 7, "restart", "why", open=True)
    assert left_open(Blind(9, "restart"), SURGE, 7).since_ns == 7


@given(st.lists(st.none() | BLINDS, max_size=6))
def test_of_many_doubts_the_earliest_counts_and_proof_stays_proof(doubts: list[Blind | None]) -> None:
    told = [doubt for doubt in doubts if doubt is not None]
    total = reduce(earliest, doubts, None)
    if not told:
        assert total is None
    else:
        assert total is not None
        assert total.since_ns == min(doubt.since_ns for doubt in told)
        assert total.proven is any(doubt.proven for doubt in told)


def test_recovered_changes_bear_the_names_of_the_snapshot_and_of_who_is_asked() -> None:
    shown = Snapshot(20, SURGE, ("000660",), {"000660": "SK하이닉스"})
    _, left, entered, _ = ended(Blind(10, "lagged"), ["005930"], shown, {"005930": "삼성전자"}.get)
    assert (getattr(left, "name", None), getattr(entered, "name", None)) == ("삼성전자", "SK하이닉스")
