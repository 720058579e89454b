"""When another seed may open: enough calls to keep every slot busy, and not one seed more."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager

# Calls running or waiting, as a multiple of the concurrency limit, below which a seed opens: a fifth of a limit in
# waiting keeps a slot from idling while the next seed is read, and bounds what a crash leaves half done.
LOOK_AHEAD = 1.2
OPEN_SEEDS_PER_SLOT = 4.0  # decided seeds wait for commits and hold no slot, but memory: about 20 KB each


class Room:
    """Counts open seeds and their calls. A seed without a call counts as one: it is about to make one."""

    def __init__(self, limit: int, max_open_seeds: int | None) -> None:
        self.limit = limit
        self._max_open = max_open_seeds
        self.open_seeds = 0
        self._calls = 0
        self._idle = 0
        self._waiter: asyncio.Future[None] | None = None

    @property
    def max_open_seeds(self) -> int:
        """The cap on open seeds at the present limit."""
        return self._max_open or math.ceil(self.limit * OPEN_SEEDS_PER_SLOT)

    @property
    def free(self) -> bool:
        """One more seed may open now."""
        return self._calls + self._idle < self.limit * LOOK_AHEAD and self.open_seeds < self.max_open_seeds

    async def changed(self) -> None:
        """Returns when room became free or `wake` was called; the caller looks again."""
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def wake(self) -> None:
        """Let the waiting feeder look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def enter(self) -> Place:
        """A seed opens."""
        self.open_seeds += 1
        self._idle += 1
        return Place(self)

    def resize(self, limit: int) -> None:
        """The concurrency limit moved."""
        self.limit = limit
        self._changed()

    def _shift(self, calls: int, idle: int) -> None:
        self._calls += calls
        self._idle += idle
        if calls + idle < 0:
            self._changed()

    def _leave(self, idle: int) -> None:
        self.open_seeds -= 1
        self._idle -= idle
        self._changed()

    def _changed(self) -> None:
        if self.free:
            self.wake()


class Place:
    """One open seed's share of the room."""

    __slots__ = ("_calls", "_idle", "_room")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._calls = 0
        self._idle = 1

    @contextmanager
    def calling(self) -> Iterator[None]:
        """One call of this seed runs or waits."""
        self._calls += 1
        self._room._shift(1, -1 if self._calls == 1 else 0)  # noqa: SLF001  # a Place is a Room's other half
        try:
            yield
        finally:
            self._calls -= 1
            self._room._shift(-1, 1 if self._calls == 0 else 0)  # noqa: SLF001

    def rest(self) -> None:
        """The recipe is through; the seed stays in memory until it is decided, but will make no further call."""
        self._room._shift(0, -self._idle)  # noqa: SLF001
        self._idle = 0

    def leave(self) -> None:
        """The seed is decided or was left open."""
        self._room._leave(self._idle)  # noqa: SLF001
