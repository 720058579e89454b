"""Programs mended by running them: told what failed (InterCode), after reflections (Reflexion), by a trace (NExT), or made faster (PIE)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.improving import if_faster, mended, timed, traced_prompt, with_rationale
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.programs import Programming
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import read_question
from stream_synth.recipes.shared.repairing import Repair, interact, observed, reflect
from stream_synth.recipes.shared.replies import provenance
from stream_synth.recipes.shared.tested_task import TestedTask, read_task, with_prompt, written_tests
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify.programs import parsed


@dataclass(frozen=True, kw_only=True)
class CodeRepair(Programming):
    """`samples` repairs of each task."""

    mode: Literal["interact", "reflect", "trace", "faster"] = field(
        default="interact",
        metadata={"help": "interact: run and tell, turn by turn; reflect: own tests and reflections; trace: mend by a trace; faster"},
    )
    turns: int = field(default=10, metadata={"help": "interact: programs at most (InterCode: 10)", "least": 1})
    reflections: int = field(default=3, metadata={"help": "reflect: at most (Reflexion keeps 1 to 3)", "least": 0})
    rounds: int = field(default=3, metadata={"help": "faster: runs of each program whose median counts", "least": 1})
    min_gain: float = field(default=0.1, metadata={"help": "faster: least share of the time saved (PIE: 0.1)"})

    name = "code_repair"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.min_gain < 1:
            raise ConfigError(f"min_gain is {self.min_gain}; give a share above 0 and below 1")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per repair."""
        self.sandbox()
        question = sound(read_question(seed, self.system))
        steps = {"interact": ("observe",), "reflect": ("reflect", "again"), "trace": ("trace",), "faster": ("faster",)}[self.mode]
        texts = [load(self.texts, step, question.lang).text for step in steps]
        task = read_task(question, seed, {**provenance(self.name, self.system, *texts), "mode": self.mode})
        code = str(seed.fields.get("code") or "").strip("\n")
        repaired = self._reflected(task, ask, tools) if self.mode == "reflect" else self._repaired(task, code, ask, tools)
        tested = {"function": task.function, "tests": [one.as_text() for one in task.tests]}
        return [_with_meta(one, tested) for one in await repaired]

    async def _repaired(self, task: TestedTask, code: str, ask: Ask, tools: Tools) -> Sequence[Sample | Rejected]:
        if not task.tests:
            return [Rejected(task.draft, "seed", "no_tests", evidence={"problem": "nothing judges a program"})]
        given = await self._given(task, code, tools) if code or self.mode != "interact" else task
        if isinstance(given, Rejected):
            return [given]
        if self.mode == "interact":
            first = given.draft.messages if code else task.sent(load("unit_tests", "solve", task.draft.lang))
            return await self._each([Repair(given, first, task.tests, number, self, ask, tools) for number in range(self.samples)])
        replies = await ask.many("solve", self.request(given.draft.messages), self.samples)
        return [await self._improved(given, code, reply, number, tools) for number, reply in enumerate(replies)]

    async def _given(self, task: TestedTask, code: str, tools: Tools) -> TestedTask | Rejected:
        """The task with the given program in its prompt, which has to be wrong, or for `faster` right."""
        if not parsed(code) or not code:
            return Rejected(task.draft, "seed", "no_program", evidence={"code": code})
        results = await self.tested(tools, code, task.tests)
        right, lang, asked = all(one.passed for one in results), task.draft.lang, str(task.draft.messages[-1]["content"])
        if right != (self.mode == "faster"):
            return Rejected(task.draft, "seed", "not_wrong" if right else "fails_tests", evidence={"code": code})
        match self.mode:
            case "faster":
                prompt = load(self.texts, "faster", lang).fill(task=asked, code=code)
            case "trace":
                prompt = await traced_prompt(task, code, results, self, tools)
            case _:
                told = observed(task.tests, results, "observe", lang)
                prompt = load(self.texts, "start", lang).fill(task=asked, code=code, observation=told)
        return with_prompt(task, prompt) if prompt else Rejected(task.draft, "seed", "no_trace", evidence={"code": code})

    async def _improved(self, task: TestedTask, code: str, reply: Completion, number: int, tools: Tools) -> Sample | Rejected:
        candidate = await mended(task, changed(task.draft, slot=f"solve/{number}"), reply, self, tools)
        if isinstance(candidate, Rejected):
            return candidate
        if self.mode == "trace":
            return with_rationale(candidate)
        return if_faster(await timed(task, code, candidate, self, (tools, self.rounds)), self.min_gain)

    async def _reflected(self, task: TestedTask, ask: Ask, tools: Tools) -> Sequence[Sample | Rejected]:
        if task.tests and not task.function:
            return [Rejected(task.draft, "seed", "whole_program", evidence={"problem": "assertions have to call a function"})]
        written = await written_tests(task.draft, self, ask, task.function)
        if isinstance(written, Rejected):
            return [written]
        own, reply = written
        task = replace(task, paid=(reply,))
        first = task.sent(load("unit_tests", "solve", task.draft.lang))
        return await self._each([Repair(task, first, own, number, self, ask, tools) for number in range(self.samples)])

    async def _each(self, repairs: Sequence[Repair]) -> list[Sample | Rejected]:
        """One failed call costs its own repair; when all failed at once, the seed."""
        return await all_of([interact(one, self.turns) if self.mode == "interact" else reflect(one, self.reflections) for one in repairs])


def _with_meta(one: Sample | Rejected, tested: Mapping[str, object]) -> Sample | Rejected:
    """What is known of the tests, unless the repair says better."""
    if isinstance(one, Rejected):
        return replace(one, sample=changed(one.sample, meta={**tested, **one.sample.meta}))
    return changed(one, meta={**tested, **one.meta})
