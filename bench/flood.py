"""A server of the wire that answers by the book and then sends pushes as fast as the socket takes them.

    python bench/flood.py [--pushes N] [--conditions C] [--members M] [--rate R --burst B] [--pings P] [--rest]
                          [--wait] [--behind FILE --size BYTES]

Prints its addresses as one line of JSON and serves one client with blocking calls, so that what is measured is the
client. Each of C conditions has M members; the pushes let one stock leave and another enter, so M it stays. They start
when all conditions are registered, with --wait at a line on stdin. With --rate, bursts of B pushes go out R/B times a
second, and field 20 carries the moment of sending (`time.perf_counter_ns`). With --pings, P heartbeats are spread over
the pushes; when all are echoed, one more line of JSON tells how long each echo took. --rest gives out tokens over HTTP,
which one client needs. With --behind FILE, bursts go out as soon as all but one of those before have been read below:
FILE begins with the count of bytes that were (drain.c), and --size is what a push comes to there.
"""

import argparse
import base64
import hashlib
import http.server
import itertools
import json
import math
import mmap
import socket
import sys
import threading
import time
from pathlib import Path

CLOCK_DIGITS = 20
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """Return an unmasked frame."""
    size = len(payload)
    if size < 126:
        return bytes([0x80 | opcode, size]) + payload
    if size < 65536:
        return bytes([0x80 | opcode, 126]) + size.to_bytes(2, "big") + payload
    return bytes([0x80 | opcode, 127]) + size.to_bytes(8, "big") + payload


def push(seq: int, code: int, kind: str, clock: str = "152028") -> bytes:
    """Return a REAL frame as the broker sends it: 148 bytes and a header."""
    text = (
        f'{{"data":[{{"values":{{"841":"{seq}","9001":"{code:06d}","843":"{kind}","20":"{clock}","907":"2"}},'
        f'"type":"02","name":"조건검색","item":"{code:06d}"}}],"trnm":"REAL"}}'
    )
    return frame(text.encode())


def changes(conditions: int, members: int) -> list[tuple[int, int, str]]:
    """Return a round of changes after which everything is as before: seq, code, kind."""
    pool = 2 * members
    return [
        (seq, code, kind)
        for number in range(pool)
        for seq in range(conditions)
        for code, kind in ((number, "D"), ((number + members) % pool, "I"))
    ]


