"""The seqs under which one connection knows the conditions. No I/O, no clock.

A seq is not an identity: conditions are renumbered while a program below goes on with the list it has. So what a
connection was once told stays true on that connection: a seq that it was given means that condition and no other, and a
push is never credited to another name.
"""

from collections.abc import Sequence
from itertools import count

from jogeon.events import Condition


class Aliases:
    """The labels of one connection, each with the condition it stands for, under the seq that one had last."""

    def __init__(self) -> None:
        self._present: dict[str, Condition] = {}

    def listed(self, conditions: Sequence[Condition]) -> list[Condition]:
        """Take the broker's list; return it as this connection sees it: the same conditions, under their labels.

        A condition that is listed as before keeps its label; else its name tells, where only one can be meant. Any
        other gets the broker's seq, or the first number nobody ever had here if that means something else already.
        """
        labels = self._known(conditions)
        taken = {*self._present, *(condition.seq for condition in conditions)}
        free = (str(number) for number in count() if str(number) not in taken)
        for condition in conditions:
            if condition not in labels:
                labels[condition] = condition.seq if condition.seq not in self._present else next(free)
                self._present[labels[condition]] = condition
        return [Condition(labels[condition], condition.name) for condition in conditions]

    def meant(self, label: str) -> Condition | None:
        """Return the condition that a label stands for, as it was listed last; None for one that was not given."""
        return self._present.get(label.strip())

    def moved(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq."""
        for label in [label for label, present in self._present.items() if present == old]:
            self._present[label] = new

    def _known(self, conditions: Sequence[Condition]) -> dict[Condition, str]:
        """Return the labels of the listed conditions that have one, brought up to date."""
        labels = {present: label for label, present in self._present.items() if present in conditions}
        for condition in conditions:
            named = [label for label, present in self._present.items() if present.name == condition.name]
            single = sum(other.name == condition.name for other in conditions) == 1
            if condition not in labels and single and len(named) == 1:
                labels[condition] = named[0]
                self._present[named[0]] = condition
        return labels
