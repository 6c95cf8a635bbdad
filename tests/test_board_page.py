"""The board in a real browser: what a trader sees, types and hears of, and what another site cannot do.

Playwright is used without pytest-playwright: that one keeps an event loop running in this thread until the session
ends, in which no other test could run one.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from jogeon.cli.showing.spreadsheet import cell
from jogeon.testing import Broker
from jogeon.visible import as_cells, is_formula

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTILE = "<img src=x onerror=alert(1)>"
LONG = "이름이 아주 긴 조건식도 잘리되 숫자는 잘리지 않아야 합니다 하나 둘 셋"
TURNED = "뒤집힌 \u202e이름"
MEMBERS = [f"{number:06}" for number in range(100_000, 101_000)]
MARKET = {"급등주": MEMBERS[:3], "큰 조건식": MEMBERS, HOSTILE: MEMBERS[:1], LONG: [], TURNED: MEMBERS[1:2]} | {
    f"조건 {number}": [] for number in range(6)
}
RULES = f"""
[[alerts.rules]]
name = "급등"
conditions = ["조건 5"]
to = ["폰"]
text = "{{code}} {{condition}} 편입"

[alerts.targets.폰]
kind = "command"
argv = [{json.dumps(sys.executable)}, "-c", "pass"]
"""
PATIENCE = 60_000
"""Milliseconds for which the page is waited for: a machine may be busy."""
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class Open:
    """A board in a browser: `context` has its cookie, `oddities` is what no page should do."""

    def __init__(self, broker: Broker, address: str, context: BrowserContext) -> None:
        self.broker = broker
        self.address = address
        self.context = context
        self.oddities: list[str] = []
        self.streams: list[str] = []
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        context.on("console", lambda message: self._odd(message.type == "error", f"console: {message.text}"))
        context.on("weberror", lambda error: self._odd(True, f"error: {error.error}"))
        context.on("dialog", lambda dialog: self._odd(True, f"dialog: {dialog.message}"))
        context.on("request", lambda request: self._asked(request.url))

    def _odd(self, odd: bool, what: str) -> None:
        if odd:
            self.oddities.append(what)

    def _asked(self, url: str) -> None:
        self._odd(not url.startswith((self.address, "blob:", "data:")), f"request: {url}")
        if "/board/events" in url:
            self.streams.append(url)

    def page(self, path: str = "/") -> Page:
        """Open a page of the board, and wait for its rows."""
        page = self.context.new_page()
        page.goto(self.address + path)
        page.wait_for_selector(".condition")
        return page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Broker, dict[str, str]]]:
    """Run a hub with a board over a scripted broker, as people do."""
    home = tmp_path_factory.mktemp("board")
    settings = home / "jogeon.toml"
    settings.write_text(RULES, encoding="utf-8")
    settings.chmod(0o600)
    with Broker(MARKET) as broker:
        typed = ["hub", "--all", "--server", broker.url, "--port", "0", "--rest-port", "0", "--journal", f"{home}/j"]
        typed += ["--alerts", "--config", str(settings)]
        private = {name: str(home) for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        command = [sys.executable, "-m", "jogeon", *typed]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | private) as hub:
            assert hub.stdout is not None
            yield broker, json.loads(hub.stdout.readline())
            hub.terminate()


@pytest.fixture(scope="module")
def opened(served: tuple[Broker, dict[str, str]]) -> Iterator[Open]:
    """Open the board by its link."""
    broker, addresses = served
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        pytest.skip("needs Chromium, on Debian: apt-get install chromium fonts-nanum")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 860})
        board = Open(broker, addresses["rest"], context)
        page = context.new_page()
        page.goto(addresses["board"])
        page.wait_for_selector("#grid tbody tr")
        page.close()
        yield board
        context.close()
        browser.close()


@pytest.fixture
def board(opened: Open) -> Iterator[Open]:
    """Give the board, and close what a test opened; it is to have caused no error, and to have asked nobody else."""
    opened.oddities.clear()
    opened.streams.clear()
    yield opened
    for page in opened.context.pages:
        with contextlib.suppress(Exception):
            page.evaluate("localStorage.clear()")
        page.close()
    assert opened.oddities == []


def test_a_thousand_members_are_painted_soon(board: Open) -> None:
    spent: list[float] = []
    while len(spent) < 3 and not any(
        seconds < 1.0 for seconds in spent
    ):  # a busy machine slows a page down now and then
        page = board.context.new_page()
        session = board.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})  # its own CPU
        page.goto(board.address)
        expect(page.locator("#grid tbody tr").nth(999)).to_be_attached()
        metrics = session.send("Performance.getMetrics")["metrics"]
        spent += [each["value"] for each in metrics if each["name"] == "TaskDuration"]
    assert min(spent) < 1.0, spent
    expect(page.locator("#stocks-what")).to_contain_text("1,0")
    expect(page.locator("#link")).to_contain_text("접속됨")


def test_an_enter_and_a_leave_reach_the_screen_soon(board: Open) -> None:
    page = board.page()
    took = []
    for number in range(5):
        code = f"{900_000 + number}"
        start = time.monotonic()
        board.broker.enter("조건 1", code)
        page.wait_for_selector(f'tr[data-code="{code}"]')
        took.append(time.monotonic() - start)
    assert min(took) < 3, took
    board.broker.leave("조건 1", "900000")
    expect(page.locator('tr[data-code="900000"]')).to_have_class(re.compile(r"\bout\b"))
    expect(page.locator('tr[data-code="900000"]')).to_contain_text("이탈")
    expect(page.locator("#events .event").first).to_contain_text("900000")


def test_names_are_text_whatever_they_hold(board: Open) -> None:
    page = board.page()
    for name in (HOSTILE, LONG):
        expect(page.locator(".condition .name").get_by_text(name, exact=True)).to_be_attached()
    expect(page.locator("tr .tag").get_by_text(HOSTILE, exact=True).first).to_be_attached()
    assert page.locator("main img").count() == 0
    page.goto(f"{board.address}/board/stock/{MEMBERS[0]}")
    expect(page.locator(".stock").get_by_text(HOSTILE, exact=True)).to_be_visible()


HARM = "급등\x1b]0;\x85\u2028\u202e\u2066\u200b\u3164\u115f주a" + "\u0301" * 300 + "b"


def test_no_name_turns_the_writing_round_or_grows_over_other_lines(board: Open) -> None:
    page = board.page()
    shown = page.evaluate(
        """async (harm) => {
            const { element, put, table } = await import("/board/static/format.js");
            const made = element("b", "", harm, { title: harm });
            const changed = element("b", "", "");
            put(changed, harm);
            const cell = table(["x"], [[harm]], 1).querySelector("td");
            const option = element("option", "", harm, { value: harm });
            return [made.textContent, made.title, changed.textContent, cell.textContent, option.text, option.value];
        }""",
        HARM,
    )
    assert shown == ["급등?]0;? ?????주a" + "\u0301" * 4 + "?b"] * 5 + [HARM]


def test_hints_and_what_is_read_aloud_are_as_harmless_as_what_is_shown(board: Open) -> None:
    page = board.page()
    expect(page.locator(".condition .name").get_by_text("뒤집힌 ?이름", exact=True)).to_be_attached()
    told = page.locator("[title], [aria-label]").evaluate_all("nodes => nodes.map((n) => [n.title, n.ariaLabel])")
    assert [each for each in told if TURNED in str(each)] == []
    assert sum("뒤집힌 ?이름" in str(each) for each in told) > 3
    page.goto(f"{board.address}/board/timeline?condition={quote('급등주')}")
    page.locator("#page select").select_option(TURNED)
    page.wait_for_url(f"**condition={quote(TURNED)}")


def test_the_page_takes_for_a_formula_what_a_file_does(board: Open) -> None:
    texts = [
        f"{before}{sign}1+1"
        for before in ("", " ", "\u3000", "\t", "\r\n", "\x00", "\x85", "\u200b", "\ufeff", "\u3164", "급", "[")
        for sign in ("=", "+", "-", "@", "\u2212", "＝", "﹣", "⁺", "=\u0338")
    ] + ["", " ", "급등주", "\u3164", "5일선;20일선", "급등;=1", ';"-1', '"=1"', "=1;@2"]
    found = board.page().evaluate(
        """async (texts) => {
            const { guarded, isFormula } = await import("/board/static/format.js");
            return texts.map((text) => [isFormula(text), guarded(text)]);
        }""",
        texts,
    )
    assert found == [[is_formula(text), as_cells(text, lambda piece, runs: "'" * runs + piece)] for text in texts]


def test_no_cell_that_leaves_the_page_is_run_or_turns_the_writing_round(board: Open) -> None:
    """Neither in a file nor pasted."""
    page = board.page()
    cells = ["=1+1", "급등\t=1", "\t=1", "\u202e@A1", "-0.53", "70,000", "+1", "급등주", "", "a\u3164b"]
    made = page.evaluate(
        """async (cells) => {
            const { sheetCell } = await import("/board/static/format.js");
            return [...cells, 5, -1.5].map(sheetCell);
        }""",
        cells,
    )
    assert made == [*(cell(each) for each in cells), "5", "-1.5"]


FORMULA = "=1+1"


def test_what_is_copied_for_a_spreadsheet_holds_no_formula(board: Open) -> None:
    page = board.page()
    page.evaluate(
        """async (name) => {
            window.copied = null;
            navigator.clipboard.writeText = async (text) => { window.copied = text; };
            const { Grid } = await import("/board/static/grid.js");
            const table = Grid.prototype.table;
            Grid.prototype.table = function () { return [...table.call(this), [name]]; };
        }""",
        FORMULA,
    )
    page.keyboard.press("c")
    page.wait_for_function("window.copied !== null")
    assert page.evaluate("window.copied").endswith(f"\n'{FORMULA}")


def test_the_keyboard_reaches_everything(board: Open) -> None:
    page = board.page()
    page.keyboard.press("/")
    page.keyboard.type("100005")
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#grid tbody tr").nth(50)).to_be_attached()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("1")
    expect(page.locator("#grid tbody tr:not(.out)")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#page .title")).to_contain_text("10000")
    assert "/board/stock/" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#page")).to_be_hidden()
    page.keyboard.press("t")
    assert "/board/timeline" in page.url
    expect(page.locator("#page .u-over")).to_be_visible()


def test_keys_do_what_their_help_says(board: Open) -> None:
    page = board.page()
    page.keyboard.press("e")
    expect(page.locator("#events")).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("[data-sort=at]")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("th[aria-sort] button")).to_contain_text("종목코드")
    page.keyboard.press("g")
    expect(page.locator(".pick").first).to_be_focused()
    page.keyboard.press("b")
    expect(page.locator(".bell").first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "false")
    hangul = "{key: 'ㅌ', code: 'KeyX', bubbles: true}"
    page.evaluate(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {hangul}))")
    expect(page.locator("#left")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("a")
    assert page.url == f"{board.address}/board/alerts"
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.keyboard.press("v")
    assert "종목코드" in download.value.path().read_text(encoding="utf-8-sig")


def test_the_day_is_zoomed_by_keys_and_buttons(board: Open) -> None:
    page = board.page(f"/board/timeline?condition={quote('급등주')}")
    plot = page.locator("#page .big")
    plot.focus()
    expect(plot.locator(".u-over")).to_be_visible()
    page.keyboard.press("+")
    expect(plot).to_have_attribute("data-zoomed", "true")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("0")
    expect(plot).to_have_attribute("data-zoomed", "false")
    page.get_by_role("button", name="확대").click()
    expect(plot).to_have_attribute("data-zoomed", "true")


def test_english_words_agree_with_their_number(board: Open) -> None:
    said = board.page().evaluate(
        """async () => {
            const { speak, t } = await import("/board/static/words.js");
            speak("en");
            const keys = ["stocks", "copied", "held", "programs", "gap.many"];
            return [0, 1, "1", 2].map((n) => keys.map((key) => t(key, { n })));
        }"""
    )
    many = ["{} stocks", "Copied {} stocks", "Show {} changes", "{} programs", "{} conditions"]
    one = ["1 stock", "Copied 1 stock", "Show 1 change", "1 program", "1 condition"]
    assert said == [[each.format(0) for each in many], one, one, [each.format(2) for each in many]]


def test_alerts_are_shown_and_muted(board: Open) -> None:
    page = board.page()
    board.broker.enter("조건 5", "500001")
    expect(page.locator("#alert-list .alert")).to_contain_text("500001 조건 5 편입")
    page.get_by_label("알림 끄기").select_option("60")
    expect(page.get_by_label("알림 끄기")).to_contain_text("까지 끔")
    board.broker.enter("조건 5", "500002")
    expect(page.locator("#alert-list .alert").first).to_contain_text("보내지 않음 (꺼 둠)")
    page.locator("#alerts-title").click()
    row = page.locator("#page tbody tr")
    expect(row).to_have_count(2)
    expect(row.last).to_contain_text("폰 보냄")
    page.keyboard.press("n")
    expect(page.locator("#page select")).to_contain_text("알림 켬")
    row.last.get_by_role("link").click()
    expect(page.locator("#page .title")).to_contain_text("500001")


def test_the_page_of_a_stock_follows_it(board: Open) -> None:
    page = board.page(f"/board/stock/{MEMBERS[0]}")
    expect(page.locator(".stock")).to_contain_text("오늘 기록된 시세가 없습니다")
    board.broker.enter("조건 4", MEMBERS[0])
    expect(page.locator(".part", has_text="편입된 조건식")).to_contain_text("조건 4")
    expect(page.locator(".past")).to_contain_text("조건 4")


def test_the_price_of_a_stock_bears_the_marks_of_its_day(board: Open) -> None:
    page = board.context.new_page()
    told = json.loads(page.request.get(f"{board.address}/board/stock/{MEMBERS[1]}.json").text())
    begun = 1_795_305_600_000
    told |= {"price": 710, "change": 10, "rate": 1.43, "prices": [[begun, 700], [begun + 60_000, 710]]}
    told["events"] = [
        {"event": "enter", "at": "2026-11-22T09:00:30+09:00", "condition": {"name": "급등주"}, "code": "x"}
    ]
    page.route("**/board/stock/*.json", lambda route: route.fulfill(json=told))
    page.goto(f"{board.address}/board/stock/{MEMBERS[1]}")
    canvas = page.locator(".price-plot canvas")
    expect(canvas).to_be_visible()
    reds = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let found = 0;
        for (let at = 0; at < data.length; at += 4) found += data[at] > 150 && data[at + 1] < 60 && data[at + 3] > 200;
        return found;
    }"""
    assert canvas.evaluate(reds) > 10


