"""AlphaMath: a tree of solution steps over an ordinary endpoint; right and wrong paths, with the worth of each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Candidates, sound
from stream_synth.recipes.shared.computing import Computing
from stream_synth.recipes.shared.lce import Partial
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import noted, plus
from stream_synth.recipes.shared.solving import drafted, read_labelled
from stream_synth.recipes.stepping import Solution, Stepper, answer_of
from stream_synth.text.interleaved import rendered
from stream_synth.text.sampling import Spread
from stream_synth.values import Rejected, Sample, Seed, changed
from stream_synth.verify.search import Node


@dataclass(frozen=True, kw_only=True)
class AlphaMath(Computing):
    """Up to `keep` right paths and `keep_wrong` wrong ones of each problem. `samples` trees are grown, one after the other."""

    search: Literal["mcts", "beam"] = field(default="mcts", metadata={"help": "mcts: PUCT; beam: the best `beams` at each level"})
    simulations: int = field(default=40, metadata={"help": "mcts: looks at the tree (the paper: 40)", "least": 1})
    width: int = field(default=5, metadata={"help": "next steps asked for at a node (the paper: 5; B2 of its beam search)", "least": 1})
    beams: int = field(default=3, metadata={"help": "beam: partial solutions kept at each level (B1 of the paper's: 3)", "least": 1})
    c_puct: float = field(default=1.5, metadata={"help": "mcts: weight of what was looked at little"})
    rollouts: int = field(
        default=1, metadata={"help": "solutions to the end whose mean reward values a step, as no value head is at hand", "least": 1}
    )
    process_reward: bool = field(default=False, metadata={"help": "role `process_reward` values a step in place of rollouts"})
    max_steps: int = field(default=8, metadata={"help": "steps of a solution at most (the paper: 8)", "least": 1})
    keep: int | None = field(default=4, metadata={"help": "right paths of a problem at most (the paper's release: 4)"})
    keep_wrong: int = field(default=4, metadata={"help": "wrong paths of a problem at most", "least": 0})
    temperature: Spread | None = field(default=0.7, metadata={"help": "the paper's"})

    name = "alphamath"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.samples > 1:
            raise ConfigError(f"samples is {self.samples}; give 1: there is one tree for each problem")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """The paths of the tree, and replies that were no step."""
        problem = sound(read_labelled(seed, self.system))
        template = load(self.texts, "solve", problem.question.lang)
        draft = drafted(problem.question, self.name, self.system, template.text)
        *earlier, last = problem.question.turns
        asked = {**last, "content": template.fill(question=problem.question.asked())}
        root: Solution = Node(Partial(draft, (*earlier, asked)))
        sizes = (self.width, self.max_steps, 0 if self.process_reward else self.rollouts)
        stepper = Stepper(self, ask, tools, self.sandbox(), problem.gold, draft, *sizes, spent=draft)
        await (stepper.by_visits(root, self.simulations, self.c_puct) if self.search == "mcts" else stepper.by_level(root, self.beams))
        unusable = sorted(stepper.unusable, key=lambda one: one.sample.slot)
        return [*unusable, *await self.sifted(self._capped(self._paths(root, stepper)), tools)]

    def _paths(self, root: Solution, stepper: Stepper) -> list[Sample | Rejected]:
        """A row for each path that has ended. A step is charged to the first path it is on, all else to the first row."""
        charged: set[int] = set()
        rows: list[Sample | Rejected] = []
        ends = [node for node in root.ends() if node.reward]
        on_paths = {id(node) for end in ends for node in end.path()}
        for node in _below(root):
            if id(node) not in on_paths:
                stepper.spent = plus(stepper.spent, node.state.draft)
        # Rounded: calls side by side are added in the order in which they end, and a replay must come to the same sum.
        spent = changed(stepper.spent, answer_tokens=0, reasoning_tokens=0, cost_usd=round(stepper.spent.cost_usd, 12))
        tokens = stepper.spent.answer_tokens + stepper.spent.reasoning_tokens
        for number, end in enumerate(ends):
            sample = _row(end, charged, stepper.draft, number)
            sample = changed(plus(sample, spent) if number == 0 else sample, meta={**sample.meta, "search_tokens": tokens})
            rows.append(self._judged(end, sample, stepper.gold))
        if not rows:
            rows.append(Rejected(changed(spent, slot="path/0", meta={**spent.meta, "search_tokens": tokens}), "search", "no_path"))
        return rows

    def _judged(self, end: Solution, sample: Sample, gold: Sequence[str]) -> Sample | Rejected:
        found, failed = answer_of(end.state), end.state.failed()
        if failed:
            return changed(failed, sample=sample)
        evidence = {"expected": gold[0], "q": sample.meta["q"]}
        if found is None:
            return Rejected(sample, "answer", "no_answer", end.reward, evidence)
        sample = noted(sample, gold=gold[0], got=found.text, answer_how=found.how)
        if end.reward != 1.0:
            return Rejected(sample, "answer", "wrong_answer", end.reward, {**evidence, "got": found.text})
        return changed(sample, score=1.0)

    def _capped(self, paths: Sequence[Sample | Rejected]) -> list[Sample | Rejected]:
        wrong = [path for path in paths if isinstance(path, Rejected) and path.step != "search"]
        late = {id(path) for path in wrong[self.keep_wrong :]}
        return [changed(path, step="keep", reason="over_keep_wrong") if id(path) in late else path for path in paths]


def _below(node: Solution) -> list[Solution]:
    return [one for child in node.children for one in (child, *_below(child))]


def _row(end: Solution, charged: set[int], draft: Sample, number: int) -> Sample:
    """The path as a row, charged with those of its steps that no earlier row was charged with."""
    path = end.path()
    sample = changed(end.state, draft=draft).row()
    for node in path:
        if id(node) not in charged:
            sample = plus(sample, node.state.draft)
    charged |= {id(node) for node in path}
    starts = [0, *(len(node.state.blocks) for node in path)]
    steps = [rendered(end.state.blocks[start:stop]) for start, stop in pairwise(starts)]
    values = {"q": [round(node.q, 4) for node in path], "visits": [node.visits for node in path]}
    said = {"model": end.state.draft.model, "finish_reason": end.state.draft.finish_reason}
    return changed(sample, slot=f"path/{number}", meta={**sample.meta, "steps": steps, **values}, **said)
