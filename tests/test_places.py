"""Lines of a TOML text by what stands in them."""

import pytest

from jogeon.alerts.places import line_of

TEXT = """\
lang = "ko"

[[alerts.rules]]   # the first
name = "급등"
hours = "09:00-15:20"
[[alerts.rules]]
name = "둘"
to = [
    "폰",
]
[alerts.targets."내 폰"]
kind = "telegram"
[alerts]
self.taken = true
[alerts.targets.폰]
token_env = 'X'
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("alerts", "rules", 0), 3),
        (("alerts", "rules", 0, "hours"), 5),
        (("alerts", "rules", 1, "name"), 7),
        (("alerts", "rules", 1, "to"), 8),
        (("alerts", "rules", 1, "cap"), 6),
        (("alerts", "targets", "내 폰", "kind"), 12),
        (("alerts", "self", "taken"), 14),
        (("alerts", "targets", "폰", "token_env"), 16),
        (("alerts", "targets", "없음"), 13),
        (("keys",), 0),
    ],
)
def test_a_place_has_a_line(place: tuple[str | int, ...], line: int) -> None:
    assert line_of(TEXT, place) == line
