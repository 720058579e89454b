from __future__ import annotations

import numpy as np
import pytest

from stream_synth.gates.embedding import Bundled, load_embedder
from stream_synth.gates.embedding.embedder import MAX_CHARACTERS


def cosine(one: str, other: str) -> float:
    """Of two texts."""
    first, second = load_embedder("bundled").encode([one, other])
    return float(first @ second)


@pytest.mark.parametrize(
    ("text", "paraphrase", "unrelated"),
    [
        (
            "How can I learn to play the guitar quickly?",
            "What is the fastest way of learning to play guitar?",
            "The recipe needs two eggs and some flour.",
        ),
        ("怎样才能快速学会弹吉他？", "如何很快学会弹吉他", "这道菜需要两个鸡蛋和一些面粉。"),
    ],
)
def test_paraphrases_are_nearer_than_other_texts(text: str, paraphrase: str, unrelated: str) -> None:
    """In English and in Chinese."""
    assert cosine(text, paraphrase) > 0.7
    assert cosine(text, unrelated) < 0.45


def test_vectors_have_length_one_or_none() -> None:
    """A row for each text; zeros where no word is known."""
    texts = ["water", "水", "", "Ωραία", "\ud800 water", "\x00", "x" * 100_000]

    vectors = Bundled().encode(texts)

    assert vectors.shape == (len(texts), 128)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0, 0, 1, 0, 1], atol=1e-5)
    assert load_embedder("bundled").encode([]).shape == (0, 128)


def test_spelling_does_not_matter() -> None:
    """Case, width and punctuation make no difference; what stands behind the first characters is not read."""
    assert cosine("Fresh ＷＡＴＥＲ, please!", "fresh water please") == pytest.approx(1)
    assert cosine("water " * MAX_CHARACTERS, "water " * MAX_CHARACTERS + "stone " * 99) == pytest.approx(1)


def test_unknown_words_fall_into_pieces() -> None:
    """A rare name is recognised in another text; two rare names are not the same."""
    assert cosine("Gretchenova", "gretchenova's") > 0.8
    assert cosine("Gretchenova", "Przybylski") < 0.5


def test_texts_are_embedded_one_by_one_as_in_a_batch() -> None:
    """More texts than are added up together."""
    texts = [f"word number {number} of many 第{number}个" if number % 7 else "" for number in range(200)]
    model = load_embedder("bundled")

    together = model.encode(texts)

    assert np.allclose(together, np.concatenate([model.encode([text]) for text in texts]), atol=1e-6)
