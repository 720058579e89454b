"""The end of one attempt's patience, and of all at once when a run is aborted."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from stream_synth.chat.clock import Clock
from stream_synth.errors import Closed

LATE_S = 0.5  # a timer this late means that the loop stood still: replies may lie in the socket unread
GRACE_S = 1.0  # after that, time to read them


class Deadline:
    """`with` it around an attempt: raises `TimeoutError` inside when the time is up, `Closed` after `abort`.

    A cancellation from outside passes through as itself. Cheaper than `asyncio.timeout`, and forgiving towards a loop that was blocked.
    """

    __slots__ = ("_at", "_cancelling", "_clock", "_live", "_reason", "_task", "_timer")

    def __init__(self, clock: Clock, seconds: float, live: set[Deadline]) -> None:
        self._clock = clock
        self._at = clock.now() + seconds
        self._live = live
        self._reason: type[Exception] | None = None

    def __enter__(self) -> Self:
        """Start counting."""
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._cancelling = task.cancelling()
        self._timer = self._clock.call_at(self._at, self._due)
        self._live.add(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Turn our own cancellation into its reason."""
        self._timer.cancel()
        self._live.discard(self)
        if self._reason is None:
            return
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise self._reason from error

    def abort(self) -> None:
        """Give the attempt up now."""
        self._cancel(Closed)

    def _due(self) -> None:
        now = self._clock.now()
        if now - self._at > LATE_S:
            self._at = now + GRACE_S
            self._timer = self._clock.call_at(self._at, self._due)
        else:
            self._cancel(TimeoutError)

    def _cancel(self, reason: type[Exception]) -> None:
        if self._reason is None:
            self._reason = reason
            self._task.cancel()
