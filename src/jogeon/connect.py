"""From what a user types ("real", "mock", "demo", ws://…, wss://…) to a Client; roles are imported when used.

So is the client itself: this module is loaded with the package, and the package must load at once.
"""

import contextlib
from os import PathLike
from typing import TYPE_CHECKING, TypeVar

from jogeon.errors import InvalidAddress, InvalidSetting
from jogeon.masks import masked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from jogeon.account.environment import Mode
    from jogeon.account.keys import Keys
    from jogeon.account.names import Learned, Names
    from jogeon.account.stkinfo import StockInfo
    from jogeon.account.tokens import IssuedTokens
    from jogeon.client import Client
    from jogeon.endpoint import Endpoint
    from jogeon.live.policy import OnTaken, Policy
    from jogeon.nats.address import Place

T = TypeVar("T")
ARGUMENT = "argument"
"""What an InvalidSetting calls the place of an argument."""
ON_TAKEN = ("stop", "retry", "takeover")
DEMO_SPEED = 5.0
"""Market seconds in a second of the demo: lively, and still readable."""
PACE = 5
"""Requests a second to a broker: the limit of its older interface, and none is written for this one."""
LOCAL_PACE = 50
"""Requests a second to a server on this machine."""


def connect(
    server: str = "real",
    *,
    token: str | None = None,
    keys: "Keys | Path | str | None" = None,
    proxy: str | None = None,
    rest: str | None = None,
    insecure: bool = False,
    recheck: float = 600.0,
    on_taken: "OnTaken" = "stop",
    price_limit: int | None = None,
) -> "Client":
    """Return a Client for a server; `async with` it to connect.

    What is named is what is connected to: JOGEON_SERVER and `server` of jogeon.toml move the command line, never a
    program that trades.

    `server`: "real", "mock" (모의투자), "demo" (a simulator in this process), or a ws:// or wss:// address; ws:// is
    taken on this machine only unless `insecure`. `token` is for ws:// and wss://, by default JOGEON_TOKEN, on this
    machine "demo". `keys` are for real and mock: an app key and its secret key, or the folder of the two downloaded
    files, or one of them; by default they are looked for (see `credentials`) when the client is entered, which raises
    KeysMissing and InvalidSetting. `proxy`: by default the usual variables decide, "" = none; this machine is
    never reached through one. `rest`: where a ws:// or wss:// server serves names and prices over HTTP, if it does not
    say so itself; by default JOGEON_REST. `recheck`: seconds between rechecks of a condition, 0 = never. `on_taken`:
    what to do when another program takes the session of the key: "stop", "retry" after long pauses, or "takeover",
    once. `price_limit`: of how many stocks the broker is asked to push trades, where prices are wanted, by default 100;
    fewer once it refuses so many. Raises TypeError, InvalidSetting and InvalidAddress for an argument that cannot be
    meant.
    """
    from jogeon.account.names import Names, names_file
    from jogeon.arguments import check_bounds, check_choice, check_length
    from jogeon.client import Client
    from jogeon.net import checked_proxy

    _check_types(server=server, token=token, keys=keys, proxy=proxy, rest=rest, insecure=insecure)
    check_length("recheck", recheck)
    check_choice("on_taken", on_taken, ON_TAKEN)
    if price_limit is not None:
        check_bounds(price_limit=price_limit)
    if proxy:
        checked_proxy(proxy, "proxy")
    found = endpoint(server, token=token, keys=keys, proxy=proxy, rest=rest, insecure=insecure)
    if len(places := _places(server)) > 1:
        return _several(server, places, recheck, on_taken)
    names = Names(names_file(server))
    policy = policy_for(server, recheck=recheck, on_taken=on_taken, price_limit=price_limit, learn=names.learn)
    return Client(found, name=masked(server), policy=policy, names=names)


def _places(server: str) -> "tuple[Place, ...]":
    """Return the places of NATS that an address names, none if it is another one."""
    from jogeon.nats.address import is_nats, places_of

    return places_of(server) if is_nats(server) else ()


