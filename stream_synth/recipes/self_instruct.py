"""Self-Instruct: a list of tasks is continued, each new one told apart into classification or not, and given instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.blocks import all_from
from stream_synth.recipes.shared.instructing import drafted, examples_of, instance_rows, screened
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, noted, provenance
from stream_synth.recipes.shared.saying import prompted
from stream_synth.recipes.shared.verdicts import MAX_JUDGE_TOKENS, billed, or_rejected, read_choice
from stream_synth.text.sampling import Spread
from stream_synth.text.sections import labelled, numbered
from stream_synth.values import Completion, Rejected, Request, Sample, Seed, changed

LIST_END = 16  # the number at which the list stops (Self-Instruct)
MOST_INSTANCES = 5  # of a task (Self-Instruct)
ROWS_FOR_TWO_TASKS = MOST_INSTANCES + 1
_YES_NO = {"yes": "yes", "no": "no", "是": "yes", "否": "no", "不是": "no"}
_INPUT_FIRST = {"input": "input", "输入": "input", "output": "output", "输出": "output"}
_OUTPUT_FIRST = {"class label": "label", "类别": "label", "标签": "label", "input": "input", "输入": "input"}


@dataclass(frozen=True, kw_only=True)
class SelfInstruct(Asking):
    """New tasks from eight examples, up to five instances each; two of the examples are the run's own rows, once it has some."""

    temperature: Spread | None = field(default=0.7, metadata={"help": "of the list; the other calls are made at 0"})
    top_p: Spread | None = field(default=0.5, metadata={"help": "nucleus sampling of the list"})
    max_tokens: int | None = field(default=1024, metadata={"help": "limit of the list; a list that runs into it is rejected"})
    machine: int = field(default=2, metadata={"help": "examples that are rows of this run, in place of the last of the seed's"})
    classification: bool = field(
        default=False, metadata={"help": "ask for classification tasks alone; saves the call that tells them apart"}
    )
    instance_tokens: int = field(
        default=350, metadata={"help": "limit of a task's instances (Self-Instruct); raise it for thinking models"}
    )

    name = "self_instruct"
    draws_from = ("accepted",)

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per instance, and one per task that fails before it has any."""
        tasks, lang = sound(examples_of(seed))
        shown = await self._with_own(tasks, lang, tools)
        template = load(self.texts, "tasks_classification" if self.classification else "tasks", lang)
        listed = "\n".join(f"{number}. {' '.join(str(one['instruction']).split())}" for number, one in enumerate(shown, 1))
        prompt = template.fill(tasks=listed, next=str(len(shown) + 1), end=str(LIST_END))
        request = self.request(prompt, **{"presence_penalty": 2.0, **self.params})
        texts = [template.text, *(load(self.texts, step, lang).text for step in ("kind", "output_first", "input_first"))]
        meta = {**provenance(self.name, *texts), "shown": [str(one.get("id", "")) for one in shown]}
        draft = Sample("", "", lang=lang, meta=meta)
        new: list[Sample | Rejected] = []
        for number, reply in enumerate(await ask.many("tasks", request, self.samples)):
            new += self._listed(changed(draft, slot=str(number)), reply, [str(one["instruction"]) for one in shown])
        return await all_from([self._grown(task, place, ask) for place, task in enumerate(new)])

    async def _with_own(self, tasks: Sequence[Mapping[str, Any]], lang: str, tools: Tools) -> list[Mapping[str, Any]]:
        """The seed's tasks, the last ones replaced by tasks of this run where it has enough; in shuffled order."""
        rows = await tools.pool("machine", ROWS_FOR_TWO_TASKS * self.machine, lang=lang) if self.machine else []
        own = {str(row["meta"]["instruction"]): {"id": row["id"], "instruction": row["meta"]["instruction"]} for row in rows}
        chosen = list(own.values())[: self.machine]
        enough = 0 < len(chosen) == self.machine < len(tasks)
        shown = [*tasks[: -self.machine], *chosen] if enough else list(tasks)
        tools.rng("shuffle").shuffle(shown)
        return shown

    def _listed(self, draft: Sample, reply: Completion, shown: Sequence[str]) -> list[Sample | Rejected]:
        whole = answered(draft, reply, "tasks")
        if isinstance(whole, Rejected):
            return [whole]
        instructions = [text for text in numbered(whole.response)[: LIST_END - len(shown)] if text]
        drafts = drafted(draft, instructions, reply)
        return screened(drafts, shown) if drafts else [Rejected(whole, "tasks", "none", evidence={"reply": whole.response})]

    async def _grown(self, task: Sample | Rejected, place: int, ask: Ask) -> list[Sample | Rejected]:
        """The task's instances."""
        told = task if isinstance(task, Rejected) else await self._told_apart(task, place, ask)
        if isinstance(told, Rejected):
            return [told]
        asked = ask("instances", self._request("output_first" if told.meta["is_classification"] else "input_first", told), sample=place)
        reply = await or_rejected(asked, told, "instances")
        if isinstance(reply, Rejected):
            return [reply]
        candidate = answered(told, replace(reply, finish_reason="stop") if reply.truncated else reply, "instances")
        if isinstance(candidate, Rejected):
            return [candidate]
        pairs = (labels_first if told.meta["is_classification"] else inputs_first)(candidate.response)[:MOST_INSTANCES]
        if reply.truncated and len(pairs) < MOST_INSTANCES:
            pairs = pairs[:-1]  # the last one is cut off
        if not pairs:
            return [Rejected(candidate, "instances", "truncated" if reply.truncated else "none", evidence={"reply": candidate.response})]
        return instance_rows(candidate, pairs)

    async def _told_apart(self, task: Sample, place: int, ask: Ask) -> Sample | Rejected:
        if self.classification:
            return noted(task, is_classification=True)
        reply = await or_rejected(ask("kind", self._request("kind", task), sample=place), task, "kind")
        if isinstance(reply, Rejected):
            return reply
        paid, said = billed(task, reply), read_choice(reply, _YES_NO)
        if said is None:
            return Rejected(paid, "kind", "unreadable_verdict", evidence={"reply": reply.text})
        return noted(paid, is_classification=said == "yes")

    def _request(self, step: str, task: Sample) -> Request:
        turns = prompted(load(self.texts, step, task.lang).fill(task=task.prompt))
        if step == "kind":
            return self.request(turns, temperature=0.0, max_tokens=MAX_JUDGE_TOKENS)
        return self.request(turns, **{"presence_penalty": 1.5, **self.params, "temperature": 0.0, "max_tokens": self.instance_tokens})


def inputs_first(text: str) -> list[tuple[str, str]]:
    """(input, output) of a reply in which each output follows its input, or stands alone."""
    pairs, given = [], ""
    for meaning, content in labelled(text, _INPUT_FIRST):
        if meaning == "input":
            given = content
        else:
            pairs.append((given, content))
            given = ""
    return pairs


def labels_first(text: str) -> list[tuple[str, str]]:
    """(input, label) of a reply in which an input follows each label; a label without one is the answer to the task itself."""
    pairs: list[tuple[str, str]] = []
    for meaning, content in labelled(text, _OUTPUT_FIRST):
        if meaning == "label":
            label, _, rest = content.partition("\n")
            pairs.append((rest.strip(), label.strip()))
        elif pairs:
            pairs[-1] = (content, pairs[-1][1])
    return pairs
