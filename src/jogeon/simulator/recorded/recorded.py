"""A recorded market (기록된 시장): who was in which condition, as a broker answers from it. No clock here.

Conditions are listed as long as the recording lasts, those that came late from its start; one that was renumbered has
the seq it had at that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from jogeon.events import Condition, Enter, Leave
from jogeon.journal.fold import namesake
from jogeon.simulator.market.market import Change, PartlyKnown, moves
from jogeon.wire.stocks import MARKETS, ListedStock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jogeon.simulator.recorded.stretch import RecordedSnapshot


FIRST_MARKET: Final = next(iter(MARKETS))


class _Place(Struct):
    """A condition: as the journal has it at this moment, the seq it is served under, and who is in it."""

    condition: Condition
    seq: str
    codes: dict[str, None]


class RecordedMarket:
    """Who was in which condition at a moment of a recording.

    `known(code)` is what the recording keeps of a stock at that moment, and `names()` are those of all that have one.
    """

    def __init__(
        self,
        opening: Mapping[Condition, Iterable[str]],
        known: Callable[[str], PartlyKnown] = PartlyKnown,
        names: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.prices = known
        self._names = names
        self._places = {c: _Place(c, c.seq, dict.fromkeys(codes)) for c, codes in opening.items()}
        self._served: dict[str, _Place] = {}
        for place in self._places.values():  # one that came after a renumbering may have another one's seq of before
            if place.seq in self._served:
                place.seq = self._free()
            self._served[place.seq] = place

    def _free(self) -> str:
        """Return a seq that no condition has."""
        taken = {condition.seq for condition in self._places} | self._served.keys()
        return next(seq for seq in map(str, range(len(taken) + 1)) if seq not in taken)

    @property
    def codes(self) -> list[str]:
        """Nothing: no trade is recorded."""
        return []

    @property
    def conditions(self) -> list[Condition]:
        """The conditions under the seqs they have now."""
        served = sorted(self._served.values(), key=lambda place: (len(place.seq), place.seq))
        return [Condition(place.seq, place.condition.name) for place in served]

    def members(self, seq: str) -> list[str]:
        """Codes that are in a condition, in order of entry. KeyError for an unknown seq."""
        return list(self._served[seq].codes)

    def follow(self, code: str, *, on: bool) -> None:
        """Do nothing: no trade is recorded."""

    def listed(self, market: str) -> list[ListedStock]:
        """Return the stocks that have a name, all for the first market and of no market: which one is not recorded."""
        named = self._names() if market == FIRST_MARKET else {}
        return [ListedStock(code, name, "") for code, name in named.items()]

    def renumber(self, seed: int) -> dict[str, str]:
        """Give every condition another one's seq and return the seqs now by those before; names keep their members."""
        moved = moves([condition.seq for condition in self.conditions], seed)
        for place in self._places.values():
            place.seq = moved[place.seq]
        self._served = {place.seq: place for place in self._places.values()}
        return moved

    def condition(self, seq: str) -> Condition:
        """Return the condition that is served under a seq, as the journal has it. KeyError for an unknown seq."""
        return self._served[seq].condition

    def seq(self, condition: Condition) -> str:
        """Return the seq under which a condition of the journal is served."""
        return self._find(condition).seq

    def _find(self, condition: Condition) -> _Place:
        """Return a condition's place; one that is not known is its namesake, renumbered."""
        known = condition if condition in self._places else namesake(condition, self._places)
        if known is None:
            seq = self._free() if condition.seq in self._served else condition.seq
            place = self._places[condition] = self._served[seq] = _Place(condition, seq, {})
            return place
        return self._places[known]

    # ------------------------------------------------------------ what happens

    def change(self, event: Enter | Leave) -> Change:
        """Let a stock enter or leave."""
        place = self._places.get(event.condition) or self._find(event.condition)
        if type(event) is Enter:
            place.codes[event.code] = None
            return Change(place.seq, place.condition.name, event.code, "I", event.clock)
        place.codes.pop(event.code, None)
        return Change(place.seq, place.condition.name, event.code, "D", event.clock)

    def differs(self, shown: RecordedSnapshot) -> bool:
        """Tell whether a snapshot is not what is known."""
        return self._find(shown.condition).codes.keys() != set(shown.codes)

    def show(self, shown: RecordedSnapshot) -> list[Change]:
        """Let the members be those of a snapshot; return what changed, at no known time."""
        place = self._find(shown.condition)
        before, place.codes = place.codes, dict.fromkeys(shown.codes)
        left = [(code, "D") for code in before if code not in place.codes]
        entered = [(code, "I") for code in place.codes if code not in before]
        name = place.condition.name
        return [Change(place.seq, name, code, "D" if kind == "D" else "I", "") for code, kind in left + entered]

    def rename(self, condition: Condition) -> dict[str, str]:
        """Let a condition be what the journal calls it from now on; return the seqs that moved, by those before."""
        place = self._find(condition)
        if place.condition == condition:
            return {}
        del self._places[place.condition]
        place.condition = condition
        self._places[condition] = place
        return self._swap(place, condition.seq)

    def _swap(self, place: _Place, seq: str) -> dict[str, str]:
        """Serve a condition under a seq; who had that one gets its own."""
        before, other = place.seq, self._served.get(seq)
        if before == seq:
            return {}
        del self._served[before]
        place.seq = seq
        self._served[seq] = place
        if other is None:
            return {before: seq}
        other.seq = before
        self._served[before] = other
        return {before: seq, seq: before}
