"""A run killed with SIGKILL at random moments and continued each time: what is lost, what is paid twice.

    python benchmarks/kill.py [--seeds 5000] [--kills 10] [--seed 0]

The endpoint (`stream-synth simulate`, with a ledger of charges) and the run (`stream-synth run`) are processes of their own. One kill in
five falls into the start of an invocation, the others after a random number of further charges. At the end the run may finish; then
ledger, journal and database are held against each other. Exit code 1 if any promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

KILLS_AT_THE_START = 0.2  # share of kills that fall into loading, catching up and restoring
START_S = 2.0  # an invocation has loaded and sent its first calls by then
POLL_S = 0.005
PROGRAM = [sys.executable, "-m", "stream_synth"]
TWINS = "第 {g1} 个答案：先把两个数写下来，再把它们加起来，得到的和就是答案；最后检查一遍，看看有没有算错。"


@dataclass(frozen=True)
class Trial:
    """What is run and how often it is killed."""

    seeds: int
    kills: int
    seed: int = 0
    concurrency: int = 32
    latency: str = "uniform:0.05,0.15"


@dataclass(frozen=True)
class Check:
    """One promise, whether it holds, and what was counted."""

    name: str
    ok: bool
    detail: str


def write_questions(path: Path, count: int) -> None:
    """Every tenth question repeats the one before it, and gets the same answer."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(count):
            text = f"复述第 {n // 10} 个答案。" if n % 10 > 7 else f"Question {n}: which number comes after {n}, and why? 请解释。"
            file.write(json.dumps({"id": f"q{n}", "question": text}, ensure_ascii=False) + "\n")


def write_config(folder: Path, trial: Trial, base_url: str) -> Path:
    """Plain distillation before the gates that remember."""
    teacher = {"base_url": base_url, "model": "my-model", "concurrency": trial.concurrency, "price": {"input": 1, "output": 2}}
    config = {
        "run": {"name": "kill", "seed": trial.seed},
        "source": {"kind": "jsonl", "path": str(folder / "questions.jsonl"), "id": "id"},
        "recipe": {"name": "distill", "max_tokens": 128},
        "endpoints": {"teacher": teacher},
        "gates": [{"rules": {}}, {"exact_duplicate": {}}, {"near_duplicate": {}}],
    }
    path = folder / "config.yaml"
    path.write_text(json.dumps(config, ensure_ascii=False))  # JSON is YAML
    return path


@contextmanager
def endpoint(folder: Path, trial: Trial) -> Iterator[str]:
    """The simulated endpoint in its own process; its base URL."""
    replies = folder / "replies.jsonl"
    replies.write_text(json.dumps({"last": r"复述第 (\d+) 个", "reply": TWINS}, ensure_ascii=False) + "\n", encoding="utf-8")
    options = ["--latency", trial.latency, "--seed", str(trial.seed), "--replies", str(replies), "--ledger", str(folder / "ledger.jsonl")]
    with subprocess.Popen([*PROGRAM, "simulate", *options], stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own command
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


def charges(folder: Path) -> list[dict[str, Any]]:
    """Whole lines of the ledger."""
    path = folder / "ledger.jsonl"
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


def count_charges(folder: Path) -> int:
    """The same, counted."""
    path = folder / "ledger.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def killed(command: list[str], folder: Path, rng: Random, *, left: int, seeds: int) -> str:
    """Start the run and kill it at a random moment; where it struck, "" when the run had ended before."""
    before = count_charges(folder)
    with (folder / "stderr.txt").open("ab") as errors, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors) as running:  # noqa: S603
        if rng.random() < KILLS_AT_THE_START:
            time.sleep(rng.uniform(0, START_S))
        else:
            wanted = before + rng.randint(1, max(1, int(1.6 * (seeds - before) / (left + 1))))
            while count_charges(folder) < wanted and running.poll() is None:
                time.sleep(POLL_S)
            time.sleep(rng.uniform(0, 0.05))
        ended = running.poll() is not None
        running.kill()
    return "" if ended else f"{count_charges(folder)} charges"


