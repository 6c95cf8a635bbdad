"""Rules over a stream: never before the dwell, never twice within a cool-down, the same after any restart."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from jogeon.alerts.deciding import Alert, Decider, LastQuote, alert_id
from jogeon.alerts.rules import Bound, Hours, Rule
from jogeon.events import Condition, Enter, Event, Gap, Leave, Snapshot, State

SECOND = 1_000_000_000
MORNING = 1_764_201_600 * SECOND  # 2025-11-27 09:00 in Korea
SURGE, HIGH = Condition("4", "급등주"), Condition("5", "신고가 돌파")
CODES = ("005930", "000660")


def at(seconds: float) -> int:
    return MORNING + int(seconds * SECOND)


def enter(seconds: float, code: str = "005930", condition: Condition = SURGE) -> Enter:
    return Enter(at(seconds), condition, code)


def leave(seconds: float, code: str = "005930", condition: Condition = SURGE) -> Leave:
    return Leave(at(seconds), condition, code)


def recovered(since: float, until: float, code: str = "005930", condition: Condition = SURGE) -> Enter:
    return Enter(at(until), condition, code, origin="recovered", since_ns=at(since), until_ns=at(until))


def gap(since: float, until: float, condition: Condition = SURGE) -> Gap:
    return Gap(condition, at(since), at(until), "connection lost")


def snapshot(seconds: float, *codes: str, condition: Condition = SURGE) -> Snapshot:
    return Snapshot(at(seconds), condition, codes)


@dataclass
class Told:
    """A decider and what it said: `(seconds, code)` for each alert, in order."""

    rule: Rule
    decider: Decider = field(init=False)
    alerts: list[Alert] = field(default_factory=list)
    n: int = 0

    def __post_init__(self) -> None:
        self.decider = Decider([self.rule])

    def hears(self, *events: Event) -> "Told":
        for event in events:
            self.n += 1
            self.alerts += self.decider.take(f"1:{self.n}", event)
        return self

    def until(self, seconds: float, condition: Condition = SURGE) -> "Told":
        self.alerts += self.decider.tick({condition.name: at(seconds)})
        return self

    @property
    def said(self) -> list[tuple[float, str]]:
        return [((alert.due_ns - MORNING) / SECOND, alert.code) for alert in self.alerts]


def rule(**fields: object) -> Rule:
    for name in ("dwell", "cooldown", "within"):
        if name in fields:
            fields[name] = int(float(str(fields[name])) * SECOND)
    return Rule(name="r", **fields)  # type: ignore[arg-type]


# ------------------------------------------------------------ one rule at a time


def test_an_enter_is_told_at_once() -> None:
    told = Told(rule()).hears(snapshot(0), enter(1), leave(2), enter(3, "000660"))
    assert told.said == [(1, "005930"), (3, "000660")]
    assert [alert.trigger for alert in told.alerts] == ["1:2", "1:4"]


def test_what_was_in_at_first_did_not_enter() -> None:
    assert Told(rule()).hears(snapshot(0, *CODES)).until(100).said == []


def test_another_condition_is_no_business_of_a_rule() -> None:
    assert Told(rule(conditions=("급등주",))).hears(enter(1, condition=HIGH)).said == []


def test_leaves_where_they_are_asked_for() -> None:
    events = (snapshot(0), enter(1), leave(2))
    assert Told(rule(on="leave")).hears(*events).said == [(2, "005930")]
    assert Told(rule(on="both")).hears(*events).said == [(1, "005930"), (2, "005930")]


def test_a_dwell_is_over_on_the_stream_and_not_before() -> None:
    told = Told(rule(dwell=30)).hears(snapshot(0), enter(1)).until(30.9)
    assert told.said == []
    assert told.until(31).said == [(31, "005930")]


def test_the_next_event_of_the_condition_moves_its_time_too() -> None:
    assert Told(rule(dwell=30)).hears(snapshot(0), enter(1), enter(40, "000660")).said == [(31, "005930")]
    assert Told(rule(dwell=30)).hears(snapshot(0), enter(1), enter(40, "000660", HIGH)).said == []


def test_a_flicker_is_not_told() -> None:
    assert Told(rule(dwell=30)).hears(snapshot(0), enter(1), leave(30), enter(32)).until(61).said == []


def test_a_leave_at_the_end_of_the_dwell_comes_too_late() -> None:
    assert Told(rule(dwell=30)).hears(snapshot(0), enter(1), leave(31)).said == [(31, "005930")]


def test_time_in_a_gap_is_no_dwell() -> None:
    told = Told(rule(dwell=30)).hears(snapshot(0), enter(1), gap(11, 111), snapshot(111, "005930")).until(130.9)
    assert told.said == []
    assert told.until(131).said == [(131, "005930")]


def test_a_gap_that_begins_before_the_enter_takes_only_its_part() -> None:
    told = Told(rule(dwell=30)).hears(snapshot(0), enter(10), gap(5, 20), snapshot(20, "005930")).until(50)
    assert told.said == [(50, "005930")]


def test_an_open_gap_is_counted_once() -> None:
    ended = Gap(SURGE, at(11), at(60), "connection lost", open=True)
    told = Told(rule(dwell=30)).hears(snapshot(0), enter(1), ended, gap(11, 111), snapshot(111, "005930")).until(131)
    assert told.said == [(131, "005930")]


def test_a_gap_told_after_a_firing_changes_nothing() -> None:
    told = Told(rule(dwell=10)).hears(snapshot(0), enter(1)).until(11)
    assert told.hears(gap(5, 60), snapshot(60, "005930")).until(100).said == [(11, "005930")]


def test_recovered_changes_only_where_they_are_asked_for() -> None:
    events = (snapshot(0), gap(5, 60), recovered(5, 60), snapshot(60, "005930"))
    assert Told(rule()).hears(*events).said == []
    assert Told(rule(origin="both", dwell=10)).hears(*events).until(70).said == [(70, "005930")]


def test_a_cool_down_holds_for_one_stock_of_one_condition() -> None:
    events = (enter(1), leave(2), enter(3), enter(4, "000660"), enter(5, condition=HIGH), leave(6), enter(61))
    told = Told(rule(cooldown=60)).hears(snapshot(0), *events)
    assert told.said == [(1, "005930"), (4, "000660"), (5, "005930"), (61, "005930")]


def test_a_cap_holds_for_a_korean_day() -> None:
    told = Told(rule(cap=1)).hears(snapshot(0), enter(1), enter(2, "000660"), enter(15 * 3600, "000020"))
    assert told.said == [(1, "005930"), (15 * 3600, "000020")]


def test_hours_go_by_the_event() -> None:
    told = Told(rule(hours=Hours.parse("09:00-09:01"), dwell=30)).hears(snapshot(0), enter(50), enter(60, "000660"))
    assert told.until(100).said == [(80, "005930")]


def test_also_in_is_judged_at_the_decision() -> None:
    both = rule(conditions=("급등주",), also_in=("신고가 돌파",), dwell=10)
    told = Told(both).hears(enter(1), enter(5, condition=HIGH)).until(11)
    assert told.said == [(11, "005930")]
    told = Told(both).hears(enter(1), enter(5, condition=HIGH), leave(6, condition=HIGH)).until(11)
    assert told.said == []


def test_within_wants_to_know_when_the_stock_entered_there() -> None:
    near = rule(conditions=("급등주",), also_in=("신고가 돌파",), within=300)
    assert Told(near).hears(enter(1, condition=HIGH), enter(301)).said == [(301, "005930")]
    assert Told(near).hears(enter(1, condition=HIGH), enter(302)).said == []
    assert Told(near).hears(snapshot(1, "005930", condition=HIGH), enter(2)).said == []


def test_a_price_is_the_last_one_that_the_journal_holds() -> None:
    told = Told(rule(price=Bound.parse(">= 1000"), rate=Bound.parse(">= 5"))).hears(snapshot(0), enter(1, "000660"))
    told.decider.quote("005930", LastQuote(1000, 5.0, at(1)))
    told.decider.quote("000020", LastQuote(1000, 4.9, at(1)))
    told.hears(enter(2), enter(3, "000020"))
    assert told.said == [(2, "005930")]
    assert told.alerts[0].price == LastQuote(1000, 5.0, at(1))


def test_a_stock_without_a_quote_of_late_waits_for_one() -> None:
    told = Told(rule(price=Bound.parse(">= 1000"))).hears(snapshot(0))
    told.decider.quote("005930", LastQuote(5000, 0.0, at(-100)))
    told.hears(enter(1), enter(1, "000660"), enter(1, "000020"), leave(2, "000020"))
    assert told.said == []
    told.alerts += told.decider.quote("005930", LastQuote(2000, 0.0, at(3)))
    told.alerts += told.decider.quote("000660", LastQuote(900, 0.0, at(3)))
    told.alerts += told.decider.quote("000660", LastQuote(2000, 0.0, at(4)))
    told.alerts += told.decider.quote("000020", LastQuote(2000, 0.0, at(4)))
    assert told.said == [(3, "005930")]


def test_a_quote_that_comes_too_late_changes_nothing() -> None:
    told = Told(rule(price=Bound.parse(">= 1000"))).hears(snapshot(0), enter(1))
    told.alerts += told.decider.quote("005930", LastQuote(2000, 0.0, at(11.1)))
    assert told.said == []


def test_an_old_quote_is_not_told_as_the_price_of_now() -> None:
    told = Told(rule()).hears(snapshot(0))
    told.decider.quote("005930", LastQuote(5000, 0.0, at(0)))
    told.hears(enter(60), leave(61), enter(62))
    assert [alert.price is None for alert in told.alerts] == [False, True]


def test_what_entered_over_a_night_is_one_alert() -> None:
    night = 24 * 3600
    block = (gap(5, night), recovered(5, night), recovered(5, night, "000660"), snapshot(night, *CODES))
    told = Told(rule(origin="both")).hears(snapshot(0), *block, enter(night + 1, "000020"))
    assert [(alert.event, alert.codes) for alert in told.alerts] == [("overnight", CODES), ("enter", ())]
    assert told.alerts[0].trigger == "1:2"


def test_other_events_are_passed_over() -> None:
    assert Told(rule()).hears(State(at(1), "connected")).said == []


def test_what_waits_is_known_so_that_ticks_can_be_committed() -> None:
    told = Told(rule(dwell=30)).hears(snapshot(0), enter(1), enter(2, "000660"))
    assert told.decider.waiting() == {"급등주": at(31)}
    told.hears(leave(3), leave(3, "000660"))
    assert told.decider.waiting() == {}


# ------------------------------------------------------------ properties

moves = st.lists(
    st.tuples(st.sampled_from(["turn", "tick", "gap"]), st.sampled_from(CODES), st.integers(1, 40)), max_size=40
)


def stream(steps: Sequence[tuple[str, str, int]]) -> list[Event | int]:
    """Make a stream of one condition in which each step takes some seconds; a number is a tick to that second."""
    now, inside, events = 0, set[str](), list[Event | int]([snapshot(0)])
    for kind, code, seconds in steps:
        now += seconds
        match kind:
            case "turn":
                events.append(leave(now, code) if code in inside else enter(now, code))
                inside ^= {code}
            case "tick":
                events.append(now)
            case "gap":
                events += [gap(now - seconds, now), snapshot(now, *sorted(inside))]
    return events


def decided(decider: Decider, events: Sequence[Event | int], first: int = 0) -> list[Alert]:
    alerts: list[Alert] = []
    for n, event in enumerate(events, first):
        alerts += decider.tick({SURGE.name: at(event)}) if isinstance(event, int) else decider.take(f"1:{n}", event)
    return alerts


class Seconds:
    """Decides again, second by second: a stock seen inside for as long as the dwell is told at that second."""

    def __init__(self, dwell: int, cooldown: int) -> None:
        self.dwell, self.cooldown, self.now = dwell, cooldown, 0
        self.seen: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.told: list[tuple[int, str]] = []

    def pass_to(self, moment_ns: int, *, blind: bool = False) -> None:
        while at(self.now) < moment_ns:
            self.now += 1
            for code in [] if blind else list(self.seen):
                self.seen[code] += 1
                self.decide(code)

    def decide(self, code: str) -> None:
        if self.seen[code] == self.dwell and self.now >= self.last.get(code, -(10**9)) + self.cooldown:
            self.told.append((self.now, code))
            self.last[code] = self.now

    def hear(self, event: Event | int) -> None:
        match event:
            case int():
                self.pass_to(at(event))
            case Gap():
                self.pass_to(event.since_ns)
                self.pass_to(event.until_ns, blind=True)
            case Enter():
                self.pass_to(event.at_ns)
                self.seen[event.code] = 0
                self.decide(event.code)
            case Leave():
                self.pass_to(event.at_ns)
                self.seen.pop(event.code, None)


@given(moves, st.integers(0, 60), st.integers(0, 120))
def test_dwell_and_cool_down_are_as_counted_second_by_second(
    steps: list[tuple[str, str, int]], dwell: int, cooldown: int
) -> None:
    events = stream(steps)
    alerts = decided(Decider([rule(dwell=dwell, cooldown=cooldown)]), events)
    said = [((alert.due_ns - MORNING) // SECOND, alert.code) for alert in alerts]
    counted = Seconds(dwell, cooldown)
    for event in events:
        counted.hear(event)
    assert sorted(said) == sorted(counted.told)


@given(moves, st.integers(0, 60), st.integers(0, 120), st.data())
def test_a_restart_at_any_point_changes_nothing(
    steps: list[tuple[str, str, int]], dwell: int, cooldown: int, data: st.DataObject
) -> None:
    """An earlier run kept its alerts; the next one reads the stream again, and then remembers them."""
    events = stream(steps)
    one = rule(dwell=dwell, cooldown=cooldown)
    whole = decided(Decider([one]), events)
    cut = data.draw(st.integers(0, len(events)))
    before = decided(Decider([one]), events[:cut])
    again = Decider([one])
    decided(again, events[:cut])
    again.forget()
    for alert in before:
        again.remember(alert.id, alert.rule.name, alert.condition.name, alert.code, alert.due_ns)
    after = decided(again, events[cut:], cut)
    assert [alert.id for alert in (*before, *after)] == [alert.id for alert in whole]


def test_an_alert_is_known_by_its_rule_and_position() -> None:
    assert alert_id("급등", "9f3c:3:120") == alert_id("급등", "9f3c:3:120")
    named = {alert_id(name, place, file) for name in ("a", "b") for place in ("1:1", "1:2") for file in ("9f", None)}
    assert len(named) == 8
