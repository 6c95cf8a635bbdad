"""The words of a web page, which is what a server in maintenance sends instead of what it was asked for."""

import codecs
import contextlib
from html.parser import HTMLParser

NOTICE = 200
"""Characters of a web page that are told."""


def page_words(body: bytes) -> str:
    """Return the title and the first words of a web page on one line of at most NOTICE characters."""
    page = _Page()
    page.feed(_decoded(body))
    told = " · ".join(dict.fromkeys(filter(None, (" ".join(text.split()) for text in [page.title, *page.texts]))))
    told = "".join(each for each in told if each.isprintable())
    return told if len(told) <= NOTICE else told[: NOTICE - 1] + "…"


def _decoded(body: bytes) -> str:
    """Return a page as text: UTF-8, else what Korean pages were written in before; its end may be cut off."""
    for encoding in ("utf-8-sig", "cp949"):
        with contextlib.suppress(UnicodeDecodeError):
            return codecs.getincrementaldecoder(encoding)().decode(body)
    return body.decode(errors="replace")


class _Page(HTMLParser):
    """What people read of a web page: its title, and its texts as far as they will be told."""

    UNSEEN = frozenset({"script", "style", "noscript", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.texts: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "title" or tag in self.UNSEEN:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            self._within.remove(tag)

    def handle_data(self, data: str) -> None:
        if self._within and self._within[-1] == "title":
            self.title += data
        elif not self._within and sum(map(len, self.texts)) < NOTICE:
            self.texts.append(data)
