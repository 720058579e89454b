"""How well final answers are found and compared.

Every gold against itself in five surface forms and against a wrong one, solutions that others rewrote against the gold of the
original, and answers made to hang a comparison.

Usage: python benchmarks/answers.py --data DIR     (default: $STREAM_SYNTH_DATA; holds benchmarks/{gsm8k_train,math_test}.jsonl and
pairs/{gsm8k,math}_rewrites.dev.jsonl)
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from stream_synth.verify import final_answer, gold_answer, same_answer
from stream_synth.verify.algebra import may_be_algebra, shared_algebra

SHOWN = 12
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def restyled(gold: str) -> str:
    """The same answer in another typography: separators and full-width digits, or LaTeX's larger forms."""
    if re.fullmatch(r"-?\d+", gold):
        return f"{int(gold):,}".translate(FULL_WIDTH) + " 元"
    return "$" + gold.replace("\\frac", "\\dfrac").replace("(", "\\left(").replace(")", "\\right)") + "$"


def forms(gold: str) -> dict[str, str]:
    """The endings of five solutions that all give this answer."""
    return {
        "boxed": f"First 3 and then 4, so we get $\\boxed{{{gold}}}$.",
        "hashes": f"3 + 4 is not it.\n#### {gold}",
        "english": f"After 12 steps we are done. The answer is {gold}.",
        "chinese": f"经过12步计算，所以答案是{gold}。",
        "restyled": f"共用了12步。\n最终答案：{restyled(gold)}",
    }


def wrong(gold: str, other: str) -> str:
    """A near miss: the last digit changed; without digits, another row's answer."""
    digits = list(re.finditer(r"\d", gold))
    if not digits:
        return other
    last = digits[-1]
    return gold[: last.start()] + str((int(last[0]) + 1) % 10) + gold[last.end() :]


def measure(name: str, golds: list[str]) -> None:
    """Print the shares and the first few misses."""
    misses: Counter[str] = Counter()
    shown: list[str] = []
    fooled, compared, started = 0, 0, time.perf_counter()
    for position, gold in enumerate(golds):
        for form, text in forms(gold).items():
            found = final_answer(text)
            compared += 1
            if found is None or not same_answer(found.text, gold):
                misses[form] += 1
                shown.append(f"  missed in {form}: {gold!r}, got {found.text if found else None!r}")
        near = wrong(gold, next((other for other in golds[position + 1 : position + 50] if other.casefold() != gold.casefold()), "none"))
        if same_answer(near, gold):
            fooled += 1
            shown.append(f"  fooled: {near!r} for {gold!r}")
    seconds = time.perf_counter() - started
    share = 1 - sum(misses.values()) / compared
    print(f"{name}: {len(golds)} golds, equal in all forms {share:.4f}, wrong one told apart {1 - fooled / len(golds):.4f}", end=" ")
    print(f"({seconds / (compared + len(golds)) * 1e6:.0f} µs a comparison; misses by form {dict(misses)})")
    print("\n".join(shown[:SHOWN]))


def rewrites(name: str, rows: list[dict[str, Any]]) -> None:
    """Print how often a rewritten solution ends in the answer of the original, and where algebra was asked."""
    pairs = [(gold_answer(row["answer_a"]), final_answer(row["answer_b"])) for row in rows]
    missed = [
        (found.text if found else "", gold.text) for gold, found in pairs if gold and not (found and same_answer(found.text, gold.text))
    ]
    told = [shared_algebra().compare(*pair) if may_be_algebra(*pair) else "not asked" for pair in missed]
    right = len(rows) - len(missed) + told.count("equal")
    print(f"{name}: {len(rows)} rewritten solutions, equal {right / len(rows):.4f}; missed by rules, told by algebra: {Counter(told)}")
    print("\n".join(f"  {pair}" for pair in missed[:SHOWN]))


def hostile() -> None:
    """Print how long the worst answers take by rules, and by algebra."""
    tower = "9^{9^{9^{9}}}"
    answers = {
        "tower of powers": tower,
        "100 kB of digits": "7" * 100_000,
        "100 kB of brackets": "(" * 100_000,
        "150 open brackets": "1+(" * 150,
        "factorial": "(10^{10})!",
    }
    for what, answer in answers.items():
        started = time.perf_counter()
        same_answer(answer, f"{answer}+1")
        final_answer(f"\\boxed{{{answer}}}")
        rules = time.perf_counter() - started
        found = shared_algebra().compare(answer, f"{answer}+1") if may_be_algebra(answer, f"{answer}+1") else "not asked"
        print(f"{what}: rules {rules:.3f} s; algebra {found}, {time.perf_counter() - started - rules:.1f} s")


def main() -> None:
    """All data sets."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    data = reader.parse_args().data
    if data is None or not (data / "benchmarks").is_dir():
        sys.exit("no data: give --data DIR, or set STREAM_SYNTH_DATA")
    folder = data / "benchmarks"
    hostile()
    for name in ("gsm8k", "math"):
        lines = (data / f"pairs/{name}_rewrites.dev.jsonl").read_text("utf-8").split("\n")
        rewrites(name, [json.loads(line) for line in lines if line])
    for name, field in (("gsm8k_train", "answer"), ("math_test", "solution")):
        rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").split("\n") if line]
        golds = [gold_answer(row[field]) for row in rows]
        print(f"{name}: gold read from {sum(gold is not None for gold in golds)} of {len(rows)} rows")
        measure(name, [gold.text for gold in golds if gold is not None])


if __name__ == "__main__":
    main()
