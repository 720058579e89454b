"""What belongs to a method, by its label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class ByLabel(Mapping[str, Value]):
    """A mapping in which a single method answers to every label: rows of an earlier run keep theirs, whoever judges them now."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self._only = tuple(values.values()) if len(values) == 1 else ()

    def __getitem__(self, label: str) -> Value:
        return self._only[0] if self._only else self._values[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
