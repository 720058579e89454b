"""Orca: questions answered under system turns that ask for explanations in many ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.distill import Distill
from stream_synth.recipes.shared.asking import Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import provenance
from stream_synth.recipes.shared.verdicts import or_rejected
from stream_synth.text.options import holds_options, with_options
from stream_synth.values import Rejected, Sample, Seed
from stream_synth.verify import leaked


@dataclass(frozen=True, kw_only=True)
class Orca(Distill):
    """`samples` explanations of each question, each under another of 16 system turns; a seed's own system turn stands."""

    with_answer: bool = field(
        default=False,
        metadata={"help": "show the teacher the seed's answer and ask for a five-year-old's explanation; not part of the row"},
    )

    name = "orca"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per explanation."""
        fields = {**seed.fields, "question": with_options(str(seed.fields.get("question") or ""), seed.fields.get("options"))}
        question = sound(read_question(replace(seed, fields=fields), self.system))
        if self.with_answer and not question.reference:
            raise Dropped(Sample(question.prompt, "", slot="seed", lang=question.lang), "seed", "no_answer")
        drawn = self._drawn(question, tools.rng("systems"))
        return await all_of([self._explained(question, one, number, ask) for number, one in enumerate(drawn)])

    def _drawn(self, question: Question, rng: Random) -> Sequence[int | None]:
        """Numbers of system turns, all different while there are enough; None where the row has its own."""
        if question.turns[0]["role"] == "system":
            return [None] * self.samples
        allowed = range(len(systems(question.lang)) if holds_options(question.prompt) else len(systems(question.lang)) - 2)
        return rng.sample(allowed, self.samples) if self.samples <= len(allowed) else rng.choices(allowed, k=self.samples)

    async def _explained(self, question: Question, system: int | None, number: int, ask: Ask) -> Sample | Rejected:
        told = systems(question.lang)[system] if system is not None else ""
        turns = ({"role": "system", "content": told}, *question.turns) if told else question.turns
        meta = {**provenance(self.name, self.system, told, *self._shown(question)), "with_answer": self.with_answer}
        if system is not None:
            meta["system_number"] = system
        draft = Sample(question.prompt, "", slot=f"answer/{number}", messages=turns, lang=question.lang, meta=meta)
        sent = [{**turns[-1], "content": shown} for shown in self._shown(question)] or turns[-1:]
        reply = await or_rejected(ask("answer", self.asked((*turns[:-1], *sent)), sample=number), draft, "answer")
        candidate = reply if isinstance(reply, Rejected) else self.read(question, reply, draft)
        if self.with_answer and isinstance(candidate, Sample) and (phrase := leaked(candidate.response, question.prompt)):
            return Rejected(candidate, "answer", "leak", evidence={"phrase": phrase})
        return candidate

    def _shown(self, question: Question) -> Sequence[str]:
        """The last turn as the teacher sees it, where that is not as the row holds it."""
        template = load(self.texts, "with_answer", question.lang)
        return [template.fill(question=question.asked(), answer=question.reference)] if self.with_answer else []


def systems(lang: str) -> list[str]:
    """The 16 system turns in a language: the empty one first, the two for multiple choice last."""
    return ["", *load("orca", "systems", lang).text.splitlines(), *load("orca", "systems_choice", lang).text.splitlines()]
