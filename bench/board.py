"""The board in a real Chromium: how soon it is painted, how soon an enter is on the screen, and what ten minutes cost.

    python bench/board.py [--minutes 10] [--speed 100] [--paints 7]

1. First paint with ten conditions and 1,000 members, beside a bare table of the same size in the same browser.
2. A hub with its board in this process over a simulator in another one. First a minute in which nobody looks, then the
   page for some minutes: from the moment of an enter in the market to the frame that shows it, the heap of the tab and
   its nodes, its frames, and how late the loop of the hub is, both with and without the page.
3. The tab's process is stopped, the market goes on and then rests; how long until the page is right again after it goes
   on, with the differences at hand and with those forgotten.

A figure is of one run beside its yardstick; the load of the machine stands with it. Wants Chromium.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import httpx2
from playwright.async_api import Browser, CDPSession, Page, async_playwright

from jogeon.board.board import Board
from jogeon.cli.running.board import groups
from jogeon.connect import policy_for
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.testing import Broker
from quantiles import counted_quantile, quantile

MEMBERS = [f"{number:06}" for number in range(100_000, 101_000)]
BIG = {f"조건 {number}": MEMBERS[number * 100 : number * 100 + 100] for number in range(10)}
PROBE = 0.01
"""Seconds between two looks at the loop."""
STEP = 30.0
"""Seconds between two looks at the heap."""
SETTLED = 120.0
"""Seconds after which the heap is to grow no more."""
PATIENCE = 30.0
"""Seconds in which a tab that goes on is to be right."""

# When the thousandth row is there and the frame behind it is drawn, by the clock of the page.
PAINTED = """() => new Promise((done) => {
    const drawn = () => done(performance.now());
    const look = () => requestAnimationFrame(document.querySelectorAll("tr").length > 1000 ? drawn : look);
    look();
})"""
BARE = "<!doctype html><table>" + ("<tr>" + "<td>123,456</td>" * 10) * 1_001 + "</table>"

# Counts frames by their length.
FRAMES = """() => {
    const frames = new Uint32Array(2001);
    let before = performance.now();
    const frame = (now) => {
        frames[Math.min(2000, Math.round(now - before))] += 1;
        before = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    window.frames_taken = () => [...frames];
}"""
# Notes when each enter of the stream was on the screen.
WATCH = """() => {
    const seen = [];
    const condition = (node) => node.querySelector(".where").lastChild?.textContent;
    new MutationObserver((changes) => {
        const made = changes.flatMap((each) => [...each.addedNodes]).filter((each) => each.dataset?.code);
        const entered = made.filter((each) => each.querySelector(".up"));
        const told = entered.map((each) => [condition(each), each.dataset.code]);
        requestAnimationFrame(() => { for (const [name, code] of told) seen.push([name, code, Date.now()]); });
    }).observe(document.getElementById("events"), { childList: true });
    window.taken = () => seen.splice(0);
}"""
SHOWN = """() => [...document.querySelectorAll("#grid tbody tr:not(.out)")].map((each) => each.dataset.code).sort()"""


def say(what: str) -> None:
    """Print a line with the load of the machine."""
    print(f"{what}   [load {os.getloadavg()[0]:.1f}]", flush=True)


# ---------------------------------------------------------------- what runs


@contextlib.asynccontextmanager
async def hub_over(url: str, folder: str, *, quotes: bool) -> AsyncIterator[tuple[Hub, Board]]:
    """Run a hub with a board over a server."""
    policy = policy_for("demo", recheck=600.0, on_taken="stop")
    settings = HubSettings(server="demo", journal=Path(folder, "j"), everything=True, quotes=quotes)
    board = Board(lambda: hub, policy.wall)
    where = contextlib.nullcontext(Endpoint("bench", url, FixedToken("demo")))
    hub = Hub(where, policy, HubTokens(time.time), settings, more=lambda: groups(board))
    async with hub, board:
        yield hub, board


@contextlib.asynccontextmanager
async def market(speed: float) -> AsyncIterator[dict[str, str]]:
    """Run a simulator in a process of its own; yield its addresses."""
    typed = ["simulate", "--seed", "7", "--speed", str(speed), "--port", "0", "--rest-port", "0"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jogeon", *typed, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        assert process.stdout is not None
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


async def opened(browser: Browser, hub: Hub, board: Board) -> Page:
    """Open the board in a browser of its own."""
    context = await browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 860})
    page = await context.new_page()
    page.on("console", lambda message: print("console:", message.text) if message.type == "error" else None)
    await page.goto(f"{hub.rest}/?key={board.visitors.invite()}")
    await page.wait_for_selector("#grid tbody tr")
    return page


# ---------------------------------------------------------------- 1. first paint


async def first_paint(browser: Browser, paints: int) -> None:
    """Open the board again and again, in turns with a bare table."""
    with Broker(BIG) as broker, tempfile.TemporaryDirectory() as folder:
        async with hub_over(broker.url, folder, quotes=False) as (hub, board):
            page = await opened(browser, hub, board)
            found: dict[str, list[float]] = {"first": [], "rows": [], "bare": []}
            for _ in range(paints):
                await page.goto("about:blank")
                await page.goto(f"{hub.rest}/", wait_until="commit")
                found["rows"].append(await page.evaluate(PAINTED))
                first = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
                found["first"].append(await page.evaluate(first))
                await page.goto("about:blank")
                begun = time.monotonic()
                await page.set_content(BARE, wait_until="commit")
                await page.evaluate(PAINTED)
                found["bare"].append((time.monotonic() - begun) * 1000)
            await page.context.close()
    middle = {name: statistics.median(values) for name, values in found.items()}
    say(
        f"first paint {middle['first']:.0f} ms, 1,000 rows painted after {middle['rows']:.0f} ms (at most"
        f" {max(found['rows']):.0f}); a bare table of that size {middle['bare']:.0f} ms; {paints} times"
    )


# ---------------------------------------------------------------- 2. minutes of a busy market


async def lateness(seconds: float) -> list[float]:
    """Return how late the loop was at each look, in milliseconds."""
    loop, found = asyncio.get_running_loop(), []
    end = loop.time() + seconds
    while (begun := loop.time()) < end:
        await asyncio.sleep(PROBE)
        found.append((loop.time() - begun - PROBE) * 1000)
    return found


class Tab:
    """The page as the browser sees it from outside."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self.page, self.session = page, session
        self.seen: list[tuple[str, str, float]] = []
        self.frames: list[int] = []
        self.heaps: list[tuple[float, float, int]] = []
        """Seconds since the beginning, megabytes of the heap, nodes."""
        self.spent = 0.0
        """Seconds of CPU of its main thread."""

    async def look(self, at: float) -> None:
        """Take what was counted, and look at the heap behind a collection."""
        self.seen += [tuple(each) for each in await self.page.evaluate("taken()")]
        self.frames = await self.page.evaluate("frames_taken()")
        await self.session.send("HeapProfiler.collectGarbage")
        used = (await self.session.send("Runtime.getHeapUsage"))["usedSize"]
        nodes = (await self.session.send("Memory.getDOMCounters"))["nodes"]
        self.heaps.append((at, used / 1e6, nodes))
        metrics = (await self.session.send("Performance.getMetrics"))["metrics"]
        self.spent = next(each["value"] for each in metrics if each["name"] == "TaskDuration")


async def busy(tab: Tab, seconds: float) -> None:
    """Look at the tab now and then."""
    begun = time.monotonic()
    await tab.session.send("Performance.enable", {"timeDomain": "threadTicks"})
    await tab.page.evaluate(FRAMES)
    await tab.page.evaluate(WATCH)
    while (gone := time.monotonic() - begun) < seconds:
        await asyncio.sleep(min(STEP, seconds - gone))
        await tab.look(time.monotonic() - begun)


async def minutes(browser: Browser, addresses: dict[str, str], hub: Hub, board: Board, seconds: float) -> Page:
    """Have the page follow a busy market."""
    await asyncio.sleep(5)
    alone = await lateness(60)
    page = await opened(browser, hub, board)
    same_as_this()
    tab = Tab(page, await page.context.new_cdp_session(page))
    bare = await (await browser.new_context()).new_page()
    await bare.evaluate(FRAMES)
    since = (await truth(addresses))["changes"][-1]["n"]
    watched, _ = await asyncio.gather(lateness(seconds), busy(tab, seconds))
    changes = (await truth(addresses, since))["changes"]
    took = list(delays(changes, tab.seen))
    say(f"{len(changes) / seconds * 60:,.0f} events a minute for {seconds / 60:g} minutes")
    say(
        f"an enter on the screen after {statistics.median(took):.0f} ms, {quantile(took, 0.95):.0f} ms (95th"
        f" percentile), at most {max(took):.0f} ms; {len(took):,} enters"
    )
    say(f"main thread of the tab: {tab.spent / seconds:.0%} of one core, whatever else the machine does")
    empty = await bare.evaluate("frames_taken()")
    await bare.context.close()
    for frames, whose in ((tab.frames, "of the board"), (empty, "of an empty page beside it")):
        shares = " · ".join(f"{share:.0%} {counted_quantile(frames, share)} ms" for share in (0.5, 0.95, 0.99))
        say(f"frames {whose}: {shares}; {sum(frames):,} frames")
    early = [each for each in tab.heaps if each[0] >= min(SETTLED, seconds / 3)]
    say("heap in MB, nodes: " + " · ".join(f"{at / 60:.1f} min {used:.1f}, {nodes}" for at, used, nodes in tab.heaps))
    grows = slope(early)
    at, settled, _ = early[0]
    say(f"heap after {at / 60:.1f} min {settled:.1f} MB, at the end {early[-1][1]:.1f} MB; {grows:+.3f} MB a minute")
    for late, how in ((watched, "with the page"), (alone, "without")):
        shares = " · ".join(f"{share:.0%} {quantile(late, share):.2f} ms" for share in (0.5, 0.95, 0.99))
        say(f"the hub's loop late, {how}: {shares}")
    return page


def slope(heaps: Sequence[tuple[float, float, int]]) -> float:
    """Return by how much the heap grows a minute, as a straight line through it says."""
    if len(heaps) < 2:
        return 0.0
    return statistics.linear_regression([at / 60 for at, *_ in heaps], [used for _, used, _ in heaps]).slope


async def truth(addresses: dict[str, str], since: int = 0) -> dict[str, Any]:
    """Return what really happened in the market."""
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.get(f"{addresses['rest']}/simulator/truth", params={"since": since})
        told: dict[str, Any] = answer.json()
        return told


def delays(changes: Sequence[dict[str, Any]], seen: Sequence[tuple[str, str, float]]) -> Iterator[float]:
    """Yield how many milliseconds after each enter of the market it was on the screen."""
    entered: dict[tuple[str, str], list[float]] = {}
    for each in changes:
        if each["kind"] == "I":
            at_ms = datetime.fromisoformat(each["at"]).timestamp() * 1000
            entered.setdefault((each["name"], each["code"]), []).append(at_ms)
    for name, code, shown in seen:
        before = [at for at in entered.get((name, code), ()) if at <= shown]
        if before:
            yield shown - before[-1]


# ---------------------------------------------------------------- 3. sleep


def renderers() -> list[int]:
    """Return the processes of tabs below this one."""
    parents, tabs = {}, []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            pid = int(path.name)
            parents[pid] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if "--type=renderer" in (path / "cmdline").read_text():
                tabs.append(pid)

    def ours(pid: int) -> bool:
        while pid > 1:
            if pid == os.getpid():
                return True
            pid = parents.get(pid, 0)
        return False

    return [pid for pid in tabs if ours(pid)]


def same_as_this() -> None:
    """Give the tabs the priority of this program: Chromium sets them back to the usual one."""
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    for pid in renderers():
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, int(thread.name), mine)


