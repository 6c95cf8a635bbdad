"""Keys: where they are looked for, and where they are kept. What a connection logs in with.

A pair of keys is taken from the first of these that has both halves: an argument, the environment, jogeon.toml, the
store of this package (the keyring of the system, else a private file), the keyring of Kiwoom's own kwcli (read only),
the two text files downloaded from Kiwoom in the working directory. `Keys.source` says which it was.
"""

import contextlib
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from jogeon.errors import InvalidSetting, KeysMissing
from jogeon.net import without_password
from jogeon.places import config_dir, read_private, write_private
from jogeon.settings import ENVIRONMENT, Mode, is_one_word, kiwoom_mode, setting_files, variable

KEY_LENGTH = 1_000
APP_KEY_FILE, SECRET_KEY_FILE = "_appkey.txt", "_secretkey.txt"
"""What follows the account number in the names of the downloaded files."""
APP_KEY_USER, SECRET_KEY_USER = "appkey", "secretkey"
"""The users of a keyring service, as kwcli has them."""
OUR_SERVICE: dict[Mode, str] = {"real": "jogeon-real", "mock": "jogeon-mock"}
KWCLI_SERVICE: dict[Mode, str] = {"real": "kiwoom-real", "mock": "kiwoom-demo"}
"""In kwcli `demo` is Kiwoom's mock server (모의투자), not the simulator that is called `demo` here."""


class Broker(Struct, frozen=True):
    """Where a server of Kiwoom is. Keys go to these addresses and to no others."""

    rest: str
    websocket: str


BROKERS: dict[Mode, Broker] = {
    "real": Broker("https://api.kiwoom.com", "wss://api.kiwoom.com:10000/api/dostk/websocket"),
    "mock": Broker("https://mockapi.kiwoom.com", "wss://mockapi.kiwoom.com:10000/api/dostk/websocket"),
}
VARIABLES: dict[Mode, tuple[str, str]] = {
    "real": ("APP_KEY", "APP_SECRET"),
    "mock": ("APP_KEY_MOCK", "APP_SECRET_MOCK"),
}
KIWOOM_VARIABLES = (("KIWOOM_APP_KEY", "KIWOOM_APP_SECRET"), ("KIWOOM_APP_KEY", "KIWOOM_SECRET_KEY"))
"""These belong to the server that KIWOOM_MODE names, or to either where it names none."""

logger = logging.getLogger("jogeon.credentials")
Choose = Callable[[Sequence[str]], int]
"""Shown several names, returns the index of the one a person chose."""


class Tokens(Protocol):
    """Where a connection gets its access token from."""

    async def current(self) -> str:
        """Return a token that should be good."""

    async def renew(self, refused: str) -> str | None:
        """Return another token than the refused one, None if there is no way to get one; TokenRefused."""


