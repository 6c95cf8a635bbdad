"""The drill of alerts: a recording that is killed, and a phone that limits, fails, hangs and resets.

    python bench/alerts.py [--kills 50] [--seed 1] [--keep FOLDER]

A simulator runs all the while. The recording (alerting.py, a process of its own) is killed with -9 again and again, and
started again. Its alerts go to two Telegram chats and a webhook, all of them a stand-in whose moods are drawn by the
seed: 429 with a `retry_after` of 3 s and of two hours, 500, a web page, a reset, silence, delays. In the end the moods
pass and the recording ends by itself. Then a burst of 500 enters in a second. Exits 1 with a sentence for each fault.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from jogeon.testing import Broker
from phone import TAKEN, Given, Heard, Phone, answer, phone

TOKENS = {"TOKEN_A": "111111:made-up-secret-of-a", "TOKEN_B": "222222:made-up-secret-of-b"}
SECRET_PATH = "/hook/made-up-secret-of-c"  # noqa: S105  # made up
AGE = 20.0
"""Seconds after which what was not sent is dropped, here: hours pass in a drill as in life, ten minutes are long."""
QUICK = 0.3
"""Seconds that a program of ours takes to start where nothing else runs."""
SETTINGS = """\
[[alerts.rules]]
name = "dwell"
dwell = "500ms"
cooldown = "5s"
to = ["a", "c"]
text = "{{code}} {{condition}} <b>&*_[x](y)"

[[alerts.rules]]
name = "all"
conditions = ["급등주", "급락주"]
on = "both"
cap = 100000
to = ["b"]
text = "{{event}} {{code}} {{condition}} {{time}}"

[alerts.targets.a]
kind = "telegram"
chat = 1
token_env = "TOKEN_A"
api = "{url}"

[alerts.targets.b]
kind = "telegram"
chat = 2
token_env = "TOKEN_B"
api = "{url}"

[alerts.targets.c]
kind = "webhook"
url_env = "HOOK"
"""


class Moody(Phone):
    """A stand-in whose answers are drawn, until it is well again."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._random = random.Random(seed)
        self.well = False
        self.given: list[tuple[Heard, str]] = []
        self.moods: Counter[str] = Counter()

    def mood(self) -> tuple[str, Given]:
        if self.well:
            return "taken", TAKEN
        limited = {"ok": False, "description": "Too Many Requests"}
        moods: list[tuple[float, str, Given]] = [
            (60, "taken", TAKEN),
            (8, "429 3 s", answer(429, limited | {"parameters": {"retry_after": 3}}, "Retry-After: 3")),
            (2, "429 2 h", answer(429, limited | {"parameters": {"retry_after": 7200}}, "Retry-After: 7200")),
            (8, "500", answer(500, {"ok": False})),
            (8, "page", answer(502, b"<html>Bad Gateway</html>")),
            (8, "reset", None),
            (3, "silence", 12.0),
            (4, "dripping", (TAKEN[:40], TAKEN[40:])),
        ]
        _, name, given = self._random.choices(moods, [weight for weight, _, _ in moods])[0]
        return name, given

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, given = self.mood()
        self.moods[name] += 1
        self.answers = [given]
        before = len(self.heard)
        await super().serve(reader, writer)
        self.given += [(heard, name) for heard in self.heard[before : before + 1]]


async def simulator() -> tuple[asyncio.subprocess.Process, str]:
    command = ("-m", "jogeon", "simulate", "--port", "0", "--rest-port", "0", "--speed", "20")
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    return process, json.loads(await process.stdout.readline())["websocket"]


async def recording(folder: Path, url: str, *more: str) -> asyncio.subprocess.Process:
    program = str(Path(__file__).with_name("alerting.py"))
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, program, str(AGE), "record", "--all", "--alerts", "--server", url, "--journal", "j.journal",
            "-vv", *more, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip


