"""The docs held against the program: what they show runs, what they name exists, and what exists is named."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tokenize
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast, get_args

import click
import pytest

import jogeon
from jogeon import events, testing
from jogeon.account.settings import parse
from jogeon.cli.app import COMMANDS, Jogeon, run
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.showing.failures import EXITS, INTERRUPTED, USAGE
from jogeon.cli.showing.ink import plain
from jogeon.cli.showing.json_lines import condition_line, event_line, stock_line
from jogeon.cli.showing.live_picture import Story, Worth
from jogeon.cli.showing.live_view import Screen
from jogeon.cli.showing.terminal import RICH_SIGNS
from jogeon.cli.texts import Texts
from jogeon.connect import PACE
from jogeon.errors import ConnectionLost
from jogeon.events import (
    Anomaly,
    Cause,
    Condition,
    Enter,
    Event,
    Gap,
    Leave,
    Member,
    Sign,
    Snapshot,
    State,
    StateName,
    Stock,
    korean,
)
from jogeon.live import attempts, retry, supervisor
from jogeon.live import queue as fanout
from jogeon.live.connection import REPLY_TIMEOUT
from jogeon.live.policy import Policy
from jogeon.live.stages import STAGES
from jogeon.reports import Report
from jogeon.simulator.broker.faults import Order
from jogeon.simulator.broker.switches import Switches
from jogeon.simulator.market.companies import companies
from jogeon.simulator.market.expressions import FIELDS, parse_conditions
from jogeon.wire.session import PHASES, Step
from test_architecture import WINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from enum import Enum

    from jogeon.cli.texts.language import Lang

ROOT = Path(__file__).parents[1]
READMES = {"en": ROOT / "README.md", "ko": ROOT / "README.ko.md"}
ARCHITECTURE = ROOT / "docs" / "architecture.md"
SIMULATOR = ROOT / "docs" / "simulator.md"
TESTING = ROOT / "docs" / "testing.md"
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})

SETTLED = 0.5
"""Seconds after its first line from which a block that goes on is in its loop."""
ENOUGH_LINES = 2
PATIENCE = 100.0
OTHER_PROGRAMS = {"curl", "jq", "ForEach-Object", "Invoke-RestMethod", "Register-ScheduledTask", "Start-ScheduledTask"}
PLACEHOLDERS = {"NAME…": "급등주", "FILE": "my.toml"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITHOUT_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A piece of code of a page."""

    language: str
    text: str


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, *languages: str) -> list[Block]:
    found = [Block(*match.groups()) for match in FENCE.finditer(text_of(page))]
    return [block for block in found if block.language in languages or not languages]


def headings(page: Path) -> list[tuple[int, str]]:
    plain = FENCE.sub("", text_of(page))
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", plain, re.MULTILINE)]


def without_comments(block: Block) -> str:
    """Return code without its comments: they are in the language of the page."""
    if block.language == "python":
        tokens = tokenize.generate_tokens(io.StringIO(block.text).readline)
        return " ".join(token.string for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL))
    return "\n".join(re.sub(r"(^|\s+)#.*$", "", line) for line in block.text.splitlines())


# ---------------------------------------------------------------- two languages, one README


def test_both_readmes_have_the_same_sections() -> None:
    levels = [[level for level, _ in headings(page)] for page in READMES.values()]
    assert levels[0] == levels[1]


def test_both_readmes_show_the_same_code() -> None:
    shown = [[(block.language, without_comments(block)) for block in blocks(page) if block.language != "text"]
             for page in READMES.values()]  # fmt: skip
    assert shown[0] == shown[1]


def test_each_readme_begins_with_the_other_and_with_the_two_commands() -> None:
    for lang, page in READMES.items():
        others = [other.name for name, other in READMES.items() if name != lang]
        top = "\n".join(text_of(page).splitlines()[:14])
        assert all(f"({name})" in top for name in others)
        assert re.findall(r"^make \w+", top, re.MULTILINE) == ["make demo", "make test"]


# ---------------------------------------------------------------- what they show runs


