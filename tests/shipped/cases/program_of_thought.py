"""`configs/program_of_thought.yaml`."""

from __future__ import annotations

from tests.shipped.case import Case
from tests.shipped.seeds import UNFIT_QUESTIONS, shipped

CASE = Case(
    config="program_of_thought",
    strict=("recipe.verify.call=tests.shipped.checks:leaves_it_to_chance", "recipe.samples=5", "recipe.keep=1", "source.fields={}"),
    rows=[*shipped("problems"), *UNFIT_QUESTIONS, {"question": "Why?", "answer": "Because I say so, and so does everybody else in here."}],
    undrawn={"calculator/miscalculated": "of solutions in words; a program does its own sums"},
)
