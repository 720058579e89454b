"""ReST-EM: many solutions of each problem, the right ones kept, no more than a few per problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.solving import Solver, Solving, boxed, boxed_text, drafted, read_labelled
from stream_synth.text.sampling import Spread
from stream_synth.values import Sample, Seed, changed


@dataclass(frozen=True, kw_only=True)
class RestEm(Solving):
    """`samples` solutions per problem, a reward of 1 or 0, `keep` right ones at most: one E-step."""

    samples: int = field(default=32, metadata={"help": "solutions per problem (the paper: 32 for maths, 64 for code)"})
    temperature: Spread | None = field(default=0.7, metadata={"help": "the paper's"})
    params: Mapping[str, Any] = field(
        default_factory=lambda: {"top_k": 40},
        metadata={"help": "further body fields; top_k 40 is the paper's, leave it out where a service refuses it"},
    )
    keep: int | None = field(default=10, metadata={"help": "right solutions per problem at most: easy ones must not crowd out the rest"})

    name = "rest_em"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per solution."""
        problem = sound(read_labelled(seed, self.system))
        draft = drafted(problem.question, self.name, self.system, boxed_text(problem.question.lang))
        draft = noted(draft, attempts=self.samples)
        solver = Solver("solve", boxed(problem.question.turns, draft.lang), self.samples)
        return [
            changed(candidate, score=1.0) if isinstance(candidate, Sample) else candidate
            for candidate in await self.sifted(await solver.right(draft, problem.gold, self, ask, tools), tools)
        ]