def answered(folder: Path, *what: str) -> list[dict[str, Any]]:
    import subprocess

    command = [sys.executable, "-m", "jogeon", "alerts", *what, "--journal", "j.journal", "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


async def slowness() -> float:
    """Return how many times longer a program of ours takes to start than on a machine that has nothing else to do."""
    begun = time.monotonic()
    words = (sys.executable, "-m", "jogeon", "doctor", "--help")
    await (await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)).wait()
    return max(1.0, (time.monotonic() - begun) / QUICK)


async def killed(folder: Path, url: str, kills: int, seed: int) -> list[str]:
    """Start the recording and kill it, again and again; return what stood in the list of processes."""
    draw, shown = random.Random(seed), []
    for n in range(kills):
        slow = await slowness()
        process = await recording(folder, url)
        await asyncio.sleep(draw.uniform(0.3, 5.0 * slow))
        with contextlib.suppress(OSError):
            shown.append(Path(f"/proc/{process.pid}/cmdline").read_text(encoding="utf-8", errors="replace"))
        process.kill()
        await process.wait()
        print(f"\r{n + 1} kills", end="", file=sys.stderr, flush=True)
    return shown


# ------------------------------------------------------------ the judge


def judged(folder: Path, there: Moody, shown: Sequence[str]) -> Iterator[str]:
    listed, wanted = answered(folder, "list"), answered(folder, "dry-run")
    targets = {"dwell": ("a", "c"), "all": ("b",)}
    due = [(line["alert"], target) for line in wanted for target in targets[line["rule"]]]
    rows = {(row["alert"], row["target"]): row for row in listed}
    if missing := set(due) - set(rows):
        yield f"{len(missing)} of {len(due)} that were due stand in no list: {sorted(missing)[:3]}"
    if more := set(rows) - set(due):
        yield f"{len(more)} in the list that were not due: {sorted(more)[:3]}"
    for state in {row["state"] for row in listed} - {"sent", "dropped"}:
        yield f"{sum(row['state'] == state for row in listed)} rows are {state} at the end"
    if lame := [row for row in listed if row["state"] == "dropped" and not row["reason"]]:
        yield f"{len(lame)} were dropped without a reason"
    for target in "abc":
        order = [row["alert"] for row in listed if row["target"] == target]
        if order != [alert for alert, name in due if name == target and (alert, name) in rows]:
            yield f"target {target}: listed in another order than they were due"
        yield from arrived(target, [row for row in listed if row["target"] == target], there)
    yield from told_secrets(folder, shown)
    states = Counter(f"{row['target']} {row['state']}" for row in listed)
    repeats = sum(row["tries"] > 1 for row in listed)
    print(f"due {len(due)} · {dict(states)} · tried more than once {repeats} · moods {dict(there.moods)}")


def arrived(target: str, rows: Sequence[dict[str, Any]], there: Moody) -> Iterator[str]:
    """Judge what one target heard: all that is said to be sent, in its order, repeats under equal ids."""
    if target == "c":
        ids = [heard.headers["idempotency-key"] for heard in there.heard if heard.path == SECRET_PATH]
        bodies = {(heard.headers["idempotency-key"], json.dumps(heard.body)) for heard in there.heard
                  if heard.path == SECRET_PATH}  # fmt: skip
        if len(bodies) != len(set(ids)):
            yield "target c: one id with two contents"
        first = list(dict.fromkeys(ids))
        sent = [row["alert"] for row in rows if row["state"] == "sent"]
        if set(sent) - set(first):
            yield f"target c: {len(set(sent) - set(first))} are said to be sent and did not arrive"
        known = [row["alert"] for row in rows]
        if first != [each for each in known if each in set(first)]:
            yield "target c: not in its order"
        return
    token = TOKENS["TOKEN_A" if target == "a" else "TOKEN_B"]
    lines = [line for heard in there.heard if heard.path == f"/bot{token}/sendMessage"
             for line in str(heard.body["text"]).split("\n")]  # fmt: skip
    codes = " ".join(lines)
    lost = [row for row in rows if row["state"] == "sent" and row["code"] not in codes]
    if lost:
        yield f"target {target}: {len(lost)} are said to be sent and did not arrive"
    if any("parse_mode" in heard.body for heard in there.heard if heard.path.endswith("sendMessage")):
        yield f"target {target}: not as plain text"
    yield from in_order(target, [row["text"] for row in rows if row["state"] == "sent"], lines)


