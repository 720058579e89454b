"""A finished run of three seeds, made with the real journal and store: two accepted rows, one rejected, one failed seed, three calls."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

from stream_synth.journal import Intent, Journal, Reply
from stream_synth.store import Store
from stream_synth.values import Decision, Failure, Sample, SeedRecord, Usage, Verdict

AT = 1_750_000_000.0
PASSED = Verdict("rules", passed=True)
CONFIG = """\
run: {name: finished, target_accepted: 10}
endpoints:
  teacher: [{base_url: http://127.0.0.1:9/v1, model: m, terms: not for competing models}]
"""


def sample(number: int, response: str, seed_id: str) -> Sample:
    """A row that thinks, in Chinese."""
    return Sample(
        f"{number} 加 1 等于几？",
        response,
        f"{number} 后面是 {number + 1}。",
        id=f"row{number}",
        seed_id=seed_id,
        recipe="reasoning",
        lang="zh",
        model="m",
        score=number / 10,
        meta={"origin": {"licence": "apache-2.0", "parent_ids": [seed_id]}},
        created_at=AT + number,
    )


def records() -> list[SeedRecord]:
    """What was decided, in order."""
    wrong = {"expected": "3", "got": "[bold]4[/bold]"}
    lost = Decision(sample(3, "4\x1b[2J", "s2"), (Verdict("rules", passed=False, reason="wrong", evidence=wrong),), "rules", "wrong", wrong)
    return [
        SeedRecord(1, "s1", "reasoning", "done", (Decision(sample(1, "答案是 2。", "s1"), (PASSED,)),), at=AT + 1),
        SeedRecord(2, "s2", "reasoning", "done", (Decision(sample(2, "[red]答案[/red]是 3。\x1b[31m", "s2"), (PASSED,)), lost), at=AT + 2),
        SeedRecord(3, "s4", "reasoning", "failed", (), Failure("s4", "reasoning", "answer", "chat", "500 from the server"), at=AT + 3),
    ]


def reply(number: int) -> Reply:
    """One paid call."""
    key = bytes([number]) * 16
    body = {"text": "x"}
    return Reply(
        key, key, f"s{number}", "answer", 0, "teacher", "m", "teacher", 1, "ok", "stop", Usage(10, 20, 5), 0.001, 0.5, AT + number, body
    )


def finished_run(directory: Path) -> Path:
    """The run directory."""
    directory.mkdir(parents=True)
    (directory / "config.yaml").write_text(CONFIG)
    asyncio.run(_fill(directory))
    return directory


async def _fill(directory: Path) -> None:
    with closing(Journal.open(directory)) as journal, closing(Store.open(directory)) as store:
        store.run_started(config_hash="c", version="0", at=AT)
        for number in (1, 2, 4):
            attempt = journal.next_attempt_id()
            await journal.intend(Intent(attempt, bytes([number]) * 16, 1, "teacher", AT + number, 0.01))
            await journal.settle(attempt, "ok", reply(number))
        await journal.decide(records())
        store.commit(records(), journal)
        store.run_ended("finished", AT + 10)
