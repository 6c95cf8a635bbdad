"""A hub in a process of its own and the programs below it, for drills: what each adds up to, and what is wrong there.

`Consumer` runs `jogeon watch --json`; `Plain` is a program of the guide's shape, which gets no numbers.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx2
import msgspec
import websockets

from naive_client import NaiveClient
from natsd import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from jogeon.simulator.simulator import Simulator

Number = tuple[int, int]
Members = dict[str, set[str]]
FOREVER_NS = 10**18
LABELS = ("name", "names")
"""A line of the journal may bear a name that the live line lacked."""


async def started(*words: object, log: Path) -> asyncio.subprocess.Process:
    """Start a `jogeon` command; what it says on stderr goes behind what is in `log`."""
    with log.open("ab") as stderr:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "jogeon", *map(str, words),
            stdout=asyncio.subprocess.PIPE, stderr=stderr, limit=2**24,
        )  # fmt: skip


# ---------------------------------------------------------------- the hub


class HubProcess:
    """`jogeon hub`, on the same ports each time it is started; `words` are its other arguments."""

    def __init__(self, upstream: str, journal: Path, *words: object) -> None:
        self.journal = journal
        self._words = words
        self.starts = 0
        self._port, self._rest_port = free_port(), free_port()
        self._upstream = upstream
        self._process: asyncio.subprocess.Process | None = None

    @property
    def websocket(self) -> str:
        """Where programs connect to."""
        return f"ws://127.0.0.1:{self._port}/api/dostk/websocket"

    @property
    def rest(self) -> str:
        """Where it answers over HTTP."""
        return f"http://127.0.0.1:{self._rest_port}"

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start it, and wait for its address."""
        self.starts += 1
        self._process = await started(
            "hub", *self._words, "--server", self._upstream, "--port", self._port, "--rest-port", self._rest_port,
            "--journal", self.journal,
            log=self.journal.with_name("hub.log"),
        )  # fmt: skip
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), 60)
        assert line, f"the hub ended with {await self._process.wait()}"

    async def kill(self) -> None:
        """End it with -9."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """Ask it to end; return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return await asyncio.wait_for(self._process.wait(), 120)

    async def get(self, path: str) -> bytes:
        """Return what it answers over HTTP."""
        async with httpx2.AsyncClient(timeout=30) as http:
            reply = await http.get(self.rest + path)
            assert reply.status_code == 200, (reply.status_code, reply.text[:200])
            return reply.content

    async def events(self) -> list[dict[str, Any]]:
        """Return all of its numbered stream, as `unlabelled` has it."""
        lines: list[dict[str, Any]] = []
        after = "0:0"
        while answer := await self.get(f"/hub/events?after={after}"):
            more = [msgspec.json.decode(line) for line in answer.splitlines()]
            lines += map(unlabelled, more)
            after = "{epoch}:{n}".format(**more[-1])
        return lines


# ---------------------------------------------------------------- consumers that get numbers


