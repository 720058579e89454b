"""Three ways to a thinking trace: a model that thinks by itself, one that is told to, one that is made to by a prefilled turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from stream_synth.errors import ChatError
from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.question import Question
from stream_synth.recipes.shared.replies import answered, charged, reply_turn, unanswered, unusable
from stream_synth.values import Completion, Message, Rejected, Sample
from stream_synth.verify import split_thinking

OPEN = "<think>\n"


@dataclass(frozen=True, slots=True)
class Problem:
    """One question ready to be asked: `sent` is what the model sees, `question` what the row will hold."""

    question: Question
    sent: tuple[Message, ...]
    draft: Sample


Candidate: TypeAlias = Sample | Rejected
Thinker: TypeAlias = Callable[[Problem, Asking, Ask], Awaitable[list[Candidate]]]


async def native(problem: Problem, asking: Asking, ask: Ask) -> list[Candidate]:
    """The model's own thinking, from the reply's field or inline tags."""
    replies = await ask.many("solve", asking.request(problem.sent), asking.samples)
    return [answered(_draft(problem, position), reply, "solve") for position, reply in enumerate(replies)]


async def template(problem: Problem, asking: Asking, ask: Ask) -> list[Candidate]:
    """A system turn asks for `<think>`; how to think is left to the model, as R1-Zero's template leaves it."""
    told = template_prompt(problem.question.lang).text
    first, *rest = problem.sent
    if first["role"] == "system":
        sent = ({"role": "system", "content": f"{told}\n\n{first['content']}"}, *rest)
    else:
        sent = ({"role": "system", "content": told}, first, *rest)
    return await native(replace(problem, sent=sent), asking, ask)


async def two_step(problem: Problem, asking: Asking, ask: Ask) -> list[Candidate]:
    """The assistant's turn is opened with `<think>` and stopped at `</think>`; a second call answers with that thinking as prefix.

    The server must go on from a last assistant turn (llama.cpp does; vLLM with `params: {continue_final_message: true,
    add_generation_prompt: false}`).
    """
    request = asking.request((*problem.sent, reply_turn(OPEN)), stop=["</think>"])
    thoughts = await ask.many("think", request, asking.samples)
    outcomes = await together([_concluded(problem, asking, ask, position, thought) for position, thought in enumerate(thoughts)])
    return [outcome for outcome in outcomes if not isinstance(outcome, ChatError)]


async def _concluded(problem: Problem, asking: Asking, ask: Ask, position: int, thought: Completion) -> Candidate:
    thinking = _bare(thought)
    draft = charged(replace(_draft(problem, position), reasoning=thinking), thought, thinking)
    trouble = unusable(replace(thought, text=thinking))
    if trouble:
        reason, evidence = trouble
        return Rejected(draft, "think", reason, evidence=evidence)
    prefix = f"{OPEN}{thinking}\n</think>\n\n"
    try:
        reply = await ask("answer", asking.request((*problem.sent, reply_turn(prefix))), sample=position)
    except ChatError as error:
        return unanswered(draft, "answer", error)
    # Some servers send the prefilled turn back with the reply.
    said = replace(reply, text=reply.text.removeprefix(prefix), reasoning="")
    outcome = answered(draft, said, "answer")
    sample = outcome.sample if isinstance(outcome, Rejected) else outcome
    whole = replace(sample, reasoning=thinking, meta={**sample.meta, "format_reward": 1.0 if sample.response else 0.75})
    return replace(outcome, sample=whole) if isinstance(outcome, Rejected) else whole


def _bare(thought: Completion) -> str:
    """The thinking without tags, wherever the server put it."""
    if thought.reasoning.strip():
        return thought.reasoning.strip()
    closed = thought.text if "</think>" in thought.text else f"{thought.text}</think>"
    split = split_thinking(closed)
    return split.reasoning if not split.damaged else thought.text.strip()


def _draft(problem: Problem, position: int) -> Sample:
    return replace(problem.draft, slot=f"solve/{position}")


def template_prompt(lang: str) -> Template:
    """The system turn that asks for thinking."""
    return load("reasoning", "template", lang)


THINKERS: dict[str, Thinker] = {"native": native, "template": template, "two_step": two_step}
