"""The Python door: `run`, `arun`, `stream`, and what they give back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stream_synth.assemble.rounds import execute
from stream_synth.assemble.session import Session, Summary, first_of_ours
from stream_synth.engine.settings import Config
from stream_synth.errors import ConfigError, RunError, StreamSynthError
from stream_synth.export import ExportOptions, export
from stream_synth.observe.door import query
from stream_synth.values import Sample

if TYPE_CHECKING:
    import duckdb

END_POLL_S = 0.05  # the end of the stream waits for a place behind the last rows
LOOP_TURNS = 3  # a generator left by `break` is closed by the loop: one turn to begin, one to reach its end, one to spare
STREAM_ROWS = 1_024  # accepted rows waiting for the consumer; beyond this the run waits for it


@dataclass(frozen=True, slots=True)
class Run:
    """A run directory, after an invocation or opened later."""

    directory: Path  # a text is taken for a path
    summary: Summary | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "directory", Path(self.directory))

    @property
    def counts(self) -> Mapping[str, Any]:
        """Final counts of the invocation."""
        return self.summary.counts if self.summary else {}

    def sql(self, statement: str) -> duckdb.DuckDBPyRelation:
        """The result of one SELECT as a DuckDB relation: `.df()`, `.fetchall()`, `.pl()`."""
        import duckdb  # noqa: PLC0415  # 60 ms that only users of SQL should pay

        return duckdb.from_arrow(query(self.directory, statement))

    def export(self, path: str | Path, *, format: str, where: str = "") -> int:  # noqa: A002  # the command line's word
        """Write accepted rows; returns how many."""
        options = ExportOptions(format=format, path=Path(path), where=where)
        return export(lambda statement: query(self.directory, statement).to_batches(), options).rows


async def arun(config: Config, run_dir: str | Path | None = None) -> Run:
    """Run or resume; returns when the run has ended."""
    directory = directory_of(config, run_dir)
    return Run(directory, await execute(config, directory))


def run(config: Config, run_dir: str | Path | None = None) -> Run:
    """`arun` for synchronous code; works inside a notebook, whose event loop is already running."""
    return _complete(arun(config, run_dir))


async def stream(config: Config, run_dir: str | Path | None = None) -> AsyncGenerator[Sample, None]:
    """Accepted rows as they are committed. Breaking out stops the run cleanly; the same call continues it.

    A run that ends in an error raises it. When the event loop ends right after a `break`, put the stream into `contextlib.aclosing`:
    otherwise the loop cuts off what is in flight.

    A consumer that is slow slows the run: at most `STREAM_ROWS` rows wait for it.
    """
    if config.run.rounds is not None:
        raise ConfigError("run.rounds trains between rounds, which a stream of rows cannot show; use run or arun")
    rows: asyncio.Queue[Sample | None] = asyncio.Queue(STREAM_ROWS)
    left = asyncio.Event()

    async def publish(samples: Sequence[Sample]) -> None:
        for sample in samples:
            if left.is_set():
                return
            await rows.put(sample)

    session = Session(config, directory_of(config, run_dir), on_accepted=publish)
    name = f"stream left behind in {session.directory.resolve()}"
    await _end_of(name)
    running = asyncio.create_task(_last(session, rows))
    try:
        while (sample := await rows.get()) is not None:
            yield sample
        summary = await running
        if summary.outcome == "error":
            raise RunError(summary.message)
    finally:
        left.set()
        running.set_name(name)
        if not running.done():
            session.interrupt()
            while not rows.empty():
                rows.get_nowait()
            with contextlib.suppress(StreamSynthError):
                await running


async def _end_of(name: str) -> None:
    """Wait for the stream of this directory that a `break` has left behind: it still brings home what was in flight."""
    for _ in range(LOOP_TURNS):
        await asyncio.sleep(0)
    if left_behind := [task for task in asyncio.all_tasks() if task.get_name() == name]:
        await asyncio.wait(left_behind)


async def _last(session: Session, rows: asyncio.Queue[Sample | None]) -> Summary:
    """The run, and then the end of the stream."""
    try:
        return await session.run()
    except BaseExceptionGroup as group:
        raise first_of_ours(group) from group
    finally:
        while rows.full() and not session.interrupted:  # noqa: ASYNC110  # the end may wait; a queue has no event for room
            await asyncio.sleep(END_POLL_S)
        if not rows.full():
            rows.put_nowait(None)


def directory_of(config: Config, run_dir: str | Path | None) -> Path:
    """Where a run lives unless told otherwise: `runs/<run.name>`."""
    return Path(run_dir) if run_dir is not None else Path("runs") / config.run.name


def _complete(work: Coroutine[Any, Any, Run]) -> Run:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1, thread_name_prefix="run") as thread:
        return thread.submit(asyncio.run, work).result()
