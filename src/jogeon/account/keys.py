"""Keys: where they are looked for, and where they are kept.

A pair of keys is taken from the first of these that has both halves: an argument, the environment, jogeon.toml, the
store of this package (the keyring of the system, else a private file), the keyring of Kiwoom's own kwcli (read only),
the two text files downloaded from Kiwoom in the working directory. `Keys.source` says which it was.
"""

import contextlib
import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from jogeon.account import keyrings
from jogeon.account.environment import Mode, kiwoom_mode, variable
from jogeon.account.keyfiles import Choose, Half, bare_key, in_folder, shown_path
from jogeon.account.settings import setting_files
from jogeon.errors import InvalidSetting, KeysMissing
from jogeon.files import ENVIRONMENT, changeable, config_dir, expanded, read_small, write_private
from jogeon.masks import hide, unmasked
from jogeon.reports import report_of

OUR_SERVICE: dict[Mode, str] = {"real": "jogeon-real", "mock": "jogeon-mock"}


class KiwoomServer(Struct, frozen=True):
    """Where a server of Kiwoom is. Keys go to these addresses and to no others."""

    rest: str
    websocket: str


SERVERS: dict[Mode, KiwoomServer] = {
    "real": KiwoomServer("https://api.kiwoom.com", "wss://api.kiwoom.com:10000/api/dostk/websocket"),
    "mock": KiwoomServer("https://mockapi.kiwoom.com", "wss://mockapi.kiwoom.com:10000/api/dostk/websocket"),
}
VARIABLES: dict[Mode, tuple[str, str]] = {
    "real": ("APP_KEY", "APP_SECRET"),
    "mock": ("APP_KEY_MOCK", "APP_SECRET_MOCK"),
}
KIWOOM_VARIABLES = (("KIWOOM_APP_KEY", "KIWOOM_APP_SECRET"), ("KIWOOM_APP_KEY", "KIWOOM_SECRET_KEY"))
"""These belong to the server that KIWOOM_MODE names, or to either where it names none."""

logger = logging.getLogger("jogeon.credentials")
logger.addFilter(unmasked)


