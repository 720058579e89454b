"""A model's reply made into a candidate, or into the reason why it is none: one place for every recipe."""

from __future__ import annotations

from typing import Any

from stream_synth.errors import ChatError
from stream_synth.recipes.shared.prompts import digest_of
from stream_synth.values import NO_ANSWER, Completion, Json, Message, Rejected, Sample, changed
from stream_synth.verify import format_reward, split_thinking

COSTS = ("prompt_tokens", "reasoning_tokens", "answer_tokens", "cost_usd")


def answered(draft: Sample, completion: Completion, step: str) -> Sample | Rejected:
    """The draft with the reply in it: response, reasoning, conversation, tokens, cost, model.

    `draft.messages` holds the turns before the answer. Rejected at `step` when the reply is truncated, refused, empty, or its
    thinking tags are beyond repair (`tag_damage`). Meta gains `format_reward`, and `tag_findings` where there were some.
    """
    split = split_thinking(completion.text, completion.reasoning)
    meta: dict[str, Any] = {**draft.meta, "format_reward": format_reward(split, opened_by_template=True)}
    if split.findings:
        meta["tag_findings"] = list(split.findings)
    sample = changed(
        draft,
        response=split.answer,
        reasoning=split.reasoning,
        messages=(*draft.messages, reply_turn(split.answer)),
        meta=meta,
        **_charges(draft, completion, split.reasoning, split.answer),
    )
    trouble = unusable(completion)
    if trouble:
        reason, evidence = trouble
        return Rejected(sample, step, reason, evidence=evidence)
    if split.damaged:
        return Rejected(sample, step, "tag_damage", evidence={"findings": list(split.findings)})
    if not split.answer:
        return Rejected(sample, step, "empty", evidence={"thinking_chars": len(split.reasoning)})
    return sample


def noted(sample: Sample, **meta: object) -> Sample:
    """The sample with more in its meta."""
    return changed(sample, meta={**sample.meta, **meta})


def unpaid(sample: Sample) -> Sample:
    """The sample without what was paid for it: another row carries that."""
    return changed(sample, prompt_tokens=0, reasoning_tokens=0, answer_tokens=0, cost_usd=0.0)


def plus(sample: Sample, *others: Sample) -> Sample:
    """The sample charged with what the others were charged with."""
    return changed(sample, **{name: getattr(sample, name) + sum(getattr(other, name) for other in others) for name in COSTS})


def reply_turn(text: str) -> Message:
    """The assistant's turn."""
    return {"role": "assistant", "content": text}


def unusable(completion: Completion) -> tuple[str, Json] | None:
    """(reason, evidence) when the reply is no whole answer: truncated, refused or empty."""
    if completion.truncated:
        return "truncated", {"finish_reason": completion.finish_reason, "completion_tokens": completion.usage.completion_tokens}
    if completion.refused and completion.refusal != NO_ANSWER:
        return "refused", {"finish_reason": completion.finish_reason, "refusal": completion.refusal}
    if not completion.text.strip():
        return "empty", {"finish_reason": completion.finish_reason, "thinking_chars": len(completion.reasoning)}
    return None


def charged(sample: Sample, completion: Completion, reasoning: str = "", answer: str = "") -> Sample:
    """The sample with this call's tokens and cost added; its model and finish reason are those of the latest call."""
    return changed(sample, **_charges(sample, completion, reasoning, answer))


def _charges(sample: Sample, completion: Completion, reasoning: str, answer: str) -> dict[str, Any]:
    """The fields that a call changes.

    Thinking that came inside the text is counted by the provider as completion; its tokens are then estimated by its share of
    the characters, so that thinking and answer can be told apart for every model.
    """
    usage = completion.usage
    thinking = usage.reasoning_tokens
    if not thinking and reasoning:
        thinking = round(usage.completion_tokens * len(reasoning) / (len(reasoning) + len(answer)))
    return {
        "prompt_tokens": sample.prompt_tokens + usage.prompt_tokens,
        "reasoning_tokens": sample.reasoning_tokens + thinking,
        "answer_tokens": sample.answer_tokens + max(usage.completion_tokens - thinking, 0),
        "cost_usd": sample.cost_usd + completion.cost_usd,
        "model": completion.model,
        "finish_reason": completion.finish_reason,
    }


def unanswered(draft: Sample, step: str, error: ChatError) -> Rejected:
    """A later call of this candidate failed for good; what was paid before it is kept for reading."""
    return Rejected(draft, step, "call_failed", evidence={"kind": error.kind, "problem": str(error)})


def provenance(name: str, *templates: str) -> dict[str, Any]:
    """The meta entries that say which recipe and which prompts made a row."""
    digest = digest_of(*templates)
    return {"prompt_hash": digest, "origin": {"recipe": name, "prompt_hash": digest}}
