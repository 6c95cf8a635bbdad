"""A row of a search as a Stock, and back: here field numbers become names."""

from collections.abc import Mapping
from typing import Any

from jogeon.events import Stock
from jogeon.wire.values import SIGNS, integer_of, number_text, plain, sign_digit, text_of


def stock_of(code: str, row: Mapping[str, Any], oddities: list[str]) -> Stock:
    """Return a row of a search as the stock `code`; a number that cannot be read is None and named in `oddities`."""

    def number(name: str) -> int | None:
        value = row.get(name)
        found = integer_of(value)
        if found is None and value is not None and not (isinstance(value, str) and not value.strip()):
            oddities.append(f"{code} field {name} = {(plain(value) or text_of(value))[:40]!r}")
        return found

    def won(name: str) -> int | None:
        value = number(name)
        return None if value is None else abs(value)

    thousandths = number("12")
    return Stock(
        code=code,
        name=plain(row.get("302")),
        price=won("10"),
        sign=SIGNS.get(plain(row.get("25"))),
        change=number("11"),
        rate=None if thousandths is None else thousandths / 1000,
        volume=number("13"),
        open=won("16"),
        high=won("17"),
        low=won("18"),
    )


def stock_row(stock: Stock, code: str) -> dict[str, str]:
    """Return a stock as a row of a search by field number, its code as it is to stand there.

    Nine characters a number, a sign in place of the first digit, the rate in thousandths of a percent; what is not
    known is empty.
    """
    rate = None if stock.rate is None else round(stock.rate * 1000)
    numbers = {"11": stock.change, "12": rate, "13": stock.volume, "16": stock.open, "17": stock.high, "18": stock.low}
    head = {"9001": code, "302": stock.name, "10": number_text(stock.price, "09d"), "25": sign_digit(stock.sign)}
    return head | {name: number_text(value, "09d") for name, value in numbers.items()}
