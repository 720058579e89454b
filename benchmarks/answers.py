"""How well final answers are found and compared: every gold of two data sets against itself in five surface forms, and a wrong one.

Usage: python benchmarks/answers.py DATA_FOLDER     (holds gsm8k_train.jsonl and math_test.jsonl)
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

from stream_synth.verify import final_answer, gold_answer, same_answer

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


def main() -> None:
    """Both data sets."""
    folder = Path(sys.argv[1])
    for name, field in (("gsm8k_train", "answer"), ("math_test", "solution")):
        rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").split("\n") if line]
        golds = [gold_answer(row[field]) for row in rows]
        print(f"{name}: gold read from {sum(gold is not None for gold in golds)} of {len(rows)} rows")
        measure(name, [gold.text for gold in golds if gold is not None])


if __name__ == "__main__":
    main()
