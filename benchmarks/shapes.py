"""Replies of a small local model whose shape the server was told, held against that shape.

Usage: python benchmarks/shapes.py [--replies 100]

Two shapes on llama-server with SmolLM2-135M: thinking in <think> and then an answer, by grammar; and an object by JSON Schema.
What ends with `stop` and is out of shape is printed; the exit code is then 1. Needs the two packages that configs/quickstart.yaml names.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from stream_synth import run

CONFIG = Path(__file__).parents[1] / "configs/quickstart.yaml"
GRAMMAR = r"""root ::= "<think>\n" line{1,3} "</think>\n" answer
line ::= [^<\n]{20,80} "\n"
answer ::= [^<\n]{1,60} "\n"
"""
SCHEMA = {
    "type": "object",
    "properties": {"steps": {"type": "array", "items": {"type": "string", "maxLength": 60}, "maxItems": 3}, "answer": {"type": "integer"}},
    "required": ["steps", "answer"],
    "additionalProperties": False,
}
ASKED: dict[str, dict[str, Any]] = {
    "thinking and answer, by grammar": {"shape": {"grammar": GRAMMAR}},
    "an object, by JSON Schema": {"shape": "auto", "parse": "json", "schema": SCHEMA},
    "the same, not told": {"parse": "json", "schema": SCHEMA},
}
PROMPT = {
    "zh": "{{ n }} 个苹果分给 {{ n % 7 + 2 }} 个人，每人几个？用 JSON 回答：steps 是步骤，answer 是答案。",
    "en": "{{ n }} apples are shared by {{ n % 7 + 2 }} people. How many each? Answer in JSON: steps, and answer.",
}


def config(replies: int, ask: dict[str, Any]) -> dict[str, Any]:
    """A method in YAML terms: one question, one reply."""
    endpoint = yaml.safe_load(CONFIG.read_text())["endpoints"]["teacher"]
    # --skip-chat-parsing makes the server forget response_format.
    command = [word for word in endpoint["serve"]["command"] if word != "--skip-chat-parsing"]
    served = {**endpoint, "serve": {"command": command}, "base_url": "", "model": "SmolLM2", "api_key_env": "", "shapes": "llama_cpp"}
    step = {"ask": {"name": "solve", "prompt": PROMPT, "max_tokens": 200, "temperature": 0.7, **ask}}
    return {
        "run": {"name": "shapes", "seed": 1, "limit": replies},
        "source": {"kind": "program", "count": replies, "fields": {"n": "{n}"}},
        "recipe": {"steps": [step], "emit": {"prompt": "{{ n }}"}},
        "endpoints": {"teacher": served},
        "gates": [],
    }


def main() -> int:
    """Print a line for each shape."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--replies", type=int, default=100)
    replies = parser.parse_args().replies
    broken = 0
    for title, ask in ASKED.items():
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            done = run(config(replies, ask), run_dir=folder)
            ended = done.sql("SELECT count(*) FROM calls WHERE finish_reason = 'stop'").fetchall()[0][0]
            if "grammar" in str(ask):
                shaped = "reasoning != '' AND response != '' AND response NOT LIKE '%<%'"
                good = done.sql(f"SELECT count(*) FROM samples WHERE {shaped}").fetchall()[0][0]  # noqa: S608
            else:
                good = done.counts["accepted"]
            print(f"{title:36}{good:4} of {ended} that ended, of {replies} asked; {time.perf_counter() - begin:.0f} s")
            broken += good != ended if "not told" not in title else 0
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
