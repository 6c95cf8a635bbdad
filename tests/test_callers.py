"""Who may call a group of routes: what programs, pages and names that were made to point here send."""

from __future__ import annotations

import pytest

from jogeon.server.callers import Callers, is_loopback

HERE = "127.0.0.1:10001"
OWN = f"http://{HERE}"
PROGRAMS = Callers()
BOARD = Callers(pages="own")
BEYOND = Callers(hosts="any")


def refused(callers: Callers, method: str = "GET", scheme: str = "http", /, **headers: str) -> bool:
    named = {"host": HERE} | {name.replace("_", "-"): value for name, value in headers.items()}
    return callers.refusal(method, scheme, named) != ""


def test_a_program_on_this_machine_may_call() -> None:
    for callers in (PROGRAMS, BEYOND):
        assert not refused(callers)
        assert not refused(callers, "POST")
        assert not refused(callers, host="localhost:1")


@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:10001", "", "192.0.2.1"])
def test_a_name_made_to_point_here_is_refused_unless_the_server_listens_beyond(host: str) -> None:
    assert refused(PROGRAMS, host=host)
    assert refused(BOARD, host=host, origin=f"http://{host}", sec_fetch_site="same-origin")
    assert not refused(BEYOND, host=host)
    assert Callers().refusal("GET", "http", {}) == "the Host is not a loopback address"


@pytest.mark.parametrize("origin", [OWN, "null", "https://elsewhere.example", ""])
def test_whatever_bears_an_origin_is_no_program(origin: str) -> None:
    for callers in (PROGRAMS, BEYOND):
        assert refused(callers, origin=origin)
        assert refused(callers, "POST", origin=origin)


def test_a_page_of_this_server_may_ask_and_change() -> None:
    assert not refused(BOARD, origin=OWN, sec_fetch_site="same-origin")
    assert not refused(BOARD, "POST", origin=OWN, sec_fetch_site="same-origin")
    assert not refused(BOARD, "POST", origin=OWN)  # a browser that does not tell the site
    assert not refused(BOARD, "POST", "https", origin=f"https://{HERE}")
    assert not refused(BOARD, "POST", origin="http://LOCALHOST:1", host="localhost:1")


def test_a_link_to_the_page_may_be_opened_from_anywhere() -> None:
    for site in ("none", "cross-site", "same-site"):
        assert not refused(BOARD, sec_fetch_site=site)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "https://elsewhere.example", "sec_fetch_site": "cross-site"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:10002", "sec_fetch_site": "same-site"},  # another port is another origin
        {"origin": f"https://{HERE}"},
        {"origin": OWN, "sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {},
    ],
    ids=str,
)
def test_nobody_else_may_change_anything(headers: dict[str, str]) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert refused(BOARD, method, **headers)


def test_another_origin_is_not_even_shown_what_it_asks_for() -> None:
    assert refused(BOARD, origin="https://elsewhere.example")


def test_what_names_this_machine() -> None:
    for host in ("127.0.0.1", "127.0.0.1:80", "localhost", "LOCALHOST:80", "[::1]:80", "127.9.9.9"):
        assert is_loopback(host)
    for host in ("", "0.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "[::1", "192.0.2.1", "@127.0.0.1:x"):
        assert not is_loopback(host)
