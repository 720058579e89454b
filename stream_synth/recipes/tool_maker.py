"""LATM: a strong model makes a function for one kind of problem, tests and explains it; a cheaper one only writes the calls."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.programs import Programming, failures
from stream_synth.recipes.shared.prompts import digest_of, load
from stream_synth.recipes.shared.repairing import spoken_to
from stream_synth.recipes.shared.replies import answered, noted, reply_turn, unanswered
from stream_synth.recipes.shared.saying import prompted
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of, same_answer
from stream_synth.verify.programs import UnitTest, parsed, program_in, read_tests, values_of

_STEPS = ("make", "fix_tool", "calls", "fix_calls", "wrap", "use")
Problem = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ToolMaker(Programming):
    """One tool for each seed, and `samples` calls of it for each question."""

    samples: int = field(default=1, metadata={"help": "calls for each question"})
    demos: int = field(default=3, metadata={"help": "demonstrations that are shown (the paper's k)", "least": 1})
    tries: int = field(default=3, metadata={"help": "replies at most until the function runs, and until its tests pass", "least": 1})

    name = "tool_maker"
    checks_itself = True  # a tool that your check rejects is never called

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """The tool, then the calls; a tool that was not made leaves none."""
        self.sandbox()
        demos, validation, questions = (_problems(seed.fields.get(name)) for name in ("demos", "validation", "questions"))
        lang = str(seed.fields.get("lang") or language_of("\n".join(str(one["question"]) for one in demos)))
        draft = Sample("", "", slot="tool", lang=lang, meta={**self.provenance(lang, *_STEPS), "kind": "tool"})
        if len(demos) < self.demos or not validation:
            counts = {"demos": len(demos), "least": self.demos, "validation": len(validation)}
            raise Dropped(draft, "seed", "too_few_demos", evidence=counts)
        prompt = load(self.texts, "make", lang).fill(demos=_listed(demos[: self.demos], lang))
        draft = changed(draft, prompt=prompt, messages=self.opening(prompt))
        tool = sound(await self.checked(await self._tool(draft, validation, ask, tools), tools))
        calls = await self._calls(tool, questions, ask, tools)
        return [tool, *[await self.checked(call, tools) for call in calls]]

    async def _tool(self, draft: Sample, validation: Sequence[Problem], ask: Ask, tools: Tools) -> Sample | Rejected:
        """Made, tested, explained: LATM's three steps in one conversation. The row holds its beginning and its end."""

        async def runs(code: str) -> str:
            if not any(isinstance(node, ast.FunctionDef) for node in (parsed(code) or ast.Module([], [])).body):
                return "there is no function in the reply, or it is not Python"
            (result,) = await self.tested(tools, code, [UnitTest("pass")])
            return "" if result.passed else result.said

        made = await self._mended(draft, "make", "fix_tool", runs, ask)
        if isinstance(made, Rejected):
            return made
        function = str(made.meta["code"])

        async def passes(code: str) -> str:
            tests = read_tests(code)
            wanted = [str(one["answer"]) for one in validation]
            if len(tests) != len(wanted) or not all(answer in test.code for answer, test in zip(wanted, tests, strict=True)):
                return f"{len(wanted)} problems have to be tested in order, each against the answer that was given"
            if any(isinstance(node, ast.FunctionDef) for node in (parsed(code) or ast.Module([], [])).body):
                return "functions must not be defined in the tests"
            return failures(tests, await self.tested(tools, function, tests))

        listed = load(self.texts, "calls", draft.lang).fill(samples=_listed(validation, draft.lang))
        tested = await self._mended(spoken_to(made, listed), "calls", "fix_calls", passes, ask)
        if isinstance(tested, Rejected):
            return tested
        wanted_guide = load(self.texts, "wrap", draft.lang).fill(samples=_listed(validation, draft.lang))
        guide = await self._said(spoken_to(tested, wanted_guide), "wrap", "wrap", ask)
        if isinstance(guide, Rejected):
            return guide
        texts = [test.as_text() for test in read_tests(str(tested.meta["code"]))]
        row = noted(changed(guide, messages=(*draft.messages, reply_turn(guide.response))), code=function, tests=texts)
        shown = program_in(guide.response)
        tree = parsed(shown)
        if tree is None or ast.dump(tree) != ast.dump(ast.parse(function)):
            return Rejected(row, "wrap", "changed", evidence={"tested": function, "shown": shown})
        return row

    async def _mended(self, draft: Sample, step: str, fix: str, amiss: Callable[[str], Awaitable[str]], ask: Ask) -> Sample | Rejected:
        """The conversation up to the first program of which nothing is amiss, in `meta.code`; each error is told."""
        problem = ""
        for attempt in range(1, self.tries + 1):
            if attempt > 1:
                draft = spoken_to(draft, load(self.texts, fix, draft.lang).fill(error=problem))
            candidate = await self._said(draft, f"{step}{attempt}", step, ask)
            if isinstance(candidate, Rejected):
                return candidate
            code = program_in(candidate.response)
            draft = noted(candidate, code=code, tries=int(candidate.meta.get("tries", 0)) + 1)
            problem = await amiss(code)
            if not problem:
                return draft
        return Rejected(draft, step, "failed", evidence={"error": problem})

    async def _said(self, draft: Sample, path: str, step: str, ask: Ask) -> Sample | Rejected:
        """The next turn of the conversation. The first call of a seed may fail it; a later one costs the tool."""
        try:
            return answered(draft, await ask(path, self.request(draft.messages)), step)
        except ChatError as error:
            if path == "make1":
                raise
            return unanswered(draft, step, error)

    async def _calls(self, tool: Sample, questions: Sequence[Problem], ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        async def of(number: int, problem: Problem) -> list[Sample | Rejected]:
            prompt = load(self.texts, "use", tool.lang).fill(guide=tool.response, question=str(problem["question"]))
            turns = prompted(prompt)
            replies = await ask.many(f"use{number}", self.request(turns), self.samples, role="student")
            meta = {**{key: tool.meta[key] for key in ("prompt_hash", "origin")}, "kind": "call", "tool": digest_of(str(tool.meta["code"]))}
            draft = Sample(prompt, "", lang=tool.lang, messages=turns, meta=meta)
            slots = [changed(draft, slot=f"use/{number}/{place}") for place in range(len(replies))]
            return [await self._call(slot, reply, tool, problem, tools) for slot, reply in zip(slots, replies, strict=True)]

        outcomes = await together([of(number, problem) for number, problem in enumerate(questions)])
        return [one for outcome in outcomes if not isinstance(outcome, ChatError) for one in outcome]  # the tool stays without calls

    async def _call(self, draft: Sample, reply: Completion, tool: Sample, problem: Problem, tools: Tools) -> Sample | Rejected:
        candidate = answered(draft, reply, "use")
        if isinstance(candidate, Rejected):
            return candidate
        code = program_in(candidate.response)
        if not code:
            return Rejected(candidate, "use", "no_code")
        program = f"{tool.meta['code']}\n\n{code}"
        (result,) = await self.ran(
            tools, draft.slot, lambda: values_of(self.sandbox(), program, ["str(answer)[:2000]"], check_s=self.test_s)
        )
        if not result.passed:
            return Rejected(candidate, "use", "failed", evidence={"error": result.said})
        got, gold = str(ast.literal_eval(result.said)), problem.get("answer")
        row = noted(candidate, code=code, got=got, **({} if gold is None else {"gold": gold}))
        if gold is not None and not same_answer(got, str(gold)):
            return Rejected(row, "use", "wrong_answer", evidence={"expected": gold, "got": got})
        return row


def _problems(given: object) -> list[Problem]:
    """Whatever of it has a question."""
    listed = given if isinstance(given, list | tuple) else []
    return [one for one in listed if isinstance(one, Mapping) and str(one.get("question") or "").strip()]


def _listed(problems: Sequence[Problem], lang: str) -> str:
    pair = load("tool_maker", "pair", lang)
    return "\n\n".join(pair.fill(question=str(one["question"]), answer=str(one.get("answer", ""))) for one in problems)
