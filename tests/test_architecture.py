"""The rooms of the design as data, and the source held against them: imports, sizes, names, errors, start-up."""

from __future__ import annotations

import ast
import graphlib
import importlib
import io
import subprocess
import sys
import tokenize
from functools import cache
from importlib.util import resolve_name
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import jogeon

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
SRC = TESTS.parent / "src"

# Each wing with its rooms; a room imports the rooms before it in its wing, and the wings below.
WINGS = {
    "ground": "version masks visible reports details errors events prices times gaps files maintenance net endpoint"
    " web",
    "wire": "values search_row messages quotes readers requests writers lines session stocks",
    "live": "setback membership debts listing pages stages folding followed attempts doubts subscription wishes"
    " planner relayed subscriptions retry returning last_words listening waiter receiving slots turns holding pricing"
    " ledger quoting asking throttle queue jobs ending pending connection opening policy beats serving supervisor feed",
    "account": "pasted environment settings keyrings keyfiles keys consumers hubs lock tokens names stkinfo markets",
    "server": "frames settings groups door receive_queue send_queue deadlines peer certificate encrypted server callers"
    " http token_routes stock_routes issued",
    "journal": "position beside naming fold format schema shape commits stats rollups resume ahead evidence reading"
    " entries returns weighing following steps migration file store inbox committing writer relay counting"
    " outcomes stays parts lines copies moments history retention",
    "people": "arguments members interfaces recording watch client several export dataframes",
    "simulator": "market broker serving recorded simulator",
    "hub": "aliases topics searches metrics guesses refusals tokens stocks desks fanout stream searching trades"
    " registering broker status doors routes hub",
    "alerts": "closings rules deciding outbox targets telegram webhook command apprise sending places settings adding"
    " chats making own wording rebuilding letterbox ticking alerting",
    "board": "visitors series blindness roster stocks picture diffs past board routes",
    "nats": "address parcels opening outgoing streams ticker responder lease publisher copy pulling asking answers"
    " link",
    "doors": "connect sync testing",
    "cli": "texts arguments showing running commands app",
}
BELOW = {
    "ground": set(),
    "wire": {"ground"},
    "account": {"ground", "wire"},
    "server": {"ground", "wire"},
    "live": {"ground", "wire"},
    "journal": {"ground", "wire", "live"},
    "people": {"ground", "wire", "live", "account", "journal"},
    **{
        role: {"ground", "wire", "live", "account", "server", "journal", "people"}
        for role in ("simulator", "hub", "alerts", "board", "nats")
    },  # roles never import each other
    "doors": {"ground", "wire", "live", "account", "server", "journal", "people", "simulator", "hub", "nats"},
    "cli": set(WINGS) - {"cli"},
}
# Wings whose rooms are modules beside the wings, not a folder of that name.
LOOSE = {"ground", "people", "doors"}
WING_OF = {room: wing for wing in LOOSE for room in WINGS[wing].split()}
# No I/O, clock or task here.
PURE = {
    "wire": "values search_row messages quotes readers requests writers lines session stocks",
    "live": "setback membership debts listing pages stages folding followed attempts doubts subscription wishes"
    " planner relayed subscriptions retry returning last_words listening receiving slots turns holding pricing ledger"
    " quoting",
    "journal": "position beside naming fold format schema shape commits stats rollups resume",
    "hub": "aliases topics searches guesses",
    "board": "visitors series blindness roster stocks picture diffs",
    "nats": "address parcels copy",
}
IMPURE = {"asyncio", "socket", "threading", "time", "random", "logging"}
# Libraries that can be exchanged, because only these rooms know them.
OWNERS = {
    "picows": {
        "live.ending",
        "live.connection",
        "live.opening",
        "server.receive_queue",
        "server.send_queue",
        "server.peer",
        "server.server",
        "testing",
    },
    "click": {"cli"},
    "rich": {"cli"},
    "keyring": {"account.keyrings"},
    "filelock": {"files"},
    "httpx2": {"web"},
}
REFUSED_NAMES = {"utils", "util", "helpers", "helper", "base", "manager", "common", "constants"}

