"""Preference pairs: n answers, rated side by side in changing order; the best against the worst, where the margin is clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.rating import rated_together
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.comparing import length_ratio
from stream_synth.recipes.shared.eliminations import same_text
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import answered, reply_turn
from stream_synth.recipes.shared.verdicts import billed
from stream_synth.text.sampling import Spread
from stream_synth.values import Rejected, Sample, Seed, changed


@dataclass(frozen=True, kw_only=True)
class Preference(Asking):
    """`samples` answers per question, `judgements` ratings of them all; one pair at most."""

    samples: int = field(default=4, metadata={"help": "answers per question", "least": 2})
    temperature: Spread | None = field(default=1.0, metadata={"help": "answers must differ to be compared"})
    judgements: int = field(
        default=4,
        metadata={
            "help": "ratings whose mean counts, the order turned each time (DeepSeek-R1: 4); fair to all places if a multiple of `samples`",
            "least": 1,
        },
    )
    margin: float = field(
        default=1.0, metadata={"help": "the means of a pair differ by more than this, of 1 to 10 (DeepSeek-R1: 1)", "least": 0}
    )
    max_length_ratio: float = field(
        default=2.0,  # within it lie 2 of 3 pairs of DPO-En-Zh; beyond it the longer one is chosen in up to 89 % (oasst1, Chinese)
        metadata={"help": "the longer of a pair by the shorter, at most: else length is learned", "least": 1},
    )

    name = "preference"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """The answers that are none, then the pair, or why there is no pair."""
        del tools
        question = sound(read_question(seed, self.system))
        draft = self._draft(question)
        replies = await ask.many("answer", self.request(question.turns), self.samples)
        none: list[Rejected] = []
        answers: list[Sample] = []
        for number, reply in enumerate(replies):
            candidate = answered(changed(draft, slot=f"answer/{number}"), reply, "answer")
            if isinstance(candidate, Rejected):
                none.append(candidate)
                continue
            draft = billed(draft, reply)
            if not any(same_text(candidate.response, other.response) for other in answers):
                answers.append(candidate)
        return [*none, await self.pair(draft, answers, ask)]

    def _draft(self, question: Question) -> Sample:
        meta = self.provenance(question.lang, "rate")
        if question.reference:
            meta["reference"] = question.reference
        return Sample(question.prompt, "", slot="pair", messages=question.turns, lang=question.lang, meta=meta)

    async def pair(self, draft: Sample, answers: Sequence[Sample], ask: Ask) -> Sample | Rejected:
        """The best and the worst of the answers, or why there is no pair. `draft` is the row without an answer, charged for all of them."""
        if len(answers) < 2:
            return Rejected(draft, "answer", "too_few", evidence={"answers": len(answers)})
        rated = await rated_together(draft, [answer.response for answer in answers], self.judgements, ask)
        if isinstance(rated, Rejected):
            return rated
        ratings = rated.meta["ratings"]
        apart = [(ratings[a] - ratings[b], a, b) for a, b in permutations(range(len(answers)), 2) if ratings[a] - ratings[b] > self.margin]
        if not apart:
            return Rejected(rated, "pair", "no_margin", max(ratings) - min(ratings), {"ratings": ratings, "margin": self.margin})
        near = [pair for pair in apart if length_ratio(*(answers[one].response for one in pair[1:])) <= self.max_length_ratio]
        if not near:
            return Rejected(rated, "pair", "lengths_differ", evidence={"ratings": ratings, "most": self.max_length_ratio})
        margin, better, worse = max(near, key=lambda pair: (pair[0], -pair[1], -pair[2]))
        chosen, rejected = answers[better], answers[worse]
        meta = {"margin": round(margin, 3), "chosen_model": chosen.model, "rejected_model": rejected.model}
        return changed(
            rated,
            response=chosen.response,
            reasoning=chosen.reasoning,
            messages=(*rated.messages, reply_turn(chosen.response)),
            chosen=chosen.response,
            rejected=rejected.response,
            score=ratings[better],
            model=chosen.model,
            meta={**rated.meta, **meta},
        )