def test_what_was_chosen_survives_and_has_an_address(board: Open) -> None:
    page = board.page()
    page.get_by_role("button", name="급등주").first.click()
    expect(page.locator("#grid tbody tr:not(.out)")).to_have_count(3)
    page.get_by_role("button", name="종목코드").click()
    page.locator("#theme").click()
    page.locator("#lang").click()
    expect(page.locator("#conditions-title")).to_have_text("Conditions")
    address = page.url
    page.reload()
    expect(page.locator("#grid tbody tr:not(.out)")).to_have_count(3)
    assert page.url == address
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("th[aria-sort] button")).to_contain_text("Code")


def test_watching_is_ended_and_begun_from_the_page(board: Open) -> None:
    page = board.page()
    box = page.get_by_label("급등주 감시 중지")
    box.click()
    expect(page.get_by_label("급등주 감시 시작")).not_to_be_checked()
    page.get_by_label("급등주 감시 시작").click()
    expect(page.get_by_label("급등주 감시 중지")).to_be_checked()
    expect(page.locator(".condition", has_text="급등주").locator(".count")).to_have_text("3")


def test_eight_tabs_live_on_one_stream(board: Open) -> None:
    pages = [board.page(f"/?c={quote('조건 2')}") for _ in range(8)]
    board.broker.enter("조건 2", "800001")
    for page in pages:
        page.wait_for_selector('tr[data-code="800001"]', state="attached")
    assert len(board.streams) == 1
    pages.pop(0).close()  # the one that listened: another takes over
    board.broker.enter("조건 2", "800002")
    for page in pages:
        page.wait_for_selector('tr[data-code="800002"]', state="attached")


