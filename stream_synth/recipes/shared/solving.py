"""Questions whose answer a rule can compare: how they are read and asked, and what becomes of the solutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.blocks import against_gold, all_of, at_most, recalculated
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import answered, provenance, unanswered
from stream_synth.recipes.shared.second_look import second_look
from stream_synth.text.sampling import Spread
from stream_synth.values import Message, Rejected, Sample, Seed, changed


@dataclass(frozen=True, kw_only=True)
class Solving(Asking):
    """What these methods share beside the asking: checks of a solution as such, and how many stay."""

    checks_itself: ClassVar[bool] = True  # `sifted` does, before it counts

    calculator: bool = field(default=False, metadata={"help": "calculate every `a op b = c` of a solution again; a wrong one rejects it"})
    keep: int | None = field(default=None, metadata={"help": "rows per seed at most, the first ones; left out: all", "least": 1})

    async def sifted(self, candidates: Sequence[Sample | Rejected], tools: Tools) -> list[Sample | Rejected]:
        """The candidates after the calculator and the user's own check; what is beyond `keep` is rejected."""
        return at_most(self.keep, [await self.checked(one, tools) for one in candidates])

    async def checked(self, candidate: Sample | Rejected, tools: Tools) -> Sample | Rejected:
        """The candidate after the calculator and your own check."""
        return await super().checked(recalculated(candidate) if self.calculator and isinstance(candidate, Sample) else candidate, tools)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the answers to it that are right, one at least. `text` is the question alone, without context or earlier turns."""

    question: Question
    gold: tuple[str, ...]
    text: str

    def reworded(self, text: str) -> Question:
        """The same conversation with another question in its place; context and earlier turns stay."""
        return reworded(self.question, self.text, text)


def reworded(question: Question, old: str, new: str) -> Question:
    """The conversation with other words in its last turn."""
    before, _, after = question.asked().rpartition(old)
    turns = (*question.turns[:-1], {**question.turns[-1], "content": f"{before}{new}{after}"})
    return replace(question, turns=turns, prompt="\n\n".join(str(turn["content"]) for turn in turns if turn["role"] == "user"))


def read_labelled(seed: Seed, system: str = "") -> Labelled | Rejected:
    """The question with its gold. Rejected at step `seed`: `no_question`, `bad_messages`, `no_gold`."""
    question = read_question(seed, system)
    if isinstance(question, Rejected):
        return question
    gold = question.gold
    if not gold:
        sample = Sample(question.prompt, "", slot="seed", lang=question.lang)
        kind = seed.fields.get("answer_kind") or "exact"
        return Rejected(sample, "seed", "no_gold", evidence={"answer": question.reference[:200], "answer_kind": kind})
    return Labelled(question, gold, own_text(seed, question))


def own_text(seed: Seed, question: Question) -> str:
    """The question alone, without context; of a dialogue its last turn."""
    return question.asked() if seed.fields.get("messages") else str(seed.fields.get("question", "")).strip()


def drafted(question: Question, recipe: str, *texts: str) -> Sample:
    """A row of this question that waits for its answer; `texts` are all prompts that make it."""
    meta = provenance(recipe, *texts)
    return Sample(question.prompt, "", messages=question.turns, lang=question.lang, meta=meta)


def boxed_text(lang: str) -> str:
    r"""The words that ask for steps and `\boxed{}`."""
    return load("reasoning", "boxed", lang).text


def boxed(turns: Sequence[Message], lang: str) -> tuple[Message, ...]:
    r"""The turns with steps and `\boxed{}` asked for in the last; not what the row will hold."""
    *earlier, last = turns
    return (*earlier, {**last, "content": load("reasoning", "boxed", lang).fill(question=str(last["content"]))})


@dataclass(frozen=True, slots=True)
class Solver:
    """One way of asking for solutions: by these turns, that many. `path` tells calls of the same step apart."""

    step: str
    turns: tuple[Message, ...]
    samples: int = 1
    path: str = ""
    temperature: Spread | None = None  # before the option of the method

    async def solutions(self, draft: Sample, asking: Asking, ask: Ask) -> list[Sample | Rejected]:
        """The draft with each reply in it, slot `path/n`; replies that are none as `Rejected`. Raises when every call failed."""
        warmth = {} if self.temperature is None else {"temperature": self.temperature}
        path = self.path or self.step
        replies = await ask.many(path, asking.request(self.turns, **warmth), self.samples)
        return [answered(changed(draft, slot=f"{path}/{number}"), reply, self.step) for number, reply in enumerate(replies)]

    async def right(self, draft: Sample, gold: Sequence[str], asking: Asking, ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        """The same; those that do not end in a gold answer are rejected at step `answer`."""
        solved = await self.solutions(draft, asking, ask)
        compared = [against_gold(one, gold) if isinstance(one, Sample) else one for one in solved]
        return await all_of([second_look(one, tools) for one in compared])

    async def right_later(self, draft: Sample, gold: Sequence[str], asking: Asking, ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        """The same after other calls of the seed were paid: when every call failed, the draft rejected as `call_failed`."""
        try:
            return await self.right(draft, gold, asking, ask, tools)
        except ChatError as error:
            return [unanswered(changed(draft, slot=self.path or self.step), self.step, error)]

    async def written(self, draft: Sample, asking: Asking, ask: Ask) -> list[Sample | Rejected]:
        """Texts as `response`, after other calls were paid: a failed call is a rejection, and so is the way out, `invalid`."""
        try:
            read = await self.solutions(draft, asking, ask)
        except ChatError as error:
            return [unanswered(changed(draft, slot=self.path or self.step), self.step, error)]
        return [Rejected(one, self.step, "invalid") if isinstance(one, Sample) and is_invalid(one.response) else one for one in read]
