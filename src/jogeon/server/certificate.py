"""The certificate of a server that is reached from elsewhere; a renewed one is used without a restart."""

import contextlib
import logging
import ssl
from pathlib import Path

from jogeon.errors import InvalidSetting
from jogeon.files import NotAFileError, opened
from jogeon.reports import Report, report_of

logger = logging.getLogger("jogeon.server")


class Certificate:
    """A certificate with those that vouch for it (`chain`), and its key, both PEM. InvalidSetting.

    `context` is for servers. Connections that stand keep what they began with.
    """

    def __init__(self, chain: Path, key: Path) -> None:
        self._files = chain, key
        self._seen = self._stamp()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._load(self.context)

    def look(self) -> None:
        """Use what the files hold, if they changed; while they do not fit together, what they held before."""
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self._load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
            self._load(self.context)
        except InvalidSetting as error:
            logger.warning("the certificate before goes on: %s", error)
        else:
            logger.info("the certificate was renewed")

    def _stamp(self) -> object:
        """Return what changes with either file."""
        found: list[object] = []
        for path in self._files:
            with contextlib.suppress(OSError, ValueError):
                status = path.stat()
                found.append((path, status.st_ino, status.st_mtime_ns, status.st_size))
        return found

    def _load(self, context: ssl.SSLContext) -> None:
        for path in self._files:
            _require_file(path)
        chain, key = self._files
        asked: list[bool] = []

        def password() -> str:  # without it OpenSSL asks at the terminal
            asked.append(True)
            return ""

        try:
            context.load_cert_chain(chain, key, password=password)
        except ssl.SSLError as error:
            if asked:
                raise InvalidSetting(file=str(key), reason="locked key") from None
            odd = key if error.reason == "KEY_VALUES_MISMATCH" else chain
            reason = "other key's" if odd is key else "no certificate"
            raise InvalidSetting(file=str(odd), reason=reason, detail=error.reason or "") from None
        except OSError as error:
            raise InvalidSetting(file=str(chain), reason="unreadable", detail=report_of(error)) from None


def _require_file(path: Path) -> None:
    """Raise InvalidSetting for what OpenSSL would wait for, or could only call an error."""
    try:
        with opened(path):
            pass
    except NotAFileError:
        raise InvalidSetting(file=str(path), reason="not a file") from None
    except FileNotFoundError:
        raise InvalidSetting(file=str(path), reason="missing") from None
    except ValueError as error:  # a name with a null character
        raise InvalidSetting(file=str(path), reason="unreadable", detail=Report("other", text=str(error))) from None
    except OSError as error:
        raise InvalidSetting(file=str(path), reason="unreadable", detail=report_of(error)) from None
