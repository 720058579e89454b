"""A program on its way through tests: run, told what failed, mended; with or without a reflection in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.programs import Programming, failures, passing
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, noted, unanswered
from stream_synth.recipes.shared.tested_task import TestedTask, first_pays
from stream_synth.values import Message, Rejected, Sample, changed
from stream_synth.verify.programs import Result, UnitTest, called_in, program_in, run_tests


@dataclass(frozen=True, slots=True)
class Repair:
    """One attempt after the other at one task. `tests` are those that are run in between, `first` is how the task is put."""

    task: TestedTask
    first: Sequence[Message]
    tests: Sequence[UnitTest]
    number: int
    asking: Programming
    ask: Ask
    tools: Tools

    async def said(self, draft: Sample, step: str) -> Sample | Rejected:
        """The draft with the model's next turn; rejected at `solve`. A first call that fails costs the seed, a later one the row."""
        sent = (*self.first, *draft.messages[len(self.task.draft.messages) :])
        try:
            reply = await self.ask(step, self.asking.request(sent), sample=self.number)
        except ChatError as error:
            if len(draft.messages) == len(self.task.draft.messages):
                raise
            return unanswered(draft, "solve", error)
        return answered(draft, reply, "solve")

    async def attempted(self, draft: Sample, step: str) -> tuple[Sample | Rejected, list[Result]]:
        """The draft with the next program (`meta.code`) and its results; none where the reply holds no program."""
        candidate = await self.said(draft, step)
        if isinstance(candidate, Rejected) or not (code := program_in(candidate.response, self.task.function)):
            return candidate, []
        results = await self.results(code, self.tests, step)
        rewards = [*candidate.meta.get("rewards", ()), round(sum(one.passed for one in results) / len(results), 3)]
        return noted(candidate, code=code, rewards=rewards), results

    async def results(self, code: str, tests: Sequence[UnitTest], step: str) -> list[Result]:
        """Of the program; journalled by step and sample."""
        sandbox, limit = self.asking.sandbox(), self.asking.test_s
        return await self.asking.ran(self.tools, f"{step}/{self.number}", lambda: run_tests(sandbox, code, tests, check_s=limit))

    def function(self) -> str:
        """The name of what is written."""
        return self.task.function or called_in(self.tests)

    def told(self, draft: Sample, results: Sequence[Result], template: str) -> Sample:
        """The draft with a user's turn that says what failed."""
        text = observed(self.tests, results, template, draft.lang) if results else load("code_repair", "no_code", draft.lang).text
        return spoken_to(draft, text)


def observed(tests: Sequence[UnitTest], results: Sequence[Result], template: str, lang: str) -> str:
    """What failed, in words."""
    passed = str(sum(one.passed for one in results))
    return load("code_repair", template, lang).fill(passed=passed, count=str(len(tests)), failures=failures(tests, results))


def spoken_to(draft: Sample, text: str) -> Sample:
    """The draft with another turn of the user's."""
    return changed(draft, messages=(*draft.messages, {"role": "user", "content": text}))


async def interact(repair: Repair, turns: int) -> Sample | Rejected:
    """InterCode: run and tell, until all tests pass, `turns` times at most. The tests in between are those that judge."""
    draft = first_pays(repair.task, "repair", repair.number)
    results: list[Result] = []
    for turn in range(1, turns + 1):
        if turn > 1:
            draft = repair.told(draft, results, "observe")
        attempt, results = await repair.attempted(draft, f"turn{turn}")
        if isinstance(attempt, Rejected):
            return attempt
        draft = noted(attempt, turns=turn)
        if results and all(one.passed for one in results):
            return draft
    return passing(draft, repair.tests, results) if results else Rejected(draft, "solve", "no_code")


async def reflect(repair: Repair, most: int) -> Sample | Rejected:
    """Reflexion: after a failure a reflection, then another attempt with all reflections in view, `most` of them.

    The model's own tests are run in between. The seed's tests judge the last attempt where there are some, else its own do.
    """
    thoughts: list[str] = []
    attempt, results = await repair.attempted(first_pays(repair.task, "repair", repair.number), "turn1")
    for turn in range(1, most + 1):
        if isinstance(attempt, Rejected) or (results and all(one.passed for one in results)):
            break
        thought = await repair.said(repair.told(attempt, results, "reflect"), f"reflect{turn}")
        if isinstance(thought, Rejected):
            return replace(thought, step="reflect")
        thoughts.append(thought.response)
        attempt, results = await repair.attempted(
            spoken_to(thought, load("code_repair", "again", thought.lang).fill(function=repair.function())), f"turn{turn + 1}"
        )
    if isinstance(attempt, Rejected):
        return attempt
    own = [test.as_text() for test in repair.tests]
    last = noted(attempt, turns=len(thoughts) + 1, reflections=thoughts, own_tests=own)
    if not results:
        return Rejected(last, "solve", "no_code")
    if not repair.task.tests:
        return passing(noted(last, tests=own), repair.tests, results)
    return passing(last, repair.task.tests, await repair.results(str(last.meta["code"]), repair.task.tests, "final"))
