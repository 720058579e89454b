"""A shipped configuration run against its shipped replies, in this process or in one that is killed."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
import pytest

from stream_synth import Run
from stream_synth.simulate import Options, serve
from tests.shipped.case import Case

CONFIGS = Path(__file__).parents[2] / "configs"
CASES: dict[str, Case] = {
    path.stem: import_module(f"tests.shipped.cases.{path.stem}").CASE
    for path in sorted(Path(__file__).with_name("cases").glob("*.py"))
    if path.stem != "__init__"
}


@asynccontextmanager
async def endpoint(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch, latency: str = "fixed:0") -> AsyncIterator[Any]:
    """The endpoint that answers with the replies of the configuration, and keeps a ledger in `folder`; the environment names it."""
    faults = [{"kind": "status", "status": 400, "last": case.out_of_reach}] if case.out_of_reach else []
    replies = CONFIGS / f"replies/{case.replies or case.config}.jsonl"
    options = Options(latency=latency, replies=replies if replies.exists() else None, faults=faults, ledger=folder / "ledger.jsonl")
    async with serve(options) as server:
        for name, value in (("SS_BASE_URL", server.base_url), ("SS_API_KEY_ENV", "SS_TEST_KEY"), ("SS_TEST_KEY", "test-key")):
            monkeypatch.setenv(name, value)
        yield server


def drawn(run: Run) -> dict[str, set[str]]:
    """By language, every reason of the recipe's own that occurred; that of an accepted row is `accepted`."""
    found: dict[str, set[str]] = {"zh": set(), "en": set()}
    accepted = "SELECT lang, 'accepted' FROM samples"
    rejected = "SELECT lang, replace(gate, 'recipe:', '') || '/' || reason FROM rejections WHERE starts_with(gate, 'recipe:')"
    for lang, reason in [*run.sql(accepted).fetchall(), *run.sql(rejected).fetchall()]:
        found.setdefault(lang, set()).add(reason)
    return found


def charges(folder: Path) -> list[dict[str, Any]]:
    """What the endpoint put on the bill."""
    path = folder / "ledger.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


async def run_process(case: Case, run_dir: Path) -> asyncio.subprocess.Process:
    """`stream-synth run` as a user starts it, two seeds at a time so that there is time to kill it."""
    command = [sys.executable, "-m", "stream_synth", "run", str(CONFIGS / f"{case.config}.yaml")]
    return await asyncio.create_subprocess_exec(
        *command,
        *("--run-dir", str(run_dir), "--json", "--set", "run.max_open_seeds=2"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def killed_after(process: asyncio.subprocess.Process, folder: Path, count: int) -> bool:
    """Kill it once so many charges are on the bill; whether it was still running."""
    while len(charges(folder)) < count and process.returncode is None:  # noqa: ASYNC110  # the ledger is a file: nobody tells when it grows
        await asyncio.sleep(0.005)
    running = process.returncode is None
    if running:
        process.send_signal(signal.SIGKILL)
    await process.communicate()
    return running


def paid_in_silence(run: Run, folder: Path) -> dict[str, int]:
    """Call keys that were charged more often than there are ambiguous attempts to account for it."""
    charged = Counter(line["idempotency_key"] for line in charges(folder))
    ambiguous = Counter(key for (key,) in run.sql("SELECT call_key FROM attempts WHERE outcome = 'ambiguous'").fetchall())
    return {key: count for key, count in charged.items() if count - 1 > ambiguous[key]}
