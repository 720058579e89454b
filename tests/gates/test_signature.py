from __future__ import annotations

import numpy as np
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from stream_synth.gates.signature import EMPTY, Permutations, band_keys

SETS = st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=30), max_size=8)


@given(SETS, st.sampled_from([16, 128]))
def test_signatures_equal_those_of_datasketch_bit_for_bit(sets: list[list[int]], num_perm: int) -> None:
    """The vectorised signature is `MinHash.update_batch` with affine32, for every set, empty ones included."""
    hashes = np.array([value for one in sets for value in one], np.uint32)
    offsets = np.cumsum([0, *map(len, sets)])

    found = Permutations(num_perm).signatures(hashes, offsets)

    for place, one in enumerate(sets):
        sketch = MinHash(num_perm=num_perm, scheme="affine32", hashfunc=lambda raw: int.from_bytes(raw, "little"))
        sketch.update_batch([value.to_bytes(4, "little") for value in one])
        assert found[place].tolist() == sketch.hashvalues.tolist()


def test_blocks_of_permutations_join_without_a_seam() -> None:
    """A batch too large for one block gives what its texts give alone."""
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 2**32, 40_000, dtype=np.uint32)
    permutations = Permutations(128)

    together = permutations.signatures(hashes, np.array([0, 100, 40_000]))

    assert together[0].tolist() == permutations.signatures(hashes[:100], np.array([0, 100]))[0].tolist()
    assert together[1].tolist() == permutations.signatures(hashes[100:], np.array([0, 39_900]))[0].tolist()


def test_equal_bands_have_equal_keys_and_no_others() -> None:
    """Keys agree exactly where a band agrees; the same values in another band give another key."""
    signatures = np.array([[1, 2, 1, 2], [1, 2, 9, 9], [EMPTY] * 4], np.uint32)

    keys = band_keys(signatures, 2, 2)

    assert keys[0, 0] == keys[1, 0]
    assert len({*keys.ravel().tolist()}) == 5
