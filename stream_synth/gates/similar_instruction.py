"""Instructions that say nearly what an earlier one said: Self-Instruct's filter, ROUGE-L against seed tasks and accepted rows.

Exact: a row is compared in full unless lengths and token sets prove that it cannot reach the threshold. Memory for each
remembered row: its tokens at 4 bytes each, 36 bytes of bounds, and its id, together about 250 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from operator import itemgetter

import numpy as np

from stream_synth.errors import ConfigError
from stream_synth.gates.against import Elsewhere
from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.gates.instruction_pool import InstructionPool, Known
from stream_synth.gates.row_store import parent_key
from stream_synth.text.language import language
from stream_synth.text.rouge import SAME_INSTRUCTION, coded
from stream_synth.values import Sample, Verdict

WHOLE_POOL = 1_000_000  # tokens remembered: up to here each new row is compared with all of them, for its neighbours: at most 20 ms


@dataclass(frozen=True, slots=True)
class SimilarOptions:
    """How alike two instructions may be."""

    threshold: float = field(default=SAME_INSTRUCTION["en"], metadata={"help": "ROUGE-L F1 above which a row goes (Self-Instruct: 0.7)"})
    threshold_zh: float = field(
        default=SAME_INSTRUCTION["zh"], metadata={"help": "the same on Chinese characters, where unrelated pairs are less alike"}
    )
    neighbours: int = field(
        default=10,
        metadata={
            "help": f"most similar rows named in meta, with the mean over all; none when 0, or once {WHOLE_POOL:,} tokens are remembered"
        },
    )
    against: tuple[str, ...] = field(
        default=(),
        metadata={"help": "seed tasks, data files (JSONL, Parquet, CSV) and run directories to compare with as well", "paths": True},
    )

    def __post_init__(self) -> None:
        for name, value in (("threshold", self.threshold), ("threshold_zh", self.threshold_zh)):
            if not 0 < value <= 1:
                raise ConfigError(f"similar_instruction.{name} is {value}: ROUGE-L lies between 0 and 1")
        if self.neighbours < 0:
            raise ConfigError(f"similar_instruction.neighbours is {self.neighbours}: give 0 or more")


@dataclass(slots=True)
class _Read:
    """One row's instruction, and what it was found to be like so far."""

    known: Known
    limit: float
    seen: int = 0  # rows remembered when it was last compared
    whole: bool = False  # compared with all of them
    nearest: list[tuple[float, int]] = field(default_factory=list)
    total: float = 0.0  # of the similarities to all rows seen


class SimilarInstruction(AsksNobody):
    """Rejects a row whose instruction has a ROUGE-L F1 above the threshold with a remembered one. Evidence: `duplicate_of`, `similarity`.

    The instruction is `meta.instruction`, where a recipe tells it from its input, else the prompt. Rows of one parent with the
    same instruction are one task with several inputs or answers: they are not held against each other. A row that passes carries
    `meta.most_similar` (id: similarity) and `meta.mean_similarity`.
    """

    name = "similar_instruction"
    Options = SimilarOptions

    def __init__(self, options: SimilarOptions, home: GateHome) -> None:
        del home  # a resumed run shows its rows again: 10 µs each
        self.options = options
        self._pool = InstructionPool()
        self._elsewhere = Elsewhere(options.against, self.name)

    def measure(self, batch: Sequence[Sample]) -> list[_Read]:
        """The instructions, coded for comparison."""
        options, texts = self.options, [instruction_of(sample) for sample in batch]
        return [
            _Read(Known(sample.id, parent_key(sample), code), options.threshold_zh if language(text) == "zh" else options.threshold)
            for sample, text, code in zip(batch, texts, coded(texts), strict=True)
        ]

    def look(self, batch: Sequence[Sample], measured: Sequence[_Read]) -> list[Verdict | None]:
        """Against everything remembered before this batch."""
        del batch
        self._elsewhere.remembered_by(self)
        for read in measured:
            read.seen, read.nearest, read.total = 0, [], 0.0
            read.whole = self.options.neighbours > 0 and self._pool.tokens <= WHOLE_POOL
        return [self._compared(read) for read in measured]

    def admit(self, sample: Sample, measured: _Read) -> Verdict:
        """Against what was remembered since the look."""
        del sample
        rejected = self._compared(measured)
        if rejected or not measured.whole or not measured.seen:
            return rejected or Verdict(self.name, passed=True)
        nearest = {self._pool[row].id: round(score, 3) for score, row in measured.nearest}
        meta = {"most_similar": nearest, "mean_similarity": round(measured.total / measured.seen, 4)}
        return Verdict(self.name, passed=True, score=measured.nearest[0][0], evidence={"meta": meta})

    def remember(self, sample: Sample, measured: _Read) -> None:
        """Later rows may not be like this one."""
        self._elsewhere.remembered_by(self)
        self.keep(sample, measured)

    def keep(self, sample: Sample, measured: _Read) -> None:
        """Remember one row, of this run or from elsewhere; there it comes several times, once for each of its sides."""
        if not len(self._pool) or self._pool[len(self._pool) - 1].id != sample.id:
            self._pool.append(measured.known)

    def bring_back(self, batch: Sequence[Sample]) -> bool:
        """There is no cache: reading again costs less."""
        return not batch

    def close(self) -> None:
        """Nothing to release."""

    def _compared(self, read: _Read) -> Verdict | None:
        """Compare with the rows remembered since the last time."""
        code, pool = read.known.code, self._pool
        rows, scores = pool.all_scores(code, read.seen) if read.whole else pool.scores_above(code, read.limit, read.seen)
        read.seen = len(pool)
        if read.whole and len(rows):
            kept = min(self.options.neighbours, len(rows))
            earlier_first = rows * 1e-11 - scores  # far less than any two similarities differ by
            best = np.argpartition(earlier_first, kept - 1)[:kept]
            found = sorted(zip(scores[best].tolist(), rows[best].tolist(), strict=True), key=itemgetter(1))
            read.nearest = nlargest(self.options.neighbours, [*read.nearest, *found], key=itemgetter(0))
            read.total += float(scores.sum())
        alike = np.flatnonzero(scores > read.limit)
        other = [
            (score, row)
            for score, row in zip(scores[alike].tolist(), rows[alike].tolist(), strict=True)
            if not pool[row].same_task(read.known)
        ]
        if not other:
            return None
        similarity, twin = max(other, key=itemgetter(0))
        evidence = {"duplicate_of": pool[twin].id, "similarity": round(similarity, 4), "threshold": read.limit}
        return Verdict(self.name, passed=False, reason="similar_instruction", score=similarity, evidence=evidence)


def instruction_of(sample: Sample) -> str:
    """What the row asks, without the material it asks about where its recipe tells the two apart."""
    return str(sample.meta.get("instruction") or sample.prompt)
