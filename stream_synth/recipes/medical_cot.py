"""Complex thinking for questions with a known answer, as HuatuoGPT-o1's data were made: open question, search, monologue, answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.rethinking import Search, Trace
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import all_of, under
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import read_question
from stream_synth.recipes.shared.replies import noted
from stream_synth.recipes.shared.saying import prompted, replied, said
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, approved
from stream_synth.text.chain import laid_out
from stream_synth.text.options import holds_options, with_options
from stream_synth.values import Rejected, Sample, Seed, changed
from stream_synth.verify import leaked
from stream_synth.verify.json_reply import json_in

_FIT = {"fit": "", "合格": "", "unfit": "unfit", "不合格": "unfit"}
OPEN_TRIES = 2  # of the rewriting, as in the paper's code
_STEPS = ("screen", "open", "think", "rethink", "guided", "check", "natural", "respond")


@dataclass(frozen=True, kw_only=True)
class MedicalCot(Asking):
    """`samples` searches for each question; a multiple-choice question is first opened."""

    attempts: int = field(default=1, metadata={"help": "first chains of thinking before the answer is told (the paper: 1)", "least": 1})
    rethinks: int = field(default=2, metadata={"help": "strategies tried on each of them (the paper: 2)", "least": 0})
    screen: bool = field(default=True, metadata={"help": "have multiple-choice questions judged fit before they are opened"})

    name = "medical_cot"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per search."""
        question = sound(read_question(seed, self.system))
        asked = with_options(question.prompt, seed.fields.get("options"))
        meta = {**self.provenance(question.lang, *_STEPS), "original_question": asked, "reference": question.reference}
        draft = Sample(asked, "", slot="search/0", messages=prompted(asked), lang=question.lang, meta=meta)
        if not question.reference:
            raise Dropped(draft, "seed", "no_answer")
        posed = sound(await self._posed(draft, ask))
        bare = noted(changed(draft, prompt=posed.prompt, messages=posed.messages), reference=posed.meta["reference"])
        drafts = [posed, *(changed(bare, slot=f"search/{number}") for number in range(1, self.samples))]  # opened and paid for once
        return await all_of([self._searched(one, under(ask, one.slot), tools) for one in drafts])

    async def _posed(self, draft: Sample, ask: Ask) -> Sample | Rejected:
        """The draft with an open question and its short answer."""
        fills = {"question": draft.prompt, "answer": draft.meta["reference"]}
        if not holds_options(draft.prompt):
            return draft
        if self.screen:
            screened = await approved(draft, "screen", load(self.texts, "screen", draft.lang).fill(**fills), _FIT, ask)
            if isinstance(screened, Rejected):
                return screened
            draft = screened
        request = self.request(prompted(load(self.texts, "open", draft.lang).fill(**fills)))
        wrote = ""
        for attempt in range(OPEN_TRIES):
            reply = await said(ask, "open", request, draft, attempt)
            if isinstance(reply, Rejected):
                return reply
            draft, wrote = reply.paid, reply.text
            if read := _open_question(json_in(wrote)):
                posed, answer = read
                return noted(changed(draft, prompt=posed, messages=prompted(posed)), reference=answer)
        return Rejected(draft, "open", "unreadable", evidence={"reply": wrote[:MAX_KEPT_CHARS]})

    async def _searched(self, draft: Sample, ask: Ask, tools: Tools) -> Sample | Rejected:
        rng = tools.rng("strategies", int(draft.slot.rpartition("/")[2]))
        search = Search(draft.prompt, draft.meta["reference"], self, ask, rng, self.attempts, self.rethinks)
        trace = await search.run(draft)
        thought = trace if isinstance(trace, Rejected) else await self._natural(trace, ask)
        if isinstance(thought, Rejected):
            return thought
        prompt = load(self.texts, "respond", draft.lang).fill(question=thought.prompt, thinking=thought.reasoning)
        row = await replied(ask, "respond", self.request(prompt), thought)
        return row if isinstance(row, Rejected) else changed(row, reasoning=thought.reasoning)

    async def _natural(self, trace: Trace, ask: Ask) -> Sample | Rejected:
        """The draft with the thinking as a monologue."""
        prompt = load(self.texts, "natural", trace.draft.lang).fill(question=trace.draft.prompt, chain=laid_out(trace.chain))
        reply = await said(ask, "natural", self.request(prompt), trace.draft)
        if isinstance(reply, Rejected):
            return reply
        read = json_in(reply.text)
        told = next(iter(read.values())) if isinstance(read, dict) and len(read) == 1 else None
        if not isinstance(told, str) or not told.strip():
            return Rejected(reply.paid, "natural", "unreadable", evidence={"reply": reply.text[:MAX_KEPT_CHARS]})
        thought = changed(reply.paid, reasoning=told.strip())
        if "\n" not in thought.reasoning:
            return Rejected(thought, "natural", "one_line")
        phrase = leaked(thought.reasoning, thought.prompt)
        return Rejected(thought, "natural", "leak", evidence={"phrase": phrase}) if phrase else thought


def _open_question(read: object) -> tuple[str, str] | None:
    """Question and answer of a reply that holds these two, as text, and nothing else."""
    if not isinstance(read, dict) or set(read) != {"question", "answer"} or not all(isinstance(one, str) and one for one in read.values()):
        return None
    return read["question"], read["answer"]
