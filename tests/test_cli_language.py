"""Korean where Korean is spoken or asked for, English elsewhere."""

from __future__ import annotations

import pytest

from jogeon.cli.texts.language import asked_for, spoken_here


@pytest.mark.parametrize(
    ("environ", "spoken"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
        ({}, "en"),
    ],
)
def test_the_locale_decides(environ: dict[str, str], spoken: str) -> None:
    assert spoken_here(environ) == spoken


@pytest.mark.parametrize(
    ("argv", "asked"),
    [
        ([], None),
        (["--lang", "ko", "list"], "ko"),
        (["list", "--lang", "EN"], "en"),
        (["list", "--lang=ko"], "ko"),
        (["--lang", "en", "list", "--lang", "ko"], "ko"),
        (["list", "--lang", "fr"], None),
        (["list", "--lang"], None),
        (["search", "ko", "--", "--lang", "en"], None),
    ],
)
def test_a_language_is_asked_for_anywhere(argv: list[str], asked: str | None) -> None:
    assert asked_for(argv) == asked


def test_a_korean_windows_says_it_without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jogeon.cli.texts.language._windows_speaks_korean", lambda: True)
    assert spoken_here({}) == "ko"
