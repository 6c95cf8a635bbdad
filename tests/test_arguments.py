"""A wrong argument is refused where it is given, by its name, and with what to write instead."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import jogeon
from jogeon.errors import InvalidSetting, JogeonError, UnknownCondition
from jogeon.simulator.simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT: Any = jogeon.connect  # what is given here no type checker would let pass
CLIENT: Any = CONNECT("ws://127.0.0.1:1/x")


@pytest.mark.parametrize(
    ("give", "error", "says"),
    [
        (lambda: CLIENT.watch(["급등주"]), TypeError, "one by one, not in a list: put a * before it"),
        (lambda: CLIENT.watch("급등주", ("신고가 돌파",)), TypeError, "not in a tuple"),
        (lambda: CLIENT.watch({"급등주": 1}), TypeError, "not in a dict"),
        (lambda: CLIENT.watch(None), TypeError, "call watch() without names"),
        (lambda: CLIENT.watch("급등주", None), TypeError, "not by None"),
        (lambda: CLIENT.watch(4.0), TypeError, "not by float 4.0"),
        (lambda: CLIENT.watch(True), TypeError, "not by bool True"),
        (lambda: CLIENT.watch(b"4"), TypeError, "not by bytes b'4'"),
        (lambda: CLIENT.watch(exchange="Z"), InvalidSetting, "exchange: wrong value: K (KRX), N (NXT) or A"),
        (lambda: CLIENT.watch(exchange=["K"]), InvalidSetting, "exchange"),
        (lambda: CLIENT.watch(max_events=-1), InvalidSetting, "max_events: wrong value: 1 or more"),
        (lambda: CLIENT.watch(max_events=0), InvalidSetting, "max_events"),
        (lambda: CLIENT.watch(max_events="9"), TypeError, "max_events is an int, not str '9'"),
        (lambda: CLIENT.watch(max_bytes=1.5), TypeError, "max_bytes is an int, not float 1.5"),
        (lambda: CLIENT.watch(max_bytes=True), TypeError, "max_bytes is an int, not bool True"),
        (lambda: CLIENT.watch(journal=3), TypeError, "journal is the path of a file, not int 3"),
        (lambda: CLIENT.watch(journal=""), InvalidSetting, "journal: wrong value: an empty path"),
        (lambda: CLIENT.search("급등주", exchange="k"), InvalidSetting, "exchange"),
        (lambda: CLIENT.search("급등주", max_rows=0), InvalidSetting, "max_rows"),
        (lambda: CLIENT.search(["급등주"]), TypeError, "not in a list"),
        (lambda: CLIENT.search(None), TypeError, "not by None"),
        (lambda: CLIENT.clear(["급등주"]), TypeError, "not in a list"),
        (lambda: CLIENT.resolve({"급등주"}), TypeError, "not in a set"),
        (lambda: CONNECT("demo", recheck="10m"), TypeError, "recheck is a number of seconds, not str '10m'"),
        (lambda: CONNECT("demo", recheck=-1), InvalidSetting, "recheck: wrong value: 0 seconds"),
        (lambda: CONNECT("demo", recheck=float("nan")), InvalidSetting, "recheck"),
        (lambda: CONNECT("demo", price_limit=0), InvalidSetting, "price_limit: wrong value: 1 or more"),
        (lambda: CONNECT("demo", price_limit="200"), TypeError, "price_limit is an int, not str '200'"),
        (lambda: CONNECT("demo", on_taken="foo"), InvalidSetting, "on_taken: wrong value: stop, retry, takeover"),
        (lambda: CONNECT("demo", on_taken=None), InvalidSetting, "on_taken"),
    ],
)
async def test_it_is_refused_where_it_is_given(give: Callable[[], Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=re.escape(says)):
        await given if inspect.isawaitable(given := give()) else given


@pytest.mark.parametrize("error", [InvalidSetting])
def test_it_is_an_error_of_ours_where_the_kind_was_right(error: type[Exception]) -> None:
    assert issubclass(error, JogeonError)


async def test_a_seq_may_be_an_int_and_a_file_a_path(tmp_path: Path) -> None:
    async with Simulator(speed=0, rest_port=None) as there, jogeon.connect(there.websocket) as kiwoom:
        listed = await kiwoom.conditions()
        seq = int(listed[0].seq)
        assert await kiwoom.resolve(seq) == listed[0]
        assert await kiwoom.search(seq) == await kiwoom.search(listed[0])
        async with kiwoom.watch(seq, listed[1], listed[2].name, journal=Path(tmp_path / "a.journal")) as watch:
            assert watch.conditions == listed[:3]
        await kiwoom.clear(seq)
        with pytest.raises(UnknownCondition):
            await kiwoom.search(-4)


@pytest.mark.parametrize("items", [[1], [None], ["005930"]])
def test_a_frame_is_made_of_stocks_or_events(items: list[Any]) -> None:
    with pytest.raises(TypeError, match="made of stocks, of events or of prices"):
        jogeon.to_dataframe(items)


def test_a_frame_of_nothing_has_the_columns_of_both() -> None:
    frame = jogeon.to_dataframe([])
    assert len(frame) == 0
    assert {"종목코드", "현재가", "구분", "조건식", "수신시각"} <= set(frame.columns)
