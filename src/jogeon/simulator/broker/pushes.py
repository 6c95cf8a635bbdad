"""How the simulated broker pushes: each change to whoever hears of its condition, as the standing faults have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jogeon.server.frames import text_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.events import Exchange
    from jogeon.server.peer import Peer
    from jogeon.simulator.broker.desks import Desks
    from jogeon.simulator.broker.dialect import Dialect
    from jogeon.simulator.broker.faults import Standing
    from jogeon.simulator.broker.quotedesk import QuoteDesk
    from jogeon.simulator.market.market import Change, Prices

UNREADABLE: Final = (b'{"data":[{"values":{"841":"', b"}{", "알 수 없는 프레임".encode())


class Pushes:
    """Sends pushes to the peers at the desks; `fragment` as the switch of that name."""

    def __init__(self, desks: Desks, quotes: QuoteDesk, dialect: Dialect, standing: Standing, fragment: int) -> None:
        self._desks = desks
        self._quotes = quotes
        self._dialect = dialect
        self._standing = standing
        self._fragment = fragment

    def push(self, changes: Sequence[Change], exchange: Exchange) -> None:
        """Send changes of an exchange's market to whoever registered their conditions there, in order."""
        if self._standing.garble and self._garble():
            self._standing.garble = 0
        outgoing: dict[Peer, list[bytes]] = {}
        mute, hearing = self._standing.mute, self._desks.hearing
        for each in changes:
            for label, peers in hearing((exchange, each.seq)).items():
                if peers and each.seq != mute:
                    frames = self._frames(label, each)
                    for peer in peers:
                        outgoing.setdefault(peer, []).append(frames)
                        if self._desks[peer].held:
                            self._overtake(peer, label)
        for peer, frames_of_peer in outgoing.items():
            peer.send(b"".join(frames_of_peer))

    def quote(self, stocks: Sequence[Prices], exchange: Exchange) -> None:
        """Send trades of an exchange's market to whoever registered their stocks there, in order."""
        outgoing: dict[Peer, list[bytes]] = {}
        for each in stocks:
            for label, peers in self._quotes.hearing((exchange, each.code)).items():
                frames = self._framed(self._dialect.quote(label, each))
                for peer in peers:
                    outgoing.setdefault(peer, []).append(frames)
        for peer, frames_of_peer in outgoing.items():
            peer.send(b"".join(frames_of_peer))

    def _frames(self, label: str, change: Change) -> bytes:
        """Return the frame of a change; what faults do to it."""
        text = self._dialect.push(label, change.code, change.kind, change.time)
        if self._standing.garble_push:
            self._standing.garble_push -= 1
            text = text[:-9]
        return self._framed(text)

    def _framed(self, text: bytes) -> bytes:
        return text_frame(text, self._fragment) * (2 if self._standing.duplicate else 1)

    def _overtake(self, peer: Peer, label: str) -> None:
        """Count a push that goes out before the snapshot of its condition."""
        held = self._desks[peer].held.get(label)
        if held is not None:
            held.pushes -= 1

    def _garble(self) -> bool:
        """Insert frames that nobody can read for all who registered anything; False if nobody has."""
        for peer in (watching := self._desks.watching):
            for number in range(self._standing.garble):
                peer.say(UNREADABLE[number % len(UNREADABLE)])
        return bool(watching)
