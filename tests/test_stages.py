"""The table of the stages: each can be reached and left, and only an answer makes a condition registered."""

from jogeon.live.stages import REGISTERED, STAGES, Stage, Step


def test_every_stage_has_its_steps_and_every_step_its_stage() -> None:
    assert set(STAGES) == set(Stage)
    assert {step for steps in STAGES.values() for step in steps} == set(Step)


def test_from_every_stage_a_registration_can_be_reached() -> None:
    for start in Stage:
        reached = {start}
        while new := {after for stage in reached for after in STAGES[stage].values()} - reached:
            reached |= new
        assert reached == set(Stage)


def test_wherever_it_is_a_list_or_a_lost_connection_can_take_it_away() -> None:
    for stage in set(Stage) - {Stage.MISSING}:
        assert STAGES[stage][Step.VANISHED] is Stage.MISSING
        assert STAGES[stage][Step.FOUND] is Stage.WAITING
    assert STAGES[Stage.MISSING] == {Step.FOUND: Stage.WAITING}


def test_only_an_answer_makes_it_registered() -> None:
    ways = {(stage, step) for stage, steps in STAGES.items() for step, after in steps.items() if after in REGISTERED}
    assert {step for _, step in ways} == {Step.SHOWN, Step.DIFFERED, Step.JUDGED}
    assert {stage for stage, step in ways if step is not Step.JUDGED} == {Stage.WAITING, Stage.ASKED}
