"""How many calls may be in flight at one endpoint: a number, or one that is found."""

from __future__ import annotations

from stream_synth.chat.endpoint import Concurrency

START = 16  # doubles within a few replies, and no provider minds sixteen
MOST = 8_192  # beyond this a process is short of file handles before it is short of slots
SATURATED = 0.8  # a round teaches something only if this share of the limit was used
GROWTH = 0.05  # additive phase: a twentieth a round
CUT = 0.75  # after a 429: the share kept (AIMD as in TCP, gentler than a half since 429s cost nothing)
CEILING_SLACK = 1.1  # how far above a remembered ceiling to try again
CEILING_MEMORY_S = 600.0  # a ceiling older than this belongs to another hour's load
GAIN = 1.2  # a doubled limit must give a fifth more tokens per second, else the server only queues (self-hosted ones send no 429)
ROUND = 0.5  # of the limit: replies to calls that were sent under it before it is judged; after doubling these are the new slots


class Limit:
    """Slow start ×2 until the first refusal or until more calls bring nothing; then +5 % a clean saturated round, ×0.75 an episode.

    One burst of 429s is one episode: those of requests sent before the last cut say nothing new.
    """

    def __init__(self, concurrency: Concurrency, now: float) -> None:
        self.adaptive = concurrency == "auto"
        self._limit = float(START if concurrency == "auto" else concurrency)
        self.in_flight = 0
        self._changed_at = now
        self._ceiling = float(MOST)
        self._ceiling_at = now
        self._cut_at = float("-inf")
        self._storm = False  # cut, and no clean round since
        self._queues = False
        self._slow_start = True
        self._round_calls = 0
        self._round_tokens = 0
        self._round_s = 0.0
        self._round_peak = 0
        self._last_s_per_token = 0.0

    @property
    def limit(self) -> int:
        """Calls that may be in flight."""
        return max(1, int(self._limit))

    @property
    def free(self) -> bool:
        """One more may start."""
        return self.in_flight < self.limit

    def start(self) -> None:
        """One more is in flight."""
        self.in_flight += 1
        self._round_peak = max(self._round_peak, self.in_flight)

    def end(self) -> None:
        """Its last byte arrived, or it was given up."""
        self.in_flight -= 1

    def succeeded(self, sent_at: float, tokens: int, now: float) -> None:
        """A reply arrived. Only those sent under the present limit count towards its round."""
        if not self.adaptive or sent_at < self._changed_at:
            return
        self._round_calls += 1
        self._round_tokens += tokens + 1
        self._round_s += now - sent_at
        if self._round_calls >= self.limit * ROUND:
            self._end_round(now)

    def pushed_back(self, sent_at: float, now: float) -> None:
        """A 429 or an overload."""
        if not self.adaptive or sent_at <= self._cut_at:
            return
        if not self._storm:  # cuts in a row belong to one storm: what the server took before it began is what it may take again
            self._remember_ceiling(self._limit, now, queues=False)
        self._storm = True
        self._cut_at = now
        self._set(max(1.0, self._limit * CUT), now)

    def _end_round(self, now: float) -> None:
        self._storm = False
        s_per_token = self._round_s / self._round_tokens
        saturated = self._round_peak >= SATURATED * self.limit
        if not saturated:
            self._set(self._limit, now)
            return
        # Little's law: tokens per second = calls in flight / seconds per token of one call. Here the calls have just doubled.
        if self._slow_start and self._last_s_per_token and 2 * self._last_s_per_token < GAIN * s_per_token:
            self._remember_ceiling(self._limit / 2, now, queues=True)
            self._set(max(1.0, self._limit / 2), now)
            return
        if now - self._ceiling_at > CEILING_MEMORY_S:
            self._ceiling = float(MOST)
            self._slow_start = self._queues  # one doubled round shows whether such a server has more to give by now
        self._last_s_per_token = s_per_token
        # Far below a known ceiling, as after a storm, walking up by a twentieth would take an hour.
        doubling = self._slow_start or self._limit < self._ceiling / 2 < MOST / 2
        grown = self._limit * 2 if doubling else self._limit + max(1.0, self._limit * GROWTH)
        self._set(min(grown, self._ceiling * CEILING_SLACK, MOST), now)

    def _remember_ceiling(self, ceiling: float, now: float, *, queues: bool) -> None:
        self._ceiling, self._ceiling_at, self._queues = ceiling, now, queues
        self._slow_start = False

    def _set(self, limit: float, now: float) -> None:
        self._limit, self._changed_at = limit, now
        self._round_calls = self._round_tokens = 0
        self._round_s = 0.0
        self._round_peak = self.in_flight
