"""Rows that say the same as a remembered one in other words: their embeddings are near, and no number, formula or thing differs.

Memory for each remembered row at 128 dimensions: 160 bytes in the index (290 where both sides count) and 22 in the row
store. On disk beside the database: its id and up to 1,000 characters of each side in `semantic_duplicate.rows`, and 291
in the cache that brings a million rows back in some 4 s without embedding them again. With the bundled model a
300-character row costs 160 (English) to 300 µs (Chinese).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates.against import Elsewhere
from stream_synth.gates.embedding import BUNDLED, Bundled, load_embedder, thresholds
from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.gates.row_store import RowStore, parent_key
from stream_synth.gates.semantic_memory import SemanticMemory
from stream_synth.gates.taught import exempt, taught
from stream_synth.gates.template_twin import TemplateTwins
from stream_synth.gates.vector_index import Hit, quantised
from stream_synth.text import language
from stream_synth.values import DedupOn, Sample, Verdict

_KINDS: tuple[DedupOn, ...] = ("prompt", "response", "both")
_PASSED = Verdict("semantic_duplicate", passed=True)
_ANSWER_SLACK = 0.25  # answers to one question differ more than its wordings: they must be related, not alike (unrelated ones: 0.1 to 0.5)
_KEPT_CHARACTERS = 1000  # of each side, for the guard: what sets two texts of one template apart stands early


@dataclass(frozen=True, slots=True)
class SemanticOptions:
    """By which model, and from which cosine on, two texts say the same."""

    model: str = BUNDLED  # `bundled`, or a sentence-transformers hub id or folder
    threshold: float | None = None  # cosine; None: calibrated for the model and the language of the texts
    templates: bool = True  # same wording with other numbers, formulas, names or things is no duplicate
    against: tuple[str, ...] = field(
        default=(),
        metadata={"help": "run directories and data files (JSONL, Parquet, CSV) whose rows new ones may not repeat", "paths": True},
    )
    device: str | None = None  # for a model other than bundled: cpu, cuda, ...; None: a GPU where there is one

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ConfigError(f"semantic_duplicate.threshold is {self.threshold}: a cosine of texts lies above 0 and up to 1")


@dataclass(slots=True)
class _Meant:
    """One row's vector for the index: of the side that counts, or of both sides one after the other."""

    key: NDArray[np.float32]
    seen: int = 0  # rows remembered when it was last looked at


