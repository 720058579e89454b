"""Diversity of a stream of rows in bounded memory: figures over windows of 200 rows and over everything so far.

Bytes of one stream, whatever its length: 256 KB of word weights, 18 KB covariance, 6 KB topics, 48 KB n-gram registers, 205 KB of
sampled rows, and the open window: 8 for each token, at most `ROW_CHARACTERS` x 200 tokens, 0.8 MB of Chinese, a fifth of that of English.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stream_synth.metrics.cardinality import Cardinality
from stream_synth.metrics.collapse import Collapse, CollapseAlarm
from stream_synth.metrics.compression import TEXTS, compression_ratio
from stream_synth.metrics.features import DIMENSIONS, HashedFeatures
from stream_synth.metrics.ngrams import counted, figures_of, ngram_figures
from stream_synth.metrics.self_bleu import Reservoir, self_bleu
from stream_synth.metrics.tokens import Hashes, Tokens, joined, ngrams
from stream_synth.metrics.topics import Topics, coverage, entropy_bits, in_effect
from stream_synth.metrics.vendi import RunningCovariance, Vectors, covariance_of, unit

Grams: TypeAlias = dict[int, tuple[Hashes, NDArray[np.float64]]]  # by n: distinct n-grams and how often each occurs

WINDOW = 200  # rows: with every third row read an alarm takes 1,200 to 1,800 accepted rows; smaller windows differ more by chance
ORDERS = (1, 2, 3)
ROW_CHARACTERS = 500  # of a row are read: 200 of the prompt, 200 of the answer's beginning, 100 of its end
_PROMPT, _HEAD, _TAIL = 200, 200, 100
SLOW_EVERY = 4  # windows: self-BLEU and Vendi score of the whole stream cost 10 ms and move slowly


def read_characters(prompt: str, answer: str) -> tuple[str, str]:
    """What of a row is looked at, so that a long row costs no more than a short one."""
    return prompt[:_PROMPT], answer if len(answer) <= _HEAD + _TAIL else f"{answer[:_HEAD]} {answer[-_TAIL:]}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One value, and over how many rows: 0 for all of the stream."""

    name: str
    value: float
    rows: int = 0


@dataclass(slots=True)
class _Window:
    """Rows not yet counted: prompts and answers in turn."""

    sides: list[Tokens] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rows: int = 0


