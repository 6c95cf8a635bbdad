"""The conditions a trader has saved, and who is in them: the truth of a scripted broker."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Saved:
    """One saved condition. It stays the same one when its name or its seq changes."""

    seq: str
    name: str
    codes: dict[str, None] = field(default_factory=dict)
    """Who is in, in the order of entering."""


class Conditions:
    """What is saved now. A condition is meant by its name, else by its seq; LookupError if it is none or several."""

    def __init__(self, given: Mapping[str, Iterable[str]]) -> None:
        self.saved: list[Saved] = []
        for name, codes in given.items():
            self.add(name, codes)

    def find(self, wanted: str) -> Saved:
        """Return the condition that is meant."""
        named = [each for each in self.saved if each.name == wanted]
        found = named or [each for each in self.saved if each.seq == wanted]
        if len(found) > 1:
            seqs = ", ".join(each.seq for each in found)
            raise LookupError(f"{len(found)} conditions are called {wanted!r}: say which by its seq ({seqs})")
        if not found:
            raise LookupError(f"no condition {wanted!r}: there are {[each.name for each in self.saved]}")
        return found[0]

    def numbered(self, seq: str) -> Saved | None:
        """Return the condition that has a seq now."""
        return next((each for each in self.saved if each.seq == seq), None)

    def add(self, name: str, codes: Iterable[str], seq: str | None = None) -> None:
        """Save another condition, under the first free seq if none is given; its name may be there already."""
        taken = {each.seq for each in self.saved}
        if seq is None:
            seq = next(str(number) for number in range(len(taken) + 1) if str(number) not in taken)
        if seq in taken:
            raise ValueError(f"seq {seq!r} is taken")
        if isinstance(codes, str):
            raise TypeError(f"the members of {name!r} are a list of codes, not one text")
        self.saved.append(Saved(seq, name, dict.fromkeys(codes)))

    def remove(self, wanted: str) -> None:
        """Delete a condition."""
        self.saved.remove(self.find(wanted))

    def renumber(self, seqs: Mapping[str, str] | None) -> None:
        """Give conditions other seqs, by name or old seq; all of them, each the next one's, if none is named."""
        given = {self.find(wanted): seq for wanted, seq in (seqs or {}).items()}
        if seqs is None:
            given = {each: self.saved[place - 1].seq for place, each in enumerate(self.saved)}
        after = [given.get(each, each.seq) for each in self.saved]
        if len(set(after)) < len(after):
            raise ValueError(f"two conditions would have the same seq: {', '.join(sorted(after))}")
        for each, seq in zip(self.saved, after, strict=True):
            each.seq = seq

    def members(self) -> dict[str, set[str]]:
        """Return who is in now, by name; by seq where several conditions have the same name."""
        names = [each.name for each in self.saved]
        return {each.name if names.count(each.name) == 1 else each.seq: set(each.codes) for each in self.saved}
