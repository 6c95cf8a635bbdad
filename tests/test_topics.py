"""Who follows what: counts, groups and the grace period, with the clock in hand."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jogeon.events import Condition
from jogeon.hub.topics import Topics

A, B = Condition("0", "급등주"), Condition("1", "신고가 돌파")
GRACE = 30.0


def topics() -> Topics[str]:
    return Topics(GRACE)


def test_one_topic_for_any_number_of_programs() -> None:
    followed = topics()
    assert followed.join("one", "0", A, "K", 0) == "begun"
    assert followed.join("two", "0", A, "K", 0) == "followed"
    assert followed.join("two", "0", A, "K", 0) == "doubled"
    topic = followed.get(A)
    assert topic is not None
    assert (list(topic.waiting), topic.groups) == ([("one", "0"), ("two", "0")], {})
    followed.admit("one", "0")
    assert topic.groups == {"0": {"one": None}}
    assert topic.consumers == 2


def test_a_group_for_each_label() -> None:
    followed = topics()
    for consumer, label in (("one", "0"), ("two", "0"), ("three", "5")):
        followed.join(consumer, label, A, "K", 0)
        followed.admit(consumer, label)
    topic = followed.get(A)
    assert topic is not None
    assert topic.groups == {"0": {"one": None, "two": None}, "5": {"three": None}}


def test_another_exchange_is_in_the_way() -> None:
    followed = topics()
    followed.join("one", "0", A, "K", 0)
    assert followed.join("two", "0", A, "N", 0) == "other exchange"
    assert followed.held("two") == {}


def test_an_idle_topic_is_let_go_after_its_grace() -> None:
    followed = topics()
    followed.join("one", "0", A, "K", 0)
    assert followed.next_due() is None
    followed.leave("one", "0", now=100.0)
    followed.leave("one", "0", now=110.0)  # it holds nothing any more
    assert followed.next_due() == 130.0
    assert followed.due(129.9) == []
    assert followed.due(130.0) == [A]
    assert followed.get(A) is None


def test_who_joins_in_time_keeps_it() -> None:
    followed = topics()
    followed.join("one", "0", A, "K", 0)
    followed.gone("one", now=100.0)
    assert followed.join("two", "0", A, "K", 0) == "followed"
    assert followed.next_due() is None
    assert followed.due(1_000.0) == []


def test_what_the_hub_follows_itself_stays() -> None:
    followed = topics()
    assert followed.pin(A, 0)
    followed.join("one", "0", A, "K", 0)
    followed.gone("one", now=0.0)
    assert followed.next_due() is None
    assert not followed.pin(A, 0)


def test_labels_stay_when_the_broker_renumbers() -> None:
    followed = topics()
    followed.join("one", "0", A, "K", 0)
    followed.admit("one", "0")
    moved = Condition("1", "급등주")
    followed.renumbered(A, moved)
    followed.renumbered(B, Condition("0", "신고가 돌파"))
    topic = followed.get(moved)
    assert topic is not None
    assert (topic.condition, topic.groups) == (moved, {"0": {"one": None}})
    followed.leave("one", "0", now=0.0)
    assert followed.due(GRACE) == [moved]


def test_what_cannot_be_followed_is_dropped_with_all_who_wait() -> None:
    followed = topics()
    followed.join("one", "0", A, "K", 0)
    followed.join("two", "3", A, "K", 0)
    followed.admit("two", "3")
    followed.drop(A)
    assert followed.get(A) is None
    assert followed.held("one") == followed.held("two") == {}
    followed.drop(A)


CONSUMERS = st.sampled_from(["one", "two", "three"])
CONDITIONS = st.sampled_from([A, B])


class Programs(RuleBasedStateMachine):
    """Programs that come, join, leave and go; the conditions under their own seqs."""

    def __init__(self) -> None:
        super().__init__()
        self.topics = topics()
        self.now = 0.0
        self.wanted: dict[Condition, set[str]] = {A: set(), B: set()}
        self.idle: dict[Condition, float] = {}

    @rule(consumer=CONSUMERS, condition=CONDITIONS)
    def join(self, consumer: str, condition: Condition) -> None:
        followed = self.topics.get(condition) is not None
        joined = self.topics.join(consumer, condition.seq, condition, "K", 0)
        if consumer in self.wanted[condition]:
            assert joined == "doubled"
        else:
            assert joined == ("followed" if followed else "begun")
        self.wanted[condition].add(consumer)
        self.idle.pop(condition, None)

    @rule(consumer=CONSUMERS, condition=CONDITIONS)
    def show(self, consumer: str, condition: Condition) -> None:
        topic = self.topics.get(condition)
        if topic is not None and (consumer, condition.seq) in topic.waiting:
            self.topics.admit(consumer, condition.seq)

    @rule(consumer=CONSUMERS, condition=CONDITIONS)
    def leave(self, consumer: str, condition: Condition) -> None:
        self.topics.leave(consumer, condition.seq, self.now)
        self.forget(consumer, condition)
        assert condition.seq not in self.topics.held(consumer)

    @rule(consumer=CONSUMERS)
    def go(self, consumer: str) -> None:
        self.topics.gone(consumer, self.now)
        for condition in (A, B):
            self.forget(consumer, condition)

    def forget(self, consumer: str, condition: Condition) -> None:
        if self.wanted[condition] == {consumer}:
            self.idle[condition] = self.now
        self.wanted[condition].discard(consumer)

    @rule(seconds=st.sampled_from([1.0, 20.0, 40.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds
        over = {condition for condition, since in self.idle.items() if since + GRACE <= self.now}
        assert set(self.topics.due(self.now)) == over
        for condition in over:
            del self.idle[condition]

    @invariant()
    def what_is_followed_is_wanted_or_in_its_grace(self) -> None:
        followed = {topic.condition for topic in self.topics}
        assert followed == {each for each, who in self.wanted.items() if who} | set(self.idle)
        for topic in self.topics:
            assert topic.consumers == len(self.wanted[topic.condition])


Programs.TestCase.settings = settings(deadline=None)
TestPrograms = Programs.TestCase


def test_of_several_idle_topics_the_one_that_is_longest_so_is_let_go_first() -> None:
    followed = topics()
    for seq, condition in (("0", A), ("1", B)):
        followed.join("one", seq, condition, "K", 0)
    followed.leave("one", "1", now=100.0)
    followed.leave("one", "0", now=110.0)
    assert followed.next_due() == 100.0 + GRACE
    assert followed.due(100.0 + GRACE) == [B]
    assert followed.next_due() == 110.0 + GRACE
