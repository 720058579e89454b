"""What each gate costs a row, in µs of CPU: English and Chinese rows of about 300 characters, in batches.

Usage: python benchmarks/gates_speed.py --data FOLDER [--chars 300] [--batch 256]

The folder (or STREAM_SYNTH_DATA) holds `seeds/alpaca_gpt4_en_999.jsonl` and `seeds/alpaca_gpt4_zh_1000.jsonl` (instruction, input, output).
One plain `datasketch` signature of the same rows stands beside near_duplicate for comparison.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xxhash
from datasketch import MinHash

from stream_synth.gates import DEFAULT_CHAIN, GateHome, build_gate, gate_class
from stream_synth.text import normalise, tokens
from stream_synth.values import Sample

NEURAL = ("semantic_duplicate",)  # gates that embed
FILES = {"en": "alpaca_gpt4_en_999.jsonl", "zh": "alpaca_gpt4_zh_1000.jsonl"}


def samples(path: Path, chars: int) -> list[Sample]:
    """Rows whose answers are cut or continued by the next ones to `chars` characters, so that no row is shorter."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    prompts = [f"{row['instruction']}\n{row['input']}".strip() for row in rows]
    text = " ".join(row["output"] for row in rows)
    return [
        Sample(prompts[place], text[start : start + chars], id=f"{place}/distill", seed_id=str(place))
        for place, start in enumerate(range(0, min(len(text), len(rows) * chars) - chars, chars))
    ]


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def gate_cost(name: str, rows: list[Sample], batch: int) -> dict[str, float]:
    """µs a row of measure, look, and admit with remember."""
    spent = {"measure": 0.0, "look": 0.0, "admit": 0.0}
    with tempfile.TemporaryDirectory() as folder:
        gate = build_gate(name, gate_class(name).Options(), GateHome(Path(folder)))
        gate.measure(rows[:8])  # tables are made at the first use
        for start in range(0, len(rows), batch):
            part = rows[start : start + batch]
            begin = time.process_time()
            measured = gate.measure(part)
            after_measure = time.process_time()
            verdicts = gate.look(part, measured)
            after_look = time.process_time()
            for sample, finding, verdict in zip(part, measured, verdicts, strict=True):
                if verdict is None and gate.admit(sample, finding).passed:
                    gate.remember(sample, finding)
            spent["measure"] += after_measure - begin
            spent["look"] += after_look - after_measure
            spent["admit"] += time.process_time() - after_look
        gate.close()
    return {step: 1e6 * seconds / len(rows) for step, seconds in spent.items()}


def plain_datasketch(rows: list[Sample]) -> float:
    """µs a row of tokens, joined 5-grams and one `MinHash` with xxh32."""

    def sign() -> None:
        for sample in rows:
            words = tokens(normalise(f"{sample.prompt}\n{sample.response}"))
            grams = {" ".join(words[place : place + 5]).encode() for place in range(max(1, len(words) - 4))}
            MinHash(num_perm=128, hashfunc=xxhash.xxh32_intdigest).update_batch(grams)

    return 1e6 * timed(sign) / len(rows)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    parser.add_argument("--chars", type=int, default=300)
    parser.add_argument("--batch", type=int, default=256)
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("give --data FOLDER, or set STREAM_SYNTH_DATA")
    print(f"{'gate':24}{'lang':6}{'measure':>9}{'look':>9}{'admit':>9}{'µs/row':>9}")
    for lang, file in FILES.items():
        rows = samples(arguments.data / "seeds" / file, arguments.chars)
        total = neural = 0.0
        for name in DEFAULT_CHAIN:
            cost = gate_cost(name, rows, arguments.batch)
            total += sum(cost.values())
            print(f"{name:24}{lang:6}{cost['measure']:9.1f}{cost['look']:9.1f}{cost['admit']:9.1f}{sum(cost.values()):9.1f}")
            neural += sum(cost.values()) if name in NEURAL else 0
        print(f"{'whole chain':24}{lang:6}{total:36.1f}{1e6 / total:12,.0f} rows/s")
        print(f"{'without neural parts':24}{lang:6}{total - neural:36.1f}{1e6 / (total - neural):12,.0f} rows/s")
        print(f"{'(datasketch, signing)':24}{lang:6}{plain_datasketch(rows):36.1f}")


if __name__ == "__main__":
    main()
