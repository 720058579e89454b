"""A programming task with its tests: those of the seed, or some that a model writes."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.programs import task_of
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.question import Question
from stream_synth.recipes.shared.replies import answered
from stream_synth.recipes.shared.verdicts import billed, or_rejected
from stream_synth.values import Completion, Message, Rejected, Sample, Seed, changed
from stream_synth.verify.programs import Result, UnitTest, called_in, outputs_of, program_in, read_tests, values_of
from stream_synth.verify.sandbox import Sandbox

TESTS = "assertions (a list, or one text), {input, output} pairs of a whole program, or HumanEval's check(candidate)"


@dataclass(frozen=True, slots=True)
class TestedTask:
    """What is asked, and how a program is judged. `draft` holds the conversation with the first test named in it."""

    draft: Sample
    tests: tuple[UnitTest, ...]
    function: str
    right: tuple[str, ...] = ()  # programs known to be correct, and known to be wrong
    wrong: tuple[str, ...] = ()
    written: bool = False  # the tests come from a model: to be vetted
    generator: str = ""  # a program with `make_input(rng)`
    paid: tuple[Completion, ...] = ()  # calls made for the task, not for one of its candidates

    def sent(self, template: Template, **values: str) -> tuple[Message, ...]:
        """The conversation with its last turn put into a prompt, as `task`."""
        *earlier, last = self.draft.messages
        return (*earlier, {**last, "content": template.fill(task=str(last["content"]), **values)})

    async def inputs(self, sandbox: Sandbox, count: int, check_s: float) -> list[Result]:
        """What the generator draws; draws that fail, or are no literals of the right kind, are left out."""
        drawn = [f"make_input(__import__('random').Random({number}))" for number in range(count)]
        found = await values_of(sandbox, self.generator, drawn, check_s=check_s) if self.generator else []
        wanted = tuple if self.function else str
        return [one for one in found if one.passed and isinstance(_literal(one.said), wanted)]

    async def behaviour(self, sandbox: Sandbox, program: str, inputs: Sequence[Result], check_s: float) -> list[Result]:
        """What a program makes of the inputs."""
        if self.function:
            return await values_of(sandbox, program, [f"{self.function}(*{one.said})" for one in inputs], check_s=check_s)
        return await outputs_of(sandbox, program, [str(_literal(one.said)) for one in inputs], check_s=check_s)


def read_task(question: Question, seed: Seed, meta: Mapping[str, Any], tests: Sequence[UnitTest] = ()) -> TestedTask:
    """The seed's task with its own tests, or with these."""
    given = str(seed.fields.get("function") or "").strip()
    tests = tests or read_tests(seed.fields.get("tests"), given)
    task = task_of(question.asked(), tests, question.lang)
    turns = (*question.turns[:-1], {**question.turns[-1], "content": task})
    draft = Sample(question.prompt.removesuffix(question.asked()) + task, "", slot="task", messages=turns, lang=question.lang, meta=meta)
    return TestedTask(draft, tuple(tests), given or called_in(tests), _programs(seed, "solution"), _programs(seed, "wrong"))


async def task_with_tests(question: Question, seed: Seed, asking: Asking, ask: Ask, meta: Mapping[str, Any]) -> TestedTask | Rejected:
    """The seed's task, its tests written by the model where it has none."""
    task = read_task(question, seed, meta)
    if task.tests:
        return task
    written = await written_tests(task.draft, asking, ask)
    if isinstance(written, Rejected):
        return written
    tests, reply = written
    return replace(read_task(question, seed, meta, tests), written=True, paid=(reply,))


async def written_tests(draft: Sample, asking: Asking, ask: Ask, function: str = "") -> tuple[list[UnitTest], Completion] | Rejected:
    """Assertions by the model: those that are Python and call `function`, where it is named.

    Rejected at step `tests`: `invalid`, `no_tests`, or no reply.
    """
    prompt = load("unit_tests", "tests", draft.lang).fill(question=draft.prompt)
    reply = await ask("tests", asking.request(prompt))
    candidate = answered(draft, reply, "tests")
    if isinstance(candidate, Rejected):
        return candidate
    if is_invalid(candidate.response):
        return Rejected(candidate, "tests", "invalid", evidence={"reply": candidate.response})
    called = [test for test in read_tests(program_in(candidate.response)) if called_in([test])]
    tests = [test for test in called if not function or function in test.code]
    return (tests, reply) if tests else Rejected(candidate, "tests", "no_tests", evidence={"reply": candidate.response})


async def with_generator(task: TestedTask, asking: Asking, ask: Ask) -> TestedTask:
    """The task with a generator of inputs. One that cannot be had is left out: the tests alone tell programs apart then."""
    lang = task.draft.lang
    returns = load("unit_tests", "arguments" if task.function else "stdin", lang)
    told = {"returns": returns.fill(function=task.function)}
    request = asking.request(task.sent(load("unit_tests", "inputs", lang), **told)[-1:])
    reply = await or_rejected(ask("inputs", request), task.draft, "inputs")
    if isinstance(reply, Rejected):
        return task
    candidate = answered(task.draft, reply, "inputs")
    generator = "" if isinstance(candidate, Rejected) else program_in(candidate.response, "make_input")
    return replace(task, generator=generator, paid=(*task.paid, reply))


def with_prompt(task: TestedTask, prompt: str) -> TestedTask:
    """The task asked in these words."""
    *earlier, last = task.draft.messages
    before = task.draft.prompt.removesuffix(str(last["content"]))
    return replace(task, draft=changed(task.draft, prompt=before + prompt, messages=(*earlier, {**last, "content": prompt})))


def first_pays(task: TestedTask, slot: str, number: int) -> Sample:
    """The draft of one candidate; the first one is charged with what was paid for all."""
    draft = changed(task.draft, slot=f"{slot}/{number}")
    return draft if number else billed(draft, *task.paid)


def _programs(seed: Seed, name: str) -> tuple[str, ...]:
    given = seed.fields.get(name) or ()
    return (given,) if isinstance(given, str) else tuple(str(one) for one in given)


def _literal(text: str) -> Any:  # noqa: ANN401  # any Python literal
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
