"""Keys as people have them: quotes, labels and encodings go, nothing is mangled or guessed, no account is shown."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jogeon.account.keyfiles import FIELDS, bare_key
from jogeon.account.keys import Keys, find_keys, keys_in
from jogeon.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jogeon.account.keyfiles import Part

KEY = "AxserEsdcredca-DEL_9.x~Z"
ACCOUNT = "7204918509"


# ------------------------------------------------------------ one key


@pytest.mark.parametrize(
    "text",
    [
        KEY, f'"{KEY}"', f"'{KEY}'", f"“{KEY}”", f"‘{KEY}’", f"`{KEY}`", f"'\"{KEY}\"'", f'" {KEY} "', f"「{KEY}」",
        f"appkey: {KEY}", f"appkey={KEY}", f"APP_KEY={KEY}", f"App Key : {KEY}", f"app-key:{KEY}", f"앱키: {KEY}",
        f"앱 키 = {KEY}", unicodedata.normalize("NFD", f"앱키: {KEY}"), f"export APP_KEY={KEY}",
        f'export APP_KEY="{KEY}"',
        f"export KIWOOM_APP_KEY='{KEY}';", f"set APP_KEY={KEY}", f"setx APP_KEY {KEY}", f'$env:APP_KEY = "{KEY}"',
        f'"appkey": "{KEY}",', f'{{\n "appkey": "{KEY}"\n}}', f"\n\n{KEY}\r\n\r\n", f"\ufeff{KEY}", f"{KEY}\u200b",
        f"\u200b{KEY}\u00a0", f'\u2060"{KEY}"\u200d', f"{KEY}\n{KEY}", f"appkey: {KEY}\nsecretkey: another-key",
    ],
)  # fmt: skip
def test_what_stands_around_a_key_goes(text: str) -> None:
    assert bare_key(text, "appkey", "file") == KEY


@pytest.mark.parametrize("label", ["secretkey", "APP_SECRET", "KIWOOM_SECRET_KEY", "시크릿키", "시크릿 키"])
def test_each_key_has_its_labels(label: str) -> None:
    assert bare_key(f"{label}: {KEY}", "secretkey", "file") == KEY
    with pytest.raises(InvalidSetting, match="other key"):
        bare_key(f"{label}: {KEY}", "appkey", "file")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not one word"), ("\n \n", "not one word"), ('""', "not one word"), ("키", "not one word"),
        ("two words", "not one word"), (f"{KEY}\nother", "several lines"), (f"mykey={KEY}", "odd key"),
        (f'"{KEY}', "odd key"), (f"{KEY},", "odd key"), (f"{KEY};x", "odd key"), (f"<{KEY}>", "odd key"),
        (f"a\x00{KEY}", "not one word"), ("x" * 1_001, "not one word"), (f"%{KEY}%", "odd key"), (f"${KEY}", "odd key"),
    ],
)  # fmt: skip
def test_what_is_odd_is_told_and_not_quoted(text: str, reason: str) -> None:
    with pytest.raises(InvalidSetting) as invalid:
        bare_key(text, "appkey", "file")
    assert (invalid.value.file, invalid.value.field, invalid.value.reason) == ("file", "app key", reason)
    assert KEY[:6] not in str(invalid.value)


@given(st.text(), st.sampled_from(sorted(FIELDS)))
def test_a_key_comes_out_as_it_stands_in_the_text_or_not_at_all(text: str, part: Part) -> None:
    try:
        key = bare_key(text, part, "file")
    except InvalidSetting:
        return
    assert key in text.replace("\u200b", "").replace("\xad", "").replace("\ufeff", "") or not text.isascii()
    assert bare_key(key, part, "file") == key


def test_every_source_gives_the_bare_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_keys("real", Keys(f'"{KEY}"', f"secretkey={KEY}")) == Keys(KEY, KEY)
    monkeypatch.setenv("APP_KEY", f'"{KEY}"')
    monkeypatch.setenv("APP_SECRET", f"APP_SECRET='{KEY}'")
    assert (find_keys("real").app_key, find_keys("real").secret_key) == (KEY, KEY)
    Path("jogeon.toml").write_text(f"[keys.mock]\napp_key = '\"{KEY}\"'\nsecret_key = 'appkey: {KEY}'")
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("mock")
    assert (invalid.value.file, invalid.value.field) == ("jogeon.toml", "secret key")


# ------------------------------------------------------------ the two downloaded files


def write(name: str, content: str | bytes = KEY, day: int = 0) -> None:
    path = Path(name)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (1_795_000_000 + day * 86_400,) * 2)


def pair(between: str = "", value: str = "one", day: int = 0) -> None:
    write(f"{ACCOUNT}_appkey{between}.txt", f"{value}-app-key", day)
    write(f"{ACCOUNT}_secretkey{between}.txt", f"{value}-secret-key", day)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"])
def test_a_file_as_any_editor_saves_it(encoding: str) -> None:
    write("1_appkey.txt", f"앱키: {KEY}\r\n".encode(encoding))
    write("1_secretkey.txt", f"시크릿키: {KEY}\r\n".encode(encoding))
    assert keys_in(Path()).app_key == KEY


COPIES = [
    " (1)", "(1)", " (2)", " - 복사본", " - 복사본 (2)", " 복사본", " - Copy", " - Copy (2)", " copy",
    " copy 2", "의 사본", "_1", "-20261120", "_2026-11-20", " 2026.11.20", "[1]", " (1) (1)", " (1) - 복사본", ".txt",
    " - 복사본 - 복사본", " 2", "_new", "_재발급", " 최신",
]  # fmt: skip


@pytest.mark.parametrize("between", COPIES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_pair_downloaded_twice_is_never_guessed(between: str, form: str) -> None:
    between = unicodedata.normalize(form, between)  # type: ignore[arg-type]  # a literal for mypy
    pair(value="old")
    pair(between, "new", day=3)
    with pytest.raises(InvalidSetting) as invalid:
        keys_in(Path())
    error = invalid.value
    assert error.reason == "several pairs"
    assert "*******509_appkey.txt (2026-11-18)" in error.detail
    assert f"*******509_appkey{unicodedata.normalize('NFC', between)}.txt (2026-11-21)" in error.detail
    assert ACCOUNT not in f"{error}{error.__dict__}"


@pytest.mark.parametrize("between", COPIES)
def test_a_copy_alone_is_the_pair(between: str) -> None:
    pair(between, "new")
    keys = keys_in(Path())
    assert (keys.app_key, keys.secret_key) == ("new-app-key", "new-secret-key")
    assert keys.source == f"*******509_appkey{between}.txt"


@pytest.mark.parametrize("before", ["Copy of ", "Copy (2) of ", "복사본 ", "사본 - ", "사본(2) - ", "(1) ", "new_"])
def test_what_a_copy_is_called_may_stand_in_front(before: str) -> None:
    pair(value="old")
    for part in ("appkey", "secretkey"):
        write(f"{before}{ACCOUNT}_{part}.txt", f"new-{part}")
    with pytest.raises(InvalidSetting) as invalid:
        keys_in(Path())
    assert invalid.value.reason == "several pairs"
    assert f"{before}*******509_appkey.txt" in invalid.value.detail


def test_a_link_that_leads_nowhere_is_told() -> None:
    pair()
    Path(f"{ACCOUNT}_appkey.txt").unlink()
    Path(f"{ACCOUNT}_appkey.txt").symlink_to("nowhere")
    with pytest.raises(InvalidSetting) as invalid:
        keys_in(Path())
    assert (invalid.value.reason, invalid.value.file) == ("missing", "*******509_appkey.txt")


def test_one_of_several_pairs_is_named_by_its_file_or_chosen() -> None:
    pair(value="old")
    pair(" (1)", "new", day=3)
    for part in ("appkey", "secretkey"):
        assert find_keys("real", f"{ACCOUNT}_{part} (1).txt").app_key == "new-app-key"
        assert find_keys("real", f"{ACCOUNT}_{part}.txt").app_key == "old-app-key"
    shown: list[str] = []

    def choose(labels: Sequence[str]) -> int:
        shown.extend(labels)
        return labels.index("*******509_appkey (1).txt (2026-11-21)")

    assert find_keys("real", ".", choose=choose).app_key == "new-app-key"
    assert len(shown) == 2


def test_the_same_keys_twice_are_one_pair(caplog: pytest.LogCaptureFixture) -> None:
    pair()
    pair(" (1)", day=3)
    assert keys_in(Path()).app_key == "one-app-key"
    assert caplog.text == ""


def test_half_of_a_pair_downloaded_anew_is_not_the_old_pair() -> None:
    pair(value="old")
    write(f"{ACCOUNT}_secretkey (1).txt", "new-secret-key", day=3)
    with pytest.raises(InvalidSetting) as invalid:
        keys_in(Path())
    assert invalid.value.reason == "several pairs"
    assert "*******509_secretkey (1).txt (2026-11-21)" in invalid.value.detail


def test_halves_of_different_days_are_told(caplog: pytest.LogCaptureFixture) -> None:
    pair()
    write(f"{ACCOUNT}_secretkey.txt", "one-secret-key", day=3)
    assert keys_in(Path()).secret_key == "one-secret-key"
    assert "*******509_appkey.txt (2026-11-18) and *******509_secretkey.txt (2026-11-21) were not" in caplog.text
    assert ACCOUNT not in caplog.text


def test_a_short_account_number_is_no_mark_of_a_copy() -> None:
    for part in ("appkey", "secretkey"):
        write(f"12345678_{part}.txt", f"one-{part}")
    assert keys_in(Path()).source == "*****678_appkey.txt"


def test_an_account_number_is_not_shown_wherever_it_stands() -> None:
    Path(ACCOUNT).mkdir()
    os.chdir(ACCOUNT)
    pair()
    here = Path.cwd()
    assert ACCOUNT not in find_keys("real", here).source
    Path(f"{ACCOUNT}_secretkey.txt").unlink()
    with pytest.raises(InvalidSetting) as invalid:
        find_keys("real", f"{ACCOUNT}_appkey.txt")
    assert ACCOUNT not in f"{invalid.value}{invalid.value.__dict__}"


@pytest.mark.posix
@pytest.mark.parametrize("kind", ["pipe", "device", "huge"])
def test_what_is_no_small_file_is_told_and_never_waited_for(kind: str) -> None:
    pair()
    path = Path(f"{ACCOUNT}_appkey.txt")
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(b"x" * 1_000_000)
    with pytest.raises(InvalidSetting) as invalid:
        keys_in(Path())
    assert invalid.value.reason == ("too large" if kind == "huge" else "not a file")
    assert ACCOUNT not in f"{invalid.value}{invalid.value.__dict__}"


def test_other_files_are_left_alone() -> None:
    mac = f"._{ACCOUNT}_appkey.txt"
    for name in ("appkey notes.txt", "my_appkeys.txt", "appkey.md", "1_appkey_old_backup.txt", "notes.txt", mac):
        write(name, "not a key at all")
    pair()
    assert keys_in(Path()).app_key == "one-app-key"
    with pytest.raises(InvalidSetting, match="no keys"):
        find_keys("real", "notes.txt")
