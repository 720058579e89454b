"""What the calculator finds in solutions that people and models wrote, and how many of the errors put into them it finds.

Usage: python benchmarks/calculator.py --data DIR     (default: $STREAM_SYNTH_DATA)
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from pathlib import Path
from typing import Any

from stream_synth.verify import miscalculations

SOLUTIONS = (
    ("benchmarks/gsm8k_train.jsonl", "answer"),
    ("pairs/gsm8k_rewrites.dev.jsonl", "answer_b"),
    ("benchmarks/math_test.jsonl", "solution"),
    ("pairs/math_rewrites.dev.jsonl", "answer_b"),
    ("pairs/metamath_backward.dev.jsonl", "model_solution"),
)
MARKS = re.compile(r"<<.*?>>")
EQUATION = re.compile(r"(?<![\d.])[\d.,$]+\s*[-+*/x]\s*[\d.,$]+\s*=\s*\$?(\d+)(?![\d.,/%])")
SHOWN = 12


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def found(name: str, solutions: list[str]) -> None:
    """Print the share of solutions with an equation that is called wrong, and the first of them to be read."""
    started = time.perf_counter()
    wrong = [one for one in map(miscalculations, solutions) if one]
    cost_us = (time.perf_counter() - started) / len(solutions) * 1e6
    print(f"{name}: {len(wrong)} of {len(solutions)} solutions ({len(wrong) / len(solutions):.4f}), {cost_us:.0f} µs each")
    print("\n".join(f"  {one[0].equation} ({one[0].value})" for one in wrong[:SHOWN]))


def recall(solutions: list[str], rng: random.Random) -> None:
    """Print the share that is found when one result in each solution is changed by 1, 2 or 10."""
    caught = spoilt = 0
    for solution in (MARKS.sub("", one) for one in solutions):
        equations = list(EQUATION.finditer(solution))
        if not equations:
            continue
        one = rng.choice(equations)
        wrong = solution[: one.start(1)] + str(int(one[1]) + rng.choice((1, -1, 2, 10))) + solution[one.end(1) :]
        spoilt, caught = spoilt + 1, caught + bool(miscalculations(wrong))
    print(f"one result of each GSM8K solution changed: {caught} of {spoilt} found ({caught / spoilt:.4f})")


def main() -> None:
    """All data sets."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    data = reader.parse_args().data
    if data is None or not Path(data).is_dir():
        sys.exit("no data: give --data DIR, or set STREAM_SYNTH_DATA")
    for path, field in SOLUTIONS:
        found(path, [MARKS.sub("", row[field]) for row in rows(Path(data) / path)])
    recall([row["answer"] for row in rows(Path(data) / SOLUTIONS[0][0])], random.Random(1))


if __name__ == "__main__":
    main()
