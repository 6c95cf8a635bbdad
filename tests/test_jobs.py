"""What the user asks for besides watching: made when its turn comes, from the list as it is then."""

import asyncio

import pytest

from jogeon.errors import ConnectionLost, JogeonError, RequestRefused, RequestTimeout, UnknownCondition
from jogeon.events import Condition
from jogeon.live.attempts import BUSY_PAUSE, TRIES, WORDS_PAUSE
from jogeon.live.jobs import Ask, Job, Jobs
from jogeon.live.listing import FRESH, Listing, resolve
from jogeon.wire.messages import Answer, Clear, Cleared, ConditionList, ListConditions, Refusal, Request, Search

RISE = Condition("0", "급등주")
BUSY, WORDS, NO = Refusal("105110", "초과"), Refusal("0", "잠시 후 다시"), Refusal("900099", "안 됩니다")


class Table:
    """Jobs beside a list; a moment is given with each step."""

    def __init__(self, *conditions: Condition) -> None:
        self.listing = Listing()
        self.jobs = Jobs(self.listing)
        self.given: list[Job] = []
        self.listing.begin()
        self.conditions = conditions or (RISE,)

    def lists(self, now: float = 0.0) -> None:
        self.listing.take(self.conditions, now)

    def asks(self, name: str = "급등주") -> Job:
        return self.wishes(lambda listing: Search(resolve(name, listing).seq))

    def wishes(self, ask: Ask) -> Job:
        self.given.append(self.jobs.add(ask))
        return self.given[-1]

    def sends(self, now: float = 0.0, busy: tuple[str, ...] = ()) -> tuple[Request | None, Job | None]:
        """Return what is sent, and for whom."""
        request = self.jobs.next_request(now, 0, busy)
        return request, next((job for job in self.given if request is not None and job.request is request), None)

    def answers(self, job: Job, answer: Answer, now: float = 0.0) -> None:
        assert job.request is not None
        self.jobs.answered(job.request, answer, now, 0)

    def refuses_the_list(self, refusal: Refusal) -> None:
        self.jobs.answered(ListConditions(), refusal, 0.0, 0)


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
    job = table.wishes(lambda _: ListConditions())
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
    clear = table.wishes(lambda _: Clear("0"))
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
        table.answers(job, refusal, now)
        assert table.jobs.next_due() == now + pause
        assert table.sends(now + pause - 0.1) == (None, None)
        now += pause
    table.lists(now)
    assert table.sends(now) == (Search("0"), job)
    table.answers(job, refusal, now)
    assert await outcome(job) == refusal


async def test_any_other_refusal_is_the_answer() -> None:
    table = Table()
    table.lists()
    job = table.asks()
    table.sends()
    table.answers(job, NO)
    assert await outcome(job) == NO


async def test_a_list_that_is_refused_for_now_fails_a_job_only_after_several() -> None:
    table = Table()
    job = table.asks()
    for _ in range(TRIES):
        table.refuses_the_list(BUSY)
        assert not job.answer.done()
    table.refuses_the_list(BUSY)
    assert "105110" in str(await outcome(job))


async def test_a_list_that_is_refused_for_good_fails_all() -> None:
    table = Table()
    jobs = [table.asks(), table.asks()]
    table.refuses_the_list(NO)
    for job in jobs:
        assert isinstance(await outcome(job), RequestRefused)
    assert table.sends() == (None, None)


async def test_a_list_that_is_slow_is_waited_for_twice() -> None:
    table = Table()
    job = table.asks()
    table.jobs.timed_out(ListConditions(), 5.0, 5.0, 0)
    assert not job.answer.done()
    table.jobs.timed_out(ListConditions(), 10.0, 15.0, 0)
    assert isinstance(await outcome(job), RequestTimeout)


async def test_what_others_ask_for_is_no_answer_to_a_job() -> None:
    table = Table()
    table.lists()
    job = table.asks()
    assert table.sends() == (Search("0"), job)
    table.jobs.answered(Search("0"), NO, 0.0, 0)
    table.jobs.timed_out(Search("0"), 5.0, 0.0, 0)
    assert not job.answer.done()
    table.answers(job, NO)
    assert await outcome(job) == NO