def _several(server: str, places: "tuple[Place, ...]", recheck: float, on_taken: "OnTaken") -> "Client":
    """Return a client of several hubs on one NATS."""
    from jogeon.account.names import Names, names_file
    from jogeon.client import Client
    from jogeon.several import SeveralClients

    clients: dict[str, Client] = {}
    for place in places:
        address, prefix = str(place), f"{place.alias}/"
        names = Names(names_file(address))
        policy = policy_for(address, recheck=recheck, on_taken=on_taken, learn=names.learn, prefix=prefix)
        clients[place.alias] = Client(endpoint(address), name=address, policy=policy, names=names)
    return SeveralClients(masked(server), clients)


def policy_for(
    server: str,
    *,
    recheck: float,
    on_taken: "OnTaken",
    price_limit: int | None = None,
    learn: "Callable[[Iterable[Learned]], object]" = lambda _: None,
    prefix: str = "",
) -> "Policy":
    """Return how a client of a server behaves: slower towards a broker than towards a server on this machine.

    `learn` takes the names of stocks that come with a stream of NATS; `prefix` stands before the names and seqs of its
    conditions.
    """
    from urllib.parse import urlsplit

    from msgspec.structs import replace

    from jogeon.live.policy import Policy
    from jogeon.nats.address import is_nats, place_of
    from jogeon.net import is_loopback

    if is_nats(server):
        from jogeon.nats.link import Way

        way = Way(place_of(server), learn, prefix)
        return Policy(recheck=recheck, pace=LOCAL_PACE, on_taken=on_taken, dial=way, ask=way.prices)
    near = server == "demo" or is_loopback(urlsplit(server).hostname or "")
    policy = Policy(recheck=recheck, pace=LOCAL_PACE if near else PACE, on_taken=on_taken)
    return policy if price_limit is None else replace(policy, price_limit=price_limit)


def _check_types(**given: object) -> None:
    """Raise TypeError for an argument of a kind that could only fail later; keys and tokens are not quoted."""
    from jogeon.account.keys import Keys

    kinds: dict[str, tuple[tuple[type, ...], str]] = {
        "server": ((str,), "a str"),
        "token": ((str, type(None)), "a str or None"),
        "keys": ((str, PathLike, Keys, type(None)), "Keys, the path of a folder, or None"),
        "proxy": ((str, type(None)), "a str or None"),
        "rest": ((str, type(None)), "a str or None"),
        "insecure": ((bool,), "a bool"),
    }
    for name, value in given.items():
        wanted, words = kinds[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            raise TypeError(f"{name} is {words}, not {type(value).__name__}")
    for name in ("token", "keys", "rest"):
        if given[name] == "":
            raise InvalidSetting(file=ARGUMENT, field=name, reason="empty")


def endpoint(
    server: str,
    *,
    token: str | None = None,
    keys: "Keys | Path | str | None" = None,
    proxy: str | None = None,
    rest: str | None = None,
    insecure: bool = False,
) -> "AbstractAsyncContextManager[Endpoint]":
    """Return where a client logs in and what with, there as long as it is entered; as `connect` takes it."""
    match server:
        case "real" | "mock" | "demo" if rest is not None:
            raise InvalidAddress(f"{server!r} has a REST address of its own", value=server, reason="own rest")
        case "real" | "mock" | "demo" if insecure:
            raise InvalidAddress(f"insecure is for ws://, not for {server!r}", value=server, reason="no insecure")
        case "real" | "mock":
            if token is not None:
                raise InvalidAddress(f"{server!r} takes keys, no token", value=server, reason="no token")
            return _kiwoom(server, keys, proxy)
        case _ if keys is not None:
            raise InvalidAddress(f"{server!r} takes no keys", value=server, reason="no keys")
        case "demo":
            return _demo()
    return contextlib.nullcontext(_address(server, token, proxy, rest, insecure=insecure))


@contextlib.asynccontextmanager
async def _kiwoom(mode: "Mode", given: "Keys | Path | str | None", proxy: str | None) -> "AsyncIterator[Endpoint]":
    """Yield a server of Kiwoom while its session is held on this machine. KeysMissing, InvalidSetting, SessionTaken."""
    from jogeon.account.keys import SERVERS
    from jogeon.account.lock import session_lock
    from jogeon.endpoint import Endpoint
    from jogeon.net import proxy_for

    keys, tokens = await _issued(mode, given, proxy)
    broker = SERVERS[mode]
    async with session_lock(mode, keys):
        yield Endpoint(mode, broker.websocket, tokens, proxy_for(broker.websocket, proxy), rest=broker.rest)


async def _issued(mode: "Mode", given: "Keys | Path | str | None", proxy: str | None) -> "tuple[Keys, IssuedTokens]":
    """Return the keys for a server of Kiwoom, and the tokens issued for them; KeysMissing, InvalidSetting."""
    from jogeon.account.keys import SERVERS, find_keys
    from jogeon.account.tokens import IssuedTokens
    from jogeon.net import proxy_for

    keys = await _aside(lambda: find_keys(mode, given))  # a keyring may be slow to answer
    rest = SERVERS[mode].rest
    return keys, IssuedTokens(keys, rest, proxy=proxy_for(rest, proxy))


async def _aside(work: "Callable[[], T]") -> "T":
    """Return what work that may block returns; whoever is cancelled meanwhile, and the process, do not wait for it."""
    import asyncio
    import threading
    from contextvars import copy_context

    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: "T | None", error: Exception | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]  # a result where there is no error

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001  # it is raised where it was asked for
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=copy_context().run, args=(run,), name="jogeon keys", daemon=True).start()
    return await done


