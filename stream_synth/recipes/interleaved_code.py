"""Solutions in text and code, the code run as it is written: with a gold answer (OpenMathInstruct, MathCoder), or by agreement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.interpolating import agreeing, interpolated
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.blocks import against_gold, all_of
from stream_synth.recipes.shared.computing import Computing
from stream_synth.recipes.shared.lce import MAX_BLOCKS, STOPS, Partial, solved
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, read_question
from stream_synth.recipes.shared.replies import noted, unpaid
from stream_synth.recipes.shared.solving import drafted, read_labelled
from stream_synth.recipes.star import without_hint_words
from stream_synth.text.masked_solution import masked_solution
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import gold_answer
from stream_synth.verify.notebook import Notebook


@dataclass(frozen=True, kw_only=True)
class InterleavedCode(Computing):
    """`samples` solutions per problem; the right ones, `keep` at most, those with code first."""

    problems: Literal["given", "interpolated"] = field(
        default="given", metadata={"help": "interpolated: a new problem between `question` and `harder`, whose solutions must all agree"}
    )
    masked: bool = field(default=False, metadata={"help": "show the seed's `solution` with the numbers it works out hidden"})
    stop_at_error: bool = field(default=False, metadata={"help": "give a solution up at its first error, as OpenMathInstruct does"})
    max_blocks: int = field(default=MAX_BLOCKS, metadata={"help": "blocks of code in a solution at most (MathCoder: 32)", "least": 1})

    name = "interleaved_code"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.problems == "interpolated" and (self.samples < 2 or self.masked):
            raise ConfigError(
                f"samples is {self.samples} and masked {self.masked}; new problems need 2 solutions to agree, and have none to mask"
            )

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per solution."""
        if self.problems == "interpolated":
            draft = sound(await interpolated(sound(read_question(seed, self.system)), seed, self, ask))
            candidates = agreeing(await self._solutions(draft, "", ask, tools))
        else:
            problem = sound(read_labelled(seed, self.system))
            draft, reference = self._draft(problem.question, seed)
            whole = await self._solutions(draft, reference, ask, tools)
            right = [against_gold(one, problem.gold) if isinstance(one, Sample) else one for one in whole]
            candidates = [without_hint_words(one) for one in right] if reference else right
        return [_flagged(candidate) for candidate in await self.sifted(sorted(candidates, key=_without_code), tools)]

    def _draft(self, question: Question, seed: Seed) -> tuple[Sample, str]:
        gold = gold_answer(question.reference)
        worked = "" if gold is None or gold.how == "whole" else question.reference  # an answer alone is no solution
        reference = masked_solution(str(seed.fields.get("solution") or worked), question.prompt) if self.masked else ""
        draft = drafted(question, self.name, self.system, *(load(self.texts, step, question.lang).text for step in ("solve", "reference")))
        kind = "masked_reference_solution" if reference else "without_reference_solution"
        return noted(draft, generation_type=kind), reference

    async def _solutions(self, draft: Sample, reference: str, ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        known = load(self.texts, "reference", draft.lang).fill(solution=reference) + "\n\n" if reference else ""
        *earlier, last = draft.messages
        told = load(self.texts, "solve", draft.lang).fill(question=str(last["content"]), reference=known)

        async def solution(number: int) -> Sample | Rejected:
            async def asked(block: int, so_far: Partial) -> Completion:
                return await ask(f"solve/{block}", self.request(so_far.turns, stop=list(STOPS)), sample=number)

            # What the problem itself cost is charged to the first solution.
            mine = unpaid(draft) if number else draft
            start = Partial(changed(mine, slot=f"solve/{number}"), (*earlier, {**last, "content": told}))
            async with Notebook(self.sandbox(), tools, f"run/{number}") as notebook:
                found = await solved(start, asked, notebook, self.max_blocks, stop_at_error=self.stop_at_error)
            return found.row() if isinstance(found, Partial) else found

        return await all_of([solution(number) for number in range(self.samples)])


def _without_code(candidate: Sample | Rejected) -> bool:
    sample = candidate.sample if isinstance(candidate, Rejected) else candidate
    return all(block["kind"] == "text" for block in sample.meta.get("blocks", ()))


def _flagged(candidate: Sample | Rejected) -> Sample | Rejected:
    """With `is_correct`, as the wrong ones serve verifiers and preference pairs. What was right and not needed stays right."""
    if isinstance(candidate, Sample):
        return noted(candidate, is_correct=True)
    right = candidate.step in {"keep", "verify"}
    return changed(candidate, sample=noted(candidate.sample, is_correct=right))
