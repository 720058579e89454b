"""The cosine from which two texts are duplicates. It differs between models and languages: e5 puts unrelated texts at 0.8, others at 0.1.

For the bundled model it was measured; any other model is calibrated when it is loaded, on the pairs in `pairs/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stream_synth.gates.embedding.embedder import Embedder, HasVocabulary

_PAIRS = Path(__file__).parent / "pairs"
# Measured by benchmarks/gates_duplicates.py. English 0.86: unrelated maths problems reach 0.74 in 1 pair of 1,000; LLM rewrites
# have a median of 0.92. Chinese 0.84: unrelated questions 0.67 in 1 of 1,000; human paraphrases 0.91. Of distinct questions of one
# field, 4 % (English maths) have a neighbour above; the guard against template twins lets all but 0.1 % of them pass.
_MEASURED: Mapping[str, Mapping[str, float]] = {"bundled-1": {"en": 0.86, "zh": 0.84}}
_ELSEWHERE = 0.04  # above the strictest of its languages for texts in others, which nobody measured
_CAUGHT = 0.4  # quantile of the paraphrases at which a model is cut: 3 of 5 are caught
_UNREAD = 0.2  # share of unknown tokens: MiniLM lacks 55 % of Chinese ones, puts "how do I get a mortgage" on "what have you done" (0.96)
_CLEARANCE = 0.15  # share of the way from unrelated pairs (99 %) to 1 that the cut must keep, else the model cannot tell in this language


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least cosine of a duplicate for each language; None where the model cannot tell duplicates from other texts."""

    by_language: Mapping[str, float | None]
    elsewhere: float | None

    def of(self, *languages: str) -> float | None:
        """For texts in these languages: the strictest."""
        each = [self.by_language.get(language, self.elsewhere) for language in languages]
        known = [threshold for threshold in each if threshold is not None]
        return max(known) if len(known) == len(each) else None

    @property
    def least(self) -> float:
        """The lowest that any pair must reach."""
        return min((value for value in (*self.by_language.values(), self.elsewhere) if value is not None), default=1.0)


def thresholds(embedder: Embedder) -> Thresholds:
    """Measured ones where there are some, else from what the model makes of the calibration pairs."""
    by_language: Mapping[str, float | None] | None = _MEASURED.get(embedder.name)
    if by_language is None:
        by_language = {path.stem: calibrated(embedder, path) for path in sorted(_PAIRS.glob("*.txt"))}
    known = [value for value in by_language.values() if value is not None]
    return Thresholds(by_language, min(1.0, max(known) + _ELSEWHERE) if known else None)


def calibrated(embedder: Embedder, pairs: Path) -> float | None:
    """The cosine that 3 of 5 paraphrases of the file reach, or None: unrelated texts of it come near that, or it cannot be read."""
    texts = calibration_texts(pairs.stem)
    if isinstance(embedder, HasVocabulary) and embedder.unread(texts) > _UNREAD:
        return None
    first, second = embedder.encode(texts[::2]), embedder.encode(texts[1::2])
    cosines = first @ second.T
    unrelated = float(np.quantile(cosines[~np.eye(len(first), dtype=bool)], 0.99))
    cut = float(np.quantile(np.diagonal(cosines), _CAUGHT))
    return round(cut, 3) if cut > unrelated + _CLEARANCE * (1 - unrelated) else None


def calibration_texts(language: str) -> list[str]:
    """Ordinary questions in that language, each followed by a paraphrase."""
    lines = (_PAIRS / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    return [text.strip() for line in lines for text in line.split(" | ")]
