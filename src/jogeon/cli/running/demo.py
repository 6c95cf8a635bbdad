"""The demo: a simulated market, a hub on it, and a view of what the hub tells, in one process."""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jogeon.board.board import Board
from jogeon.cli.running.board import board_of, groups
from jogeon.cli.running.follow import follow
from jogeon.cli.showing.terminal import tell
from jogeon.connect import connect, policy_for
from jogeon.endpoint import Endpoint, FixedToken
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens

if TYPE_CHECKING:
    from jogeon.cli.arguments.choices import Choices
    from jogeon.cli.running.follow import Wish
    from jogeon.simulator.simulator import Simulator


async def show_demo(simulator: Simulator, wish: Wish, choices: Choices, port: int, rest_port: int) -> None:
    """Show what a market does; other programs can join by the addresses that are told on stderr."""
    with tempfile.TemporaryDirectory(prefix="jogeon-", ignore_cleanup_errors=True) as folder:
        async with simulator:
            where = Endpoint("demo", simulator.websocket, FixedToken("demo"))
            settings = HubSettings(
                server="demo", journal=Path(folder, "demo.journal"), everything=True, port=port, rest_port=rest_port,
                quotes=True,
            )  # fmt: skip
            policy = policy_for("demo", recheck=choices.recheck, on_taken=choices.on_taken)
            board = Board(lambda: hub, policy.wall)
            hub = Hub(contextlib.nullcontext(where), policy, HubTokens(time.time), settings, more=lambda: groups(board))
            async with hub, board_of(hub, board, "demo") as link:
                tell(choices.texts("board.link", url=link))
                tell(choices.texts("hub.demo", websocket=hub.websocket, rest=hub.rest))
                async with connect(hub.websocket) as client:
                    await follow(client, wish, choices)
