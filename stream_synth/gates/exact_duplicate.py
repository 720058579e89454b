"""Rows whose taught text is the same but for spelling: case, width, invisible characters, whitespace.

Memory for each remembered row: 16 bytes in the table, 22 in the row store, 8 of the recent list at most; its id and a
16-byte key stand in `exact_duplicate.rows` beside the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.gates.row_store import RowStore, parent_key
from stream_synth.gates.taught import exempt, taught
from stream_synth.gates.twin_index import TwinIndex
from stream_synth.text import VERSION, squeezed
from stream_synth.values import Sample, Verdict

_PASSED = Verdict("exact_duplicate", passed=True)


@dataclass(frozen=True, slots=True)
class ExactOptions:
    """Nothing to set."""


@dataclass(slots=True)
class _Text:
    digest: bytes
    key: NDArray[np.uint64]
    seen: int = 0  # rows remembered when it was last looked at


class ExactDuplicate(AsksNobody):
    """Rejects a row equal to a remembered one. Evidence: `duplicate_of`, `similarity`."""

    name = "exact_duplicate"
    Options = ExactOptions

    def __init__(self, options: ExactOptions, home: GateHome) -> None:
        self.options = options
        self._rows = RowStore(home.file("exact_duplicate.rows"), f"exact_duplicate {VERSION}", facts=8)
        self._index = TwinIndex()

    def measure(self, batch: Sequence[Sample]) -> list[_Text]:
        """One 128-bit hash a row."""
        digests = [_digest(sample) for sample in batch]
        keys = np.frombuffer(b"".join(digests), ">u8").astype(np.uint64).reshape(len(batch), 2)
        return [_Text(digest, keys[place, :1]) for place, digest in enumerate(digests)]

    def look(self, batch: Sequence[Sample], measured: Sequence[_Text]) -> list[Verdict | None]:
        """Against everything remembered before this batch."""
        found = self._index.look([text.key for text in measured])
        verdicts = []
        for sample, text, rows in zip(batch, measured, found, strict=True):
            text.seen = len(self._index)
            verdicts.append(self._against(sample, text, rows) if rows else None)
        return verdicts

    def admit(self, sample: Sample, measured: _Text) -> Verdict:
        """Against what was remembered since the look."""
        rows = self._index.later(measured.key, measured.seen)
        return (self._against(sample, measured, rows) if rows else None) or _PASSED

    def remember(self, sample: Sample, measured: _Text) -> None:
        """Later rows may not repeat this one."""
        self._rows.append(sample, measured.digest, measured.key.tobytes())
        self._index.remember(measured.key)

    def recall(self, batch: Sequence[Sample]) -> bool:
        """Remember rows of an earlier run from the cache beside the database; False when it does not hold them all."""
        facts = self._rows.recall(batch)
        if facts is not None:
            self._index.restore(facts.view(np.uint64))
        return facts is not None

    def close(self) -> None:
        """Release the file."""
        self._rows.close()

    def _against(self, sample: Sample, text: _Text, rows: Sequence[int]) -> Verdict | None:
        for row in rows:
            if exempt(sample) and self._rows.parent(row) == parent_key(sample) != 0:
                continue
            if self._rows.payload(row) == text.digest:
                evidence = {"duplicate_of": self._rows.id(row), "similarity": 1.0}
                return Verdict(self.name, passed=False, reason="exact_duplicate", evidence=evidence)
        return None


def _digest(sample: Sample) -> bytes:
    """Of both sides and their kind: a prompt never equals a response. One pass over the joined text costs half of two."""
    prompt, response = taught(sample)
    text = squeezed(f"{sample.dedup_on} \x00\x1e\x00 {prompt} \x00\x1e\x00 {response}")
    return xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))
