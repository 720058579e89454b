"""Thinking for answers that are there already: worked out as if the answer were unknown, kept when it arrives there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import provenance, reply_turn
from stream_synth.recipes.shared.saying import heard
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, approved
from stream_synth.text.length import words
from stream_synth.text.sections import labelled
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import leaked, same_words

_LABELS = {"thinking": "thinking", "思考": "thinking", "思考过程": "thinking", "conclusion": "conclusion", "结论": "conclusion"}
_GROUNDED = {"grounded": "", "有据": "", "ungrounded": "ungrounded", "无据": "ungrounded"}  # what is against it


@dataclass(frozen=True, kw_only=True)
class RetrofitCot(Asking):
    """`samples` traces of thinking towards each seed's answer; the row teaches question, thinking and that answer."""

    min_words: int = field(default=20, metadata={"help": "least words of thinking, a Chinese character counting as 0.6"})
    judge: bool = field(
        default=False, metadata={"help": "ask role `judge` whether the thinking rests on the passage and the dialogue alone"}
    )

    name = "retrofit_cot"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per trace."""
        del tools
        question = sound(read_question(seed, self.system))
        given: Any = seed.fields.get("answer")
        answers = [str(one).strip() for one in given] if isinstance(given, list | tuple) else [question.reference]
        if not all(answers):
            raise Dropped(Sample(question.prompt, "", slot="seed", lang=question.lang), "seed", "no_answer")
        template = load(self.texts, "think", question.lang)
        grounded = load(self.texts, "grounded", question.lang).text if self.judge else ""
        meta = provenance(self.name, self.system, template.text, grounded)
        # Questions about one passage share most of their prompt: what they teach is in the thinking.
        draft = Sample(question.prompt, answers[0], messages=question.turns, lang=question.lang, dedup_on="response", meta=meta)
        prompt = template.fill(question=question.laid_out(), answer=answers[0])
        replies = await self.replies(ask, "think", self.request(prompt), draft)
        return await all_of([self._judged(self._read(reply, one, answers), question, ask) for one, reply in replies])

    def _read(self, reply: Completion, draft: Sample, answers: Sequence[str]) -> Sample | Rejected:
        whole = heard(reply, draft, "think")
        if isinstance(whole, Rejected):
            return whole
        found = labelled(whole.text, _LABELS)
        parts = dict(found)
        if [name for name, text in found if text] != ["thinking", "conclusion"]:
            evidence = {"reply": whole.text[:MAX_KEPT_CHARS]}
            return Rejected(whole.paid, "think", "invalid" if is_invalid(whole.text) else "no_conclusion", evidence=evidence)
        meta = {**whole.paid.meta, "conclusion": parts["conclusion"]}
        row = changed(whole.paid, reasoning=parts["thinking"], meta=meta, messages=(*draft.messages, reply_turn(answers[0])))
        if not any(same_words(parts["conclusion"], one) for one in answers):
            return Rejected(row, "think", "other_conclusion", evidence={"expected": answers, "got": parts["conclusion"]})
        if (length := words(row.reasoning)) < self.min_words:
            return Rejected(row, "think", "too_short", length, {"words": round(length), "least": self.min_words})
        phrase = leaked(row.reasoning, row.prompt)
        return Rejected(row, "think", "leak", evidence={"phrase": phrase}) if phrase else row

    async def _judged(self, candidate: Sample | Rejected, question: Question, ask: Ask) -> Sample | Rejected:
        if not self.judge or isinstance(candidate, Rejected):
            return candidate
        prompt = load(self.texts, "grounded", question.lang).fill(question=question.laid_out(), thinking=candidate.reasoning)
        return await approved(candidate, "judge", prompt, _GROUNDED, ask)
