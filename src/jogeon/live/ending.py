"""The end of one connection, from either side: the close handshake, what is too long to be read, and why it ended."""

import asyncio
import logging

from picows import WSCloseCode, WSError, WSFrame, WSTransport

from jogeon.errors import ConnectionLost
from jogeon.reports import Report

FRAME_LIMIT = 4 * 2**20
"""Largest message taken, in bytes: 10 MB of nested lists would cost a hundred times that once decoded."""
TOO_LONG = Report("message too long", bytes=FRAME_LIMIT)
CLOSE_GRACE = 1.0
"""Seconds in which the last frames may leave before the socket is cut."""
NO_CODE = 1005
"""What a close without a code counts as (RFC 6455)."""

logger = logging.getLogger("jogeon.connection")


class Ending:
    """How one connection ends, by its number in the log."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._ours: Report | None = None
        """Why this side ends it, None while it does not."""

    def answer(self, transport: WSTransport, frame: WSFrame) -> None:
        """Answer a close with its own code."""
        code = frame.get_close_code()
        transport.send_close(WSCloseCode.OK if code is WSCloseCode.NO_INFO else code)
        transport.disconnect()

    def refuse(self, transport: WSTransport) -> None:
        """End it at once for a message that is too long."""
        self._ours = TOO_LONG
        transport.send_close(WSCloseCode.MESSAGE_TOO_BIG)
        transport.disconnect(graceful=False)

    def begin(self, transport: WSTransport) -> None:
        """End it because it is not needed any more."""
        self._ours = Report("closed here")
        transport.send_close(WSCloseCode.OK)
        transport.disconnect()

    def because(self, why: Report) -> None:
        """Note why it is about to end, where no close of a server says so."""
        self._ours = why

    async def gone(self, transport: WSTransport) -> Exception | None:
        """Wait until the socket is gone; return what went wrong in the reader itself, if anything did."""
        try:
            async with asyncio.timeout(CLOSE_GRACE):
                await transport.wait_disconnected()
        except TimeoutError:  # what is left to send will not be read any more
            transport.disconnect(graceful=False)
            await transport.wait_disconnected()
        except WSError as error:
            logger.warning("connection %d: %s", self._number, error)
        except Exception as defect:
            logger.exception("connection %d: ended by a defect in the reader", self._number)
            return defect
        return None

    def why(self, transport: WSTransport) -> ConnectionLost:
        """Return why it ended: what this side did, else what the server closed it with."""
        received = transport.close_handshake.recv if transport.close_handshake else None
        sent = transport.close_handshake.sent if transport.close_handshake else None
        code = (received.code.value or NO_CODE) if received is not None else 1006
        text = (received.reason or "") if received is not None else ""
        detail = Report("broke off")
        if sent is not None and sent.code is WSCloseCode.MESSAGE_TOO_BIG:
            detail = TOO_LONG
        elif self._ours is not None:
            detail = self._ours
        elif received is not None:
            closed = Report("closed", code=str(code), text=text)
            detail = Report("closed without code") if code == NO_CODE else closed
        return ConnectionLost(detail, close_code=code, text=text)