async def test_a_job_that_is_not_answered_fails_alone() -> None:
    table = Table()
    table.lists()
    job, other = table.asks(), table.asks()
    table.sends()
    assert job.request is not None
    table.jobs.timed_out(job.request, 5.0, 5.0, 0)
    assert isinstance(await outcome(job), RequestTimeout)
    assert not other.answer.done()


async def test_the_end_of_a_connection_fails_only_what_was_sent_on_it() -> None:
    table = Table()
    table.lists()
    job, other = table.asks(), table.asks()
    table.sends()
    lost = ConnectionLost("broken off")
    table.jobs.lost(0, lost, "")
    assert await outcome(job) is lost
    assert table.sends() == (Search("0"), other)


async def test_what_nobody_waits_for_any_more_is_not_asked_again() -> None:
    table = Table()
    table.lists()
    job = table.asks()
    table.sends()
    job.answer.cancel()
    table.answers(job, BUSY)
    assert table.jobs.next_due() is None


async def test_what_nobody_waits_for_is_never_sent() -> None:
    table = Table()
    table.lists()
    job = table.asks()
    table.jobs.drop(job)
    table.jobs.drop(job)
    assert table.sends() == (None, None)


async def test_at_the_end_all_fail_and_a_second_answer_changes_nothing() -> None:
    table = Table()
    table.lists()
    jobs = [table.asks(), table.asks()]
    table.sends()
    ended = JogeonError("closed")
    table.jobs.fail(ended)
    for job in jobs:
        job.succeed(Cleared())
        job.fail(JogeonError("again"))
        assert await outcome(job) is ended


PEAK = Condition("2", "신고가 돌파")
SEARCH_PATIENCE = 5.0


def owing() -> Table:
    """Return jobs beside the debt of a search of 급등주, which moved and left its seq to 신고가 돌파."""
    table = Table(Condition("2", "급등주"))
    table.lists()
    job = table.asks()
    table.sends()
    assert job.request is not None
    table.listing.debts.timed_out(job.request, SEARCH_PATIENCE, SEARCH_PATIENCE)
    table.jobs.timed_out(job.request, SEARCH_PATIENCE, SEARCH_PATIENCE, 0)
    table.conditions = (RISE, PEAK)
    return table


def pays(table: Table, now: float) -> None:
    """Let the reply that is owed come."""
    request = table.given[0].request
    assert request is not None
    table.listing.debts.late(request)
    table.jobs.late(request, NO, now, 0)


async def test_a_search_waits_for_the_reply_to_another_condition_s_search_under_its_seq() -> None:
    table = owing()
    table.lists(6.0)
    job, other = table.asks("신고가 돌파"), table.asks("급등주")
    assert table.sends(6.0) == (Search("0"), other)
    assert table.sends(6.0) == (None, None)
    assert table.jobs.next_due() == 6.0 + SEARCH_PATIENCE
    pays(table, 8.0)
    table.lists(8.0)
    assert table.sends(8.0) == (Search("2"), job)


async def test_a_search_that_waited_in_vain_fails_as_one_that_is_not_answered() -> None:
    table = owing()
    table.lists(6.0)
    job = table.asks("신고가 돌파")
    table.sends(6.0)
    now = 6.0 + SEARCH_PATIENCE
    assert table.sends(now) == (ListConditions(), None)
    table.lists(now)
    assert table.sends(now) == (None, None)
    assert isinstance(await outcome(job), RequestTimeout)
    assert table.jobs.next_due() is None


async def test_what_was_held_is_sent_where_its_condition_has_moved_to() -> None:
    table = owing()
    table.lists(6.0)
    job = table.asks("신고가 돌파")
    table.sends(6.0)
    table.conditions = (Condition("7", "신고가 돌파"),)
    table.lists(6.0 + SEARCH_PATIENCE)
    assert table.sends(6.0 + SEARCH_PATIENCE) == (Search("7"), job)


async def test_another_connection_owes_nothing() -> None:
    table = owing()
    table.lists(6.0)
    job = table.asks("신고가 돌파")
    table.sends(6.0)
    table.listing.debts.begin()
    table.jobs.connected()
    table.lists(7.0)
    assert table.sends(7.0) == (Search("2"), job)
