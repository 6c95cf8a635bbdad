"""How it goes with a hub, as JSON: the session above, the journal, what is followed, who is served, who was cut."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from jogeon.events import korean
from jogeon.hub.broker import Cut
from jogeon.hub.desks import Desk, Desks
from jogeon.hub.fanout import Fanout
from jogeon.hub.registering import Registering
from jogeon.hub.stream import Stream
from jogeon.hub.topics import Topic, Topics
from jogeon.journal.writer import Journal
from jogeon.live.feed import Feed
from jogeon.server.peer import Peer

if TYPE_CHECKING:
    from jogeon.live.subscription import Subscription


def upstream(server: str, feed: Feed, registering: Registering) -> dict[str, object]:
    """Return how it goes with the session above. `state`: connected, or what keeps it from being so."""
    last = "reconnecting" if registering.state is None else registering.state.state
    state = "connected" if feed.serving else last
    heard = korean(feed.heard_ns).isoformat(timespec="microseconds") if feed.heard_ns else None
    return {"server": server, "state": state, "heard": heard, "logins": registering.logins}


def journal(writer: Journal) -> dict[str, object]:
    """Return up to where the journal is durable, and what is wrong with it, if anything is."""
    epoch, n = writer.committed
    return {"id": writer.identity, "epoch": epoch, "n": n, "trouble": str(writer.trouble) if writer.trouble else None}


def conditions(followed: "Iterable[Subscription]", topics: Topics[Peer]) -> list[dict[str, object]]:
    """Return what is followed."""
    by_condition = {each.condition: each for each in followed}
    return [_condition(topic, by_condition.get(topic.condition)) for topic in topics]


def _condition(topic: Topic[Peer], followed: "Subscription | None") -> dict[str, object]:
    known = followed is not None and followed.membership.known
    return {
        "seq": topic.condition.seq,
        "name": topic.condition.name,
        "exchange": topic.exchange,
        "members": len(followed.membership.codes) if known and followed is not None else None,
        "consumers": topic.consumers,
        "since": korean(topic.since_ns).isoformat(timespec="microseconds"),
    }


def consumers(desks: Desks, topics: Topics[Peer], fanout: Fanout, stream: Stream) -> list[dict[str, object]]:
    """Return who is served: how many changes each was sent, and how many bytes wait for it."""
    return [_consumer(peer, desk, topics, fanout, stream) for peer, desk in desks.items()]


def _consumer(peer: Peer, desk: Desk, topics: Topics[Peer], fanout: Fanout, stream: Stream) -> dict[str, object]:
    numbered = stream.consumers.get(peer)
    return {
        "id": peer.number,
        "name": desk.name,
        "kind": "jogeon" if desk.extended else "plain",
        "address": peer.address,
        "conditions": [topic.condition.name for topic in topics.held(peer).values()],
        "sent": fanout.sent[peer] if numbered is None else numbered.sent,
        "waiting": peer.send_queue.unsent,
        "behind": 0 if numbered is None else stream.behind(numbered),
        "resyncs": 0 if numbered is None else numbered.resyncs,
        "since": desk.since.isoformat(timespec="microseconds"),
    }


def cut(cuts: Iterable[Cut]) -> list[dict[str, object]]:
    """Return who was cut off last, and why."""
    return [
        {
            "id": each.id,
            "address": each.address,
            "reason": each.reason,
            "at": each.at.isoformat(timespec="microseconds"),
        }
        for each in cuts
    ]
