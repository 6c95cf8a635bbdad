"""Keys as people have them: bare, in quotes, behind a label; and the two text files downloaded from Kiwoom."""

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

from jogeon.account.pasted import QUOTES, is_one_word, seen, unquoted
from jogeon.errors import InvalidSetting
from jogeon.events import KST
from jogeon.files import read_small
from jogeon.masks import hide, unmasked
from jogeon.reports import Report

Part = Literal["appkey", "secretkey"]
Choose = Callable[[Sequence[str]], int]
"""Shown several names, returns the index of the one a person chose."""

KEY_LENGTH = 1_000
FIELDS: dict[Part, str] = {"appkey": "app key", "secretkey": "secret key"}
LABELS: dict[str, Part] = {
    "appkey": "appkey", "apikey": "appkey", "kiwoomappkey": "appkey", "appkeymock": "appkey", "앱키": "appkey",
    "appsecret": "secretkey", "secretkey": "secretkey", "secret": "secretkey", "appsecretkey": "secretkey",
    "kiwoomappsecret": "secretkey", "kiwoomsecretkey": "secretkey", "appsecretmock": "secretkey",
    "시크릿키": "secretkey", "시크릿": "secretkey", "비밀키": "secretkey",
}  # fmt: skip
"""What stands before a key, without signs and blanks."""

_LABELLED = re.compile(r"(?:(?:export|setx?|\$env:)\s*)?(?P<label>[^=:]{1,40}?)\s*[=:]\s*(?P<value>.*)", re.IGNORECASE)
_SET = re.compile(r"setx?\s+(?P<label>\w+)\s+(?P<value>\S+)", re.IGNORECASE)
_KEY = re.compile(r"[\w.~+/-]+=*", re.ASCII)
_AGAIN = r"(?:copy|복사본|사본|new|최신|신규|재발급|txt|[\[(]?\d{1,8}[\])]?)"
_DOWNLOADED = re.compile(
    rf"(?P<before>(?:{_AGAIN}(?:\(\d+\))?[\s_-]+)*?(?:of )?)"
    rf"(?:(?P<account>[^\s_()\[\]]+)_)?(?P<part>app_?key|secret_?key)(?P<after>(?:의?[\s_.~#-]*{_AGAIN})*)\.txt",
    re.IGNORECASE,
)
"""The name of a downloaded file, and what browsers, file managers and people make of it when it comes twice.

A form that is missing here may be the newer file's: it would be passed over, and the older one used in silence.
"""

logger = logging.getLogger("jogeon.keyfiles")
logger.addFilter(unmasked)


def bare_key(text: str, part: Part, where: str) -> str:
    """Return the one key that a text holds, without quotes, label and what nobody sees.

    InvalidSetting, which never quotes it, if something odd remains: a key is not guessed.
    """
    lines = [line for line in map(seen, text.splitlines()) if line.strip("{}, ")]
    labelled = [_labelled(line) for line in lines]
    mine = [value for label, value in labelled if label == part] or [value for label, value in labelled if not label]
    field = FIELDS[part]
    if not mine and lines:
        raise InvalidSetting(file=where, field=field, reason="other key")
    if len(set(mine)) > 1:
        raise InvalidSetting(file=where, field=field, reason="several lines")
    key = mine[0] if mine else ""
    if not is_one_word(key) or len(key) > KEY_LENGTH:
        raise InvalidSetting(file=where, field=field, reason="not one word")
    if not _KEY.fullmatch(key):
        odd = sorted(set(re.findall(r"[^\w.~+/-]", key)))
        raise InvalidSetting(file=where, field=field, reason="odd key", detail=" ".join(odd))
    hide(key)
    return key


def _labelled(line: str) -> tuple[Part | None, str]:
    """Return what a line says it holds, None if it does not say, and what it holds."""
    for written in (unquoted(line), line):  # quotes around all of it, or around what is left and right
        for pattern in (_SET, _LABELLED):
            found = pattern.fullmatch(written.strip("{}, ").removesuffix(";"))
            label = LABELS.get(_plain(found["label"])) if found else None
            if found and label and not set(value := unquoted(found["value"])) & set(QUOTES):
                return label, value
    return None, unquoted(line)


def _plain(label: str) -> str:
    return re.sub(f"[\\s_\\-*.{QUOTES}]", "", unicodedata.normalize("NFC", label)).casefold()


def masked_account(account: str) -> str:
    """Return an account number (계좌번호) with only its last three characters left."""
    return "*" * (len(account) - 3) + account[-3:] if len(account) > 3 else "*" * len(account)


# ------------------------------------------------------------ the two downloaded files


