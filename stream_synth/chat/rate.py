"""Requests and tokens per minute, reserved together."""

from __future__ import annotations

BURST_S = 1.0  # quota that may be saved up while idle: providers enforce minutes in slices of a second or so
USED_SHARE = 0.98  # of the quota: leaves room for a server clock whose second starts elsewhere than ours
INFINITY = float("inf")


class Bucket:
    """A token bucket without timers: the level is worked out when someone asks. It may go below zero and then recovers."""

    __slots__ = ("_at", "_level", "capacity", "per_s")

    def __init__(self, per_s: float, capacity: float, level: float, now: float) -> None:
        self.per_s = per_s
        self.capacity = capacity
        self._level = level
        self._at = now

    def level(self, now: float) -> float:
        """What may be taken now."""
        if now > self._at:
            self._level = min(self.capacity, self._level + (now - self._at) * self.per_s)
            self._at = now
        return self._level

    def ready_at(self, amount: float, now: float) -> float:
        """When `amount` may be taken; more than the capacity may be taken from a full bucket."""
        missing = min(amount, self.capacity) - self.level(now)
        # A hair's breadth of quota may be missing after the timer for exactly this moment, from rounding alone.
        return now if missing <= 1e-9 * self.capacity else now + missing / self.per_s

    def add(self, amount: float) -> None:
        """Give back (positive) or take (negative)."""
        self._level = min(self.capacity, self._level + amount)


class RateLimit:
    """One endpoint's quota. `None` means no limit of that kind.

    Requests start with a single one in the bucket: a run that begins with a second's worth at once overdraws the provider's first second.
    """

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None, now: float) -> None:
        self._requests = self._tokens = None
        if requests_per_minute is not None:
            per_s = requests_per_minute / 60 * USED_SHARE
            self._requests = Bucket(per_s, max(1.0, per_s * BURST_S), 1.0, now)
        if tokens_per_minute is not None:
            per_s = tokens_per_minute / 60 * USED_SHARE
            self._tokens = Bucket(per_s, per_s * BURST_S, per_s * BURST_S, now)

    @property
    def limited(self) -> bool:
        """Anything to reserve at all."""
        return self._requests is not None or self._tokens is not None

    def ready_at(self, tokens: float, now: float) -> float:
        """When one request of that many tokens may go. A request larger than the bucket goes alone, once the bucket is full."""
        at = now if self._requests is None else self._requests.ready_at(1.0, now)
        return at if self._tokens is None else max(at, self._tokens.ready_at(tokens, now))

    def reserve(self, tokens: float) -> None:
        """Take one request and its estimated tokens. Ask `ready_at` first, at the same moment."""
        if self._requests is not None:
            self._requests.add(-1.0)
        if self._tokens is not None:
            self._tokens.add(-tokens)

    def reconcile(self, estimated: float, used: float) -> None:
        """The reply was counted: settle the difference, in either direction."""
        if self._tokens is not None:
            self._tokens.add(estimated - used)

    def refund(self, tokens: float) -> None:
        """Nothing was sent."""
        if self._requests is not None:
            self._requests.add(1.0)
        if self._tokens is not None:
            self._tokens.add(tokens)
