"""Whole columns or none, numbers at the right, and a name that is cut is marked."""

from __future__ import annotations

import msgspec
import pytest

from cli_conversation import NOON_NS
from jogeon.cli.showing.event_words import RISE
from jogeon.cli.showing.ink import plain
from jogeon.cli.showing.live_picture import Stand, Worth
from jogeon.cli.showing.live_table import LiveTable, by_name, by_rate, by_return, by_time
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.cli.texts.width import columns

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
STANDS = [
    Stand("671920", "가상전자우선주이름이아주긴종목", NOON_NS - SECOND, "live"),
    Stand("467680", "모의바이오", NOON_NS - 60 * SECOND, "recovered"),
    Stand("0003A0", None, NOON_NS, "snapshot"),
    None,
    Stand("767010", "모의에너지", NOON_NS, "live", left=True),
]
PRICES = {
    "671920": Worth(59_343, "rise", 0.87, 4_982_074, 59_027, 0.54),
    "467680": Worth(1_171_962, "limit-up", 29.97, 2_535_321_000, 71_183, 1.09),
    "767010": Worth(12_649, None, -0.82, 2_158_051, 12_699, -0.39),
}


def drawn(width: int, prices: dict[str, Worth] | None = None, lang: str = "ko", now_ns: int = NOON_NS) -> list[str]:
    table = LiveTable(Texts("ko" if lang == "ko" else "en"), RICH_SIGNS)
    return [plain(line) for line in table.lines(STANDS, prices, now_ns, width)]


def heads(width: int, prices: dict[str, Worth] | None = PRICES) -> list[str]:
    return drawn(width, prices)[0].split()


def test_without_prices_there_are_no_columns_of_prices() -> None:
    assert heads(200, None) == ["편입시간", "종목코드", "종목명"]
    assert len(heads(200, {})) == 9


def test_columns_go_one_after_the_other_as_it_gets_narrower() -> None:
    gone, before = [], heads(140)
    assert before == ["편입시간", "종목코드", "종목명", "현재가", "등락", "등락률", "거래량", "편입가", "수익률"]
    for width in range(139, 39, -1):
        now = heads(width)
        gone += [head for head in before if head not in now]
        before = now
    assert gone == ["등락", "거래량", "편입가", "수익률", "종목코드"]
    assert before == ["편입시간", "종목명", "현재가", "등락률"]


def test_numbers_are_whole_at_every_width_and_a_cut_name_is_marked() -> None:
    numbers = {
        "59,343",
        "1,171,962",
        "12,649",
        "+0.87%",
        "+29.97%",
        "-0.82%",
        "4,982,074",
        "2,535,321,000",
        "2,158,051",
    }
    numbers |= {"59,027", "71,183", "12,699", "+0.54%", "+1.09%", "-0.39%"}
    for width in range(40, 201):
        lines = drawn(width, PRICES)
        assert all(columns(line) <= width for line in lines)
        words = {word for line in lines[1:] for word in line.split()}
        assert {word for word in words if word[0] in "+-" or "," in word} <= numbers
        named = next(word for word in words if word.startswith("가상"))
        assert named == STANDS[0].name or named.endswith("…")  # type: ignore[union-attr]  # it is one


def test_a_stale_price_is_grey_and_tells_for_how_long_it_is_so() -> None:
    stale = {code: msgspec.structs.replace(each, stale_since_ns=NOON_NS - 90 * SECOND) for code, each in PRICES.items()}
    for width in (40, 80, 140):
        table = LiveTable(Texts("en"), RICH_SIGNS)
        kept = list(table.lines(STANDS, PRICES | {"671920": stale["671920"]}, NOON_NS, width))
        head, old, fine, *_ = kept
        assert "age" in plain(head).split()
        assert "1 min" in plain(old)
        assert "1 min" not in plain(fine)
        assert next(piece.style for piece in old if "59,343" in piece.text) == "dim"
        assert next(piece.style for piece in fine if "1,171,962" in piece.text) == RISE
        assert all(columns(plain(line)) <= width for line in kept)


def test_what_left_has_no_age_and_without_a_stale_price_there_is_no_such_column() -> None:
    left = {"767010": msgspec.structs.replace(PRICES["767010"], stale_since_ns=NOON_NS)}
    for prices in (PRICES, PRICES | left):
        assert "경과" not in heads(140, prices)


def test_signs_and_words_stand_beside_colours() -> None:
    lines = drawn(140, PRICES)
    assert "▲ 상승" in lines[1]
    assert "↑ 상한" in lines[2]
    assert "▼ 하락" in lines[5]
    assert "▼" in drawn(80, PRICES)[5]


def test_a_line_says_when_and_whether_it_came_or_went() -> None:
    first, second, third, empty, last = drawn(80)[1:]
    assert first.startswith("11:59:59    671920    ▲ 가상전자")
    assert second.startswith("~11:59:00   467680      모의바이오")
    assert third.startswith("처음부터    0003A0")
    assert empty == ""
    assert last.startswith("이탈 12:00  767010    ▽ 모의에너지")
    assert drawn(80, now_ns=NOON_NS + DAY)[1].startswith("11-22       671920      가상전자")
    assert drawn(80, lang="en")[5].startswith("left 12:00  767010")


def test_a_stock_without_a_name_is_shown_by_its_code_where_there_is_no_column_of_codes() -> None:
    line = drawn(40, PRICES)[3]
    assert line.split() == ["처음부터", "0003A0"]


def test_a_column_that_was_wider_once_stays_so() -> None:
    table = LiveTable(Texts("ko"), RICH_SIGNS)
    stand = STANDS[0]
    dear, cheap = {"671920": Worth(123_456_789)}, {"671920": Worth(5)}
    ends = [
        columns(plain(list(table.lines([stand], prices, NOON_NS, 80))[1]).rstrip()) for prices in (dear, cheap, dear)
    ]
    assert ends[0] == ends[1] == ends[2]


@pytest.mark.parametrize(
    ("order", "codes"),
    [
        (by_time(PRICES), ["0003A0", "767010", "671920", "467680"]),
        (by_name(PRICES), ["0003A0", "671920", "467680", "767010"]),
        (by_rate(PRICES), ["467680", "671920", "767010", "0003A0"]),
        (by_return(PRICES), ["467680", "671920", "767010", "0003A0"]),
    ],
)
def test_orders(order: object, codes: list[str]) -> None:
    stands = [each for each in STANDS if each is not None]
    assert [each.code for each in sorted(stands, key=order)] == codes  # type: ignore[call-overload]  # it is an order
