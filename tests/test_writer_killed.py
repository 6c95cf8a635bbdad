"""A writer that is killed: everything it reported as committed is there."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jogeon.events import Event, Snapshot
from jogeon.journal.fold import Fold
from journalled import found, path_of_journal  # noqa: F401  # one is a fixture
from recorded import START_NS, Day

KILLS = int(os.environ.get("JOURNAL_KILLS", "5"))
"""How often a process is killed; a thorough run sets it to hundreds."""
pytestmark = pytest.mark.usefixtures("spared_disk")

CHILD = """
import sys
from pathlib import Path
from jogeon.journal.writer import Journal
from journalled import Reader, put
from test_writer_killed import endless

journal = Journal.open(Path(sys.argv[1]), Reader().source())
told = (0, 0)
for block in endless(journal._committer.builder.epoch):
    put(journal, [block])
    if len(journal._inbox) > 300:
        while len(journal._inbox) > 100: pass
    if journal.committed != told:
        told = journal.committed
        print(*told, flush=True)
"""


def endless(epoch: int) -> Iterator[list[Event]]:
    """Yield the blocks of a day that never ends, the same for each epoch of this number."""
    chance = random.Random(epoch)  # noqa: S311  # a made-up day
    day = Day(at_ns=START_NS + epoch)
    while True:
        day.blocks = []
        condition = chance.choice(list(day.members))
        if condition not in day.told:
            day.first(condition, ["005930", "000660"])
        elif chance.random() < 0.02:
            day.outage(condition, [f"{chance.randrange(20):06d}" for _ in range(8)])
        else:
            day.flip(condition, f"{chance.randrange(20):06d}")
        yield from day.blocks


def killed_after(path: Path, seconds: float) -> tuple[int, int]:
    """Record in another process, kill it, and return the last (epoch, n) that it reported as committed."""
    tests = str(Path(__file__).parent)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((os.environ["PYTHONPATH"], tests))}
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, env=environment)
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    lines = [first, *child.stdout.read().splitlines(keepends=True)]
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    epoch, n = [line for line in lines if line.endswith(b"\n")][-1].split()
    return int(epoch), int(n)


def test_after_kill_9_everything_reported_as_committed_is_there(path: Path) -> None:
    chance = random.Random()  # noqa: S311  # other moments each time
    fold = Fold()
    before = 0
    for _ in range(KILLS):
        epoch, n = killed_after(path, chance.uniform(0, 0.05))
        recorded = [(number, event) for each, number, event in found(path) if each == epoch]
        assert epoch == before + 1
        before = epoch if recorded else before
        assert len(recorded) >= n
        told: list[Event] = []
        for block in endless(epoch):  # whole blocks only
            if len(told) >= len(recorded):
                break
            for event in block:  # a snapshot shows what changed since the kill
                for each in (*fold.owed(event), event) if isinstance(event, Snapshot) else (event,):
                    fold.take(each)
                    told.append(each)
        assert recorded == list(enumerate(told, start=1))