def test_a_tab_that_slept_is_right_soon_after(board: Open) -> None:
    page = board.page(f"/?c={quote('조건 2')}")
    page.wait_for_load_state()
    session = board.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    board.broker.enter("조건 2", "810001")
    while "810001" not in page.request.get(f"{board.address}/board/state.json").text():
        pass
    start = time.monotonic()
    session.send("Page.setWebLifecycleState", {"state": "active"})
    page.wait_for_selector('tr[data-code="810001"]')
    assert time.monotonic() - start < 30  # two seconds where nothing else runs: bench/board.py


FEW = f"c={quote('급등주')}"
"""Of a condition with three stocks: the list behind a view is hidden, and axe goes through each of its cells."""
VIEWS = (
    f"/?{FEW}",
    f"/board/timeline?condition={quote('급등주')}&{FEW}",
    f"/board/alerts?{FEW}",
    f"/board/stock/100000?{FEW}",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_view(board: Open, scheme: Literal["light", "dark"]) -> None:
    page = board.page(VIEWS[0])
    page.emulate_media(color_scheme=scheme)
    for view in VIEWS:
        page.goto(board.address + view)
        page.wait_for_selector(".condition")
        only = {} if scheme == "light" else {"runOnly": ["color-contrast"]}  # all else is the same in both
        found = Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
        assert [(each["id"], [node["html"][:90] for node in each["nodes"]][:3]) for each in found] == [], view


STOPS = "a[href], button, input, select, [tabindex='0']"


def test_tab_alone_reaches_whatever_can_be_done(board: Open) -> None:
    page = board.page(VIEWS[0])
    page.wait_for_selector("#flow .u-over")
    page.evaluate("window.reached = new Set(); addEventListener('focusin', event => reached.add(event.target))")
    missing = """stops => [...document.querySelectorAll(stops)]
        .filter(each => each.checkVisibility() && each.tabIndex >= 0 && !reached.has(each))
        .map(each => each.outerHTML)"""
    for _ in range(page.locator(STOPS).count() + 5):
        page.keyboard.press("Tab")
    assert page.evaluate(missing, STOPS) == []


def test_an_outage_is_shown_then_its_gap_and_what_it_hid(board: Open) -> None:
    page = board.page()
    board.broker.hold("LOGIN")
    board.broker.drop()
    board.broker.enter("조건 3", "700001", push=False)
    expect(page.locator("#banner")).to_contain_text("연결 끊김")
    expect(page.locator("#link")).to_contain_text("연결 끊김")
    board.broker.release()
    gap = page.locator("#events .gap", has_text="연결 끊김")
    expect(gap).to_contain_text(f"조건식 {len(MARKET)}개")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator('tr[data-code="700001"]')).to_contain_text("복구")
    expect(page.locator("#gaps")).to_contain_text("오늘 공백")
    expect(gap).to_have_count(1)


