"""The gate that marks or rejects toxic rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.gates.home import AsksNobody, GateHome
from stream_synth.gates.toxicity.lexicon import CATEGORIES, Hit, expressions, hits
from stream_synth.values import Sample, Verdict

ACTIONS = ("auto", "flag", "reject")
_SHOWN = 5  # hits in evidence
_PASSED = Verdict("toxicity", passed=True)


@dataclass(frozen=True, slots=True)
class ToxicityOptions:
    """What happens to toxic rows, and what counts as toxic."""

    action: str = field(
        default="auto",
        metadata={
            "help": "flag: the row passes with meta.toxic; reject; auto: reject dialogues and preference rows, which teach how to speak to "
            "people, and flag the others, where toxic text is no worse as text"
        },
    )
    categories: tuple[str, ...] = field(default=CATEGORIES, metadata={"help": f"what counts: {', '.join(CATEGORIES)}"})
    prompts: bool = field(default=False, metadata={"help": "judge the prompt too; a good answer to a toxic prompt is worth keeping"})
    min_hits: int = field(default=1, metadata={"help": "different expressions that make a row toxic"})
    words: str = field(default="", metadata={"help": "a file of your own expressions, in the form of the package's en.txt"})

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ConfigError(f"toxicity.action is {self.action!r}: choose {', '.join(ACTIONS)}")
        unknown = sorted(set(self.categories) - set(CATEGORIES))
        if unknown:
            raise ConfigError(f"toxicity.categories: no category is called {unknown[0]!r}; there are {', '.join(CATEGORIES)}")
        if self.words and not Path(self.words).is_file():
            raise ConfigError(f"toxicity.words: there is no file {self.words}")


class Toxicity(AsksNobody):
    """A lexicon that reads the sentence around each word: a screen for open abuse and incitement, no judge of what is meant.

    Judges the answer, or the chosen one of two; a rejected answer may be as bad as it likes. Evidence of a row that passes with a mark
    carries `meta`, which the row takes over: `{"toxic": [categories]}`.
    """

    name = "toxicity"
    remembers = False
    Options = ToxicityOptions

    def __init__(self, options: ToxicityOptions, home: GateHome) -> None:  # noqa: ARG002  # the same; no files are kept
        self.options = options
        self._words = Path(options.words) if options.words else None
        expressions(self._words)  # a bad line is a configuration error, not one of the first row

    def measure(self, batch: Sequence[Sample]) -> list[Verdict]:
        """The verdict on each row, whichever other rows there are."""
        return [self._judge(sample) for sample in batch]

    def look(self, batch: Sequence[Sample], measured: Sequence[Verdict]) -> list[Verdict | None]:  # noqa: ARG002  # the signature of every gate
        """Rejections are final at once."""
        return [None if verdict.passed else verdict for verdict in measured]

    def admit(self, sample: Sample, measured: Verdict) -> Verdict:  # noqa: ARG002  # the same
        """What was measured."""
        return measured

    def remember(self, sample: Sample, measured: Verdict) -> None:
        """Nothing to remember."""

    def close(self) -> None:
        """Nothing to release."""

    def _judge(self, sample: Sample) -> Verdict:
        answer = sample.response if sample.chosen is None else sample.chosen
        texts = [answer, sample.reasoning, *([sample.prompt] if self.options.prompts else [])]
        found = [hit for text in texts if text for hit in hits(text, self._words) if hit.category in self.options.categories]
        if len({hit.text.lower() for hit in found}) < max(1, self.options.min_hits):
            return _PASSED
        return self._verdict(sample, found)

    def _verdict(self, sample: Sample, found: Sequence[Hit]) -> Verdict:
        categories = sorted({hit.category for hit in found})
        evidence = {"categories": categories, "text": [hit.text for hit in found[:_SHOWN]]}
        teaches_to_speak = sample.chosen is not None or bool(sample.messages)
        if self.options.action == "reject" or (self.options.action == "auto" and teaches_to_speak):
            return Verdict(self.name, passed=False, reason="toxic", evidence=evidence)
        return Verdict(self.name, passed=True, reason="toxic", evidence={**evidence, "meta": {"toxic": categories}})