class FixedToken:
    """A token that was given and cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __repr__(self) -> str:
        return "FixedToken(…)"

    async def current(self) -> str:
        """Return the token."""
        return self._token

    async def renew(self, refused: str) -> None:
        """Return None: there is no other token."""


class Endpoint(Struct, frozen=True):
    """A server to log in to: `name` is what people call it ("real", "mock", "demo" or the address)."""

    name: str
    websocket: str
    tokens: Tokens
    proxy: str | None = None

    def __repr__(self) -> str:
        through = f", proxy={without_password(self.proxy)!r}" if self.proxy else ""
        return f"Endpoint({self.name!r}, {self.websocket!r}{through})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("name", self.name), ("websocket", self.websocket)]


class Keys(Struct, frozen=True):
    """An app key (앱키) and its secret key (시크릿키); `source` says where they are from. Its repr shows neither."""

    app_key: str
    secret_key: str
    source: str = "argument"

    @property
    def id(self) -> str:
        """A name for the app key that does not tell it, for files."""
        return hashlib.sha256(self.app_key.encode()).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"Keys(… from {self.source})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("source", self.source)]


# ------------------------------------------------------------ found


class _Half(Struct, frozen=True):
    """What was found without its other half."""

    found: str
    lacking: str


_Found = Keys | _Half | None


def find_keys(mode: Mode, given: Keys | Path | str | None = None, *, choose: Choose | None = None) -> Keys:
    """Return the keys for a server; `given` is the keys themselves or the folder of the two downloaded files.

    `choose` is asked where several pairs of files are there. Raises KeysMissing, InvalidSetting. It may block: a
    keyring can ask for a password.
    """
    if isinstance(given, Keys):
        return _checked(given)
    if given is not None:
        return keys_in(Path(given), choose)
    halves: list[tuple[str, str]] = []
    for found in _everywhere(mode, choose):
        if isinstance(found, Keys):
            logger.info("keys for the %s server: %s", mode, found.source)
            return _checked(found)
        if isinstance(found, _Half):
            halves.append((found.found, found.lacking))
    raise KeysMissing(mode, half=tuple(halves))


def _everywhere(mode: Mode, choose: Choose | None) -> Iterator[_Found]:
    """Yield what each source has, the first one first; a source is not touched before those ahead of it were."""
    yield from _in_environment(mode)
    yield from _in_settings(mode, choose)
    yield _in_keyring(OUR_SERVICE[mode])
    yield _in_file(mode)
    yield _in_keyring(KWCLI_SERVICE[mode])
    with contextlib.suppress(OSError):
        yield from _in_folder(Path(), choose)


def _checked(keys: Keys) -> Keys:
    for field, value in (("app key", keys.app_key), ("secret key", keys.secret_key)):
        if not is_one_word(value) or len(value) > KEY_LENGTH:
            raise InvalidSetting(file=keys.source, field=field, reason="not one word")
    return keys


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
        return _Half(*(names if app_key else reversed(names)))
    return None


def _in_settings(mode: Mode, choose: Choose | None) -> Iterator[_Found]:
    for path, settings in setting_files():
        table = getattr(settings.keys, mode)
        if table is None:
            continue
        if table.folder:
            yield keys_in(path.parent / Path(table.folder).expanduser(), choose)
        elif table.app_key and table.secret_key:
            yield Keys(table.app_key.strip(), table.secret_key.strip(), str(path))
        else:
            yield _Half(f"{path}: [keys.{mode}]", "secret_key" if table.app_key else "app_key")


# ------------------------------------------------------------ the two downloaded files


def keys_in(folder: Path, choose: Choose | None = None) -> Keys:
    """Return the keys in a folder that holds <계좌번호>_appkey.txt and <계좌번호>_secretkey.txt; InvalidSetting."""
    try:
        found = list(_in_folder(folder, choose))
    except OSError as error:
        raise InvalidSetting(file=str(folder), reason="unreadable", detail=error.strerror or "") from None
    for each in found:
        if isinstance(each, Keys):
            return _checked(each)
    halves = ", ".join(each.found for each in found if isinstance(each, _Half))
    reason = "half a pair" if halves else "no keys"
    raise InvalidSetting(file=str(folder), field=f"*{APP_KEY_FILE}", reason=reason, detail=halves)


def _in_folder(folder: Path, choose: Choose | None) -> Iterator[_Found]:
    names = {path.name.lower(): path for path in folder.iterdir() if path.is_file()}
    pairs: list[tuple[str, Path, Path]] = []
    for name, path in sorted(names.items()):
        if name.endswith(APP_KEY_FILE):
            account = name.removesuffix(APP_KEY_FILE)
            secret_path = names.get(account + SECRET_KEY_FILE)
            if secret_path is None:
                yield _Half(masked(account) + APP_KEY_FILE, masked(account) + SECRET_KEY_FILE)
            else:
                pairs.append((masked(account) + APP_KEY_FILE, path, secret_path))
    if pairs:
        label, app_path, secret_path = pairs[_chosen([pair[0] for pair in pairs], folder, choose)]
        yield Keys(_bare(app_path, label), _bare(secret_path, label), str(folder / label))


def _chosen(labels: Sequence[str], folder: Path, choose: Choose | None) -> int:
    if len(labels) == 1:
        return 0
    if choose is None:
        field, detail = f"*{APP_KEY_FILE}", ", ".join(labels)
        raise InvalidSetting(file=str(folder), field=field, reason="several pairs", detail=detail)
    return choose(labels)


def masked(account: str) -> str:
    """Return an account number (계좌번호) with only its last three characters left."""
    return "*" * (len(account) - 3) + account[-3:] if len(account) > 3 else "*" * len(account)


def _bare(path: Path, label: str) -> str:
    """Return the one string that a file holds; whoever saved it may have put a mark in front and a line after."""
    content = read_private(path, limit=4 * KEY_LENGTH)
    if content is None:
        raise InvalidSetting(file=label, reason="unreadable")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding).strip()
    except UnicodeDecodeError:
        raise InvalidSetting(file=label, reason="not text") from None


# ------------------------------------------------------------ kept


def keep_keys(mode: Mode, keys: Keys) -> str:
    """Keep keys for this user and return where: the system's keyring, else a file only the user can read. OSError."""
    forget_keys(mode)
    if _put_in_keyring(OUR_SERVICE[mode], keys):
        return _keyring_name(OUR_SERVICE[mode])
    path = _key_file(mode)
    write_private(path, msgspec.json.encode({"app_key": keys.app_key, "secret_key": keys.secret_key}))
    return str(path)


