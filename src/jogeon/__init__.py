"""jogeon (조건): Kiwoom's condition search, without losing or hiding anything.

The nouns: a Condition (조건식) was saved by a trader; a search lists the Stocks that are in it now; a Watch follows it
live and yields Events: Snapshot, Enter (편입), Leave (이탈), Gap (공백), State, Anomaly; its Members are who is in now.

The flow: `connect` makes a Client; the Client keeps one session with a server (Kiwoom, its mock server, a simulator)
through any number of connections; what a connection receives becomes events, and each watch gets them in a bounded
queue of its own. What happened while nothing could be heard is told as a Gap, with what it changed.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from jogeon.connect import connect
from jogeon.errors import (
    AmbiguousCondition,
    ConnectionLost,
    CouldNotConnect,
    EmptyPageKey,
    InvalidAddress,
    InvalidSetting,
    JogeonError,
    JournalError,
    KeysMissing,
    LocalProtocolError,
    LoginRefused,
    MissingExtra,
    PagingError,
    PositionError,
    RemoteProtocolError,
    RepeatedPageKey,
    RequestRefused,
    RequestTimeout,
    SessionTaken,
    TokenRefused,
    TooManyPages,
    TooManyRows,
    UnknownCondition,
)

if TYPE_CHECKING:
    from jogeon.account.keys import Keys
    from jogeon.client import Client
    from jogeon.dataframes import to_dataframe
    from jogeon.events import Anomaly, Condition, Enter, Event, Gap, Leave, Member, Snapshot, State, Stock
    from jogeon.journal.history import History
    from jogeon.prices import Quote
    from jogeon.watch import Watch

__all__ = [
    "AmbiguousCondition",
    "Anomaly",
    "Client",
    "Condition",
    "ConnectionLost",
    "CouldNotConnect",
    "EmptyPageKey",
    "Enter",
    "Event",
    "Gap",
    "History",
    "InvalidAddress",
    "InvalidSetting",
    "JogeonError",
    "JournalError",
    "Keys",
    "KeysMissing",
    "Leave",
    "LocalProtocolError",
    "LoginRefused",
    "Member",
    "MissingExtra",
    "PagingError",
    "PositionError",
    "Quote",
    "RemoteProtocolError",
    "RepeatedPageKey",
    "RequestRefused",
    "RequestTimeout",
    "SessionTaken",
    "Snapshot",
    "State",
    "Stock",
    "TokenRefused",
    "TooManyPages",
    "TooManyRows",
    "UnknownCondition",
    "Watch",
    "connect",
    "to_dataframe",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of ours
    _ROOMS = {
        "Client": "client",
        "Watch": "watch",
        "Quote": "prices",
        "Keys": "account.keys",
        "History": "journal.history",
        "to_dataframe": "dataframes",
    }

    def __getattr__(name: str) -> object:
        """Import what is named at its first use: `jogeon --help` needs neither a loop nor a network."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"jogeon.{_ROOMS.get(name, 'events')}"), name)
        return found

    def __dir__() -> list[str]:
        return __all__
