"""A few seeds through everything, with each prompt, reply and verdict kept for reading; no run directory is touched."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from stream_synth.assemble.session import Session, Summary, first_of_ours
from stream_synth.engine.settings import Config
from stream_synth.errors import ChatError
from stream_synth.journal import Journal
from stream_synth.protocols import Chat
from stream_synth.values import Call, Completion, SeedRecord

KEPT_PREVIEWS = 5  # enough to compare with the last few attempts at a prompt


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it was said and answered."""

    call: Call
    reply: Completion | ChatError


@dataclass(frozen=True, slots=True)
class SeedPreview:
    """One seed's calls and what was decided on its candidates."""

    record: SeedRecord
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What `stream-synth preview` lays out. The numbers are of these few seeds; the forecast multiplies them."""

    seeds: tuple[SeedPreview, ...]
    summary: Summary
    directory: Path

    @property
    def cost_per_seed_usd(self) -> float:
        """Mean cost of a previewed seed."""
        return float(self.summary.counts["cost_usd"]) / max(len(self.seeds), 1)


@dataclass(slots=True)
class Overheard:
    """A chat that keeps what is said through it."""

    chat: Chat
    said: dict[str, list[Exchange]] = field(default_factory=dict)

    async def complete(self, call: Call) -> Completion:
        """The reply of the chat behind, kept."""
        try:
            reply = await self.chat.complete(call)
        except ChatError as error:
            self.said.setdefault(call.seed_id, []).append(Exchange(call, error))
            raise
        self.said.setdefault(call.seed_id, []).append(Exchange(call, reply))
        return reply

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """That of the chat behind."""
        return self.chat.draw_model(role, rng)

    def close_admission(self) -> None:
        """That of the chat behind."""
        self.chat.close_admission()

    def abort(self) -> None:
        """That of the chat behind."""
        self.chat.abort()

    def snapshot(self) -> Mapping[str, Any]:
        """That of the chat behind."""
        return self.chat.snapshot()


async def preview(config: Config, n: int = 3) -> Preview:
    """Run `n` seeds in the user's cache folder; the last few previews stay there."""
    directory = _fresh_directory(config.run.name)
    overheard: list[Overheard] = []

    def listen(chat: Chat) -> Chat:
        overheard.append(Overheard(chat))
        return overheard[-1]

    few = replace(config, run=replace(config.run, limit=n, target_accepted=None, target_tokens=None))
    try:
        summary = await Session(few, directory, listen=listen).run()
    except BaseExceptionGroup as group:
        raise first_of_ours(group) from group
    journal = Journal.open(directory)
    try:
        said = overheard[0].said if overheard else {}
        seeds = tuple(SeedPreview(record, tuple(said.get(record.seed_id, ()))) for record in journal.decisions())
    finally:
        journal.close()
    return Preview(seeds, summary, directory)


def _fresh_directory(name: str) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stream_synth" / "previews"
    cache.mkdir(parents=True, exist_ok=True)
    for old in sorted(cache.iterdir())[: -KEPT_PREVIEWS + 1]:
        shutil.rmtree(old, ignore_errors=True)
    plain = "".join(letter if letter.isalnum() else "-" for letter in name)[:40]
    return cache / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 1_000_000:06d}-{plain}"