class Peer:
    """The one client, served with blocking calls."""

    def __init__(self, sock: socket.socket, options: argparse.Namespace) -> None:
        self.sock = sock
        self.options = options
        self.buffer = b""
        self.registered: set[str] = set()
        self.echoes: list[float] = []
        self.pinged: list[float] = []

    def upgrade(self) -> None:
        """Answer the upgrade request."""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.sock.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = (line.split(b":", 1) for line in head.split(b"\r\n") if b":" in line)
        key = {name.lower(): value.strip() for name, value in lines}[b"sec-websocket-key"]
        accept = base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
        self.sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )

    def read(self, count: int) -> bytes:
        """Return the next bytes."""
        while len(self.buffer) < count:
            got = self.sock.recv(65536)
            if not got:
                raise ConnectionError
            self.buffer += got
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def message(self) -> dict[str, str]:
        """Return the next text the client sends; ConnectionError at its close."""
        while True:
            first, second = self.read(2)
            size = second & 127
            if size == 126:
                size = int.from_bytes(self.read(2), "big")
            mask = self.read(4)
            payload = bytes(byte ^ mask[place % 4] for place, byte in enumerate(self.read(size)))
            if first & 15 == 8:
                raise ConnectionError
            if first & 15 == 1:
                found: dict[str, str] = json.loads(payload)
                return found

    def send(self, **fields: object) -> None:
        """Send a reply."""
        self.sock.sendall(frame(json.dumps(fields, ensure_ascii=False).encode()))

    def serve(self) -> None:
        """Answer until the client goes."""
        self.upgrade()
        while True:
            self.answer(self.message())

    def answer(self, message: dict[str, str]) -> None:
        """Answer one request."""
        match message["trnm"]:
            case "LOGIN":
                self.send(trnm="LOGIN", return_code=0, return_msg="")
            case "CNSRLST":
                listed = [[str(seq), f"조건{seq}"] for seq in range(self.options.conditions)]
                self.send(trnm="CNSRLST", return_code=0, return_msg="", data=listed)
            case "CNSRREQ":
                rows = [{"jmcode": f"A{code:06d}"} for code in range(self.options.members)]
                self.send(trnm="CNSRREQ", seq=message["seq"], return_code=0, data=rows)
                self.registered.add(message["seq"])
                if len(self.registered) == self.options.conditions and self.options.pushes:
                    self.push()
            case "CNSRCLR":
                self.send(trnm="CNSRCLR", seq=message["seq"], return_code=0, return_msg="")
            case "PING":
                self.echoes.append(time.perf_counter() - self.pinged[len(self.echoes)])
                if len(self.echoes) == self.options.pings:
                    print(json.dumps({"echoes": self.echoes}), flush=True)

    def push(self) -> None:
        """Send all pushes."""
        if self.options.wait:
            sys.stdin.readline()
        time.sleep(0.1)  # the client may be on its way from the snapshot to its first event
        if self.options.rate:
            self.paced()
        elif self.options.behind:
            self.following()
        elif self.options.pings:
            self.pinging()
        else:
            self.flood()

    def flood(self) -> None:
        """Send one ready-made round after the other."""
        frames = [push(*change) for change in changes(self.options.conditions, self.options.members)]
        block = b"".join(frames)
        rounds, rest = divmod(self.options.pushes, len(frames))
        for _ in range(rounds):
            self.sock.sendall(block)
        self.sock.sendall(b"".join(frames[:rest]))

    def following(self) -> None:
        """Send bursts, two of which are under way at most."""
        options = self.options
        frames = [push(*change) for change in changes(options.conditions, options.members)]
        bursts = [b"".join(frames[at : at + options.burst]) for at in range(0, len(frames), options.burst)]
        with Path(options.behind).open("rb") as file, mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ) as counted:
            for number in range(options.pushes // options.burst):
                enough = (number - 1) * options.burst * options.size
                while int.from_bytes(counted[:8], sys.byteorder) < enough:
                    time.sleep(0)
                self.sock.sendall(bursts[number % len(bursts)])

    def pinging(self) -> None:
        """Send the pushes in as many pieces as there are heartbeats, one behind each."""
        frames = [push(*change) for change in changes(self.options.conditions, self.options.members)]
        share = self.options.pushes // self.options.pings
        for piece in range(self.options.pings):
            places = (number % len(frames) for number in range(piece * share, (piece + 1) * share))
            self.sock.sendall(b"".join(frames[place] for place in places))
            self.pinged.append(time.perf_counter())
            self.sock.sendall(frame(b'{"trnm":"PING"}'))
            self.answer(self.message())

    def paced(self) -> None:
        """Send bursts at their times, each push with its moment of sending; nothing else is made in that moment."""
        options = self.options
        once = changes(options.conditions, options.members)
        rounds, empty = itertools.cycle(once), "0" * CLOCK_DIGITS
        bursts = [
            b"".join(push(*change, empty) for change in itertools.islice(rounds, options.burst)).split(empty.encode())
            for _ in range(math.lcm(len(once), options.burst) // options.burst)
        ]
        due = time.perf_counter()
        for around in itertools.islice(itertools.cycle(bursts), options.pushes // options.burst):
            due += options.burst / options.rate
            while (wait := due - time.perf_counter()) > 0:
                time.sleep(wait if wait > 0.0005 else 0)
            self.sock.sendall(f"{time.perf_counter_ns():0{CLOCK_DIGITS}}".encode().join(around))


class _Tokens(http.server.BaseHTTPRequestHandler):
    """Gives a token to whoever asks."""

    def do_POST(self) -> None:  # the library's name
        token = {"expires_dt": "20991231235959", "token_type": "bearer", "token": "demo"}
        body = json.dumps(token | {"return_code": 0, "return_msg": ""}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json;charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


def main() -> None:
    """Serve one client."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pushes", type=int, default=200_000)
    parser.add_argument("--conditions", type=int, default=1)
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--rate", type=int, default=0)
    parser.add_argument("--burst", type=int, default=1)
    parser.add_argument("--pings", type=int, default=0)
    parser.add_argument("--rest", action="store_true")
    parser.add_argument("--wait", action="store_true")
    parser.add_argument("--behind", metavar="FILE")
    parser.add_argument("--size", type=int, default=0)
    options = parser.parse_args()
    listening = socket.create_server(("127.0.0.1", 0))
    addresses = {"websocket": f"ws://127.0.0.1:{listening.getsockname()[1]}/api/dostk/websocket"}
    if options.rest:
        tokens = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Tokens)
        threading.Thread(target=tokens.serve_forever, daemon=True).start()
        addresses["rest"] = f"http://127.0.0.1:{tokens.server_address[1]}"
    print(json.dumps(addresses), flush=True)
    listening.settimeout(60)
    sock, _ = listening.accept()
    sock.settimeout(60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        Peer(sock, options).serve()
    except (ConnectionError, TimeoutError):
        sys.exit(0)


if __name__ == "__main__":
    main()
