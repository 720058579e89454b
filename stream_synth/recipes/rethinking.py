"""A search for thinking that ends in the right conclusion: think, check, rethink by a strategy, and at last be told the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.blocks import under
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.saying import said
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, approved
from stream_synth.text.chain import Action, laid_out, read_chain
from stream_synth.values import Rejected, Sample
from stream_synth.verify.json_reply import json_in

STRATEGIES = ("backtracking", "new_path", "verification", "correction")  # in the order of strategies.txt
_VERDICTS = {"correct": "", "正确": "", "incorrect": "wrong", "wrong": "wrong", "错误": "wrong", "不正确": "wrong"}


@dataclass(frozen=True, slots=True)
class Trace:
    """Thinking so far. `draft` is charged with every call, and its meta says how the thinking came about."""

    draft: Sample
    chain: tuple[Action, ...] = ()
    right: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """One problem and its answer, and who is asked. `turns` counts the rethinking after each first attempt."""

    question: str
    answer: str
    asking: Asking
    ask: Ask
    rng: Random
    attempts: int
    turns: int

    async def run(self, draft: Sample) -> Trace | Rejected:
        """Thinking whose conclusion the judge finds right; meta gains `response_type` and `strategies`.

        Rejected at `think`, `rethink`, `guided` when a reply is no chain of actions, at `check` when the judge cannot be read, or finds
        the conclusion wrong (`wrong`) although the answer was told.
        """
        trace = Trace(draft)
        for attempt in range(1, self.attempts + 1):
            trace = Trace(trace.draft)
            for turn in range(self.turns + 1):
                # At the first rethink there is no earlier conclusion to go back behind.
                number = self.rng.randrange(1 if turn == 1 else 0, len(STRATEGIES)) if turn else None
                later = await self._step(trace, f"attempt{attempt}/turn{turn}", number)
                if isinstance(later, Rejected) or later.right:
                    return later
                trace = later
        last = await self._step(trace, "label", None, guided=True)
        if isinstance(last, Rejected) or last.right:
            return last
        return Rejected(last.draft, "check", "wrong", evidence={"conclusion": last.chain[-2].content, "expected": self.answer})

    async def _step(self, trace: Trace, path: str, strategy: int | None, *, guided: bool = False) -> Trace | Rejected:
        """The thinking continued once and checked."""
        named = "guided" if guided else "think" if strategy is None else "rethink"
        how = load("medical_cot", "strategies", trace.draft.lang).text.splitlines()[strategy or 0]
        prompt = load("medical_cot", named, trace.draft.lang).fill(
            question=self.question, chain=laid_out(trace.chain), strategy=how, answer=self.answer
        )
        reply = await said(self.ask, f"{path}/{named}", self.asking.request(prompt), trace.draft)
        if isinstance(reply, Rejected):
            return reply
        added = read_chain(json_in(reply.text))
        if added is None:
            return Rejected(reply.paid, named, "unreadable", evidence={"reply": reply.text[:MAX_KEPT_CHARS]})
        tried = [*reply.paid.meta.get("strategies", ()), *([] if strategy is None else [STRATEGIES[strategy]])]
        kind = {"guided": "label_guided", "think": "initial", "rethink": "rethink"}[named]
        draft = noted(reply.paid, response_type=kind, strategies=tried)
        return await self._checked(Trace(draft, (*trace.chain, *added)), path)

    async def _checked(self, trace: Trace, path: str) -> Trace | Rejected:
        conclusion = trace.chain[-2].content
        prompt = load("medical_cot", "check", trace.draft.lang).fill(question=self.question, answer=self.answer, conclusion=conclusion)
        verdict = await approved(trace.draft, "check", prompt, _VERDICTS, under(self.ask, path))
        if isinstance(verdict, Sample):
            return replace(trace, draft=verdict, right=True)
        return replace(trace, draft=verdict.sample) if verdict.reason == "wrong" else verdict
