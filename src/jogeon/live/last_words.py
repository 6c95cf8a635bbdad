"""What the broker says before a connection ends: why it ends it, or what may have to do with it. No I/O, no clock."""

from jogeon.errors import ConnectionLost, JogeonError, SessionTaken
from jogeon.wire import messages
from jogeon.wire.messages import System


class LastWords:
    """The last words on one connection."""

    def __init__(self) -> None:
        self._fatal: JogeonError | None = None
        self._words = ""

    def system(self, notice: System) -> None:
        """Take a SYSTEM notice; a fatal one explains the close that follows, any other may."""
        if notice.code not in messages.FATAL_SYSTEM_CODES:
            self._words = f"[{notice.code}] {notice.message}"
        elif notice.code == messages.TAKEN:
            self._fatal = SessionTaken(code=notice.code, text=notice.message)
        else:
            self._fatal = ConnectionLost(notice.message, close_code=1000, code=notice.code, text=notice.message)

    def said(self, words: str) -> None:
        """Take the words of an error that answers nothing."""
        self._words = words or self._words

    def cause(self, error: JogeonError) -> JogeonError:
        """Return why a connection ended: what the broker said before its close, if it was to say why."""
        return self._fatal or error

    def detail(self, cause: JogeonError) -> str:
        """Return the words of a gap: why the connection ended, and what the broker said last."""
        detail = cause.detail if isinstance(cause, ConnectionLost) else str(cause)
        return f"{detail}: {self._words}" if self._words else str(detail)
