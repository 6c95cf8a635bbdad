"""Going on where an earlier run of the program stopped: the time when nobody listened is one gap, too.

What a watch yields reaches its queue and its journal through `RestartGap` when something was recorded before. The first
snapshot of such a condition ends a Gap (`restart`): what changed meanwhile comes as recovered, then the snapshot.
"""

from collections.abc import Iterable, Mapping, Sequence

from jogeon.events import Cause, Condition, Event, NameOf, Snapshot, nameless
from jogeon.gaps import Blind, ended, left_open
from jogeon.journal.fold import Known
from jogeon.live.followed import Sink


class RestartGap:
    """A sink in front of another; `last` is what was known at the end, `listing` the conditions there are now.

    A condition is found again by its name. One whose name others bear or bore is found by its seq, too, or not at all;
    but where one bears it now, it is the one of which the last run still heard when the others had vanished.
    """

    def __init__(
        self, sink: Sink, last: Mapping[Condition, Known], listing: Sequence[Condition], name_of: NameOf = nameless
    ) -> None:
        self._sink = sink
        self._name_of = name_of
        self.put = sink.put  # no step in between on the path of every push
        self.put_all, self.wake = sink.put_all, sink.wake
        self.renumbered = sink.renumbered
        self._named: dict[str, Known] = {}
        self._exact: dict[Condition, Known] = {}
        self._let_go: dict[str, Known] = {}
        for condition, known in last.items():
            namesakes = [each for each in last if each.name == condition.name]
            listed = [each for each in listing if each.name == condition.name]
            heard = [each for each in namesakes if last[each].sure]
            left = len(listed) == 1 and listed[0] not in last and heard == [condition]
            if left or max(len(namesakes), len(listed)) == 1:
                self._named[condition.name] = known
            else:
                self._exact[condition] = known

    def put_block(self, events: Sequence[Event]) -> None:
        """Take events that belong together."""
        if self._named or self._exact or self._let_go:
            events = [each for event in events for each in self._restarted(event)]
        self._sink.put_block(events)

    def _restarted(self, event: Event) -> Sequence[Event]:
        """Return an event; a first snapshot behind what leads to it from the end of the last run."""
        if not isinstance(event, Snapshot):
            return (event,)
        cause: Cause = "not watched"
        known = self._let_go.pop(event.condition.name, None)
        if known is None:
            cause, known = "restart", self._find(event.condition)
        return (event,) if known is None else ended(Blind(known.right_ns, cause), known.codes, event, self._name_of)

    def let_go(self, condition: Condition, known: Known, at_ns: int) -> None:
        """Note that a condition is followed no longer, on purpose; its next snapshot ends that gap.

        It is told as open now, unless one was that is not over (`known.sure` is False).
        """
        self._let_go[condition.name] = known
        if known.sure:
            self.put(left_open(Blind(known.right_ns, "not watched"), condition, at_ns))

    def _find(self, condition: Condition) -> Known | None:
        """Return what is still to be continued of a condition, and forget it."""
        known = self._exact.pop(condition, None)
        return self._named.pop(condition.name, None) if known is None else known

    def end(self, conditions: Iterable[Condition], at_ns: int) -> None:
        """Tell the gaps that no snapshot ended."""
        for condition in conditions:
            known = self._find(condition)
            if known is not None:
                self.put(left_open(Blind(known.right_ns, "restart"), condition, at_ns))