def torture(folder: Path, trial: Trial) -> list[Check]:
    """Run, kill, continue, and check everything."""
    rng = Random(trial.seed)
    write_questions(folder / "questions.jsonl", trial.seeds)
    with endpoint(folder, trial) as base_url:
        command = [*PROGRAM, "run", str(write_config(folder, trial, base_url)), "--run-dir", str(folder / "run"), "--json"]
        struck = [killed(command, folder, rng, left=trial.kills - n, seeds=trial.seeds) for n in range(trial.kills)]
        last = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    kills = sum(map(bool, struck))
    finished = Check("the last invocation finishes", ok=last.returncode == 0, detail=last.stderr.strip()[-300:] if last.returncode else "0")
    killed_often = Check("killed as often as asked", ok=kills == trial.kills, detail=f"{kills} of {trial.kills}: {', '.join(struck)}")
    if last.returncode:
        return [finished, killed_often]
    return [finished, killed_often, *checked(folder, trial)]


def checked(folder: Path, trial: Trial) -> list[Check]:
    """Ledger, journal and database against each other."""
    from stream_synth.assemble import Run, replay_directory  # noqa: PLC0415  # DuckDB and Arrow, not needed to show the help
    from stream_synth.config import load_run  # noqa: PLC0415
    from stream_synth.observe import invariants  # noqa: PLC0415

    run = Run(folder / "run")

    def rows(statement: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = run.sql(statement).fetchall()
        return found

    found = invariants.check(run.directory)
    broken = [f"{one.name}: {one.detail}" for one in found if not one.ok]
    ids = [row[0] for row in rows("SELECT seed_id FROM seeds_done")]
    candidates = rows("SELECT seed_id FROM samples UNION ALL SELECT seed_id FROM rejections UNION ALL SELECT seed_id FROM failures")
    twins = rows("SELECT response FROM samples WHERE prompt LIKE '复述%' GROUP BY response HAVING count(*) > 1")
    report = asyncio.run(replay_directory(run.directory, load_run(run.directory)))
    return [
        Check("invariants", ok=not broken, detail="; ".join(broken) or f"{len(found)} hold"),
        Check("every seed once in seeds_done", ok=sorted(ids) == sorted(f"q{n}" for n in range(trial.seeds)), detail=str(len(ids))),
        Check("every candidate once", ok=len(candidates) == len(set(candidates)) == trial.seeds, detail=str(len(candidates))),
        Check("no twin accepted", ok=not twins, detail=f"{len(twins)}"),
        *_bill(charges(folder), dict(rows("SELECT key, attempts FROM calls")), rows("SELECT call_key, outcome FROM attempts"), trial),
        Check(
            "replay gives the same samples",
            ok=report.same and report.seeds == trial.seeds,
            detail=f"{report.seeds} seeds, {report.different_count} differ, {report.missing_count} missing",
        ),
    ]


def _bill(ledger: list[dict[str, Any]], calls: dict[str, int], attempts: list[tuple[str, str]], trial: Trial) -> list[Check]:
    """Charges by Idempotency-Key, which is the call's key."""
    charged = Counter(line["idempotency_key"] for line in ledger)
    ambiguous = Counter(key for key, outcome in attempts if outcome == "ambiguous")
    twice = {key: count - 1 for key, count in charged.items() if count > 1}
    again, most = sum(twice.values()), trial.kills * trial.concurrency
    unknown = [key for key in charged if key not in calls]
    unpaid = [key for key in calls if key not in charged]
    unlisted = [key for key, count in twice.items() if count > ambiguous[key]]
    return [
        Check("charges and calls agree", ok=not unknown and not unpaid, detail=f"{len(charged)} calls paid, {len(calls)} in the database"),
        Check("one request for one key", ok=len({(c["idempotency_key"], c["request_hash"]) for c in ledger}) == len(charged), detail=""),
        Check(
            "paid twice: only what was in flight at a kill",
            ok=again <= min(most, ambiguous.total()),
            detail=f"{again} charges again; {ambiguous.total()} attempts in flight at {trial.kills} kills, at most {most}",
        ),
        Check("every second charge has its ambiguous attempt", ok=not unlisted, detail=f"{len(unlisted)} without"),
    ]


def main() -> None:
    """Print one line a promise."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seeds", type=int, default=5_000)
    arguments.add_argument("--kills", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=0, help="of the moments, texts and latencies")
    options = arguments.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), Trial(options.seeds, options.kills, options.seed))
    print(f"{options.seeds} seeds, {options.kills} kills, seed {options.seed}: {time.monotonic() - started:.0f} s")
    for check in found:
        print(f"{'ok' if check.ok else 'BROKEN':8}{check.name:48}{check.detail}")
    sys.exit(not all(check.ok for check in found))


if __name__ == "__main__":
    main()
