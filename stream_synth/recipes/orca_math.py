"""Orca-Math: new word problems from each seed, some written after it, some made harder by a suggester and an editor, all solved.

With students asked too, the rows are pairs of a right and a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.blocks import all_from, under
from stream_synth.recipes.shared.eliminations import is_invalid, same_text
from stream_synth.recipes.shared.judge import judge_template
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import noted, provenance
from stream_synth.recipes.shared.saying import replied, said
from stream_synth.recipes.students import paired
from stream_synth.text.sections import numbered
from stream_synth.values import Rejected, Sample, Seed, changed

_LABEL = re.compile(r"^[\s*#]*(?:the new problem|new problem|problem|改好的题目|新题目?|题目)[\s*]*[:：][\s*]*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class OrcaMath(Asking):
    """`problems` new ones after each seed, and one for each of `rounds` of suggestion and edit; a solution to each."""

    problems: int = field(
        default=3, metadata={"help": "new problems asked for in one call; 0: none (the paper has 120,445 from 36,217)", "least": 0}
    )
    rounds: int = field(
        default=2, metadata={"help": "rounds of suggestion and edit, each on the last one's problem: 2 is the paper's", "least": 0}
    )
    max_answer_chars: int = field(default=1800, metadata={"help": "longer solutions are rejected: 1,800 is the paper's"})
    students: int = field(
        default=0,
        metadata={
            "help": "answers of role `student` to each problem (the paper: 4): rows are pairs then; 0: teacher's solutions",
            "least": 0,
        },
    )
    judge: bool = field(default=False, metadata={"help": "ask role `judge` whether a student is right where no rule can tell"})

    name = "orca_math"
    checks_itself = True  # the teacher's solution, before students are asked

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.problems + self.rounds:
            raise ConfigError(f"problems is {self.problems} and rounds {self.rounds}; ask for at least one problem")
        if self.judge and not self.students:
            raise ConfigError(f"students is {self.students} and judge {self.judge}; give a judge only where students answer")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per problem, those of the list first."""
        question = sound(read_question(seed))
        problems = await all_from([self._created(question, ask), self._harder(question, ask)])
        return await all_from([self._answered(one, number, ask, tools) for number, one in enumerate(problems)])

    async def _created(self, question: Question, ask: Ask) -> Sequence[Sample | Rejected]:
        if not self.problems:
            return []
        draft = self._draft(question, "create/0", ("create",), via="ask_anything")
        prompt = load(self.texts, "create", question.lang).fill(problem=question.prompt, count=str(self.problems))
        reply = await said(ask, "create", self.request(prompt), draft)
        if isinstance(reply, Rejected):
            return [reply]
        written = numbered(reply.text)[: self.problems]
        if not written:
            return [Rejected(reply.paid, "create", "invalid" if is_invalid(reply.text) else "unreadable", evidence={"reply": reply.text})]
        made: list[Sample | Rejected] = []
        for number, problem in enumerate(written):
            bare = reply.paid if number == 0 else draft  # the call is charged once
            one = self._posed(changed(bare, slot=f"create/{number}"), problem)
            known = any(same_text(problem, other) for other in (question.prompt, *written[:number]))
            made.append(Rejected(one, "create", "copied") if known else one)
        return made

    async def _harder(self, question: Question, ask: Ask) -> Sequence[Sample | Rejected]:
        made: list[Sample | Rejected] = []
        problem = question.prompt
        for turn in range(1, self.rounds + 1):
            draft = self._draft(question, f"edit/{turn}", ("suggest", "edit"), via="suggest_edit", round=turn)
            prompt = load(self.texts, "suggest", question.lang).fill(problem=problem)
            ways = await said(ask, f"round{turn}/suggest", self.request(prompt), draft)
            if isinstance(ways, Rejected):
                return [*made, ways]
            draft = noted(ways.paid, suggestions=ways.text)
            prompt = load(self.texts, "edit", question.lang).fill(problem=problem, suggestions=ways.text)
            edited = await said(ask, f"round{turn}/edit", self.request(prompt), draft)
            if isinstance(edited, Rejected):
                return [*made, edited]
            harder = _LABEL.sub("", edited.text).strip()
            if is_invalid(harder) or same_text(harder, problem):
                reason = "invalid" if is_invalid(harder) else "copied"
                return [*made, Rejected(edited.paid, "edit", reason, evidence={"reply": edited.text})]
            made.append(self._posed(edited.paid, harder))
            problem = harder
        return made

    def _draft(self, question: Question, slot: str, steps: Sequence[str], **meta: Any) -> Sample:  # noqa: ANN401  # JSON values
        texts = [load(self.texts, step, question.lang).text for step in steps]
        if self.judge:
            texts.append(judge_template(question.lang, with_reference=True).text)
        kept = {**provenance(self.name, self.system, *texts), **meta}
        return Sample(question.prompt, "", slot=slot, lang=question.lang, meta={**kept, "original_question": question.prompt})

    def _posed(self, draft: Sample, problem: str) -> Sample:
        return changed(draft, prompt=problem, messages=self.opening(problem))

    async def _answered(self, problem: Sample | Rejected, number: int, ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        solved = await self.checked(await self._solved(problem, number, ask), tools)
        if isinstance(solved, Rejected) or not self.students:
            return [solved]
        return await paired(solved, self.students, self, under(ask, f"problem{number}"), judge=self.judge)

    async def _solved(self, problem: Sample | Rejected, number: int, ask: Ask) -> Sample | Rejected:
        if isinstance(problem, Rejected):
            return problem
        row = await replied(ask, "solve", self.request(problem.messages), problem, number)
        if isinstance(row, Sample) and len(row.response) > self.max_answer_chars:
            return Rejected(row, "solve", "too_long", len(row.response), {"chars": len(row.response), "most": self.max_answer_chars})
        return row
