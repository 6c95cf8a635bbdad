"""What the hub keeps of each program below (창구): its labels, whose it is, since when it is here."""

from datetime import datetime

from msgspec import Struct, field

from jogeon.account.consumers import May
from jogeon.events import KST, Condition
from jogeon.hub.aliases import Aliases
from jogeon.live.feed import Feed
from jogeon.live.listing import resolve
from jogeon.server.peer import Peer
from jogeon.wire.messages import ListConditions, Request, Search

UNLISTED = "\0"
"""The name of no condition."""


class Desk(Struct):
    """What the hub keeps of one program: its labels, whose it is, since when it is here.

    `extended`: it is one of jogeon's own clients, and gets the numbered stream. `may`: what it may ask for; `appkey`
    is that of a consumer with keys of its own. `lists`: how many lists it waits for.
    """

    aliases: Aliases = field(default_factory=Aliases)
    extended: bool = False
    listed: bool = False
    lists: int = 0
    name: str = ""
    may: May = "all"
    appkey: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(KST))

    def allows(self, request: Request) -> bool:
        """Tell whether a program may ask for this; the list is for all."""
        match request:
            case ListConditions():
                return True
            case Search():
                return self.may != "watch"
        return self.may != "search"


class Desks(dict[Peer, Desk]):
    """The desks of all programs that are logged in."""

    def meant(self, peer: Peer, label: str, feed: Feed) -> Condition:
        """Return the condition that a program means by a label, under its present seq.

        UnknownCondition, AmbiguousCondition.
        """
        desk = self[peer]
        if not desk.listed:  # a program that did not ask for the list has it from somewhere
            desk.listed = True
            desk.aliases.listed(feed.listing)
        return resolve(desk.aliases.meant(label) or UNLISTED, feed.listing)

    def moved(self, old: Condition, new: Condition) -> None:
        """Note that a condition goes on under another seq; labels stay."""
        for desk in self.values():
            desk.aliases.moved(old, new)
