"""A moment that is waited for: `await` it in a coroutine, `.wait()` for it anywhere else."""

import asyncio
import threading
from collections.abc import Callable, Generator


class Stir:
    """Tells whoever waits that something has changed; what changes is guarded by `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._wakers: list[Callable[[], object]] = []

    def stir(self) -> None:
        """Let all that wait look again."""
        with self.lock:
            self._changed.notify_all()
            for waker in self._wakers:
                waker()

    def block(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait in this thread; False if it took too long."""
        with self.lock:
            return self._changed.wait_for(reached, seconds)

    async def wait(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Wait in this event loop; False if it took too long."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def waker() -> None:
            loop.call_soon_threadsafe(woken.set)

        with self.lock:
            self._wakers.append(waker)
        try:
            async with asyncio.timeout(seconds):
                while not self._holds(reached):
                    await woken.wait()
                    woken.clear()
        except TimeoutError:
            return False
        finally:
            with self.lock:
                self._wakers.remove(waker)
        return True

    def _holds(self, reached: Callable[[], bool]) -> bool:
        with self.lock:
            return reached()


class Moment:
    """What a test waits for; TimeoutError, with what happened instead, if it does not come in time."""

    def __init__(self, stir: Stir, reached: Callable[[], bool], missing: Callable[[], str], seconds: float) -> None:
        self._stir = stir
        self._reached = reached
        self._missing = missing
        self._seconds = seconds

    def wait(self) -> None:
        """Wait for it in this thread."""
        self._check(in_time=self._stir.block(self._reached, self._seconds))

    def __await__(self) -> Generator[object, None, None]:
        """Wait for it in a coroutine."""
        return self._wait().__await__()

    async def _wait(self) -> None:
        self._check(in_time=await self._stir.wait(self._reached, self._seconds))

    def _check(self, *, in_time: bool) -> None:
        if not in_time:
            raise TimeoutError(f"not within {self._seconds:g} s: {self._missing()}")
