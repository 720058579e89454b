"""What a round of Evol-Instruct may do to a task: WizardLM's ways, WizardCoder's for programming tasks, WizardMath's for problems."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Literal, TypeAlias

OperatorSet: TypeAlias = Literal["general", "code", "maths"]

DEPTH = ("constraints", "deepen", "concretize", "reasoning", "complicate_input")
# Each set: operator -> how likely it is beside the others, all alike where the paper does not say otherwise.
_GENERAL = dict.fromkeys((*DEPTH, "breadth"), 1.0)
_CODE = {
    **dict.fromkeys(("code_constraint", "code_rarer", "code_steps", "code_misdirection"), 1.0),
    "code_complexity": 0.5,  # WizardCoder asks for it, but not frequently
}
_DOWN = dict.fromkeys(("maths_easier", "maths_other_easier"), 1.0)
_UP = dict.fromkeys(("maths_constraints", "maths_concretize", "maths_reasoning"), 1.0)
DOWNWARD_ROUNDS = 2  # WizardMath: two rounds down, three up
# The prompt that an operator's own text goes into; the others are whole prompts.
_FRAMES = {**dict.fromkeys(DEPTH, "depth"), **dict.fromkeys(_CODE, "depth_code"), **dict.fromkeys(_UP, "depth_maths")}
_FREE = frozenset({"complicate_input", "code_misdirection"})  # they bring material along, which counts as no words


def drawn(kind: OperatorSet, turn: int, rng: Random) -> str:
    """The operator of a round."""
    ways: Mapping[str, float] = {"general": _GENERAL, "code": _CODE, "maths": _DOWN if turn <= DOWNWARD_ROUNDS else _UP}[kind]
    return rng.choices(list(ways), list(ways.values()))[0]


def frame(operator: str) -> str:
    """The prompt around an operator's text; "" where it is a prompt of its own."""
    return _FRAMES.get(operator, "")


def counts_words(operator: str) -> bool:
    """Its prompt limits the words that are added."""
    return operator in _FRAMES and operator not in _FREE


def starts_anew(kind: OperatorSet, turn: int) -> bool:
    """The round goes out from the seed's task: problems are made harder than it, not harder than their easier variants."""
    return kind == "maths" and turn == DOWNWARD_ROUNDS + 1