class SemanticDuplicate(AsksNobody):
    """Rejects a row that says the same as a remembered one.

    Which text counts is the row's `dedup_on`; with "both" the prompts must say the same and the answers must be
    related. Rows of one parent share their prompt by design: between them only the answers count, and with
    `dedup_on="prompt"` nothing does. A text that the model knows nothing of passes. Evidence: `duplicate_of` (the
    earliest such row) and `similarity` (cosine of the side that decided). Beyond some 35,000 rows the index is
    approximate: a few in a hundred neighbours at the threshold are missed.
    """

    name = "semantic_duplicate"
    Options = SemanticOptions

    def __init__(self, options: SemanticOptions, home: GateHome) -> None:
        self.options = options
        self._embedder = load_embedder(options.model, options.device)
        self._thresholds = thresholds(self._embedder) if options.threshold is None else None
        self._least = options.threshold if self._thresholds is None else self._thresholds.least
        words = self._embedder if isinstance(self._embedder, Bundled) else Bundled()
        self._templates = TemplateTwins(words) if options.templates else None
        stamp = f"semantic_duplicate {self._embedder.name} {_KEPT_CHARACTERS}"
        self._rows = RowStore(home.file("semantic_duplicate.rows"), stamp, facts=5 + 2 * self._embedder.dim)
        self._memories: dict[DedupOn, SemanticMemory] = {}
        self._elsewhere = Elsewhere(options.against, self.name)

    def measure(self, batch: Sequence[Sample]) -> list[_Meant]:
        """Each text is embedded once, however many rows of the batch share it."""
        sides = [taught(sample) for sample in batch]
        texts = list(dict.fromkeys(text for pair in sides for text in pair if text))
        vectors = dict(zip(texts, self._embedder.encode(texts), strict=True)) if texts else {}
        nothing = np.zeros(self._embedder.dim, np.float32)
        return [
            _Meant(_key(sample.dedup_on, vectors.get(prompt, nothing), vectors.get(response, nothing)))
            for sample, (prompt, response) in zip(batch, sides, strict=True)
        ]

    def look(self, batch: Sequence[Sample], measured: Sequence[_Meant]) -> list[Verdict | None]:
        """Against everything remembered before this batch."""
        self._elsewhere.remembered_by(self)
        verdicts: list[Verdict | None] = [None] * len(batch)
        for kind, memory in self._memories.items():
            places = [place for place, sample in enumerate(batch) if sample.dedup_on == kind]
            if places:
                found = memory.look(np.stack([measured[place].key for place in places]), self._bar(kind))
                for place, hits in zip(places, found, strict=True):
                    verdicts[place] = self._against(batch[place], measured[place], hits)
        for meant in measured:
            meant.seen = len(self._rows)
        return verdicts

    def admit(self, sample: Sample, measured: _Meant) -> Verdict:
        """Against what was remembered since the look."""
        memory = self._memories.get(sample.dedup_on)
        if memory is None or measured.seen >= len(self._rows):
            return _PASSED
        hits = memory.later(measured.key, self._bar(sample.dedup_on), measured.seen)
        return self._against(sample, measured, hits) or _PASSED

    def remember(self, sample: Sample, measured: _Meant) -> None:
        """Later rows may not say the same."""
        self._elsewhere.remembered_by(self)
        self.keep(sample, measured)

    def keep(self, sample: Sample, measured: _Meant) -> None:
        """Remember one row, of this run or from elsewhere."""
        row = len(self._rows)
        prompt, response = (side[:_KEPT_CHARACTERS].encode("utf-8", "surrogatepass") for side in taught(sample))
        self._rows.append(sample, len(prompt).to_bytes(4, "little") + prompt + response, _packed(sample.dedup_on, measured.key))
        if measured.key.any():
            self._memory(sample.dedup_on).remember(row, measured.key)

    def recall(self, batch: Sequence[Sample]) -> bool:
        """Remember rows of an earlier run from the cache beside the database; False when it does not hold them all."""
        self._elsewhere.remembered_by(self)
        return self.bring_back(batch)

    def bring_back(self, batch: Sequence[Sample]) -> bool:
        """The same of rows from anywhere."""
        first = len(self._rows)
        facts = self._rows.recall(batch)
        if facts is None:
            return False
        for kind in _KINDS:
            rows = np.flatnonzero(facts[:, 0] == _KINDS.index(kind) + 1)
            if len(rows):
                memory = self._memory(kind)
                memory.restore(rows + first, _unpacked(facts[rows], memory.dim))
        return True

    def close(self) -> None:
        """Release the file."""
        self._rows.close()

    def _memory(self, kind: DedupOn) -> SemanticMemory:
        if kind not in self._memories:
            self._memories[kind] = SemanticMemory(self._embedder.dim * (2 if kind == "both" else 1))
        return self._memories[kind]

    def _bar(self, kind: DedupOn) -> float:
        """The least cosine of two keys that can still be a duplicate; with both sides it is the mean of theirs."""
        return (self._least or 0) - (_ANSWER_SLACK / 2 if kind == "both" else 0) - 0.01  # the index is right to 0.01

    def _against(self, sample: Sample, meant: _Meant, hits: Sequence[Hit]) -> Verdict | None:
        """The earliest candidate that truly says the same."""
        parent = parent_key(sample)
        for hit in hits:
            siblings = parent != 0 and self._rows.parent(hit.row) == parent
            if siblings and exempt(sample):
                continue
            similarity = self._same(sample, meant, hit, siblings=siblings)
            if similarity is not None:
                evidence = {"duplicate_of": self._rows.id(hit.row), "similarity": round(similarity, 4)}
                return Verdict(self.name, passed=False, reason="semantic_duplicate", evidence=evidence)
        return None

    def _same(self, sample: Sample, meant: _Meant, hit: Hit, *, siblings: bool) -> float | None:
        """The cosine by which the row says the same as the remembered one, or None."""
        prompts, responses = _cosines(sample.dedup_on, meant.key, hit.vector)
        side = 1 if siblings or prompts is None else 0
        cosine = (prompts, responses)[side]
        mine, kept = taught(sample)[side][:_KEPT_CHARACTERS], _kept(self._rows.payload(hit.row))[side]
        least = self._threshold(mine, kept)
        if cosine is None or least is None or cosine < least:
            return None
        if side == 0 and responses is not None and responses < least - _ANSWER_SLACK:
            return None
        if self._templates is not None and self._templates.difference(mine, kept):
            return None
        return cosine

    def _threshold(self, one: str, other: str) -> float | None:
        if self._thresholds is None:
            return self.options.threshold
        return self._thresholds.of(_language(one), _language(other))


@lru_cache(1 << 12)
def _language(text: str) -> str:
    """Of a row and its neighbours, which it shares with the rows before it."""
    return language(text)


def _key(kind: DedupOn, prompt: NDArray[np.float32], response: NDArray[np.float32]) -> NDArray[np.float32]:
    """Both sides one after the other, brought to length 1: the product of two keys is the mean of the sides' cosines."""
    if kind != "both":
        return prompt if kind == "prompt" else response
    key = np.concatenate([prompt, response])
    return key * np.float32(0.5**0.5) if prompt.any() and response.any() else key


def _cosines(kind: DedupOn, one: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[float | None, float | None]:
    """Cosine of the prompts and of the responses; None for a side that neither has, -1 for one that only one has."""
    if kind != "both":
        cosine = float(one @ other)
        return (cosine, None) if kind == "prompt" else (None, cosine)
    half = len(one) // 2
    return _cosine(one[:half], other[:half]), _cosine(one[half:], other[half:])


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float | None:
    lengths = float(np.linalg.norm(one)), float(np.linalg.norm(other))
    if not any(lengths):
        return None
    return float(one @ other) / (lengths[0] * lengths[1]) if all(lengths) else -1.0


def _packed(kind: DedupOn, key: NDArray[np.float32]) -> bytes:
    """What the cache keeps: the kind (0 for a row that nobody shall find), the scale, the key as int8."""
    codes, scales = quantised(key[None])
    return bytes([_KINDS.index(kind) + 1 if key.any() else 0]) + scales.tobytes() + codes.tobytes()


def _unpacked(facts: NDArray[np.uint8], dim: int) -> NDArray[np.float32]:
    scales = np.ascontiguousarray(facts[:, 1:5]).view(np.float32)
    return facts[:, 5 : 5 + dim].view(np.int8) * scales


def _kept(payload: bytes) -> tuple[str, str]:
    """The prompt and the response that were kept."""
    size = 4 + int.from_bytes(payload[:4], "little")
    return payload[4:size].decode("utf-8", "surrogatepass"), payload[size:].decode("utf-8", "surrogatepass")
