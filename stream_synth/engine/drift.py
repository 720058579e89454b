"""Watches scorers that cost calls: do rows that stay the same still get the scores they got at the start?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import structlog

from stream_synth.engine.parts import Course, Method, Parts
from stream_synth.errors import StreamSynthError
from stream_synth.protocols import Anchored
from stream_synth.store import Metric

METRIC = "reward_drift"
POLL_S = 0.25  # as often as progress is told


class DriftWatch:
    """A turn at the start and one every `anchors_every` accepted rows, for each gate that has anchors; scores never reach a row.

    Turns are counted over the run directory, so that the first turn of a resumed run is that of the start, from the journal.
    """

    def __init__(self, parts: Parts, course: Course) -> None:
        self._parts = parts
        self._course = course
        self._gates = watched(parts.methods)
        self._starts: dict[str, Mapping[str, float]] = {}
        self._turns: dict[str, int] = {}
        self._metrics: list[Metric] = []
        self._ending = asyncio.Event()

    def take_metrics(self) -> list[Metric]:
        """What was measured since the last commit."""
        taken, self._metrics = self._metrics, []
        return taken

    def finish(self) -> None:
        """The last turn that is due, then the end of `run`."""
        self._ending.set()

    async def run(self) -> None:
        """Until `finish`. A turn that cannot be asked is left out: no row depends on it."""
        while self._gates:
            ending = self._ending.is_set()
            for name, gate in self._gates.items():
                await self._look(name, gate)
            if ending:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._ending.wait()

    async def _look(self, name: str, gate: Anchored) -> None:
        turn = self._course.tally.accepted // gate.anchors_every
        for due in (0, turn):
            if due <= self._turns.get(name, -1):
                continue
            self._turns[name] = due
            try:
                scores = await gate.anchored(self._parts.chat, f"reward:anchors:{name}", due)
            except StreamSynthError as error:  # the run is closing, or an endpoint is gone: whoever needs a row will say so
                structlog.get_logger().info("reward_drift_not_measured", gate=name, turn=due, problem=str(error))
                continue
            self._compare(name, gate, scores)

    def _compare(self, name: str, gate: Anchored, scores: Mapping[str, float]) -> None:
        start = self._starts.setdefault(name, scores) if scores else {}
        moved = {anchor: abs(score - start[anchor]) for anchor, score in scores.items() if anchor in start}
        if not moved or start is scores:
            return
        drift = sum(moved.values()) / len(moved)
        self._metrics.append(Metric(self._parts.clocks.wall(), name, drift, f"{len(moved)} anchors"))
        if drift > gate.max_drift:
            most = max(moved, key=lambda anchor: moved[anchor])
            told = {"drift": round(drift, 4), "max_drift": gate.max_drift, "most": most, "was": start[most], "now": scores[most]}
            structlog.get_logger().warning(METRIC, metric=name, accepted=self._course.tally.accepted, **told)


def watched(methods: Sequence[Method]) -> dict[str, Anchored]:
    """Gates with anchors by the name of their metric: `reward_drift`, with the recipe's label where there are several."""
    found: dict[int, tuple[str, Any]] = {}
    for method in methods:
        for gate in method.gates:
            if getattr(gate, "anchors_every", 0):
                found.setdefault(id(gate), (method.label, gate))
    return {METRIC if len(found) == 1 else f"{METRIC}:{label}": cast("Anchored", gate) for label, gate in found.values()}
