"""Texts and labels of a closed set: what `zerogen` and `annotate` share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import reply_turn
from stream_synth.recipes.shared.verdicts import billed, spoken
from stream_synth.text.normal import squeezed
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of

_LABEL = re.compile(r"^[ \t*#>\"“]*(?:label|标签)[ \t*\"”]*[:：](.+)$", re.IGNORECASE | re.MULTILINE)
_EDGES = " \t\n*\"'`.。“”‘’「」[]【】"


@dataclass(frozen=True, slots=True)
class LabelTask:
    """What is told of a text, and the labels with their meanings ("" where there is none)."""

    task: str
    labels: Mapping[str, str]
    lang: str

    def instruction(self) -> str:
        """The system turn of the rows."""
        return load("labelling", "instruction", self.lang).fill(task=self.task, labels=self.listed(list(self.labels)))

    def listed(self, order: Sequence[str]) -> str:
        """The labels, one to a line."""
        return "\n".join(f"- {label}" + (f": {self.labels[label]}" if self.labels[label] else "") for label in order)

    def read(self, reply: Completion) -> str | None:
        """The label that a reply names in its line `Label: ...`, or is; None when it names none or two."""
        said, known = spoken(reply), {squeezed(label): label for label in self.labels}
        named = {squeezed(one.strip(_EDGES)) for one in _LABEL.findall(said)} or {squeezed(said.strip(_EDGES))}
        return known.get(named.pop()) if len(named) == 1 else None


def label_task(seed: Seed, task: str, labels: Mapping[str, str] | Sequence[str], told_by: str) -> LabelTask | Rejected:
    """The seed's own task and labels, else those of the options; `told_by` is a text in the seed's language."""
    held: Any = seed.fields.get("labels") or labels
    what = str(seed.fields.get("task") or task).strip()
    closed = {str(one): str(held[one] or "") if isinstance(held, Mapping) else "" for one in held} if not isinstance(held, str) else {}
    if not what or len(closed) < 2:
        return Rejected(Sample("", "", slot="seed"), "seed", "no_task", evidence={"task": what, "labels": list(closed)})
    return LabelTask(what, closed, str(seed.fields.get("lang") or language_of(f"{what}\n{told_by}")))


def labelled_row(draft: Sample, task: LabelTask, text: str, label: str) -> Sample:
    """The text as prompt and the label as response; the task is the system turn, so texts are compared without it."""
    turns = ({"role": "system", "content": task.instruction()}, {"role": "user", "content": text}, reply_turn(label))
    meta = {**draft.meta, "label": label}
    return changed(draft, prompt=text, response=label, reasoning="", messages=turns, dedup_on="prompt", lang=task.lang, meta=meta)


@dataclass(frozen=True)
class Voters:
    """`count` votes on a text, each with the labels in an order of its own, so that no place is favoured."""

    asking: Asking
    ask: Ask
    tools: Tools
    count: int

    async def label(self, draft: Sample, task: LabelTask, text: str, first: int) -> tuple[Sample, Counter[str]] | Rejected:
        """The draft charged with the votes, and the votes by label. `first` is the sample number of the first vote.

        Rejected at step `vote`: `unreadable_label`, `call_failed`. A vote whose call failed is not counted, one that names no label is.
        """
        prompts = [self._prompt(task, text, first + turn) for turn in range(self.count)]
        requests = [self.asking.request(prompt) for prompt in prompts]
        outcomes = await together([self.ask("vote", request, sample=first + turn) for turn, request in enumerate(requests)])
        replies = [one for one in outcomes if isinstance(one, Completion)]
        paid = billed(draft, *replies)
        if not replies:
            error = next(one for one in outcomes if isinstance(one, ChatError))
            return Rejected(paid, "vote", "call_failed", evidence={"kind": error.kind, "problem": str(error)})
        votes = Counter(task.read(reply) or "" for reply in replies)
        if set(votes) == {""}:
            return Rejected(paid, "vote", "unreadable_label", evidence={"replies": [spoken(reply) for reply in replies]})
        return changed(paid, model=paid.model or replies[0].model), votes

    def _prompt(self, task: LabelTask, text: str, number: int) -> str:
        order = list(task.labels)
        self.tools.rng("order", number).shuffle(order)
        return load("labelling", "vote", task.lang).fill(task=task.task, labels=task.listed(order), text=text)


def agreed(row: Sample, votes: Counter[str], least: float) -> Sample | Rejected:
    """The row when so large a share of the votes is for its label; unreadable votes are for none. Meta gains `votes`, `agreement`."""
    share = round(votes[row.meta["label"]] / votes.total(), 4)
    meta = {"votes": {label: count for label, count in votes.most_common() if label}, "agreement": share}
    voted = changed(row, score=share, meta={**row.meta, **meta})
    return voted if share >= least else Rejected(voted, "vote", "disagreement", share, {**meta, "least": least})
