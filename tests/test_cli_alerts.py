"""`jogeon alerts` and `record --alerts`: rules checked, a target tried, a recording told of, a dry run that agrees."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import jogeon
from cli_conversation import FakeClient, Shell
from jogeon.cli.arguments.choices import Choices
from jogeon.cli.running import recorder
from jogeon.cli.running.alert_plan import AlertPlan
from jogeon.cli.texts import Texts
from jogeon.events import Condition, Enter, Snapshot
from jogeon.journal.commits import CommitBuilder
from jogeon.journal.store import Store
from phone import answer, phone, phone_aside
from recorded import SECOND, START_NS
from test_cli_record import Midnight

TOKEN = "123456:made-up-token"
RISE = Condition("4", "급등주")
RULE = """\
[[alerts.rules]]
name = "급등"
conditions = ["급등주"]
cooldown = "10m"
to = ["폰"]
text = "{종목코드} {조건식}"
"""
PHONE = """
[alerts.targets.폰]
kind = "telegram"
chat = 42
token_env = "TG_TOKEN"
api = "%s"
"""


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("TG_TOKEN", TOKEN)
    return Shell(capfd)


@pytest.fixture
def journal(tmp_path: Path, spared_disk: None) -> str:
    path = tmp_path / "day.journal"
    store = Store.open(path)
    builder = CommitBuilder(store.head)
    at = [START_NS + n * 60 * SECOND for n in range(3)]
    store.write(builder.enter([Snapshot(at[0], RISE, ()), Enter(at[1], RISE, "005930"), Enter(at[2], RISE, "000660")]))
    store.close()
    return str(path)


def settings(text: str, url: str = "http://127.0.0.1:1") -> Path:
    path = Path("jogeon.toml")
    path.write_text(text % url if "%s" in text else text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_right_rule_is_said_in_words(shell: Shell) -> None:
    settings(RULE + PHONE)
    said = shell("alerts", "check", "--server", "demo", "--json", "--lang", "ko")
    assert said.code == 0
    assert said.lines == [{"rule": "급등", "ok": True, "says": "급등주 편입, 같은 종목은 10분 뒤에 다시, 받는 곳: 폰"}]


@pytest.mark.parametrize(
    ("rule", "line", "cure"),
    [
        (RULE.replace("급등주", "급등즈"), 3, "급등즈"),
        (RULE + 'price = ">= 1000"\n', 7, "--prices"),
        (RULE + 'hours = "25:00-26:00"\n', 7, "09:00-15:20"),
        (RULE.replace("{종목코드}", "{코드}"), 6, "{코드}"),
        (RULE.replace("폰", "집"), 5, "집"),
    ],
)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_wrong_rule_is_told_with_file_line_and_cure(shell: Shell, rule: str, line: int, cure: str, lang: str) -> None:
    settings(rule + PHONE)
    said = shell("alerts", "check", "--server", "demo", "--json", "--lang", lang)
    assert said.code == 2
    (told,) = said.lines
    assert (told["ok"], told["file"], told["line"]) == (False, "jogeon.toml", line)
    assert "jogeon.toml" in said.err
    assert str(line) in said.err
    assert cure in said.err


def test_a_price_rule_is_right_where_quotes_are_kept(shell: Shell) -> None:
    settings(RULE + 'price = ">= 1000"\n' + PHONE)
    assert shell("alerts", "check", "--server", "demo", "--prices").code == 0


def test_conditions_are_those_of_a_journal_where_no_server_is_named(shell: Shell, journal: str) -> None:
    settings(RULE.replace("급등주", "신고가 돌파") + PHONE)
    assert shell("alerts", "check", "--journal", journal).code == 2
    settings(RULE + PHONE)
    assert shell("alerts", "check", "--journal", journal).code == 0
    said = shell("alerts", "check", "--lang", "en")
    assert said.code == 0
    assert "not checked" in said.err


def test_without_alerts_it_says_how_to_add_them(shell: Shell) -> None:
    said = shell("alerts", "check", "--lang", "en")
    assert said.code == 2
    assert "jogeon alerts add" in said.err


def test_a_secret_that_is_missing_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TG_TOKEN")
    settings(RULE + PHONE)
    checked = shell("alerts", "check", "--server", "demo", "--json")
    assert checked.code == 2
    assert [(line["ok"], line["line"]) for line in checked.lines if "line" in line] == [(False, 11)]
    assert shell("alerts", "test", "폰").code == 2


@pytest.mark.parametrize("value", ["", "nowhere"])
def test_an_address_for_signs_of_life_is_checked(shell: Shell, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PING", value)
    settings(RULE + PHONE + '[alerts.self]\nping_env = "PING"\n')
    checked = shell("alerts", "check", "--server", "demo", "--lang", "en")
    assert checked.code == 2
    assert "alerts.self.ping_env" in checked.err


@pytest.mark.parametrize(
    ("given", "code", "sent"),
    [
        (answer(200, {"ok": True}), 0, True),
        (answer(400, {"ok": False, "description": "chat not found"}), 4, False),
        (answer(401, {"ok": False, "description": "Unauthorized"}), 4, False),
        (None, 5, False),
    ],
)
def test_a_target_is_tried(shell: Shell, given: bytes | None, code: int, *, sent: bool) -> None:
    with phone_aside(given) as there:
        settings(PHONE, there.url)
        said = shell("alerts", "test", "폰", "--json")
    assert said.code == code
    (told,) = said.lines
    assert (told["target"], told["sent"]) == ("폰", sent)
    assert told["ms"] >= 0
    assert TOKEN not in said.out + said.err


def test_a_target_that_is_not_there(shell: Shell) -> None:
    settings(PHONE)
    for argv in (("집",), ()):
        said = shell("alerts", "test", *argv, "--lang", "en")
        assert said.code == 2
        assert "jogeon.toml has 폰" in said.err
    assert shell("alerts", "test").code == 2


def test_a_dry_run_tells_what_would_have_been_told(shell: Shell, journal: str) -> None:
    settings(RULE + PHONE)
    said = shell("alerts", "dry-run", "--journal", journal, "--json")
    assert said.code == 0
    first, second = said.lines
    assert {key: first[key] for key in ("rule", "condition", "code", "event", "trigger", "text")} == {
        "rule": "급등", "condition": {"seq": "4", "name": "급등주"}, "code": "005930", "event": "enter",
        "trigger": "1:2", "text": "005930 급등주",
    }  # fmt: skip
    assert {"alert", "name", "due"} <= set(first)
    since = shell("alerts", "dry-run", "--journal", journal, "--json", "--since", second["due"])
    assert [line["code"] for line in since.lines] == ["000660"]
    until = shell("alerts", "dry-run", "--journal", journal, "--json", "--until", second["due"])
    assert [line["code"] for line in until.lines] == ["005930"]
    assert shell("alerts", "list", "--journal", journal, "--json").lines == []


@pytest.mark.parametrize(
    "argv",
    [
        ("alert",),
        ("check", "폰"),
        ("check", "--since", "09:00"),
        ("list", "--prices"),
        ("list", "--insecure"),
        ("test", "폰", "--server", "demo"),
        ("dry-run", "--rest", "http://127.0.0.1:1"),
    ],
)
def test_what_an_answer_has_no_use_for_is_refused(shell: Shell, argv: tuple[str, ...]) -> None:
    assert shell("alerts", *argv).code == 2


# ------------------------------------------------------------ while it is recorded


async def started(*argv: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    command = ["-m", "jogeon", "record", "--all", "--server", "demo", "--alerts", "--lang", "en", *argv]
    return await asyncio.create_subprocess_exec(sys.executable, *command, stdout=pipe, stderr=pipe)


async def answered(*argv: str) -> list[dict[str, object]]:
    command = ["-m", "jogeon", "alerts", *argv, "--json"]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return [json.loads(line) for line in out.splitlines()]


async def test_a_recording_tells_what_a_dry_run_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TG_TOKEN", TOKEN)
    path = str(tmp_path / "day.journal")
    async with phone() as there:
        settings(RULE.replace("cooldown", 'dwell = "500ms"\ncooldown') + PHONE, there.url)
        recording = await started("--journal", path, "--duration", "10s")
        _, err = await recording.communicate()
    assert recording.returncode == 0, err.decode()
    listed, wanted = await answered("list", "--journal", path), await answered("dry-run", "--journal", path)
    assert wanted
    assert [line["alert"] for line in listed] == [line["alert"] for line in wanted]
    assert {(line["target"], line["state"]) for line in listed} == {("폰", "sent")}
    heard = "\n".join(each.body["text"] for each in there.heard).split("\n")
    assert heard == [line["text"] for line in wanted]
    files = b"".join(each.read_bytes() for each in tmp_path.iterdir() if each.is_file())  # noqa: ASYNC240
    assert TOKEN.encode() not in files + err


async def test_a_changed_file_that_is_wrong_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TG_TOKEN", TOKEN)
    async with phone() as there:
        path = settings(RULE + PHONE, there.url)
        recording = await started("--journal", str(tmp_path / "day.journal"), "--duration", "60s")
        assert recording.stderr is not None
        await until_said(recording.stderr, "alert rule is in use")
        for step, wrong in enumerate((RULE.replace('["폰"]', '["집"]'), RULE.replace('["급등주"]', '["급등즈"]'))):
            settings(wrong + PHONE, there.url)
            os.utime(path, (time.time() + 5 + step, time.time() + 5 + step))
            await until_said(recording.stderr, "the rules stay as they were")
        settings(RULE + "silent = true\n" + PHONE, there.url)
        await until_said(recording.stderr, "changed alert rules are in use")
        recording.terminate()
        await recording.communicate()


async def until_said(stream: asyncio.StreamReader, words: str) -> None:
    async with asyncio.timeout(40):
        while words not in (line := (await stream.readline()).decode()):
            assert line, "it ended"


async def test_a_recording_with_wrong_rules_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TG_TOKEN", TOKEN)
    for rule in (RULE.replace("급등주", "급등즈"), RULE + 'rate = ">= 5"\n', RULE.replace("폰", "집")):
        settings(rule + PHONE)
        recording = await started("--journal", "never.journal")
        await recording.communicate()
        assert recording.returncode == 2


async def test_each_day_has_its_alerts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TG_TOKEN", TOKEN)
    monkeypatch.setattr(recorder, "LOOK", 0.05)
    async with phone() as there:
        settings(RULE.replace('cooldown = "10m"', 'on = "both"') + PHONE, there.url)
        midnight = Midnight(tmp_path, capsys)
        choices = Choices(Texts("en"), jogeon.connect)
        midnight.recorder.alerts = AlertPlan(choices, priced=False)
        await midnight.run("recording: " + str(tmp_path / "2026-11-23.journal"), longer=1.5)
    ids: list[object] = []
    for day in (22, 23):
        path = str(tmp_path / f"2026-11-{day}.journal")
        listed, wanted = await answered("list", "--journal", path), await answered("dry-run", "--journal", path)
        assert [line["alert"] for line in listed] == [line["alert"] for line in wanted]
        assert {line["state"] for line in listed} == {"sent"}
        ids += [line["alert"] for line in listed]
    assert len(ids) == len(set(ids))


# ------------------------------------------------------------ add


def test_a_phone_is_added_step_by_step(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOGEON_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setattr("jogeon.cli.running.alert_wizard.PAUSE", 0.01)
    answers = iter(["9", "2"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    nobody, heard = answer(200, {"ok": True, "result": []}), answer(200, {"ok": True, "result": HEARD})
    path = settings('lang = "en"  # mine\n')
    with phone_aside(nobody, heard) as there:
        said = shell("alerts", "add", "--api", there.url)
        assert said.code == 0, said.err
    assert "write anything to that bot" in said.err
    assert [each.path.rpartition("/")[2] for each in there.heard] == ["getUpdates", "getUpdates", "sendMessage"]
    assert there.heard[-1].body["chat_id"] == "-1001"
    assert path.read_text(encoding="utf-8").startswith('lang = "en"  # mine\n')
    assert shell("alerts", "check", "--server", "demo").code == 0
    assert shell("alerts", "add", "--api", there.url).code == 2, "the name is taken"
    assert TOKEN not in path.read_text(encoding="utf-8") + said.out + said.err


HEARD = [
    {"update_id": 1, "channel_post": {"chat": {"id": -1001, "title": "신호방"}}},
    {"update_id": 2, "message": {"chat": {"id": 42, "first_name": "길동"}}},
]


def test_an_input_that_ends_before_the_token_is_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    said = shell("alerts", "add", "--lang", "en")
    assert said.code == 2
    assert "the input ended without an answer, and nothing was changed" in said.err
    assert not Path("jogeon.toml").exists()


def test_another_server_must_be_safe(shell: Shell) -> None:
    assert shell("alerts", "add", "--api", "http://example.com", client=FakeClient()).code == 2


@pytest.mark.posix
def test_a_file_that_others_can_write_is_refused_before_anything_is_asked(shell: Shell) -> None:
    settings("[alerts]").chmod(0o666)
    assert shell("alerts", "add").code == 2


@pytest.mark.parametrize(("page", "target"), [("alerts.md", "phone"), ("alerts.ko.md", "폰")])
def test_the_page_leads_from_nothing_to_the_first_message(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, page: str, target: str
) -> None:
    """Each command of the first part is typed as it is shown; the recording is given an end."""
    text = (Path(__file__).parent.parent / "docs" / page).read_text(encoding="utf-8")
    first = text.partition("\n## ")[2].partition("\n## ")[0]
    typed = [line.split() for line in map(str.strip, first.splitlines()) if line.startswith("jogeon ")]
    assert [words[1:3] for words in typed] == [["alerts", "add"], ["alerts", "check"], ["record", "--all"]]
    monkeypatch.setenv("JOGEON_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setattr("click.prompt", lambda *_, **__: "")
    path = Path("jogeon.toml")
    path.write_text("", encoding="utf-8")
    with phone_aside(answer(200, {"ok": True, "result": HEARD[1:]})) as there:
        monkeypatch.setattr("jogeon.cli.running.alert_wizard.API", there.url)
        for words in typed[:2]:
            assert shell(*words[1:]).code == 0
        assert there.heard[-1].path.endswith("/sendMessage")
        path.write_text(path.read_text(encoding="utf-8").replace('"30s"', '"0s"'), encoding="utf-8")
        monkeypatch.setenv("PYTHONUTF8", "1")
        done = subprocess.run(
            [sys.executable, "-m", *typed[2], "--duration", "10s"], capture_output=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr.decode()
        assert len(there.heard) > 2
        assert {heard.body["chat_id"] for heard in there.heard[1:]} == {"42"}
    assert target in path.read_text(encoding="utf-8")


@pytest.mark.posix
async def test_a_hub_follows_what_the_rules_name_tells_of_it_and_keeps_prices(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TG_TOKEN", TOKEN)
    path = tmp_path / "hub.journal"
    async with phone() as there:
        settings(RULE + PHONE, there.url)
        options = ("--server", "demo", "--port", "0", "--rest-port", "0", "--journal", str(path), "--alerts")
        command = [sys.executable, "-m", "jogeon", "hub", *options, "--prices", "--duration", "2m"]
        hub = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert hub.stdout is not None
        assert b"ws://" in await hub.stdout.readline()
        while not there.heard or not quotes(path):
            assert hub.returncode is None
            await asyncio.sleep(0.1)
        hub.terminate()
        assert await hub.wait() == 0
    listed = await answered("list", "--journal", str(path))
    assert ("폰", "sent") in {(line["target"], line["state"]) for line in listed}
    assert {line["condition"]["name"] for line in listed} == {"급등주"}  # type: ignore[index]  # a dict


def quotes(path: Path) -> int:
    with closing(sqlite3.connect(path)) as file:
        return int(file.execute("SELECT count(*) FROM quotes").fetchone()[0])


def test_a_hub_needs_rules_that_can_be_meant(shell: Shell, tmp_path: Path) -> None:
    hub = ("hub", "--server", "demo", "--port", "0", "--rest-port", "0", "--journal", str(tmp_path / "j"), "--alerts")
    assert shell(*hub, "--duration", "1s").code == 2
    settings(RULE.replace("급등주", "없는 것") + PHONE)
    said = shell(*hub, "--duration", "1s", "--lang", "ko")
    assert said.code == 2
    assert "없는 것" in said.err
