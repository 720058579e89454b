"""What the gates with a memory hold and cost as rows accumulate: bytes a row in RAM and on disk, µs a row, seconds to come back.

    python benchmarks/gates_growth.py [--rows 1000000] [--gate near_duplicate ...] [--data DIR]

Each gate runs in a process of its own over the same stream, then all of them in one: rows of about 300 characters, English and
Chinese in turn, words drawn from the rows of `seeds/alpaca_gpt4_*` so that no two are alike. The first 10,000 rows are the first
line, the last 10,000 the last.
Coming back is what a resumed run does: a fresh gate recalls all rows from its cache beside the database.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from stream_synth.gates import GateHome, build_gate, gate_class
from stream_synth.values import Sample

BATCH = 256
SLICE_ROWS = 10_000  # over which the first and the last cost are taken
FILES = {"en": "alpaca_gpt4_en_999.jsonl", "zh": "alpaca_gpt4_zh_1000.jsonl"}
WORDS = {"en": (re.compile(r"[A-Za-z]+"), " ", 52), "zh": (re.compile(r"[\u4e00-\u9fff]{2,4}"), "", 100)}  # pattern, joiner, words a row


def vocabularies(folder: Path) -> dict[str, list[str]]:
    """Words of the rows, as often as they occur."""
    found = {}
    for lang, name in FILES.items():
        with (folder / "seeds" / name).open(encoding="utf-8") as lines:
            found[lang] = [word for line in lines for word in WORDS[lang][0].findall(json.loads(line)["output"])]
    return found


def stream(words: dict[str, list[str]], count: int) -> Iterator[list[Sample]]:
    """`count` rows in batches; the same rows every time."""
    rng = random.Random(7)
    batch: list[Sample] = []
    for number in range(count):
        lang = "zh" if number % 2 else "en"
        _, joiner, many = WORDS[lang]
        text = joiner.join(rng.choices(words[lang], k=many))
        batch.append(
            Sample(f"{number}", text, id=f"{number}/g", seed_id=str(number), parent_id=str(number), lang=lang, dedup_on="response")
        )
        if len(batch) == BATCH or number == count - 1:
            yield batch
            batch = []


def resident_bytes() -> int:
    """Of this process, now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def grown(names: Sequence[str], folder: Path, count: int) -> dict[str, float]:
    """These gates, one after the other, over the whole stream, then once more from their caches."""
    words = vocabularies(folder)
    with tempfile.TemporaryDirectory() as home:
        gates: list[Any] = [build_gate(name, gate_class(name).Options(), GateHome(Path(home))) for name in names]
        for batch in stream(words, BATCH):
            for gate in gates:
                gate.look(batch, gate.measure(batch))
        before, costs, passed = resident_bytes(), list[float](), 0
        for batch in stream(words, count):
            began = time.process_time()
            passed += len(admitted(gates, batch))
            costs.append((time.process_time() - began) / len(batch))
        held = resident_bytes() - before
        for gate in gates:
            gate.close()
        on_disk = sum(path.stat().st_size for path in Path(home).rglob("*") if path.is_file())
        some = SLICE_ROWS // BATCH
        back_s = sum(came_back(name, Path(home), words, count) for name in names)
    return {
        "passed": passed,
        "rss_mb": (before + held) / 1e6,
        "rss_mb_at_10_m": (before + held / count * 10e6) / 1e6,
        "ram_bytes_a_row": held / count,
        "disk_bytes_a_row": on_disk / count,
        "first_us": sum(costs[:some]) / some * 1e6,
        "last_us": sum(costs[-some:]) / some * 1e6,
        "back_s_per_million": back_s * 1e6 / count,
    }


def admitted(gates: Sequence[Any], batch: list[Sample]) -> list[Sample]:
    """The rows of a batch that all gates let pass; each gate remembers them."""
    findings = [gate.measure(batch) for gate in gates]
    looked = [gate.look(batch, found) for gate, found in zip(gates, findings, strict=True)]
    passed = []
    for place, sample in enumerate(batch):
        if all(
            verdicts[place] is None and gate.admit(sample, found[place]).passed
            for gate, found, verdicts in zip(gates, findings, looked, strict=True)
        ):
            for gate, found in zip(gates, findings, strict=True):
                gate.remember(sample, found[place])
            passed.append(sample)
    return passed


def came_back(name: str, home: Path, words: dict[str, list[str]], count: int) -> float:
    """CPU seconds until a fresh gate knows what it knew; making the rows is not counted."""
    gate: Any = build_gate(name, gate_class(name).Options(), GateHome(home))
    spent = 0.0
    for batch in stream(words, count):
        began = time.process_time()
        if not gate.recall(batch):
            for sample, finding in zip(batch, gate.measure(batch), strict=True):
                gate.remember(sample, finding)
        spent += time.process_time() - began
    gate.close()
    return spent


def main() -> None:
    """Print one line a gate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--gate", nargs="+", default=["exact_duplicate", "near_duplicate", "semantic_duplicate"])
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    arguments = parser.parse_args()
    if arguments.data is None or not (arguments.data / "seeds").is_dir():
        raise SystemExit("no data: give --data DIR (or STREAM_SYNTH_DATA), a folder that holds seeds/alpaca_gpt4_*.jsonl")
    runs = [[name] for name in arguments.gate] + ([arguments.gate] if len(arguments.gate) > 1 else [])
    heads = f"{'RAM B/row':>11}{'disk B/row':>12}{'first us':>10}{'last us':>9}{'ratio':>7}{'back s/M':>10}{'passed':>10}"
    print(f"{arguments.rows:,} rows\n{'':20}{heads}{'RSS MB':>8}{'at 10 M':>9}")
    for names in runs:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            one = pool.apply(grown, (names, arguments.data, arguments.rows))
        figures = f"{one['ram_bytes_a_row']:11.0f}{one['disk_bytes_a_row']:12.0f}{one['first_us']:10.1f}{one['last_us']:9.1f}"
        more = f"{one['last_us'] / one['first_us']:7.2f}{one['back_s_per_million']:10.1f}{one['passed']:10,.0f}"
        name = names[0] if len(names) == 1 else "all of them"
        print(f"{name:20}{figures}{more}{one['rss_mb']:8,.0f}{one['rss_mb_at_10_m']:9,.0f}", flush=True)


if __name__ == "__main__":
    main()
