"""Steps that several methods share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any, TypeVar

from stream_synth.errors import ChatError, ConfigError, StreamSynthError
from stream_synth.protocols import Tools
from stream_synth.values import Rejected, Sample
from stream_synth.verify import final_answer, normal_form, only_number, read_number, same_answer

Value = TypeVar("Value")


async def together(asked: Sequence[Awaitable[Value]]) -> list[Value | ChatError]:
    """Results in order, a failed call as its error. Nothing in flight is cancelled because its neighbour failed: it is paid for.

    What stops the seed or the run is raised when all have ended.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_settled(one)) for one in asked]
    outcomes = [task.result() for task in tasks]
    for outcome in outcomes:
        if isinstance(outcome, StreamSynthError) and not isinstance(outcome, ChatError):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, StreamSynthError) or isinstance(outcome, ChatError)]


async def _settled(asked: Awaitable[Value]) -> Value | StreamSynthError:
    try:
        return await asked
    except StreamSynthError as error:
        return error


def against_gold(sample: Sample, gold: Sequence[str]) -> Sample | Rejected:
    """The sample when its final answer is one of the gold answers; meta gains `gold`, `got`, `answer_how`.

    Rejected at step `answer`: `no_answer` when it states none, `wrong_answer` otherwise, with `expected` and `got`.
    """
    expected = gold[0] if len(gold) == 1 else list(gold)
    found = final_answer(sample.response)
    # A last number is a guess; where the gold is no number it is nobody's answer.
    if found is None or (found.guessed and not any(letter.isdigit() for one in gold for letter in one)):
        if _is_gold(sample.response, gold):
            return replace(sample, meta={**sample.meta, "gold": expected, "got": sample.response.strip(), "answer_how": "whole"})
        return Rejected(replace(sample, meta={**sample.meta, "gold": expected}), "answer", "no_answer", evidence={"expected": expected})
    checked = replace(sample, meta={**sample.meta, "gold": expected, "got": found.text, "answer_how": found.how})
    if _is_gold(found.text, gold) or (found.how == "stated" and _is_number(only_number(found.text), gold)):
        return checked
    return Rejected(checked, "answer", "wrong_answer", evidence={"expected": expected, "got": found.text, "how": found.how})


def _is_number(spoken: str, gold: Sequence[str]) -> bool:
    """The number in a spoken sentence counts against golds that are numbers, and those only."""
    return bool(spoken) and any(read_number(normal_form(one)) and same_answer(spoken, one) for one in gold)


def _is_gold(got: str, gold: Sequence[str]) -> bool:
    return any(same_answer(got, one) for one in gold)


async def expert_check(sample: Sample, call: str, tools: Tools) -> Sample | Rejected:
    """A domain expert's own check, `module:function`: it takes the row as a mapping and returns one.

    What it returns holds `passed` (bool) and may hold `reason`, `score` and `evidence`. The verdict is journalled, so the function
    may look things up. One that returns anything else has a bug.
    """

    async def verdict() -> Any:  # noqa: ANN401  # JSON
        shown = {"prompt": sample.prompt, "response": sample.response, "reasoning": sample.reasoning, "lang": sample.lang}
        said = load_function(call)({**shown, "messages": [dict(turn) for turn in sample.messages], "meta": dict(sample.meta)})
        if not isinstance(said, Mapping) or not isinstance(said.get("passed"), bool):
            raise TypeError(f"{call} returned {said!r}: a check returns a mapping with passed: true or false")
        return dict(said)

    said = await tools.journalled(f"verify/{sample.slot}", verdict)
    if said["passed"]:
        return sample
    return Rejected(sample, "verify", str(said.get("reason") or "failed"), said.get("score"), said.get("evidence") or {})


def load_function(call: str) -> Any:  # noqa: ANN401  # somebody's function
    """The function behind `module:function`."""
    module, _, name = call.partition(":")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(f"verify: cannot load {call!r} ({error}); write module:function of an installed module") from error
