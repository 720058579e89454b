from __future__ import annotations

from random import Random

from stream_synth.journal.keys import RECENT, KeyIndex


def test_an_empty_index_says_no() -> None:
    """Nothing was added, nothing is found."""
    assert KeyIndex().find(b"k" * 16) is None


def test_every_key_is_found_whether_loaded_added_or_folded() -> None:
    """Loaded keys, keys folded into the arrays and recent ones all give their row."""
    random = Random(7)
    keys = [random.randbytes(16) for _ in range(RECENT + 3_000)]
    index = KeyIndex()

    index.load(
        [[(key[:8], row) for row, key in enumerate(keys[:1_000], 1)], [(key[:8], row) for row, key in enumerate(keys[1_000:2_000], 1_001)]]
    )
    index.add(keys[2_000 : RECENT + 2_500], 2_001)
    index.add(keys[RECENT + 2_500 :], RECENT + 2_501)

    assert [index.find(key) for key in keys] == list(range(1, len(keys) + 1))
    assert [index.find(random.randbytes(16)) for _ in range(1_000)] == [None] * 1_000
    assert len(index) == len(keys)


def test_the_newest_row_under_a_key_counts() -> None:
    """A key written again gives the later row, from the arrays as from the dictionary."""
    index, key = KeyIndex(), b"twice-written-key"

    index.load([[(key[:8], 1), (b"otherkey", 2), (key[:8], 3)]])
    loaded = index.find(key)
    index.add([key], 4)

    assert loaded == 3
    assert index.find(key) == 4