def _address(server: str, token: str | None, proxy: str | None, rest: str | None, *, insecure: bool) -> "Endpoint":
    from jogeon.account.environment import server_rest, server_token
    from jogeon.account.pasted import is_one_word
    from jogeon.endpoint import Endpoint, FixedToken, checked_rest, is_kiwoom
    from jogeon.nats.address import is_nats
    from jogeon.net import is_loopback, proxy_for

    if is_nats(server):
        return _nats(server, token, rest)
    host = _host_in(server, insecure=insecure)
    token = token or server_token()
    if token is not None and not is_one_word(token):
        raise InvalidSetting(file=ARGUMENT, field="token", reason="not one word")
    if token is None:
        if not is_loopback(host):
            raise InvalidAddress(f"{server!r} needs a token", value=server, reason="token")
        token = "demo"  # noqa: S105  # the simulator's own fixed token, no secret
    through = proxy_for(server, proxy)
    if is_kiwoom(server):
        rest, else_rest = _kiwoom_rest(server, rest), None
    else:
        rest = None if rest is None else checked_rest(rest, insecure=insecure)
        else_rest = server_rest(insecure=insecure)
    return Endpoint(masked(server), server, FixedToken(token), proxy=through, rest=rest, else_rest=else_rest)


def _host_in(server: str, *, insecure: bool) -> str:
    """Return the host of a ws:// or wss:// address; InvalidAddress, also for one that would give a token away."""
    from urllib.parse import urlsplit

    from jogeon.net import is_loopback, without_password

    shown = without_password(server)
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidAddress(f"{shown!r} is not an address: {error}", value=shown, reason="malformed") from None
    if parts.scheme not in ("ws", "wss") or not host:
        raise InvalidAddress(f"{shown!r} is not a server", value=shown, reason="unknown")
    if "@" in parts.netloc:
        raise InvalidAddress(f"{shown!r} takes a token, no user and password", value=shown, reason="user")
    if parts.scheme == "ws" and not is_loopback(host) and not insecure:
        raise InvalidAddress(f"{server!r} would send the token unencrypted", value=server, reason="insecure")
    return host


