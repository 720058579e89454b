"""`recipe: {steps: […], emit: {…}}`: a method without Python."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.card import CardFile
from stream_synth.recipes.shared.expert import check_of, load_function
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import provenance, reply_turn
from stream_synth.recipes.steps.expressions import computed, filled, names_needed
from stream_synth.recipes.steps.functions import FUNCTIONS
from stream_synth.recipes.steps.options import AskBlock, Block, asks, every, refuse_unfit
from stream_synth.recipes.steps.parsing import refuse_schema
from stream_synth.recipes.steps.running import Course, Row, reasons_of
from stream_synth.values import DedupOn, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of

STARTER = """\
    - ask:
        name: problem
        prompt: {zh: 写一道小学应用题，只写题目。, en: Write a word problem for school. The problem only.}
    - ask:
        name: solution
        prompt: "{{ problem }}"
        parse: final_answer                 # or text, json, tags, list, code, score, choice
    - gate: {too_short: "problem|length > 10"}
"""
OWN_NAMES = ("lang", "seed", "replies", "finish", "round", "majority", "share")  # which the method itself keeps
TEXTS = ("prompt", "response", "reasoning", "chosen", "rejected")


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The blocks in order, and what the row is made of at the end."""

    steps: tuple[Block, ...] = field(
        metadata={"help": "blocks: ask, set, gate, apply, verify, branch, repeat, vote, cap, draw, feed", "starter": STARTER}
    )
    emit: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"help": "templates for prompt, response, reasoning, chosen, rejected; left out: seed's question, last reply"},
    )
    meta: Mapping[str, str] = field(default_factory=dict, metadata={"help": "further keys of meta, by expressions"})
    lang: str = field(default="", metadata={"help": "of every row; left out: the seed's `lang`, or told by its text"})
    dedup_on: DedupOn = field(default="both", metadata={"help": "which text makes two rows duplicates"})

    name = "steps"
    card = CardFile()

    def __post_init__(self) -> None:
        if not self.steps:
            raise ConfigError("steps is empty; write at least one block")
        if unknown := sorted(set(self.emit) - set(TEXTS)):
            raise ConfigError(f"emit holds {', '.join(unknown)}; it may hold {', '.join(TEXTS)}")
        refuse_unfit(self.steps)
        for ask in asks(self.steps):
            refuse_schema(ask)
            for text in (ask.system, *_prompts(ask)):
                filled(text)
        for text in self.emit.values():
            filled(text)
        _try_expressions(self.steps)
        for expression in self.meta.values():
            computed(expression)

    @property
    def draws_from(self) -> tuple[str, ...]:
        """The pools of earlier rows that a step draws from."""
        return tuple(sorted({block.draw.pool for block in every(self.steps) if block.draw}))

    @property
    def feeds_into(self) -> tuple[str, ...]:
        """The pools that a step feeds."""
        return tuple(sorted({block.feed.pool for block in every(self.steps) if block.feed}))

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """One candidate for each row that was begun."""
        told = "\n".join(str(value) for value in seed.fields.values() if isinstance(value, str))
        lang = self.lang or str(seed.fields.get("lang") or language_of(told))
        draft = Sample(str(seed.fields.get("question", "")), "", lang=lang, dedup_on=self.dedup_on, meta=self._provenance())
        if missing := sorted(self._needed - set(seed.fields)):
            problem = f"the seed has no {', '.join(missing)}, and no step makes it"
            yield Rejected(changed(draft, slot="seed"), "seed", "missing_value", evidence={"names": missing, "problem": problem})
            return
        begun = Row({**seed.fields, "lang": lang, "seed": dict(seed.fields)}, draft)
        for place, row in enumerate(await Course(ask, tools, self._places, self._so_far).through(self.steps, [begun])):
            if isinstance(row, Rejected):
                yield Rejected(changed(row.sample, slot=str(place)), row.step, row.reason, row.score, row.evidence)
            else:
                yield self._emitted(row, str(place))

    @cached_property
    def _places(self) -> dict[int, int]:
        return {id(block): place for place, block in enumerate(every(self.steps))}

    @cached_property
    def _needed(self) -> frozenset[str]:
        """Values that only the seed can bring: found missing before a call is paid. Unknown where own code may bring any."""
        if any(block.apply and ":" in block.apply.call and not block.apply.into for block in every(self.steps)):
            return frozenset()
        texts = [*self.emit.values(), *(text for ask in asks(self.steps) for text in (ask.system, *_prompts(ask)))]
        texts += [load(*_shipped(ask.template), lang).text for ask in asks(self.steps) if ask.template for lang in ("zh", "en")]
        expressions = [*self.meta.values(), *_expressions(self.steps)]
        named = [names_needed(text) for text in texts] + [names_needed(one, expression=True) for one in expressions]
        return frozenset().union(*named) - _made(self.steps)

    def _provenance(self) -> dict[str, Any]:
        texts = [text for ask in asks(self.steps) for text in (ask.system, ask.template, *_prompts(ask))]
        return provenance(self.name, *texts)

    def _so_far(self, row: Row) -> Sample:
        """The row as it would be emitted, of what is known of it."""
        texts = {name: text.strip() for name, text in _known(self.emit, filled, row).items()}
        return changed(row.draft, meta={**row.draft.meta, **_known(self.meta, computed, row)}, **texts)

    def _emitted(self, row: Row, slot: str) -> Sample:
        texts = {name: filled(template)(row.values).strip() for name, template in self.emit.items()}
        meta = {**row.draft.meta, **{name: computed(expression)(row.values) for name, expression in self.meta.items()}}
        sample = changed(row.draft, slot=slot, meta=meta, **texts)
        turns = row.turns or ({"role": "user", "content": sample.prompt}, reply_turn(sample.response))
        return changed(sample, messages=turns)


