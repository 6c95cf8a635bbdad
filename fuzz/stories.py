"""Target: what a client makes of all that comes, and what it tells whoever listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts import LISTED, LISTS, REQUESTS, Script, answer_to

from conversation import Listener
from jogeon.errors import ConnectionLost, RemoteProtocolError
from jogeon.live.queue import Queue
from jogeon.live.subscriptions import Subscriptions
from jogeon.reports import Report
from jogeon.wire import messages, readers
from jogeon.wire.messages import ConditionList, ListConditions

if TYPE_CHECKING:
    from jogeon.events import Condition, Snapshot


class _Story:
    """A Subscriptions, who listens to it, and a wire that does what the script says."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.now = 0.0
        self.subscriptions = Subscriptions(recheck=20.0)
        self.listeners: list[Listener] = []
        self.queue = Queue(self._current, lambda: self.at_ns, max_events=4)
        self.fold = Listener()
        self.subscriptions.connected()
        self.subscriptions.answered(ListConditions(), ConditionList(LISTED), 0.0, self.at_ns)
        self.subscriptions.join(self.queue)
        for condition in LISTED:
            self.subscriptions.want(condition, self.queue, "K", self.at_ns)

    @property
    def at_ns(self) -> int:
        return 10**18 + round(self.now * 1e9)

    def _current(self, condition: Condition) -> Snapshot | None:
        followed = (f for f in self.subscriptions.wanted if f.condition == condition)
        return next((following.membership.now(self.at_ns) for following in followed), None)

    def go(self) -> None:
        while self.script:
            self.now += self.script.byte() / 64
            self._step()
            if self.script.byte() % 4 == 0:
                self.read()
        self.read()
        self.compare()

    def _step(self) -> None:
        script, subscriptions = self.script, self.subscriptions
        match script.byte() % 8:
            case 0:
                self._connect()
            case 1:
                self._change_wishes()
            case 2:
                subscriptions.unreadable(Report("unreadable rows", number=1), (), self.at_ns, self.at_ns)
            case 3:
                request = script.one(REQUESTS)
                subscriptions.late(request, answer_to(script, request), self.now, self.at_ns)
            case 4 | 5:
                self._converse()
            case _:
                self._push(script.text())

    def _connect(self) -> None:
        self.subscriptions.lost(self.at_ns, ConnectionLost("broken off"), "")
        self.subscriptions.connected()

    def _change_wishes(self) -> None:
        if self.listeners and self.script.byte() % 2:
            self.subscriptions.leave(self.listeners.pop(), self.at_ns)
            return
        listener = Listener()
        self.subscriptions.join(listener)
        self.listeners.append(listener)
        listed = self.subscriptions.listing.conditions
        wanted = {condition.name: condition for condition in (self.script.some(listed) if listed else ())}
        for condition in wanted.values():  # a listener keeps its folds by name
            self.subscriptions.want(condition, listener, "K", self.at_ns)

    def _converse(self) -> None:
        request = self.subscriptions.next_request(self.now, self.at_ns)
        self.subscriptions.next_due()
        if request is None:
            return
        if self.script.byte() % 4 == 0:
            self.now += 5
            self.subscriptions.timed_out(request, 5.0, self.now, self.at_ns)
            return
        answer = answer_to(self.script, request)
        if isinstance(answer, ConditionList):
            answer = ConditionList(self.script.one(LISTS))
        self.subscriptions.answered(request, answer, self.now, self.at_ns)

    def _push(self, text: bytes) -> None:
        try:
            message = readers.decode(text)
        except RemoteProtocolError:
            return
        if isinstance(message, messages.Push):
            self.subscriptions.pushed(message.data, self.at_ns)

    def read(self) -> None:
        while (event := self.queue.pop()) is not None:
            self.fold._take(event)  # noqa: SLF001 - one by one: a queue hands blocks over in pieces

    def compare(self) -> None:
        for following in self.subscriptions.wanted:
            listeners = [listener for listener in self.listeners if listener in following.sinks]
            for listener in [*listeners, self.fold] if self.queue in following.sinks else listeners:
                fold = listener.folds.get(following.condition.name)
                if fold is not None and not following.doubled:
                    assert fold == set(following.membership.codes)


def subscriptions(data: bytes) -> None:
    """What is told adds up to what was received, whoever listens and however slowly."""
    _Story(Script(data)).go()
