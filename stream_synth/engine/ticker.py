"""Four times a second: how far the run is, whether it still moves, and whether its time is up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import structlog

from stream_synth.engine.diversity import DiversityWatch
from stream_synth.engine.options import RunOptions
from stream_synth.engine.parts import Course, Parts
from stream_synth.errors import RunError
from stream_synth.store import Metric

TICK_S = 0.25
METRICS_EVERY_TICKS = 20  # a row per metric every 5 s: 10 MB a month
STALL_S = 1_200.0  # twice the default time-out of a call: nothing healthy is silent for so long
LAG_WARNING_S = 0.25  # a loop this late makes healthy replies look slow


class Ticker:
    """Feeds progress and metrics, and ends a run that is out of time or stuck."""

    def __init__(self, parts: Parts, course: Course, diversity: DiversityWatch, open_seeds: Callable[[], int]) -> None:
        self._parts = parts
        self._course = course
        self._diversity = diversity
        self._open_seeds = open_seeds
        self._metrics: list[Metric] = []
        self._worst_lag_s = 0.0
        self._moved_at = 0.0
        self._position: tuple[int, int] = (-1, -1)
        self._last_calls = 0

    def take_metrics(self) -> list[Metric]:
        """What was measured since the last commit."""
        taken, self._metrics = self._metrics, []
        return taken

    async def run(self) -> None:
        """Until cancelled."""
        clock = self._parts.clocks.monotonic
        self._moved_at = due = clock()
        ticks = 0
        while True:
            due += TICK_S
            await asyncio.sleep(max(0.0, due - clock()))
            lag = clock() - due
            due = max(due, clock() - TICK_S)
            self._worst_lag_s = max(self._worst_lag_s, lag)
            if lag > LAG_WARNING_S:
                structlog.get_logger().warning("event_loop_late", lag_s=round(lag, 3))
            ticks += 1
            progress = self._progress()
            if self._parts.on_progress is not None:
                self._parts.on_progress(progress)
            self._watch(progress)
            if ticks % METRICS_EVERY_TICKS == 0:
                self._measure(progress)

    def _progress(self) -> dict[str, Any]:
        course = self._course
        chat = self._parts.chat.snapshot()
        if limit := int(chat.get("limit", 0)):
            course.room.resize(limit)
        counts = course.tally.counts(course.stopping.outcome, self._open_seeds(), chat)
        live = {key: chat.get(key, 0) for key in ("in_flight", "waiting", "limit", "retries")}
        options = self._parts.options
        goals = {"target_accepted": options.target_accepted, "max_cost_usd": options.max_cost_usd, "limit_seeds": options.limit}
        return {
            **counts,
            **live,
            **goals,
            "open_seeds": self._open_seeds(),
            "collapsed": {label: round(fell.drop, 4) for label, fell in self._diversity.alarms.items()},
            "eta_s": _eta_s(counts, options),
        }

    def _watch(self, progress: dict[str, Any]) -> None:
        course, now = self._course, self._parts.clocks.monotonic()
        options = self._parts.options
        if options.max_seconds is not None and now - course.tally.started > options.max_seconds:
            course.stopping.close("budget", f"run.max_seconds is used up ({options.max_seconds:g} s); raise it to go on")
        if options.stop_on_collapse and self._diversity.raised:
            fell = "; ".join(f"{label}: {what}" for label, what in self._diversity.raised.items())
            told = f"accepted rows got less diverse ({fell}): look at the newest samples; the same command goes on"
            course.stopping.close("error", told, RunError(told))
        position = (progress["calls"], progress["seeds_done"])
        if position != self._position:
            self._position, self._moved_at = position, now
        elif self._open_seeds() and now - self._moved_at > STALL_S:
            structlog.get_logger().error("stalled", progress=progress, tasks=len(asyncio.all_tasks()))
            stuck = f"nothing has moved for {STALL_S:g} s with {self._open_seeds()} open seeds; see log.jsonl, then run again to continue"
            course.stopping.close("error", stuck, RunError(stuck))
            course.stopping.now.set()

    def _measure(self, progress: dict[str, Any]) -> None:
        window = f"{METRICS_EVERY_TICKS * TICK_S:g}s"
        calls, at = progress["calls"], self._parts.clocks.wall()
        rate = (calls - self._last_calls) / (METRICS_EVERY_TICKS * TICK_S) if self._last_calls else progress["calls_per_second"]
        self._last_calls = calls
        values = {"calls_per_second": rate, "in_flight": progress["in_flight"], "waiting": progress["waiting"]}
        values |= {"limit": progress["limit"], "open_seeds": progress["open_seeds"], "loop_lag_ms": self._worst_lag_s * 1_000}
        self._worst_lag_s = 0.0
        self._metrics += [Metric(at, name, float(value), window) for name, value in values.items()]


def _eta_s(counts: dict[str, Any], options: RunOptions) -> float | None:
    """Seconds until the goal at this invocation's mean rate; None while there is no rate or no goal."""
    goal, made = (options.target_accepted, counts["accepted"]) if options.target_accepted else (options.limit, counts["seeds_done"])
    return round(counts["seconds"] * max(goal - made, 0) / made, 1) if goal and made else None
