"""How far a run is, four times a second: one live line on a terminal, a plain line every ten seconds elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

PLAIN_EVERY_S = 10.0  # six lines a minute: a night in a log file is half a megabyte

OnProgress = Callable[[Mapping[str, Any]], None]


class Live(Protocol):
    """The part of a live display that is used: a line that replaces the one before."""

    def update(self, status: str) -> None:
        """Show this line."""
        ...


def line(progress: Mapping[str, Any]) -> str:
    """Everything worth knowing on one line. Keys that are missing are left out."""
    goal = progress.get("target_accepted")
    parts = [f"{progress['accepted']}/{goal} accepted" if goal else f"{progress['accepted']} accepted"]
    parts.append(f"{progress['rejected']} rejected")
    if progress.get("failed"):
        parts.append(f"{progress['failed']} failed")
    seeds_goal = progress.get("limit_seeds")
    parts.append(f"{progress['seeds_done']}{f'/{seeds_goal}' if seeds_goal else ''} seeds")
    if "in_flight" in progress:
        parts.append(f"{progress['in_flight']} in flight of {progress.get('limit', 0)}")
    if progress.get("waiting"):
        parts.append(f"{progress['waiting']} waiting")
    parts.append(f"{progress['calls']} calls, {progress['calls_per_second']:.1f}/s")
    parts.append(f"{progress['prompt_tokens'] + progress['completion_tokens']:,} tokens")
    parts.append(money(progress))
    parts += [f"diversity of {label} fell by {lost:.0%}" for label, lost in progress.get("collapsed", {}).items()]
    if progress.get("eta_s") is not None:
        parts.append(f"{duration(progress['eta_s'])} to go")
    return " · ".join(parts)


def money(progress: Mapping[str, Any]) -> str:
    """What was spent, of how much."""
    budget = progress.get("max_cost_usd")
    return f"${progress['cost_usd']:.4f}{f' of ${budget:g}' if budget else ''}"


def duration(seconds: float) -> str:
    """90 as 1m30s; at most two units."""
    whole = round(seconds)
    for size, unit, smaller, small_unit in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // smaller:02d}{small_unit}"
    return f"{whole}s"


@dataclass(slots=True)
class PlainLines:
    """Writes the first line at once, then one every `PLAIN_EVERY_S`, and the last one when it ends."""

    stream: TextIO
    clock: Callable[[], float]  # monotonic seconds
    _due: float = float("-inf")
    _unwritten: str = ""

    def __call__(self, progress: Mapping[str, Any]) -> None:
        """Take note; write when it is time."""
        self._unwritten = line(progress)
        if self.clock() >= self._due:
            self._due = self.clock() + PLAIN_EVERY_S
            self.finish()

    def finish(self) -> None:
        """Write what was not written yet."""
        if self._unwritten:
            self.stream.write(self._unwritten + "\n")
            self.stream.flush()
            self._unwritten = ""


@contextmanager
def progress_on(stream: TextIO, clock: Callable[[], float]) -> Iterator[OnProgress]:
    """A callable to feed while the block runs: live where `stream` is a terminal, plain lines elsewhere."""
    if not stream.isatty():
        lines = PlainLines(stream, clock)
        try:
            yield lines
        finally:
            lines.finish()
        return
    from rich.console import Console  # noqa: PLC0415  # a tenth of a second that only a terminal should pay

    with Console(file=stream, markup=False, highlight=False).status("starting", spinner="dots") as live:
        yield lambda progress: live.update(line(progress))
