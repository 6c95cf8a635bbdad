"""The way to a server: is it this machine, through which proxy, with which certificates, and why it did not work.

Every connection goes this way, the WebSocket's and the requests for tokens, so that both trust the same certificates
and tell what is wrong in the same words.
"""

import asyncio
import errno
import ipaddress
import os
import re
import socket
import ssl
import sys
from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jogeon.errors import CouldNotConnect, InvalidSetting
from jogeon.files import ENVIRONMENT, opened
from jogeon.reports import Report, report_of

OPEN_TIMEOUT = 10.0
"""Seconds for the whole way: name, address, proxy, TLS, handshake."""
NEXT_ADDRESS = 0.25
"""Seconds after which the next address of a name is tried beside a silent one (RFC 8305)."""

PROXY_SCHEMES = ("http", "https", "socks4", "socks5")
SAME_SCHEMES = {"socks5h": "socks5", "socks": "socks5"}
"""A SOCKS5 proxy resolves names in any case; desktops write `socks`."""
SOCKS_PORT = 1080

SYSTEM_VERIFIES = sys.platform in ("win32", "darwin")
"""Whether the system itself has a say in what is trusted; elsewhere that is files which OpenSSL reads."""
ROOTS = (
    "/etc/ssl/cert.pem",  # Alpine, Arch, BSD
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu
    "/etc/ssl/ca-bundle.pem",  # SUSE
)
"""Where distributions keep their certificates; the OpenSSL of a Python built elsewhere looks in one place only."""

CERTIFICATE_FAULTS = {
    9: "not yet valid",
    10: "expired",
    18: "self-signed",
    19: "unknown issuer",  # a chain that ends in a self-signed certificate nobody here trusts
    20: "unknown issuer",
    21: "unknown issuer",
    62: "other host",
    64: "other host",  # an IP address
    0x800B0101: "expired",  # Windows: CERT_E_EXPIRED, also for one that is not yet valid
    0x800B0109: "unknown issuer",  # CERT_E_UNTRUSTEDROOT
    0x800B010A: "unknown issuer",  # CERT_E_CHAINING
    0x800B010F: "other host",  # CERT_E_CN_NO_MATCH
    -67818: "expired",  # macOS: errSecCertificateExpired
    -67819: "not yet valid",  # errSecCertificateNotValidYet
    -67843: "unknown issuer",  # errSecNotTrusted
    -67602: "other host",  # errSecHostNameMismatch
}
"""What verifying a certificate says (X509_V_ERR_… of OpenSSL, and the codes of the systems), in our words."""

PAGE = re.compile(rb"[\s\xef\xbb\xbf]*<(!doctype\s+html|html|head|body|title)", re.IGNORECASE)
_Address = tuple[int, int, int, str, tuple[object, ...]]


# ------------------------------------------------------------ this machine, or through a proxy


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def proxy_for(url: str, asked: str | None = None) -> str | None:
    """Return the proxy on the way to an address, None for none; this machine is never reached through one.

    `asked` counts ("" = none), else HTTPS_PROXY or HTTP_PROXY, ALL_PROXY and NO_PROXY, and where none of them is set,
    what Windows or macOS says. The proxy may hold a password: it is not for showing. InvalidSetting.
    """
    parts = urlsplit(url)
    if is_loopback(parts.hostname or ""):
        return None
    if asked is not None:
        return checked_proxy(asked, "proxy") if _bare(asked) else None
    from urllib import request  # only a far address needs it

    host = parts.hostname or ""
    place = host if parts.port is None else f"{host}:{parts.port}"
    proxies = {name: _bare(value) for name, value in request.getproxies_environment().items()}
    if proxies:
        proxies["no"] = ",".join(re.split(r"[\s,;]+", proxies.get("no", "")))
        bypassed = request.proxy_bypass_environment(place, proxies)  # type: ignore[attr-defined]
    else:
        bypassed, proxies = request.proxy_bypass(place), request.getproxies()
    for name in ("https" if parts.scheme in ("https", "wss") else "http", "all"):
        if proxies.get(name) and not bypassed:
            return checked_proxy(proxies[name], f"{name.upper()}_PROXY")
    return None