FILE_LINES = 400
CLASS_LINES = 250
FUNCTION_LINES = 60
PUBLIC_NAMES = 40
PURE_SHARE = 0.3
# "jogeon.module", "jogeon.module.Class" or "jogeon.module.function": why it is longer.
LONG_FILES: dict[str, str] = {}
LONG_CLASSES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
ROOT_ERROR = "jogeon.errors.JogeonError"
OTHER_ERRORS = {
    "RulesError": "a ValueError in a file of simulated conditions; no user of a client meets it",
    "HelpAsked": "click's own way to end at once, with the page to show",
    "ExpressionError": "a ValueError in the text of a simulated condition; no user of a client meets it",
    "NotAFileError": "an OSError; whoever opens a file of the user tells it in its own words",
    "_WrongShape": "never leaves readers, which answers with Malformed",
}
# What `import jogeon` may load from outside the standard library.
LOADED = {
    "jogeon", "picows", "msgspec",
    "aiofastnet", "multidict", "python_socks", "lazy_importer", "typing_extensions",  # needed by picows
    "cython_runtime",  # made up in memory by what Cython built, beside _cython_<version>
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def module_name(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {module_name(path): path for path in sorted((SRC / "jogeon").rglob("*.py"))}


@cache
def tree_of(name: str) -> ast.Module:
    """Return a module as it is parsed: only the worker that tests it does so."""
    return ast.parse(PATHS[name].read_text(encoding="utf-8"))


def wing_and_room(name: str) -> tuple[str, str]:
    """Return the wing of a module and its room there; a wing itself has the room ""."""
    first, _, rest = name.removeprefix("jogeon").removeprefix(".").partition(".")
    if first in WING_OF:
        return WING_OF[first], first
    return first, rest.split(".")[0]


def imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Yield the full name of each thing that is imported anywhere in a module of the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{source}.{alias.name}" for alias in node.names)


def imports(name: str) -> set[str]:
    package = name if PATHS[name].name == "__init__.py" else name.rpartition(".")[0]
    return set(imported(tree_of(name), package))


def module_of(thing: str) -> str:
    """Return the module of ours that holds the imported thing; `jogeon` itself where no other does."""
    while thing not in PATHS:
        thing = thing.rpartition(".")[0]
    return thing


def inner_imports(name: str) -> set[str]:
    return {module_of(thing) for thing in imports(name) if thing.split(".")[0] == "jogeon"} - {name}


def outer_imports(name: str) -> set[str]:
    return {thing.split(".")[0] for thing in imports(name)} - {"jogeon"}


def may_import(importer: str, target: str) -> bool:
    """Return whether one module may import another, both by full name."""
    wing, room = wing_and_room(importer)
    to_wing, to_room = wing_and_room(target)
    if wing in {"", "__main__"}:
        return (to_wing == "cli") is (wing == "__main__")
    if to_wing != wing:
        return to_wing in BELOW[wing]
    rooms = WINGS[wing].split()
    return room == to_room or "" in (room, to_room) or rooms.index(to_room) < rooms.index(room)


def is_pure(name: str) -> bool:
    wing, room = wing_and_room(name)
    return (wing == "ground" and room in {"details", "errors", "events", "gaps"}) or room in PURE.get(wing, "").split()


def functions() -> Iterator[tuple[str, Function]]:
    for name in PATHS:
        for node in ast.walk(tree_of(name)):
            if isinstance(node, Function):
                yield f"{name}.{node.name}", node


def arguments(function: Function) -> Iterator[ast.arg]:
    every = function.args
    yield from chain(every.posonlyargs, every.args, every.kwonlyargs)
    yield from filter(None, (every.vararg, every.kwarg))


def code_lines(name: str) -> int:
    """Count the lines that hold code: no blank lines, comments or docstrings."""
    between = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(PATHS[name].read_text(encoding="utf-8")).readline)
    lines = {line for t in tokens if t.type not in between for line in range(t.start[0], t.end[0] + 1)}
    return len(lines - docstring_lines(tree_of(name)))


def docstring_lines(tree: ast.Module) -> set[int]:
    texts = (n for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
    return {line for text in texts for line in range(text.lineno, (text.end_lineno or text.lineno) + 1)}


def file_names_of_tests(name: str) -> set[str]:
    parts = name.split(".")[1:]
    if parts[0] == "testing":
        return {"test_testing.py"}
    if parts[0] == "cli":
        return {f"test_cli_{parts[-1]}.py", "_".join(["test", *parts]) + ".py", "test_cli.py"}
    return {f"test_{parts[-1]}.py", "_".join(["test", *parts]) + ".py", f"test_{parts[0]}_{parts[-1]}.py"}


def holds_code(name: str) -> bool:
    return any(isinstance(node, Function | ast.ClassDef) for node in tree_of(name).body)


def subclasses(parent: type[BaseException]) -> Iterator[type[BaseException]]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


def ancestors(error: type[BaseException]) -> set[str]:
    return {f"{each.__module__}.{each.__name__}" for each in error.__mro__}


def test_every_module_has_a_room() -> None:
    rooms = {wing_and_room(name) for name in PATHS}
    assert {wing for wing, _ in rooms} <= {"", "__main__", *WINGS}
    assert [f"{wing}.{room}" for wing, room in rooms if room and room not in WINGS[wing].split()] == []


def test_imports_go_down_or_as_listed() -> None:
    wrong = [f"{name} → {target}" for name in PATHS for target in inner_imports(name) if not may_import(name, target)]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "target", "allowed"),
    [
        ("hub", "server.server", True),
        ("watch", "journal.writer", True),
        ("simulator.market", "simulator.market.tape", True),
        ("simulator.broker", "simulator.serving", False),
        ("", "connect", True),
        ("__main__", "cli", True),
        ("wire.session", "client", False),
        ("wire.session", "live.membership", False),
        ("live.subscriptions", "live.subscription", True),
        ("live.subscription", "live.subscriptions", False),
        ("live.membership", "wire.messages", True),
        ("live.supervisor", "journal.writer", False),
        ("wire.messages", "events", True),
        ("client", "server.server", False),
        ("hub", "simulator", False),
        ("nats", "hub", False),
        ("connect", "cli", False),
        ("", "cli", False),
        ("errors", "", False),
    ],
)
def test_the_table_of_rooms(importer: str, target: str, *, allowed: bool) -> None:
    assert may_import(f"jogeon.{importer}".rstrip("."), f"jogeon.{target}".rstrip(".")) is allowed


