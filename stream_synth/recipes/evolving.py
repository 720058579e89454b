"""One task on its way through the rounds of Evol-Instruct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.evol_operators import OperatorSet, counts_words, drawn, frame, starts_anew
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.eliminations import is_apology, is_invalid, role_words, same_text, says_nothing
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.question import Question
from stream_synth.recipes.shared.replies import answered, charged, noted, provenance, unanswered
from stream_synth.recipes.shared.saying import replied
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, billed, consulted, read_score, ruling
from stream_synth.text.length import words
from stream_synth.values import Completion, Rejected, Sample, changed

DIFFICULTIES = (1, 10)
_VERDICTS = {"equal": "equal", "different": "different", "相同": "equal", "不同": "different", "不相同": "different"}


@dataclass(frozen=True)
class Chain:
    """One of a seed's chains. `rated` is the judge's reply on the seed's own difficulty, if any; the first chain pays for it."""

    asking: Asking
    recipe: str
    question: Question
    ask: Ask
    tools: Tools
    number: int
    rated: Completion | None
    rate: bool = True  # have new tasks rated
    operators: OperatorSet = "general"
    added: tuple[float, float] | None = None  # words that an evolution in depth may add

    async def grown(self, rounds: int) -> list[Sample | Rejected]:
        """The rounds' candidates, in order. A round that fails leaves the parent as it is for the next one."""
        candidates: list[Sample | Rejected] = []
        seed = self.question.asked(), read_score(self.rated, *DIFFICULTIES) if self.rated else None
        parent, difficulty = seed
        for turn in range(1, rounds + 1):
            if starts_anew(self.operators, turn):
                parent, difficulty = seed
            candidate = await self._round(self._draft(parent, difficulty, turn))
            candidates.append(candidate)
            if isinstance(candidate, Sample):
                parent, difficulty = candidate.prompt, candidate.meta.get("difficulty")
        return candidates

    def _draft(self, parent: str, difficulty: float | None, turn: int) -> Sample:
        operator = drawn(self.operators, turn, self.tools.rng(f"operator/{turn}", self.number))
        texts = [self._prompt(step).text for step in (operator, frame(operator) or operator, "equal", "answer", "difficulty")]
        meta: dict[str, Any] = {**provenance(self.recipe, self.asking.system, *texts), "op": operator, "round": turn, "parent": parent}
        if difficulty is not None:
            meta["parent_difficulty"] = difficulty
        draft = Sample("", "", slot=f"{self.number}/{turn}", lang=self.question.lang, meta=meta)
        return billed(draft, self.rated) if self.rated and turn == 1 and self.number == 0 else draft

    async def _round(self, task: Sample) -> Sample | Rejected:
        for stage in (self._evolved, self._compared, self._answered, self._rated):
            candidate = await stage(task)
            if isinstance(candidate, Rejected):
                return candidate
            task = candidate
        return await self.asking.checked(task, self.tools)

    async def _evolved(self, draft: Sample) -> Sample | Rejected:
        """The new task, without words of the prompt that asked for it."""
        operator, parent = draft.meta["op"], draft.meta["parent"]
        around = frame(operator)
        prompt = self._prompt(around or operator).fill(method=self._prompt(operator).text, task=parent)
        try:
            reply = await self.ask(self._step(draft, "evolve"), self.asking.request(prompt), sample=self.number)
        except ChatError as error:
            if draft.meta["round"] == 1:
                raise
            return unanswered(draft, "evolve", error)
        evolved = answered(draft, reply, "evolve")
        if isinstance(evolved, Rejected):
            return evolved
        turns = (*self.question.turns[:-1], {"role": "user", "content": evolved.response})
        task = charged(changed(draft, prompt=evolved.response, messages=turns), reply)
        slipped = role_words(task.prompt, parent)
        if slipped:
            return Rejected(task, "evolve", "role_words", evidence={"words": slipped})
        return self._counted(task, parent) if counts_words(operator) else task

    def _counted(self, task: Sample, parent: str) -> Sample | Rejected:
        """The task with the number of words that were added, which may be held against it."""
        added = round(words(task.prompt) - words(parent), 1)
        counted = noted(task, added_words=added)
        if self.added is None or self.added[0] <= added <= self.added[1]:
            return counted
        return Rejected(counted, "evolve", "words_added", added, {"added": added, "wanted": list(self.added)})

    async def _compared(self, task: Sample) -> Sample | Rejected:
        """Another task than its parent's: no call is needed to see that a copy is none."""
        parent = task.meta["parent"]
        if same_text(task.prompt, parent):
            return Rejected(task, "equal", "copied", evidence={"parent": parent})
        prompt = self._prompt("equal").fill(first=parent, second=task.prompt)
        ruled = await ruling(self.ask, self._step(task, "equal"), prompt, task, _VERDICTS, self.number)
        if isinstance(ruled, Rejected):
            return ruled
        return Rejected(ruled.paid, "equal", "equal", evidence=ruled.said) if ruled.word == "equal" else ruled.paid

    async def _answered(self, task: Sample) -> Sample | Rejected:
        """The task with an answer that says something. The way out that the answerer is offered is no part of the row."""
        *earlier, last = task.messages
        offered = {**last, "content": self._prompt("answer").fill(task=task.prompt)}
        request = self.asking.request((*earlier, offered))
        candidate = await replied(self.ask, self._step(task, "answer"), request, task, self.number)
        if isinstance(candidate, Rejected):
            return candidate
        for reason, holds in (("invalid", is_invalid), ("sorry", is_apology), ("stop_words", says_nothing)):
            if holds(candidate.response):
                return Rejected(candidate, "answer", reason, evidence={"answer": candidate.response[:MAX_KEPT_CHARS]})
        return candidate

    async def _rated(self, row: Sample) -> Sample:
        """The row with its difficulty, where that can be had; the row does not depend on it."""
        reply = await difficulty_of(row.prompt, row.lang, self.ask, self._step(row, ""), self.number) if self.rate else None
        if reply is None:
            return row
        score, paid = read_score(reply, *DIFFICULTIES), billed(row, reply)
        return paid if score is None else noted(paid, difficulty=score)

    def _step(self, draft: Sample, name: str) -> str:
        return f"round{draft.meta['round']}/{name}".rstrip("/")

    def _prompt(self, step: str) -> Template:
        return load("evol_instruct", step, self.question.lang)


async def difficulty_of(task: str, lang: str, ask: Ask, step: str, sample: int = 0) -> Completion | None:
    """The judge's reply on how hard a task is; None when the judge cannot be reached."""
    try:
        return await consulted(ask, f"{step}/difficulty", load("evol_instruct", "difficulty", lang).fill(task=task), sample)
    except ChatError:
        return None
