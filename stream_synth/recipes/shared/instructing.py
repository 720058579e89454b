"""Tasks that a model made up, on their way to rows: what Self-Instruct and Alpaca share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stream_synth.recipes.shared.replies import charged, reply_turn, unpaid
from stream_synth.text.instructions import contradictory, instance_fault, real_input, task_fault
from stream_synth.text.rouge import coded, rouge_l, same_instruction
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of


def examples_of(seed: Seed) -> tuple[list[Mapping[str, Any]], str] | Rejected:
    """The seed's tasks and their language."""
    held = seed.fields.get("examples")
    tasks = [one for one in held if isinstance(one, Mapping) and one.get("instruction")] if isinstance(held, list) else []
    if not tasks:
        return Rejected(Sample("", "", slot="seed"), "seed", "no_examples", evidence={"problem": "give seeds of kind: pool"})
    return tasks, str(seed.fields.get("lang") or language_of("\n".join(str(one["instruction"]) for one in tasks)))


def drafted(draft: Sample, instructions: Sequence[str], reply: Completion) -> list[Sample]:
    """One draft for each instruction of a reply; the first one pays for it."""
    drafts = [
        changed(draft, prompt=text, slot=f"{draft.slot}/{place}", model=reply.model, meta={**draft.meta, "instruction": text})
        for place, text in enumerate(instructions)
    ]
    return [changed(charged(drafts[0], reply), finish_reason="stop"), *drafts[1:]] if drafts else []


def screened(drafts: Sequence[Sample], shown: Sequence[str], *, media: bool = False) -> list[Sample | Rejected]:
    """The drafts in order, those that are no new task rejected at step `tasks`."""
    known, screened = coded(shown), list[Sample | Rejected]()
    for draft, code in zip(drafts, coded([draft.prompt for draft in drafts]), strict=True):
        evidence: dict[str, Any] = {"instruction": draft.prompt}
        reason = task_fault(draft.prompt, draft.lang, media=media)
        if not reason:
            likeness = max((rouge_l(code, other) for other in known), default=0.0)
            reason, evidence["similarity"] = "similar" if likeness > same_instruction(draft.prompt) else "", round(likeness, 4)
        if not reason:
            known.append(code)
        screened.append(Rejected(draft, "tasks", reason, evidence=evidence) if reason else draft)
    return screened


def instance_rows(task: Sample, pairs: Sequence[tuple[str, str]]) -> list[Sample | Rejected]:
    """One candidate for each (input, output) of a task; the first one carries what the task has cost."""
    pairs = [(real_input(given), output.strip()) for given, output in pairs]
    distrusted = contradictory(pairs)
    candidates: list[Sample | Rejected] = []
    for place, (given, output) in enumerate(pairs):
        row = _row(task if not place else unpaid(task), given, output, place)
        reason = "contradictory" if distrusted else "repeated" if (given, output) in pairs[:place] else instance_fault(given, output)
        candidates.append(Rejected(row, "instances", reason, evidence={"input": given, "output": output}) if reason else row)
    return candidates


def _row(task: Sample, given: str, output: str, place: int) -> Sample:
    instruction = task.meta["instruction"]
    prompt = f"{instruction}\n{given}" if given else instruction
    turns = ({"role": "user", "content": prompt}, reply_turn(output))
    meta = {**task.meta, "input": given}
    return changed(task, prompt=prompt, response=output, reasoning="", messages=turns, slot=f"{task.slot}/{place}", meta=meta)
