"""What the broker keeps of each session (창구): its last list, its registrations, its open searches.

A registration follows its condition through a renumbering, and goes on under the seq it was made with, its label. Its
topic is the condition on one exchange.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct, field

from jogeon.wire.messages import Register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jogeon.events import Exchange
    from jogeon.server.peer import Peer


Topic = tuple["Exchange", str]
"""An exchange that has a market of its own, and the seq a condition has now."""


class Held(Struct):
    """A snapshot that waits for pushes to overtake it."""

    request: Register
    codes: list[str]
    pushes: int
    until: float


class Desk(Struct):
    """What the broker keeps for one peer.

    `listed`: the seqs of its last list, None before → those they mean now. `registered`: label → topic. `pages`:
    searches that go on, by key. `held`: snapshots that wait.
    """

    listed: dict[str, str] | None = None
    registered: dict[str, Topic] = field(default_factory=dict)
    pages: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)

    def meant(self, label: str, *, by_list: bool) -> str | None:
        """Return the seq now of the condition that a session means by a seq; None for one that its list had not."""
        return label if self.listed is None or not by_list else self.listed.get(label)


class Desks:
    """The desks of all sessions, and who hears of which condition."""

    def __init__(self) -> None:
        self._desks: dict[Peer, Desk] = {}
        self._streams: dict[Topic, dict[str, list[Peer]]] = defaultdict(dict)  # topic → label → who

    def __getitem__(self, peer: Peer) -> Desk:
        return self._desks[peer]

    def open(self, peer: Peer) -> None:
        """Begin a session."""
        self._desks[peer] = Desk()

    def close(self, peer: Peer) -> list[str]:
        """Forget a peer; return the labels it had registered."""
        labels = list(self._desks[peer].registered) if peer in self._desks else []
        for label in labels:
            self.unregister(peer, label)
        self._desks.pop(peer, None)
        return labels

    def register(self, peer: Peer, label: str, topic: Topic) -> None:
        """Let a peer hear of a topic."""
        self._desks[peer].registered[label] = topic
        self._streams[topic].setdefault(label, []).append(peer)

    def unregister(self, peer: Peer, label: str) -> None:
        """Let a peer hear no more of what it registered."""
        desk = self._desks[peer]
        desk.held.pop(label, None)
        self._streams[desk.registered.pop(label)][label].remove(peer)

    def moved(self, seqs: Mapping[str, str], *, stays: bool) -> None:
        """Take note that conditions have other seqs now, by those before; `stays`: registrations go with them."""
        for desk in self._desks.values():
            if desk.listed is not None:
                desk.listed = {label: seqs.get(seq, seq) for label, seq in desk.listed.items()}
            if stays:
                desk.registered = {label: _moved(topic, seqs) for label, topic in desk.registered.items()}
        if stays:
            streams = {_moved(topic, seqs): stream for topic, stream in self._streams.items()}
            self._streams = defaultdict(dict, streams)

    def hearing(self, topic: Topic) -> dict[str, list[Peer]]:
        """Return who hears of a topic, by the label each knows it under."""
        return self._streams.get(topic, {})

    @property
    def watching(self) -> list[Peer]:
        """Who registered a condition."""
        return [peer for peer, desk in self._desks.items() if desk.registered]

    def waiting(self, now: float) -> list[tuple[Peer, Held]]:
        """Take the snapshots whose time has come: overtaken by as many pushes as wanted, or held long enough."""
        return [
            (peer, desk.held.pop(label))
            for peer, desk in self._desks.items()
            for label, held in list(desk.held.items())
            if held.pushes <= 0 or held.until <= now
        ]


def _moved(topic: Topic, seqs: Mapping[str, str]) -> Topic:
    exchange, seq = topic
    return exchange, seqs.get(seq, seq)