async def slept(page: Page, addresses: dict[str, str], board: Board, seconds: float, *, forget: bool) -> float | None:
    """Stop the tab while the market goes on; return the seconds from its return until it is right, None for never."""
    stopped = renderers()
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    await fault(addresses, {"pause_market": True})
    await asyncio.sleep(1.5)
    if forget:
        board.diffs.forget()
    right = sorted(
        {code for stays in board.state()["members"].values() for code, stay in stays.items() if not stay["left"]}
    )
    begun = time.monotonic()
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    try:
        while await page.evaluate(SHOWN) != right:
            if time.monotonic() - begun > PATIENCE:
                return None
            await asyncio.sleep(0.02)
        return time.monotonic() - begun
    finally:
        await fault(addresses, {})


async def fault(addresses: dict[str, str], what: dict[str, Any]) -> None:
    """Set what is wrong with the simulator."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        (await client.post(f"{addresses['rest']}/simulator/faults", json=what)).raise_for_status()


async def main(given: argparse.Namespace) -> None:
    """Measure everything."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        await first_paint(browser, given.paints)
        with tempfile.TemporaryDirectory() as folder:
            async with (
                market(given.speed) as addresses,
                hub_over(addresses["websocket"], folder, quotes=True) as (hub, board),
            ):
                page = await minutes(browser, addresses, hub, board, given.minutes * 60)
                for seconds, forget in ((5, False), (45, False), (5, True)):
                    took = await slept(page, addresses, board, seconds, forget=forget)
                    how = "with all loaded again" if forget else "with the differences"
                    found = f"not right within {PATIENCE:g} s" if took is None else f"right within {took:.2f} s"
                    say(f"after {seconds} s of sleep {found}, {how}")
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--speed", type=float, default=100.0, help="of the market: some 50 events a minute each")
    parser.add_argument("--paints", type=int, default=7)
    asyncio.run(main(parser.parse_args()))
