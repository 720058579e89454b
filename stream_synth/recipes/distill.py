"""Plain distillation: a strong model answers real questions, one turn or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.blocks import against_gold
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import answered, noted
from stream_synth.recipes.shared.second_look import second_look
from stream_synth.recipes.shared.solving import drafted
from stream_synth.values import Completion, Json, Message, Rejected, Request, Sample, Seed

MAX_LOGPROBS = 20  # the OpenAI protocol's limit


@dataclass(frozen=True, kw_only=True)
class Distill(Asking):
    """`samples` answers to each question, thinking kept where the model shows it."""

    compare: Literal["off", "rule"] = field(default="off", metadata={"help": "rule: an answer must equal the seed's `answer`"})

    logprobs: int = field(
        default=0,
        metadata={
            "help": "keep the k likeliest tokens at each place with their log-probabilities, for white-box distillation",
            "least": 0,
            "most": MAX_LOGPROBS,
        },
    )

    name = "distill"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per reply."""
        question = sound(read_question(seed, self.system))
        draft = drafted(question, self.name, self.system)
        replies = await self.replies(ask, "answer", self.asked(question.turns), draft)
        return [await second_look(self.read(question, reply, one), tools) for one, reply in replies]

    def asked(self, turns: Sequence[Message]) -> Request:
        """The request for an answer."""
        return self.request(turns, logprobs=True, top_logprobs=self.logprobs) if self.logprobs else self.request(turns)

    def read(self, question: Question, completion: Completion, draft: Sample) -> Sample | Rejected:
        """The draft with the reply as its answer, compared with the right ones where the options say so."""
        if question.reference:
            draft = noted(draft, reference=question.reference)
        if question.answer_kind:
            draft = noted(draft, answer_kind=question.answer_kind)
        candidate = answered(draft, completion, "answer")
        if self.logprobs and isinstance(candidate, Sample):
            if not completion.logprobs:
                return Rejected(candidate, "answer", "no_logprobs", evidence={"endpoint": completion.endpoint, "model": completion.model})
            candidate = noted(candidate, logprobs=[_likeliest(one) for one in completion.logprobs])
        if question.gold and self.compare == "rule" and isinstance(candidate, Sample):
            return against_gold(candidate, question.gold)
        return candidate


def _likeliest(token: Json) -> list[Any]:
    """A token as sent, shortened: [token, log-probability, {token: log-probability}]."""
    return [token["token"], token["logprob"], {top["token"]: top["logprob"] for top in token.get("top_logprobs") or ()}]
