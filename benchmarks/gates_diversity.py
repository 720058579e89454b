"""What watching diversity costs, how soon a collapse is told, and how often one is told that is none.

Usage: python benchmarks/gates_diversity.py [--data DIR] [--rows 50000]

DIR (default: environment variable STREAM_SYNTH_DATA) holds `seeds/*.jsonl` with columns instruction, input, output. Rows are drawn
from them at random, and go through the watch of the engine as accepted rows do, saving included. Printed: microseconds of CPU and of
wall time for each accepted row; for each scripted collapse the accepted rows from its beginning to the alarm and the figure that
fell; alarms in `--rows` stationary rows.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import structlog

from stream_synth.engine.diversity import DiversityWatch
from stream_synth.values import Decision, Sample, SeedRecord

SETS = {"zh": "alpaca_gpt4_zh_1000", "en": "alpaca_5000", "en, Dolly": "dolly_2000"}
ROWS_PER_S = 1_000  # by the records' clock: how often the watch saves itself
BATCH = 200  # rows in one commit
BEFORE = 5_000  # stationary rows before a collapse begins
AFTER = 4_000  # rows in which it may be found; 2,000 is what is promised
OPENING = {
    "zh": "当然可以！这是一个非常好的问题，让我来为你详细解答。",
    "en": "Certainly! That is a great question. Let me walk you through it step by step. ",
}
FREQUENT = {"zh": list("的一是不了人我在有他这为之大来以个中上们"), "en": "the of and to in is a that it for".split()}  # noqa: SIM905  # reads better

Row = tuple[str, str]
Draw = Callable[[], Row]


@dataclass(frozen=True)
class Rows:
    """One set of rows and its language."""

    rows: list[Row]
    lang: str
    rng: Random

    def any(self) -> Row:
        """One of them."""
        return self.rng.choice(self.rows)

    def collapses(self) -> dict[str, Draw]:
        """What a collapse may look like: each gives one row of the time after it began."""
        one, few = self.rows[7], self.rows[:20]
        made: dict[str, Draw] = {
            "one row": lambda: one,
            "twenty rows": lambda: self.rng.choice(few),
            "one template": self.sum,
            "one prompt": lambda: (one[0], self.any()[1]),
            "one answer": lambda: (self.any()[0], one[1]),
            "one opening": self.opened,
            "few words": self.poor,
        }
        return made | {
            f"half {name}": self.half(made[name]) for name in ("one row", "twenty rows", "one template", "one prompt", "one answer")
        }

    def half(self, draw: Draw) -> Draw:
        """Every second row, by chance."""
        return lambda: draw() if self.rng.random() < 0.5 else self.any()

    def sum(self) -> Row:
        """The same problem with other numbers."""
        a, b = self.rng.randrange(1000), self.rng.randrange(1000)
        if self.lang == "zh":
            return f"小明有{a}个苹果，又买了{b}个，一共有多少个？", f"一共有{a}+{b}={a + b}个苹果。答案是{a + b}。"
        return f"Tom has {a} apples and buys {b} more. How many has he?", f"He has {a} + {b} = {a + b} apples. The answer is {a + b}."

    def opened(self) -> Row:
        """Every answer begins alike."""
        prompt, answer = self.any()
        return prompt, OPENING[self.lang] + answer

    def poor(self) -> Row:
        """Six words in ten replaced by one of the most frequent."""
        prompt, answer = self.any()
        blank = "" if self.lang == "zh" else " "
        words = list(answer) if self.lang == "zh" else answer.split()
        return prompt, blank.join(self.rng.choice(FREQUENT[self.lang]) if self.rng.random() < 0.6 else word for word in words)


def records(draw: Draw, count: int, start: int) -> Iterator[list[SeedRecord]]:
    """Accepted rows in batches, as the lane hands them to the store."""
    for first in range(start, start + count, BATCH):
        batch = []
        for number in range(first, first + BATCH):
            prompt, response = draw()
            sample = Sample(prompt, response, id=f"{number:024x}", recipe="made")
            batch.append(SeedRecord(number, str(number), "made", "done", (Decision(sample),), at=number / ROWS_PER_S))
        yield batch


def load(path: Path, lang: str) -> Rows:
    """A file of instructions."""
    with path.open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return Rows([(f"{row['instruction']}\n{row['input'] or ''}".strip(), row["output"] or "") for row in found], lang, Random(1))


def stationary(name: str, source: Rows, count: int) -> None:
    """Cost and false alarms."""
    with tempfile.TemporaryDirectory() as folder:
        watch = DiversityWatch(("made",), Path(folder))
        wall = cpu = 0.0
        alarms = 0
        for batch in records(source.any, count, 0):
            standing = len(watch.alarms)
            began, burnt = time.perf_counter(), time.thread_time()
            watch.take(batch)
            wall, cpu = wall + time.perf_counter() - began, cpu + time.thread_time() - burnt
            alarms += len(watch.alarms) > standing
        print(
            f"{name:12} {count:7,} stationary rows: {alarms} alarms, {cpu / count * 1e6:5.1f} us CPU and {wall / count * 1e6:5.1f} us wall "
            f"a row, {watch.nbytes / 1e3:,.0f} KB held"
        )


def delay(source: Rows, collapse: Draw) -> str:
    """Rows from the beginning of the collapse to the alarm."""
    watch = DiversityWatch(("made",))
    for batch in records(source.any, BEFORE, 0):
        watch.take(batch)
    if watch.alarms:
        return "false alarm before it"
    for place, batch in enumerate(records(collapse, AFTER, BEFORE), 1):
        watch.take(batch)
        if watch.alarms:
            return f"{place * BATCH:5,} rows  {watch.alarms['made']}"
    return f"not in {AFTER:,} rows"


def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # the table says it all
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    parser.add_argument("--rows", type=int, default=50_000)
    arguments = parser.parse_args()
    if arguments.data is None or not (Path(arguments.data) / "seeds").is_dir():
        parser.error("no data: give --data DIR or set STREAM_SYNTH_DATA; DIR holds seeds/*.jsonl with instruction, input, output")
    for name, stem in SETS.items():
        path = Path(arguments.data) / "seeds" / f"{stem}.jsonl"
        if not path.exists():
            print(f"{name}: {path} is missing, left out")
            continue
        source = load(path, name[:2])
        stationary(name, source, arguments.rows)
        for kind, collapse in source.collapses().items():
            print(f"{name:12} {kind:18} {delay(source, collapse)}", flush=True)


if __name__ == "__main__":
    main()
