"""ROUGE-L between instructions: how alike unrelated ones are in English and Chinese, and what a pool of 50,000 costs a row.

Usage: python benchmarks/gates_instructions.py --data DATA_FOLDER

The folder (or STREAM_SYNTH_DATA) holds `seeds/alpaca_gpt4_en_999.jsonl`, `alpaca_gpt4_zh_1000.jsonl` and `alpaca_5000.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from stream_synth.gates import GateHome
from stream_synth.gates.similar_instruction import SimilarInstruction, SimilarOptions
from stream_synth.text import tokens
from stream_synth.text.rouge import coded
from stream_synth.values import Sample

POOL_ROWS, NEW_ROWS = 50_000, 100


def rows(data: Path, name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    return [json.loads(line) for line in (data / "seeds" / name).read_text(encoding="utf-8").splitlines()]


def similarities(texts: list[str]) -> NDArray[np.float32]:
    """Of all pairs of different texts, the highest first."""
    codes = coded(sorted(set(texts)))
    scores = process.cdist(codes, codes, scorer=Indel.normalized_similarity, dtype=np.float32)
    return np.sort(scores[np.triu_indices(len(codes), 1)])[::-1]


def cost_ms(texts: list[str], neighbours: int) -> float:
    """Of judging one instruction against a pool made of halves of these texts."""
    rng = random.Random(1)

    def made() -> str:
        one, other = rng.choice(texts).split(), rng.choice(texts).split()
        return " ".join([*one[: rng.randint(0, len(one))], *other[rng.randint(0, len(other)) :]])

    gate = SimilarInstruction(SimilarOptions(neighbours=neighbours), GateHome())
    pool = [Sample(made(), "", id=str(number)) for number in range(POOL_ROWS)]
    for sample, measured in zip(pool, gate.measure(pool), strict=True):
        gate.remember(sample, measured)
    new = [Sample(made(), "", id=f"new{number}") for number in range(NEW_ROWS)]
    start = time.perf_counter()
    gate.look(new, gate.measure(new))
    return (time.perf_counter() - start) / NEW_ROWS * 1e3


def main() -> None:
    """All figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("STREAM_SYNTH_DATA"))
    data: Path = parser.parse_args().data
    en, zh = rows(data, "alpaca_gpt4_en_999.jsonl"), rows(data, "alpaca_gpt4_zh_1000.jsonl")
    for column in ("instruction", "output"):
        words = median(len(tokens(row[column])) for row in en)
        characters = median(sum("\u4e00" <= one <= "\u9fff" for one in row[column]) for row in zh)
        print(f"{column}: {words} English words, {characters} Chinese characters, {characters / words:.2f} a word")
    english, chinese = (similarities([row["instruction"] for row in part]) for part in (en, zh))
    for threshold in (0.5, 0.55, 0.6, 0.625, 0.65):
        share = float((english > threshold).mean())
        print(f"en above {threshold}: {share:.1e} of pairs; as many zh pairs are above {chinese[int(share * len(chinese))]:.3f}")
    alpaca = rows(data, "alpaca_5000.jsonl")
    for name, texts in (
        ("instructions", [row["instruction"] for row in alpaca]),
        ("with inputs", [f"{row['instruction']} {row['input']} {row['output']}" for row in alpaca]),
    ):
        size = np.mean([len(tokens(text)) for text in texts])
        print(f"{name}, {size:.0f} tokens: {cost_ms(texts, 10):.1f} ms a row with neighbours, {cost_ms(texts, 0):.1f} ms without")


if __name__ == "__main__":
    main()
