"""Alpaca: twenty tasks with input and output from one call that shows three seed tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.instructing import drafted, examples_of, instance_rows, screened
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, provenance
from stream_synth.text.sampling import Spread
from stream_synth.text.sections import labelled
from stream_synth.values import Completion, Rejected, Sample, Seed

TASKS = 20  # in the list, those shown included (Alpaca)
_LABELS = {"instruction": "instruction", "指令": "instruction", "input": "input", "输入": "input", "output": "output", "输出": "output"}
_PARTS = ["instruction", "input", "output"]


@dataclass(frozen=True, kw_only=True)
class Alpaca(Asking):
    """Each reply completes a list of twenty tasks; seeds hold three examples (`source: {kind: pool, examples: 3}`)."""

    temperature: Spread | None = field(default=1.0, metadata={"help": "1.0 is Alpaca's"})
    max_tokens: int | None = field(
        default=3072, metadata={"help": "limit of a reply; the task that it cuts off is rejected, those before stay"}
    )

    name = "alpaca"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per task."""
        del tools
        shown, lang = sound(examples_of(seed))
        template = load(self.texts, "tasks", lang)
        listed = "\n###\n".join(_written(number, one, lang) for number, one in enumerate(shown, 1))
        prompt = template.fill(tasks=listed, next=str(len(shown) + 1), end=str(TASKS))
        meta = {**provenance(self.name, template.text), "shown": [str(one.get("id", "")) for one in shown]}
        found: list[Sample | Rejected] = []
        for number, reply in enumerate(await ask.many("tasks", self.request(prompt), self.samples)):
            found += self._tasks(Sample("", "", slot=str(number), lang=lang, meta=meta), reply, shown)
        return found

    def _tasks(self, draft: Sample, reply: Completion, shown: Sequence[Mapping[str, Any]]) -> list[Sample | Rejected]:
        whole = answered(draft, replace(reply, finish_reason="stop") if reply.truncated else reply, "tasks")
        if isinstance(whole, Rejected):
            return [whole]
        parts = _told_apart(labelled(whole.response, _LABELS))[: TASKS - len(shown)]
        if not parts:
            return [Rejected(whole, "tasks", "none", evidence={"reply": whole.response})]
        drafts = drafted(draft, [part[0][1] for part in parts], reply)
        faults = {place: "fields" for place, part in enumerate(parts) if [meaning for meaning, _ in part] != _PARTS}
        if reply.truncated:
            faults[len(parts) - 1] = "truncated"
        kept = iter(screened([one for place, one in enumerate(drafts) if place not in faults], _instructions(shown), media=True))
        found: list[Sample | Rejected] = []
        for place, (one, part) in enumerate(zip(drafts, parts, strict=True)):
            task = Rejected(one, "tasks", faults[place], evidence={"task": dict(part)}) if place in faults else next(kept)
            found += [task] if isinstance(task, Rejected) else instance_rows(task, [(part[1][1], part[2][1])])
        return found


def _told_apart(labels: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """The labelled parts of each task: an instruction begins a new one."""
    tasks: list[list[tuple[str, str]]] = []
    for label in labels:
        if label[0] == "instruction" or not tasks:
            tasks.append([])
        tasks[-1].append(label)
    return tasks


def _instructions(shown: Sequence[Mapping[str, Any]]) -> list[str]:
    return [str(one["instruction"]) for one in shown]


def _written(number: int, task: Mapping[str, Any], lang: str) -> str:
    """A seed task as the list has it, with its first instance."""
    first: Mapping[str, Any] = next(iter(task.get("instances") or ()), {})
    names = ("指令", "输入", "输出") if lang == "zh" else ("Instruction", "Input", "Output")
    held = (task["instruction"], first.get("input") or "<noinput>", first.get("output") or "")
    return "\n".join(
        f"{number}. {name}{'：' if lang == 'zh' else ': '}{str(value).strip()}" for name, value in zip(names, held, strict=True)
    )
