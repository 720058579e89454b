"""Builds the weights of the heuristic scorer that ship with the package.

Usage: python benchmarks/heuristic_weights.py --data DIR [--write]

Prints, for each set, the accuracy of heads that never saw the row's prompt (five folds) beside "longer wins"; with --write it
fits on everything and replaces stream_synth/gates/reward/weights/heuristic.json. Data as in benchmarks/preferences.py.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.reward.calibration import fitted
from stream_synth.gates.reward.features import MONOTONE, NAMES, features
from stream_synth.gates.reward.head import Head
from stream_synth.training.solve import ordered
from stream_synth.values import Sample

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, it finds its neighbours
from benchmarks import preferences
from benchmarks.preferences import Pair

Matrix = NDArray[np.float64]
TARGET = Path(__file__).parents[1] / "stream_synth" / "gates" / "reward" / "weights" / "heuristic.json"
FOLDS = 5
BATCH = 256
LANGUAGES = ("en", "zh")
# Share of each set in the loss. Broken output weighs most, since it has to lie below sound answers to any other prompt; then people.
SHARES = {
    "Auto-J human": 2.0,
    "OpenAssistant human": 1.0,
    "Vicuna GPT-4": 0.2,
    "steered, graded": 0.3,
    "davinci vs text-davinci-003": 0.4,
    "broken": 6.0,
    "corrupted en": 0.5,
    "corrupted zh": 0.5,
    "off-topic en": 0.3,
    "off-topic zh": 0.3,
}
RIDGE_SHARED, RIDGE_OWN = 0.001, 0.01  # a language departs from the shared weights only where its own pairs insist
PAIRS_OF_SET = 2000  # enough of any one kind
FLOOR_PERCENTILE = 25  # of degenerate rows: a quarter of them scores 0, while one right word stays above


class Labelled(NamedTuple):
    """One set as differences of features."""

    name: str
    language: str
    better: Matrix
    worse: Matrix
    longer: Matrix  # 1 where the better answer is longer, 0 where shorter, ½ where equal
    folds: NDArray[np.int64]


def measured(name: str, language: str, pairs: Sequence[Pair]) -> Labelled:
    """The set's features; a fold is a function of the prompt."""
    chosen = list(pairs) if len(pairs) <= PAIRS_OF_SET else random.Random(0).sample(list(pairs), PAIRS_OF_SET)
    better, worse = (stacked([one[side] for one in chosen]) for side in (0, 1))
    longer = [np.sign(len(one.better.response) - len(one.worse.response)) / 2 + 0.5 for one in chosen]
    folds = [fold_of(one.better.prompt) for one in chosen]
    return Labelled(name, language, better, worse, np.array(longer), np.array(folds, np.int64))


def stacked(samples: Sequence[Sample]) -> Matrix:
    """Features in batches."""
    return np.concatenate([features(samples[start : start + BATCH]) for start in range(0, len(samples), BATCH)])


def labelled(folder: Path) -> list[Labelled]:
    """Every set that counts in the fit, and those that are only looked at."""
    rng = random.Random(1)
    found = [measured(name, language, list(read(folder))) for name, (language, read) in preferences.PAIRS.items()]
    sound, broken = preferences.steered(folder)
    found.append(measured("broken", "en", [Pair(rng.choice(sound), one) for one in broken for _ in range(8)]))
    for language in LANGUAGES:
        clean, noisy = preferences.corrupted(folder, language)
        found.append(measured(f"corrupted {language}", language, [Pair(rng.choice(clean), one) for one in noisy for _ in range(6)]))
        found.append(measured(f"off-topic {language}", language, list(preferences.off_topic(preferences.ordinary(folder, language)))))
    return [one for one in found if len(one.better)]


def fit(sets: Sequence[Labelled], *, without: int = -1) -> dict[str, Matrix]:
    """Weights for each language and, under "", for all others; `without` leaves a fold out."""
    differences, weights, width = [], [], len(NAMES)
    for one in sets:
        kept = one.folds != without
        if one.name not in SHARES or not kept.any():
            continue
        rows = (one.better - one.worse)[kept]
        own = [rows if language == one.language else np.zeros_like(rows) for language in LANGUAGES]
        differences.append(np.hstack([rows, *own]))
        weights.append(np.full(len(rows), SHARES[one.name] / len(rows)))
    ridge = np.repeat([RIDGE_SHARED, *[RIDGE_OWN] * len(LANGUAGES)], width)
    rising = np.tile([name in MONOTONE for name in NAMES], 1 + len(LANGUAGES))
    solved = ordered(np.vstack(differences), np.concatenate(weights), ridge, rising)
    shared, *own = np.split(solved, 1 + len(LANGUAGES))
    return {"": shared, **{language: shared + part for language, part in zip(LANGUAGES, own, strict=True)}}


def fold_of(prompt: str) -> int:
    """A function of the prompt."""
    return blake2b(prompt.encode("utf-8", "surrogatepass"), digest_size=4).digest()[0] % FOLDS


def accuracy(one: Labelled, head: Head, kept: NDArray[np.bool_]) -> Matrix:
    """1 for each pair in the right order, ½ for a tie."""
    languages = [one.language] * int(kept.sum())
    margin = head.raw(one.better[kept], languages) - head.raw(one.worse[kept], languages)
    right: Matrix = np.sign(margin) / 2 + 0.5
    return right


def made(sets: Sequence[Labelled], *, without: int = -1) -> Head:
    """The head, not yet calibrated."""
    return Head("heuristic-1", fit(sets, without=without))


def cross_validated(sets: Sequence[Labelled]) -> None:
    """One line a set."""
    by_fold = [made(sets, without=fold) for fold in range(FOLDS)]
    print(f"{'set':30}{'lang':6}{'pairs':>7}{'longer wins':>13}{'head, unseen':>14}")
    for one in sets:
        right = np.zeros(len(one.better))
        for fold, unseeing in enumerate(by_fold):
            right[one.folds == fold] = accuracy(one, unseeing, one.folds == fold)
        print(f"{one.name:30}{one.language:6}{len(right):7}{one.longer.mean():13.3f}{right.mean():14.3f}")


def head(folder: Path, sets: Sequence[Labelled]) -> Head:
    """The head on everything, calibrated on everyday rows and on degenerate ones."""
    raw = made(sets)
    everyday = {language: preferences.ordinary(folder, language) + preferences.brief(folder, language) for language in LANGUAGES}
    ordinary = {language: raw.raw(stacked(rows), [language] * len(rows)).tolist() for language, rows in everyday.items()}
    floor = {}
    for language in LANGUAGES:
        degenerate = preferences.corrupted(folder, language, only=preferences.NO_LANGUAGE)[1] + (
            preferences.steered(folder)[1] if language == "en" else []
        )
        floor[language] = float(np.percentile(raw.raw(stacked(degenerate), [language] * len(degenerate)), FLOOR_PERCENTILE))
    pairs = {one.name: len(one.better) for one in sets if one.name in SHARES}
    return replace(raw, calibration=fitted(ordinary, floor), facts={"pairs": pairs})


def main() -> None:
    """Cross-validate, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--data")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    folder = preferences.folder_of(arguments.data)
    sets = labelled(folder)
    cross_validated(sets)
    if arguments.write:
        TARGET.write_text(head(folder, sets).to_json(), encoding="utf-8")
        print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