def forget_keys(mode: Mode) -> list[str]:
    """Remove what `keep_keys` kept and return from where; nothing else is touched. OSError."""
    removed: list[str] = []
    if _remove_from_keyring(OUR_SERVICE[mode]):
        removed.append(_keyring_name(OUR_SERVICE[mode]))
    path = _key_file(mode)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
        removed.append(str(path))
    return removed


def _key_file(mode: Mode) -> Path:
    return config_dir() / f"keys-{mode}.json"


class _KeptKeys(Struct):
    app_key: str
    secret_key: str


def _in_file(mode: Mode) -> _Found:
    path = _key_file(mode)
    content = read_private(path)
    if content is None:
        return None
    try:
        kept = msgspec.json.decode(content, type=_KeptKeys)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InvalidSetting(file=str(path), reason="spoilt") from None
    return Keys(kept.app_key, kept.secret_key, str(path))


# A keyring is a foreign plug-in: whatever one raises means that it has no keys for us.


def _keyring_name(service: str) -> str:
    return f"keyring ({service})"


def _in_keyring(service: str) -> _Found:
    try:
        import keyring  # only where nothing before it had keys

        app_key = keyring.get_password(service, APP_KEY_USER)
        secret_key = keyring.get_password(service, SECRET_KEY_USER) if app_key else None
    except Exception as error:  # noqa: BLE001  # see above
        logger.info("%s: %s", _keyring_name(service), type(error).__name__)
        return None
    if not app_key or not secret_key:
        return None
    return Keys(app_key.strip(), secret_key.strip(), _keyring_name(service))


def _put_in_keyring(service: str, keys: Keys) -> bool:
    """Tell whether a keyring keeps the keys; some take them and keep nothing."""
    try:
        import keyring

        keyring.set_password(service, APP_KEY_USER, keys.app_key)
        keyring.set_password(service, SECRET_KEY_USER, keys.secret_key)
    except Exception as error:  # noqa: BLE001  # see above
        logger.info("%s: %s", _keyring_name(service), type(error).__name__)
        _remove_from_keyring(service)
        return False
    kept = _in_keyring(service)
    return isinstance(kept, Keys) and (kept.app_key, kept.secret_key) == (keys.app_key, keys.secret_key)


def _remove_from_keyring(service: str) -> bool:
    removed = False
    for user in (APP_KEY_USER, SECRET_KEY_USER):
        with contextlib.suppress(Exception):
            import keyring

            if keyring.get_password(service, user) is not None:
                keyring.delete_password(service, user)
                removed = True
    return removed
