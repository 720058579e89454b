"""The user's training command between two rounds: it is given the rows, and says under which name or address the new model answers."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from stream_synth.errors import RunError

_HOW = 'its last line on stdout must be a model name, a base_url, or JSON: {"model": "m2", "base_url": "http://...", "dev_metric": 0.71}'
_KEYS = ("model", "base_url", "dev_metric")


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training command said. An empty name or address: as before."""

    model: str = ""
    base_url: str = ""
    dev_metric: float | None = None


async def train(command: Sequence[str], rows: Path) -> Trained:
    """Run `command` with the path of the exported rows as its last argument, for as long as it takes; its stderr is left to the terminal.

    Raises `RunError` when it cannot start, fails, or says nothing that can be understood. It is ended when this is cancelled.
    """
    try:
        process = await asyncio.create_subprocess_exec(*command, str(rows), stdout=PIPE)
    except OSError as error:
        raise RunError(
            f"run.train: {command[0]} cannot be started ({error.strerror}); give a program and its arguments as a list"
        ) from error
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
    if process.returncode:
        raise RunError(f"run.train: {command[0]} ended with exit code {process.returncode}; {rows} is kept, the same command trains again")
    return read_trained(said.decode(errors="replace"))


def read_trained(said: str) -> Trained:
    """The last line that is not empty. Raises `RunError` naming what was expected."""
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    if not last.startswith("{"):
        if not last or " " in last:
            raise RunError(f"run.train said {last!r}; {_HOW}")
        return Trained(base_url=last) if last.startswith(("http://", "https://")) else Trained(model=last)
    try:
        values = orjson.loads(last)
        trained = Trained(**values)
    except (orjson.JSONDecodeError, TypeError) as error:
        raise RunError(f"run.train said {last!r}, with other keys than {', '.join(_KEYS)}; {_HOW}") from error
    metric = trained.dev_metric
    is_number = metric is None or (isinstance(metric, int | float) and not isinstance(metric, bool))
    if not (isinstance(trained.model, str) and isinstance(trained.base_url, str) and is_number and (trained.model or trained.base_url)):
        raise RunError(f"run.train said {last!r}; {_HOW}")
    return trained