def _nats(server: str, token: str | None, rest: str | None) -> "Endpoint":
    """Return the stream of a hub on NATS; what it logs in with there is looked up when it connects."""
    from jogeon.endpoint import Endpoint, FixedToken
    from jogeon.nats.address import places_of
    from jogeon.nats.opening import require_library

    if token is not None:
        raise InvalidAddress(f"{server!r} takes no token: set JOGEON_NATS_TOKEN", value=server, reason="nats user")
    if rest is not None:
        raise InvalidAddress(f"{server!r} has no REST address", value=server, reason="own rest")
    first, *others = places_of(server)
    require_library()
    return Endpoint(masked(server) if others else str(first), server, FixedToken("nats"))


def _kiwoom_rest(server: str, rest: str | None) -> str | None:
    """Return the REST address beside a websocket of Kiwoom, None for a host of theirs that has none; InvalidAddress."""
    from jogeon.account.keys import SERVERS
    from jogeon.endpoint import host_of

    if rest is not None:
        raise InvalidAddress(f"{server!r} has a REST address of its own", value=server, reason="own rest")
    beside = {host_of(broker.websocket): broker.rest for broker in SERVERS.values()}
    return beside.get(host_of(server))


# ---------------------------------------------------------------- names without a session


@contextlib.asynccontextmanager
async def stocks_of(
    server: str,
    *,
    token: str | None = None,
    keys: "Keys | Path | str | None" = None,
    proxy: str | None = None,
    rest: str | None = None,
    insecure: bool = False,
) -> "AsyncIterator[tuple[Names, StockInfo]]":
    """Yield the names that are kept of a server, and who asks for more; nothing logs in, and no session is taken.

    The arguments are those of `connect`. Where a ws:// or wss:// server has HTTP is what it said at the last login.
    """
    from jogeon.account.names import Names, names_file
    from jogeon.account.stkinfo import StockInfo

    names = Names(names_file(server))
    await names.load()
    async with contextlib.AsyncExitStack() as held:
        match server:
            case "real" | "mock" if token is None and rest is None and not insecure:
                found = _kiwoom_stocks(server, keys, proxy)
            case _:
                there = endpoint(server, token=token, keys=keys, proxy=proxy, rest=rest, insecure=insecure)
                found = await held.enter_async_context(there)
        stocks = StockInfo(lambda: found.rest_after(names.rest), found.tokens, proxy=found.proxy)
        stocks.learn = names.learn
        yield names, stocks


class _LateTokens:
    """The tokens of keys that are looked for when a token is needed: what is kept is shown without any keys."""

    def __init__(self, mode: "Mode", given: "Keys | Path | str | None", proxy: str | None) -> None:
        self._mode: Mode = mode
        self._given, self._proxy = given, proxy
        self._found: IssuedTokens | None = None

    async def _tokens(self) -> "IssuedTokens":
        if self._found is None:
            _, self._found = await _issued(self._mode, self._given, self._proxy)
        return self._found

    async def current(self) -> str:
        """Return a token; KeysMissing, InvalidSetting, TokenRefused, CouldNotConnect."""
        return await (await self._tokens()).current()

    async def renew(self, refused: str) -> str | None:
        """Return a token other than the refused one."""
        return await (await self._tokens()).renew(refused)


def _kiwoom_stocks(mode: "Mode", keys: "Keys | Path | str | None", proxy: str | None) -> "Endpoint":
    from jogeon.account.keys import SERVERS
    from jogeon.endpoint import Endpoint
    from jogeon.net import proxy_for

    broker = SERVERS[mode]
    through = proxy_for(broker.rest, proxy)
    return Endpoint(mode, broker.websocket, _LateTokens(mode, keys, proxy), through, rest=broker.rest)


@contextlib.asynccontextmanager
async def _demo() -> "AsyncIterator[Endpoint]":
    from jogeon.endpoint import Endpoint, FixedToken
    from jogeon.simulator.simulator import Simulator

    async with Simulator(speed=DEMO_SPEED) as simulator:
        yield Endpoint("demo", simulator.websocket, FixedToken("demo"), rest=simulator.rest)
