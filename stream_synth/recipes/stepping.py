"""A solution found step by step: several next steps are asked for, and each is worth what solutions that go on from it come to.

Or what a served process-reward model says of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.lce import STOPS, Partial
from stream_synth.recipes.shared.process_reward import last_chance, worth_of
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import plus, unanswered
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, billed
from stream_synth.text.interleaved import rendered
from stream_synth.values import Completion, Rejected, Sample, changed
from stream_synth.verify import FinalAnswer, final_answer, same_answer
from stream_synth.verify.notebook import Notebook
from stream_synth.verify.sandbox import Sandbox
from stream_synth.verify.search import Node, best, promising

STEP = "</step>"
Solution = Node[Partial]


@dataclass
class Stepper:
    """One problem being searched. `draft` carries no charges; `spent` those of every reply that is no step of the tree."""

    asking: Asking
    ask: Ask
    tools: Tools
    sandbox: Sandbox
    gold: Sequence[str]
    draft: Sample
    width: int  # next steps asked for at a node
    most_steps: int
    rollouts: int  # 0: role `process_reward` says what a step is worth
    spent: Sample
    unusable: list[Rejected] = field(default_factory=list)

    async def by_visits(self, root: Solution, simulations: int, c: float) -> None:
        """Monte Carlo tree search: down by PUCT, next steps where a node was looked at before, the first of them is valued."""
        for _ in range(simulations):
            node = promising(root, c)
            if node is None:
                return
            if node.visits or node is root:
                await self._expand(node)
                node = next((child for child in node.children if child.reward is None), None)
            if node is not None:
                await self._value(node)

    async def by_level(self, root: Solution, beams: int) -> None:
        """Beam search: all next steps of the best `beams` partial solutions, valued, the best of them kept."""
        kept = [root]
        while kept:
            await together([self._expand(node) for node in kept])
            grown = [child for node in kept for child in node.children if child.reward is None]
            await together([self._value(node) for node in grown])
            kept = best(grown, beams)

    async def _expand(self, node: Solution) -> None:
        """The next steps that differ. One with an answer, a failed block, or the last of `most_steps` has ended."""
        name = node.name
        try:
            request = self.asking.request(node.state.turns, stop=[*STOPS, STEP])
            replies = await self.ask.many(f"step/{name}", request, self.width)
        except ChatError as error:
            row = changed(node.state, draft=changed(self.draft, slot=f"step/{name}")).row()
            self.unusable.append(unanswered(row, "solve", error))
            replies = []
        grown = await together([self._step(node.state, reply, f"{name}/{place}", cut=True) for place, reply in enumerate(replies)])
        for place, step in enumerate(grown):
            if isinstance(step, Rejected):
                self.unusable.append(changed(step, sample=changed(step.sample, slot=f"step/{name}/{place}")))
            elif isinstance(step, Partial):
                if any(step.blocks == other.state.blocks for other in node.children):
                    self.spent = plus(self.spent, step.draft)
                    continue
                reward = self.reward(step)
                node.grow(step, -1.0 if reward is None and len(node.path()) + 1 >= self.most_steps else reward)
        if not node.children:
            node.reward = 0.0  # a dead end, right or wrong nobody knows

    async def _value(self, node: Solution) -> None:
        """What it is worth, counted for it and all above it: the mean reward of solutions that go on from it to the end."""
        name = node.name
        if not self.rollouts:
            node.record(await self._served(node))
            return
        found = await together([self._rolled(node, f"{name}/{number}", number) for number in range(self.rollouts)])
        rewards = [reward for reward in found if isinstance(reward, float)]
        node.record(fmean(rewards) if rewards else 0.0)

    async def _served(self, node: Solution) -> float:
        """The last step's chance of being right, from -1 to 1; 0 where the model does not tell, which is put on record."""
        starts = [0, *(len(one.state.blocks) for one in node.path())]
        steps = [rendered(node.state.blocks[start:stop]) for start, stop in pairwise(starts)]
        unknown = changed(node.state, draft=changed(self.draft, slot=f"value/{node.name}")).row()
        try:
            reply = await self.ask(f"value/{node.name}", worth_of(self.draft.messages, steps), role="process_reward")
        except ChatError as error:
            self.unusable.append(unanswered(unknown, "value", error))
            return 0.0
        self.spent = billed(self.spent, reply)
        chance = last_chance(reply.text)
        if chance is None:
            self.unusable.append(Rejected(unknown, "value", "unreadable", evidence={"reply": reply.text[:MAX_KEPT_CHARS]}))
            return 0.0
        return 2 * chance - 1

    async def _rolled(self, node: Solution, name: str, number: int) -> float:
        partial = node.state
        for turn in range(self.most_steps):
            try:
                reply = await self.ask(f"rollout/{node.name}/{turn}", self.asking.request(partial.turns, stop=list(STOPS)), sample=number)
            except ChatError:
                return 0.0  # nothing is known of it
            step = await self._step(partial, reply, f"rollout/{name}/{turn}", cut=False)
            self.spent = plus(self.spent, step.draft if isinstance(step, Partial) else step.sample)
            if isinstance(step, Rejected):
                return -1.0
            reward, partial = self.reward(step), step
            if reward is not None:
                return reward
        return -1.0

    async def _step(self, before: Partial, reply: Completion, name: str, *, cut: bool) -> Partial | Rejected:
        """One reply more; its code runs after all code before it. The draft is charged with this reply alone."""
        text = reply.text.partition(STEP)[0] if cut and STEP in reply.text else reply.text.replace(STEP, "\n")
        async with Notebook(self.sandbox, self.tools, f"run/{name}", before.code) as notebook:
            step = await changed(before, draft=self.draft).grown(changed(reply, text=text), notebook)
        if isinstance(step, Rejected) or step.last is not None:
            return step
        go_on = {"role": "user", "content": load("alphamath", "go_on", self.draft.lang).text}
        return changed(step, turns=(*step.turns, go_on))

    def reward(self, step: Partial) -> float | None:
        """1 for the gold answer, -1 for another one and for code that failed; None: it goes on."""
        if step.failed():
            return -1.0
        found = answer_of(step)
        return None if found is None else 1.0 if any(same_answer(found.text, one) for one in self.gold) else -1.0


def answer_of(step: Partial) -> FinalAnswer | None:
    """The answer that the last text of a step states; what merely ends in a number states none."""
    found = final_answer(step.blocks[-1]["content"]) if step.blocks and step.blocks[-1]["kind"] == "text" else None
    return None if found is None or found.guessed or found.how == "stated" else found
