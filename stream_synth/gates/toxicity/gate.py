"""The gate that marks or rejects toxic rows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from stream_synth.errors import ConfigError
from stream_synth.gates.home import GateHome
from stream_synth.gates.toxicity.judging import toxic
from stream_synth.gates.toxicity.lexicon import CATEGORIES, Hit, expressions, places
from stream_synth.protocols import Chat
from stream_synth.values import Sample, Verdict

ACTIONS = ("auto", "flag", "reject")
# Families whose rows teach how to speak to people, and those whose rows do not even where they are laid out as turns. In the others
# (programs, tools; rows that were there already) it is told row by row.
REJECTING = frozenset({"distillation", "instructions", "alignment"})
FLAGGING = frozenset({"textbooks", "maths with gold answers", "self-evolution"})
_SHOWN = 5  # hits in evidence
_MOST_WAITING = 100_000  # rows heard between `consult` and `admit`; those of rows that another gate rejected fall out
_PASSED = Verdict("toxicity", passed=True)


@dataclass(frozen=True, slots=True)
class ToxicityOptions:
    """What happens to toxic rows, and what counts as toxic."""

    action: str = field(
        default="auto",
        metadata={
            "help": "flag: the row passes with meta.toxic; reject; auto: reject where rows teach how to speak to people (methods of "
            "distillation, instructions and alignment), flag in textbooks, maths and self-evolution, where toxic text is no worse as "
            "text; elsewhere reject dialogues and preference rows"
        },
    )
    categories: tuple[str, ...] = field(default=CATEGORIES, metadata={"help": f"what counts: {', '.join(CATEGORIES)}"})
    prompts: bool = field(default=False, metadata={"help": "judge the prompt too; a good answer to a toxic prompt is worth keeping"})
    min_hits: int = field(default=1, metadata={"help": "different expressions that make a row toxic"})
    words: str = field(default="", metadata={"help": "a file of your own expressions, in the form of the package's en.txt"})
    judge: bool = field(
        default=False,
        metadata={"help": "ask a model where the words are doubtful: just enough of them, or only in sentences that seem to mean no ill"},
    )
    judge_role: str = field(default="judge", metadata={"help": "judge: the endpoint role that is asked"})

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise ConfigError(f"toxicity.action is {self.action!r}: choose {', '.join(ACTIONS)}")
        unknown = sorted(set(self.categories) - set(CATEGORIES))
        if unknown:
            raise ConfigError(f"toxicity.categories: no category is called {unknown[0]!r}; there are {', '.join(CATEGORIES)}")
        if self.words and not Path(self.words).is_file():
            raise ConfigError(f"toxicity.words: there is no file {self.words}")

    def for_family(self, family: str) -> ToxicityOptions:
        """The options in a chain of a method of this family: `auto` is decided where the family decides it."""
        if self.action != "auto" or family not in REJECTING | FLAGGING:
            return self
        return replace(self, action="reject" if family in REJECTING else "flag")


class Toxicity:
    """A lexicon that reads the sentence around each word: a screen for open abuse and incitement, no judge of what is meant.

    Judges the answer, or the chosen one of two; a rejected answer may be as bad as it likes. Evidence of a row that passes with a mark
    carries `meta`, which the row takes over: `{"toxic": [categories]}`. With `judge`, a doubtful row (`doubt` in the evidence: `few` words,
    or all `excused` by their sentences) is what the model says it is; where that cannot be read, what the words say.
    """

    name = "toxicity"
    remembers = False
    Options = ToxicityOptions

    def __init__(self, options: ToxicityOptions, home: GateHome) -> None:  # noqa: ARG002  # the same; no files are kept
        self.options = options
        self._words = Path(options.words) if options.words else None
        expressions(self._words)  # a bad line is a configuration error, not one of the first row
        self._heard: OrderedDict[str, Verdict] = OrderedDict()

    @property
    def consults(self) -> bool:
        """Some rows cost a call."""
        return self.options.judge

    def measure(self, batch: Sequence[Sample]) -> list[Verdict]:
        """The verdict on each row, whichever other rows there are."""
        return [self._judge(sample) for sample in batch]

    def look(self, batch: Sequence[Sample], measured: Sequence[Verdict]) -> list[Verdict | None]:  # noqa: ARG002  # the signature of every gate
        """Rejections are final at once, but for the doubtful ones."""
        return [None if verdict.passed or "doubt" in verdict.evidence else verdict for verdict in measured]

    async def consult(self, sample: Sample, chat: Chat) -> Verdict | None:
        """A rejection by the model; a doubtful row that passes gets its verdict from `admit`."""
        found = self._found(sample) if self.options.judge else []
        doubt = self._doubt(found)
        if not doubt:
            return None
        answer, said = await toxic(sample, self._texts(sample), [hit.text for hit in found[:_SHOWN]], chat, self.options.judge_role)
        if answer is None:
            answer, heard = self._counts(found), {"doubt": doubt, "problem": said}
        else:
            heard = {"doubt": doubt, "judge": said}
        verdict = self._verdict(sample, _standing(found) or found, heard) if answer else Verdict(self.name, passed=True, evidence=heard)
        if not verdict.passed:
            return verdict
        self._heard[sample.id] = verdict
        if len(self._heard) > _MOST_WAITING:
            self._heard.popitem(last=False)
        return None

    def admit(self, sample: Sample, measured: Verdict) -> Verdict:
        """What was heard, or measured."""
        return self._heard.pop(sample.id, measured)

    def remember(self, sample: Sample, measured: Verdict) -> None:
        """Nothing to remember."""

    def close(self) -> None:
        """Nothing to release."""

    def _judge(self, sample: Sample) -> Verdict:
        found = self._found(sample)
        doubt = self._doubt(found) if self.options.judge else ""
        told = {"doubt": doubt} if doubt else {}
        if self._counts(found):
            return self._verdict(sample, _standing(found), told)
        return Verdict(self.name, passed=True, evidence=told) if told else _PASSED

    def _texts(self, sample: Sample) -> list[str]:
        answer = sample.response if sample.chosen is None else sample.chosen
        return [text for text in (*([sample.prompt] if self.options.prompts else []), sample.reasoning, answer) if text]

    def _found(self, sample: Sample) -> list[Hit]:
        return [hit for text in self._texts(sample) for hit in places(text, self._words) if hit.category in self.options.categories]

    def _counts(self, found: Sequence[Hit]) -> bool:
        return _different(_standing(found)) >= max(1, self.options.min_hits)

    def _doubt(self, found: Sequence[Hit]) -> str:
        """Why the words alone are no sure sign: barely enough of them, or enough only with those that seem to mean no ill."""
        enough = max(1, self.options.min_hits)
        if _different(found) < enough:
            return ""
        standing = _different(_standing(found))
        return "excused" if standing < enough else "few" if standing == enough else ""

    def _verdict(self, sample: Sample, found: Sequence[Hit], told: Mapping[str, str]) -> Verdict:
        categories = sorted({hit.category for hit in found})
        evidence = {"categories": categories, "text": [hit.text for hit in found[:_SHOWN]], **told}
        teaches_to_speak = sample.chosen is not None or bool(sample.messages)
        if self.options.action == "reject" or (self.options.action == "auto" and teaches_to_speak):
            return Verdict(self.name, passed=False, reason="toxic", evidence=evidence)
        return Verdict(self.name, passed=True, reason="toxic", evidence={**evidence, "meta": {"toxic": categories}})


def _standing(found: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in found if not hit.excused]


def _different(found: Iterable[Hit]) -> int:
    return len({hit.text.lower() for hit in found})
