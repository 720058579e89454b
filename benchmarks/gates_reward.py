"""How far the heuristic scorer can be trusted: agreement with labelled preferences, and how well it tells broken output.

Usage: python benchmarks/gates_reward.py --data DIR [--head FILE]

DIR holds preference/, noise/ and seeds/ (see benchmarks/preferences.py); STREAM_SYNTH_DATA names it as well. The weights that
ship were fitted on data of these kinds: benchmarks/heuristic_weights.py prints the same for prompts it left out.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates import GateHome
from stream_synth.gates.reward import Reward, RewardOptions
from stream_synth.values import Sample, Verdict

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, it finds its neighbours
from benchmarks import preferences
from benchmarks.preferences import Pair

BATCH = 256
MATCHED = 0.1  # of the longer answer: pairs within it are of much the same length


def verdicts(gate: Reward, samples: Sequence[Sample]) -> list[Verdict]:
    """One for each sample."""
    found = [one for start in range(0, len(samples), BATCH) for one in gate.measure(samples[start : start + BATCH])]
    return [one for one in found if one is not None]


def raw(gate: Reward, samples: Sequence[Sample]) -> NDArray[np.float64]:
    """Raw scores."""
    return scores(verdicts(gate, samples))


def scores(told: Sequence[Verdict]) -> NDArray[np.float64]:
    """Raw scores; an empty answer has none and lies below all others."""
    return np.array([-99.0 if one.raw_score is None else one.raw_score for one in told], np.float64)


def auc(sound: NDArray[np.float64], broken: NDArray[np.float64]) -> float:
    """Chance that a sound row scores above a broken one; ties count half."""
    order = np.sort(broken)
    below = np.searchsorted(order, sound, "left") + np.searchsorted(order, sound, "right")
    return float(below.mean() / 2 / max(len(broken), 1)) if len(sound) else math.nan


def interval(right: NDArray[np.float64]) -> str:
    """95 % interval of a share (Wilson)."""
    count, share, z = len(right), right.mean(), 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return f"{middle - half:.3f}-{middle + half:.3f}"


def preference_line(gate: Reward, name: str, language: str, pairs: Sequence[Pair]) -> None:
    """Agreement, beside "longer wins", and on pairs of much the same length."""
    sizes = np.array([[len(one.better.response), len(one.worse.response)] for one in pairs], np.float64)
    longer = np.sign(sizes[:, 0] - sizes[:, 1]) / 2 + 0.5
    right = np.sign(raw(gate, [one.better for one in pairs]) - raw(gate, [one.worse for one in pairs])) / 2 + 0.5
    matched = np.abs(sizes[:, 0] - sizes[:, 1]) <= MATCHED * sizes.max(axis=1)
    close = f"{right[matched].mean():8.3f} of {matched.sum():4}" if matched.any() else f"{'-':>8}"
    print(f"{name:30}{language:5}{len(pairs):6}{longer.mean():13.3f}{right.mean():8.3f}  {interval(right):13}{close}")


def screen_lines(gate: Reward, folder: Path) -> None:
    """Broken and off-topic answers against sound ones, and what the default bound does to both."""
    print(f"\n{'screen':30}{'lang':5}{'sound':>6}{'bad':>6}{'AUC':>8}  rejected at min_score {gate.options.min_score}: sound, bad")
    sets = [("broken output, steered", "en", *preferences.steered(folder))]
    for language in ("en", "zh"):
        everyday = preferences.ordinary(folder, language)
        sets.append(("corrupted", language, *preferences.corrupted(folder, language)))
        sets.append(("no language", language, *preferences.corrupted(folder, language, only=preferences.NO_LANGUAGE)))
        sets.append(("off topic", language, everyday, [pair.worse for pair in preferences.off_topic(everyday)]))
    for name, language, sound, bad in sets:
        if sound and bad:
            told = verdicts(gate, sound), verdicts(gate, bad)
            lost, caught = (np.mean([not one.passed for one in some]) for some in told)
            area = auc(*(scores(some) for some in told))
            print(f"{name:30}{language:5}{len(sound):6}{len(bad):6}{area:8.3f}  {lost:.4f}  {caught:.3f}")


def speed_line(gate: Reward, folder: Path) -> None:
    """Rows a second on one core."""
    rows = preferences.ordinary(folder, "en") + preferences.ordinary(folder, "zh")
    if rows:
        gate.measure(rows[:BATCH])
        start = time.process_time()
        verdicts(gate, rows)
        spent = time.process_time() - start
        print(f"\nspeed: {len(rows) / spent:,.0f} rows/s per core ({spent / len(rows) * 1e6:.0f} µs a row)")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data")
    parser.add_argument("--head", default="")
    arguments = parser.parse_args()
    folder = preferences.folder_of(arguments.data)
    gate = Reward(RewardOptions(head=arguments.head), GateHome())
    print(f"{'preference':30}{'lang':5}{'pairs':>6}{'longer wins':>13}{'right':>8}  {'95 %':13}{'same length':>16}")
    for name, (language, read) in preferences.PAIRS.items():
        pairs = list(read(folder))
        if pairs:
            preference_line(gate, name, language, pairs)
        else:
            print(f"{name:30}{language:5} missing")
    screen_lines(gate, folder)
    speed_line(gate, folder)


if __name__ == "__main__":
    main()
