"""One session and who reads it: followed, let go, asked, and told the end."""

import asyncio
from contextlib import suppress

import pytest

from conversation import Listener
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.errors import JogeonError, LocalProtocolError, RequestRefused, UnknownCondition
from jogeon.events import Condition, Gap, Snapshot
from jogeon.live.feed import LOOK, Feed
from jogeon.live.holding import Holding
from jogeon.live.policy import Policy
from jogeon.wire import writers
from jogeon.wire.messages import Cleared, ConditionList, ListConditions, Search, SearchPage
from wire import START_NS, Broker, Wire, pause, virtual

THERE = Endpoint(name="fake", websocket="ws://fake", tokens=FixedToken("demo"))
RISE, HIGH = Condition("0", "급등주"), Condition("4", "신고가 돌파")


def feed_of(broker: Broker) -> Feed:
    return Feed(Policy(recheck=0.0, pace=1000, wall=broker.wall, dial=broker.dial))


class Ends:
    """A reader that notes how it was ended."""

    def __init__(self) -> None:
        self.errors: list[JogeonError | None] = []

    def finish(self, error: JogeonError | None) -> None:
        self.errors.append(error)


async def settled(feed: Feed, sink: Listener) -> None:
    while not all(each.settled for each in feed.followed(sink)):
        await feed.change()


def test_as_many_stocks_are_registered_as_the_policy_says() -> None:
    assert Feed(Policy()).pricing.slots.limit == 100
    assert Feed(Policy(price_limit=7)).pricing.slots.limit == 7


def test_nothing_is_asked_or_followed_before_it_is_started() -> None:
    async def main() -> None:
        feed = feed_of(Broker())
        assert (feed.heard_ns, feed.listening_ns, feed.serving) == (0, 0, False)
        with pytest.raises(LocalProtocolError, match="not connected"):
            await feed.conditions()
        with pytest.raises(LocalProtocolError, match="not connected"):
            feed.follow(Listener(), [RISE], "K", START_NS)

    virtual(main())


def test_a_sink_follows_until_it_is_let_go_and_what_nobody_follows_is_cleared() -> None:
    async def main() -> None:
        broker, first, second = Broker(members={"급등주": ["005930"], "신고가 돌파": []}), Listener(), Listener()
        feed = feed_of(broker)
        await feed.start(THERE)
        await feed.conditions()
        feed.follow(first, [RISE], "K", feed.wall())
        feed.follow(second, None, "K", feed.wall())
        await settled(feed, second)
        assert first.folds == {"급등주": {"005930"}}
        assert second.folds == {"급등주": {"005930"}, "신고가 돌파": set()}
        assert feed.current(RISE) == Snapshot(feed.wall(), RISE, ("005930",))
        seqs = feed.unwant(second, feed.wall())
        assert seqs == ["4"], "the other condition is followed still"
        while feed.is_clearing(seqs):
            await feed.change()
        assert feed.current(HIGH) is None
        assert feed.followed(second) == []
        assert [message["seq"] for message in broker.requests("CNSRCLR")] == ["4"]
        await feed.stop()

    virtual(main())


def test_who_reads_is_told_the_end_once_and_whoever_waits_for_an_answer_fails() -> None:
    class Mute(Broker):
        def on_search(self, wire: Wire, message: object) -> None:
            pass

    async def main() -> None:
        broker, ends, listener = Mute(), Ends(), Listener()
        feed = feed_of(broker)
        await feed.start(THERE)
        await feed.conditions()
        feed.readers.append(ends)
        feed.follow(listener, [RISE], "K", feed.wall())
        searches = [asyncio.create_task(feed.search("급등주")) for _ in range(2)]
        await pause(1)
        await feed.stop()
        assert ends.errors == [None]
        for search in searches:
            with pytest.raises(LocalProtocolError, match="closed"):
                await search
        with pytest.raises(LocalProtocolError, match="closed"):
            feed.follow(listener, [HIGH], "K", feed.wall())
        with pytest.raises(LocalProtocolError, match="closed"):
            await feed.change()

    virtual(main())


def test_an_outage_is_told_to_whoever_follows_and_a_change_to_whoever_waits() -> None:
    async def main() -> None:
        broker, listener = Broker(), Listener()
        feed = feed_of(broker)
        await feed.start(THERE)
        await feed.conditions()
        feed.follow(listener, [RISE], "K", feed.wall())
        await settled(feed, listener)
        changed = asyncio.create_task(feed.change())
        broker.wire.drop()
        await changed
        assert not feed.serving
        listening_ns = feed.listening_ns
        await pause(2)
        assert feed.serving
        gap = next(event for event in listener.events if isinstance(event, Gap))
        assert gap.since_ns == listening_ns
        assert feed.heard_ns > listening_ns
        await feed.stop()

    virtual(main())


def test_an_answer_of_another_kind_is_an_error() -> None:
    class Refusing(Broker):
        def on_search(self, wire: Wire, message: object) -> None:
            wire.push(writers.encode_refusal("CNSRREQ", 900001, "거절(seq=0)"))

    async def main() -> None:
        feed = feed_of(Refusing())
        await feed.start(THERE)
        with pytest.raises(RequestRefused, match="거절"):
            await feed.ask(lambda _: Search("0"), SearchPage)
        with pytest.raises(JogeonError, match="ConditionList"):
            await feed.ask(lambda _: ListConditions(), Cleared)
        assert (await feed.ask(lambda _: ListConditions(), ConditionList)).conditions == (RISE, HIGH)
        with pytest.raises(UnknownCondition):
            await feed.clear("없는 이름")
        with suppress(JogeonError):
            await feed.clear("급등주")
        await feed.stop()

    virtual(main())


def test_in_a_flood_of_entries_whose_prices_nobody_knows_they_are_looked_at_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        broker = Broker(members={"급등주": [], "신고가 돌파": []})
        feed, looks = feed_of(broker), 0
        tick = feed.pricing.tick

        def look(now: float, at_ns: int) -> None:
            nonlocal looks
            looks += 1
            tick(now, at_ns)

        monkeypatch.setattr(feed.pricing, "tick", look)
        await feed.start(THERE)
        feed.want_prices()
        for number in range(1_000):
            feed.pricing.enter(Holding(RISE, f"{number:06d}", first_seen=False))
            await pause(0.001)
        assert 10 <= looks <= 1 / LOOK + 2
        feed.unwant_prices()
        await feed.stop()

    virtual(main())


def test_taps_get_each_message_of_every_connection() -> None:
    async def main() -> None:
        broker = Broker()
        feed = feed_of(broker)
        heard: list[bytes] = []
        feed.taps.append(lambda payload, _: heard.append(payload))
        await feed.start(THERE)
        broker.wire.push(writers.encode_ping())
        broker.wire.drop()
        await pause(2)
        assert heard.count(writers.encode_login_accepted()) == 2
        assert writers.encode_ping() in heard
        await feed.stop()

    virtual(main())
