"""Rows that say the same as a remembered one in other words: their embeddings are near, and no number, formula or thing differs.

Memory for each remembered row at 128 dimensions: 160 bytes in the index (290 where both sides count), 32 for its numbers
and 22 in the row store. On disk beside the database: its id and 4 bytes for each word, number and symbol in the first 1,000
characters of each side in `semantic_duplicate.rows`, and 323 in the cache that brings a million rows back in some 4 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stream_synth.errors import ConfigError
from stream_synth.gates.against import Elsewhere
from stream_synth.gates.embedding import BUNDLED, Bundled, load_embedder, thresholds
from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.gates.keeping import HELP, Keep, checked, marked, put_off
from stream_synth.gates.row_store import RowStore, parent_key
from stream_synth.gates.semantic_memory import SemanticMemory
from stream_synth.gates.taught import exempt, taught
from stream_synth.gates.template_twin import SHARED, TemplateTwins, sure_of_other_numbers
from stream_synth.gates.vector_index import Near, quantised
from stream_synth.gates.wording import READ_CHARACTERS, SKETCH, Wording
from stream_synth.values import DedupOn, Sample, Verdict

_KINDS: tuple[DedupOn, ...] = ("prompt", "response", "both")
_PASSED = Verdict("semantic_duplicate", passed=True)
_ANSWER_SLACK = 0.25  # answers to one question differ more than its wordings: they must be related, not alike (unrelated ones: 0.1 to 0.5)
_UNREAD = Wording.of("", ())


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
    keep: Keep = field(default="first", metadata={"help": HELP})

    def __post_init__(self) -> None:
        checked(self.keep, "semantic_duplicate")
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise ConfigError(f"semantic_duplicate.threshold is {self.threshold}: a cosine of texts lies above 0 and up to 1")


@dataclass(slots=True)
class _Meant:
    """One row: its vector as from `_key`, and the wording of its prompt and of its response, empty for one that does not count."""

    key: NDArray[np.float32]
    wordings: tuple[Wording, Wording]
    seen: int = 0  # rows remembered when it was last looked at
    found: Verdict | None = None  # a rejection that waits for `admit`


class SemanticDuplicate(AsksNobody):
    """Rejects a row that says the same as a remembered one.

    Which text counts is the row's `dedup_on`; with "both" the prompts must say the same and the answers must be
    related. With the bundled model, which knows words and not their order, two fifths of the words must also be shared:
    many words taken together lie near many others. Rows of one parent share their prompt by design: between them only
    the answers count, and with `dedup_on="prompt"` nothing does. A text that the model knows nothing of passes.
    Evidence: `duplicate_of` (the earliest such row) and `similarity` (cosine of the side that decided). Beyond some
    35,000 rows the index is approximate: a few in a hundred neighbours at the threshold are missed.
    """

    name = "semantic_duplicate"
    Options = SemanticOptions

    def __init__(self, options: SemanticOptions, home: GateHome) -> None:
        self.options = options
        self._embedder = load_embedder(options.model, options.device)
        self._thresholds = thresholds(self._embedder) if options.threshold is None else None
        self._least = self._thresholds.least if self._thresholds else options.threshold or 0.0
        self._bundled = self._embedder if isinstance(self._embedder, Bundled) else Bundled()
        self._twins = TemplateTwins(self._bundled)
        stamp = f"semantic_duplicate 2 {self._embedder.name} {self._bundled.name} {READ_CHARACTERS}"
        self._rows = RowStore(home.file("semantic_duplicate.rows"), stamp, facts=SKETCH + 5 + 2 * self._embedder.dim)
        self._sketches = np.empty((256, SKETCH), np.uint8)
        self._memories: dict[DedupOn, SemanticMemory] = {}
        self._elsewhere = Elsewhere(options.against, self.name)

    def measure(self, batch: Sequence[Sample]) -> list[_Meant]:
        """Each text is read and embedded once, however many rows of the batch share it."""
        sides = [taught(sample) for sample in batch]
        texts = list(dict.fromkeys(text for pair in sides for text in pair if text))
        words = [self._bundled.words(text) for text in texts]
        encoded = self._bundled.of_words(words) if self._embedder is self._bundled else self._embedder.encode(texts)
        vectors = dict(zip(texts, encoded, strict=True)) | {"": np.zeros(self._embedder.dim, np.float32)}
        wordings = {text: self._twins.wording(text, known) for text, known in zip(texts, words, strict=True)} | {"": _UNREAD}
        return [
            _Meant(_key(sample.dedup_on, vectors[prompt], vectors[response]), (wordings[prompt], wordings[response]))
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
                for place, near in zip(places, found, strict=True):
                    verdicts[place] = self._against(batch[place], measured[place], near)
        for meant in measured:
            meant.seen = len(self._rows)
        return put_off(self.options.keep, measured, verdicts)

    def admit(self, sample: Sample, measured: _Meant) -> Verdict:
        """Against what was remembered since the look."""
        if measured.found is not None:
            return measured.found
        memory = self._memories.get(sample.dedup_on)
        if memory is None or measured.seen >= len(self._rows):
            return _PASSED
        near = memory.later(measured.key, self._bar(sample.dedup_on), measured.seen)
        return self._against(sample, measured, near) or _PASSED

    def remember(self, sample: Sample, measured: _Meant) -> None:
        """Later rows may not say the same."""
        self._elsewhere.remembered_by(self)
        self.keep(sample, measured)

    def keep(self, sample: Sample, measured: _Meant) -> None:
        """Remember one row, of this run or from elsewhere."""
        row, sketch = len(self._rows), _decisive(sample.dedup_on, measured.wordings).sketch()
        prompt, response = (wording.packed() for wording in measured.wordings)
        facts = sketch.tobytes() + _packed(sample.dedup_on, measured.key)
        self._rows.append(sample, len(prompt).to_bytes(4, "little") + prompt + response, facts)
        self._draw(row, sketch[None])
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
        self._draw(first, facts[:, :SKETCH])
        facts = facts[:, SKETCH:]
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
        return self._least - (_ANSWER_SLACK / 2 if kind == "both" else 0) - 0.01  # the index is right to 0.01

    def _draw(self, first: int, sketches: NDArray[np.uint8]) -> None:
        """Keep the sketches of rows from number `first` on."""
        end = first + len(sketches)
        if end > len(self._sketches):
            larger = np.empty((max(end, len(self._sketches) * 5 // 4), SKETCH), np.uint8)
            larger[:first] = self._sketches[:first]
            self._sketches = larger
        self._sketches[first:end] = sketches

    def _against(self, sample: Sample, meant: _Meant, near: Near) -> Verdict | None:
        """The earliest candidate that truly says the same."""
        if not len(near):
            return None
        parent = parent_key(sample)
        siblings = np.array([parent != 0 and self._rows.parent(row) == parent for row in near.rows.tolist()])
        prompts, responses = _cosines(sample.dedup_on, meant.key, near.vectors)
        by_response = siblings if sample.dedup_on != "response" else np.ones(len(near), bool)
        by_response = by_response | np.isnan(prompts)
        similarity = np.where(by_response, responses, prompts)
        near_enough = similarity >= self._least
        near_enough &= by_response | ~(responses < self._least - _ANSWER_SLACK)
        if exempt(sample):
            near_enough &= ~siblings
        sketch = _decisive(sample.dedup_on, meant.wordings).sketch()
        other = sure_of_other_numbers(sketch, self._sketches[near.rows]) if self.options.templates else np.zeros(len(near), bool)
        near_enough &= ~other | (by_response & (sample.dedup_on != "response"))  # sketched is the prompt where there is one
        for place in np.flatnonzero(near_enough).tolist():
            row, cosine, side = int(near.rows[place]), float(similarity[place]), int(by_response[place])
            if self._same(meant.wordings[side], self._kept(row)[side], cosine, float(np.nan if side else responses[place])):
                evidence = {"duplicate_of": self._rows.id(row), "similarity": round(cosine, 4)}
                return Verdict(self.name, passed=False, reason="semantic_duplicate", evidence=marked(self.options.keep, evidence))
        return None

    def _same(self, mine: Wording, kept: Wording, cosine: float, responses: float) -> bool:
        """Whether two texts of this cosine say the same, given the cosine of their responses where that counts as well."""
        least = self.options.threshold if self._thresholds is None else self._thresholds.of(mine.language, kept.language)
        if least is None or cosine < least or responses < least - _ANSWER_SLACK:
            return False
        if self._embedder is self._bundled and self._twins.shared(mine, kept) < SHARED:
            return False
        return not (self.options.templates and self._twins.difference(mine, kept))

    def _kept(self, row: int) -> tuple[Wording, Wording]:
        """The prompt and the response that were kept."""
        payload = self._rows.payload(row)
        size = 4 + int.from_bytes(payload[:4], "little")
        return Wording.unpacked(payload[4:size]), Wording.unpacked(payload[size:])


def _decisive(kind: DedupOn, wordings: tuple[Wording, Wording]) -> Wording:
    """Of the side by which rows of different parents are compared."""
    return wordings[1] if kind == "response" else wordings[0]


def _key(kind: DedupOn, prompt: NDArray[np.float32], response: NDArray[np.float32]) -> NDArray[np.float32]:
    """One side, or both in turn (so that half of a key tells of both): the product of two keys is the mean of the sides' cosines."""
    if kind != "both":
        return prompt if kind == "prompt" else response
    key = np.stack([prompt, response], axis=1).ravel()
    return key * np.float32(0.5**0.5) if prompt.any() and response.any() else key