def checked_proxy(proxy: str, field: str) -> str:
    """Return a proxy's address with its scheme; InvalidSetting without its text, which may hold a password.

    Blanks and quotes around it are no part of it: `set HTTPS_PROXY=http://… && jogeon` of cmd.exe keeps the blank.
    """
    bare = _bare(proxy)
    try:
        parts = urlsplit(bare if "://" in bare else f"http://{bare}")
        parts = parts._replace(scheme=SAME_SCHEMES.get(parts.scheme, parts.scheme))
        if parts.port is None and parts.scheme.startswith("socks"):
            parts = parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{SOCKS_PORT}")
        known = parts.scheme in PROXY_SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    # What follows the port may be the end of a password in which a sign was not percent-encoded.
    if not known or parts.path.strip("/") or parts.query or parts.fragment or not _is_unbroken(bare):
        raise InvalidSetting(file=ENVIRONMENT, field=field, reason="not a proxy", detail=", ".join(PROXY_SCHEMES))
    return parts._replace(path="").geturl()


def _is_unbroken(text: str) -> bool:
    return text.isprintable() and " " not in text


def _bare(text: str) -> str:
    """Return a text without the blanks, line ends, marks and quotes around it."""
    return text.strip(" \t\r\n\f\v\"'\u00a0\u200b\u201c\u201d\ufeff")


def without_password(url: str) -> str:
    """Return an address without the user and password in it, for showing."""
    if "@" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return "…"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl() if parts.netloc else "…"


def _without_secrets(text: str, proxy: str) -> str:
    """Return what a library says of a proxy without the user and password in its address, encoded or not."""
    parts = urlsplit(proxy)
    login, _, _ = parts.netloc.rpartition("@")
    for secret in filter(None, (f"{login}@" if login else "", parts.password, unquote(parts.password or ""))):
        text = text.replace(secret, "…")
    return text


# ------------------------------------------------------------ certificates


