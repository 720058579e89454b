"""Xwin-Math: a new question inspired by a seed, solved and mended by way of checking it, then answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.eliminations import same_text
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.saying import prompted
from stream_synth.recipes.shared.solving import Solver, Solving, boxed, boxed_text, drafted, own_text, reworded
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS
from stream_synth.text.sampling import Spread
from stream_synth.values import Rejected, Sample, Seed, changed
from stream_synth.verify import final_answer

_MENDED = re.compile(r"^[\s*#]*(?:question|题目)[\s*]*[:：][\s*]*(?=\S)", re.IGNORECASE | re.MULTILINE)
_INVALID = re.compile(r"^\W*INVALID\W*\Z", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class XwinMath(Solving):
    """`samples` new questions per seed, each checked and answered once."""

    samples: int = field(default=4, metadata={"help": "new questions per seed"})
    temperature: Spread | None = field(default=1.0, metadata={"help": "new questions must differ"})

    name = "xwin_math"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per new question."""
        question = sound(read_question(seed, self.system))
        text = own_text(seed, question)
        texts = {step: load(self.texts, step, question.lang) for step in ("create", "check")}
        draft = drafted(question, self.name, self.system, boxed_text(question.lang), *(one.text for one in texts.values()))
        draft = changed(draft, slot="create", meta={**draft.meta, "original_question": text})
        create = texts["create"].fill(question=question.asked())
        created = await Solver("create", prompted(create), self.samples).written(draft, self, ask)
        growing = [self._grown(_Problem(question, text, texts["check"], number), one, ask) for number, one in enumerate(created)]
        return await self.sifted(await all_of(growing), tools)

    async def _grown(self, problem: _Problem, created: Sample | Rejected, ask: Ask) -> Sample | Rejected:
        """The new question checked and solved."""
        if isinstance(created, Rejected):
            return created
        if same_text(created.response, problem.text):
            return Rejected(created, "create", "copied")
        check, number = prompted(problem.check.fill(question=created.response)), problem.number
        checked = _mended((await Solver("check", check, path=f"check/{number}").written(created, self, ask))[0], created.response)
        if isinstance(checked, Rejected):
            return checked
        question = reworded(problem.question, problem.text, checked.response)
        row = changed(checked, prompt=question.prompt, messages=question.turns)
        return _stated((await Solver("solve", boxed(question.turns, question.lang), path=f"solve/{number}").written(row, self, ask))[0])


@dataclass(frozen=True, slots=True)
class _Problem:
    """What every new question of a seed needs."""

    question: Question
    text: str
    check: Template
    number: int


def _mended(checked: Sample | Rejected, created: str) -> Sample | Rejected:
    """The question that the check ends in, as `response`."""
    if isinstance(checked, Rejected):
        return checked
    if _INVALID.search(checked.response):
        return Rejected(checked, "check", "invalid", evidence={"question": created, "check": checked.response[:MAX_KEPT_CHARS]})
    marks = list(_MENDED.finditer(checked.response))
    if not marks:
        return Rejected(checked, "check", "unreadable", evidence={"question": created, "check": checked.response[:MAX_KEPT_CHARS]})
    text = checked.response[marks[-1].end() :].strip(" *\n")
    return changed(checked, response=text, meta={**checked.meta, "created": created, "mended": not same_text(text, created)})


def _stated(solved: Sample | Rejected) -> Sample | Rejected:
    """The solution, when it states a final answer."""
    if isinstance(solved, Rejected):
        return solved
    found = final_answer(solved.response)
    if found is None or found.guessed:
        return Rejected(solved, "answer", "no_answer")
    return noted(solved, got=found.text, answer_how=found.how)
