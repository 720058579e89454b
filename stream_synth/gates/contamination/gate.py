"""Rows that teach an item of a benchmark: every score measured with it afterwards would be worth less.

What counts is how much of the *item* a row says, not whether both share a phrase: any shared 8-gram would reject a third
of the MATH training problems.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np

from stream_synth.errors import ConfigError
from stream_synth.gates.contamination.code import has_code
from stream_synth.gates.contamination.index import ItemIndex
from stream_synth.gates.contamination.matching import Match, Matcher, Reading, Rule, placed
from stream_synth.gates.contamination.meaning import Meanings, load_vectors
from stream_synth.gates.contamination.paraphrase import Likeness, Paraphrases
from stream_synth.gates.contamination.postings import Postings
from stream_synth.gates.contamination.programs import Programs
from stream_synth.gates.contamination.reading import grams, lists_options, plain, question_of
from stream_synth.gates.contamination.shelf import find_index, load_indexes
from stream_synth.gates.contamination.suspects import Suspects, Suspicion, restates
from stream_synth.gates.contamination.tiny import TinyItems
from stream_synth.gates.contamination.translation import Translations
from stream_synth.gates.embedding import BUNDLED, Embedder, load_embedder
from stream_synth.gates.home import GateHome
from stream_synth.protocols import Chat
from stream_synth.values import Sample, Verdict

BENCHMARKS = ("gsm8k", "math", "humaneval", "mbpp", "mmlu", "ceval", "arc", "truthfulqa", "ifeval")
_PASSED = Verdict("contamination", passed=True)
_MOST_LOST = 0.1
_USUALLY_LOST = 0.01  # share of new problems, where the bundled model is named and no share
_MOST_WAITING = 100_000  # suspicions between `measure` and `consult`; those of rows that another gate rejected fall out
_QUOTED = 200  # characters of the span shown in the evidence


@dataclass(frozen=True, slots=True)
class ContaminationOptions:
    """Against what, and from when on a row counts as containing an item."""

    benchmarks: tuple[str, ...] = field(
        default=BENCHMARKS, metadata={"help": "names of `stream-synth evals list`, shipped ones and your own"}
    )
    against: tuple[str, ...] = field(default=(), metadata={"help": "further names, or index files (.npz), beside `benchmarks`"})
    coverage: float = field(
        default=0.6,
        metadata={"help": "weighted share of a long item's 5-grams; 0.6: verbatim 1.0, variants of an item 0.88, MATH train 0.005"},
    )
    long_grams: int = field(default=30, metadata={"help": "5-grams from which `coverage` holds; shorter items need more, up to all"})
    short_grams: int = field(
        default=4, metadata={"help": "items of no more 5-grams (8 words) count only whole, as a sentence of their own in the prompt"}
    )
    min_weight: float = field(
        default=0.8, metadata={"help": "rare 5-grams (common ones count less) without which an item is too common to be told"}
    )

    code: float = field(
        default=0.26,
        metadata={"help": "similarity of structure and words from which a program is an item's under other names; 0: no such look"},
    )
    paraphrase: float = field(
        default=0.0,
        metadata={
            "help": "share of new problems like a benchmark's that may be lost so that paraphrases are found by words and numbers: 0.01; "
            "0: no such look, but 0.01 where `embedding` is bundled"
        },
    )
    embedding: str = field(
        default="",
        metadata={
            "help": "model that also compares meanings; bundled: weighs in where words and numbers are compared; others find translations "
            "too (their vectors: `evals build --model`); empty: none"
        },
    )
    embedding_similarity: float = field(
        default=0.0,
        metadata={
            "help": "cosine of a model other than bundled from which a prompt means an item; 0: calibrated for the model and the language"
        },
    )

    judge: bool = field(
        default=False,
        metadata={"help": "ask a model whether a row that only comes near an item restates it; for benchmarks of `evals add --keep-text`"},
    )
    judge_role: str = field(default="judge", metadata={"help": "judge: the endpoint role that is asked"})

    def __post_init__(self) -> None:
        """Refuse what could never work: unknown benchmarks, shares outside 0 to 1."""
        if not 0 < self.coverage <= 1:
            raise ConfigError(f"contamination.coverage is {self.coverage}: a share lies above 0 and up to 1")
        if not 0 <= self.paraphrase <= _MOST_LOST:
            raise ConfigError(
                f"contamination.paraphrase is {self.paraphrase}: a share of new problems, such as 0.01, or 0 for no such look"
            )
        if not 0 <= self.code <= 1:
            raise ConfigError(f"contamination.code is {self.code}: a similarity up to 1, such as 0.26, or 0 for no such look")
        if not 0 <= self.short_grams <= self.long_grams:
            raise ConfigError(f"contamination: short_grams {self.short_grams} must lie between 0 and long_grams {self.long_grams}")
        for name in (*self.benchmarks, *self.against):
            find_index(name)


class Contamination:
    """Rejects a row that contains an item. Evidence: `benchmark`, `item`, `coverage`, `span`, `where`, `text`.

    Prompt, thinking, response and both sides of a preference pair are read. `span` counts characters of the side that
    `where` names. A question shorter than three words is found only together with its options. With `judge`, a row that comes near
    an item is rejected as `restates_item` when the judge says so, and as `judge_failed` when it says nothing that can be read.
    """

    name = "contamination"
    remembers = False
    Options = ContaminationOptions

    def __init__(self, options: ContaminationOptions, home: GateHome, embedder: Embedder | None = None) -> None:
        """`embedder`: instead of the model that `options.embedding` names."""
        del home  # nothing is remembered
        self.options = options
        self._embedder = embedder
        self._suspicions: OrderedDict[str, Suspicion] = OrderedDict()

    @property
    def consults(self) -> bool:
        """Some rows cost a call."""
        return self.options.judge

    def measure(self, batch: Sequence[Sample]) -> list[Verdict | None]:
        """The verdict itself: it depends on nothing but the row."""
        if self._against is None:
            return [None] * len(batch)
        readings = [read(sample) for sample in batch]
        verdicts = self._against.judge(readings)
        if self._suspects is not None:
            open_rows = [row for row, verdict in enumerate(verdicts) if verdict is None]
            for near, suspicion in self._suspects.near([readings[row].question for row in open_rows]):
                self._suspicions[batch[open_rows[near]].id] = suspicion
            while len(self._suspicions) > _MOST_WAITING:
                self._suspicions.popitem(last=False)
        return verdicts

    def look(self, batch: Sequence[Sample], measured: Sequence[Verdict | None]) -> list[Verdict | None]:
        """What was measured."""
        del batch
        return list(measured)

    async def consult(self, sample: Sample, chat: Chat) -> Verdict | None:
        """The judge's word on a row that came near an item; None for all others, and when it sees no harm."""
        suspicion = self._suspicions.pop(sample.id, None)
        if suspicion is None:
            return None
        found, said = await restates(sample, suspicion, chat, self.options.judge_role)
        if found is False:
            return None
        evidence = {"benchmark": suspicion.benchmark, "item": suspicion.item.id, "coverage": 0.0, "similarity": suspicion.similarity}
        evidence |= {"span": [0, len(sample.prompt)], "where": "prompt", "text": sample.prompt[:_QUOTED]}
        evidence |= {"judge": said} if found else {"problem": said}
        reason = "restates_item" if found else "judge_failed"
        return Verdict("contamination", passed=False, reason=reason, score=suspicion.similarity, scorer="judge", evidence=evidence)

    def admit(self, sample: Sample, measured: Verdict | None) -> Verdict:
        """What was measured."""
        del sample
        return measured or _PASSED

    def remember(self, sample: Sample, measured: Any) -> None:  # noqa: ANN401  # opaque
        """Accepted rows change nothing."""

    def close(self) -> None:
        """Nothing to release."""

    @cached_property
    def _against(self) -> Items | None:
        """Read when the first row comes: half a second, and 200 MB while the table is made, that a dry run should not pay."""
        names = (*self.options.benchmarks, *self.options.against)
        if self._embedder is None and self.options.embedding:
            self._embedder = load_embedder(self.options.embedding)
        return Items(self.options, names, self._embedder) if names else None

    @cached_property
    def _suspects(self) -> Suspects | None:
        if not self.options.judge:
            return None
        names = tuple(dict.fromkeys((*self.options.benchmarks, *self.options.against)))
        suspects = Suspects(load_indexes(names), [find_index(name) for name in names])
        if not len(suspects):
            raise ConfigError(
                "contamination.judge can ask about nothing: no benchmark's text is kept (`stream-synth evals add NAME FILE --keep-text`)"
            )
        return suspects