def _cosines(kind: DedupOn, key: NDArray[np.float32], others: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Cosines of the prompts and of the responses with each other key (one a line); NaN for a side neither has, -1 where one lacks it."""
    if kind != "both":
        cosines, none = others @ key, np.full(len(others), np.nan, np.float32)
        return (cosines, none) if kind == "prompt" else (none, cosines)
    return _of_side(key[::2], others[:, ::2]), _of_side(key[1::2], others[:, 1::2])


def _of_side(one: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    length, lengths = float(np.linalg.norm(one)), np.linalg.norm(others, axis=1)
    if not length:
        return np.where(lengths > 0, -1, np.nan).astype(np.float32)
    return np.where(lengths > 0, others @ one / (length * np.where(lengths > 0, lengths, 1)), -1).astype(np.float32)


def _packed(kind: DedupOn, key: NDArray[np.float32]) -> bytes:
    """What the cache keeps: the kind (0 for a row that nobody shall find), the scale, the key as int8."""
    codes, scales = quantised(key[None])
    return bytes([_KINDS.index(kind) + 1 if key.any() else 0]) + scales.tobytes() + codes.tobytes()


def _unpacked(facts: NDArray[np.uint8], dim: int) -> NDArray[np.float32]:
    scales = np.ascontiguousarray(facts[:, 1:5]).view(np.float32)
    return facts[:, 5 : 5 + dim].view(np.int8) * scales
