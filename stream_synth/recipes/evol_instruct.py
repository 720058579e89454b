"""Evol-Instruct: a task is made harder, or begets a rarer one, round by round; each round is answered, and failures are eliminated."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.evol_operators import OperatorSet
from stream_synth.recipes.evolving import Chain, difficulty_of
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.blocks import all_from
from stream_synth.recipes.shared.question import read_question
from stream_synth.text.sampling import Spread
from stream_synth.values import Seed


@dataclass(frozen=True, kw_only=True)
class EvolInstruct(Asking):
    """`samples` chains of `rounds` evolutions per task; what survives a round is a row and the next round's parent."""

    samples: int = field(default=1, metadata={"help": "independent chains of rounds per seed"})
    temperature: Spread | None = field(default=1.0, metadata={"help": "1.0 is WizardLM's"})
    rounds: int = field(default=4, metadata={"help": "4 is WizardLM's M; the difficulty it found rises little after 3", "least": 1})
    operators: OperatorSet = field(
        default="general",
        metadata={"help": "general; code (WizardCoder: best after 3 rounds); maths (WizardMath: 2 rounds easier, 3 harder than the seed)"},
    )
    words_added: tuple[float, float] | None = field(
        default=None, metadata={"help": "[10, 20] rejects evolutions in depth that add fewer or more words than their prompt asks for"}
    )
    difficulty: bool = field(default=True, metadata={"help": "have the seed and each evolved task rated from 1 to 10: one more call each"})

    name = "evol_instruct"
    checks_itself = True  # a task that your check rejects has no further round

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per chain and round. A failed call costs the whole seed only when no chain got its first evolution."""
        fields = {name: held for name, held in seed.fields.items() if name != "messages"}
        question = sound(read_question(replace(seed, fields=fields), self.system))
        rated = await difficulty_of(question.asked(), question.lang, ask, "seed") if self.difficulty else None
        chains = [
            Chain(self, self.name, question, ask, tools, number, rated, self.difficulty, self.operators, self.words_added)
            for number in range(self.samples)
        ]
        return await all_from([chain.grown(self.rounds) for chain in chains])
