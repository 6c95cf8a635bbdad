"""Processes of a bench: programs that only read (drain.c), the age of what they read, and what each process costs."""

import contextlib
import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

BENCH = Path(__file__).parent.parent / "bench"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(BENCH.parent / "src"), "JOGEON_TOKEN": "demo"}
SLOTS = 2**20


def build(folder: Path) -> None:
    """Make the program `drain` in a folder."""
    compiler = shutil.which("cc") or sys.exit("the programs that only read need a C compiler (cc)")
    subprocess.run([compiler, "-O2", "-o", folder / "drain", BENCH / "drain.c"], check=True)


class Counted:
    """What the programs have read so far."""

    def __init__(self, path: Path) -> None:
        size = 16 + 4 * SLOTS
        path.write_bytes(bytes(size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), size)

    @property
    def bytes(self) -> int:
        """All that came."""
        return int(struct.unpack_from("Q", self._map, 0)[0])

    @property
    def ended(self) -> int:
        """Programs whose connection is over."""
        return int(struct.unpack_from("Q", self._map, 8)[0])

    def ages(self) -> list[int]:
        """Return how many pushes were so many microseconds old."""
        return list(struct.unpack_from(f"{SLOTS}I", self._map, 16))


@contextlib.contextmanager
def started(*words: object, **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program while the block runs."""
    process = subprocess.Popen([str(word) for word in words], env=ENVIRONMENT, stdout=subprocess.PIPE, **more)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def line_of(process: subprocess.Popen[bytes]) -> bytes:
    """Return the next line that a program prints."""
    pipe: IO[bytes] | None = process.stdout
    assert pipe is not None
    line = pipe.readline()
    assert line, f"{process.args!r} ended"
    return line


def tell(process: subprocess.Popen[bytes]) -> None:
    """Give a process its next line."""
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def port_of(address: str) -> int:
    """Return the port of an address."""
    return int(address.split("/")[2].rpartition(":")[2])


def resident(pid: int, field: str = "VmRSS") -> int:
    """Return the KiB of memory that a process takes, or took at its most (VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.split(f"{field}:")[1].split()[0])


def cpu_of(*pids: int) -> float:
    """Return the seconds of a processor that some processes have used."""
    stats = [Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split() for pid in pids]
    return sum(int(fields[11]) + int(fields[12]) for fields in stats) / os.sysconf("SC_CLK_TCK")