async def told(code: str) -> str:
    """Run a program as a user would, with Ctrl+C once it is in its loop; return what went wrong, if anything did."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-c", code, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            interrupted = await _in_its_loop(process.stdout)
            if interrupted:
                process.send_signal(signal.SIGINT)
            await process.stdout.read()
            complaint = (await process.stderr.read()).decode().strip()
            code_of_exit = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    ended_as_asked = interrupted and complaint.endswith("KeyboardInterrupt")
    return "" if ended_as_asked or code_of_exit == 0 else f"exit {code_of_exit}: {complaint}"


async def _in_its_loop(lines: asyncio.StreamReader) -> bool:
    """Read until lines come some time after the first one; False if the program ended before."""
    first, late = None, 0
    clock = asyncio.get_running_loop().time
    while await lines.readline():
        first = first or clock()
        late += clock() - first > SETTLED
        if late == ENOUGH_LINES:
            return True
    return False


async def test_every_python_block_of_the_readmes_runs() -> None:
    codes = [block.text for block in blocks(READMES["en"], "python")]
    complaints = await asyncio.gather(*map(told, codes))
    assert [complaint for complaint in complaints if complaint] == []


def test_every_python_block_of_any_page_compiles() -> None:
    for page in PAGES:
        for block in blocks(page, "python"):
            compile(block.text, str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("lang", READMES)
def test_what_a_command_answers_is_shown_as_it_is(
    lang: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOGEON_LANG", lang)
    shown = [block.text for block in blocks(READMES[lang], "text") if block.text.startswith("$ jogeon ")]
    assert shown
    for text in shown:
        typed, _, answer = text.partition("\n")
        run(shlex.split(typed)[2:])
        output = capfd.readouterr()
        assert output.out + output.err == answer


@pytest.mark.parametrize("lang", READMES)
def test_the_picture_at_the_top_is_what_the_command_draws(lang: Lang) -> None:
    texts = Texts(lang)
    screen = Screen(texts, RICH_SIGNS, keys=True, made_up=True)
    lines = screen.draw(story(texts("server.demo")).picture(after(20)), 94, 17)
    assert blocks(READMES[lang], "text")[0].text == "".join(f"{plain(line).rstrip()}\n" for line in lines)


def after(seconds: int) -> int:
    """Return a moment after 09:57:00 Korean time, in nanoseconds since 1970."""
    return 1_795_395_420_000_000_000 + seconds * 1_000_000_000


STOCKS = {
    "243460": ("가상금융 036", Worth(19_370, "rise", 4.76, 115_417, 19_440, -0.36)),
    "102490": ("가상물산 021", Worth(13_620, "limit-up", 29.96, 25_276, 13_620, 0.0)),
    "223850": ("가상철강 030", Worth(67_900, "rise", 5.76, 4_264, 66_500, 2.11)),
    "405520": ("가상에너지 053", Worth(2_775, "rise", 6.94, 146_929, 2_755, 0.73)),
    "671920": ("가상전자 083", Worth(59_300, "rise", 0.87, 498_207, 59_300, 0.0)),
    "251970": ("가상바이오 073", Worth()),
    "0003A0": ("가상로봇 0003", Worth(6_750, "fall", -1.46, 120_640, 6_760, -0.15)),
}
"""Names and prices of the picture at the top."""


def story(server: str) -> Story:
    """Tell of a minute with an outage in it."""
    surge, high, slump = (Condition(*pair) for pair in (("4", "급등주"), ("1", "신고가 돌파"), ("5", "급락주")))
    told = Story(server)
    told.hear(korean(after(20)))
    told.take(Leave(after(3), surge, "251970", name=STOCKS["251970"][0]))
    for condition in (surge, high, slump):
        told.take(Gap(condition, after(4), after(15), "connection lost"))
    told.take(Enter(after(15), surge, "243460", "", "recovered", after(4), after(15)))
    told.take(Enter(after(18), surge, "671920", name=STOCKS["671920"][0]))
    told.take(Leave(after(19), surge, "0003A0", name=STOCKS["0003A0"][0]))
    members = {
        "급등주": {"671920": 18, "243460": 15, "102490": 2, "223850": 0, "405520": 0},
        "신고가 돌파": {"223850": 18, "467680": 3, "551300": 1},
        "급락주": {},
    }
    told.look([surge, high, slump], {
        name: {code: member(code, second) for code, second in inside.items()} for name, inside in members.items()
    }, {code: price for code, (_, price) in STOCKS.items()})  # fmt: skip
    return told


def member(code: str, second: int) -> Member:
    """Return a stock that is in since this second: 15 is the end of the outage, 0 the beginning of the watch."""
    origin: Literal["snapshot", "live", "recovered"] = {0: "snapshot", 15: "recovered"}.get(second, "live")  # type: ignore[assignment]  # it is one of them
    return Member(code, after(second), origin, STOCKS.get(code, ("",))[0] or None)


def test_every_toml_block_can_be_read() -> None:
    for page in PAGES:
        for block in blocks(page, "toml"):
            if "[[condition]]" in block.text:
                assert parse_conditions(block.text.encode(), str(page))
            else:
                assert parse(page, block.text.encode())


def test_the_json_lines_have_the_fields_of_their_kind() -> None:
    condition, at = Condition("4", "급등주"), 10**18
    stock = Stock("097680", "가상건설 014", 7320, "rise", 350, 5.02, 173_582, 7320, 7320, 7320)
    changes: list[Event] = [
        Snapshot(at, condition, ("097680",)),
        Enter(at, condition, "0000N0", "090001"),
        Gap(condition, at, at, "connection lost"),
        Leave(at, condition, "097680", "", "recovered", at, at),
        State(at, "reconnecting", pause=0.8, error=ConnectionLost(Report("closed", code="1000", text="Bye")).report),
        Anomaly(at, condition=condition, code="097680", error=Report("leave of a non-member")),
    ]
    lines = [condition_line(condition), stock_line(condition, stock), *map(event_line, changes)]
    [shown] = [block.text.splitlines() for block in blocks(READMES["en"], "json")]
    assert [shape(line) for line in shown] == [shape(line.decode().strip()) for line in lines]


def shape(line: str) -> object:
    """Return the fields of a JSON line in their order, and the kind of event it is."""
    fields = json.loads(line)
    assert line.replace("…", "") == json.dumps(fields, ensure_ascii=False, separators=(",", ":")).replace("…", "")
    return [fields.get("event"), *fields]


# ---------------------------------------------------------------- every command exists


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the words of each command of a page: of its shell blocks, and of `jogeon …` and `make …` in its text."""
    for block in blocks(page, "sh", "powershell"):
        for line in without_comments(block).splitlines():
            yield from split(line, windows=block.language == "powershell")
    prose = FENCE.sub("", text_of(page))
    for code in re.findall(r"`((?:jogeon|make) [^`]*)`", prose):
        words = [PLACEHOLDERS.get(word, word) for word in shlex.split(code)]
        yield [*words, "--help"] if words[0] == "jogeon" and len(words) == 2 else words  # the mere name of a command


