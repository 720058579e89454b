"""Plain distillation: a strong model answers real questions, one turn or many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.asking import Asking
from stream_synth.recipes.blocks import against_gold
from stream_synth.recipes.card import EXPERT_CHECK, GOLD_META, META, NO_QUESTION, WRONG_ANSWER, Card, no_reply
from stream_synth.recipes.expert import expert_check
from stream_synth.recipes.question import QUESTION_FIELDS, Question, read_question
from stream_synth.recipes.replies import answered, provenance
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import gold_answer


@dataclass(frozen=True, kw_only=True)
class Distill(Asking):
    """`samples` answers to each question, thinking kept where the model shows it."""

    compare: Literal["off", "rule"] = field(default="off", metadata={"help": "rule: an answer must equal the seed's `answer`"})

    name = "distill"
    card = Card(
        family="distillation",
        paper="plain distillation; Orca (arXiv:2306.02707) when the seeds bring system turns",
        summary="a strong model answers each question or dialogue; whole answers only",
        fields_in={**QUESTION_FIELDS, "answer": "optional: a reference answer, kept in meta, compared with `compare: rule`"},
        one_of=("question", "messages"),
        fields_out={
            "prompt": "the user's turns",
            "response": "the answer",
            "reasoning": "the model's thinking, where it shows any",
            "messages": "the whole conversation, the answer last",
        },
        roles={"teacher": "answers"},
        meta_keys={
            **META,
            "reference": "the seed's own answer",
            **GOLD_META,
        },
        rejects={
            **NO_QUESTION,
            **no_reply("answer", "reply"),
            **WRONG_ANSWER,
            **EXPERT_CHECK,
        },
    )

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """One candidate per reply."""
        question = read_question(seed, self.system)
        if isinstance(question, Rejected):
            yield question
            return
        for position, completion in enumerate(await ask.many("answer", self.request(question.turns), self.samples)):
            meta = provenance(self.name, self.system)
            draft = Sample(question.prompt, "", slot=f"answer/{position}", messages=question.turns, lang=question.lang, meta=meta)
            candidate = self.read(question, completion, draft)
            if self.verify and isinstance(candidate, Sample):
                candidate = await expert_check(candidate, self.verify, tools)
            yield candidate

    def read(self, question: Question, completion: Completion, draft: Sample) -> Sample | Rejected:
        """The draft with the reply as its answer, compared with the seed's where the options say so."""
        if question.reference:
            draft = changed(draft, meta={**draft.meta, "reference": question.reference})
        candidate = answered(draft, completion, "answer")
        gold = gold_answer(question.reference) if self.compare == "rule" and question.reference else None
        return against_gold(candidate, [gold.text]) if gold and isinstance(candidate, Sample) else candidate
