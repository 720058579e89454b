"""What an embedding model promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

MAX_CHARACTERS = 4096  # what a text is about shows in its beginning; no model here reads more than some 500 words


class Embedder(Protocol):
    """Texts to vectors whose dot product is their cosine similarity."""

    name: str  # model and version: vectors of different names are never compared
    dim: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text, of length 1; all zeros where the model knows nothing of the text (it is empty, or in no script of its).

        Any text is taken; what stands behind the first `MAX_CHARACTERS` characters is not read.
        """
        ...


@runtime_checkable
class HasVocabulary(Protocol):
    """An embedder that can say what it does not know."""

    def unread(self, texts: Sequence[str]) -> float:
        """The share of the texts' tokens that its vocabulary lacks, 0 to 1: to the model they are all the same."""
        ...


def readable(text: str) -> str:
    """The part of a text that models read, lone surrogates replaced: they have no UTF-8."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def of_unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row divided by its length; rows of zeros, and of what is no number, become zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    sound = np.isfinite(lengths) & (lengths > 1e-6)
    return np.where(sound, vectors / np.where(sound, lengths, 1), 0).astype(np.float32)
