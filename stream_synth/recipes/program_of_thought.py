"""Program of thoughts: the answer is computed by a program that the model wrote, and kept where it is the gold answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.computing import Computing
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, provenance, reply_turn
from stream_synth.recipes.shared.solving import Labelled, read_labelled
from stream_synth.text.interleaved import next_code
from stream_synth.text.sampling import Spread
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify.computed import printed_answer, same_result
from stream_synth.verify.notebook import run_once


@dataclass(frozen=True, kw_only=True)
class ProgramOfThought(Computing):
    """`samples` programs per question; those whose output is the gold answer, `keep` at most."""

    temperature: Spread | None = field(default=0.7, metadata={"help": "sampling temperature"})

    name = "program_of_thought"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per program."""
        problem = sound(read_labelled(seed, self.system))
        *earlier, last = problem.question.turns
        texts = {step: load(self.texts, step, problem.question.lang) for step in ("solve", "row")}
        filled = {step: template.fill(question=problem.question.asked()) for step, template in texts.items()}
        meta = provenance(self.name, self.system, *(text.text for text in texts.values())) | {"question": problem.question.prompt}
        turns = (*earlier, {**last, "content": filled["row"]})
        draft = Sample(filled["row"], "", messages=turns, lang=problem.question.lang, meta=meta)
        replies = await self.replies(ask, "solve", self.request([*earlier, {**last, "content": filled["solve"]}]), draft)
        return await self.sifted([await self._ran(one, reply, problem, tools) for one, reply in replies], tools)

    async def _ran(self, draft: Sample, reply: Completion, problem: Labelled, tools: Tools) -> Sample | Rejected:
        candidate = answered(draft, reply, "solve")
        if isinstance(candidate, Rejected):
            return candidate
        _, program = next_code(candidate.response)
        if program is None:
            return Rejected(candidate, "solve", "invalid" if "INVALID" in candidate.response else "no_code")
        execution = await run_once(self.sandbox(), tools, f"run/{draft.slot}", program)
        got, said = printed_answer(execution.output), f"```python\n{program}\n```"
        meta = {**candidate.meta, "gold": problem.gold[0], "program": program, "output": execution.output, "got": got}
        sample = changed(candidate, response=said, messages=(*draft.messages, reply_turn(said)), meta=meta)
        evidence = {"outcome": execution.outcome, "output": execution.output}
        if execution.failed:
            return Rejected(sample, "run", "error" if execution.outcome == "error" else "ended", evidence=evidence)
        if not got:
            return Rejected(sample, "answer", "no_answer", evidence=evidence)
        if not any(same_result(got, one) for one in problem.gold):
            return Rejected(sample, "answer", "wrong_answer", evidence={"expected": problem.gold[0], "got": got})
        return sample
