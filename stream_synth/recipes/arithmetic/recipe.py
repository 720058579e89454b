"""Arithmetic without a model: drawn, computed exactly, written out, and computed again from what was written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.arithmetic import equations as basic
from stream_synth.recipes.arithmetic import expressions, scratchpad
from stream_synth.recipes.arithmetic.recompute import recomputed
from stream_synth.recipes.shared.card import CardFile
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.replies import provenance, reply_turn
from stream_synth.values import Rejected, Sample, Seed


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """`samples` problems per seed; a seed needs no field at all."""

    samples: int = field(default=1, metadata={"help": "problems per seed"})
    tasks: tuple[Literal["expression", "addition", "equation"], ...] = field(
        default=("expression", "addition", "equation"), metadata={"help": "drawn evenly; a seed's own `task` comes first"}
    )
    operations: tuple[expressions.Operation, ...] = field(default=("+", "-", "×", "÷", "^"), metadata={"help": "of expressions"})
    operands: tuple[expressions.Operand, ...] = field(
        default=("integer", "negative", "decimal", "fraction"), metadata={"help": "numbers in expressions"}
    )
    max_operations: int = field(default=4, metadata={"help": "operations in one expression, 1 to this"})
    max_digits: int = field(default=5, metadata={"help": "digits of a number, drawn evenly from 1 to this"})
    formats: tuple[scratchpad.Format, ...] = field(
        default=scratchpad.FORMATS, metadata={"help": "how additions are written out, drawn evenly"}
    )
    equations: tuple[basic.Kind, ...] = field(default=basic.KINDS, metadata={"help": "kinds of basic equations"})
    languages: tuple[Literal["zh", "en"], ...] = field(default=("zh", "en"), metadata={"help": "drawn evenly; a seed's `lang` comes first"})
    show_steps: bool = field(default=True, metadata={"help": "expressions: every intermediate line, not only the result"})

    name = "arithmetic"
    card = CardFile()

    def __post_init__(self) -> None:
        if not 1 <= self.max_digits <= scratchpad.MAX_DIGITS:
            raise ConfigError(f"max_digits is {self.max_digits}; choose 1 to {scratchpad.MAX_DIGITS}")
        if self.max_operations < 1 or self.samples < 1:
            raise ConfigError("max_operations and samples are at least 1")
        for option in ("tasks", "operations", "operands", "formats", "equations", "languages"):
            if not getattr(self, option):
                raise ConfigError(f"{option} is empty; leave it out for the default")

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """One candidate per draw; `ask` is not used."""
        del ask
        for position in range(self.samples):
            rng = tools.rng("draw", position)
            lang = str(seed.fields.get("lang") or rng.choice(self.languages))
            task = str(seed.fields.get("task") or rng.choice(self.tasks))
            yield recomputed(replace(self._drawn(task, rng, lang), slot=f"draw/{position}"))

    def _drawn(self, task: str, rng: Random, lang: str) -> Sample:
        match task:
            case "addition":
                addition, form = scratchpad.draw(rng, self.max_digits), rng.choice(self.formats)
                written: dict[str, Any] = {
                    "format": form,
                    "digits": addition.digits,
                    "carries": addition.carries,
                    "answer": str(addition.left + addition.right),
                }
                worked = scratchpad.write(addition, form, lang)
                return self._sample(rng, load(self.name, form, lang), lang, worked, {"task": task, "problem": addition.problem, **written})
            case "equation":
                equation = basic.draw(rng, rng.choice(self.equations))
                return self._equation(rng, equation, lang)
            case _:
                shape = expressions.Shape(self.operations, self.operands, self.max_digits)
                tree = expressions.draw(rng, shape, rng.randint(1, self.max_operations))
                lines = expressions.chain(tree)
                shown = lines if self.show_steps else [lines[0], lines[-1]]
                more: dict[str, Any] = {"problem": lines[0], "answer": lines[-1], "operations": expressions.operations_of(tree)}
                worked = "\n= ".join(shown)
                return self._sample(rng, load(self.name, "calculate", lang), lang, worked, {"task": "expression", **more})

    def _equation(self, rng: Random, equation: basic.Equation, lang: str) -> Sample:
        template = load(self.name, "rounded" if equation.places else "exact", lang)
        sign = "≈" if equation.places else "="
        answer = f"${equation.answer}$" if "\\" in equation.answer else equation.answer
        meta = {
            "task": "equation",
            "kind": equation.kind,
            "places": equation.places,
            "problem": equation.problem,
            "answer": equation.answer,
        }
        return self._sample(rng, template, lang, f"{equation.problem} {sign} {answer}", meta)

    def _sample(self, rng: Random, wordings: Template, lang: str, worked: str, meta: dict[str, Any]) -> Sample:
        """The row: one of the wordings, one a line in the prompt file."""
        lines = wordings.text.split("\n")
        wording = Template(rng.choice(lines), wordings.digest)
        prompt = wording.fill(problem=meta["problem"], places=str(meta.get("places", "")))
        turns = ({"role": "user", "content": prompt}, reply_turn(worked))
        kept = {**meta, "verified": "rule", **provenance(self.name, wordings.text)}
        return Sample(prompt, worked, messages=turns, lang=lang, dedup_on="response", meta=kept)
