"""What indexes there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stream_synth.gates.contamination import ItemIndex, known_indexes, user_shelf


@dataclass(frozen=True, slots=True)
class Listed:
    """One index, for a table."""

    name: str
    items: int
    ngrams: int
    kilobytes: int
    whose: str  # shipped, yours
    about: str
    path: Path


def listed() -> Iterator[Listed]:
    """Every index that the gate can name."""
    for name, path in known_indexes().items():
        index = ItemIndex.load(path)
        whose = "yours" if path.parent == user_shelf() else "shipped"
        about = ", ".join(str(value) for value in index.about.values())
        yield Listed(name, len(index), len(index.grams), path.stat().st_size >> 10, whose, about, path)
