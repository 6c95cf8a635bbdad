"""The hub and the board of the demo: all in this process, and a journal that is deleted at the end."""

from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jogeon.board.board import Board
from jogeon.cli.running.board import board_of, groups
from jogeon.cli.showing.terminal import tell
from jogeon.connect import endpoint, policy_for
from jogeon.hub.hub import Hub, HubSettings
from jogeon.hub.tokens import HubTokens
from jogeon.live.policy import Policy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jogeon.cli.texts import Texts
    from jogeon.simulator.simulator import Simulator

APP_KEY = "jogeon-demo-hub"
"""A key of its own: one session for each key, and the live view has another."""


@contextlib.asynccontextmanager
async def demo_board(simulator: Simulator, texts: Texts) -> AsyncIterator[None]:
    """Have a hub follow all conditions of a simulator that is entered, and say where its board is."""
    token, _ = simulator.tokens.issue(APP_KEY, APP_KEY)
    where = endpoint(simulator.websocket, token=token)
    policy = policy_for(simulator.websocket, recheck=Policy().recheck, on_taken="stop")
    with tempfile.TemporaryDirectory(prefix="jogeon-demo-", ignore_cleanup_errors=True) as folder:
        settings = HubSettings(server="demo", journal=Path(folder, "demo.journal"), everything=True, prices=True)
        board = Board(lambda: hub, policy.wall)
        hub = Hub(where, policy, HubTokens(time.time), settings, more=lambda: groups(board))
        async with hub, board_of(hub, board, "demo") as link:
            tell(texts("board.link", url=link))
            tell(texts("board.addresses", websocket=hub.websocket, rest=hub.rest))
            yield
