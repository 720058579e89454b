"""What expressions can call, and `apply` by a short name: the checks of `verify` and `text`, and the shipped prompts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rapidfuzz import fuzz

from stream_synth.recipes.self_instruct import inputs_first, labels_first
from stream_synth.recipes.shared.prompts import load
from stream_synth.text import tokens
from stream_synth.text.instructions import contradictory, instance_fault, real_input, task_fault
from stream_synth.text.pre_query import instruction_in
from stream_synth.text.sections import numbered
from stream_synth.verify import final_answer, free_letter, gold_answer, language_of, masked, miscalculations, numbers_in, same_answer


def _final(text: str) -> str | None:
    found = final_answer(str(text))
    return found.text if found else None


def _gold(text: str) -> str | None:
    found = gold_answer(str(text))
    return found.text if found else None


def _prompt(name: str, lang: str, **values: object) -> str:
    """A shipped prompt, METHOD/STEP, filled."""
    recipe, _, step = name.partition("/")
    return load(recipe, step, lang).fill(**{key: str(value) for key, value in values.items()})


def _hide_numbers(question: str) -> list[dict[str, str]]:
    """The question with each of its numbers in turn behind a letter: text, letter, value."""
    letter = free_letter(question)
    return [{"text": masked(question, one, letter), "letter": letter, "value": one.value} for one in numbers_in(question)]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "answer_equal": lambda got, gold: got is not None and same_answer(str(got), str(gold)),
    "final_answer": _final,
    "gold_answer": _gold,
    "hide_numbers": _hide_numbers,
    "instruction_in": instruction_in,
    "language": lambda text: language_of(str(text)),
    "miscalculations": miscalculations,
    "prompt": _prompt,
    "rouge_l": lambda one, other: fuzz.ratio(tokens(str(one)), tokens(str(other))) / 100,
    # of Self-Instruct
    "contradictory": contradictory,
    "inputs_first": inputs_first,
    "instance_fault": instance_fault,
    "labels_first": labels_first,
    "numbered": numbered,
    "real_input": real_input,
    "task_fault": task_fault,
}
