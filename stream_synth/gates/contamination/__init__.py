"""The gate against items of benchmarks, and the indexes it compares with."""

from __future__ import annotations

from stream_synth.gates.contamination.gate import BENCHMARKS, Contamination, ContaminationOptions
from stream_synth.gates.contamination.index import Item, ItemIndex, build_index
from stream_synth.gates.contamination.shelf import find_index, known_indexes, user_shelf

__all__ = [
    "BENCHMARKS",
    "Contamination",
    "ContaminationOptions",
    "Item",
    "ItemIndex",
    "build_index",
    "find_index",
    "known_indexes",
    "user_shelf",
]