def in_order(target: str, texts: Sequence[str], lines: Sequence[str]) -> Iterator[str]:
    """Judge whether what was sent first arrived in its order.

    A text that two alerts have, and one that a digest has as a short row alone, tell nothing of the order.
    """
    firsts: dict[str, int] = {}
    for n, line in enumerate(lines):
        firsts.setdefault(line, n)
    counts = Counter(texts)
    told = [text for text in texts if counts[text] == 1 and text in firsts]
    for before, after in pairwise(told):
        if firsts[before] > firsts[after]:
            yield f"target {target}: not in its order: {before}, {after}"
            return


def told_secrets(folder: Path, shown: Sequence[str]) -> Iterator[str]:
    secrets = (*TOKENS.values(), SECRET_PATH)
    for path in folder.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        for secret in secrets:
            if secret.encode() in content:
                yield f"{path.name} holds a secret"
    if any(secret in line for line in shown for secret in secrets):
        yield "the list of processes shows a secret"


# ------------------------------------------------------------ a burst


async def burst() -> list[str]:
    """Let 500 stocks enter in one second; return what is wrong."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        async with phone() as there, Broker({"급등주": [], "급락주": []}) as broker:
            write(folder, there.url)
            process = await recording(folder, broker.url)
            await broker.registered("급등주", 30)
            await asyncio.sleep(2)
            begun = time.monotonic()
            for n in range(500):
                broker.enter("급등주", f"{n:06d}")
                await asyncio.sleep(0.002)
            took = time.monotonic() - begun
            await asyncio.sleep(8)
            process.terminate()
            await process.wait()
        messages = [heard for heard in there.heard if TOKENS["TOKEN_B"] in heard.path]
        codes = " ".join(str(heard.body["text"]) for heard in messages)
        missing = [n for n in range(500) if f"{n:06d}" not in codes]
        print(f"burst: 500 enters in {took:.1f} s became {len(messages)} messages, {len(missing)} codes missing")
        if len(messages) > 5:
            faults.append(f"burst: {len(messages)} messages")
        if missing:
            faults.append(f"burst: {len(missing)} of 500 did not arrive")
    return faults


def write(folder: Path, url: str) -> None:
    path = folder / "jogeon.toml"
    path.write_text(SETTINGS.format(url=url), encoding="utf-8")
    path.chmod(0o600)
    os.environ.update(TOKENS | {"HOOK": f"{url}{SECRET_PATH}"})


async def drill(folder: Path, kills: int, seed: int) -> list[str]:
    there = Moody(seed)
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.url = "http://{}:{}".format(*server.sockets[0].getsockname())
    write(folder, there.url)
    market, url = await simulator()
    try:
        shown = await killed(folder, url, kills, seed)
        there.well = True
        last = await recording(folder, url, "--duration", f"{AGE + 15 * await slowness():g}s")
        await last.wait()
    finally:
        market.terminate()
        await market.wait()
        server.close()
    print(f"\nthe last run ended with {last.returncode}")
    return [*await asyncio.to_thread(lambda: list(judged(folder, there, shown))), *await burst()]


def main() -> None:
    """Run the drill."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    with contextlib.ExitStack() as undo:
        folder = chosen.keep or Path(undo.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        faults = asyncio.run(drill(folder, chosen.kills, chosen.seed))
    for fault in faults:
        print(f"WRONG  {fault}")
    print("wrong" if faults else "all right")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
