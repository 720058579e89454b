"""Early chain-of-thought distillation: a plain model reasons before it answers; rationales that end in the label are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.solving import Labelled, Solver, Solving, drafted, read_labelled
from stream_synth.recipes.star import without_hint_words
from stream_synth.text.sampling import Spread
from stream_synth.text.steps import sub_questions
from stream_synth.values import Message, Rejected, Sample, Seed


@dataclass(frozen=True, kw_only=True)
class CotDistill(Solving):
    """`samples` rationales per labelled question; right ones, stored without examples and without the label as a hint."""

    samples: int = field(default=8, metadata={"help": "different rationales per question (Ho et al.: 8)"})
    temperature: Spread | None = field(default=0.7, metadata={"help": "Ho et al.'s for different rationales"})
    shots: Literal["zero", "few"] = field(default="few", metadata={"help": "with worked examples before the question, or without"})
    examples: str = field(default="", metadata={"help": "your own worked examples, instead of those that ship"})
    hint: bool = field(default=False, metadata={"help": "show the label in the prompt (Magister et al.)"})
    decompose: bool = field(default=False, metadata={"help": "ask for sub-questions with their answers (Shridhar et al.)"})

    name = "cot_distill"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per rationale."""
        problem = sound(read_labelled(seed, self.system))
        draft = drafted(problem.question, self.name, self.system, *self._texts(problem.question.lang).values())
        draft = noted(draft, shots=self.shots, hint=self.hint, attempts=self.samples)
        solved = await Solver("solve", self._asked(problem), self.samples).right(draft, problem.gold, self, ask, tools)
        return await self.sifted([self._fit(one) for one in solved], tools)

    def _texts(self, lang: str) -> dict[str, str]:
        """The prompts in use, by what they are."""
        kind = "split_" if self.decompose else ""
        texts = {"hint": load(self.texts, "hint", lang).text} if self.hint else {}
        if self.shots == "zero":
            return {**texts, "frame": load(self.texts, f"{kind}zero", lang).text}
        examples = self.examples.strip() or load(self.texts, f"{kind}examples", lang).text
        return {**texts, "frame": load(self.texts, "few", lang).text, "examples": examples}

    def _asked(self, problem: Labelled) -> tuple[Message, ...]:
        """What the model sees; the row holds the question alone."""
        *earlier, last = problem.question.turns
        texts, asked = self._texts(problem.question.lang), problem.question.asked()
        if self.hint:
            asked = Template(texts["hint"], "").fill(question=asked, answer=problem.gold[0])
        asked = Template(texts["frame"], "").fill(question=asked, examples=texts.get("examples", ""))
        return (*earlier, {**last, "content": asked})

    def _fit(self, candidate: Sample | Rejected) -> Sample | Rejected:
        if self.hint:
            candidate = without_hint_words(candidate)
        if not self.decompose or isinstance(candidate, Rejected):
            return candidate
        steps = [{"question": question, "answer": answer} for question, answer in sub_questions(candidate.response)]
        if len(steps) < 2:  # one is the question itself
            return Rejected(candidate, "decompose", "no_steps", evidence={"found": len(steps)})
        return noted(candidate, steps=steps)
