"""Time as an argument: the event loop's for runs, one that a test moves by hand for tests."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something due later."""

    def cancel(self) -> None:
        """It will not happen."""
        ...


class Clock(Protocol):
    """Monotonic seconds, wall seconds, and timers. A jump of the wall clock moves no timer."""

    def now(self) -> float:
        """Monotonic seconds."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch."""
        ...

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back once `now()` has reached `when`."""
        ...


class LoopClock:
    """The running event loop's timers."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """A loop timer; relative, since a loop may count from another zero."""
        return asyncio.get_running_loop().call_later(max(0.0, when - time.monotonic()), callback)


class VirtualTimer:
    """A timer of a `VirtualClock`."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """It will not happen."""
        self.callback = None


class VirtualClock:
    """Stands still until `advance`: for tests of everything that waits."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, VirtualTimer]] = []

    def now(self) -> float:
        """Seconds since this clock was made."""
        return self._now

    def wall(self) -> float:
        """The same seconds, as if the epoch began with this clock."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Due when `advance` passes `when`."""
        timer = VirtualTimer(callback)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        return timer

    async def advance(self, seconds: float) -> None:
        """Move on, timer by timer, letting tasks run in between."""
        end = self._now + seconds
        await self.settle()
        while self._timers and self._timers[0][0] <= end:
            when, _, timer = heapq.heappop(self._timers)
            self._now = max(self._now, when)
            if timer.callback is not None:
                timer.callback()
                await self.settle()
        self._now = end
        await self.settle()

    def stall(self, seconds: float) -> None:
        """Time passes and no timer fires: the loop was blocked."""
        self._now += seconds

    async def settle(self) -> None:
        """Let every task run that can: chains of a few dozen wake-ups come to rest within this many turns."""
        for _ in range(50):
            await asyncio.sleep(0)
