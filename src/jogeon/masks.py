"""The one door for what people may read: the secrets of this process, and those in an address, become "…".

Whoever holds a secret says so once (`hide`). Errors mask what they carry, loggers of this package mask their records
(`unmasked`), the command masks what it prints, and a connection masks what it hears before anything quotes it. So it
does not matter who echoes a secret, or where.
"""

import re
from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

MASK = "…"
SHORTEST = 6
"""Characters of the shortest secret that is looked for: a shorter one is found in every other word."""
HEAD = 12
"""Characters by which a secret is known: it may be cut, as in the 123 bytes of a close or the start of a long frame."""
MOST = 64
"""Secrets that are remembered; a program renews its token once a day."""
NO_SECRETS = ("demo",)
"""Tokens that everybody knows."""

_IN_ADDRESS = re.compile(
    r"(?P<user>://)[^\s/?#@]*(?:@[^\s/?#@]*)*@"
    r"|(?P<name>[?&;](?:access_?token|token|app_?key|secret_?key|app_?secret|secret|password|passwd|pwd|key)=)(?P<value>[^&;\s#'\"]+)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[/:@?&=#]+")
"""What stands between the parts of an address."""
_secrets: dict[str, int] = {}
"""Each with how many of its characters it is known by."""
_links: deque[str] = deque(maxlen=MOST)
"""Keys of links that were made to be read and are worth nothing once they are used."""
_by_head: dict[str, tuple[str, ...]] = {}
"""All that may stand in a text, by how it begins."""


def hide(*secrets: str) -> None:
    """Remember secrets that nobody may read from now on."""
    _remember((secret, HEAD) for secret in secrets if len(secret) >= SHORTEST and secret not in NO_SECRETS)


def hide_address(address: str) -> None:
    """Remember an address of which everything behind the host is secret, as in that of a webhook.

    What many addresses begin with, `https://` and a host, is masked only together with what is secret.
    """
    scheme, _, behind = address.partition("://")
    on_the_web = scheme.lower() in ("http", "https")
    host, slash, way = behind.partition("/") if on_the_web else ("", "", behind)
    if way:
        _remember([(address, len(f"{scheme}://{host}{slash}") + SHORTEST)])
    hide(*(part for part in (slash + way, *_PARTS.split(way)) if len(part) >= HEAD))


def _remember(secrets: Iterable[tuple[str, int]]) -> None:
    for secret, length in secrets:
        _secrets.pop(secret, None)
        _secrets[secret] = length
    while len(_secrets) > MOST:
        del _secrets[next(iter(_secrets))]
    _by_head.clear()
    written = dict.fromkeys(each for secret in _secrets for each in _written(secret))
    for head in (each for secret, length in _secrets.items() for each in _written(secret[:length])):
        _by_head[head] = tuple(each for each in written if each.startswith(head))


def show_link(key: str) -> str:
    """Return the key of a link that works once; from now on people may read it in an address."""
    _links.append(key)
    return key


def _written(secret: str) -> tuple[str, ...]:
    """Return a secret as it is, and as encoders of JSON write it that like neither / nor =."""
    slashes, equals = secret.replace("/", "\\/"), secret.replace("=", "\\u003d")
    return secret, slashes, equals, slashes.replace("=", "\\u003d")


def forget() -> None:
    """Forget all secrets."""
    _secrets.clear()
    _by_head.clear()
    _links.clear()


def masked(text: str) -> str:
    """Return a text without the secrets of this process, and without those that stand in an address."""
    for head, secrets in _by_head.items():
        if head in text:
            text = _without(text, head, secrets)
    if "://" in text or "=" in text:
        text = _IN_ADDRESS.sub(_address_masked, text)
    return text


def _without(text: str, head: str, secrets: tuple[str, ...]) -> str:
    """Return a text without secrets that begin with `head`, whole or cut short."""
    kept, end = [], 0
    while (start := text.find(head, end)) >= 0:
        kept += [text[end:start], MASK]
        end = start + max(_common(text, start, secret) for secret in secrets)
    return "".join([*kept, text[end:]])


def _common(text: str, start: int, secret: str) -> int:
    """Return how many characters of a secret stand in a text from `start` on."""
    pairs = zip(secret, text[start : start + len(secret)], strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one != other), min(len(secret), len(text) - start))


def _address_masked(found: re.Match[str]) -> str:
    if found["value"] in _links:
        return found[0]
    return f"{found['user']}{MASK}@" if found["user"] else f"{found['name']}{MASK}"


def masked_bytes(payload: bytes) -> bytes:
    """Return what was heard without the secrets of this process."""
    for head in _by_head:
        if head.encode() in payload:
            return masked(payload.decode(errors="surrogateescape")).encode(errors="surrogateescape")
    return payload


class Record(Protocol):
    """What is asked of a record of a log."""

    msg: object
    args: Any
    exc_info: Any
    exc_text: str | None

    def getMessage(self) -> str:  # noqa: N802  # logging's name
        """Return the message with its arguments."""


def unmasked(record: Record) -> bool:
    """Mask a record of a log, with the error in it; a filter for loggers and handlers that lets every record pass."""
    text = record.getMessage()
    if (safe := masked(text)) != text:
        record.msg, record.args = safe, ()
    if record.exc_info and not record.exc_text:
        import traceback  # few records hold an error

        record.exc_text = masked("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
    return True
