"""How the simulated broker gives its answers: at once and once, or, by switch and fault, late, twice or never."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from jogeon.wire.messages import Clear, Register, Search

if TYPE_CHECKING:
    from jogeon.server.peer import Peer
    from jogeon.simulator.broker.dialect import Dialect
    from jogeon.simulator.broker.faults import Standing
    from jogeon.simulator.broker.switches import Switches
    from jogeon.wire.messages import Answer, Request


class Replies:
    """Gives answers as the standing faults and the switches have it."""

    def __init__(self, standing: Standing, switches: Switches, dialect: Dialect) -> None:
        self.dialect = dialect
        self._standing = standing
        self._switches = switches
        self._random = Random(1)  # noqa: S311 - how late replies are, not a secret
        self._asked = 0

    def fails(self) -> bool:
        """Count a search or registration; tell whether it is to fail in words."""
        self._asked += 1
        if self._standing.words:
            self._standing.words -= 1
            return True
        return self._switches.words > 0 and self._asked % self._switches.words == 0

    def give(self, peer: Peer, request: Request, answer: Answer, text: bytes | None) -> None:
        """Answer a request; None keeps silent."""
        times = 1
        if text is not None and self._standing.lose_reply:
            self._standing.lose_reply -= 1
            text = None
        elif text is not None and self._standing.double_reply:
            self._standing.double_reply -= 1
            times = 2
        peer.answer(request, answer, text, after=self._delay(), times=times)

    def refuse(self, peer: Peer, request: Request, code: int, text: str) -> None:
        """Refuse a request, with the condition it is about."""
        label = self.dialect.label(request) if isinstance(request, Search | Register | Clear) else None
        self.give(peer, request, *self.dialect.refusal(request.trnm, code, text, label))

    def _delay(self) -> float:
        longest = max(self._switches.slow, self._standing.slow_reply)
        return self._random.uniform(longest / 3, longest) if longest else 0.0
