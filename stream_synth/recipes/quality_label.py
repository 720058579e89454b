"""Educational value of documents, rated by a model: labels for a light classifier that can read the whole stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import reply_turn
from stream_synth.recipes.shared.verdicts import billed, opinion_of, read_score
from stream_synth.text.sampling import Spread
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of

LOW, HIGH = 0, 5


@dataclass(frozen=True, kw_only=True)
class QualityLabel(Asking):
    """The mean of `samples` ratings of a text's beginning. A seed with a `score` has its label: no call is made."""

    max_chars: int = field(default=3000, metadata={"help": "of the text that are rated, and kept as the row", "least": 1})
    temperature: Spread | None = field(default=0.0, metadata={"help": "a label should not depend on chance"})
    max_tokens: int | None = field(default=1024, metadata={"help": "limit of a reply: some sentences and a number"})

    name = "quality_label"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One labelled text."""
        del tools
        text, given = str(seed.fields.get("text") or "").strip()[: self.max_chars], seed.fields.get("score")
        lang = str(seed.fields.get("lang") or language_of(text))
        meta = {**self.provenance(lang, "rate"), "rubric": "educational_value_0_5"}
        draft = Sample("", text, slot="label", messages=(reply_turn(text),), lang=lang, dedup_on="response", meta=meta)
        if not text:
            raise Dropped(draft, "seed", "no_text", evidence={"problem": "the seed has no text"})
        if given is None:
            turns = self.opening(load(self.texts, "rate", lang).fill(text=text))
            row = _rated(draft, await ask.many("rate", self.request(turns), self.samples))
        elif isinstance(given, int | float) and not isinstance(given, bool) and LOW <= given <= HIGH:
            row = changed(draft, score=float(given), meta={**meta, "label": "given"})
        else:
            row = Rejected(draft, "seed", "bad_score", evidence={"score": given})
        return [row]


def _rated(draft: Sample, replies: Sequence[Completion]) -> Sample | Rejected:
    paid = changed(billed(draft, *replies), model=replies[0].model)
    scores = [score for reply in replies if (score := read_score(reply, LOW, HIGH)) is not None]
    if len(scores) < len(replies):
        return Rejected(paid, "rate", "unreadable_score", evidence=opinion_of(replies[0]))
    meta = {**paid.meta, "label": "model", **opinion_of(replies[0]), **({"ratings": scores} if len(scores) > 1 else {})}
    return changed(paid, score=round(fmean(scores), 3), meta=meta)
