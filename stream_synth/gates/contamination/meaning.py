"""Items as vectors of an embedding model: paraphrases and translations, as far as the model sees that they are the same.

Vectors stand beside an index, one file for each model, because only whoever holds the benchmark's text can make them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates.contamination.paraphrase import Likeness
from stream_synth.gates.embedding import Embedder, Thresholds, thresholds
from stream_synth.text import language

_STEPS = 127  # of int8: errs by 0.002 in a cosine of 384 dimensions
_BLOCK = 256  # prompts compared together: 40 MB of similarities with 40,000 items


def vectors_file(index: Path, model: str) -> Path:
    """Where the vectors of an index and a model stand."""
    return index.with_name(f"{index.stem}.{re.sub(r'[^A-Za-z0-9]+', '-', model)}.vectors")


def save_vectors(path: Path, questions: Sequence[str], embedder: Embedder) -> None:
    """One int8 vector for each question, in the order of the index."""
    vectors = embedder.encode(questions)
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    with path.open("wb") as file:
        np.savez_compressed(file, model=embedder.name, vectors=np.rint(vectors / largest * _STEPS).astype(np.int8))


def load_vectors(indexes: Sequence[Path], embedder: Embedder) -> NDArray[np.float32]:
    """Vectors of all items, of length 1. `ConfigError` names the index that has none of this model."""
    found = []
    for index in indexes:
        path = vectors_file(index, embedder.name)
        if not path.exists():
            raise ConfigError(f"{index.stem} has no vectors of {embedder.name}; make them with `stream-synth evals build --model`")
        with np.load(path) as file:
            vectors = file["vectors"].astype(np.float32)
        found.append(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))
    return np.concatenate(found)


class Meanings:
    """The nearest item of a prompt."""

    def __init__(self, vectors: NDArray[np.float32], embedder: Embedder, least: float) -> None:
        """`vectors`: of all items; `least`: cosine that counts, 0 for what the calibration finds for the model in each language."""
        self._vectors = vectors
        self._embedder = embedder
        self._thresholds = Thresholds({}, least) if least else thresholds(embedder)

    def alike(self, prompts: Sequence[str]) -> Iterator[Likeness]:
        """The nearest item of each prompt that comes near enough to one."""
        for start in range(0, len(prompts), _BLOCK):
            block = prompts[start : start + _BLOCK]
            similarity = self._embedder.encode(block) @ self._vectors.T
            nearest = similarity.argmax(axis=1)
            for row, (prompt, item) in enumerate(zip(block, nearest.tolist(), strict=True)):
                least = self._thresholds.of(language(prompt))
                if least is not None and similarity[row, item] >= least:
                    yield Likeness(start + row, item, float(similarity[row, item]))
