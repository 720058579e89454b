"""How many broken rows the rules catch, and how many clean ones they lose.

Usage: python benchmarks/gates_rules.py DATA_FOLDER [--show N]

The folder holds `seeds/*.jsonl` (clean rows: instruction, input, output) and `noise/*.jsonl` (labelled broken rows).
Prints one line for each set: rows, share rejected, and by which rules; with --show, N rows that went wrong.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from stream_synth.gates import GateHome
from stream_synth.gates.rules import RuleOptions, Rules
from stream_synth.values import Sample

BATCH = 256


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file, none when it is missing."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def clean(path: Path) -> list[Sample]:
    """Seed rows as samples."""
    return [Sample(f"{row['instruction']}\n{row['input']}".strip(), row["output"] or "") for row in rows(path)]


def judged(samples: list[Sample]) -> list[str]:
    """The reason for which each sample is rejected, "" where it passes."""
    gate = Rules(RuleOptions(), GateHome())
    verdicts = [verdict for start in range(0, len(samples), BATCH) for verdict in gate.measure(samples[start : start + BATCH])]
    return [verdict.reason for verdict in verdicts]


def report(name: str, samples: list[Sample], *, broken: bool, show: int) -> None:
    """One line of the table, and some rows on the wrong side."""
    reasons = judged(samples)
    caught = sum(map(bool, reasons))
    print(
        f"{name:44}{len(samples):6}  rejected {caught / max(len(samples), 1):7.2%}  {dict(Counter(filter(None, reasons)).most_common(6))}"
    )
    wrong = [(sample, reason) for sample, reason in zip(samples, reasons, strict=True) if bool(reason) != broken]
    for sample, reason in random.Random(0).sample(wrong, min(show, len(wrong))):
        print(f"    {reason or 'passed':18} {sample.prompt[:60]!r} -> {sample.response[:150]!r} … {sample.response[-60:]!r}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    folder, show = arguments.folder, arguments.show
    for path in sorted((folder / "seeds").glob("*.jsonl")):
        found = rows(path)
        if found and {"instruction", "input", "output"} <= found[0].keys():
            report(f"clean  {path.stem}", clean(path), broken=False, show=show)
    steered = rows(folder / "noise" / "steered_model_outputs.jsonl")
    for flag in (1, 0):
        chosen = [Sample(row["prompt"], row["response"]) for row in steered if row["broken_output"] == flag]
        report(f"steered, broken_output={flag}", chosen, broken=bool(flag), show=show)
    corrupted = rows(folder / "noise" / "synthetic_corruptions.dev.jsonl")
    for lang, label in sorted({(row["lang"], row["label"]) for row in corrupted}):
        matching = [row for row in corrupted if (row["lang"], row["label"]) == (lang, label)]
        report(f"{label} {lang}", [Sample(row["prompt"], row["text"]) for row in matching], broken=label != "clean", show=0)
        for kind in sorted({row["noise_type"] for row in matching if row["noise_type"]}):
            chosen = [Sample(row["prompt"], row["text"]) for row in matching if row["noise_type"] == kind]
            report(f"   {kind}", chosen, broken=True, show=show)


if __name__ == "__main__":
    main()
