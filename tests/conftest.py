"""What holds for every test: nothing of this machine is read, and nothing is left running."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from jogeon import masks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

SRC = Path(__file__).parents[1] / "src"
HOMES = (
    "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA",
    "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
)  # fmt: skip
PRIVATE = ("JOGEON_", "KIWOOM_", "APP_KEY", "APP_SECRET", "LC_", "LANGUAGE", "SSL_CERT_")
TURNS_TO_END = 10
"""Turns of the loop in which a task ends that was cancelled last, or that closes a generator nobody reads."""
THREAD_GRACE = 2.0  # seconds in which a thread that was told to end may do so

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs beside it so, and programs inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Where no bytecode is written, each worker compiles all tests again, and each program that a test starts all of jogeon.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A property test leaves max_examples to the profile, so that `make fuzz` can raise it.
# In CI the examples are the same each time: a change is judged by itself. `make fuzz` looks for what nobody has seen.
hypothesis.settings.register_profile(
    "fast", deadline=None, max_examples=50, print_blob=True, derandomize="CI" in os.environ
)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the homes alone: pytest looks through a whole folder for a number that is free in it."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def _stranger(monkeypatch: pytest.MonkeyPatch, _homes: Path) -> None:
    """Make the test a stranger here: an empty home, no keys, secrets, keyring, proxy, certificate or language."""
    masks.forget()
    home = tempfile.mkdtemp(dir=_homes)
    for name in os.environ:
        if name.upper().startswith(PRIVATE) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    for name in HOMES:
        monkeypatch.setenv(name, home)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("PYTHONPATH", str(SRC))  # a program that a test starts is this tree's, wherever it starts
    monkeypatch.chdir(home)  # key files and jogeon.toml are looked for in the working directory, too


def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the home away: a user id that no system file knows, and no variable."""

    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in HOMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", home)


@pytest.fixture(scope="module")
def spared_disk() -> Iterator[None]:
    """Let journals be written without waiting for the disk: only what survives a power cut is lost by that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jogeon.journal.file.SYNCHRONOUS", "OFF")
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def quick_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let leases on NATS expire, and be asked for, in a tenth of the time."""
    for name, seconds in (("TTL", 1.0), ("RENEW", 0.2), ("POLL", 0.05), ("PAUSE", 0.1)):
        monkeypatch.setattr(f"jogeon.nats.lease.{name}", seconds)


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """Fail a test that leaves a thread behind."""
    before = set(threading.enumerate())
    yield
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(THREAD_GRACE)
    alive = sorted(thread.name for thread in left if thread.is_alive())
    if alive:
        pytest.fail(f"threads left running: {alive}", pytrace=False)


@pytest.fixture
async def _no_task_left(_no_thread_left: None) -> AsyncIterator[None]:
    """Fail a test that leaves an asyncio task behind, once all its other fixtures are torn down."""
    before = asyncio.all_tasks()
    yield
    for _ in range(TURNS_TO_END):
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - before - {asyncio.current_task()}
        if not left:
            break
    await asyncio.get_running_loop().shutdown_default_executor()  # its threads are the loop's, not the test's
    if left:
        names = sorted({getattr(task.get_coro(), "__qualname__", task.get_name()) for task in left})
        pytest.fail(f"{len(left)} tasks left running: {names}", pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_left_running(request: pytest.FixtureRequest) -> None:
    """Ask for the fixture above only where the test has a loop."""
    if request.node.get_closest_marker("asyncio"):
        request.getfixturevalue("_no_task_left")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is about owners, modes and pipes of POSIX where there are none."""
    if os.name != "posix":
        items[:] = [item for item in items if not item.get_closest_marker("posix")]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make a skipped test a failed one in the CI: there, what a test needs must be there."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
    return report
