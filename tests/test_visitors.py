"""Who may see the board: links that work once, and the browsers that came by them."""

from __future__ import annotations

from jogeon.board.visitors import MOST_BROWSERS, MOST_LINKS, Visitors


def test_a_link_lets_one_browser_in_and_is_worth_nothing_afterwards() -> None:
    visitors = Visitors()
    key = visitors.invite()
    cookie = visitors.enter(key)
    assert cookie is not None
    assert visitors.knows(cookie)
    assert visitors.enter(key) is None


def test_what_was_never_given_out_opens_nothing() -> None:
    visitors, other = Visitors(), Visitors()
    assert visitors.enter("") is None
    assert visitors.enter(other.invite()) is None
    assert not visitors.knows("")
    assert not visitors.knows(other.enter(other.invite()) or "")
    assert not visitors.knows("\ud800")


def test_only_who_knows_the_secret_may_ask_for_a_link() -> None:
    visitors = Visitors()
    assert visitors.may_ask(visitors.secret)
    assert not visitors.may_ask("")
    assert not visitors.may_ask(Visitors().secret)


def test_old_links_and_browsers_are_forgotten() -> None:
    visitors = Visitors()
    first = visitors.invite()
    cookies = [visitors.enter(visitors.invite()) for _ in range(MOST_BROWSERS)]
    for _ in range(MOST_LINKS):
        visitors.invite()
    assert visitors.enter(first) is None
    assert visitors.knows(cookies[0] or "")
    visitors.enter(visitors.invite())
    assert not visitors.knows(cookies[0] or "")
