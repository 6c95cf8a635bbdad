"""Quotas (제한) of the older interface, which may hold on this wire, too: no capture shows them, so all can be off."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from jogeon.simulator.broker.switches import Switches

TOO_FREQUENT: Final = 105110
OVER_LIMIT: Final = 900009
"""Our own number: how the broker refuses these is not known."""


class Quotas:
    """Counts what each key asks for; `clock` tells seconds."""

    def __init__(self, switches: Switches, clock: Callable[[], float]) -> None:
        self._switches = switches
        self._clock = clock
        self._asked: dict[tuple[str, str], deque[float]] = {}
        self._last: dict[tuple[str, str], float] = {}  # of a key: a condition's name, "" for the list, \0REG

    def too_frequent(self, key: str) -> bool:
        """Count a request; tell whether it is one too many in this second."""
        return self._over(self._switches.max_rate, ("wire", key))

    def too_many_over_rest(self, key: str) -> bool:
        """Count a request for names or prices; tell whether it is one too many in this second."""
        return self._over(self._switches.rest_rate, ("rest", key))

    def _over(self, most: int, who: tuple[str, str]) -> bool:
        if not most:
            return False
        now = self._clock()
        asked = self._asked.setdefault(who, deque())
        while asked and asked[0] <= now - 1:
            asked.popleft()
        asked.append(now)
        return len(asked) > most

    def listed_too_soon(self, key: str) -> bool:
        """Count a request for the list; tell whether the last one that was granted is less than a pause ago."""
        return self._within(self._switches.list_pause, (key, ""))

    def registered_too_soon(self, key: str) -> bool:
        """Count a REG or REMOVE; tell whether the last one that was granted is less than a pause ago."""
        return self._within(self._switches.reg_pause, (key, "\0REG"))

    def too_soon(self, key: str, name: str) -> bool:
        """Count a request for a condition; tell whether the last one was less than a pause ago."""
        return self._within(self._switches.pause, (key, name))

    def _within(self, pause: float, what: tuple[str, str]) -> bool:
        if not pause:
            return False
        now = self._clock()
        last = self._last.get(what)
        if last is not None and now - last < pause:
            return True
        self._last[what] = now
        return False

    def too_many(self, registered: int, hits: int) -> str:
        """Return why one more condition of so many hits cannot be watched, "" if it can."""
        conditions, most = self._switches.max_conditions, self._switches.max_hits
        if conditions and registered >= conditions:
            return f"실시간 조건검색은 {conditions}개까지 등록할 수 있습니다"
        if most and hits > most:
            return f"검색 결과가 {most}건을 넘는 조건식은 실시간 등록을 할 수 없습니다"
        return ""