def split(line: str, *, windows: bool) -> Iterator[list[str]]:
    """Yield the words of each command of a line; what is not a command (assignments, redirections) is left away."""
    line = re.sub(r"\{[^'\"]*\}", "{}", line)  # what PowerShell does with each line it gets
    lexer = shlex.shlex(line, posix=not windows, punctuation_chars="|;>")
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    for word in (*lexer, ";"):
        if word in ("|", ";", ">"):
            if words and not words[0].startswith(("$", "[")):
                yield words
            words = [">"] if word == ">" else []
        else:
            words.append(word)


def check(words: list[str]) -> None:
    """Fail if a command does not exist, or would not be understood."""
    program, *arguments = words
    match re.sub(r"^\.venv[\\/](Scripts|bin)[\\/]", "", program):
        case "jogeon":
            understood(arguments)
        case "make":
            targets = re.findall(r"^(\w+):", text_of(ROOT / "Makefile"), re.MULTILINE)
            assert set(arguments) - {each for each in arguments if "=" in each} <= set(targets), words
        case "py" | "python":
            assert arguments[0] == "-m" or (ROOT / arguments[0]).is_file(), words
        case ">" | "source" | "Activate.ps1":
            pass
        case _ if any("_JOGEON_COMPLETE=" in word for word in words):
            pass  # what a shell does with it is tried in test_cli_app
        case other:
            assert other in OTHER_PROGRAMS, words


