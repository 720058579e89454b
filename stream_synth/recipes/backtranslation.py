"""Instruction backtranslation: which instruction would this human text answer? The pair is rated, and only the best stay."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.passages import unfit
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, charged, provenance, reply_turn
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, billed, consulted, opinion_of, or_rejected, read_score
from stream_synth.values import Completion, Message, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of


@dataclass(frozen=True, kw_only=True)
class Backtranslation(Asking):
    """`samples` instructions per text, each rated from 1 to 5; the `keep` best of those that reach `min_score`."""

    samples: int = field(default=1, metadata={"help": "candidate instructions per text"})
    min_score: float = field(
        default=4.5, metadata={"help": "least rating of a pair: 4.5 is Humpback's A5, 4 its larger A4", "least": 1, "most": 5}
    )
    keep: int = field(default=1, metadata={"help": "rows per text at most, the best rated: they share their response", "least": 1})
    min_chars: int = field(default=600, metadata={"help": "least length of a text (Humpback)"})
    max_chars: int = field(default=3000, metadata={"help": "greatest length of a text (Humpback)"})
    tag: bool = field(default=True, metadata={"help": "a system turn that tells web text from an assistant's; `system` comes before it"})

    name = "backtranslation"
    checks_itself = True  # before the best are chosen

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per instruction."""
        text = str(seed.fields.get("text") or "").strip()
        trouble = unfit(text, seed.fields, self.min_chars, self.max_chars) if text else ("no_text", {"problem": "the seed has no text"})
        if trouble:
            reason, evidence = trouble
            raise Dropped(Sample("", text, slot="seed"), "seed", reason, evidence=evidence)
        draft = self._draft(text, seed)
        prompt = load(self.texts, "instruct", draft.lang).fill(text=text)
        replies = await ask.many("instruct", self.request(prompt), self.samples)
        rated = await all_of([self._candidate(draft, reply, number, ask) for number, reply in enumerate(replies)])
        return self._best([await self.checked(one, tools) for one in rated])

    def _draft(self, text: str, seed: Seed) -> Sample:
        lang = str(seed.fields.get("lang") or language_of(text))
        tag = self.system or (load(self.texts, "tag", lang).text if self.tag else "")
        texts = [load(self.texts, step, lang).text for step in ("instruct", "rate")]
        meta: dict[str, Any] = provenance(self.name, tag, *texts)
        if seed.fields.get("title"):
            meta["title"] = str(seed.fields["title"])
        before: tuple[Message, ...] = ({"role": "system", "content": tag},) if tag else ()
        return Sample("", text, messages=before, lang=lang, meta=meta)

    async def _candidate(self, draft: Sample, reply: Completion, number: int, ask: Ask) -> Sample | Rejected:
        draft = changed(draft, slot=f"instruct/{number}")
        instructed = answered(draft, reply, "instruct")
        if isinstance(instructed, Rejected):
            return instructed
        instruction = instructed.response
        turns = (*draft.messages, {"role": "user", "content": instruction}, reply_turn(draft.response))
        pair = charged(changed(draft, prompt=instruction, messages=turns), reply)
        if is_invalid(instruction):
            return Rejected(pair, "instruct", "invalid", evidence={"reply": instruction[:MAX_KEPT_CHARS]})
        return await self._rated(pair, number, ask)

    async def _rated(self, pair: Sample, number: int, ask: Ask) -> Sample | Rejected:
        prompt = load(self.texts, "rate", pair.lang).fill(instruction=pair.prompt, text=pair.response)
        reply = await or_rejected(consulted(ask, "rate", prompt, number), pair, "rate")
        if isinstance(reply, Rejected):
            return reply
        said = opinion_of(reply)
        score = read_score(reply, 1, 5)
        rated = replace(billed(pair, reply), score=score, meta={**pair.meta, **said})
        if score is None:
            return Rejected(rated, "rate", "unreadable_score", evidence=said)
        return rated if score >= self.min_score else Rejected(rated, "rate", "low_score", score, {**said, "least": self.min_score})

    def _best(self, candidates: list[Sample | Rejected]) -> list[Sample | Rejected]:
        """In order; of the good ones the best `keep`, the earlier of two that are equal."""
        good = sorted((one for one in candidates if isinstance(one, Sample)), key=lambda one: -(one.score or 0))
        over = {one.slot for one in good[self.keep :]}
        return [
            Rejected(one, "keep", "over_keep", one.score, {"keep": self.keep}) if isinstance(one, Sample) and one.slot in over else one
            for one in candidates
        ]
