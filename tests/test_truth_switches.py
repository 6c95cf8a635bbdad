"""The truth of a watch on the simulated broker, however its switches stand, in virtual time.

`python bench/switches.py` plays many more runs, and counts what met in them.
"""

from random import Random

import pytest

from jogeon.events import Enter, Gap, Leave
from jogeon.simulator.broker.switches import Switches
from switched import ELSEWHERE, NAMES, VALUES, World

USUAL = {name: values[0] for name, values in VALUES.items()}
EACH = [(name, value) for name, values in VALUES.items() for value in values[1:]]


def test_every_switch_is_tried_or_said_why_not() -> None:
    assert VALUES.keys() | ELSEWHERE.keys() == set(Switches.__struct_fields__)
    assert {name: getattr(Switches(), name) for name in VALUES} == USUAL


@pytest.mark.parametrize(("name", "value"), EACH)
def test_one_switch(name: str, value: object) -> None:
    world = World(1, USUAL | {name: value})
    assert world.run() == []
    assert len(world.scenes) == 7
    assert world.broker.logins > 2
    assert len(world.told) > 90
    assert world.priced


@pytest.mark.parametrize("seed", range(20))
def test_all_of_them(seed: int) -> None:
    draw = Random(seed)  # noqa: S311  # a drill to repeat, not a secret
    assert World(seed, {name: draw.choice(values) for name, values in VALUES.items()}).run() == []


@pytest.mark.parametrize(
    ("seed", "switched"),
    [
        (63, {"second": "silent", "outliving": True, "venues": "K", "slow": 1.0, "ping": 1.0}),
        (25, {"bound": "seq", "ping": 1.0, "pause": 60.0, "group_limit": 3, "reg_pause": 1.0}),
        (51, {"slow": 1.0, "ping_deadline": 5.0, "pause": 60.0, "search_of_registered": "ends"}),
    ],
)
def test_an_empty_condition_without_a_name_is_believed_in_the_end(seed: int, switched: dict[str, object]) -> None:
    assert World(seed, USUAL | {"empty_snapshot": "unnamed"} | switched).run() == []


def test_a_search_that_answers_with_bare_codes_is_no_registration() -> None:
    switched = {"second": "silent", "outliving": True, "venues": "K", "slow": 1.0, "search_rows": "codes"}
    more = {"notice": True, "group_limit": 3, "reg_pause": 1.0}
    assert World(147, USUAL | switched | more).run() == []


def test_what_is_not_told_is_missed() -> None:
    world = World(1, USUAL)
    assert world.run() == []
    told = list(world.told)
    changes = [place for place, each in enumerate(told) if isinstance(each.event, Enter | Leave)]
    for place in changes[::9]:
        world.told = told[:place] + told[place + 1 :]
        assert [wrong for name in NAMES for wrong in world._judge(name)] != [], told[place]
    world.told = [each for each in told if not isinstance(each.event, Gap)]
    assert any("no gap covers it" in wrong for name in NAMES for wrong in world._judge(name))
