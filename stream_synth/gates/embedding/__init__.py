"""Embedding models behind one Protocol: the one that ships with the package, and any sentence-transformers model."""

from __future__ import annotations

from functools import cache

from stream_synth.gates.embedding.calibration import Thresholds, calibration_texts, thresholds
from stream_synth.gates.embedding.embedder import Embedder
from stream_synth.gates.embedding.static import Bundled

__all__ = ["BUNDLED", "Bundled", "Embedder", "Thresholds", "calibration_texts", "load_embedder", "thresholds"]

BUNDLED = "bundled"


@cache
def load_embedder(model: str, device: str | None = None) -> Embedder:
    """The model of that name: `bundled`, or a hub id or a folder that sentence-transformers can load.

    `device` is for the latter: None takes a GPU where there is one. ConfigError when it cannot be loaded. Loading is
    slow (seconds), so all gates of a process share one; torch is imported only for models other than `bundled`.
    """
    if model == BUNDLED:
        return Bundled()
    from stream_synth.gates.embedding.neural import SentenceTransformers  # noqa: PLC0415  # torch: only for whoever asked for it

    return SentenceTransformers(model, device)