def test_the_scripted_broker_imports_nothing_of_what_it_tests() -> None:
    inner = {target for name in PATHS if name.startswith("jogeon.testing") for target in inner_imports(name)}
    assert {target for target in inner if not target.startswith("jogeon.testing")} == set()


def test_an_import_is_seen_wherever_it_stands() -> None:
    source = "import a.b\ndef f():\n    from ..c import d\nif x:\n    from . import e\n"
    assert set(imported(ast.parse(source), "p.q")) == {"a.b", "p.c.d", "p.q.e"}


def test_no_import_cycle() -> None:
    graphlib.TopologicalSorter({name: inner_imports(name) for name in PATHS}).prepare()


def test_words_and_rules_are_pure() -> None:
    impure = {name: outer_imports(name) & IMPURE for name in PATHS if is_pure(name)}
    assert not any(impure.values()), impure


def test_only_its_owners_know_a_library() -> None:
    wrong = [f"{name} → {library}" for name in PATHS for library, owners in OWNERS.items()
             if library in outer_imports(name) and not is_owner(name.removeprefix("jogeon."), owners)]  # fmt: skip
    assert wrong == []


def is_owner(name: str, owners: set[str]) -> bool:
    return name in owners or name.split(".", maxsplit=1)[0] in owners


def test_words_and_rules_are_a_good_part_of_the_whole() -> None:
    counted = {"ground", *PURE, "account", "server", "people"}
    lines = {name: code_lines(name) for name in PATHS if wing_and_room(name)[0] in counted}
    assert sum(lines[name] for name in lines if is_pure(name)) >= PURE_SHARE * sum(lines.values()), lines


def test_no_module_is_a_drawer() -> None:
    assert [name for name in PATHS if REFUSED_NAMES & {part.strip("_") for part in name.split(".")}] == []


def test_files_are_short() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in PATHS.items()}
    assert {name for name, lines in lengths.items() if lines > FILE_LINES} == set(LONG_FILES)


def test_classes_are_short() -> None:
    classes = [(name, node) for name in PATHS for node in ast.walk(tree_of(name)) if isinstance(node, ast.ClassDef)]
    lengths = {f"{name}.{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1 for name, node in classes}
    assert {name for name, lines in lengths.items() if lines > CLASS_LINES} == set(LONG_CLASSES)


def test_functions_are_short() -> None:
    lengths = [(name, (node.end_lineno or node.lineno) - node.lineno + 1) for name, node in functions()]
    assert {name for name, lines in lengths if lines > FUNCTION_LINES} == set(LONG_FUNCTIONS)


def test_every_argument_is_typed() -> None:
    untyped = [f"{name}({each.arg})" for name, node in functions() for each in arguments(node)
               if each.annotation is None and each.arg not in {"self", "cls"}]  # fmt: skip
    assert untyped == []


def test_every_module_has_a_test_file_with_its_name() -> None:
    written = {path.name for path in TESTS.glob("test_*.py")}
    inner = [name for name in PATHS if wing_and_room(name)[0] not in {"", "__main__"} and holds_code(name)]
    assert [name for name in inner if not file_names_of_tests(name) & written] == []


def test_errors_have_one_root() -> None:
    for name in PATHS:
        if not name.endswith("__main__"):
            importlib.import_module(name)
    ours = [each for each in subclasses(BaseException) if each.__module__.split(".")[0] == "jogeon"]
    assert {each.__name__ for each in ours if ROOT_ERROR not in ancestors(each)} <= set(OTHER_ERRORS)


def test_public_names_are_few_and_there() -> None:
    names = getattr(jogeon, "__all__", ())
    assert len(names) <= PUBLIC_NAMES
    assert [name for name in names if not hasattr(jogeon, name)] == []


def test_a_public_name_is_imported_at_its_first_use_and_stays_what_it_is() -> None:
    program = """
import sys, jogeon
assert not {"asyncio", "picows", "msgspec"} & set(sys.modules), "too early"
assert set(dir(jogeon)) == set(jogeon.__all__)
import jogeon.sync  # imports jogeon.connect, the module, which must not hide the function
assert callable(jogeon.connect) and jogeon.Watch is jogeon.watch.Watch
assert not hasattr(jogeon, "Ether")
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_import_loads_little() -> None:
    program = "import sys; before = set(sys.modules); from jogeon import *; print(*set(sys.modules) - before)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in answer.stdout.split() if not name.startswith("_cython_")}
    assert loaded - sys.stdlib_module_names <= LOADED


def test_help_loads_neither_settings_nor_a_loop() -> None:
    program = "import sys; from jogeon.cli.app import run; run(['--help']); print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout.decode()
    loaded = set(answer.splitlines()[-1].split())
    assert "click" in loaded
    assert not {"asyncio", "logging", "msgspec", "picows", "rich", "jogeon.account.settings"} & loaded
