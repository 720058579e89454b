"""When to leave an endpoint alone for a while, and when to give it up."""

from __future__ import annotations

from collections import deque
from random import Random

from stream_synth.chat.outcome import Failed, Outcome

WINDOW_S = 30.0  # outcomes older than this say nothing about now
FEWEST = 20  # outcomes before a share means anything
BROKEN_SHARE = 0.5  # of transient failures
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0  # a server that comes back is found within a minute
COLD_TRIES = 3  # of an endpoint that never answered: a wrong address should not cost an evening
COLD_PAUSE_S = 2.0  # between them, doubled: the third comes within 10 s of the first
HOPELESS_S = 600.0  # of nothing but failures: longer than a restart of a large local model
FIRST_CALLS = 20  # an endpoint that answers most of its first calls with 400 would do so all night
_BROKEN: frozenset[Outcome] = frozenset({"never_sent", "server_error", "ambiguous"})


class Breaker:
    """One endpoint's health. Closed: all may go. Open: nobody until `ready_at`, then a single probe decides.

    `down` holds the reason once the endpoint is given up; it stays out for the rest of the run.
    """

    def __init__(self, name: str, remedy: str, rng: Random) -> None:
        self._name = name
        self._remedy = remedy  # for a refused key
        self._rng = rng
        self._recent: deque[tuple[float, bool, bool]] = deque()  # (when, broken, pushed back)
        self._broken = self._busy = 0
        self._probing = False
        self._failed_tries = 0  # probes in a row, or rounds of a cold start
        self._failing_since: float | None = None
        self._first: list[bool] = []  # client errors among the first finished calls
        self._answered = False
        self.reached = False
        self.open_until: float | None = None
        self.down = ""

    def ready_at(self, now: float) -> float:
        """When the next call may go: now, the end of the pause, or never while a probe is under way or the endpoint is down."""
        if self.open_until is None:
            return now
        if self.down or self._probing:
            return float("inf")
        return max(now, self.open_until)

    def start(self) -> None:
        """A call goes out: in the open state it is the probe."""
        self._probing = self.open_until is not None

    def abandon(self) -> None:
        """The call ended without telling anything (cancelled before it was sent)."""
        self._probing = False

    def succeeded(self, now: float) -> None:
        """A reply arrived."""
        self.reached = self._answered = True
        self._failed_tries, self._failing_since = 0, None
        if self.open_until is not None:
            self.open_until, self._probing = None, False
            self._recent.clear()
            self._broken = self._busy = 0
        self._count(now, broken=False, busy=False)
        if len(self._first) < FIRST_CALLS:
            self._first.append(False)

    def failed(self, failure: Failed, sent_at: float, now: float) -> None:
        """An attempt ended without a reply."""
        if failure.outcome == "auth":
            self._give_up(f"{self._name} answered {failure.status}: {failure.message}; {self._remedy}")
        elif failure.outcome == "client_error":
            self._client_error(failure, now)
        else:
            self._trouble(failure, sent_at, now)

    def _client_error(self, failure: Failed, now: float) -> None:
        if failure.status == 404 and not self._answered:  # a wrong path or model: no row's fault, and no row should pay for it
            self._give_up(f"{self._name} answered 404: {failure.message}; check base_url and model")
            return
        self.reached = True
        self._probing, self.open_until, self._failing_since = False, None, None
        self._count(now, broken=False, busy=False)
        if len(self._first) < FIRST_CALLS:
            self._first.append(True)
            if sum(self._first) > FIRST_CALLS / 2:
                self._give_up(
                    f"{self._name} refused {sum(self._first)} of the first {len(self._first)} calls, the last with {failure.status}: "
                    f"{failure.message} (check model, params and extra_body of this endpoint)"
                )

    def _trouble(self, failure: Failed, sent_at: float, now: float) -> None:
        broken = failure.outcome in _BROKEN
        self.reached = self.reached or failure.outcome != "never_sent"
        if broken or failure.status != 429:
            self._failing_since = now if self._failing_since is None else self._failing_since
            if now - self._failing_since > HOPELESS_S:
                self._give_up(f"{self._name} has done nothing but fail for {HOPELESS_S:g} s; the last failure: {failure.message}")
                return
        if self.open_until is not None:
            if self._probing and sent_at >= self.open_until:
                self._probing = False
                self._pause(failure, now)
            return  # a straggler from before the pause
        self._count(now, broken=broken, busy=not broken)
        if not self.reached or self._tripped():
            self._pause(failure, now)

    def _tripped(self) -> bool:
        seen = len(self._recent)
        return seen >= FEWEST and (self._broken >= BROKEN_SHARE * seen or self._broken + self._busy == seen)

    def _pause(self, failure: Failed, now: float) -> None:
        self._failed_tries += 1
        if not self.reached and self._failed_tries >= COLD_TRIES:
            self._give_up(
                f"{self._name} was never reached: {failure.message}. "
                "Check base_url, that the server is running, and the network; then run again"
            )
        elif not self.reached:
            self.open_until = now + COLD_PAUSE_S * 2 ** (self._failed_tries - 1)
        else:
            longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failed_tries, 16))
            self.open_until = now + longest * self._rng.uniform(0.5, 1.0)

    def _give_up(self, reason: str) -> None:
        self.down = self.down or reason
        self.open_until = float("inf")

    def _count(self, now: float, *, broken: bool, busy: bool) -> None:
        self._recent.append((now, broken, busy))
        self._broken += broken
        self._busy += busy
        while self._recent[0][0] < now - WINDOW_S or len(self._recent) > 10 * FEWEST:
            _, was_broken, was_busy = self._recent.popleft()
            self._broken -= was_broken
            self._busy -= was_busy
