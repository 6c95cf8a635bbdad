"""What one program registered with REG: groups, items that stand in several, and what there may be at most."""

from hypothesis import given
from hypothesis import strategies as st

from jogeon.server.groups import LONGEST_NAME, MOST, Groups
from jogeon.wire.messages import RegisterQuotes, RemoveQuotes

codes = st.lists(st.sampled_from("abcdef"), max_size=5).map(tuple)
names = st.sampled_from("123")
requests = st.builds(RegisterQuotes, codes, names, st.booleans()) | st.builds(RemoveQuotes, codes, names)


def carry_out(groups: Groups, request: RegisterQuotes | RemoveQuotes) -> tuple[list[str], list[str]]:
    wanted = groups.wanted(request, request.codes)
    moved = groups.moved(request.group, wanted)
    groups.set(request.group, wanted)
    return moved


@given(st.lists(requests))
def test_what_is_told_to_begin_and_end_is_what_does(asked: list[RegisterQuotes | RemoveQuotes]) -> None:
    groups, told = Groups(), set[str]()
    plain: dict[str, set[str]] = {}
    for request in asked:
        added, gone = carry_out(groups, request)
        assert not told & set(added)
        assert told >= set(gone)
        told = (told | set(added)) - set(gone)
        before = plain.get(request.group, set())
        if isinstance(request, RemoveQuotes):
            plain[request.group] = before - set(request.codes)
        else:
            plain[request.group] = (before if request.keep else set()) | set(request.codes)
        assert told == set(groups.items) == set().union(*plain.values())


def test_an_item_ends_with_the_last_group_that_has_it() -> None:
    groups = Groups()
    assert carry_out(groups, RegisterQuotes(("a", "a", "b"), "1")) == (["a", "b"], [])
    assert carry_out(groups, RegisterQuotes(("a",), "2")) == ([], [])
    assert carry_out(groups, RemoveQuotes(("a",), "1")) == ([], [])
    assert carry_out(groups, RegisterQuotes(("c",), "2", keep=False)) == (["c"], ["a"])
    assert sorted(groups.items) == ["b", "c"]


def test_there_are_so_many_groups_and_no_more() -> None:
    groups = Groups()
    for number in range(MOST):
        assert not groups.is_too_much(str(number))
        carry_out(groups, RegisterQuotes(("a",), str(number)))
    assert groups.is_too_much("one more")
    assert not groups.is_too_much("7")
    carry_out(groups, RemoveQuotes(("a",), "7"))
    assert not groups.is_too_much("one more")
    assert groups.is_too_much("n" * (LONGEST_NAME + 1))