class Items:
    """All items, and the stages that compare with them: n-grams, then what they left."""

    def __init__(self, options: ContaminationOptions, names: tuple[str, ...], embedder: Embedder | None) -> None:
        indexes = load_indexes(names)
        self._labels = [(index.name, item) for index in indexes for item in index.ids]
        self._postings = Postings([index.grams for index in indexes], [index.sizes for index in indexes])
        self._tiny = TinyItems(indexes)
        self._programs = Programs(indexes, options.code) if options.code else None
        self._looser = list(_looser_stages(options, names, indexes, embedder))
        rule = Rule(options.coverage, options.long_grams, options.short_grams, options.min_weight)
        self._matcher = Matcher(self._postings, np.concatenate([index.tokens for index in indexes]).reshape(-1, 2), rule)

    def judge(self, readings: Sequence[Reading]) -> list[Verdict | None]:
        """A verdict for each row that contains an item."""
        hits = self._postings.hits(grams([reading.text for reading in readings]))
        verdicts: list[Verdict | None] = [None] * len(readings)
        for row, match in self._tiny.matches(readings):
            verdicts[row] = self._verdict(match, readings[row])
        for row in np.unique(hits.rows[self._matcher.likely(hits)]).tolist():
            better = self._matcher.matches(hits, row, readings[row])
            if better:
                verdicts[row] = self._verdict(better, readings[row])
        self._compare_programs(readings, verdicts)
        for stage in self._looser:
            open_rows = [row for row, verdict in enumerate(verdicts) if verdict is None]
            for likeness in stage.alike([readings[row].question for row in open_rows]):
                row = open_rows[likeness.row]
                verdicts[row] = self._likeness(likeness, readings[row].sides[0][1])
        return verdicts

    def _compare_programs(self, readings: Sequence[Reading], verdicts: list[Verdict | None]) -> None:
        if self._programs is None:
            return
        rows = [row for row, verdict in enumerate(verdicts) if verdict is None and has_code(readings[row].raw)]
        for likeness in self._programs.alike([readings[row].raw for row in rows]):
            verdicts[rows[likeness.row]] = self._likeness(likeness, readings[rows[likeness.row]].sides[0][1])

    def _likeness(self, likeness: Likeness, prompt: str) -> Verdict:
        benchmark, item = self._labels[likeness.item]
        similarity = round(likeness.similarity, 4)
        evidence = {"benchmark": benchmark, "item": item, "coverage": 0.0, "similarity": similarity}
        evidence |= {"span": [0, len(prompt)], "where": "prompt", "text": prompt[:_QUOTED]}
        return Verdict("contamination", passed=False, reason="paraphrases_item", score=similarity, evidence=evidence)

    def _verdict(self, match: Match, reading: Reading) -> Verdict:
        benchmark, item = self._labels[match.item]
        coverage = round(match.coverage, 4)
        evidence = {"benchmark": benchmark, "item": item, "coverage": coverage, **span(match, reading)}
        return Verdict("contamination", passed=False, reason="contains_item", score=coverage, evidence=evidence)


