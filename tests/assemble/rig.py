"""Runs against the bundled endpoint in this process: its options, a configuration, and what ledger and database say afterwards."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stream_synth as ss
from stream_synth.assemble import Summary
from stream_synth.observe.invariants import check
from stream_synth.protocols import Ask, Tools
from stream_synth.simulate import Options, serve
from stream_synth.values import Sample, Seed

PRICE = {"input": 1.0, "output": 2.0}


@dataclass(frozen=True)
class Rig:
    """An endpoint with a ledger, and a run directory beside it."""

    base_url: str
    folder: Path

    @property
    def directory(self) -> Path:
        """Of the run."""
        return self.folder / "run"

    def settings(self, run: Mapping[str, Any] | None = None, teacher: Mapping[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
        """Plain distillation, eight calls at once, no gates; keys of `run` and of the teacher, and whole blocks, as given."""
        endpoint = {"base_url": self.base_url, "model": "my-model", "concurrency": 8, "price": PRICE, **(teacher or {})}
        plain = {"recipe": {"name": "distill", "max_tokens": 64}, "gates": []}
        return {"run": {"name": "test", "seed": 3, **(run or {})}, **plain, **changed, "endpoints": {"teacher": endpoint}}

    async def run(self, settings: Mapping[str, Any], **options: Any) -> Summary:
        """One invocation in the directory; how it ended."""
        done = await ss.arun(settings, run_dir=self.directory, **options)
        assert done.summary is not None
        return done.summary

    def charges(self) -> list[dict[str, Any]]:
        """What the endpoint put on the bill."""
        return charges(self.folder / "ledger.jsonl")

    async def charged(self, count: int) -> None:
        """Returns when so many charges are on the bill."""
        while len(self.charges()) < count:  # noqa: ASYNC110  # the ledger is a file: nobody tells when it grows
            await asyncio.sleep(0.01)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        return [tuple(row.values()) for row in ss.Run(self.directory).sql(statement).to_arrow_table().to_pylist()]

    def broken(self) -> list[str]:
        """Promises that the directory breaks."""
        return broken(self.directory)


@asynccontextmanager
async def rig(folder: Path, **options: Any) -> AsyncIterator[Rig]:
    """The endpoint with these options, answering at once unless told otherwise."""
    chosen = {"latency": "fixed:0.002", "reply_tokens": "uniform:20,40", "ledger": folder / "ledger.jsonl", **options}
    async with serve(Options(**chosen)) as server:
        yield Rig(server.base_url, folder)


class Echo:
    """A recipe that asks nobody."""

    name = "echo"

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample]:
        """The question as its own answer."""
        yield Sample(str(seed.fields["question"]), seed.id)


def questions(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Questions in two languages, each of its own."""
    return [
        {"id": f"q{n}", "question": f"第 {n} 个问题：{n} 加 {n + 1} 等于多少？" if n % 2 else f"Question {n}: what comes after {n}?"}
        for n in range(first, first + count)
    ]


def charges(ledger: Path) -> list[dict[str, Any]]:
    """Lines of a ledger; none when nothing was ever charged."""
    return [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


def broken(directory: Path) -> list[str]:
    """Promises that a directory breaks, with what was counted."""
    return [f"{finding.name}: {finding.detail}" for finding in check(directory) if not finding.ok]
