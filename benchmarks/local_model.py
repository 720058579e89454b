"""Methods run end to end with a small local model on real seeds: what comes out, and why the rest does not.

Usage: python benchmarks/local_model.py [--data FOLDER] [--seeds 50] [--out FOLDER] [METHOD ...]

FOLDER (default: $STREAM_SYNTH_DATA) holds `benchmarks/`, `seeds/`, `docs/` as JSONL. SmolLM2-135M on llama-server answers every role;
where a method reads a final answer, a score or a program, the server is told the shape. Each run directory stays in --out, to be
queried. Needs the two packages that configs/quickstart.yaml names.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from stream_synth import Run, run

Row: TypeAlias = dict[str, Any]
CONFIGS = Path(__file__).parents[1] / "configs"
TOKENS = 160  # of a reply
ANSWER = 'root ::= [^\\n<]{20,200} "\\nThe answer is \\\\boxed{" [0-9]{1,4} "}."'
PROGRAM = """root ::= "```python\\n" line{1,5} "print(" number (op number){0,3} ")\\n```"
line ::= [a-z] " = " number (op number){0,3} "\\n"
number ::= [0-9]{1,4}
op ::= " + " | " - " | " * " | " / "
"""
LINE = "root ::= [^\\n]{10,100}"
FINDING = 'root ::= [^\\n]{10,100} "\\n结论：" ("有问题" | "没有问题")'
CHOICE = 'root ::= [^\\n]{10,60} "\\n结论：" ("A" | "B")'
SCORE = 'root ::= [^\\n]{10,80} "\\nScore: " [1-5]'


def read(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def problems(data: Path, count: int) -> list[Row]:
    """Word problems with gold answers, four fifths from GSM8K's training split."""
    golden = [{"question": row["instruction"], "answer": row["golden_answer"]} for row in read(data / "seeds/dataflow_math_golden.jsonl")]
    short = [row for row in golden if str(row["answer"]).isdigit()][: count // 5]
    return [*islice(read(data / "benchmarks/gsm8k_train.jsonl"), count - len(short)), *short]


def tasks(data: Path, count: int) -> list[Row]:
    """Chinese seed tasks."""
    return [{"question": row["instruction"]} for row in islice(read(data / "seeds/zh_seed_tasks.jsonl"), count)]


def passages(data: Path, count: int) -> list[Row]:
    """Paragraphs of 600 to 900 characters, Chinese and English by turns."""
    found: list[Row] = []
    for zh, en in zip(read(data / "docs/d2l_zh.dev.jsonl"), read(data / "docs/d2l_en.dev.jsonl"), strict=False):
        found += [{"text": part} for row in (zh, en) for part in windows(row["text"])[:2]]
    return found[:count]


def windows(text: str) -> list[str]:
    """Runs of whole paragraphs."""
    parts, current = [], ""
    for paragraph in text.split("\n\n"):
        current = f"{current}\n\n{paragraph}".strip()
        if len(current) >= 600:
            parts += [current] if len(current) <= 900 else []
            current = ""
    return parts


METHODS: dict[str, tuple[Callable[[Path, int], list[Row]], Row, Row]] = {  # seeds, options, shape by role
    "reasoning": (problems, {"samples": 2}, {"teacher": {"grammar": ANSWER}}),
    "metamath": (problems, {"samples": 1}, {"teacher": {"grammar": ANSWER}}),
    "self_consistency": (problems, {"samples": 4}, {"teacher": {"grammar": ANSWER}}),
    "star": (problems, {}, {"teacher": {"grammar": ANSWER}}),
    "program_of_thought": (problems, {"samples": 2}, {"teacher": {"grammar": PROGRAM}}),
    "backtranslation": (passages, {}, {"teacher": {"grammar": LINE}, "judge": {"grammar": SCORE}}),
    "constitutional": (tasks, {"rounds": 1}, {"teacher": {"grammar": FINDING}, "judge": {"grammar": CHOICE}}),
}


def config(name: str, shapes: Row, options: Row) -> Row:
    """The method's own configuration, its endpoints on the local server."""
    shipped = yaml.safe_load((CONFIGS / f"{name}.yaml").read_text())
    local = yaml.safe_load((CONFIGS / "quickstart.yaml").read_text())["endpoints"]["teacher"]
    # --skip-chat-parsing makes the server forget response_format.
    command = [word for word in local["serve"]["command"] if word != "--skip-chat-parsing"]
    plain = {**local, "base_url": "", "model": "SmolLM2", "api_key_env": "", "serve": {"command": command}, "shapes": "llama_cpp"}
    roles = {role: {**plain, "params": {"shape": shapes[role]}} if role in shapes else plain for role in shipped["endpoints"]}
    recipe = {**shipped["recipe"], "max_tokens": TOKENS, **options}
    return {"run": {"name": name, "seed": 1}, "source": {"kind": "memory"}, "recipe": recipe, "endpoints": roles}


def report(name: str, done: Run, seconds: float) -> None:
    """Counts, then every reason with its number."""
    counts = done.counts
    print(f"\n{name}: {counts['seeds_done']} seeds, {counts['calls']} calls, {counts['accepted']} accepted, {seconds:.0f} s", flush=True)
    reasons = "SELECT gate || '/' || reason, count(*) FROM rejections GROUP BY 1 ORDER BY 2 DESC"
    failures = "SELECT 'failed: ' || kind, count(*) FROM failures GROUP BY 1"
    for reason, count in [*done.sql(reasons).fetchall(), *done.sql(failures).fetchall()]:
        print(f"  {count:5} {reason}")


def main() -> None:
    """Run the methods one after the other."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("methods", nargs="*", help=f"of {', '.join(METHODS)}; all when left out")
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "local_model")
    chosen = parser.parse_args()
    if chosen.data is None or not Path(chosen.data).is_dir():
        parser.error("give --data FOLDER, or set STREAM_SYNTH_DATA: the seeds are not shipped")
    for name in chosen.methods or METHODS:
        rows, options, shapes = METHODS[name]
        begin = time.perf_counter()
        done = run(config(name, shapes, options), source=rows(Path(chosen.data), chosen.seeds), run_dir=chosen.out / name)
        report(name, done, time.perf_counter() - begin)


if __name__ == "__main__":
    main()
