"""Who is who among seeds: ids that are unique in a run and the same after every restart."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from typing import Protocol

import orjson

from stream_synth.errors import ConfigError
from stream_synth.values import BadRow, Seed

ID_BYTES = 8  # as 16 hex digits; two of a million rows share one with probability 3e-8, and would be told apart as repeats
_LIKE_A_PASS = re.compile(r"#\d+$")


class SeedSource(Protocol):
    """What a source shows its readers: `protocols.Source`, read-only."""

    @property
    def endless(self) -> bool:
        """It never ends by itself."""
        ...

    def seeds(self) -> Iterator[Seed | BadRow]:
        """Seeds in order, ids not yet made unique."""
        ...


def identified(source: SeedSource, *, passes: int = 1, prefix: str = "") -> Iterator[Seed | BadRow]:
    """The source's seeds with ids unique in a run, `passes` times over.

    An id is `prefix`, the source's own id or else a hash of the fields, and for the n-th row with that id `~n`. The second pass over
    row X gives `X#2` with parent `X`. Ordinals rise by one. A broken row is reported in the first pass only. Memory: 13-27 bytes per
    row, unless the source says its ids are unique.
    """
    if passes > 1 and source.endless:
        raise ConfigError(f"source.passes is {passes}, but the source never ends: there is no second pass")
    if getattr(source, "final_ids", False):
        yield from source.seeds()
        return
    ordinal = 0
    for pass_index in range(passes):
        repeats = None if getattr(source, "unique_ids", False) else Repeats()
        for row in source.seeds():
            if isinstance(row, BadRow):
                if pass_index == 0:
                    yield replace(row, position=prefix + row.position)
                continue
            own = row.id or fields_hash(row)
            if _LIKE_A_PASS.search(own):
                own += "~1"  # else it could be taken for another row's second pass
            parent = prefix + (repeats.name(own) if repeats else own)
            seed_id = parent if pass_index == 0 else f"{parent}#{pass_index + 1}"
            yield replace(row, id=seed_id, parent_id=parent, pass_index=pass_index, ordinal=ordinal)
            ordinal += 1


def fields_hash(seed: Seed) -> str:
    """16 hex digits over the mapped fields, whatever their order."""
    return blake2b(orjson.dumps(seed.fields, option=orjson.OPT_SORT_KEYS), digest_size=ID_BYTES).hexdigest()


class Repeats:
    """Tells the second row with an id from the first: an open-addressing table of 64-bit hashes, at most 60 % full."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._filled = 0
        self._latest: dict[str, int] = {}  # only ids that did repeat

    def name(self, own: str) -> str:
        """The id itself the first time, then `own~2`, `own~3`, and so on."""
        if self._is_new(own):
            return own
        while True:
            number = self._latest.get(own, 1) + 1
            self._latest[own] = number
            if self._is_new(numbered := f"{own}~{number}"):
                return numbered

    def _is_new(self, text: str) -> bool:
        value = int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) or 1  # 0 marks a free slot
        if self._filled * 5 > len(self._slots) * 3:
            self._grow()
        return self._put(value)

    def _put(self, value: int) -> bool:
        slots, mask = self._slots, len(self._slots) - 1
        place = value & mask
        while (there := slots[place]) != value:
            if not there:
                slots[place] = value
                self._filled += 1
                return True
            place = (place + 1) & mask
        return False

    def _grow(self) -> None:
        old, self._slots, self._filled = self._slots, array("Q", bytes(16 * len(self._slots))), 0
        for value in old:
            if value:
                self._put(value)
