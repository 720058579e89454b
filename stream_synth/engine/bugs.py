"""The one place where an unexpected exception is caught: it costs its row, is kept with its traceback, and is counted."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from stream_synth.errors import RunError, StreamSynthError
from stream_synth.values import Failure

TRACEBACK_CHARS = 8_000  # the innermost frames; a deep recursion must not fill the database


@dataclass(slots=True)
class RowGuard:
    """`with` it around code that a single row may break. Afterwards `failure` says what broke, or is None."""

    bugs: Bugs
    seed_id: str
    recipe: str
    step: str
    counted: bool = True  # False: only find out, the same code will run again on fewer rows
    failure: Failure | None = None

    def __enter__(self) -> Self:
        """Guard what follows."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        """Swallow a bug; let our own errors and cancellation pass."""
        if error is None or isinstance(error, StreamSynthError) or not isinstance(error, Exception):
            return False
        shown = "".join(traceback.format_exception(error))[-TRACEBACK_CHARS:]
        self.failure = Failure(self.seed_id, self.recipe, self.step, "bug", shown)
        if self.counted:
            self.bugs.count(self.failure, error)
        return True


@dataclass(slots=True)
class Bugs:
    """Counts unexpected exceptions of this invocation; at `limit` the run stops."""

    limit: int
    seen: int = 0
    stop: RunError | None = field(default=None)

    def guard(self, seed_id: str, recipe: str, step: str, *, counted: bool = True) -> RowGuard:
        """A guard for one row's recipe, tool or measurement."""
        return RowGuard(self, seed_id, recipe, step, counted)

    def count(self, failure: Failure, error: Exception) -> None:
        """One more; remembers the stop when it is one too many."""
        self.seen += 1
        if self.seen >= self.limit and self.stop is None:
            self.stop = RunError(
                f"{self.seen} rows raised an unexpected exception, the last in {failure.recipe}/{failure.step}: "
                f"{type(error).__name__}: {error}. Tracebacks are in table failures, kind 'bug'. "
                "Mend the recipe or gate and run again, or raise run.max_bugs"
            )
