"""A condition that sinks follow: each begins with a snapshot and goes on from what it knows."""

from collections.abc import Sequence

from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot
from jogeon.live.followed import Followed

ZERO = Condition("0", "급등주")
A, B = "005930", "000660"


class Listener:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Event] = []

    def put(self, event: Event) -> None:
        self.told.append(event)

    def put_all(self, events: Sequence[Event]) -> None:
        self.told.extend(events)

    def wake(self) -> None:
        pass

    def put_block(self, events: Sequence[Event]) -> None:
        self.told.extend(events)

    def renumbered(self, old: Condition, new: Condition) -> None:
        pass


def shown(*codes: str) -> tuple[Followed, Listener]:
    followed, listener = Followed(ZERO), Listener()
    followed.join(listener, 0)
    followed.publish(followed.membership.snapshot(codes, 1))
    return followed, listener


def test_who_joins_while_it_is_live_begins_with_the_present_snapshot() -> None:
    followed, _ = shown(A)
    second = Listener()
    followed.join(second, 5)
    assert second.told == [Snapshot(5, ZERO, (A,))]
    assert followed.everyone()[-1] is second


def test_who_joins_while_it_is_blind_begins_with_the_snapshot_that_ends_it() -> None:
    followed, first = shown(A)
    followed.membership.blind(2, "connection lost")
    second = Listener()
    followed.join(second, 3)
    assert second.told == []
    followed.publish(followed.membership.snapshot((B,), 9))
    assert second.told == [Snapshot(9, ZERO, (B,))]
    assert isinstance(first.told[1], Gap)
    assert isinstance(first.told[2], Leave)


def test_who_followed_a_namesake_is_told_the_rest_under_the_condition_that_stays() -> None:
    gone, listener = shown(A)
    gone.membership.blind(2, "condition missing")
    stays = Followed(Condition("7", ZERO.name))
    stays.inherit(gone)
    stays.publish(stays.membership.snapshot((B,), 9))
    assert [(type(event), getattr(event, "condition", ZERO).seq) for event in listener.told[1:]] == [
        (Gap, "7"),
        (Leave, "7"),
        (Enter, "7"),
        (Snapshot, "7"),
    ]


def test_who_leaves_is_told_the_gap_that_is_open() -> None:
    followed, listener = shown(A)
    followed.membership.blind(2, "connection lost")
    followed.leave(listener, 9, None)
    assert listener.told[-1] == Gap(ZERO, 2, 9, "connection lost", open=True)
    assert not followed.feeds(listener)
