"""MetaMath: a question with a gold answer solved anew, asked in other words, and asked backwards in two ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.blocks import all_from
from stream_synth.recipes.shared.eliminations import same_text
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.saying import prompted
from stream_synth.recipes.shared.solving import Labelled, Solver, Solving, boxed, boxed_text, drafted, read_labelled
from stream_synth.text.sampling import Spread
from stream_synth.text.sentences import sentences
from stream_synth.values import Rejected, Sample, Seed, changed
from stream_synth.verify import free_letter, masked, numbers_in, same_answer

_LABEL = re.compile(
    r"^[ \t*]*(?:statement|anew|陈述|重写)[ \t*]*[:：][ \t*]*", re.IGNORECASE | re.MULTILINE
)  # the examples' last line, said again
TYPES = ("AnsAug", "Rephrased", "SV", "FOBAR")  # as the released rows name them


@dataclass(frozen=True, kw_only=True)
class MetaMath(Solving):
    """Up to `samples` rows of each type: solutions, rewordings, or hidden numbers."""

    samples: int = field(default=2, metadata={"help": "rows of each type per seed at most (the paper: about 10, and 5 backwards)"})
    types: Sequence[str] = field(default=TYPES, metadata={"help": "AnsAug: solved anew; Rephrased; SV and FOBAR: asked backwards"})
    temperature: Spread | None = field(default=0.7, metadata={"help": "the paper's"})

    name = "metamath"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.types or not set(self.types) <= set(TYPES):
            raise ConfigError(f"types is {list(self.types)}; choose from {', '.join(TYPES)}")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """The rows of each type, all types at once."""
        problem = sound(read_labelled(seed, self.system))
        texts = [load(self.texts, step, problem.question.lang).text for step in ("rephrase", "declare", "verify", "backward")]
        draft = drafted(problem.question, self.name, self.system, boxed_text(problem.question.lang), *texts)
        work = _Augmentation(self, problem, draft, ask, tools)
        ways = {"AnsAug": work.solved, "Rephrased": work.rephrased, "SV": work.self_verified, "FOBAR": work.backward}
        return await self.sifted(await all_from([ways[kind]() for kind in self.types]), tools)


@dataclass(frozen=True, slots=True)
class _Augmentation:
    """One seed being augmented."""

    asking: MetaMath
    problem: Labelled
    draft: Sample
    ask: Ask
    tools: Tools

    async def solved(self) -> Candidates:
        """The question as it stands."""
        return await self._right(self.problem.question, self._typed("AnsAug"), self.problem.gold, "answer", self.asking.samples)

    async def rephrased(self) -> Candidates:
        """In other words; the answer stays the same."""
        said = await self._replies("rephrase", self._typed("Rephrased"), self.asking.samples, question=self.problem.text)
        return await all_from([self._reworded(number, one) for number, one in enumerate(said)])

    async def _reworded(self, number: int, said: Sample | Rejected) -> Candidates:
        if isinstance(said, Rejected):
            return [said]
        if same_text(said.response, self.problem.text):
            return [Rejected(said, "rephrase", "copied")]
        return await self._right(self.problem.reworded(said.response), said, self.problem.gold, f"rephrased/{number}")

    async def self_verified(self) -> Candidates:
        """Question and answer as a statement, a number before it hidden."""
        draft, text = self._typed("SV"), self.problem.text
        last = (sentences(text) or [text])[-1]
        context = text[: text.rindex(last)].rstrip()
        if not numbers_in(context):
            return [Rejected(draft, "mask", "no_number")]
        gold = self.problem.gold[0]
        (said,) = await self._replies("declare", draft, 1, question=last, answer=gold)
        if isinstance(said, Rejected):
            return [said]
        if gold not in said.response and not any(same_answer(one.value, gold) for one in numbers_in(said.response)):
            return [Rejected(said, "declare", "lacks_answer", evidence={"expected": gold, "got": said.response})]
        said = noted(said, statement=said.response)
        return await self._unmasked(context, said, "verify", statement=said.response)

    async def backward(self) -> Candidates:
        """The question with a number hidden, and its answer given."""
        if not numbers_in(self.problem.text):
            return [Rejected(self._typed("FOBAR"), "mask", "no_number")]
        return await self._unmasked(self.problem.text, self._typed("FOBAR"), "backward", answer=self.problem.gold[0])

    async def _unmasked(self, text: str, draft: Sample, step: str, **values: str) -> Candidates:
        """Rows that ask for numbers of the text, each hidden in turn. Calls before them are charged to the first."""
        found, letter = numbers_in(text), free_letter(self.problem.text)
        hidden = self.tools.rng(step).sample(found, min(self.asking.samples, len(found)))
        asked = []
        for number, one in enumerate(hidden):
            shown = masked(text, one, letter)
            question = self.problem.reworded(self._prompt(step, question=shown, context=shown, letter=letter, **values))
            row = changed(draft if number == 0 else self.draft, meta={**draft.meta, "masked": one.value})
            asked.append(self._right(question, row, (one.value,), f"{step}/{number}"))
        return await all_from(asked)

    async def _right(self, question: Question, draft: Sample, gold: Sequence[str], path: str, samples: int = 1) -> Candidates:
        draft = changed(draft, prompt=question.prompt, messages=question.turns)
        solver = Solver("solve", boxed(question.turns, draft.lang), samples, f"solve/{path}")
        return await solver.right_later(draft, gold, self.asking, self.ask, self.tools)

    async def _replies(self, step: str, draft: Sample, samples: int, **values: str) -> Candidates:
        """What the model wrote at this step, as `response`."""
        read = await Solver(step, prompted(self._prompt(step, **values)), samples).written(draft, self.asking, self.ask)
        return [changed(one, response=_LABEL.split(one.response)[-1].strip()) if isinstance(one, Sample) else one for one in read]

    def _prompt(self, step: str, **values: str) -> str:
        return load("metamath", step, self.draft.lang).fill(**values)

    def _typed(self, kind: str) -> Sample:
        meta: dict[str, Any] = {**self.draft.meta, "type": kind, "original_question": self.problem.text}
        return changed(self.draft, slot=kind, meta=meta)
