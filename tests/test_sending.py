"""The outbox is sent in order, at least once, until it is too old, and no target waits for another."""

import asyncio
from collections.abc import Sequence

from jogeon.alerts.outbox import MAX_AGE, AlertRow, Message
from jogeon.alerts.sending import Sender
from jogeon.alerts.targets import Later, Outcome, Refused, Sent
from jogeon.journal.beside import RowState
from jogeon.reports import Report
from test_outbox import row
from wire import virtual, wall

SECOND = 1_000_000_000


class Shelf:
    """An outbox in memory."""

    def __init__(self, *rows: AlertRow) -> None:
        self.rows = list(rows)
        self.became: dict[str, tuple[str, Report | None]] = {}
        self.tried: list[bool] = []

    async def waiting(self, target: str) -> Sequence[AlertRow]:
        await asyncio.sleep(0)
        done = {name for name, (state, _) in self.became.items() if state != "waiting"}
        return [each for each in self.rows if each.target == target and each.id not in done]

    async def mark(
        self, rows: Sequence[AlertRow], state: RowState, reason: Report | None, *, tried: bool = True
    ) -> None:
        self.tried.append(tried)
        await asyncio.sleep(0)
        for each in rows:
            self.became[each.id] = (state, reason)


class Phone:
    """A target that answers as it is told: the outcomes in turn, then Sent."""

    def __init__(self, *outcomes: Outcome | Exception, digests: bool = False, hangs: bool = False) -> None:
        self.outcomes = list(outcomes)
        self.digests, self.spacing, self.hangs = digests, 1.0 if digests else 0.0, hangs
        self.heard: list[tuple[float, list[str]]] = []

    async def send(self, message: Message) -> Outcome:
        await asyncio.sleep(0.01)
        if self.hangs:
            await asyncio.Event().wait()
        self.heard.append((round(asyncio.get_running_loop().time()), [each.id for each in message.rows]))
        outcome = self.outcomes.pop(0) if self.outcomes else Sent()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def sent(shelf: Shelf, seconds: float, **targets: Phone) -> None:
    sender = Sender(targets, shelf, wall=wall)
    sender.start()
    await asyncio.sleep(seconds)
    await sender.stop(0)


def rows(count: int, target: str = "phone") -> list[AlertRow]:
    return [row(n, target=target, made_ns=wall()) for n in range(count)]


def test_rows_are_sent_in_their_order() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(3)), Phone()
        await sent(shelf, 1, phone=phone)
        assert [ids for _, ids in phone.heard] == [["0"], ["1"], ["2"]]
        assert set(shelf.became.values()) == {("sent", None)}

    virtual(main())


def test_a_burst_is_at_most_five_messages() -> None:
    async def main() -> None:
        shelf, phone = Shelf(), Phone(digests=True)
        sender = Sender({"phone": phone}, shelf, wall=wall)
        sender.start()
        for n in range(500):
            shelf.rows.append(row(n, made_ns=wall()))
            sender.wake("phone")
            await asyncio.sleep(0.002)
        await asyncio.sleep(10)
        await sender.stop(0)
        assert len(phone.heard) <= 5
        assert [each for _, ids in phone.heard for each in ids] == [str(n) for n in range(500)]

    virtual(main())


def test_a_pause_that_the_target_asks_for_is_kept() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(2)), Phone(Later(Report("HTTP", text="429"), 30.0))
        await sent(shelf, 100, phone=phone)
        assert phone.heard == [(0, ["0"]), (30, ["0"]), (30, ["1"])]

    virtual(main())


def test_pauses_grow_where_the_target_names_none() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(1)), Phone(*[Later(Report("HTTP", text="500"))] * 4)
        await sent(shelf, 100, phone=phone)
        assert [at for at, _ in phone.heard] == [0, 1, 3, 7, 15]

    virtual(main())


def test_what_is_too_old_is_dropped_in_time_with_its_reason() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(1)), Phone(Later(Report("HTTP", text="429 for hours"), 7200.0))
        await sent(shelf, MAX_AGE / SECOND + 1, phone=phone)
        assert shelf.became == {"0": ("dropped", Report("HTTP", text="429 for hours"))}
        assert shelf.tried == [True, False]
        shelf.rows.append(row(1, made_ns=wall()))
        assert len(phone.heard) == 1

    virtual(main())


