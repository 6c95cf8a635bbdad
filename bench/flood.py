"""A server that answers by the book and then sends as many pushes as fast as the socket takes them.

    python bench/flood.py [--pushes N] [--conditions C] [--codes M] [--rate R --burst B]

Prints its address. Every push changes something: each stock enters, then each leaves, and so on. With --rate,
bursts of B pushes go out R/B times a second; the moment of sending stands in 9081 as nanoseconds.
"""

import argparse
import base64
import hashlib
import json
import socket
import sys
import time


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """Return an unmasked text frame."""
    size = len(payload)
    if size < 126:
        return bytes([0x80 | opcode, size]) + payload
    if size < 65536:
        return bytes([0x80 | opcode, 126]) + size.to_bytes(2, "big") + payload
    return bytes([0x80 | opcode, 127]) + size.to_bytes(8, "big") + payload


def push(seq: int, code: int, kind: str, extra: str = "") -> bytes:
    """Return a REAL frame as the broker sends it, 148 bytes and a header."""
    text = (
        f'{{"data":[{{"values":{{"841":"{seq}","9001":"{code:06d}","843":"{kind}","20":"152028","907":"2"{extra}}},'
        f'"type":"02","name":"조건검색","item":"{code:06d}"}}],"trnm":"REAL"}}'
    )
    return frame(text.encode())


class Peer:
    """One client, served with blocking calls."""

    def __init__(self, sock: socket.socket, options: argparse.Namespace) -> None:
        self.sock = sock
        self.options = options
        self.buffer = b""
        self.registered = 0

    def upgrade(self) -> None:
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.sock.recv(4096)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        key = next(
            line.split(b":", 1)[1].strip()
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key")
        )
        accept = base64.b64encode(
            hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
        )
        self.sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )

    def read(self, count: int) -> bytes:
        while len(self.buffer) < count:
            got = self.sock.recv(65536)
            if not got:
                raise ConnectionError
            self.buffer += got
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def message(self) -> dict[str, str]:
        """Return the next text the client sends; raises ConnectionError at its close."""
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
        self.sock.sendall(frame(json.dumps(fields, ensure_ascii=False).encode()))

    def serve(self) -> None:
        self.upgrade()
        while True:
            message = self.message()
            trnm = message["trnm"]
            if trnm == "LOGIN":
                self.send(trnm=trnm, return_code=0, return_msg="")
            elif trnm == "CNSRLST":
                rows = [[str(seq), f"조건{seq}"] for seq in range(self.options.conditions)]
                self.send(trnm=trnm, return_code=0, return_msg="", data=rows)
            elif trnm == "CNSRREQ":
                self.send(trnm=trnm, seq=message["seq"], return_code=0, data=None)
                self.registered += 1
                if self.registered == self.options.conditions:
                    self.flood()
            elif trnm == "CNSRCLR":
                self.send(trnm=trnm, seq=message["seq"], return_code=0, return_msg="")

    def flood(self) -> None:
        options = self.options
        time.sleep(0.1)
        if options.rate:
            self.paced()
            return
        cycle = [
            push(number % options.conditions, number // options.conditions, kind)
            for kind in "ID"
            for number in range(options.codes * options.conditions)
        ]
        block = b"".join(cycle)
        for _ in range(options.pushes // len(cycle)):
            self.sock.sendall(block)

    def paced(self) -> None:
        options = self.options
        gap = options.burst / options.rate
        due = time.perf_counter()
        for start in range(0, options.pushes, options.burst):
            due += gap
            while (wait := due - time.perf_counter()) > 0:
                time.sleep(wait if wait > 0.0005 else 0)
            now = f',"9081":"{time.perf_counter_ns()}"'
            kinds = ("ID"[(start + place) // options.codes % 2] for place in range(options.burst))
            pushes = (push(0, (start + place) % options.codes, kind, now) for place, kind in enumerate(kinds))
            self.sock.sendall(b"".join(pushes))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pushes", type=int, default=200_000)
    options.add_argument("--conditions", type=int, default=1)
    options.add_argument("--codes", type=int, default=100)
    options.add_argument("--rate", type=int, default=0)
    options.add_argument("--burst", type=int, default=1)
    args = options.parse_args()
    listening = socket.create_server(("127.0.0.1", 0))
    print(f"ws://127.0.0.1:{listening.getsockname()[1]}/api/dostk/websocket", flush=True)
    listening.settimeout(60)
    sock, _ = listening.accept()
    sock.settimeout(60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        Peer(sock, args).serve()
    except (ConnectionError, TimeoutError):
        sys.exit(0)


if __name__ == "__main__":
    main()
