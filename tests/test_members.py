"""Members: found by name, by Condition, and composed as well as decomposed."""

import unicodedata

import pytest

from jogeon.events import Condition
from jogeon.members import Members


def test_members_are_found_by_name_and_by_condition() -> None:
    rise = Condition("0", "급등주")
    members = Members({"급등주": {}})
    assert members[rise] is members["급등주"]
    assert rise in members
    assert members.get(Condition("1", "없음"), "none") == "none"
    with pytest.raises(KeyError):
        members["없음"]


def test_a_name_that_macos_decomposed_is_found() -> None:
    members = Members({"급등주": {}})
    assert members[unicodedata.normalize("NFD", "급등주")] is members["급등주"]
    assert unicodedata.normalize("NFD", "급등주") in members
