"""The differences of the page: made once, kept for a while, found again by a position."""

from __future__ import annotations

import json

from jogeon.board.diffs import Diffs


def diffs_at(*positions: str, room: int = 100) -> Diffs:
    diffs = Diffs("r", room)
    for position in positions:
        diffs.add(position, {}, "now")
    return diffs


def test_a_difference_is_a_server_sent_event_with_its_position() -> None:
    diffs = Diffs("r")
    diffs.add("a:1:5", {"conditions": {"<b>\n\n줄": None}}, "2026-11-22T12:00:00+09:00")
    (diff,) = diffs.after(0) or []
    head, data = diff.text.decode().split("\ndata: ")
    assert head == "id: a:1:5\nevent: diff"
    assert data.endswith("\n\n")
    assert data.count("\n") == 2
    assert json.loads(data)["conditions"] == {"<b>\n\n줄": None}


def test_whoever_stands_at_a_position_goes_on_behind_its_first_difference() -> None:
    diffs = diffs_at("a:1:1", "a:1:5", "a:1:5", "a:1:6")
    place = diffs.place_of("a:1:5")
    assert place == 2
    assert [diff.number for diff in diffs.after(place) or []] == [3, 4]
    assert diffs.after(4) == []


def test_who_was_away_for_too_long_is_told_so() -> None:
    diffs = diffs_at(*(f"a:1:{n}" for n in range(10)), room=3)
    assert diffs.place_of("a:1:1") is None
    assert diffs.place_of("b:1:9") is None
    assert diffs.after(5) is None
    assert [diff.number for diff in diffs.after(7) or []] == [8, 9, 10]


def test_what_was_forgotten_cannot_be_gone_on_from() -> None:
    diffs = diffs_at("a:1:1", "a:1:2")
    diffs.forget()
    assert diffs.position is None
    assert diffs.after(2) is None
    diffs.add("a:1:3", {}, "now")
    assert diffs.after(2) is None
    assert [diff.number for diff in diffs.after(3) or []] == [4]