def understood(argv: list[str]) -> None:
    """Let click read a command line without running it."""
    texts = Texts("en")
    choices = Choices(texts, jogeon.connect, tuple(argv))
    try:
        outer = Jogeon(texts).make_context("jogeon", list(argv), obj=choices)
        name, command, rest = Jogeon(texts).resolve_command(outer, [*outer._protected_args, *outer.args])
        assert command is not None
        command.make_context(name, rest, parent=outer)
    except click.exceptions.Exit:  # --help, --version
        pass
    except click.UsageError as error:
        pytest.fail(f"jogeon {shlex.join(argv)}: {error.format_message()}", pytrace=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_shown_exists_with_its_options(page: Path) -> None:
    (Path.cwd() / "my.toml").write_text('[[condition]]\nname = "가"\nexpression = "현재가 > 0"\n', encoding="utf-8")
    for words in commands(page):
        check(words)


def test_a_command_that_does_not_exist_is_found() -> None:
    for line in ("jogeon wacth 급등주", "jogeon watch --al", "jogeon demo --speed fast", "jogeon clear"):
        with pytest.raises(pytest.fail.Exception):
            check(shlex.split(line))


def test_the_commands_of_a_line() -> None:
    line = """$env:A = "…"; jogeon watch 급등주 --json > a.jsonl | ForEach-Object { $_ }"""
    assert list(split(line, windows=True)) == [
        ["jogeon", "watch", "급등주", "--json"], [">", "a.jsonl"], ["ForEach-Object", "{}"],
    ]  # fmt: skip


# ---------------------------------------------------------------- everything that exists is named


def named(page: Path) -> set[str]:
    """Return what a page sets in code."""
    return set(re.findall(r"`([^`\n]+)`", FENCE.sub("", text_of(page))))


def flags() -> set[str]:
    group = Jogeon(Texts("en"))
    every = [group, *(group.get_command(click.Context(group), name) for name in COMMANDS)]
    return {flag for each in every if each is not None for param in each.params if isinstance(param, click.Option)
            for flag in param.opts}  # fmt: skip


@pytest.mark.parametrize("page", READMES.values(), ids=READMES)
def test_every_command_and_option_is_documented(page: Path) -> None:
    words = named(page)
    first_words = {" ".join(word.split()[:2]) for word in words}
    assert {f"jogeon {name}" for name in COMMANDS} <= first_words
    assert flags() <= words


@pytest.mark.parametrize("page", READMES.values(), ids=READMES)
def test_every_event_state_and_cause_is_documented(page: Path) -> None:
    words = named(page)
    assert {event.__name__ for event in get_args(Event)} <= words
    assert {"live", "recovered", *get_args(Cause), *get_args(StateName), *get_args(Sign)} <= words


@pytest.mark.parametrize("page", READMES.values(), ids=READMES)
def test_every_exit_code_is_documented_with_the_errors_that_lead_to_it(page: Path) -> None:
    rows = dict(re.findall(r"^\| (\d+) \|(.*)\|$", text_of(page), re.MULTILINE))
    assert set(rows) == {str(code) for code in {0, USAGE, INTERRUPTED, *EXITS.values()}}
    public = [error for error in vars(jogeon).values() if isinstance(error, type) and issubclass(error, Exception)]
    expected = defaultdict(set)
    for error in public:
        expected[str(next(EXITS[kind] for kind in error.__mro__ if kind in EXITS))].add(error.__name__)
    documented = {code: set(re.findall(r"`([A-Z]\w+[a-z])`", row)) for code, row in rows.items()}
    assert {code: names for code, names in documented.items() if names} == expected


@pytest.mark.parametrize("page", [*READMES.values(), SIMULATOR], ids=lambda page: page.name)
def test_every_fault_is_documented(page: Path) -> None:
    assert set(Order.__struct_fields__) <= named(page)


def test_every_switch_and_every_field_of_a_condition_is_documented() -> None:
    assert {*Switches.__struct_fields__, *FIELDS} <= named(SIMULATOR)


def test_everything_a_scripted_broker_can_do_is_documented() -> None:
    words = set(re.findall(r"\w+", " ".join(named(TESTING))))
    assert {name for name in dir(testing.Broker) if not name.startswith("_")} <= words
    assert {"Quote", "Request", "End"} <= words


def test_the_numbers_are_those_of_the_program() -> None:
    longest_silence = retry.Liveness().bound
    least = retry.Liveness()
    for moment in range(5):
        least.ping(moment)
    first, last = attempts.UNANSWERED_PAUSE
    for page in READMES.values():
        text = re.sub(r"(\d)(초|배|건|번)", r"\1 \2", text_of(page)).replace("~", " to ")
        assert f" {retry.FIRST_RETRY:g} " in text
        assert f"1, 2, 4 … {retry.LONGEST_RETRY:g} " in text
        assert f"{least.bound:g} to {longest_silence:g} " in text
        assert f"{first:g} … {last:g} " in text
        assert f"{fanout.MAX_EVENTS:,}" in text
        assert f"{fanout.MAX_BYTES // 2**20} MiB" in text
        assert f" {supervisor.LOGINS_AN_HOUR} " in text
        assert f"{len(companies()):,}" in text
    assert (REPLY_TIMEOUT, PACE, Policy().recheck) == (5, 5, 600)  # in words, or told twice


# ---------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    """Return the anchors a page has: its headings as GitHub writes them."""
    kept = (re.sub(r"[^\w\- ]", "", title.lower()) for _, title in headings(page))
    return {title.replace(" ", "-") for title in kept}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", WITHOUT_CODE.sub("", text_of(page))):
        if "://" in target:
            assert target.startswith("https://")
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_and_example_can_be_reached() -> None:
    linked = {(page.parent / path).resolve() for page in PAGES
              for path in re.findall(r"\]\(([^)#\s]+)\)", text_of(page)) if "://" not in path}  # fmt: skip
    assert {*PAGES, *(ROOT / "examples").glob("*.py")} <= linked


# ---------------------------------------------------------------- the architecture


def picture(table: object) -> str:
    """Draw a table of transitions as a Mermaid diagram, beginning with its first state."""
    states = cast("Mapping[Enum, Mapping[Enum, Enum]]", table)
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(states)).name}"]
    for state, steps in states.items():
        leading: dict[str, list[Enum]] = defaultdict(list)
        for step, target in steps.items():
            leading[target.name].append(step)
        lines += [f"    {state.name} --> {target}: {', '.join(folded(by))}" for target, by in leading.items()]
        lines += [f"    {state.name} --> [*]"] * (not steps)
    return "\n".join(lines) + "\n"


