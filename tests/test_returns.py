"""What entries returned, as it is found and as it is kept."""

import sqlite3
from contextlib import closing
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from jogeon.journal.returns import AFTER, UNIT, Returned, known_at, moments
from recorded import START_NS, at

QUOTES = "CREATE TABLE quotes (code, at_ns, price, source)"


def found(rows: list[tuple[int, int, str, int, int | None]], quotes: list[tuple[str, int, int]]) -> Returned:
    returned = Returned()
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(QUOTES)
        db.executemany("INSERT INTO quotes VALUES (?,?,?,NULL)", quotes)
        returned.add(db, rows)
    return returned


def runs(returned: Returned) -> list[dict[int, list[int]]]:
    """Return all that was returned after each while, sorted."""
    return [{number: sorted(chain.from_iterable(each)) for number, each in returned.runs(a).items()} for a in AFTER]


def test_a_return_is_in_millionths_of_a_percent() -> None:
    [minute, *_] = runs(found([(1, 7, "005930", START_NS, 3)], [("005930", at(60), 4)]))
    assert minute == {7: [round(100 * UNIT / 3)]}


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 400), st.none() | st.integers(1, 9)), max_size=30))
def test_what_is_kept_comes_back(entries: list[tuple[int, int, int | None]]) -> None:
    quotes = [("005930", at(second), 1 + second % 7) for second in range(0, 900, 20)]
    rows = [(n, number, "005930", at(second), price) for n, (number, second, price) in enumerate(entries)]
    whole, halves = found(rows, quotes), Returned()
    for half in (rows[::2], rows[1::2]):
        assert halves.add_kept(found(half, quotes).encoded())
    assert halves.entries == whole.entries
    assert runs(halves) == runs(whole)


def test_what_is_damaged_or_of_another_form_is_not_read() -> None:
    content = found([(1, 7, "005930", START_NS, 3)], [("005930", at(60), 4)]).encoded()
    returned = Returned()
    for place in range(len(content)):
        assert not returned.add_kept(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    for other in (b"", "text", 5, None):
        assert not returned.add_kept(other)
    assert not returned.entries


def test_after_the_close_there_is_none() -> None:
    six_thirty = 6 * 3600 + 30 * 60
    assert [after for after, _, _ in moments(at(six_thirty - 1))][-1] == "close"
    assert [after for after, _, _ in moments(at(six_thirty))][-1] == "60m"
    [(_, start_ns, end_ns)] = [each for each in moments(at(-9 * 3600)) if each[0] == "close"]  # midnight is of the day
    assert (start_ns, end_ns) == (at(six_thirty) - 1, at(six_thirty + 600) - 1)


@given(st.integers(0, 3 * 86_400))
def test_what_entered_before_needs_no_later_price(second: int) -> None:
    until = [known_at(at(each)) for each in range(max(0, second - 50_000), second + 1, 250)]
    assert until == sorted(until)


def test_a_price_counts_from_behind_the_start_of_its_stretch_up_to_its_end() -> None:
    for after, start_ns, end_ns in moments(START_NS):
        place = AFTER.index(after)
        for at_ns, counts in ((start_ns, False), (start_ns + 1, True), (end_ns, True), (end_ns + 1, False)):
            returned = runs(found([(1, 7, "005930", START_NS, 3)], [("005930", at_ns, 4)]))[place]
            assert bool(returned) is counts