def _looser_stages(
    options: ContaminationOptions, names: tuple[str, ...], indexes: Sequence[ItemIndex], embedder: Embedder | None
) -> Iterator[Paraphrases | Translations | Meanings]:
    share = options.paraphrase or (_USUALLY_LOST if embedder is not None and options.embedding == BUNDLED else 0.0)
    vectors = load_vectors([find_index(name) for name in dict.fromkeys(names)], embedder) if embedder is not None else None
    if options.embedding == BUNDLED or embedder is None or vectors is None:
        if share:
            yield Paraphrases(indexes, share, embedder, vectors)
            yield Translations(indexes)
        return
    if share:
        yield Paraphrases(indexes, share)
    yield Translations(indexes, embedder, vectors)
    yield Meanings(vectors, embedder, options.embedding_similarity)


def read(sample: Sample) -> Reading:
    """The sides of a row, prompt first, each text once."""
    sides = {
        "prompt": sample.prompt,
        "reasoning": sample.reasoning,
        "response": sample.response,
        "chosen": sample.chosen or "",
        "rejected": sample.rejected or "",
    }
    named = {text: side for side, text in reversed(sides.items()) if text or side == "prompt"}
    spelled = tuple((side, plain(text)) for text, side in reversed(named.items()))
    raw = "\n".join(text for text in reversed(named))
    return Reading(spelled, any(lists_options(text) for text in sides.values()), raw, question_of(sample.prompt))


def span(match: Match, reading: Reading) -> dict[str, Any]:
    """Which side, from which character to which, and the beginning of what stands there (as compared: lower case)."""
    begin, end = placed(reading.text, match.first, match.end)
    starts = list(accumulate((len(text) + 1 for _, text in reading.sides), initial=0))
    place = max(number for number, start in enumerate(starts[:-1]) if start <= begin)
    side, text = reading.sides[place]
    begin, end = begin - starts[place], min(end - starts[place], len(text))
    return {"span": [begin, end], "where": side, "text": text[begin : min(end, begin + _QUOTED)]}
