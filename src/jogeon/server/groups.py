"""The single stocks that one program registered with REG, in its groups. No I/O.

A change costs as much as the group that it changes, not as all that there is: a program may send thousands of them a
second. An item in two groups counts once.
"""

from collections import Counter
from collections.abc import Iterable, KeysView, Mapping

from jogeon.wire.messages import RegisterQuotes, RemoveQuotes

MOST = 1_000
"""Groups of one program: each takes memory as long as it is there."""
LONGEST_NAME = 64
"""Characters of the name of a group."""
TOO_MANY = "그룹이 너무 많거나 그룹 이름이 너무 깁니다"


class Groups:
    """The groups of one program, by name."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, None]] = {}
        self._held: Counter[str] = Counter()
        """In how many groups each item is."""

    @property
    def items(self) -> KeysView[str]:
        """What is registered, each once."""
        return self._held.keys()

    def wanted(self, request: RegisterQuotes | RemoveQuotes, codes: Iterable[str]) -> dict[str, None]:
        """Return what is in the group of a request after it, `codes` being what it names."""
        group = self._groups.get(request.group, {})
        if isinstance(request, RemoveQuotes):
            removed = set(codes)
            return {code: None for code in group if code not in removed}
        return (group if request.keep else {}) | dict.fromkeys(codes)

    def moved(self, name: str, wanted: Mapping[str, None]) -> tuple[list[str], list[str]]:
        """Return what would be registered and what no more, if a group came to hold just this."""
        group = self._groups.get(name, {})
        added = [code for code in wanted if code not in self._held]
        gone = [code for code in group if code not in wanted and self._held[code] == 1]
        return added, gone

    def is_too_much(self, name: str) -> bool:
        """Tell whether a group would be one too many, or its name is too long."""
        return len(name) > LONGEST_NAME or (name not in self._groups and len(self._groups) >= MOST)

    def set(self, name: str, wanted: dict[str, None]) -> None:
        """Let a group hold just this; an empty one is none."""
        before = self._groups.pop(name, {})
        if wanted:
            self._groups[name] = wanted
        self._held.update(wanted.keys() - before.keys())
        for code in before.keys() - wanted.keys():
            self._held[code] -= 1
            if not self._held[code]:
                del self._held[code]
