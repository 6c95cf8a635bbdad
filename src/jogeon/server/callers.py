"""Who may call a group of HTTP routes, judged by what a request says of itself.

A program on this machine sends the Host it was given and no Origin. A page in a browser can be made to call this
machine too. If it comes from another site, its Origin and Sec-Fetch-Site say so; if it has made a name of its own point
here (DNS rebinding), its Host does. Checking a key, a token or a cookie is the business of the routes.
"""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing: a foreign page may send them, but is not shown the answer."""

_LOOPBACK = re.compile(r"(localhost|\[::1\]|127(\.[0-9]{1,3}){3})(:[0-9]{1,5})?", re.IGNORECASE)


class Callers(Struct, frozen=True, kw_only=True):
    """The policy of a group of routes; by default for programs on this machine.

    `hosts`: "loopback" refuses a Host that does not name this machine; "any" is for a server that listens beyond it.
    `pages`: "none" refuses a request with an Origin. "own" accepts the pages of this server: a request that changes
    something passes only if the browser says that it comes from one of them.
    """

    hosts: Literal["loopback", "any"] = "loopback"
    pages: Literal["none", "own"] = "none"

    def refusal(self, method: str, scheme: str, headers: Mapping[str, str]) -> str:
        """Return why a request is refused, "" if it is not. `headers` are found by names in lower case."""
        host, origin, site = headers.get("host", ""), headers.get("origin"), headers.get("sec-fetch-site")
        if self.hosts == "loopback" and not is_loopback(host):
            return "the Host is not a loopback address"
        if self.pages == "none":
            return "" if origin is None else "not for browsers"
        own = f"{scheme}://{host}".lower()
        if origin is not None and origin.lower() != own:
            return "the Origin is another site"
        if method in HARMLESS:
            return ""
        if site not in (None, "same-origin"):
            return "the page is of another site"
        return "only for pages of this server" if origin is None and site is None else ""


def is_loopback(host: str) -> bool:
    """Tell whether a Host header, with or without a port, names this machine."""
    return _LOOPBACK.fullmatch(host) is not None
