"""The ledger: one line for each request that was processed, on file before its reply leaves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import orjson

from stream_synth.errors import ConfigError


class Charge(NamedTuple):
    """What a provider would put on the bill for one request. Times are seconds since the epoch."""

    request_hash: str
    idempotency_key: str
    received_at: float
    status: int
    prompt_tokens: int
    completion_tokens: int


class Ledger:
    """Appends lines to a file, or to nothing when there is none. Every line is with the operating system when `write` returns.

    So neither a client nor this process can be killed between a reply and its charge. A power failure is not covered.
    """

    def __init__(self, path: Path | str | None) -> None:
        self._file = -1
        if path is None:
            return
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise ConfigError(f"ledger {path} cannot be written: {error.strerror}; name a file in a folder of yours") from error

    def write(self, charge: Charge, *, answered_at: float, delivered: bool) -> None:
        """One line. `delivered`: the whole reply goes to a connection that is still open."""
        if self._file < 0:
            return
        line = {
            "request_hash": charge.request_hash,
            "idempotency_key": charge.idempotency_key,
            "received_at": charge.received_at,
            "answered_at": answered_at,
            "status": charge.status,
            "prompt_tokens": charge.prompt_tokens,
            "completion_tokens": charge.completion_tokens,
            "delivered": delivered,
        }
        os.write(self._file, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        """Close the file; lines after it go nowhere."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
