"""What is reported is data: its English text is made from it, it goes through JSON unharmed, and no kind is dead."""

from __future__ import annotations

import ast
import errno
import os
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import msgspec
import pytest
from hypothesis import given

import jogeon
import recorded
from jogeon import errors, reports
from jogeon.masks import hide
from jogeon.reports import ENGLISH, Kind, Report, complaint_of, place_in_toml, report_of

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS: tuple[Kind, ...] = get_args(Kind)
SOURCES = sorted(Path(jogeon.__file__).parent.rglob("*.py"))

ERRORS = (
    errors.JogeonError("of no kind"),
    errors.ConnectionLost(Report("broke off")),
    errors.ConnectionLost("words of the broker"),
    errors.CouldNotConnect(address="ws://127.0.0.1:1", reason="timeout", detail=Report("no answer", seconds=10.0)),
    errors.RequestTimeout("CNSRREQ", 5.0),
    errors.RequestRefused("CNSRREQ", code="900003", text="이미"),
    errors.LoginRefused(code="8005", text="거절"),
    errors.TokenRefused(code="8030", text="거절"),
    errors.SessionTaken(code="R10001", text="동일한 App key로"),
    errors.SessionTaken(holder="jogeon watch (1234)"),
    errors.InvalidSetting(file="jogeon.toml", field="lang", reason="not text", detail=Report("not UTF-8", number=3)),
)


def filled(kind: Kind) -> Report:
    """Return a report of a kind with something in each field."""
    why = Report("other", text="까닭값")
    return Report(kind, "1", "글값", "이름값", "다른값", "자리값", 5.0, 7, 3, 2, 4, why)


def test_every_kind_has_its_english_text_of_its_own_fields() -> None:
    assert set(ENGLISH) == set(KINDS)
    known = {*Report.__struct_fields__, "words"} - {"kind"}
    for kind, text in ENGLISH.items():
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= known
        assert str(filled(kind)).strip()


def constants() -> Iterator[str]:
    """Yield the texts in the modules that make reports."""
    for path in SOURCES:
        if path.name != "reports.py":
            nodes = ast.walk(ast.parse(path.read_text("utf-8")))
            yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_kind_is_dead() -> None:
    here = {"system", "other", "at line", "at end", *reports._KINDS}
    assert set(KINDS) - here - set(constants()) == set()


def test_no_state_and_no_anomaly_is_made_of_english_words() -> None:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("State", "Anomaly"):
                place = 3 if ast.unparse(node.func) == "State" else 1
                named = [each.value for each in node.keywords if each.arg in ("cause", "what")]
                words = [*node.args[place : place + 1], *named]
                assert not any(isinstance(each, ast.JoinedStr | ast.Constant | ast.BinOp) for each in words), path


PROSE = {
    "JogeonError": (0, ""), "RemoteProtocolError": (0, ""), "ConnectionLost": (0, "detail"),
    "CouldNotConnect": (9, "detail"), "CannotServe": (9, "detail"), "InvalidSetting": (9, "detail"),
    "JournalError": (2, "detail"), "PositionError": (2, "detail"), "AlertRefused": (1, "reason"),
    "EmptyPageKey": (0, "detail"), "RepeatedPageKey": (0, "detail"), "TooManyRows": (0, "detail"),
    "TooManyPages": (0, "detail"), "Later": (0, "reason"), "Refused": (0, "reason"), "Refusal": (1, "text"),
    "TokenRefused": (9, "text"), "RequestRefused": (9, "text"), "LoginRefused": (9, "text"), "Reply": (9, "text"),
    "SessionTaken": (9, "holder"), "Report": (9, "text"),
}  # fmt: skip
"""What people are told by, and where its words stand: the argument's place (9: none) and its name."""


def literals(node: ast.AST) -> Iterator[str]:
    """Yield the texts that an expression is made of; what is called is looked at by itself."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    if not isinstance(node, ast.Call):
        for part in ast.iter_child_nodes(node):
            yield from literals(part)


def test_no_error_is_made_of_english_words() -> None:
    """What a program did wrong (LocalProtocolError, TypeError) and an address are told by other means."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (name := ast.unparse(node.func).split(".")[-1]) in PROSE:
                place, word = PROSE[name]
                told = [*node.args[place : place + 1], *(each.value for each in node.keywords if each.arg == word)]
                prose = [text for each in told for text in literals(each) if re.search("[a-z]{2} [a-z]", text)]
                assert prose == [], f"{path}:{node.lineno}"


@given(recorded.reports)
def test_a_report_goes_through_json_unharmed(report: Report) -> None:
    assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_its_report(error: errors.JogeonError) -> None:
    assert str(error) == str(error.report)


def test_a_report_tells_no_secret() -> None:
    hide("planted-secret-key")
    report = Report("other", text="a planted-secret-key", name="planted-secret-key", other="planted-secret-key")
    assert "planted" not in repr(report) + str(report)


def test_code_and_text_of_a_close_are_told_as_far_as_they_go() -> None:
    assert str(Report("closed", code="1000", text="Bye")) == "closed by the server (1000 Bye)"
    assert str(Report("closed", code="1001")) == "closed by the server (1001)"


def test_an_error_of_the_system_keeps_its_number_and_its_words() -> None:
    gone = OSError(errno.ENOENT, os.strerror(errno.ENOENT), "a.txt")
    assert report_of(gone) == Report("system", number=errno.ENOENT, text=os.strerror(errno.ENOENT))
    assert report_of(OSError("no number")) == Report("library", name="OSError", text="no number")
    assert report_of(ValueError()) == Report("library", name="ValueError", text="ValueError")


class Inner(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    size: int | None = None


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    inner: Inner = Inner()
    lang: str = msgspec.field(default="ko")


@pytest.mark.parametrize(
    ("content", "report"),
    [
        ('{"name": 3}', Report("wrong type", name="str", other="int", place="name")),
        ('{"name": "", "inner": {"size": ""}}', Report("wrong type", "", "", "int | null", "str", "inner.size")),
        ("[]", Report("wrong type", name="object", other="array")),
        ("{}", Report("missing field", name="name")),
        ('{"name": "", "nmae": 1}', Report("unknown field", name="nmae")),
        ('{"name": "", "inner": {"x": 1}}', Report("unknown field", name="x", place="inner")),
    ],
)
def test_what_msgspec_refuses_is_taken_apart(content: str, report: Report) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode(content, type=Outer)
    assert complaint_of(caught.value) == report


def test_a_value_that_is_not_one_of_a_few_is_taken_apart() -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.json.decode('"jp"', type=Literal["ko", "en"])
    assert complaint_of(caught.value) == Report("wrong value", text="'jp'")


@pytest.mark.parametrize(
    ("content", "report"),
    [
        ('a = 1\nb = "\\x"', Report("at line", line=2, column=6)),
        ('a = "', Report("at end")),
    ],
)
def test_the_place_of_what_is_not_toml_is_found(content: str, report: Report) -> None:
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.toml.decode(content)
    found = place_in_toml(str(caught.value))
    assert found is not None
    assert (found.kind, found.line) == (report.kind, report.line)
    assert place_in_toml("another complaint") is None