class Keys(Struct, frozen=True):
    """An app key (앱키) and its secret key (시크릿키); `source` says where they are from. Its repr shows neither."""

    app_key: str
    secret_key: str
    source: str = "argument"

    def __post_init__(self) -> None:
        hide(self.app_key, self.secret_key)

    @property
    def id(self) -> str:
        """A name for the app key that does not tell it, for files."""
        return hashlib.sha256(self.app_key.encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"Keys(… from {self.source})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("source", self.source)]


# ------------------------------------------------------------ found


_Found = Keys | Half | None


def find_keys(mode: Mode, given: Keys | Path | str | None = None, *, choose: Choose | None = None) -> Keys:
    """Return the keys for a server; `given` is the keys themselves or the folder of the two downloaded files.

    `choose` is asked where several pairs of files are there. Raises KeysMissing, InvalidSetting. It may block: a
    keyring can ask for a password.
    """
    if isinstance(given, Keys):
        return _checked(given)
    if given is not None:
        return keys_in(expanded(str(given)), choose)
    halves: list[tuple[str, str]] = []
    for found in _everywhere(mode, choose):
        if isinstance(found, Keys):
            logger.info("keys for the %s server: %s", mode, found.source)
            return _checked(found)
        if isinstance(found, Half):
            halves.append((found.found, found.lacking))
    raise KeysMissing(mode, half=tuple(halves), silent=keyrings.is_silent())


def _everywhere(mode: Mode, choose: Choose | None) -> Iterator[_Found]:
    """Yield what each source has, the first one first; a source is not touched before those ahead of it were."""
    yield from _in_environment(mode)
    yield from _in_settings(mode, choose)
    yield _in_keyring(OUR_SERVICE[mode])
    yield _in_file(mode)
    for service in keyrings.kwcli_services(mode):
        yield _in_keyring(service)
    with contextlib.suppress(OSError):  # a working folder that is closed or gone
        yield from _downloaded(Path(), choose)


def _checked(keys: Keys) -> Keys:
    """Return keys without quotes and labels; InvalidSetting if something odd remains."""
    app_key = bare_key(keys.app_key, "appkey", keys.source)
    secret_key = bare_key(keys.secret_key, "secretkey", keys.source)
    unchanged = (app_key, secret_key) == (keys.app_key, keys.secret_key)
    return keys if unchanged else Keys(app_key, secret_key, keys.source)


def _in_environment(mode: Mode) -> Iterator[_Found]:
    """Yield the pairs of variables for a server; KIWOOM_… first, because other brokers' tools use APP_KEY, too."""
    for names in KIWOOM_VARIABLES:
        if (found := _pair(names)) is not None and kiwoom_mode() in (None, mode):
            yield found
    yield _pair(VARIABLES[mode])


def _pair(names: tuple[str, str]) -> _Found:
    app_key, secret_key = (variable(name) for name in names)
    if app_key and secret_key:
        return Keys(app_key, secret_key, f"{ENVIRONMENT} ({', '.join(names)})")
    if app_key or secret_key:
        return Half(*(names if app_key else reversed(names)))
    return None


def _in_settings(mode: Mode, choose: Choose | None) -> Iterator[_Found]:
    for path, settings in setting_files():
        table = getattr(settings.keys, mode)
        if table is None:
            continue
        if table.folder:
            yield _in_named_folder(path, f"keys.{mode}.folder", table.folder, choose)
        elif table.app_key and table.secret_key:
            yield Keys(table.app_key, table.secret_key, str(path))
        else:
            yield Half(f"{path}: [keys.{mode}]", "secret_key" if table.app_key else "app_key")


def _in_named_folder(path: Path, field: str, folder: str, choose: Choose | None) -> Keys:
    """Return the keys in the folder that a setting names; InvalidSetting names that setting if there is no such one."""
    place = path.parent / expanded(folder)
    if not os.path.exists(place):  # noqa: PTH110  # a Path raises where a folder above is closed
        raise InvalidSetting(file=str(path), field=field, reason="missing", detail=str(shown_path(place)))
    return keys_in(place, choose)


def keys_in(folder: Path, choose: Choose | None = None) -> Keys:
    """Return the keys in a folder that holds <계좌번호>_appkey.txt and <계좌번호>_secretkey.txt; InvalidSetting.

    `folder` may be one of the two files, where several pairs are there.
    """
    shown = str(shown_path(folder))
    try:
        found = list(_downloaded(folder, choose))
    except OSError as error:
        raise InvalidSetting(file=shown, reason="unreadable", detail=report_of(error)) from None
    for each in found:
        if isinstance(each, Keys):
            return each
    halves = ", ".join(each.found for each in found if isinstance(each, Half))
    reason = "half a pair" if halves else "no keys"
    raise InvalidSetting(file=shown, field="*_appkey.txt", reason=reason, detail=halves)


def _downloaded(folder: Path, choose: Choose | None) -> Iterator[Keys | Half]:
    for each in in_folder(folder, choose):
        yield each if isinstance(each, Half) else Keys(each.app_key, each.secret_key, each.source)


# ------------------------------------------------------------ kept


def keep_keys(mode: Mode, keys: Keys) -> str:
    """Keep keys for this user and return where: the system's keyring, else a file only the user can read.

    OSError, InvalidSetting if there is no home for the file.
    """
    forget_keys(mode)
    if keyrings.put_pair(OUR_SERVICE[mode], keys.app_key, keys.secret_key):
        return keyrings.name(OUR_SERVICE[mode])
    path = _key_file(mode)
    write_private(path, msgspec.json.encode({"app_key": keys.app_key, "secret_key": keys.secret_key}))
    return str(path)


def forget_keys(mode: Mode) -> list[str]:
    """Remove what `keep_keys` kept and return from where; nothing else is touched. OSError."""
    removed: list[str] = []
    if keyrings.remove_pair(OUR_SERVICE[mode]):
        removed.append(keyrings.name(OUR_SERVICE[mode]))
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, InvalidSetting):  # no home, no file
        path = _key_file(mode)
        path.unlink()
        removed.append(str(path))
    return removed


def _key_file(mode: Mode) -> Path:
    return config_dir() / f"keys-{mode}.json"


class _KeptKeys(Struct):
    app_key: str
    secret_key: str


def _in_file(mode: Mode) -> _Found:
    try:
        path = _key_file(mode)
    except InvalidSetting:  # no home, no file
        return None
    content = read_small(path)
    if content is None:
        return None
    if (why := changeable(path)) is not None:
        raise InvalidSetting(file=str(path), reason="not private", detail=why)
    try:
        kept = msgspec.json.decode(content, type=_KeptKeys)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidSetting(file=str(path), reason="spoilt") from None
    return Keys(kept.app_key, kept.secret_key, str(path))


def _in_keyring(service: str) -> _Found:
    pair = keyrings.pair_in(service)
    return None if pair is None else Keys(*pair, keyrings.name(service))
