"""The routes of the board as a browser, another site and a stranger meet them."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx2
import pytest

from boards import board_over, browser
from jogeon.board.roster import iso
from jogeon.testing import Broker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from boards import Served

pytestmark = pytest.mark.usefixtures("spared_disk")
HOSTILE = "<img src=x onerror=alert(1)>"
MARKET = {"급등주": ["005930"], HOSTILE: ["000660"]}
DATA = ("/board/state.json", "/board/events", "/board/stock/005930.json", "/board/timeline.json?condition=x",
        f"/board/{quote('급등주')}.json")  # fmt: skip


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    with Broker(MARKET) as broker:
        async with board_over(broker, tmp_path / "j") as served:
            await served.until(
                lambda state: all(len(state["members"].get(name, ())) == len(codes) for name, codes in MARKET.items())
            )
            yield served


def stranger(served: Served, **headers: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=served.hub.rest, trust_env=False, headers=headers)


async def test_a_link_opens_the_page_once_by_a_cookie_that_no_script_and_no_other_site_gets(served: Served) -> None:
    link = served.link
    async with stranger(served) as client, stranger(served) as other:
        opened = await client.get(link)
        assert opened.status_code == 200
        cookie = opened.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "default-src 'none'; script-src 'self'" in opened.headers["content-security-policy"]
        assert "unsafe" not in opened.headers["content-security-policy"]
        assert (await client.get("/")).status_code == 200
        again = await other.get(link)
        assert again.status_code == 403
        assert "jogeon board" in again.text


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Dest": "image"}])
async def test_what_only_looks_ahead_at_a_link_does_not_use_it_up(served: Served, headers: dict[str, str]) -> None:
    link = served.link
    async with stranger(served) as client:
        assert (await client.get(link, headers=headers)).status_code == 403
        assert (await client.head(link)).status_code == 403
        assert (await client.get(link)).status_code == 200


async def test_without_a_cookie_nothing_is_shown(served: Served) -> None:
    async with stranger(served) as client:
        for path in DATA:
            answer = await client.get(path)
            assert (answer.status_code, "jogeon board" in answer.json()["error"]) == (403, True)
        answer = await client.post("/board/watch", json={"name": "급등주", "on": False})
        assert answer.status_code == 403
        client.cookies.set(f"jogeon_board_{httpx2.URL(served.hub.rest).port}", "guessed")
        assert (await client.get("/board/state.json")).status_code == 403


async def test_a_name_made_to_point_here_sees_nothing(served: Served) -> None:
    async with browser(served) as client:
        for path in ("/", *DATA):
            assert (await client.get(path, headers={"Host": "rebound.example"})).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {}],
    ids=str,
)
async def test_a_cookie_in_another_sites_hands_changes_nothing(served: Served, headers: dict[str, str]) -> None:
    async with browser(served) as client:
        answer = await client.post("/board/watch", json={"name": "급등주", "on": False}, headers=headers)
        assert answer.status_code == 403
        assert [each.name for each in served.hub.conditions] == list(MARKET)


async def test_the_page_itself_begins_and_ends_watching(served: Served) -> None:
    async with browser(served) as client:
        client.headers["Origin"] = served.hub.rest
        answer = await client.post("/board/watch", json={"name": "급등주", "on": False})
        assert (answer.status_code, answer.json()) == (200, {"name": "급등주", "on": False})
        assert [each.name for each in served.hub.conditions] == [HOSTILE]
        assert (await client.post("/board/watch", json={"name": "없는 것", "on": True})).status_code == 404
        for wrong in (b"{}", b'{"name":"x"}', b'{"name":4,"on":true}', b'{"name":"x","on":"yes"}', b"[]", b"{"):
            assert (await client.post("/board/watch", content=wrong)).status_code == 400


class Alarms:
    """Alerts that are sent."""

    changes = 7
    muted_until_ns: int | None = None

    def mute(self, until_ns: int) -> None:
        self.muted_until_ns = until_ns or None


async def test_the_page_mutes_alerts_for_a_while(served: Served) -> None:
    async with browser(served) as client:
        client.headers["Origin"] = served.hub.rest
        assert (await client.post("/board/mute", json={"minutes": 60})).status_code == 409
        served.board.alarms = alarms = Alarms()
        state = await served.until(lambda state: state["status"]["alerts"] is not None)
        assert state["status"]["alerts"] == {"changes": 7, "muted_until": None}
        answer = await client.post("/board/mute", json={"minutes": 60})
        assert alarms.muted_until_ns is not None
        assert 3590e9 < alarms.muted_until_ns - served.board.wall() <= 3600e9
        assert answer.json() == {"muted_until": iso(alarms.muted_until_ns)}
        assert (await client.get("/board/alerts.json")).json() == {"on": True, "alerts": [], **answer.json()}
        assert (await client.post("/board/mute", json={"minutes": 0})).json() == {"muted_until": None}
        for wrong in ({}, {"minutes": -1}, {"minutes": True}, {"minutes": "60"}, {"minutes": 1441}, {"minutes": 1.5}):
            assert (await client.post("/board/mute", json=wrong)).status_code == 400
        client.headers["Origin"] = "https://elsewhere.example"
        assert (await client.post("/board/mute", json={"minutes": 60})).status_code == 403


async def test_every_view_has_its_data(served: Served) -> None:
    async with browser(served) as client:
        state = (await client.get("/board/state.json")).json()
        assert set(state) >= {"position", "status", "conditions", "members", "stocks", "events"}
        condition = (await client.get(f"/board/{quote(HOSTILE)}.json")).json()
        assert condition["condition"]["name"] == HOSTILE
        assert [row["code"] for row in condition["members"]] == ["000660"]
        stock = (await client.get("/board/stock/005930.json")).json()
        assert set(stock["conditions"]) == {"급등주"}
        timeline = (await client.get("/board/timeline.json", params={"condition": "급등주", "from": "00:00"})).json()
        assert timeline["points"][-1][1] == 1
        assert (await client.get("/board/alerts.json")).json() == {"on": False, "muted_until": None, "alerts": []}
        views = ("/board/stock/005930", "/board/timeline", "/board", "/board/alerts", f"/board/{quote(HOSTILE)}")
        for path in views:
            assert "<!doctype html>" in (await client.get(path)).text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/board/없는 것.json", 404), ("/board/없는 것", 404), ("/board/timeline.json?condition=없는 것", 404),
     ("/board/static/nothing.js", 404),
     ("/board/static/../routes.py", 404), ("/board/timeline.json?condition=급등주&from=soon", 400)],
)  # fmt: skip
async def test_what_is_not_there_is_told(served: Served, path: str, status: int) -> None:
    async with browser(served) as client:
        answer = await client.get(path)
        assert answer.status_code == status


async def test_the_files_of_the_page_are_checked_for_news(served: Served) -> None:
    async with stranger(served) as client:
        script = await client.get("/board/static/main.js")
        assert script.headers["content-type"].startswith("text/javascript")
        again = await client.get("/board/static/main.js", headers={"If-None-Match": script.headers["etag"]})
        assert again.status_code == 304


VENDORED = {
    "uPlot.esm.js": "5dd9b3281aa64b461b42d9945f6adb2649d346502b12281a9ae0d46599a80eba",
    "uPlot.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}
"""uPlot 1.6.32 as its package holds it (`dist/uPlot.esm.js`, `dist/uPlot.min.css`)."""


def test_what_others_wrote_is_as_they_published_it_and_bears_their_licence() -> None:
    vendor = files("jogeon.board") / "page" / "vendor"
    assert {name: sha256((vendor / name).read_bytes()).hexdigest() for name in VENDORED} == VENDORED
    assert "Permission is hereby granted" in (vendor / "uPlot.LICENSE.txt").read_text(encoding="utf-8")


async def test_a_program_that_knows_the_secret_gets_a_link(served: Served) -> None:
    secret = served.board.visitors.secret
    async with stranger(served) as client:
        wrongs: list[dict[str, str]] = [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {secret}"}]
        for wrong in wrongs:
            assert (await client.post("/board/link", headers=wrong)).status_code == 403
        known = {"Authorization": f"Bearer {secret}"}
        assert (await client.post("/board/link", headers={**known, "Origin": served.hub.rest})).status_code == 403
        key = (await client.post("/board/link", headers=known)).json()["key"]
        assert (await client.get("/", params={"key": key})).status_code == 200