class _File(Struct, frozen=True):
    """A downloaded file; `copy` is what a browser added to its name, the same for both halves of a pair."""

    path: Path
    account: str
    part: Part
    copy: str
    label: str
    key: str

    @property
    def day(self) -> date:
        """When it was saved, Korean time."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, KST).date()


class Pair(Struct, frozen=True):
    """Both keys and where they are from."""

    app_key: str
    secret_key: str
    source: str

    def __repr__(self) -> str:
        return f"Pair(… from {self.source})"


class Half(Struct, frozen=True):
    """What was found without its other half."""

    found: str
    lacking: str


def in_folder(folder: Path, choose: Choose | None = None) -> Iterator[Pair | Half]:
    """Yield what the downloaded files in a folder hold; `folder` may be one of the two files. OSError, InvalidSetting.

    Where one account has files with different keys in them, nothing is taken but what `choose` says: the one that was
    issued last has made the others invalid, and no file tells which that was.
    """
    only = None if folder.is_dir() else _named(folder)
    files = [file for path in sorted((folder.parent if only else folder).iterdir()) if (file := _read(path, only))]
    pairs: dict[str, tuple[_File, _File]] = {}
    for account in dict.fromkeys(file.account for file in files):
        mine = [file for file in files if file.account == account]
        complete, alone = _matched(mine)
        if alone and complete and not only:
            raise _several(mine)
        for file in alone:
            lacking = file.label.replace(*("appkey", "secretkey") if file.part == "appkey" else ("secretkey", "appkey"))
            yield Half(file.label, lacking)
        pairs |= {_shown(*pair): pair for pair in complete}
    if pairs:
        chosen = list(pairs.values())[_chosen(pairs, choose)]
        yield _pair(*chosen)


def _named(path: Path) -> tuple[str, str] | None:
    """Return the account and the copy of a file that was named; InvalidSetting if it is none of the downloaded."""
    path.stat()
    if (found := _of_name(path)) is None:
        raise InvalidSetting(file=str(path), field="*_appkey.txt", reason="no keys")
    return found[0], found[2]


def _of_name(path: Path) -> tuple[str, Part, str] | None:
    """Return account, part and copy of 1234_appkey.txt, 1234_appkey (1).txt, 1234_appkey - 복사본.txt and the like."""
    found = _DOWNLOADED.fullmatch(unicodedata.normalize("NFC", path.name))
    if found is None:
        return None
    part: Part = "appkey" if found["part"].lower().startswith("app") else "secretkey"
    return found["account"] or "", part, f"{found['before']}|{found['after']}".casefold()


def _read(path: Path, only: tuple[str, str] | None) -> _File | None:
    found = _of_name(path)
    if found is None or path.is_dir() or (only and only != (found[0], found[2])):
        return None
    account, part, copy = found
    label = shown_path(path).name
    try:
        content = read_small(path, limit=4 * KEY_LENGTH)
    except InvalidSetting as error:
        raise InvalidSetting(file=label, reason=error.reason, detail=error.why) from None
    if content is None:  # a link that leads nowhere
        raise InvalidSetting(file=label, reason="missing")
    return _File(path, account, part, copy, label, bare_key(_decoded(content, label), part, label))


def shown_path(path: Path) -> Path:
    """Return a path as people may see it: without the account number, if it is one of the downloaded files."""
    account = (_of_name(path) or ("",))[0]
    shown = unicodedata.normalize("NFC", str(path))
    return Path(shown.replace(account, masked_account(account)) if account else shown)


def _decoded(content: bytes, label: str) -> str:
    """Return a text as an editor saved it: in UTF-8, UTF-16, or what Korean Windows calls ANSI."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        encodings = ["utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp949"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidSetting(file=label, reason="not text")


def _matched(files: Sequence[_File]) -> tuple[list[tuple[_File, _File]], list[_File]]:
    """Return the pairs of an account's files, and those without another half; the same keys twice count once."""
    apps = _distinct(file for file in files if file.part == "appkey")
    secrets = _distinct(file for file in files if file.part == "secretkey")
    if len(apps) == len(secrets) == 1:
        return [(apps[0], secrets[0])], []
    by_copy = {file.copy: file for file in secrets}
    pairs = [(app, by_copy[app.copy]) for app in apps if app.copy in by_copy]
    paired = {file.path for pair in pairs for file in pair}
    return pairs, [file for file in (*apps, *secrets) if file.path not in paired]


def _distinct(files: Iterable[_File]) -> list[_File]:
    return list({file.key: file for file in sorted(files, key=lambda file: file.copy, reverse=True)}.values())[::-1]


def _shown(app: _File, secret: _File) -> str:
    return f"{app.label} ({max(app.day, secret.day)})"


def _several(files: Sequence[_File]) -> InvalidSetting:
    detail = ", ".join(f"{file.label} ({file.day})" for file in files)
    folder = str(shown_path(files[0].path).parent)
    return InvalidSetting(file=folder, field="*_appkey.txt", reason="several pairs", detail=detail)


def _chosen(pairs: Mapping[str, tuple[_File, _File]], choose: Choose | None) -> int:
    if len(pairs) == 1:
        return 0
    if choose is None:
        raise _several([app for app, _ in pairs.values()])
    return choose(list(pairs))


def _pair(app: _File, secret: _File) -> Pair:
    if app.day != secret.day:
        labels = (f"{each.label} ({each.day})" for each in (app, secret))
        logger.warning("%s", Report("key files apart", name=next(labels), other=next(labels)))
    return Pair(app.key, secret.key, str(shown_path(app.path)))
