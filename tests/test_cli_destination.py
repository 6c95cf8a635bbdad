"""Where a result goes, and in which form."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import pytest

from jogeon.cli.arguments.choices import Choices
from jogeon.cli.showing.destination import destination, form_of, tell_saved
from jogeon.cli.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path


def choices(*, json: bool = False) -> Choices:
    return Choices(Texts("en"), connect=None, json=json)  # type: ignore[arg-type]  # nothing connects here


@pytest.mark.parametrize(
    ("terminal", "json", "as_csv", "output", "form"),
    [
        (True, False, False, None, "table"),
        (True, False, False, "-", "table"),
        (True, True, False, None, "json"),
        (True, False, True, None, "csv"),
        (True, False, False, "hits", "json"),
        (True, False, False, "hits.CSV", "csv"),
        (True, True, False, "hits.csv", "json"),
        (False, False, False, None, "json"),
        (False, False, True, None, "csv"),
    ],
)
def test_the_form(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, json: bool, as_csv: bool, output: str | None, form: str
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert form_of(choices(json=json), output, as_csv=as_csv) == form


def test_two_forms_at_once_are_refused() -> None:
    with pytest.raises(click.BadParameter):
        form_of(choices(json=True), None, as_csv=True)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("hits.xlsx", "cannot save as .xlsx. For Excel: -o hits.csv; for programs: -o hits.json."),
        ("hits.v2", "cannot save as .v2. For Excel: -o hits.v2.csv; for programs: -o hits.v2.json."),
    ],
)
def test_another_kind_of_file_is_refused_with_names_that_are_good(output: str, said: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        form_of(choices(), output, as_csv=False)
    assert refused.value.message == said


def test_a_file_is_told_on_stderr_and_standard_output_is_not(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for output in (str(tmp_path / "hits"), "-", None):
        with destination(output) as write:
            write(b"{}\n")
        tell_saved(choices(), output, 1)
    assert (tmp_path / "hits").read_bytes() == b"{}\n"
    assert capfd.readouterr() == ("{}\n{}\n", f"saved: {tmp_path / 'hits'} (1 row)\n")
