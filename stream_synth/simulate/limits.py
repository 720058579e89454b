"""Enforced limits and the capacity model: pure arithmetic on times that are handed in."""

from __future__ import annotations

import heapq
import math
from collections import deque
from typing import NamedTuple


class Room(NamedTuple):
    """What a limit says of one request."""

    wait_s: float  # 0: it was admitted; else the time until it would have fitted
    headers: bytes  # whole lines, for the reply


class Window:
    """At most `limit` units in any window of `length_s` seconds, exactly. What alone is more than the limit is let into an empty window."""

    def __init__(self, per_minute: float, *, quantised: bool) -> None:
        # A limit of less than one a second cannot be cut into whole seconds: then one in as many seconds as it takes.
        self.length_s = max(1.0, 60.0 / per_minute) if quantised else 60.0
        self.limit = per_minute * self.length_s / 60.0
        self.used = 0.0
        self._spent: deque[tuple[float, float]] = deque()

    def wait_s(self, now: float, units: float) -> float:
        """Seconds until so many units fit; 0 when they do now."""
        spent = self._spent
        while spent and spent[0][0] <= now - self.length_s:
            self.used -= spent.popleft()[1]
        if not spent:
            self.used = 0.0  # sums of fractions drift
        excess = self.used + units - self.limit
        if excess <= 1e-9 or not spent:
            return 0.0
        freed_at = now
        for at, freed in spent:
            excess -= freed
            freed_at = at
            if excess <= 1e-9:
                break
        return max(freed_at + self.length_s - now, 1e-3)

    def spend(self, now: float, units: float) -> None:
        """Count units that were let in."""
        self.used += units
        self._spent.append((now, units))

    def lines(self, name: bytes, now: float) -> bytes:
        """The `x-ratelimit-*` headers that providers send."""
        reset_s = self._spent[-1][0] + self.length_s - now if self._spent else 0.0
        remaining = max(0, math.floor(self.limit - self.used + 1e-9))
        return b"x-ratelimit-limit-%b: %d\r\nx-ratelimit-remaining-%b: %d\r\nx-ratelimit-reset-%b: %.3fs\r\n" % (
            *(name, max(1, math.floor(self.limit))),
            *(name, remaining),
            *(name, reset_s),
        )


class Limits:
    """Requests and tokens together: a request that fails one of the two limits spends nothing of the other."""

    def __init__(self, rpm: float | None, tpm: float | None, *, quantised: bool) -> None:
        self._windows = {
            name: Window(per_minute, quantised=quantised)
            for name, per_minute in ((b"requests", rpm), (b"tokens", tpm))
            if per_minute is not None
        }

    def admit(self, now: float, tokens: int) -> Room:
        """Let one request of so many tokens in, or say when it would fit."""
        if not self._windows:
            return Room(0.0, b"")
        asked = {name: 1 if name == b"requests" else tokens for name in self._windows}
        wait_s = max(window.wait_s(now, asked[name]) for name, window in self._windows.items())
        if not wait_s:
            for name, window in self._windows.items():
                window.spend(now, asked[name])
        headers = b"".join(window.lines(name, now) for name, window in self._windows.items())
        if wait_s:
            headers += b"Retry-After: %d\r\nretry-after-ms: %d\r\n" % (math.ceil(wait_s), math.ceil(wait_s * 1000))
        return Room(wait_s, headers)


class Timing(NamedTuple):
    """When a reply comes."""

    wait_s: float  # until its first token
    writing_s: float  # from the first to the last


class Capacity:
    """`slots` servers with one queue, each writing `tokens_per_second`. A client that goes away does not free its slot."""

    def __init__(self, slots: int | None, tokens_per_second: float | None) -> None:
        self._free_at = [0.0] * (slots or 0)  # a heap
        self._seconds_per_token = 1 / tokens_per_second if tokens_per_second else 0.0

    def schedule(self, now: float, latency_s: float, tokens: int) -> Timing:
        """Take the slot that is free first, from when it is free until the reply is written."""
        writing_s = tokens * self._seconds_per_token
        if not self._free_at:
            return Timing(latency_s, writing_s)
        start = max(now, self._free_at[0])
        heapq.heapreplace(self._free_at, start + latency_s + writing_s)
        return Timing(start - now + latency_s, writing_s)
