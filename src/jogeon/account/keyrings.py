"""The keyring of the system: a foreign plug-in that may raise anything, and that may never answer.

It is asked in a thread that nobody has to wait for, and while one question is unanswered it is not asked another. So
a keyring that waits for a prompt nobody sees costs a few seconds once, and never keeps the process alive.
"""

import contextlib
import hashlib
import logging
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from jogeon.account.environment import Mode
from jogeon.errors import InvalidSetting
from jogeon.files import config_home, named_folder, read_small
from jogeon.masks import unmasked
from jogeon.reports import Report

PATIENCE = 5.0
"""Seconds in which a keyring answers, its import included; the next command asks again one that waits for a person."""
BLINK = 0.1
"""Seconds after which a wait can be interrupted; Windows hears no Ctrl+C inside one."""
USERS = APP_KEY_USER, SECRET_KEY_USER = "appkey", "secretkey"
"""The users of a keyring service, as kwcli has them."""
KWCLI_SERVICE: dict[Mode, str] = {"real": "kiwoom-real", "mock": "kiwoom-demo"}
KWCLI_MODE: dict[Mode, str] = {"real": "real", "mock": "demo"}
"""In kwcli `demo` is Kiwoom's mock server (모의투자), not the simulator that is called `demo` here."""

logger = logging.getLogger("jogeon.keyrings")
logger.addFilter(unmasked)
T = TypeVar("T")


class _Asked:
    """The question that waits for its answer, if one does."""

    thread: threading.Thread | None = None


def is_silent() -> bool:
    """Tell whether the keyring still owes an answer."""
    return _Asked.thread is not None and _Asked.thread.is_alive()


def name(service: str) -> str:
    """Return what a service of the keyring is called where it is shown."""
    return f"keyring ({service})"


def pair_in(service: str) -> tuple[str, str] | None:
    """Return the app key and the secret key of a service, None if the keyring does not have both or does not answer."""

    def read() -> tuple[str, str] | None:
        import keyring  # only where nothing before it had keys

        app_key, secret_key = (keyring.get_password(service, user) for user in USERS)
        if isinstance(app_key, str) and isinstance(secret_key, str) and app_key and secret_key:
            return app_key, secret_key
        return None

    return _asked(service, read)


def put_pair(service: str, app_key: str, secret_key: str) -> bool:
    """Tell whether the keyring keeps the keys; some take them and keep nothing."""

    def write() -> bool:
        import keyring

        keyring.set_password(service, APP_KEY_USER, app_key)
        keyring.set_password(service, SECRET_KEY_USER, secret_key)
        return True

    if _asked(service, write) and pair_in(service) == (app_key, secret_key):
        return True
    remove_pair(service)
    return False


def remove_pair(service: str) -> bool:
    """Tell whether the keyring had keys of a service, which it has no more."""

    def remove() -> bool:
        import keyring

        removed = False
        for user in USERS:
            with contextlib.suppress(Exception):
                if keyring.get_password(service, user) is not None:
                    keyring.delete_password(service, user)
                    removed = True
        return removed

    return bool(_asked(service, remove))


def _asked(service: str, question: Callable[[], T]) -> T | None:
    """Return the answer of the keyring, None if it raises or is silent."""
    answers: list[T] = []

    def ask() -> None:
        try:
            answers.append(question())
        except BaseException as error:  # noqa: BLE001  # a plug-in of anybody's
            logger.info("%s: %s", name(service), type(error).__name__)

    if is_silent():
        return None
    _Asked.thread = thread = threading.Thread(target=ask, name="keyring", daemon=True)
    thread.start()
    for _ in range(round(PATIENCE / BLINK)):
        thread.join(BLINK)
        if not thread.is_alive():
            return answers[0] if answers else None
    logger.warning("%s", Report("keyring silent", seconds=PATIENCE))
    return None


# ------------------------------------------------------------ Kiwoom's own command


class _Profiles(Struct):
    profiles: dict[str, Any] = {}
    current_profile: str | None = None


def kwcli_services(mode: Mode) -> Iterator[str]:
    """Yield the services in which kwcli may keep the keys of a server, the one that counts first. InvalidSetting.

    Its profiles come before what it kept before it had any. A current profile of the other server is not taken.
    """
    found = next(filter(None, map(_profiles, _kwcli_files())), _Profiles())
    modes = ((alias, profile.get("mode")) for alias, profile in found.profiles.items() if isinstance(profile, dict))
    aliases = [alias for alias, of in modes if of == KWCLI_MODE[mode]]
    current = _composed(found.current_profile or "")
    if chosen := [alias for alias in aliases if _composed(alias) == current]:
        aliases = chosen
    elif current and aliases:
        logger.warning("%s", Report("other kwcli profile", name=mode, text=", ".join(map(repr, aliases))))
    if len(aliases) > 1:
        detail = ", ".join(aliases)
        raise InvalidSetting(file="kwcli", field="current_profile", reason="several profiles", detail=detail)
    for alias in aliases:
        yield from dict.fromkeys(_service(form) for form in (alias, _composed(alias), _decomposed(alias)))
    yield KWCLI_SERVICE[mode]


def _service(alias: str) -> str:
    return f"kiwoom-profile-{hashlib.sha256(alias.encode()).hexdigest()[:16]}"


def _composed(alias: str) -> str:
    return unicodedata.normalize("NFC", alias.strip())


def _decomposed(alias: str) -> str:
    """Return an alias as macOS types it."""
    return unicodedata.normalize("NFD", alias.strip())


def _kwcli_files() -> Iterator[Path]:
    """Yield where kwcli has its settings: the folder of its maker's library, on Windows named twice."""
    with contextlib.suppress(InvalidSetting):  # no home, no file
        if sys.platform == "win32":
            folder = named_folder("LOCALAPPDATA") or config_home()
            yield folder / "kiwoom" / "kiwoom" / "settings.json"
        else:
            folder = config_home()
        yield folder / "kiwoom" / "settings.json"


def _profiles(path: Path) -> _Profiles | None:
    """Return what kwcli says of its profiles; what cannot be read is logged, and is no reason to stop."""
    try:
        content = read_small(path)
        return None if content is None else msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_Profiles)
    except (InvalidSetting, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        logger.warning("%s", Report("kwcli unreadable", place=str(path)))
    return None
