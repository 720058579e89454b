"""How a run comes to its end: one state, one reason, first come first kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from stream_synth.errors import BudgetExhausted, RunError, StreamSynthError

EXIT_CODES = {"finished": 0, "source_exhausted": 0, "target": 0, "budget": 3, "interrupted": 130, "error": 1}


@dataclass(slots=True)
class Stopping:
    """Open until someone closes it. Closing means: no new call, no new seed; what is in flight arrives and is kept."""

    on_close: Callable[[], None]
    outcome: str = ""
    message: str = ""
    error: StreamSynthError | None = None
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    now: asyncio.Event = field(default_factory=asyncio.Event)  # the user asked twice, or the grace ran out

    def close(self, outcome: str, message: str = "", error: StreamSynthError | None = None) -> None:
        """Give the reason; the first one stays, except that an error is never hidden by a target or budget."""
        if self.outcome and not (outcome == "error" and self.outcome in {"target", "budget"}):
            return
        self.outcome, self.message, self.error = outcome, message, error
        self.closed.set()
        self.on_close()

    def stopped_by(self, error: StreamSynthError) -> None:
        """A call said that the run cannot go on."""
        if isinstance(error, BudgetExhausted):
            self.close("budget", str(error), error)
        elif isinstance(error, RunError):
            self.close("error", str(error), error)

    def interrupt(self) -> None:
        """Ctrl-C or SIGTERM: the first drains, the second ends it now."""
        if self.outcome:
            self.now.set()
        else:
            self.close("interrupted", "interrupted; the same command continues this run")
