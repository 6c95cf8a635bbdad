"""The names of stocks for a command that asks for them: what is kept, and what is missing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jogeon.account.markets import MAIN, Markets
from jogeon.cli.running.keys import chosen_mode, keys_of
from jogeon.cli.showing.failures import in_short
from jogeon.cli.showing.terminal import tell
from jogeon.connect import stocks_of
from jogeon.errors import InvalidAddress, JogeonError
from jogeon.nats.address import is_nats
from jogeon.wire.stocks import MOST_ASKED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jogeon.account.names import KnownName, Names
    from jogeon.account.stkinfo import StockInfo
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.texts import Texts
    from jogeon.client import Client


def tell_nameless(client: Client, texts: Texts, say: Callable[[str], object] = tell) -> None:
    """Say once that stocks will have neither name nor price, where nobody knows whom to ask."""
    if client.rest is None and not is_nats(client.address):
        say(texts("names.no-rest"))


async def found_names(
    choices: Choices, codes: Sequence[str], *, refresh: bool
) -> Sequence[tuple[str, KnownName | None]]:
    """Return what is known of these stocks, of all there are if none is given; the error if nothing is."""
    if choices.server is None:
        from jogeon.account.settings import chosen_server

        choices.server, _ = chosen_server()
    keys = None if choices.keys is None else keys_of(chosen_mode(choices), choices)
    async with stocks_of(choices.server, keys=keys, rest=choices.rest, insecure=choices.insecure) as (names, stocks):
        error = await _ask(names, stocks, codes, choices.server, refresh=refresh)
        await names.save()
    found = [(code, names.get(code)) for code in codes] if codes else list(names)
    if error is not None and not any(known for _, known in found):
        raise error
    if error is not None:
        tell(choices.texts("names.old", why=in_short(error, choices)))
    return found


async def _ask(
    names: Names, stocks: StockInfo, codes: Sequence[str], server: str, *, refresh: bool
) -> JogeonError | None:
    """Ask for what is missing, or for everything anew; return what went wrong, if anything did."""
    missing = [code for code in codes if refresh or names.get(code) is None]
    markets = [] if codes else [market for market in MAIN if refresh or not names.is_fresh(market)]
    if not missing and not markets:
        return None
    if stocks.address is None:
        return InvalidAddress(f"no REST address of {server!r} is known", value=server, reason="no rest")
    asked = Markets(names, stocks)
    errors = [await asked.fill(market) for market in markets]
    errors += [await asked.fill_some(part) for part in _parts(missing)]
    return next(filter(None, errors), None)


def _parts(codes: Sequence[str]) -> Iterator[Sequence[str]]:
    return (codes[start : start + MOST_ASKED] for start in range(0, len(codes), MOST_ASKED))
