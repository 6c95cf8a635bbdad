"""Going on where an earlier run stopped: one gap, what changed meanwhile, the snapshot."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.journal.fold import Fold, Known
from jogeon.journal.resume import RestartGap
from recorded import START_NS, Day, codes, days

RISE, HIGH = Condition("4", "급등주"), Condition("7", "신고가 돌파")
NOW = START_NS + 1_000


class Sink:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.blocks: list[list[Event]] = []

    def put(self, event: Event) -> None:
        self.blocks.append([event])

    def put_all(self, events: Sequence[Event]) -> None:
        self.blocks.append(list(events))

    def wake(self) -> None:
        pass

    def put_block(self, events: Sequence[Event]) -> None:
        self.blocks.append(list(events))

    def renumbered(self, old: Condition, new: Condition) -> None:
        del old, new


def known(*in_it: str) -> Known:
    return Known(dict.fromkeys(in_it), START_NS)


def test_the_first_snapshot_ends_the_gap_of_the_restart_in_one_block() -> None:
    sink = Sink()
    resumed = RestartGap(sink, {RISE: known("005930", "000660")}, [RISE])
    resumed.put_block([Snapshot(NOW, RISE, ("000660", "0000D0"))])
    assert sink.blocks == [
        [
            Gap(RISE, START_NS, NOW, "restart"),
            Leave(NOW, RISE, "005930", "", "recovered", START_NS, NOW),
            Enter(NOW, RISE, "0000D0", "", "recovered", START_NS, NOW),
            Snapshot(NOW, RISE, ("000660", "0000D0")),
        ]
    ]


def test_what_is_let_go_is_an_open_gap_unless_one_is_open_already() -> None:
    for sure, told in ((True, [[Gap(RISE, START_NS, NOW, "not watched", open=True)]]), (False, [])):
        sink = Sink()
        resumed = RestartGap(sink, {}, [RISE])
        resumed.let_go(RISE, Known({"005930": None}, START_NS, sure), NOW)
        assert sink.blocks == told
        resumed.put_block([Snapshot(NOW + 1, RISE, ("005930",))])
        assert sink.blocks[len(told) :] == [
            [Gap(RISE, START_NS, NOW + 1, "not watched"), Snapshot(NOW + 1, RISE, ("005930",))]
        ]


def test_a_second_snapshot_and_a_condition_never_recorded_pass_as_they_are() -> None:
    sink = Sink()
    resumed = RestartGap(sink, {RISE: known("005930")}, [RISE, HIGH])
    block: list[Event] = [Snapshot(NOW, HIGH, ("005930",))]
    resumed.put_block(block)
    resumed.put_block([Snapshot(NOW, RISE, ("005930",))])
    again: list[Event] = [Gap(RISE, NOW, NOW, "drift"), Snapshot(NOW, RISE, ())]
    resumed.put_block(again)
    assert (sink.blocks[0], sink.blocks[2]) == (block, again)


def test_a_condition_is_found_again_by_its_name_under_another_seq() -> None:
    sink = Sink()
    moved = Condition("9", "급등주")
    RestartGap(sink, {RISE: known("005930")}, [moved]).put_block([Snapshot(NOW, moved, ("005930",))])
    assert sink.blocks == [[Gap(moved, START_NS, NOW, "restart"), Snapshot(NOW, moved, ("005930",))]]


def test_a_name_that_another_condition_bears_now_is_no_proof() -> None:
    sink = Sink()
    twin = Condition("9", "급등주")
    resumed = RestartGap(sink, {RISE: known("005930")}, [RISE, twin])
    resumed.put_block([Snapshot(NOW, twin, ())])
    resumed.put_block([Snapshot(NOW, RISE, ())])
    assert sink.blocks[0] == [Snapshot(NOW, twin, ())]
    assert sink.blocks[1][0] == Gap(RISE, START_NS, NOW, "restart")


def test_a_name_that_two_conditions_bore_is_no_proof() -> None:
    sink = Sink()
    moved = Condition("9", "급등주")
    last = {RISE: known("005930"), Condition("5", "급등주"): known("000660")}
    RestartGap(sink, last, [moved]).put_block([Snapshot(NOW, moved, ())])
    assert sink.blocks == [[Snapshot(NOW, moved, ())]]


def test_the_one_of_a_doubled_name_that_was_heard_last_is_the_one_that_stays() -> None:
    gone, heard, now = (Condition(seq, "급등주") for seq in ("4", "7", "9"))
    last = {gone: Known({"035720": None}, START_NS - 1, sure=False), heard: known("005930")}
    sink = Sink()
    RestartGap(sink, last, [now]).put_block([Snapshot(NOW, now, ())])
    [[gap, left, _]] = sink.blocks
    assert isinstance(gap, Gap)
    assert isinstance(left, Leave)
    assert left.code == "005930"


def test_a_clock_that_was_set_back_does_not_turn_the_gap_around() -> None:
    sink = Sink()
    RestartGap(sink, {RISE: known()}, [RISE]).put_block([Snapshot(START_NS - 5, RISE, ())])
    assert sink.blocks[0][0] == Gap(RISE, START_NS - 5, START_NS - 5, "restart")


def test_a_gap_that_no_snapshot_ended_is_told_as_open() -> None:
    sink = Sink()
    resumed = RestartGap(sink, {RISE: known("005930"), HIGH: known()}, [RISE, HIGH])
    resumed.put_block([Snapshot(NOW, HIGH, ())])
    resumed.end([RISE, HIGH], NOW)
    assert sink.blocks[1:] == [[Gap(RISE, START_NS, NOW, "restart", open=True)]]


@given(days(), days(), st.lists(codes))
def test_a_fold_over_two_runs_never_jumps(first: Day, second: Day, more: list[str]) -> None:
    fold = Fold()
    for event in first.events:
        fold.take(event)
    sink = Sink()
    resumed = RestartGap(sink, fold.copy().known, list(second.members))
    for condition in list(second.members):
        if condition not in second.told:
            second.first(condition, more)
    for block in second.blocks:
        resumed.put_block(block)
    for block in sink.blocks:
        for event in block:
            assert not isinstance(event, Snapshot) or fold.owed(event) == []
            fold.take(event)
    for condition, members in second.members.items():
        assert list(fold.known[condition].codes) == members


def test_what_a_restart_hid_has_names() -> None:
    sink, names = Sink(), {"005930": "삼성전자", "0000D0": "가상전자"}
    resumed = RestartGap(sink, {RISE: known("005930")}, [RISE], names.get)
    resumed.put_block([Snapshot(NOW, RISE, ("0000D0",))])
    ((_, *changes, _),) = sink.blocks
    assert [getattr(change, "name", None) for change in changes] == ["삼성전자", "가상전자"]
