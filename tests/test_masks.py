"""What nobody may read is masked: whole or cut, in texts, bytes, addresses, errors and logs; the rest is untouched."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon import account
from jogeon.account.keys import Keys
from jogeon.account.tokens import Issued
from jogeon.endpoint import FixedToken
from jogeon.errors import ConnectionLost, JogeonError, RequestRefused
from jogeon.masks import HEAD, MOST, SHORTEST, forget, hide, hide_address, masked, masked_bytes, unmasked

ROOMS = sorted(path.stem for path in Path(account.__file__).parent.glob("[a-z]*.py"))
SECRET = "WQJCwyqInphKnR3bSRtB9NE1lv"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SECRET, "…"),
        (f"before {SECRET} after", "before … after"),
        (f"{SECRET}{SECRET}", "……"),
        (f"cut: {SECRET[:15]}", "cut: …"),
        (f"cut in the middle {SECRET[:HEAD]}.", "cut in the middle …."),
        (SECRET[: HEAD - 1], SECRET[: HEAD - 1]),
        ("nothing", "nothing"),
    ],
)
def test_a_secret_is_masked_whole_and_cut(text: str, shown: str) -> None:
    hide(SECRET)
    assert masked(text) == shown
    assert masked_bytes(text.encode()) == shown.encode()


@given(st.text(), st.text(), st.integers(HEAD, len(SECRET)))
def test_it_does_not_matter_what_stands_around_it(before: str, after: str, length: int) -> None:
    hide(SECRET)
    assert SECRET[:HEAD] not in masked(before + SECRET[:length] + after)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("wss://me:word@host:1/path", "wss://…@host:1/path"),
        ("to socks5://me:p@ss@host, then", "to socks5://…@host, then"),
        ("wss://host/path?token=abc&x=1", "wss://host/path?token=…&x=1"),
        ("https://host/?a=1&secretkey=abc#top", "https://host/?a=1&secretkey=…#top"),
        ("wss://host/path?x=a@b", "wss://host/path?x=a@b"),
        ("me@host", "me@host"),
    ],
)
def test_the_secrets_of_an_address_are_masked_though_nobody_hid_them(text: str, shown: str) -> None:
    assert masked(text) == shown


HOOK = "http://127.0.0.1:8080/hook/T0Y5KQ/very-secret-word?x=1"


@pytest.mark.parametrize(
    ("address", "text", "shown"),
    [
        (HOOK, f"POST {HOOK} failed", "POST … failed"),
        (HOOK, f"POST {HOOK[:-8]}", "POST …"),
        (HOOK, '"POST /hook/T0Y5KQ/very-secret-word?x=1 HTTP/1.1"', '"POST … HTTP/1.1"'),
        (HOOK, "of very-secret-word alone", "of … alone"),
        (HOOK, HOOK.replace("/", "\\/"), "…"),
        (HOOK, '{"rest":"http://127.0.0.1:10011"}', '{"rest":"http://127.0.0.1:10011"}'),
        (HOOK, "http://127.0.0.1:8080/other", "http://127.0.0.1:8080/other"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("slack://TokenAAAAAAA/TokenB/TokenCCCCCCC", "slack://TokenAAAAAAA/TokenB", "…"),
        ("slack://TokenAAAAAAA/TokenB/TokenCCCCCCC", "/services/TokenCCCCCCC HTTP", "/services/… HTTP"),
    ],
)
def test_of_an_address_what_stands_behind_its_host_is_secret(address: str, text: str, shown: str) -> None:
    hide_address(address)
    assert masked(text) == shown
    assert masked_bytes(text.encode()) == shown.encode()


@pytest.mark.parametrize("written", ["abcdefghi\\/jkl=", "abcdefghi/jkl\\u003d", "abcdefghi\\/jkl\\u003d"])
def test_a_secret_is_known_as_json_may_write_it(written: str) -> None:
    hide("abcdefghi/jkl=")
    assert masked(f'{{"token":"{written}"}}') == '{"token":"…"}'


@pytest.mark.parametrize("known", ["", "demo", "short"])
def test_what_is_no_secret_or_in_every_other_word_is_shown(known: str) -> None:
    hide(known)
    assert masked("the demo is short") == "the demo is short"


def test_bytes_that_are_no_text_stay_what_they_are() -> None:
    hide(SECRET)
    assert masked_bytes(b"\xff" + SECRET.encode() + b"\xfe\x00") == b"\xff\xe2\x80\xa6\xfe\x00"


def test_the_number_of_secrets_is_bounded_and_the_last_ones_count() -> None:
    hide(*(f"secret-{number:03}-of-many" for number in range(MOST + 1)))
    assert masked("secret-000-of-many") != "…"
    assert masked(f"secret-{MOST:03}-of-many") == "…"
    forget()
    assert masked(f"secret-{MOST:03}-of-many") != "…"


def test_whoever_holds_a_secret_hides_it() -> None:
    Keys("the-app-key", "the-secret-key")
    FixedToken("the-fixed-token")
    Issued("the-issued-token", 0.0, 0.0)
    text = "the-app-key the-secret-key the-fixed-token the-issued-token"
    assert masked(text) == "… … … …"


def test_an_error_carries_no_secret() -> None:
    hide(SECRET)
    refused = RequestRefused("CNSRREQ", code="1", text=f"bad {SECRET}")
    lost = ConnectionLost(f"closed by the server (1000 {SECRET[:20]})", text=SECRET)
    assert (refused.text, lost.detail, lost.text) == ("bad …", "closed by the server (1000 …)", "…")
    for error in (refused, lost):
        assert SECRET[:HEAD] not in f"{error}{error!r}{error.args}{error.__dict__}"
    later = JogeonError("x")
    later.text = SECRET
    assert later.text == "…"


def test_a_record_of_a_log_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    hide(SECRET)
    logger = logging.getLogger("jogeon.test")
    logger.addFilter(unmasked)
    try:
        int(SECRET)
    except ValueError:
        logger.exception("at %s with %r", SECRET, {"token": SECRET})
    logger.warning("%d of %s", 5, "them")
    logger.removeFilter(unmasked)
    assert SECRET[:HEAD] not in caplog.text
    assert "'…'" in caplog.text
    assert "5 of them" in caplog.text


@pytest.mark.parametrize("room", ROOMS)
def test_whoever_handles_keys_logs_through_the_mask(room: str) -> None:
    module = importlib.import_module(f"jogeon.account.{room}")
    logger = getattr(module, "logger", None)
    assert logger is None or unmasked in logger.filters


def test_a_secret_that_is_held_again_is_one_of_the_last() -> None:
    hide("the-first-secret", *(f"secret-{number:03}-of-many" for number in range(MOST - 1)))
    hide("the-first-secret")
    hide("one-more-secret")
    assert masked("the-first-secret") == "…"
    assert masked("secret-000-of-many") != "…"


def test_the_shortest_secret_is_masked_and_a_shorter_one_is_a_word() -> None:
    hide("x" * SHORTEST, "y" * (SHORTEST - 1))
    assert masked(f"{'x' * SHORTEST} {'y' * (SHORTEST - 1)}") == f"… {'y' * (SHORTEST - 1)}"
