"""JSON lines: exactly the stable form, whole, and safe to look at."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_conversation import SAMPLE, SURGE, enter
from jogeon.cli.showing.json_lines import StandardOutput, condition_line, event_line, json_line, stock_line
from jogeon.events import Condition


def test_the_line_of_a_condition() -> None:
    assert condition_line(SURGE).decode() == '{"seq":"4","name":"급등주"}\n'


def test_the_line_of_a_stock_has_its_fields_in_the_order_of_the_contract() -> None:
    assert stock_line(SURGE, SAMPLE).decode() == (
        '{"condition":{"seq":"4","name":"급등주"},"code":"005930","name":"가상전자","price":75000,"sign":"fall",'
        '"change":-100,"rate":-0.13,"volume":10386116,"open":75100,"high":75600,"low":74700}\n'
    )


def test_the_line_of_an_event() -> None:
    assert json.loads(event_line(enter("005930"))) == enter("005930").fields()


@given(st.text(st.characters(codec="utf-8")))
def test_whatever_a_name_holds_a_line_is_one_line_that_no_terminal_obeys(name: str) -> None:
    line = json_line({"name": name}).decode()
    assert json.loads(line) == {"name": name}
    assert not any(c < " " or "\x7f" <= c <= "\x9f" for c in line.removesuffix("\n"))
    assert len(line.splitlines()) == 1
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in line.removesuffix("\n"))


def test_what_would_harm_a_terminal_is_escaped_and_nothing_else_is() -> None:
    names = ("급등\u202e\u3164\x7f", "\U000e0041", "a" + "\u0301" * 6, "전각\u3000칸 é ▲")
    assert [json_line({"name": name}).decode() for name in names] == [
        '{"name":"급등\\u202e\\u3164\\u007f"}\n',
        '{"name":"\\udb40\\udc41"}\n',
        '{"name":"á́́́\\u0301\\u0301"}\n'.replace("á́́́", "a" + "\u0301" * 4),
        '{"name":"전각\u3000칸 é ▲"}\n',
    ]


def test_a_closed_standard_output_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        StandardOutput()


def test_a_name_in_memory_is_written_to_what_stands_for_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", memory)
    StandardOutput().write(condition_line(Condition("0", "가")))
    memory.seek(0)
    assert memory.read() == '{"seq":"0","name":"가"}\n'
