"""Where somebody stands in the stream of a journal: written, read, compared."""

import pytest

from jogeon.journal.position import Position


@pytest.mark.parametrize("text", ["0:0", "3:1234", "9f3c0011aabbccdd:3:1234"])
def test_a_position_is_read_as_it_is_written(text: str) -> None:
    assert str(Position.parse(text)) == text
    assert Position.parse(f" {text.upper()} ") == Position.parse(text)


def test_without_its_journal_it_is_short() -> None:
    assert Position(3, 7, "9f3c0011aabbccdd").short == "3:7"


@pytest.mark.parametrize("text", ["", "3", "3:", "a:3", "-1:3", "9f3c:3:1", "1:2:3:4", "1:٢", "1:" + "9" * 30])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a position"):
        Position.parse(text)


def test_positions_have_the_order_of_the_stream() -> None:
    assert Position(0, 0) < Position(1, 1) < Position(1, 20) < Position(2, 1)
