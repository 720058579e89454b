"""Constitutional AI: criticise an answer by principles, revise it, and pair the revision with the answer it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.revising import revised
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.comparing import in_both_orders, length_ratio
from stream_synth.recipes.shared.eliminations import same_text
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import answered, charged, provenance, reply_turn
from stream_synth.values import Completion, Rejected, Sample, Seed, changed


@dataclass(frozen=True, kw_only=True)
class Constitutional(Asking):
    """`samples` pairs per question: an answer and its revision after `rounds` criticisms, or two answers compared."""

    samples: int = field(default=1, metadata={"help": "pairs per seed"})
    pair: Literal["revised", "sampled"] = field(
        default="revised",
        metadata={"help": "revised: (revision, first answer); sampled: two answers, as the paper trains its preference model"},
    )
    rounds: int = field(default=4, metadata={"help": "criticisms and revisions of an answer: 4 is the paper's", "least": 1})
    principles: Sequence[str] = field(default=(), metadata={"help": "your own, as questions that name a fault; else 16 built-in ones"})
    max_length_ratio: float = field(
        default=3.0,  # of 1,417 human pairs on harmlessness (hh-rlhf) two in three stay below
        metadata={"help": "reject pairs of which one is longer than so many times the other: length would be learned", "least": 1},
    )

    name = "constitutional"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per pair."""
        question = sound(read_question(seed, self.system))
        size = 2 if self.pair == "sampled" else 1
        replies = await ask.many("answer", self.request(question.turns), size * self.samples)
        groups = [replies[at : at + size] for at in range(0, len(replies), size)]
        return await all_of([self._pair(group, number, question, ask, tools) for number, group in enumerate(groups)])

    async def _pair(self, replies: Sequence[Completion], number: int, question: Question, ask: Ask, tools: Tools) -> Sample | Rejected:
        draft = self._draft(question, number)
        answers = []
        for reply in replies:
            answer = answered(draft, reply, "answer")
            if isinstance(answer, Rejected):
                return answer
            draft = charged(draft, reply)
            answers.append(answer.response)
        principles = self._principles(question.lang)
        judged_by = tools.rng("judge_principle", number).choice(principles)
        if self.pair == "revised":
            rng = tools.rng("principles", number)
            drawn = rng.sample(principles, self.rounds) if self.rounds <= len(principles) else rng.choices(principles, k=self.rounds)
            revision = await revised(changed(draft, response=answers[0]), drawn, self, ask, number)
            if isinstance(revision, Rejected):
                return revision
            draft, answers = revision, [revision.response, *answers]
        elif len(answers) < 2:
            return Rejected(changed(draft, response=answers[0]), "answer", "too_few", evidence={"answers": 1})
        return await self._compared(draft, (answers[0], answers[1]), judged_by, ask, number)

    def _draft(self, question: Question, number: int) -> Sample:
        texts = [load(self.texts, step, question.lang).text for step in ("critique", "revise", "compare")]
        meta: dict[str, Any] = {**provenance(self.name, self.system, *self._principles(question.lang), *texts), "pair": self.pair}
        if question.reference:
            meta["reference"] = question.reference
        return Sample(question.prompt, "", slot=f"answer/{number}", messages=question.turns, lang=question.lang, meta=meta)

    def _principles(self, lang: str) -> Sequence[str]:
        return self.principles or load(self.texts, "principles", lang).text.splitlines()

    async def _compared(self, draft: Sample, answers: tuple[str, str], principle: str, ask: Ask, number: int) -> Sample | Rejected:
        """The pair, when the judge knows which is better. With `revised` the first of the two has to be."""
        unsure = _with(draft, *answers)
        if same_text(*answers):
            return Rejected(unsure, "revise", "unchanged", evidence={"answer": answers[0]})
        ratio = length_ratio(*answers)
        if ratio > self.max_length_ratio:
            return Rejected(unsure, "compare", "lengths_differ", ratio, {"most": self.max_length_ratio})
        choice = await in_both_orders(draft, answers, principle, ask, number)
        if isinstance(choice, Rejected):
            return choice
        if self.pair == "revised" and not choice.first:
            evidence = {"judge": choice.judge, "analysis": choice.analysis, "principle": principle}
            return Rejected(_with(choice.paid, *answers), "compare", "prefers_original", evidence=evidence)
        pair = _with(choice.paid, *(answers if choice.first else answers[::-1]))
        said = {"judge": choice.judge, "analysis": choice.analysis, "judge_principle": principle}
        return changed(pair, meta={"principle": [principle], **pair.meta, **said})


def _with(draft: Sample, chosen: str, rejected: str) -> Sample:
    return changed(draft, response=chosen, chosen=chosen, rejected=rejected, messages=(*draft.messages, reply_turn(chosen)))
