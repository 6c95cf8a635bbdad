"""What the user asks for besides watching: made when its turn comes, from the list as it is then."""

import asyncio

import pytest

from jogeon.errors import JogeonError, RequestRefused, UnknownCondition
from jogeon.events import Condition
from jogeon.live.jobs import Job, Jobs
from jogeon.live.listing import FRESH, Listing, resolve
from jogeon.live.subscription import BUSY_PAUSE, TRIES, WORDS_PAUSE
from jogeon.wire.messages import Answer, Clear, Cleared, ConditionList, ListConditions, Refusal, Request, Search

RISE = Condition("0", "급등주")
BUSY, WORDS, NO = Refusal("105110", "초과"), Refusal("0", "잠시 후 다시"), Refusal("900099", "안 됩니다")


class Table:
    """Jobs beside a list; a moment is given with each step."""

    def __init__(self, *conditions: Condition) -> None:
        self.jobs = Jobs()
        self.listing = Listing()
        self.listing.begin()
        self.conditions = conditions or (RISE,)

    def lists(self, now: float = 0.0) -> None:
        self.listing.take(self.conditions, now)

    def asks(self, name: str = "급등주") -> Job:
        return self.jobs.add(lambda listing: Search(resolve(name, listing).seq))

    def sends(self, now: float = 0.0, busy: tuple[str, ...] = ()) -> tuple[Request | None, Job | None]:
        return self.jobs.next(self.listing, now, busy)


async def outcome(job: Job) -> Answer | JogeonError:
    try:
        return await asyncio.wait_for(job.answer, 5)
    except JogeonError as error:
        return error


async def test_a_list_comes_first_and_serves_all_that_wait() -> None:
    table = Table()
    first, second = table.asks(), table.asks()
    assert table.sends() == (ListConditions(), None)
    table.lists()
    assert table.sends() == (Search("0"), first)
    assert table.sends() == (Search("0"), second)
    assert table.sends() == (None, None)


async def test_the_seq_is_that_of_the_list_when_the_request_is_sent() -> None:
    table = Table()
    job = table.asks()
    table.lists()
    table.conditions = (Condition("7", "급등주"),)
    assert table.sends(FRESH + 0.1) == (ListConditions(), None)
    table.lists(FRESH + 0.1)
    assert table.sends(FRESH + 0.1) == (Search("7"), job)


async def test_a_list_that_has_just_come_is_the_answer_to_whoever_asks_for_it() -> None:
    table = Table()
    table.lists()
    job = table.jobs.add(lambda _: ListConditions())
    assert table.sends(FRESH) == (None, None)
    assert await outcome(job) == ConditionList((RISE,))


async def test_a_wish_that_cannot_be_made_fails_alone() -> None:
    table = Table()
    table.lists()
    unknown, known = table.asks("없는 이름"), table.asks()
    assert table.sends() == (Search("0"), known)
    assert isinstance(await outcome(unknown), UnknownCondition)


async def test_what_is_busy_waits_and_keeps_nothing_else_from_being_sent() -> None:
    table = Table()
    table.lists()
    search = table.asks()
    clear = table.jobs.add(lambda _: Clear("0"))
    assert table.sends(busy=("CNSRREQ",)) == (Clear("0"), clear)
    assert table.sends(busy=("CNSRREQ",)) == (None, None)
    assert table.sends() == (Search("0"), search)


async def test_a_busy_list_is_not_asked_for() -> None:
    table = Table()
    table.asks()
    assert table.sends(busy=("CNSRLST",)) == (None, None)


@pytest.mark.parametrize(("refusal", "pause"), [(BUSY, BUSY_PAUSE), (WORDS, WORDS_PAUSE)])
async def test_a_refusal_that_passes_is_asked_for_again_a_few_times(refusal: Refusal, pause: float) -> None:
    table = Table()
    job = table.asks()
    now = 0.0
    for _ in range(TRIES):
        table.lists(now)
        assert table.sends(now) == (Search("0"), job)
        table.jobs.answered(job, refusal, now)
        assert table.jobs.moments(table.listing) == [now + pause]
        assert table.sends(now + pause - 0.1) == (None, None)
        now += pause
    table.lists(now)
    assert table.sends(now) == (Search("0"), job)
    table.jobs.answered(job, refusal, now)
    assert await outcome(job) == refusal


async def test_any_other_refusal_is_the_answer() -> None:
    table = Table()
    table.lists()
    job = table.asks()
    table.sends()
    table.jobs.answered(job, NO, 0.0)
    assert await outcome(job) == NO


async def test_a_list_that_is_refused_for_now_fails_a_job_only_after_several() -> None:
    table = Table()
    job = table.asks()
    error = RequestRefused("CNSRLST", code="105110", text="초과")
    for _ in range(TRIES):
        table.jobs.listless(error, tries=TRIES)
        assert not job.answer.done()
    table.jobs.listless(error, tries=TRIES)
    assert await outcome(job) is error


async def test_a_list_that_is_refused_for_good_fails_all() -> None:
    table = Table()
    jobs = [table.asks(), table.asks()]
    error = RequestRefused("CNSRLST", code="900099", text="안 됩니다")
    table.jobs.listless(error, tries=0)
    assert [await outcome(job) for job in jobs] == [error, error]
    assert table.sends() == (None, None)


async def test_what_nobody_waits_for_is_never_sent() -> None:
    table = Table()
    table.lists()
    job = table.asks()
    table.jobs.drop(job)
    table.jobs.drop(job)
    assert table.sends() == (None, None)


async def test_at_the_end_all_fail_and_a_second_answer_changes_nothing() -> None:
    table = Table()
    jobs = [table.asks(), table.asks()]
    ended = JogeonError("closed")
    table.jobs.fail(ended)
    for job in jobs:
        job.succeed(Cleared())
        job.fail(JogeonError("again"))
        assert await outcome(job) is ended