class Diversity:
    """One stream. Not safe to share between threads."""

    def __init__(self, dimensions: int = DIMENSIONS) -> None:
        self.alarm = CollapseAlarm()
        self.rows = 0
        self._dimensions = dimensions
        self._windows = 0
        self._features = HashedFeatures()
        self._topics: Topics | None = None
        self._covariance = RunningCovariance(dimensions)
        self._kinds = [Cardinality() for _ in ORDERS]
        self._sampled = Reservoir()
        self._bleu = self._vendi = 0.0
        self._open = _Window()

    @property
    def nbytes(self) -> int:
        """Bytes held now, text of the open window included."""
        parts: list[Any] = [self._features, self._covariance, self._sampled, *self._kinds, *([self._topics] if self._topics else [])]
        window = sum(part.hashes.nbytes + part.offsets.nbytes for part in self._open.sides) + sum(v.nbytes for v in self._open.vectors)
        return int(sum(part.nbytes for part in parts)) + window + sum(4 * len(text) for text in self._open.texts)

    def add(self, sides: Tokens, texts: Sequence[str], embeddings: Vectors | None = None) -> list[Figure]:
        """Rows in order: `sides` holds prompt and answer of each in turn, `texts` whole rows (a few suffice).

        `embeddings`, one a row, take the place of hashed words for topics and Vendi score; give them always or never. Returns the
        figures of each window that got full, at most one for each `WINDOW` rows.
        """
        figures: list[Figure] = []
        start, rows = 0, len(sides) // 2
        while start < rows:
            stop = min(rows, start + WINDOW - self._open.rows)
            self._take(sides, (start, stop), texts, embeddings)
            start = stop
            if self._open.rows == WINDOW:
                figures += self._close_window()
        return figures

    def so_far(self) -> list[Figure]:
        """The figures of rows that fill no window yet, if there are any, and those of the whole stream; the window stays open."""
        if not self._open.rows:
            return []
        sides, vectors = self._gathered(begun=self._topics is not None)
        topics = self._topics or Topics.begun(vectors)
        nearest = np.argmax(vectors @ topics.centres.T, axis=1)
        counts = np.bincount(nearest, minlength=len(topics.centres)).astype(np.float64)
        grams = {n: counted(ngrams(sides, n)[0]) for n in ORDERS}
        figures = self._figures(grams, covariance_of(vectors), counts) | sides_of(sides)
        return [*(Figure(name, value, self._open.rows) for name, value in figures.items()), *self._whole(sides)]

    # ------------------------------------------------------------------ state

    def state(self) -> dict[str, Any]:
        """Everything but the open window, as arrays that `numpy.savez` can hold: 0.5 MB."""
        topics = self._topics or Topics(np.zeros((0, self._dimensions), np.float32))
        plain = {"rows": self.rows, "windows": self._windows, "bleu": self._bleu, "vendi": self._vendi, "covered": self._covariance.rows}
        sampled = {"seen": self._sampled.seen, "sizes": [len(row) for row in self._sampled.rows]}
        return {
            "plain": np.array(json.dumps({**plain, "alarm": asdict(self.alarm), "sampled": sampled})),
            "weights": self._features.weights,
            "centres": topics.centres,
            "counts": topics.counts,
            "covariance": self._covariance.sums,
            "registers": np.stack([kind.registers for kind in self._kinds]),
            "sampled": np.concatenate([np.empty(0, np.uint64), *self._sampled.rows]),
        }

    @classmethod
    def restored(cls, state: Mapping[str, Any]) -> Diversity:
        """A stream that goes on where `state` was taken, at the beginning of a window."""
        made = cls(len(state["covariance"]))
        plain = json.loads(str(state["plain"]))
        alarm = plain["alarm"]
        made.alarm = CollapseAlarm(Collapse(**alarm["collapse"]) if alarm["collapse"] else None, alarm["windows"], alarm["below"])
        made.rows, made._windows, made._bleu, made._vendi = (plain[name] for name in ("rows", "windows", "bleu", "vendi"))
        made._features = HashedFeatures(state["weights"])
        made._topics = Topics(state["centres"], state["counts"]) if len(state["centres"]) else None
        made._covariance.sums, made._covariance.rows = state["covariance"], plain["covered"]
        made._kinds = [Cardinality(registers.copy()) for registers in state["registers"]]
        made._sampled.seen = plain["sampled"]["seen"]
        made._sampled.rows = np.split(state["sampled"], np.cumsum(plain["sampled"]["sizes"]))[:-1]
        return made

    # ------------------------------------------------------------------ windows

    def _take(self, sides: Tokens, rows: tuple[int, int], texts: Sequence[str], embeddings: Vectors | None) -> None:
        start, stop = rows
        offsets = sides.offsets[2 * start : 2 * stop + 1]
        window = self._open
        window.sides.append(Tokens(sides.hashes[offsets[0] : offsets[-1]].copy(), offsets - offsets[0]))
        window.texts += texts[start : min(stop, start + TEXTS - len(window.texts))]
        if embeddings is not None:
            window.vectors.append(unit(embeddings[start:stop]))
        window.rows += stop - start
        self.rows += stop - start

    def _gathered(self, *, begun: bool) -> tuple[Tokens, Vectors]:
        """The open window's tokens and row vectors; before the first full window, word weights are those of these rows."""
        sides = joined(self._open.sides)
        if self._open.vectors:
            return sides, np.concatenate(self._open.vectors)
        whole = Tokens(sides.hashes, sides.offsets[::2])
        features = self._features
        if not begun:
            features = HashedFeatures()
            features.learn(whole)
        return sides, features.vectors(whole)

    def _close_window(self) -> list[Figure]:
        sides, vectors = self._gathered(begun=self._topics is not None)
        whole = Tokens(sides.hashes, sides.offsets[::2])
        if self._topics is None:
            self._topics = Topics.begun(vectors)
            self._features.learn(whole)
        counts = self._topics.add(vectors)
        self._sampled.add(whole)
        grams = {n: counted(ngrams(sides, n)[0]) for n in ORDERS}
        for kinds, (hashes, _) in zip(self._kinds, grams.values(), strict=True):
            kinds.add(hashes)
        covariance = covariance_of(vectors)
        self._covariance.merge(covariance)
        figures = self._figures(grams, covariance, counts) | sides_of(sides)
        if self._windows % SLOW_EVERY == 0:
            self._bleu, self._vendi = self_bleu(self._sampled.tokens()), self._covariance.score()
        self._windows += 1
        self._open = _Window()
        if self.alarm.add(figures):
            figures["collapse"] = self.alarm.collapse.drop if self.alarm.collapse else 0.0
        return [*(Figure(name, value, WINDOW) for name, value in figures.items()), *self._whole()]

    def _figures(self, grams: Grams, covariance: RunningCovariance, counts: NDArray[np.float64]) -> dict[str, float]:
        """Of one window."""
        found: dict[str, float] = {}
        for n, (_, occurrences) in grams.items():
            figures = figures_of(occurrences)
            found |= {f"distinct_{n}": figures.distinct_share, f"entropy_{n}": figures.entropy_bits}
        bits = entropy_bits(counts)
        found |= {"topic_entropy": bits, "topics": in_effect(bits), "topic_coverage": coverage(counts)}
        return found | {"vendi": covariance.score(), "compression_ratio": compression_ratio(self._open.texts)}

    def _whole(self, unfinished: Tokens | None = None) -> list[Figure]:
        """Of the whole stream; before the first full window there is little to say."""
        if self._topics is None:
            sampled = Reservoir()
            if unfinished is not None:
                sampled.add(Tokens(unfinished.hashes, unfinished.offsets[::2]))
            return [Figure("rows", self.rows), Figure("self_bleu", self_bleu(sampled.tokens()))]
        kinds = zip(ORDERS, self._kinds, strict=True)
        bits = entropy_bits(self._topics.counts)
        return [
            Figure("rows", self.rows),
            Figure("self_bleu", self._bleu),
            Figure("run_vendi", self._vendi),
            Figure("run_topic_entropy", bits),
            Figure("run_topics", in_effect(bits)),
            Figure("run_topic_coverage", coverage(self._topics.counts)),
            *(Figure(f"ngrams_{n}", kind.estimate()) for n, kind in kinds),
        ]


def sides_of(sides: Tokens) -> dict[str, float]:
    """Of prompts and answers apart: one side may fall while the other hides it."""
    hashes, owners = ngrams(sides, 2)
    prompt = owners % 2 == 0
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(sides.hashes, dtype=np.uint64)])  # modulo 2^64: differences are exact
    prompts = (sums[sides.offsets[1:]] - sums[sides.offsets[:-1]])[::2]
    return {
        "distinct_prompts": len(np.unique(prompts)) / max(len(prompts), 1),
        "prompt_evenness": ngram_figures(hashes[prompt]).evenness,
        "response_evenness": ngram_figures(hashes[~prompt]).evenness,
    }
