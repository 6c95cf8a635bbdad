"""Make the pictures of the board that the READMEs show, from a market as `jogeon demo` runs it: `make pictures`.

Each shows what the page shows by itself; nothing is drawn or retouched. Wants Chromium and a Korean font.
"""

import asyncio
import contextlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from jogeon.board.board import Board
from jogeon.cli.running.board import groups
from jogeon.connect import policy_for
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.simulator.simulator import Simulator

HERE = Path(__file__).parent
WIDE, NARROW = {"width": 1280, "height": 760}, {"width": 390, "height": 760}
LIVELY = 25.0
"""Seconds after which there is something to see of a day."""
CHOSEN = "/?c=급등주&c=신고가 돌파&c=상한가 근접&c=급락주"


@contextlib.asynccontextmanager
async def demo() -> AsyncIterator[tuple[Simulator, Hub, Board]]:
    """Run a market, a hub and a board."""
    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(seed=7, speed=5.0)
        policy = policy_for("demo", recheck=600.0, on_taken="stop")
        settings = HubSettings(server="demo", journal=Path(folder, "j"), everything=True, quotes=True)
        board = Board(lambda: hub, policy.wall)
        async with simulator:
            where = contextlib.nullcontext(Endpoint("demo", simulator.websocket, FixedToken("demo")))
            hub = Hub(where, policy, HubTokens(time.time), settings, more=lambda: groups(board))
            async with hub, board:
                yield simulator, hub, board


async def opened(browser: Browser, hub: Hub, board: Board, lang: str) -> Page:
    """Open the board in a language."""
    context = await browser.new_context(locale="ko-KR" if lang == "ko" else "en-US", viewport=WIDE)
    page = await context.new_page()
    await page.goto(f"{hub.rest}/?key={board.visitors.invite()}")
    await page.goto(hub.rest + CHOSEN)
    await page.wait_for_selector("#grid tbody tr")
    await asyncio.sleep(1.5)
    return page


async def shoot(page: Page, name: str, lang: str) -> None:
    """Save what the page shows now."""
    await page.screenshot(path=HERE / f"board-{name}-{lang}.png")


async def main() -> None:
    """Make all pictures: before, while and after the market cannot be heard."""
    async with demo() as (simulator, hub, board), async_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        await asyncio.sleep(LIVELY)
        pages = {lang: await opened(browser, hub, board, lang) for lang in ("ko", "en")}
        for lang, page in pages.items():
            await shoot(page, "light", lang)
            await page.emulate_media(color_scheme="dark")
            await asyncio.sleep(0.5)
            await shoot(page, "dark", lang)
            await page.emulate_media(color_scheme="light")
            await page.set_viewport_size(NARROW)
            await asyncio.sleep(0.5)
            await shoot(page, "phone", lang)
            await page.set_viewport_size(WIDE)
        simulator.fault({"reject_for": 6, "drop": True})
        await asyncio.sleep(4)
        for lang, page in pages.items():
            await shoot(page, "outage", lang)
        await pages["ko"].wait_for_selector("#events .gap")
        await asyncio.sleep(12)
        for lang, page in pages.items():
            await page.goto(f"{hub.rest}/board/timeline?condition=급등주")
            await page.wait_for_selector(".u-over")
            await asyncio.sleep(1)
            await shoot(page, "timeline", lang)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
