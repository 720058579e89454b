"""One invocation of a run: lock, catch up, serve, run, and always leave a directory that can be continued."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import yaml

import stream_synth
from stream_synth import protocols
from stream_synth.assemble.build import CLOCKS, budgets, build_methods
from stream_synth.assemble.collector import rarer_collections
from stream_synth.chat import Budget, Chat, read_key, serving
from stream_synth.engine.changes import compare
from stream_synth.engine.parts import Parts
from stream_synth.engine.run import Engine
from stream_synth.engine.settings import Config
from stream_synth.engine.stopping import EXIT_CODES
from stream_synth.errors import ConfigError, StoreError, StreamSynthError
from stream_synth.journal import Journal
from stream_synth.observe.door import Door
from stream_synth.observe.lock import RunLock
from stream_synth.observe.log import logging_to
from stream_synth.store import Store, rebuild
from stream_synth.values import Sample

CATCH_UP_BATCH = 1_000  # journalled decisions committed at once after a crash


@dataclass(frozen=True, slots=True)
class Summary:
    """How an invocation ended."""

    counts: Mapping[str, Any]  # CONTRACT's JSON object
    outcome: str
    message: str

    @property
    def exit_code(self) -> int:
        """What the shell gets."""
        return EXIT_CODES[self.outcome]


@dataclass(slots=True)
class Session:
    """A run that can be asked to stop."""

    config: Config
    directory: Path
    accept_changes: bool = False
    on_progress: Callable[[Mapping[str, Any]], None] | None = None
    on_accepted: Callable[[Sequence[Sample]], Awaitable[None]] | None = None
    listen: Callable[[protocols.Chat], protocols.Chat] | None = None  # wraps the chat: for previews
    interrupted: bool = False
    _engine: Engine | None = None

    def interrupt(self) -> None:
        """Once: drain and stop. Twice: stop now."""
        self.interrupted = True
        if self._engine is not None:
            self._engine.stopping.interrupt()

    async def run(self) -> Summary:
        """Run or resume. Raises `ConfigError` before anything is sent, `RunError` for what the user must mend."""
        for endpoint in (one for many in self.config.endpoints.values() for one in many):
            read_key(endpoint)  # a missing key leaves no trace on the disk
        self.directory.mkdir(parents=True, exist_ok=True)
        with RunLock(self.directory) as lock, logging_to(self.directory / "log.jsonl", secrets=self.config.secrets()):
            self._accept_config()
            with opened(self.directory, self.config.run.durability) as (journal, store):
                store.run_started(config_hash=self.config.config_hash, version=stream_synth.__version__, at=CLOCKS.wall())
                outcome = "error"
                try:
                    summary = await self._run(lock, journal, store)
                    outcome = summary.outcome
                except asyncio.CancelledError:
                    outcome = "interrupted"
                    raise
                finally:
                    catch_up(journal, store)  # a run that broke off has settled attempts after its last commit
                    store.run_ended(outcome, CLOCKS.wall())
                return summary

    async def _run(self, lock: RunLock, journal: Journal, store: Store) -> Summary:
        async with self._chat(journal) as chat:
            methods = build_methods(self.config, self.directory)
            heard = self.listen(chat) if self.listen else chat
            parts = Parts(methods, heard, journal, store, self.config.run, CLOCKS, str(self.directory), self.on_accepted, self.on_progress)
            self._engine = engine = Engine(parts)
            if self.interrupted:
                engine.stopping.interrupt()
            with Door(store.cursor, engine.counts, lock), signals_to(self.interrupt), rarer_collections():
                counts = await engine.run()
            structlog.get_logger().info("run_ended", **counts)
            return Summary(counts, engine.stopping.outcome, engine.stopping.message)

    @asynccontextmanager
    async def _chat(self, journal: Journal) -> AsyncIterator[Chat]:
        spent = journal.totals()
        budget = Budget(**budgets(self.config), spent_usd=spent.cost_usd, spent_tokens=spent.prompt_tokens + spent.completion_tokens)
        async with serving(self.config.endpoints) as roles, Chat(roles, journal, budget, seed=self.config.run.seed) as chat:
            yield chat

    def _accept_config(self) -> None:
        """Compare with the configuration this directory was run with; text-changing keys need the user's word."""
        path = self.directory / "config.yaml"
        if path.exists():
            changes = compare(yaml.safe_load(path.read_text(encoding="utf-8")), self.config.resolved)
            if changes.text and not self.accept_changes:
                shown = "; ".join(f"{change.key}: {change.old!r} -> {change.new!r}" for change in changes.text)
                raise ConfigError(
                    f"{self.directory} was made with another configuration ({shown}). Finished seeds would stay, open ones start again: "
                    "add --accept-changes to go on, or choose another --run-dir"
                )
        path.write_text(yaml.safe_dump(dict(self.config.resolved), allow_unicode=True, sort_keys=False), encoding="utf-8")


def first_of_ours(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error a user can act on, out of what a task group collected; else the first one."""
    leaves = list(_leaves(group))
    return next((leaf for leaf in leaves if isinstance(leaf, StreamSynthError)), leaves[0])


def _leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


@contextmanager
def opened(directory: Path, durability: str) -> Iterator[tuple[Journal, Store]]:
    """Journal and store, the store brought up to the journal; rebuilt from it when its file cannot be opened."""
    journal = Journal.open(directory, durability=durability)
    try:
        try:
            store = Store.open(directory)
        except StoreError as error:
            structlog.get_logger().warning("store_rebuilt", reason=str(error))
            store = rebuild(directory, journal)
        try:
            catch_up(journal, store)
            yield journal, store
        finally:
            store.close()
    finally:
        journal.close()


def catch_up(journal: Journal, store: Store) -> None:
    """Commit what was decided but not yet stored when the last invocation ended."""
    batch = []
    for record in journal.decisions(store.resume_point().last_seq):
        batch.append(record)
        if len(batch) >= CATCH_UP_BATCH:
            store.commit(batch, journal)
            batch = []
    store.commit(batch, journal)


@contextmanager
def signals_to(interrupt: Callable[[], object]) -> Iterator[None]:
    """Ctrl-C and SIGTERM, where this thread may have them (a notebook's or a server's loop keeps its own)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
