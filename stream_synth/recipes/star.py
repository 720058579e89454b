"""STaR: what a model solves is kept; what it fails it explains with the answer as a hint, and the row is stored without the hint."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.solving import Labelled, Solver, Solving, boxed, boxed_text, drafted, read_labelled
from stream_synth.text.sampling import Spread
from stream_synth.values import Message, Rejected, Sample, Seed
from stream_synth.verify import hint_words

_OPTION_LETTER = re.compile(r"^\(?([A-J])\)?[.:]?$")


@dataclass(frozen=True, kw_only=True)
class Star(Solving):
    """`samples` solutions per question; only where none is right, `hints` more with the answer shown."""

    hints: int = field(default=1, metadata={"help": "solutions with a hint of a question that all others failed; 0: none", "least": 0})
    temperature: Spread | None = field(default=0.0, metadata={"help": "the paper decodes greedily"})
    hint_temperature: Spread | None = field(default=None, metadata={"help": "temperature with a hint; left out, the same"})

    name = "star"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """The solutions; where none of them is right, the rationalisations."""
        problem = sound(read_labelled(seed, self.system))
        lang = problem.question.lang
        draft = drafted(problem.question, self.name, self.system, boxed_text(lang), load(self.texts, "hint", lang).text)
        draft = noted(draft, attempts=self.samples, via="direct")
        solved = await Solver("solve", boxed(problem.question.turns, lang), self.samples).right(draft, problem.gold, self, ask, tools)
        sifted = await self.sifted(solved, tools)
        if not self.hints or any(isinstance(one, Sample) for one in solved):
            return sifted
        return [*sifted, *await self.sifted(await self._rationalised(draft, problem, ask, tools), tools)]

    async def _rationalised(self, draft: Sample, problem: Labelled, ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        turns = boxed(hinted(problem.question, problem.gold[0]), draft.lang)
        solver = Solver("hint", turns, self.hints, temperature=self.hint_temperature)
        solved = await solver.right_later(noted(draft, via="hint"), problem.gold, self, ask, tools)
        return [without_hint_words(one) for one in solved]


def hinted(question: Question, answer: str) -> tuple[Message, ...]:
    """The turns with the right option marked, or the answer in brackets where there are no options."""
    *earlier, last = question.turns
    asked = question.asked()
    letter = _OPTION_LETTER.match(answer.strip())
    option = re.search(rf"(?m)^[ \t]*\(?{letter[1]}[).、．:：][^\n]*$", asked) if letter else None
    if option:
        mark = load("star", "mark", question.lang).text
        return (*earlier, {**last, "content": f"{asked[: option.end()]} {mark}{asked[option.end() :]}"})
    return (*earlier, {**last, "content": load("star", "hint", question.lang).fill(question=asked, answer=answer)})


def without_hint_words(candidate: Sample | Rejected) -> Sample | Rejected:
    """The row, unless it speaks of a hint that its question does not show."""
    if isinstance(candidate, Rejected):
        return candidate
    words = hint_words(f"{candidate.reasoning}\n{candidate.response}", candidate.prompt)
    return Rejected(candidate, "hint", "mentions_hint", evidence={"words": words}) if words else candidate