def tls_context(url: str) -> ssl.SSLContext:
    """Return a context for a TLS connection to `url` that verifies certificate and host. CouldNotConnect.

    It trusts what the system trusts. Where SSL_CERT_FILE or SSL_CERT_DIR is set, OpenSSL decides: by what they name
    and by the certificates it finds by itself, on Windows those of the system's store.

    On Windows and macOS the system verifies (truststore): Windows fetches a root that it trusts only when asked
    about it, so that its store, which Python can load, is not all it trusts; Python on macOS sees no keychain, and
    its own files may be empty. truststore verifies in the SSLObject that it wraps, not in OpenSSL's context. Such a
    context therefore needs a transport that asks it for that object, as `asyncio` and httpx2 do; one that reads
    OpenSSL's context behind it, as aiofastnet does, finds no certificates there (see `is_plain`).

    A certificate's form is judged alike on every Python: the stricter rules that `create_default_context` has from
    3.13 on refuse the certificates that many company proxies and security programs make.
    """
    named = {name: _bare(os.environ.get(name, "")) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    if SYSTEM_VERIFIES and not any(named.values()):
        import truststore  # only an encrypted address needs it

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if any(named.values()):
        _load_named(context, url, named)
    context.load_default_certs()
    if not SYSTEM_VERIFIES and not any(named.values()):
        _load_from_elsewhere(context)
    return context


def is_plain(context: ssl.SSLContext | None) -> bool:
    """Tell whether OpenSSL's own context holds everything, so that any TLS engine verifies with it."""
    return context is None or type(context) is ssl.SSLContext


def _load_named(context: ssl.SSLContext, url: str, named: dict[str, str]) -> None:
    """Load what the variables name; OpenSSL by itself passes over what it cannot read, and then trusts nobody."""
    for name, place in filter(lambda each: each[1], named.items()):
        try:
            if name == "SSL_CERT_FILE":
                with opened(Path(place)):  # OpenSSL would wait for a pipe
                    context.load_verify_locations(cafile=place)
            elif not any(Path(folder).is_dir() for folder in place.split(os.pathsep)):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            else:
                context.load_verify_locations(capath=place)
        except OSError as error:
            detail = Report("unreadable roots", name=name, why=report_of(error))
            raise CouldNotConnect(
                address=without_password(url), reason="tls", detail=detail, certificate="unreadable roots"
            ) from None


def _load_from_elsewhere(context: ssl.SSLContext) -> None:
    """Load the distribution's certificates if OpenSSL found none where it looks."""
    folder = ssl.get_default_verify_paths().capath
    hashed = folder and any(re.fullmatch(r"[0-9a-fA-F]{8}\.\d+", name) for name in _names_in(folder))
    file = next(filter(os.path.isfile, ROOTS), None)
    if file and not hashed and not context.cert_store_stats()["x509_ca"]:
        context.load_verify_locations(cafile=file)


def _names_in(folder: str) -> list[str]:
    try:
        return [path.name for path in Path(folder).iterdir()]
    except OSError:
        return []


# ------------------------------------------------------------ the socket


async def connected_socket(host: str, port: int, receive_buffer: int) -> socket.socket:
    """Return a socket connected to the first address of a host that answers; OSError of the last one that failed.

    The addresses are tried in turn, each when the one before it has failed or been silent for NEXT_ADDRESS.
    `receive_buffer`: bytes that the kernel may keep, which it must know before it connects.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = deque(_families_in_turn(found))
    attempts: set[asyncio.Task[socket.socket]] = set()
    failure: BaseException = socket.gaierror(socket.EAI_NONAME, f"{host} has no address")
    try:
        while addresses or attempts:
            if addresses:
                attempts.add(asyncio.create_task(_connect(addresses.popleft(), receive_buffer), name="address"))
            pause = NEXT_ADDRESS if addresses else None
            done, silent = await asyncio.wait(attempts, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            for attempt in done:
                if (error := attempt.exception()) is None:
                    attempts.discard(attempt)
                    return attempt.result()
                failure = error
            attempts = silent
    finally:
        await _give_up(attempts)
    raise failure


async def _connect(address: _Address, receive_buffer: int) -> socket.socket:
    family, kind, protocol, _, place = address
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)  # noqa: FBT003  # the standard library's signature
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await asyncio.get_running_loop().sock_connect(sock, place)
    except BaseException:
        sock.close()
        raise
    return sock


async def _give_up(attempts: Iterable[asyncio.Task[socket.socket]]) -> None:
    for attempt in attempts:
        attempt.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(result, socket.socket):  # it came second
            result.close()


def _families_in_turn(addresses: Iterable[_Address]) -> list[_Address]:
    """Return addresses with IPv6 and IPv4 in turn, else in their order: often one of the two leads nowhere."""
    ranked: list[tuple[int, _Address]] = []
    seen: Counter[int] = Counter()
    for address in addresses:
        ranked.append((seen[address[0]], address))
        seen[address[0]] += 1
    return [address for _, address in sorted(ranked, key=lambda each: each[0])]


# ------------------------------------------------------------ what went wrong


def could_not_connect(url: str, error: Exception, proxy: str | None = None) -> CouldNotConnect:
    """Return what went wrong on the way to a connection, in one word and in the system's own."""
    certificate = ""
    match error:
        case ssl.SSLCertVerificationError(verify_code=int(code)):
            reason, certificate = "tls", CERTIFICATE_FAULTS.get(code, "invalid")
        case ssl.SSLError():
            reason = "tls"
        case TimeoutError():
            reason = "timeout"
        case _ if "roxy" in type(error).__name__:
            reason = "proxy"
        case OSError() if proxy and not isinstance(error, ConnectionResetError | BrokenPipeError):
            reason = "proxy"  # the socket leads there, and what is behind it is the proxy's to tell
        case socket.gaierror() | UnicodeError():  # what the encoding of names refuses is no name
            reason = "name"
        case ConnectionRefusedError():
            reason = "refused"
        case _:
            reason = "network"
    through = without_password(proxy) if proxy else ""
    return CouldNotConnect(
        address=without_password(url),
        reason=reason,
        detail=_detail(error, reason, certificate, proxy),
        certificate=certificate,
        proxy=through,
    )


def _detail(error: Exception, reason: str, certificate: str, proxy: str | None) -> Report:
    """Return what a library or the system says of a way that does not lead to a connection."""
    words = getattr(error, "verify_message", None) or str(error) or type(error).__name__
    text = _without_secrets(words, proxy) if proxy else words
    number = (error.errno or 0) if isinstance(error, OSError) else 0
    match reason:
        case "timeout":
            return Report("no answer", seconds=OPEN_TIMEOUT)
        case "tls" if certificate:
            return Report("certificate", name=certificate, text=text)
        case "name":
            return Report("unknown host", text=text)
        case "refused" | "network" | "proxy" if number > 0:
            return Report("system", number=number, text=text)
    return Report("library", name=type(error).__name__, text=text)


def wrong_answer(url: str, status: int, body: bytes, kind: str = "", proxy: str | None = None) -> CouldNotConnect:
    """Return what it means that a server answered in HTTP, but not what it was asked for.

    A web page with status 200 or 403, or a status from 500 on, is how a server in maintenance answers; its words are
    told. `kind` is the Content-Type.
    """
    is_page = "html" in kind.lower() or PAGE.match(body) is not None
    words = ""
    if is_page:
        from jogeon.maintenance import page_words  # few servers send a page, and its parser is large

        words = page_words(body)
    return CouldNotConnect(
        address=without_password(url),
        reason="maintenance" if status >= 500 or (is_page and status in (200, 403)) else "handshake",
        detail=Report("HTTP", text=f"{status}: {words}" if words else f"{status}"),
        proxy=without_password(proxy) if proxy else "",
    )