def _known(sources: Mapping[str, str], compiled: Callable[[str], Callable[[Mapping[str, Any]], Any]], row: Row) -> dict[str, Any]:
    """What these come to, without those that need a value which is not there yet."""
    known: dict[str, Any] = {}
    for name, source in sources.items():
        with suppress(KeyError):
            known[name] = compiled(source)(row.values)
    return known


def _prompts(ask: AskBlock) -> Sequence[str]:
    return [ask.prompt] if isinstance(ask.prompt, str) else list(ask.prompt.values())


def _shipped(template: str) -> tuple[str, str]:
    method, _, step = template.partition("/")
    return method, step


def _expressions(steps: Sequence[Block]) -> list[str]:
    found: list[str] = []
    for block in every(steps):
        found += [*reasons_of(block.gate or {}).values(), *(block.set or {}).values(), *(case.when for case in block.branch or ())]
        found += [block.repeat.until] if block.repeat else []
        found += [block.apply.of] if block.apply else [block.each.of] if block.each else []
    return [one for one in found if one]


def _made(steps: Sequence[Block]) -> set[str]:
    """Names of the values that steps make."""
    made = set(OWN_NAMES)
    for block in every(steps):
        made |= set(block.set or ())
        made |= {one.into for one in (block.each, block.draw) if one}
        made |= {block.ask.into or block.ask.name} if block.ask else set()
        made |= {block.apply.into or block.apply.call.rpartition(":")[2]} if block.apply else set()
    return made


def _try_expressions(steps: Sequence[Block]) -> None:
    """Whatever cannot be read is found before the first call is paid."""
    for expression in _expressions(steps):
        computed(expression)
    for block in every(steps):
        if block.apply and ":" in block.apply.call:
            load_function(block.apply.call)
        elif block.apply and block.apply.call not in FUNCTIONS:
            raise ConfigError(f"apply: there is no function {block.apply.call!r}; there are {', '.join(FUNCTIONS)}, or module:function")
        if block.verify:
            check_of(block.verify)
