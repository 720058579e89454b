"""Code that passes its tests: n solutions in the sandbox, tests given or written and vetted, one solution for each behaviour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.programs import Programming, passing, programmed
from stream_synth.recipes.shared.prompts import digest_of, load
from stream_synth.recipes.shared.question import read_question
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.tested_task import TestedTask, first_pays, task_with_tests, with_generator
from stream_synth.recipes.vetting import Trial, clusters, vetted
from stream_synth.text.sampling import Spread
from stream_synth.values import Rejected, Sample, Seed
from stream_synth.verify.programs import Result, UnitTest


@dataclass(frozen=True, kw_only=True)
class UnitTests(Programming):
    """`samples` solutions per task; of those that pass every test one of each behaviour."""

    samples: int = field(default=8, metadata={"help": "solutions per task"})
    temperature: Spread | None = field(default=1.0, metadata={"help": "solutions must differ to be clustered"})
    inputs: int = field(
        default=20, metadata={"help": "generated inputs on which solutions are compared; 0: only the tests compare them", "least": 0}
    )
    min_tests: int = field(default=3, metadata={"help": "model-written tests that have to survive vetting", "least": 1})

    name = "unit_tests"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per solution."""
        self.sandbox()
        question = sound(read_question(seed, self.system))
        meta = self.provenance(question.lang, "solve", "tests", "inputs")
        task = sound(await task_with_tests(question, seed, self, ask, meta))
        if self.inputs and (self.samples > 1 or task.written):
            task = await with_generator(task, self, ask)
        replies = await ask.many("solve", self.request(task.sent(load(self.texts, "solve", question.lang))), self.samples)
        drafts = [first_pays(task, "solve", number) for number in range(len(replies))]
        solutions = [programmed(draft, reply, "solve", task.function) for draft, reply in zip(drafts, replies, strict=True)]
        return await self._judged(task, solutions, tools)

    async def _judged(self, task: TestedTask, solutions: Sequence[Sample | Rejected], tools: Tools) -> list[Sample | Rejected]:
        """Every program tested, then compared with the others; what is none stays as it is."""

        async def runs(program: str) -> list[Result]:
            return await self.tested(tools, program, task.tests)

        async def tried(program: str) -> Trial:
            step = f"values/{digest_of(program)}"
            values = await self.ran(tools, step, lambda: task.behaviour(sandbox, program, inputs, self.test_s))
            return Trial(program, await runs(program), values)

        sandbox = self.sandbox()
        programs = {one.slot: str(one.meta["code"]) for one in solutions if isinstance(one, Sample)}
        inputs = await self.ran(tools, "inputs", lambda: task.inputs(sandbox, self.inputs, self.test_s)) if programs else []
        trials = {slot: await tried(program) for slot, program in programs.items()}
        kept, said = await vetted(task, trials, runs) if task.written else (list(range(len(task.tests))), {"tests_by": "seed"})
        meta = {
            **said,
            "function": task.function,
            "tests": [task.tests[number].as_text() for number in kept],
            "inputs": len(inputs),
            "pass_matrix": {slot: [int(trial.tests[number].passed) for number in kept] for slot, trial in trials.items()},
        }
        groups = {slot: group for group in clusters(trials, kept) for slot in group}
        judged: list[Sample | Rejected] = []
        for one in solutions:
            if isinstance(one, Sample):
                row = noted(one, **meta, cluster=groups[one.slot])
                judged.append(
                    self._verdict(row, [task.tests[number] for number in kept], [trials[one.slot].tests[number] for number in kept])
                )
            else:
                judged.append(one)
        return judged

    def _verdict(self, row: Sample, tests: Sequence[UnitTest], results: Sequence[Result]) -> Sample | Rejected:
        if row.meta["tests_by"] == "model" and len(tests) < self.min_tests:
            agreed = row.meta["vetted_by"] != "nothing"
            return Rejected(row, "tests", "too_few" if agreed else "no_agreement", evidence={"left": len(tests), "least": self.min_tests})
        checked = passing(row, tests, results)
        first = row.meta["cluster"][0]
        if isinstance(checked, Sample) and row.slot != first:
            return Rejected(row, "cluster", "same_behaviour", evidence={"kept": first})
        return checked
