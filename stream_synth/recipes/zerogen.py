"""ZeroGen: a text is written to a given label; of a pair, the first text comes first and the second is written to both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.eliminations import is_invalid, same_text
from stream_synth.recipes.shared.labelling import LabelTask, Voters, agreed, label_task
from stream_synth.recipes.shared.labelling import labelled_row as row_of
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, charged, noted, provenance, unpaid
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, or_rejected
from stream_synth.text.sampling import Spread
from stream_synth.values import Rejected, Sample, Seed, changed


@dataclass(frozen=True, kw_only=True)
class ZeroGen(Asking):
    """`samples` texts for each label; with `votes`, those stay that are given their label again."""

    top_p: Spread | None = field(default=0.9, metadata={"help": "nucleus sampling, as in ZeroGen"})
    task: str = field(default="", metadata={"help": "what is to be told of a text, in a sentence; a seed's own comes first"})
    labels: Mapping[str, str] | Sequence[str] = field(default=(), metadata={"help": "the closed set: a list, or {label: what it means}"})
    pair: bool = field(default=False, metadata={"help": "two texts: write a first one too, where the seed has no `context`"})
    votes: int = field(default=0, metadata={"help": "label each text again so many times (the paper filters nothing: 0)", "least": 0})
    agreement: float = field(
        default=0.6, metadata={"help": "least share of those votes for the label it was written to", "least": 0, "most": 1}
    )

    name = "zerogen"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per text; a pair whose first text fails has only that one."""
        label = str(seed.fields.get("label") or "")
        task = sound(label_task(seed, self.task, self.labels, label))
        if label not in task.labels:
            raise Dropped(Sample("", "", slot="seed"), "seed", "no_label", evidence={"label": label})
        draft = sound(await self._with_context(self._draft(seed, task, label), task, ask))
        written = await all_of([self._written(draft, number, task, ask) for number in range(self.samples)])
        return [await self._voted(one, task, ask, tools) for one in _unrepeated(written, str(draft.meta.get("context", "")))]

    def _draft(self, seed: Seed, task: LabelTask, label: str) -> Sample:
        names = ("text_after_context", "context") if self.pair or seed.fields.get("context") else ("text",)
        meta: dict[str, Any] = provenance(self.name, *(load(self.texts, name, task.lang).text for name in names))
        held = {name: str(seed.fields[name]) for name in ("context", "about") if seed.fields.get(name)}
        return Sample("", label, lang=task.lang, slot="context", meta={**meta, "label": label, **held})

    async def _with_context(self, draft: Sample, task: LabelTask, ask: Ask) -> Sample | Rejected:
        if not self.pair or draft.meta.get("context"):
            return draft
        prompt = load(self.texts, "context", task.lang).fill(task=task.task, about=self._about(draft))
        reply = await ask("context", self.request(prompt))
        first = answered(draft, reply, "context")
        return first if isinstance(first, Rejected) else charged(noted(draft, context=first.response), reply)

    async def _written(self, draft: Sample, number: int, task: LabelTask, ask: Ask) -> Sample | Rejected:
        draft = changed(unpaid(draft) if number else draft, slot=f"text/{number}")
        context = str(draft.meta.get("context", ""))
        means = f": {task.labels[draft.meta['label']]}" if task.labels[draft.meta["label"]] else ""
        template = load(self.texts, "text_after_context" if context else "text", task.lang)
        prompt = template.fill(task=task.task, label=draft.meta["label"], means=means, context=context, about=self._about(draft))
        asked = ask("text", self.request(prompt), sample=number)
        reply = await (or_rejected(asked, draft, "text") if self.pair else asked)
        candidate = reply if isinstance(reply, Rejected) else answered(draft, reply, "text")
        if isinstance(candidate, Rejected):
            return candidate
        text = candidate.response
        row = row_of(candidate, task, f"{context}\n\n{text}".strip(), draft.meta["label"])
        told = noted(row, text=text)
        return Rejected(told, "text", "invalid", evidence={"reply": text[:MAX_KEPT_CHARS]}) if is_invalid(text) else told

    async def _voted(self, row: Sample | Rejected, task: LabelTask, ask: Ask, tools: Tools) -> Sample | Rejected:
        if not self.votes or isinstance(row, Rejected):
            return row
        first = int(row.slot.rpartition("/")[2]) * self.votes
        told = await Voters(self, ask, tools, self.votes).label(row, task, row.prompt, first)
        return told if isinstance(told, Rejected) else agreed(*told, self.agreement)

    def _about(self, draft: Sample) -> str:
        about = draft.meta.get("about")
        return load(self.texts, "about", draft.lang).fill(about=about) if about else ""


def _unrepeated(written: Sequence[Sample | Rejected], context: str) -> list[Sample | Rejected]:
    """The texts in order; one that says what its context or an earlier text says is rejected."""
    seen, rows = [context], list(written)
    for place, one in enumerate(written):
        if isinstance(one, Rejected):
            continue
        if any(same_text(one.meta["text"], other) for other in seen):
            rows[place] = Rejected(one, "text", "repeated")
        seen.append(one.meta["text"])
    return rows
