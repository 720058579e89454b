"""Vectors for heads that were trained with an embedding model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.gates.reward.ngrams import NAME, ngram_vectors


def embedder(model: str) -> Callable[[list[str]], Any]:
    """A function from texts to unit vectors (n × d); loads the model at its first call. ConfigError when it cannot be loaded.

    `ngrams` is no model: hashed words and characters.
    """
    if model == NAME:
        return ngram_vectors
    loaded: list[Any] = []

    def embed(texts: list[str]) -> Any:  # noqa: ANN401  # a numpy array
        if not loaded:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # seconds to import, and few heads want it

            try:
                loaded.append(SentenceTransformer(model))
            except (OSError, ValueError) as error:
                raise ConfigError(f"the head's embedder {model} cannot be loaded: {str(error).splitlines()[0]}") from error
        return loaded[0].encode(texts, normalize_embeddings=True, show_progress_bar=False)

    return embed
