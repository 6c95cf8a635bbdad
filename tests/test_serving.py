"""What is sent on a connection: what is watched and what the user asks for take turns."""

import asyncio
from typing import Any

import pytest

from jogeon.errors import RequestTimeout
from jogeon.wire import writers
from texts import snapshot_text
from wire import Broker, Wire, pause, virtual

NAMES = {str(number): f"조건 {number}" for number in range(12)}


class Slow(Broker):
    """A broker that takes three seconds for each registration."""

    def __init__(self) -> None:
        super().__init__(NAMES, {name: ["005930"] for name in NAMES.values()})

    def on_register(self, wire: Wire, seq: str) -> None:
        wire.registered[seq] = self.names[seq]
        wire.later(3, snapshot_text(seq, self.members[self.names[seq]]))


def kinds(heard: list[dict[str, Any]]) -> list[str]:
    """Return what was asked for, in order: R for a registration, S for a search."""
    asked = [message["search_type"] for message in heard if message["trnm"] == "CNSRREQ"]
    return ["R" if kind == "1" else "S" for kind in asked]


def test_a_search_waits_for_one_registration_and_not_for_a_round_of_them() -> None:
    async def main() -> None:
        broker = Slow()
        async with broker.client() as kiwoom, kiwoom.watch():
            before, began = len(broker.heard), asyncio.get_running_loop().time()
            await kiwoom.search("조건 3")
            assert asyncio.get_running_loop().time() - began < 4
            assert kinds(broker.heard[before:]).count("R") <= 1

    virtual(main())


def test_many_searches_keep_no_condition_from_being_registered() -> None:
    async def main() -> None:
        broker = Slow()
        async with broker.client() as kiwoom, kiwoom.watch() as watch:
            before = len(broker.heard)
            searches = [asyncio.create_task(kiwoom.search("조건 3")) for _ in range(20)]
            await pause(60)
            assert all(members.keys() == {"005930"} for members in watch.members.values())
            asked = kinds(broker.heard[before:])
            assert "SS" not in "".join(asked[: asked.index("R") + 8]), "each has its turn"
            await asyncio.gather(*searches)

    virtual(main())


def test_what_a_recheck_has_cleared_is_registered_before_anybody_has_a_turn() -> None:
    """Nothing is pushed in between."""

    async def main() -> None:
        broker = Broker()
        async with broker.client(recheck=30) as kiwoom, kiwoom.watch():
            for _ in range(400):
                await kiwoom.search("급등주")
                await pause(0.1)
            asked = [(message["trnm"], message.get("search_type")) for message in broker.heard]
            cleared = [place for place, (trnm, _) in enumerate(asked) if trnm == "CNSRCLR"]
            following = [asked[place + 1] for place in cleared if place + 1 < len(asked)]
            assert following.count(("CNSRREQ", "1")) >= 2
            assert ("CNSRREQ", "0") not in following

    virtual(main())


class Sluggish(Broker):
    """A broker whose lists take so many seconds, and whose PINGs do not."""

    def __init__(self, *seconds: float) -> None:
        super().__init__(members={"급등주": ["005930"], "신고가 돌파": []})
        self.seconds = list(seconds)

    def on_cnsrlst(self, wire: Wire, message: dict[str, Any]) -> None:
        seconds = self.seconds.pop(0) if self.seconds else 0.0
        wire.later(2, writers.encode_ping())
        asyncio.get_running_loop().call_later(seconds, super().on_cnsrlst, wire, message)


def test_a_list_that_is_slow_is_waited_for_by_whoever_needs_it() -> None:
    async def main() -> None:
        broker = Sluggish(6, 6, 6)
        async with broker.client() as kiwoom, kiwoom.watch("급등주") as watch:
            assert watch.members["급등주"].keys() == {"005930"}
            assert len(broker.wires) == 1

    virtual(main())


def test_a_list_that_never_comes_is_told_to_whoever_needs_it() -> None:
    async def main() -> None:
        broker = Sluggish(9999, 9999)
        async with broker.client() as kiwoom:
            began = asyncio.get_running_loop().time()
            with pytest.raises(RequestTimeout):
                await kiwoom.conditions()
            assert asyncio.get_running_loop().time() - began < 20
            assert await kiwoom.conditions()

    virtual(main())
