"""Lines of events: those that SQLite makes are those that are made one by one, whatever is in between."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jogeon.events import Condition, Enter, Event, Leave, State
from jogeon.export import csv_form, json_form
from jogeon.journal import parts
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.history import ALL, History, Selection
from jogeon.journal.lines import Form
from jogeon.journal.store import Store
from recorded import SECOND, START_NS

CONDITIONS = (Condition("4", "급등주"), Condition("7", '신고가, "돌파"'))
pytestmark = pytest.mark.usefixtures("spared_disk")
clocks = st.sampled_from(
    ["090000", "000000", "235959", "205959", "210000", "210001", "240000", "126000", "", "9:00", "90000", " 90000"]
)


@pytest.fixture(scope="module", autouse=True)
def _small_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (("PART", 8), ("SMALL", 2)):
            patch.setattr(parts, name, size)
        yield


@st.composite
def told(draw: st.DrawFn) -> Event:
    at_ns = START_NS + draw(st.integers(0, 100_000)) * SECOND + draw(st.sampled_from([0, 1, 999, 1_000, SECOND - 1]))
    if draw(st.integers(0, 9)) == 0:
        return State(at_ns, "connected", None, draw(st.sampled_from(["", 'a "word", and more\n'])))
    kind = Leave if draw(st.booleans()) else Enter
    code = draw(st.sampled_from(["005930", "0000D0", "=1+1", "", "a,b", 'a"\\b', "끝\0"]))
    return kind(at_ns, draw(st.sampled_from(CONDITIONS)), code, draw(clocks))


def text(path: object, form: Form, selection: Selection) -> tuple[int, bytes]:
    with History(path) as history:  # type: ignore[arg-type]  # a path
        made = list(history.lines(form, selection))
    return sum(count for count, _ in made), b"".join(part for _, part in made)


@settings(max_examples=50)  # each fills tables of all seconds of a day
@given(st.lists(told(), max_size=60), st.sampled_from([ALL, Selection((START_NS, START_NS + 50_000 * SECOND), ("4",))]))
def test_the_quick_way_makes_the_same_lines(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], selection: Selection
) -> None:
    path = tmp_path_factory.mktemp("lines") / "journal"
    for half in (events[::2], events[1::2]):  # two epochs
        store = Store.open(path)
        builder = CommitBuilder(store.head)
        builder.fold.known.clear()
        commit = builder.enter(half)
        commit.names += [
            ("005930", START_NS + 9 * SECOND, '"삼성", 전자'),
            ("005930", START_NS + 20_000 * SECOND, "새 이름"),
        ]
        store.write(commit)
        store.close()
    if not events:
        return
    if selection is not ALL and not any(getattr(each, "condition", None) == CONDITIONS[0] for each in events):
        return
    for form in (csv_form(str), json_form()):
        slow = text(path, form, selection)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parts, "WORTH", 0)
            quick = text(path, form, selection)
        assert quick == slow
