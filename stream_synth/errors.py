"""Every error this package raises on purpose. Each says the thing, the value and the remedy in one line."""

from __future__ import annotations


class StreamSynthError(Exception):
    """Base of all errors that a user may meet. `str(error)` is one line fit for a terminal."""


class ConfigError(StreamSynthError):
    """The configuration or the command line cannot be used; nothing was sent. Exit code 2."""


class RunError(StreamSynthError):
    """The run stopped by an error and can be resumed by the same command. Exit code 1."""


class StoreError(RunError):
    """The database or the journal cannot be written or read."""


class LockedError(RunError):
    """Another process holds the run directory."""


class EndpointDown(RunError):
    """No endpoint of a role can be used any more: wrong key, no quota, unreachable. Carries the remedy."""


class BudgetExhausted(StreamSynthError):
    """Nothing is in flight and the smallest waiting call does not fit the budget. Exit code 3."""


class Closed(StreamSynthError):
    """The run takes no new calls (target reached, budget, Ctrl-C). The seed stays open; a resumed run goes on with it."""


class ReplayMiss(StreamSynthError):
    """With the network cut, a call was asked that the journal does not hold."""


class ChatError(StreamSynthError):
    """One call failed for good. It costs a row, never the run.

    `kind` is an attempt outcome: client_error, server_error, ambiguous, rejected, never_sent, too_large, unreadable.
    """

    def __init__(self, kind: str, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
