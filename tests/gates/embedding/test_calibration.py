from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.embedding import Thresholds, load_embedder, thresholds


class EnglishOnly:
    """The bundled model, to whom every Chinese text is the same."""

    name, dim = "english-only", 128

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Chinese texts have one vector."""
        vectors = load_embedder("bundled").encode(texts)
        vectors[[any("\u3400" <= character <= "\u9fff" for character in text) for text in texts]] = 128**-0.5
        return vectors


class Latin(EnglishOnly):
    """A model whose vocabulary holds few Chinese characters, and that tells those few apart."""

    name = "latin"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the bundled model does."""
        return load_embedder("bundled").encode(texts)

    def unread(self, texts: Sequence[str]) -> float:
        """More than half of Chinese."""
        return 0.55 if "\u3400" <= texts[0][0] <= "\u9fff" else 0.0


def test_the_bundled_model_has_measured_thresholds() -> None:
    """For English and Chinese; other languages are held to a stricter one."""
    limits = thresholds(load_embedder("bundled"))

    assert set(limits.by_language) == {"en", "zh"}
    assert (limits.of("fr") or 0) > (limits.of("en", "zh") or 1) == max(limits.of("en") or 0, limits.of("zh") or 0)


def test_a_model_is_not_used_where_it_cannot_tell() -> None:
    """A model that puts unrelated Chinese texts as near as paraphrases judges English only."""
    limits = thresholds(EnglishOnly())

    assert limits.of("zh") is None
    assert limits.of("en", "zh") is None
    assert 0.5 < (limits.of("en") or 0) < 0.9
    assert limits.least == limits.of("en")


def test_a_model_is_not_used_where_it_cannot_read() -> None:
    """However well it tells apart the texts of the calibration."""
    limits = thresholds(Latin())

    assert limits.of("zh") is None
    assert limits.of("en") is not None


def test_a_model_that_can_tell_nothing_finds_nothing() -> None:
    """Without any threshold no cosine suffices."""
    assert Thresholds({"en": None}, None).of("en") is None
    assert Thresholds({"en": None}, None).least == 1.0
