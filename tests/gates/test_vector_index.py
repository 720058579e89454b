from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stream_synth.gates.semantic_memory import SemanticMemory
from stream_synth.gates.vector_index import VectorIndex


def unit(count: int, dim: int = 32, seed: int = 0) -> NDArray[np.float32]:
    """Random vectors of length 1."""
    vectors = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def near(vectors: NDArray[np.float32], cosine: float) -> NDArray[np.float32]:
    """A neighbour of each at this cosine."""
    aside = unit(len(vectors), vectors.shape[1], seed=99)
    aside -= (aside * vectors).sum(axis=1, keepdims=True) * vectors
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    return np.asarray(cosine * vectors + (1 - cosine**2) ** 0.5 * aside, np.float32)


def test_a_search_gives_what_comparing_with_every_row_gives() -> None:
    """Through several splits, rows of cosine 0.5 and above and their cosines agree with a plain product."""
    vectors, queries = unit(9000), near(unit(9000)[:50], 0.7)
    index = VectorIndex(32)
    for start in range(0, 9000, 700):
        index.add(vectors[start : start + 700], np.arange(start, min(start + 700, 9000)) * 3)

    found = index.search(queries, 0.5, most=9000)

    truth = queries @ vectors.T
    for hits, cosines in zip(found, truth, strict=True):
        sure = set((np.flatnonzero(cosines >= 0.51) * 3).tolist())
        assert sure <= set(hits.rows.tolist()) <= set((np.flatnonzero(cosines >= 0.49) * 3).tolist())
        assert np.abs(hits.cosines - cosines[hits.rows // 3]).max() < 0.01
        assert hits.cosines.tolist() == sorted(hits.cosines.tolist(), reverse=True)


def test_neighbours_are_found_in_an_index_of_many_clusters() -> None:
    """With more clusters than a search goes through, 97 % of the neighbours at cosine 0.9 are there."""
    vectors = unit(120_000)
    index = VectorIndex(32)
    index.add(vectors, np.arange(len(vectors)))

    found = index.search(near(vectors[:300], 0.9), 0.88)

    assert np.mean([row in hits.rows for row, hits in enumerate(found)]) >= 0.97


def test_equal_vectors_without_number_are_no_trouble() -> None:
    """A cluster of equal rows is split all the same, and the limit on hits holds."""
    vectors = np.repeat(unit(1), 5000, axis=0)
    index = VectorIndex(32)
    index.add(vectors, np.arange(5000))

    hits = index.search(vectors[:1], 0.9, most=10)[0]

    assert len(index) == 5000
    assert len(hits) == 10


def test_an_empty_index_finds_nothing() -> None:
    """Before the first row there is an answer as well."""
    assert [len(near) for near in VectorIndex(32).search(unit(2), 0.0)] == [0, 0]


def test_look_and_later_together_see_every_row_once() -> None:
    """Rows remembered after a look are found by `later`, also when another look has moved them into the index since."""
    vectors = unit(3)
    memory = SemanticMemory(32)
    memory.remember(0, vectors[0])
    before = memory.look(vectors, 0.9)
    memory.remember(1, vectors[1])
    fresh = memory.later(vectors[1], 0.9, 1)

    memory.look(vectors[:1], 0.9)

    assert [near.rows.tolist() for near in before] == [[0], [], []]
    assert fresh.rows.tolist() == memory.later(vectors[1], 0.9, 1).rows.tolist() == [1]
    assert len(memory.later(vectors[0], 0.9, 1)) == 0
