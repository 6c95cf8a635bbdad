"""Who may see the page: links that work once, and the browsers they let in. No I/O.

A link can be read over a shoulder or stay in a history, so it lets one browser in and is worth nothing afterwards. That
browser proves itself by a cookie from then on, of which only the hash is kept here.
"""

import hashlib
import secrets
from collections import deque

MOST_LINKS = 16
"""Links that were not used yet; the oldest is forgotten."""
MOST_BROWSERS = 64
"""Browsers that were let in; the oldest is forgotten."""


class Visitors:
    """The links that were given out and the browsers that came by them; `secret` is what asks for another link."""

    def __init__(self) -> None:
        self.secret = secrets.token_urlsafe(32)
        self._links: deque[str] = deque(maxlen=MOST_LINKS)
        self._browsers: deque[str] = deque(maxlen=MOST_BROWSERS)

    def invite(self) -> str:
        """Return the key of a link that lets one browser in."""
        key = secrets.token_urlsafe(18)
        self._links.append(_hash(key))
        return key

    def enter(self, key: str) -> str | None:
        """Use up a link; return the cookie of the browser, None if the link was used or never given out."""
        hashed = _hash(key)
        if hashed not in self._links:
            return None
        self._links.remove(hashed)
        cookie = secrets.token_urlsafe(32)
        self._browsers.append(_hash(cookie))
        return cookie

    def knows(self, cookie: str) -> bool:
        """Tell whether a cookie is that of a browser that was let in."""
        return _hash(cookie) in self._browsers

    def may_ask(self, secret: str) -> bool:
        """Tell whether a program that presents this may have a link."""
        return secrets.compare_digest(_hash(secret), _hash(self.secret))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