def test_another_site_changes_nothing_with_the_cookie(board: Open, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>x</title>", encoding="utf-8")
    with _site(tmp_path) as elsewhere:
        page = board.context.new_page()
        page.goto(elsewhere)
        page.evaluate(
            "([url, body]) => fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include', body})",
            [f"{board.address}/board/watch", '{"name": "급등주", "on": false}'],
        )
        read = page.evaluate(
            "url => fetch(url, {credentials: 'include'}).then(() => 'read', () => 'refused')",
            f"{board.address}/board/state.json",
        )
    assert read == "refused"
    board.oddities.clear()  # what the browser says of what it refused the other site
    here = board.page()
    expect(here.get_by_label("급등주 감시 중지")).to_be_checked()


@contextlib.contextmanager
def _site(folder: Path) -> Iterator[str]:
    """Serve a folder as another site on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(folder))

        def log_message(self, *given: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_a_difference_is_taken_once_and_one_that_is_missing_is_noticed(board: Open) -> None:
    taken = board.page().evaluate(
        """async () => {
            const { Model } = await import("/board/static/model.js");
            const model = new Model();
            const now = "2026-11-23T09:00:00+09:00";
            const more = { position: "1:1", status: {}, conditions: [], members: {}, stocks: {}, events: [], now };
            model.load({ run: "a", seq: 3, ...more });
            const diff = (seq, run = "a") => ({ run, seq, position: "1:2", now, stocks: { A: { name: `${seq}` } } });
            const came = [diff(2), diff(3), diff(5), diff(4), diff(4), diff(5), diff(6, "b")];
            const told = came.map((each) => model.take(each)?.codes.length ?? null);
            return [told, model.seq, model.stocks.get("A").name];
        }"""
    )
    assert taken == [[0, 0, None, 1, 0, 1, None], 5, "5"]


def test_a_stock_is_shown_with_its_latest_stay(board: Open) -> None:
    rows = board.page().evaluate(
        """async () => {
            const { Model } = await import("/board/static/model.js");
            const row = (...stays) => {
                const model = new Model();
                stays.forEach((stay, at) => model.members.set(`${at}`, new Map([["A", stay]])));
                return model.row("A", [...model.members.keys()]).stay.at;
            };
            const [early, late, none] = [{ at: "2026-11-23T09:00" }, { at: "2026-11-23T10:00" }, { at: null }];
            const left = { at: "2026-11-23T11:00", left: "2026-11-23T11:01" };
            const pairs = [[early, late], [none, early], [left, early]];
            return pairs.flatMap(([one, other]) => [row(one, other), row(other, one)]);
        }"""
    )
    nine, ten = "2026-11-23T09:00", "2026-11-23T10:00"
    assert rows == [ten, ten, nine, nine, nine, nine]


def test_what_rounds_to_nothing_has_no_sign(board: Open) -> None:
    shown = board.page().evaluate(
        """async () => {
            const { percent } = await import("/board/static/format.js");
            return [0, 0.004, -0.004, 0.005, -0.01, 1.5, -29.999, null].map(percent);
        }"""
    )
    assert shown == ["0.00%", "0.00%", "0.00%", "+0.01%", "−0.01%", "+1.50%", "−30.00%", ""]


def test_the_exchanges_are_open_from_eight_to_eight_on_weekdays(board: Open) -> None:
    clocks = ("07:59:59", "08:00", "19:59:59", "20:00")
    shown = board.page().evaluate(
        """async (moments) => {
            const { Line } = await import("/board/static/line.js");
            const { t } = await import("/board/static/words.js");
            return moments.map((each) => new Line({}, () => Date.parse(each)).server("real").includes(t("closed")));
        }""",
        [f"2026-11-{day}T{clock}+09:00" for day in (27, 28, 29) for clock in clocks],
    )
    assert shown == [True, False, False, True, *[True] * 8]


def test_a_line_breaks_once_for_each_stretch_in_which_nobody_listened(board: Open) -> None:
    points = board.page().evaluate(
        """async () => {
            const { Flow } = await import("/board/static/flow.js");
            const at = (second) => new Date(second * 1000).toISOString();
            const series = [[20_000, null], [30_000, 6]];
            const model = { conditions: new Map([["A", { series }]]) };
            const flow = new Flow(model, document.createElement("div"), document.createElement("b"));
            Object.assign(flow, { name: "A", told: { points: [[0, 5], [12_000, 7]], gaps: [] } });
            const gap = { event: "gap", condition: { name: "A" }, since: at(10), until: at(15) };
            flow.touched({ conditions: ["A"], events: [gap] });
            const { points } = flow.told;
            flow.end();
            return points;
        }"""
    )
    assert points == [[0, 5], [10_000, None], [30_000, 6]]
