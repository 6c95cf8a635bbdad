"""A row of a search: read field by field, and written as it is read."""

from jogeon.events import Stock
from jogeon.wire.search_row import stock_of, stock_row

SAMSUNG = Stock(
    code="005930", name="삼성전자", price=75_000, sign="fall", change=-100, rate=-0.13, volume=10_386_116,
    open=75_100, high=75_600, low=74_700,
)  # fmt: skip


def test_a_number_that_cannot_be_read_is_none_and_named() -> None:
    oddities: list[str] = []
    row = {"10": "-000075000", "11": "+12", "12": "0000015x0", "13": None}
    stock = stock_of("005930", row, oddities)
    assert (stock.price, stock.change, stock.rate, stock.volume) == (75_000, 12, None, None)
    assert oddities == ["005930 field 12 = '0000015x0'"]


def test_a_row_is_written_as_it_is_read() -> None:
    oddities: list[str] = []
    row = stock_row(SAMSUNG, "A005930")
    assert (row["9001"], row["10"], row["12"], row["25"]) == ("A005930", "000075000", "-00000130", "5")
    assert stock_of("005930", row, oddities) == SAMSUNG
    assert oddities == []


def test_what_is_not_known_is_empty_and_none_again() -> None:
    oddities: list[str] = []
    unknown = stock_of("005930", {}, oddities)
    row = stock_row(unknown, "005930")
    assert {name for name, value in row.items() if value} == {"9001"}
    assert stock_of("005930", row, oddities) == unknown
    assert oddities == []