def folded(steps: Iterable[Enum]) -> list[str]:
    """Name steps; a request with all its answers in one word with an ellipsis."""
    names = [step.name for step in steps]
    for step in Step:
        family = [each.name for each in Step if each.name == step.name or each.name.startswith(f"{step.name}_")]
        if len(family) > 1 and set(family) <= set(names):
            names = [f"{step.name}…" if name == step.name else name for name in names if name not in family[1:]]
    return names


def test_the_pictures_of_the_session_are_its_tables() -> None:
    tables = [picture(PHASES), picture(STAGES)]
    assert [block.text for block in blocks(ARCHITECTURE, "mermaid")] == tables


def test_every_room_is_on_the_page() -> None:
    rooms = {room for wing in ("ground", "wire", "live", "account", "server", "journal", "people", "doors")
             for room in WINGS[wing].split()}  # fmt: skip
    assert rooms | {"simulator", "cli"} <= named(ARCHITECTURE)


def test_the_nouns_are_public() -> None:
    nouns = {"Condition", "Stock", "Member", *(event.__name__ for event in get_args(events.Event))}
    assert nouns <= set(jogeon.__all__)


def test_make_demo_ends_by_ctrl_c_as_a_success(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "jogeon"
    program.write_text(f"#!/bin/sh\nexit {INTERRUPTED}\n")
    program.chmod(0o755)
    (tmp_path / "installed").touch()
    made = subprocess.run(["make", "demo", f"VENV={tmp_path}"], cwd=ROOT, capture_output=True, check=False)  # noqa: S607  # make is found where it is
    assert (made.returncode, made.stderr) == (0, b"")
