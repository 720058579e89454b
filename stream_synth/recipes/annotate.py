"""Annotation: a model labels given texts from a closed set, several votes each; where they disagree, people decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped, sound
from stream_synth.recipes.shared.labelling import Voters, agreed, label_task, labelled_row
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import provenance
from stream_synth.text.sampling import Spread
from stream_synth.values import Sample, Seed


@dataclass(frozen=True, kw_only=True)
class Annotate(Asking):
    """`samples` votes on each text; the label with most of them, where their share reaches `agreement`."""

    samples: int = field(default=5, metadata={"help": "votes on each text"})
    temperature: Spread | None = field(default=0.7, metadata={"help": "votes must be able to differ"})
    task: str = field(default="", metadata={"help": "what is to be told of a text, in a sentence; a seed's own comes first"})
    labels: Mapping[str, str] | Sequence[str] = field(default=(), metadata={"help": "the closed set: a list, or {label: what it means}"})
    agreement: float = field(
        default=0.8, metadata={"help": "least share of votes for the label: 4 of 5; the rest is for review", "least": 0, "most": 1}
    )

    name = "annotate"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per text; a rejected one holds the label that most votes are for."""
        text = str(seed.fields.get("text") or "").strip()
        task = sound(label_task(seed, self.task, self.labels, text))
        if not text:
            raise Dropped(Sample("", "", slot="seed"), "seed", "no_text")
        meta = provenance(self.name, *(load("labelling", step, task.lang).text for step in ("vote", "instruction")))
        draft = Sample(text, "", slot="label", lang=task.lang, meta=meta)
        paid, votes = sound(await Voters(self, ask, tools, self.samples).label(draft, task, text, 0))
        most = max((label for label in task.labels), key=lambda label: votes[label])  # of equals, the first as listed
        candidate = agreed(labelled_row(paid, task, text, most), votes, self.agreement)
        return [candidate]
