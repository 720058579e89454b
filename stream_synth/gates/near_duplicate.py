"""Rows that share most of their shingles with a remembered one: MinHash-LSH finds candidates, the true Jaccard decides.

Memory for each remembered row, at 18 bands and 200 shingles: 240 to 390 bytes in the table (8 for each band at a load of
0.37 to 0.6) and 22 in the row store. On disk beside the database: its id and 4 bytes a shingle, some 820, in
`near_duplicate.shingles`, and 174 in the cache that brings a million rows back in 5 s. A batch of 300-character rows
costs 30 to 40 µs a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates.against import Elsewhere
from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.gates.keeping import HELP, Keep, marked, put_off
from stream_synth.gates.keeping import checked as keep_checked
from stream_synth.gates.row_store import RowStore, parent_key
from stream_synth.gates.signature import Permutations, band_keys
from stream_synth.gates.taught import taught
from stream_synth.gates.twin_index import TwinIndex
from stream_synth.text import VERSION, normalise, shingle_hashes
from stream_synth.values import DedupOn, Sample, Verdict

_PASSED = Verdict("near_duplicate", passed=True)
_CAUGHT_AT_THRESHOLD = 0.98  # the share of pairs exactly at the threshold that must become candidates
_KIND_SALT: dict[DedupOn, int] = {"prompt": 0x9AE16A3B2F90404F, "response": 0xC949C7DEFC0C0A27, "both": 0}
_NO_KEYS = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class NearOptions:
    """What counts as nearly the same, and how it is looked for."""

    threshold: float = 0.8  # true Jaccard of the shingle sets (the usual value: text-dedup, NeMo Curator, datasketch examples)
    ngram: int = 5  # tokens in a shingle: words, or Chinese characters
    num_perm: int = 128
    bands: int | None = None  # None: chosen from the threshold; 18 bands of 7 at 0.8 catch 98.5 % of pairs at 0.8, all but 1 in 600 at 0.85
    rows: int | None = None
    min_tokens: int = 8  # shorter texts have too few shingles for a Jaccard to mean much: left to exact_duplicate
    against: tuple[str, ...] = field(
        default=(),
        metadata={"help": "run directories and data files (JSONL, Parquet, CSV) whose rows new ones may not come near", "paths": True},
    )
    keep: Keep = field(default="first", metadata={"help": HELP})

    def __post_init__(self) -> None:
        keep_checked(self.keep, "near_duplicate")
        if not 0 < self.threshold <= 1:
            raise ConfigError(f"near_duplicate.threshold is {self.threshold}: a Jaccard similarity lies above 0 and up to 1")
        if min(self.ngram, self.num_perm) < 1:
            raise ConfigError("near_duplicate.ngram and num_perm count something: at least 1")
        bands, rows = self.shape()
        if min(bands, rows) < 1 or bands * rows > self.num_perm:
            raise ConfigError(f"near_duplicate: {bands} bands of {rows} rows do not fit num_perm {self.num_perm}; raise it or lower bands")

    def shape(self) -> tuple[int, int]:
        """Bands and rows: as set, else the longest rows that still catch 98 % of pairs at the threshold."""
        if self.rows is not None:
            return self.bands or self.num_perm // max(self.rows, 1), self.rows
        for rows in range(self.num_perm, 1, -1):
            bands = self.bands or self.num_perm // rows
            if bands * rows <= self.num_perm and 1 - (1 - self.threshold**rows) ** bands >= _CAUGHT_AT_THRESHOLD:
                return bands, rows
        return self.bands or self.num_perm, 1


@dataclass(slots=True)
class _Signed:
    """What is known of one row: its band keys and the sorted shingle hashes of its two sides."""

    keys: NDArray[np.uint64]
    prompt: NDArray[np.uint32]
    response: NDArray[np.uint32]
    seen: int = 0  # rows remembered when it was last looked at
    found: Verdict | None = None  # a rejection that waits for `admit`

    def payload(self) -> bytes:
        """For the row store: size of the response side, then both sides."""
        return len(self.response).to_bytes(4, "little") + self.response.tobytes() + self.prompt.tobytes()


class NearDuplicate(AsksNobody):
    """Rejects a row whose shingles overlap with a remembered row's by `threshold` or more.

    Evidence: `duplicate_of` (the earliest such row) and `similarity` (true Jaccard). Rows that declare another
    `dedup_on` are not compared. Rows of one parent share their prompt by design: between them only the responses
    count, and with `dedup_on="prompt"` nothing does.
    """

    name = "near_duplicate"
    Options = NearOptions

    def __init__(self, options: NearOptions, home: GateHome) -> None:
        self.options = options
        self._bands = options.shape()
        self._permutations = Permutations(options.num_perm)
        stamp = f"near_duplicate {VERSION} {options.ngram} {options.num_perm} {self._bands} {options.min_tokens}"
        self._rows = RowStore(home.file("near_duplicate.shingles"), stamp, facts=8 * self._bands[0])
        self._index = TwinIndex()
        self._elsewhere = Elsewhere(options.against, self.name)

    def measure(self, batch: Sequence[Sample]) -> list[_Signed]:
        """Signatures of the whole batch in a few array operations."""
        shingles = shingle_hashes([normalise(side) for sample in batch for side in taught(sample)], self.options.ngram)
        hashes, offsets = _sets(shingles.hashes, shingles.offsets)
        keys = band_keys(self._permutations.signatures(hashes, offsets[::2]), *self._bands)
        keys ^= np.array([_KIND_SALT[sample.dedup_on] for sample in batch], np.uint64)[:, None]
        long_enough = ((shingles.tokens[::2] + shingles.tokens[1::2]) >= self.options.min_tokens).tolist()
        borders = offsets.tolist()
        return [
            _Signed(
                keys[row] if long_enough[row] else _NO_KEYS,
                hashes[borders[2 * row] : borders[2 * row + 1]],
                hashes[borders[2 * row + 1] : borders[2 * row + 2]],
            )
            for row in range(len(batch))
        ]

    def look(self, batch: Sequence[Sample], measured: Sequence[_Signed]) -> list[Verdict | None]:
        """Against everything remembered before this batch."""
        self._elsewhere.remembered_by(self)
        found = self._index.look([signed.keys for signed in measured])
        verdicts: list[Verdict | None] = []
        for sample, signed, rows in zip(batch, measured, found, strict=True):
            signed.seen = len(self._index)
            verdicts.append(self._against(sample, signed, rows) if rows else None)
        return put_off(self.options.keep, measured, verdicts)

    def admit(self, sample: Sample, measured: _Signed) -> Verdict:
        """Against what was remembered since the look."""
        if measured.found is not None:
            return measured.found
        rows = self._index.later(measured.keys, measured.seen)
        return (self._against(sample, measured, rows) if rows else None) or _PASSED

    def remember(self, sample: Sample, measured: _Signed) -> None:
        """Later rows may not come near this one."""
        self._elsewhere.remembered_by(self)
        self.keep(sample, measured)

    def keep(self, sample: Sample, measured: _Signed) -> None:
        """Remember one row, of this run or from elsewhere."""
        self._rows.append(sample, measured.payload(), measured.keys.tobytes())
        self._index.remember(measured.keys)

    def recall(self, batch: Sequence[Sample]) -> bool:
        """Remember rows of an earlier run from the cache beside the database; False when it does not hold them all."""
        self._elsewhere.remembered_by(self)
        return self.bring_back(batch)

    def bring_back(self, batch: Sequence[Sample]) -> bool:
        """The same of rows from anywhere."""
        facts = self._rows.recall(batch)
        if facts is not None:
            self._index.restore(facts.view(np.uint64))
        return facts is not None

    def close(self) -> None:
        """Release the file."""
        self._rows.close()

    def _against(self, sample: Sample, signed: _Signed, rows: Sequence[int]) -> Verdict | None:
        """The earliest candidate that truly is a twin."""
        parent = parent_key(sample)
        for row in rows:
            siblings = parent != 0 and self._rows.parent(row) == parent
            if siblings and sample.dedup_on == "prompt":
                continue
            similarity = _similarity(signed, self._rows.payload(row), response_only=siblings)
            if similarity >= self.options.threshold:
                evidence = {"duplicate_of": self._rows.id(row), "similarity": round(similarity, 4)}
                return Verdict(self.name, passed=False, reason="near_duplicate", evidence=marked(self.options.keep, evidence))
        return None


def _sets(hashes: NDArray[np.uint64], offsets: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Each text's shingles as a sorted set of the upper 32 bits of their hashes."""
    texts = np.arange(len(offsets) - 1, dtype=np.uint64)
    keyed = (np.repeat(texts, np.diff(offsets)) << np.uint64(32)) | (hashes >> np.uint64(32))
    keyed.sort()
    if len(keyed):
        first = np.ones(len(keyed), bool)
        first[1:] = keyed[1:] != keyed[:-1]
        keyed = keyed[first]
    borders = np.searchsorted(keyed, np.arange(len(offsets), dtype=np.uint64) << np.uint64(32))
    return keyed.astype(np.uint32), borders


def _similarity(signed: _Signed, payload: bytes, *, response_only: bool) -> float:
    numbers = np.frombuffer(payload, np.uint32)
    response, prompt = numbers[1 : 1 + numbers[0]], numbers[1 + numbers[0] :]
    if response_only:
        return _jaccard(signed.response, response)
    return _jaccard(_union(signed.response, signed.prompt), _union(response, prompt))


def _union(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.uint32]:
    if not len(one) or not len(other):
        return one if len(one) else other
    return np.union1d(one, other)


def _jaccard(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """Of two sets without repetition; 0 where either is empty."""
    if not len(one) or not len(other):
        return 0.0
    both = np.concatenate([one, other])
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)