class Consumer:
    """`jogeon watch --json` on the hub; `resumes`: it begins again behind its last line, else anew.

    `members` is what its lines add up to, `lines` those that bear a number, `states` all that it was told of.
    """

    def __init__(self, name: str, hub: HubProcess, *conditions: str, resumes: bool) -> None:
        self.name, self.hub, self.conditions, self.resumes = name, hub, conditions, resumes
        self.members: Members = {}
        self.lines: list[dict[str, Any]] = []
        self.states: list[str] = []
        self.wrong: list[str] = []
        self.told: Counter[str] = Counter()
        self.lives = 0
        self.stopped = False
        self._numbered: Members | None = None
        """What the lines up to the last number add up to, if others came since."""
        self._begun: set[str] = set()
        """What has been shown in this life."""
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._kept = hub.journal.with_name(name.replace(", ", "-").replace(" ", "-") + ".jsonl")

    async def start(self) -> None:
        """Start it."""
        self.lives += 1
        with self._kept.open("ab") as kept:
            kept.write(b'{"life":%d,"at":"%s"}\n' % (self.lives, time.strftime("%H:%M:%S").encode()))
        if self._numbered is not None:
            self.members, self._numbered = self._numbered, None
        self._begun = set(self.members) if self.resumes and self.lines else set()
        words: list[object] = ["watch", *(self.conditions or ("--all",)), "--json", "--server", self.hub.websocket]
        words += ["--wait", "forever"]
        if self.resumes and self.lines:
            words += ["--after", await self.position()]
        self._process = await started(*words, log=self._kept.with_suffix(".log"))
        self._reading = asyncio.create_task(self._read(self._process))

    async def position(self) -> str:
        """Return the position of its last line."""
        return "{epoch}:{n}".format(**self.lines[-1])

    async def kill(self) -> None:
        """End it with -9; what it wrote is read to the end, but for half a line."""
        if self._process is None or self._reading is None:
            return
        self.go_on()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading
        self._process = None

    def stop(self) -> None:
        """Let it stand still."""
        if self._process is not None and self._process.returncode is None and not self.stopped:
            self.stopped = True
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it run again."""
        if self.stopped and self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGCONT)
        self.stopped = False

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while (line := await process.stdout.readline()).endswith(b"\n"):
            with self._kept.open("ab") as kept:
                kept.write(line)
            self._take(msgspec.json.decode(line))
        if (code := await process.wait()) != -signal.SIGKILL:
            self.wrong.append(f"{self.name}: ended by itself with {code}")

    def _take(self, line: dict[str, Any]) -> None:
        self.told[line["event"]] += 1
        if line.get("n") is not None:
            if self.lines and number(line) <= number(self.lines[-1]):
                self.wrong.append(f"{self.name}: {number(line)} after {number(self.lines[-1])}")
            self.lines.append(line)
            self._numbered = None
        elif line["event"] in ("snapshot", "enter", "leave") and self._numbered is None:
            self._numbered = {name: set(codes) for name, codes in self.members.items()}
        name = (line["condition"] or {}).get("name") if "condition" in line else None
        match line["event"]:
            case "state":
                self.states.append(line["state"])
            case "snapshot":
                self._show(str(name), set(line["codes"]), line)
            case "enter" | "leave":
                self._change(str(name), line)

    def _show(self, name: str, codes: set[str], line: dict[str, Any]) -> None:
        known = self.members.get(name)
        if name in self._begun and known != codes:
            self.wrong.append(f"{self.name}: the fold of {name} jumps at {line.get('at')} {number(line)}")
        self._begun.add(name)
        self.members[name] = codes

    def _change(self, name: str, line: dict[str, Any]) -> None:
        members, code = self.members.setdefault(name, set()), line["code"]
        if (line["event"] == "enter") == (code in members):
            self.wrong.append(f"{self.name}: {line['event']} of {code} in {name} twice, {number(line)}")
        (members.add if line["event"] == "enter" else members.discard)(code)


def number(line: dict[str, Any]) -> Number:
    """Return the number of a line, (0, 0) for one without."""
    return line.get("epoch") or 0, line.get("n") or 0


# ---------------------------------------------------------------- programs that get none


class Folded:
    """What the frames of one connection add up to; `members` by label. What must never come goes to `wrong`.

    Such are a change of what was not shown, a change twice, and numbers that do not grow or leave one out.
    """

    def __init__(self) -> None:
        self.members: Members = {}
        self.wrong: list[str] = []
        self._last: dict[str, Number] = {}

    def take(self, frame: Any) -> None:
        """Take the next frame."""
        match frame:
            case {"cont_yn": _}:  # a page of a search
                pass
            case {"trnm": "CNSRREQ", "return_code": 0, "seq": label, "data": rows}:
                self.members[label.strip()] = {row["jmcode"].lstrip("A") for row in rows or ()}
            case {"trnm": "FOLLOW", "return_code": 0, "shown": shown, "position": position}:
                *_, epoch, n = position.split(":")
                for each in shown:
                    self.members[each["seq"]] = set(each["codes"])
                    self._last[each["seq"]] = int(epoch), int(n)
            case {"trnm": "CNSRCLR", "return_code": 0, "seq": label}:
                self.members.pop(label.strip(), None)
                self._last.pop(label.strip(), None)
            case {"trnm": "REAL", "data": rows}:
                for row in rows:
                    self._change(row["values"], frame)

    def _change(self, values: dict[str, str], frame: dict[str, Any]) -> None:
        label, code = values["841"], values["9001"]
        members = self.members.get(label)
        if members is None:
            self.wrong.append(f"{values} of what was not shown")
        elif (values["843"] == "I") == (code in members):
            self.wrong.append(f"{values} twice")
        else:
            (members.add if values["843"] == "I" else members.discard)(code)
        if "n" in frame:
            last = self._last.get(label, (0, 0))
            if number(frame) <= last or (frame["epoch"] == last[0] and frame["prev"] > last[1]):
                self.wrong.append(f"{number(frame)} behind {frame['prev']} comes after {last}")
            self._last[label] = number(frame)


class Plain:
    """A program of the guide's shape, which comes again whenever its connection ends.

    Beside watching it lists its conditions again, searches one that it watches, and stops one to begin it anew, all on
    the same connection, unless it is to be `still`. What must never come goes to `wrong`, as do a
    label that means another condition and a search that nobody answers.
    """

    def __init__(self, name: str, hub: HubProcess, *conditions: str) -> None:
        self.name, self.hub, self.conditions = name, hub, conditions
        self.wrong: list[str] = []
        self.did: Counter[str] = Counter()
        self.still = False
        self.slowest_search = 0.0
        self._labels: dict[str, str] = {}
        self._folded = Folded()
        self._random = random.Random(name)  # noqa: S311  # what it does next is no secret

    @property
    def members(self) -> Members:
        """What all that came adds up to, by name."""
        return {self._labels.get(label, label): codes for label, codes in self._folded.members.items()}

    async def run(self) -> None:
        """Live for ever."""
        while True:
            self._labels, self._folded = {}, Folded()
            try:
                await self._live()
            except (OSError, TimeoutError, websockets.WebSocketException):
                self.did["broken off"] += 1
            self.wrong += [f"{self.name}: {wrong}" for wrong in self._folded.wrong]
            await asyncio.sleep(0.3)

    async def _live(self) -> None:
        async with NaiveClient(self.hub.websocket) as client:
            assert (await client.login())["return_code"] == 0
            self.did["lives"] += 1
            reading = asyncio.create_task(self._fold(client))
            try:
                while not self._labels:
                    await self._list(client)
                for label in list(self._labels):
                    await self._begin(client, label)
                while not client.ended:
                    await asyncio.sleep(self._random.uniform(0.5, 3))
                    if not self.still:
                        await self._random.choice([self._list, self._list, self._search, self._again])(client)
            finally:
                reading.cancel()

    async def _list(self, client: NaiveClient) -> None:
        answer = await client.ask(trnm="CNSRLST")
        if answer["return_code"]:
            self.did["lists refused"] += 1
            await asyncio.sleep(0.5)
            return
        self.did["lists"] += 1
        names = dict(answer["data"])
        self._labels = self._labels or {label: name for label, name in names.items() if name in self.conditions}
        moved = {label: names.get(label) for label, name in self._labels.items() if names.get(label) != name}
        if moved:
            self.wrong.append(f"{self.name}: {self._labels} became {moved} on one connection")

    async def _begin(self, client: NaiveClient, label: str) -> None:
        while (await client.register(label))["return_code"]:
            self.did["registrations refused"] += 1
            await asyncio.sleep(0.5)
        self.did["registrations"] += 1

    async def _again(self, client: NaiveClient) -> None:
        label = self._random.choice(list(self._labels))
        assert (await client.clear(label))["return_code"] == 0
        await self._begin(client, label)

    async def _search(self, client: NaiveClient) -> None:
        began = time.monotonic()
        try:
            answer = await client.search(self._random.choice(list(self._labels)))
        except TimeoutError:
            if not client.ended:
                self.wrong.append(f"{self.name}: a search has no answer after {time.monotonic() - began:.1f} s")
            raise
        self.slowest_search = max(self.slowest_search, time.monotonic() - began)
        self.did[f"searches answered with {answer['return_code']}"] += 1

    async def _fold(self, client: NaiveClient) -> None:
        """Take all that comes, in its order."""
        taken = 0
        while True:
            for frame in client.frames[taken:]:
                self._folded.take(frame)
            taken = len(client.frames)
            await asyncio.sleep(0.02)


def members_of(simulator: Simulator) -> Members:
    """Return the truth: who is in which condition, by name."""
    truth = simulator.truth(FOREVER_NS)
    return {truth["names"][seq]: set(codes) for seq, codes in truth["members"].items()}


def unlabelled(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line without names of stocks and without seqs: each connection keeps those that it was given."""
    condition = line.get("condition")
    named = {} if condition is None else {"condition": condition["name"]}
    return {key: value for key, value in line.items() if key not in LABELS} | named
