"""Steps that several methods share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from stream_synth.errors import ChatError, StreamSynthError
from stream_synth.protocols import Ask
from stream_synth.recipes.shared.replies import noted
from stream_synth.values import Completion, Rejected, Request, Sample
from stream_synth.verify import final_answer, miscalculations, normal_form, only_number, read_number, same_answer

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


async def all_of(asked: Sequence[Awaitable[Value]]) -> list[Value]:
    """Results worked out side by side, in order, without those whose call failed; raises the first error if all did."""
    outcomes = await together(asked)
    results = [one for one in outcomes if not isinstance(one, ChatError)]
    if outcomes and not results:
        raise next(one for one in outcomes if isinstance(one, ChatError))
    return results


async def all_from(asked: Sequence[Awaitable[Sequence[Value]]]) -> list[Value]:
    """The same of lists, one after the other."""
    return [one for several in await all_of(asked) for one in several]


async def _settled(asked: Awaitable[Value]) -> Value | StreamSynthError:
    try:
        return await asked
    except StreamSynthError as error:
        return error


def at_most(keep: int | None, candidates: Sequence[Sample | Rejected]) -> list[Sample | Rejected]:
    """The candidates; of the good ones those beyond the first `keep` rejected as `keep/over_keep`. None: all may stay."""
    if keep is None:
        return list(candidates)
    late = {one.slot for one in [one for one in candidates if isinstance(one, Sample)][keep:]}
    over = {"keep": keep}
    return [
        Rejected(one, "keep", "over_keep", evidence=over) if isinstance(one, Sample) and one.slot in late else one for one in candidates
    ]


def recalculated(sample: Sample) -> Sample | Rejected:
    """The sample, unless an `a op b = c` of its response is wrong: rejected at step `calculator` with the equations."""
    wrong = miscalculations(sample.response)
    if not wrong:
        return sample
    return Rejected(sample, "calculator", "miscalculated", evidence={"equations": [asdict(one) for one in wrong]})


def against_gold(sample: Sample, gold: Sequence[str]) -> Sample | Rejected:
    """The sample when its final answer is one of the gold answers; meta gains `gold`, `got`, `answer_how`.

    Rejected at step `answer`: `no_answer` when it states none, `wrong_answer` otherwise, with `expected` and `got`.
    """
    expected = gold[0] if len(gold) == 1 else list(gold)
    found = final_answer(sample.response)
    # A last number is a guess; where the gold is no number it is nobody's answer.
    if found is None or (found.guessed and not any(_holds_number(one) for one in gold)):
        if _is_gold(sample.response, gold):
            return noted(sample, gold=expected, got=sample.response.strip(), answer_how="whole")
        return Rejected(noted(sample, gold=expected), "answer", "no_answer", evidence={"expected": expected})
    checked = noted(sample, gold=expected, got=found.text, answer_how=found.how)
    if _is_gold(found.text, gold) or (found.how == "stated" and _is_number(only_number(found.text), gold)):
        return checked
    return Rejected(checked, "answer", "wrong_answer", evidence={"expected": expected, "got": found.text, "how": found.how})


def _holds_number(answer: str) -> bool:
    return any(letter.isdigit() for letter in answer) or read_number(normal_form(answer)) is not None  # 十九 has no digit


def _is_number(spoken: str, gold: Sequence[str]) -> bool:
    """The number in a spoken sentence counts against golds that are numbers, and those only."""
    return bool(spoken) and any(read_number(normal_form(one)) and same_answer(spoken, one) for one in gold)


def _is_gold(got: str, gold: Sequence[str]) -> bool:
    return any(same_answer(got, one) for one in gold)


@dataclass(frozen=True, slots=True)
class _Under:
    ask: Ask
    prefix: str

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = "teacher") -> Completion:
        return await self.ask(f"{self.prefix}/{step}", request, sample=sample, role=role)

    async def many(self, step: str, request: Request, n: int, *, role: str = "teacher") -> list[Completion]:
        return await self.ask.many(f"{self.prefix}/{step}", request, n, role=role)


def under(ask: Ask, prefix: str) -> Ask:
    """The same `ask` with a prefix to every step: one seed may then go through a method several times."""
    return _Under(ask, prefix)
