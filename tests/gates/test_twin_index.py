from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stream_synth.gates.band_table import BandTable
from stream_synth.gates.twin_index import TwinIndex

KEYS = st.lists(st.integers(0, 12), max_size=4, unique=True)
STEP = st.tuples(st.sampled_from(["look", "later", "remember"]), KEYS)


def spread(keys: list[int]) -> NDArray[np.uint64]:
    """Small numbers as well-mixed keys."""
    return np.array([(key + 1) * 0x9E3779B97F4A7C15 % 2**64 for key in keys], np.uint64)


@settings(max_examples=200)
@given(st.lists(STEP, max_size=60), st.integers(1, 4))
def test_looking_and_then_asking_for_later_rows_sees_everything_once(steps: list[tuple[str, list[int]]], cap: int) -> None:
    """In any order of looks, questions and memories, a row's candidates are the first `cap` rows of each of its keys."""
    index, rows = TwinIndex(cap), list[list[int]]()
    looked: list[tuple[list[int], list[int], int]] = []

    for action, keys in steps:
        if action == "remember":
            index.remember(spread(keys))
            rows.append(keys)
        elif action == "look":
            looked.append((keys, index.look([spread(keys)])[0], len(index)))
        elif looked:
            asked, found, seen = looked[-1]
            expected = _candidates(asked, rows, cap)
            assert sorted({*found, *index.later(spread(asked), seen)}) == expected

    assert index.look([spread([key]) for key in range(13)]) == [_candidates([key], rows, cap) for key in range(13)]


def test_a_table_of_many_rows_finds_each_and_nothing_else() -> None:
    """Through several growths, every key leads to its row; keys that were never put in lead nowhere."""
    keys = np.random.default_rng(2).integers(0, 2**64, (60_000, 3), dtype=np.uint64)
    table = BandTable(slots=1 << 10)
    for start in range(0, 60_000, 512):
        part = keys[start : start + 512]
        table.insert(part.ravel(), np.repeat(np.arange(start, start + len(part)), 3))

    at, found = table.find(keys.ravel())

    assert sorted(zip(at.tolist(), found.tolist(), strict=True)) == [(place, place // 3) for place in range(180_000)]
    assert not len(table.find(np.random.default_rng(3).integers(0, 2**64, 20_000, dtype=np.uint64))[0])
    assert table.nbytes <= 180_000 * 8 * 4


def test_keys_at_the_upper_end_do_not_run_out_of_the_table() -> None:
    """Many keys that share the last home slots still find a place and are found again."""
    keys = np.array([(2**38 - 1 - number) << 26 for number in range(4000)], np.uint64)
    table = BandTable(slots=1 << 10)

    table.insert(keys, np.arange(4000))

    assert sorted(table.find(keys)[1].tolist()) == list(range(4000))


def test_a_table_that_is_full_says_so() -> None:
    """A row number beyond 26 bits is an error, not a wrong twin."""
    with pytest.raises(OverflowError, match="67,108,863 rows"):
        BandTable().insert(spread([1]), np.array([1 << 26]))


def test_a_long_restore_does_not_pile_up() -> None:
    """Rows remembered without a look go into the table by themselves, and are found."""
    index = TwinIndex()
    for number in range(10_000):
        index.remember(spread([number]))

    found = index.look([spread([number]) for number in range(10_000)])

    assert found == [[number] for number in range(10_000)]
    assert index.later(spread([7]), 5) == [7]


def _candidates(keys: list[int], rows: list[list[int]], cap: int) -> list[int]:
    found: set[int] = set()
    for key in keys:
        found.update([row for row, have in enumerate(rows) if key in have][:cap])
    return sorted(found)