def test_a_refused_message_does_not_stop_the_next() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(2)), Phone(Refused(Report("HTTP", text="400")))
        await sent(shelf, 1, phone=phone)
        assert shelf.became == {"0": ("dropped", Report("HTTP", text="400")), "1": ("sent", None)}

    virtual(main())


def test_a_target_that_raises_is_tried_again() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(1)), Phone(RuntimeError("a plug-in"))
        await sent(shelf, 5, phone=phone)
        assert shelf.became == {"0": ("sent", None)}

    virtual(main())


def test_a_stuck_target_delays_no_other() -> None:
    async def main() -> None:
        shelf = Shelf(*rows(1, "stuck"), row(7, target="phone", made_ns=wall()))
        phone = Phone()
        await sent(shelf, 1, stuck=Phone(hangs=True), phone=phone)
        assert phone.heard == [(0, ["7"])]

    virtual(main())


def test_the_end_gives_what_waits_a_last_chance() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(2)), Phone(digests=True)
        sender = Sender({"phone": phone, "stuck": Phone(hangs=True)}, shelf, wall=wall)
        sender.start()
        await sender.stop(10)
        assert [ids for _, ids in phone.heard] == [["0", "1"]]
        shelf.rows += rows(1, "stuck")
        began = asyncio.get_running_loop().time()
        sender.start()
        await sender.stop(10)
        assert asyncio.get_running_loop().time() - began < 10.1

    virtual(main())


def test_other_targets_are_exchanged_without_disturbing_those_that_stay() -> None:
    async def main() -> None:
        shelf, stays, goes, comes = Shelf(), Phone(digests=True), Phone(), Phone()
        sender = Sender({"stays": stays, "goes": goes}, shelf, wall=wall)
        sender.start()
        shelf.rows += rows(1, "stays")
        sender.wake("stays")
        await asyncio.sleep(0.005)  # in the middle of it
        sender.exchange({"stays": stays, "comes": comes})
        shelf.rows += [row(7, target="comes", made_ns=wall()), row(8, target="goes", made_ns=wall())]
        sender.wake("comes")
        sender.wake("goes")
        await asyncio.sleep(5)
        await sender.stop(0)
        assert [[ids for _, ids in each.heard] for each in (stays, goes, comes)] == [[["0"]], [], [["7"]]]

    virtual(main())


def test_while_muted_what_rules_decide_is_dropped_and_what_the_tool_reports_of_itself_is_sent() -> None:
    async def main() -> None:
        own = row(7, rule="", made_ns=wall())
        shelf, phone = Shelf(*rows(2), own), Phone()
        sender = Sender({"phone": phone}, shelf, wall=wall)
        sender.muted_until_ns = wall() + 60 * SECOND
        sender.start()
        await asyncio.sleep(1)
        muted = ("dropped", Report("muted"))
        assert shelf.became == {"0": muted, "1": muted, "7": ("sent", None)}
        assert shelf.tried == [False, True]
        await asyncio.sleep(60)
        shelf.rows += [row(8, made_ns=wall())]
        sender.wake("phone")
        await asyncio.sleep(1)
        assert shelf.became["8"] == ("sent", None)
        await sender.stop(0)

    virtual(main())


def test_a_target_that_asks_for_no_pause_is_not_asked_without_one() -> None:
    async def main() -> None:
        shelf, phone = Shelf(*rows(1)), Phone(*[Later(Report("HTTP", text="429"), 0.0)] * 3)
        await sent(shelf, 100, phone=phone)
        assert [at for at, _ in phone.heard] == [0, 1, 2, 3]

    virtual(main())


def test_a_target_that_is_set_otherwise_is_exchanged() -> None:
    async def main() -> None:
        shelf, before, now = Shelf(), Phone(), Phone()
        sender = Sender({"phone": before}, shelf, wall=wall)
        sender.start()
        sender.exchange({"phone": now})
        shelf.rows += rows(1)
        sender.wake("phone")
        await asyncio.sleep(1)
        await sender.stop(0)
        assert (before.heard, [ids for _, ids in now.heard]) == ([], [["0"]])

    virtual(main())
