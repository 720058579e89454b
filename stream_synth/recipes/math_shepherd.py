"""Math-Shepherd: a solution's steps labelled by how often a model that goes on from each of them still gets it right."""

from __future__ import annotations

from dataclasses import dataclass, field

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.blocks import against_gold, all_of, together
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import plus, unanswered
from stream_synth.recipes.shared.second_look import second_look
from stream_synth.recipes.shared.solving import Labelled, Solver, Solving, drafted, read_labelled
from stream_synth.text.sampling import Spread
from stream_synth.text.steps import steps_of
from stream_synth.values import Message, Rejected, Sample, Seed, changed


@dataclass(frozen=True, kw_only=True)
class MathShepherd(Solving):
    """`samples` solutions per question; after each step but the last, `completions` ways to go on."""

    completions: int = field(default=8, metadata={"help": "ways to go on from each step (the paper: 8)", "least": 1})
    max_steps: int = field(
        default=20, metadata={"help": "a solution with more is rejected before it costs `completions` calls for each", "least": 2}
    )
    temperature: Spread | None = field(default=0.7, metadata={"help": "the paper's"})

    name = "math_shepherd"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per solution."""
        problem = sound(read_labelled(seed, self.system))
        texts = [load(self.texts, step, problem.question.lang).text for step in ("solve", "complete")]
        draft = drafted(problem.question, self.name, self.system, *texts)
        solved = await Solver("solve", _asked(problem, "solve"), self.samples).solutions(draft, self, ask)
        shepherds = [_Shepherd(self, problem, draft, ask, tools).labelled(one) for one in solved]
        labelled = await all_of(shepherds)
        return await self.sifted(labelled, tools)


@dataclass(frozen=True, slots=True)
class _Shepherd:
    """The solutions of one question being labelled."""

    asking: MathShepherd
    problem: Labelled
    draft: Sample
    ask: Ask
    tools: Tools

    async def labelled(self, solution: Sample | Rejected) -> Sample | Rejected:
        """The solution with its steps in meta."""
        if isinstance(solution, Rejected):
            return solution
        steps = steps_of(solution.response)
        if not 2 <= len(steps) <= self.asking.max_steps:
            return Rejected(solution, "steps", "too_few" if len(steps) < 2 else "too_many", evidence={"steps": len(steps)})
        begun = ["".join(steps[:count]) for count in range(1, len(steps))]
        tried = await together([self._completed(f"{solution.slot}/{count}", text) for count, text in enumerate(begun, 1)])
        made = [one for many in tried if isinstance(many, list) for one in many]
        paid = plus(solution, *(one if isinstance(one, Sample) else one.sample for one in made))
        soft: list[float] = []
        for many in tried:
            if isinstance(many, ChatError):
                return unanswered(paid, "complete", many)
            votes = [isinstance(one, Sample) for one in many if isinstance(one, Sample) or one.step == "answer"]
            if not votes:
                return Rejected(paid, "complete", "no_votes", evidence={"after_steps": len(soft) + 1})
            soft.append(round(sum(votes) / len(votes), 4))
        right = isinstance(await second_look(against_gold(solution, self.problem.gold), self.tools), Sample)
        labels = [
            {"text": text.strip(), "hard": int(share > 0), "soft": share} for text, share in zip(steps, [*soft, float(right)], strict=True)
        ]
        meta = {"gold": self.problem.gold[0], "correct": right, "steps": labels, "completions": self.asking.completions}
        return changed(paid, score=min(*soft, float(right)), meta={**paid.meta, **meta})

    async def _completed(self, path: str, begun: str) -> list[Sample | Rejected]:
        turns = _asked(self.problem, "complete", steps=begun.strip())
        solver = Solver("complete", turns, self.asking.completions, f"complete/{path}")
        return await solver.right(self.draft, self.problem.gold, self.asking, self.ask, self.tools)


def _asked(problem: Labelled, step: str, **values: str) -> tuple[Message, ...]:
    *earlier, last = problem.question.turns
    content = load("math_shepherd", step, problem.question.lang).fill(question=problem.question.asked(), **values)
    return (*earlier, {**last, "content": content})
