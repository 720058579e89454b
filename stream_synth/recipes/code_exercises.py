"""Docstring completion: for a given function name a signature with docstring, its body, and tests that the body passes."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, Dropped
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.programs import Programming, passing
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, noted, reply_turn
from stream_synth.text.sampling import Spread
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of
from stream_synth.verify.programs import called_in, code_blocks, parsed, program_in, read_tests, split_at_docstring

_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, kw_only=True)
class CodeExercises(Programming):
    """`samples` exercises for each function name."""

    temperature: Spread | None = field(default=1.0, metadata={"help": "several exercises of one name must differ"})
    min_tests: int = field(default=3, metadata={"help": "tests of the reply that call the function, at least"})
    min_statements: int = field(
        default=2, metadata={"help": "statements of the body at least, the docstring not counted; 1 lets one call pass"}
    )

    name = "code_exercises"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per exercise."""
        self.sandbox()
        function, topic = (str(seed.fields.get(one) or "").strip() for one in ("function", "topic"))
        lang = str(seed.fields.get("lang") or (language_of(topic) if topic else "en"))
        if not _NAME.fullmatch(function):
            raise Dropped(Sample("", "", slot="seed", lang=lang), "seed", "no_name", evidence={"function": function})
        prompt = load(self.texts, "exercise", lang).fill(
            function=function, topic=load(self.texts, "topic", lang).fill(topic=topic) if topic else ""
        )
        draft = Sample("", "", lang=lang, meta={**self.provenance(lang, "exercise"), "function": function})
        replies = await self.replies(ask, "exercise", self.request(self.opening(prompt)), draft)
        return [await self._tested(one, reply, tools) for one, reply in replies]

    async def _tested(self, draft: Sample, reply: Completion, tools: Tools) -> Sample | Rejected:
        candidate = answered(draft, reply, "exercise")
        if isinstance(candidate, Rejected):
            return candidate
        if is_invalid(candidate.response):
            return Rejected(candidate, "exercise", "invalid")
        function = str(draft.meta["function"])
        code = program_in(candidate.response, function)
        tests = [one for block in code_blocks(candidate.response) for one in read_tests(block) if called_in([one]) == function]
        candidate = noted(candidate, code=code, tests=[one.as_text() for one in tests])
        parts = split_at_docstring(code, function)
        if reason := self._amiss(code, function, parts):
            return Rejected(candidate, "exercise", reason)
        if len(tests) < self.min_tests:
            return Rejected(candidate, "exercise", "too_few_tests", evidence={"tests": len(tests), "least": self.min_tests})
        head, body = parts or ("", "")
        turns = ({"role": "user", "content": head}, reply_turn(body))
        row = changed(candidate, prompt=head, response=body, messages=turns)
        return passing(row, tests, await self.tested(tools, code, tests))

    def _amiss(self, code: str, function: str, parts: tuple[str, str] | None) -> str:
        """What is wrong with the function before it is run; empty when nothing is."""
        tree = parsed(code)
        if not code or tree is None:
            return "bad_syntax" if code else "no_code"
        defined = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == function), None)
        if defined is None:
            return "other_name"
        if parts is None:
            return "no_docstring"
        statements = sum(
            isinstance(node, ast.stmt) and not isinstance(node, ast.Pass) for one in defined.body[1:] for node in ast.walk(one)
        )
        return "" if statements >= self.min_statements else "trivial"
