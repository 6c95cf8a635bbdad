"""The labels of one connection, over lists as a trader edits them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jogeon.events import Condition
from jogeon.hub.aliases import Aliases

A, B = Condition("0", "급등주"), Condition("1", "신고가 돌파")


def swapped() -> list[Condition]:
    return [Condition("1", "급등주"), Condition("0", "신고가 돌파")]


def test_the_first_list_is_the_brokers() -> None:
    assert Aliases().listed([A, B]) == [A, B]


def test_a_label_stays_with_its_name_when_the_broker_renumbers() -> None:
    aliases = Aliases()
    aliases.listed([A, B])
    assert aliases.listed(swapped()) == [A, B]
    assert aliases.meant("0") == Condition("1", "급등주")
    assert aliases.meant(" 1 ") == Condition("0", "신고가 돌파")


def test_what_is_added_gets_no_label_that_meant_something_else() -> None:
    aliases = Aliases()
    aliases.listed([A])
    moved, added = Condition("5", "급등주"), Condition("0", "거래량")
    assert aliases.listed([moved, added]) == [A, Condition("1", "거래량")]
    assert aliases.meant("0") == moved


def test_a_condition_that_vanished_keeps_its_label() -> None:
    aliases = Aliases()
    aliases.listed([A, B])
    assert aliases.listed([B]) == [B]
    back = Condition("7", "급등주")
    assert aliases.listed([B, back]) == [B, A]


def test_of_two_of_a_name_each_is_known_by_its_seq() -> None:
    aliases = Aliases()
    aliases.listed([A])
    twin = Condition("3", "급등주")
    assert aliases.listed([A, twin]) == [A, twin]
    assert aliases.listed([twin]) == [twin]
    lone = Condition("8", "급등주")  # either of the two
    assert aliases.listed([lone]) == [lone]
    assert aliases.meant("0") == A
    assert aliases.meant("3") == twin


def test_what_is_known_of_a_move_before_the_next_list() -> None:
    aliases = Aliases()
    aliases.listed([A, B])
    aliases.moved(A, Condition("9", "급등주"))
    assert aliases.meant("0") == Condition("9", "급등주")
    assert aliases.meant("2") is None


NAMES = st.sampled_from("가나다라마바")
LISTS = st.lists(
    st.lists(NAMES, unique=True, max_size=6).flatmap(
        lambda names: st.permutations([str(n) for n in range(8)]).map(
            lambda seqs: [Condition(seq, name) for seq, name in zip(seqs, names, strict=False)]
        )
    ),
    max_size=8,
)


@given(LISTS)
def test_a_label_never_means_another_name(lists: list[list[Condition]]) -> None:
    aliases, given_once = Aliases(), dict[str, str]()
    for conditions in lists:
        shown = aliases.listed(conditions)
        assert [each.name for each in shown] == [each.name for each in conditions]
        assert len({each.seq for each in shown}) == len(shown)
        for label, condition in zip(shown, conditions, strict=True):
            assert given_once.setdefault(label.seq, label.name) == label.name
            assert aliases.meant(label.seq) == condition
