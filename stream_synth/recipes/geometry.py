"""Plane geometry without gold answers: figures closed under deduction, a conclusion traced back to what it needs, with its proof."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.expert import expert_check
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, provenance, reply_turn
from stream_synth.recipes.shared.saying import prompted
from stream_synth.recipes.shared.verdicts import billed, or_rejected, spoken
from stream_synth.values import Rejected, Sample, Seed, changed
from stream_synth.verify.geometry import (
    Clause,
    Closure,
    Fact,
    clauses_in,
    closure_of,
    drawn,
    engine_sandbox,
    fact_in_words,
    figure_in_words,
    needed_for,
    proof_in_words,
)
from stream_synth.verify.geometry.goals import goal_in, interesting


@dataclass(frozen=True, kw_only=True)
class Geometry(Asking):
    """`samples` theorems of each figure, those with the longest proofs; with `prove`, the one theorem of the seed."""

    points: int = field(default=5, metadata={"help": "points built on a triangle, from 2 to this"})
    min_steps: int = field(default=3, metadata={"help": "steps of a proof; a theorem with fewer is trivial"})
    languages: tuple[Literal["zh", "en"], ...] = field(default=("zh", "en"), metadata={"help": "drawn evenly; a seed's `lang` comes first"})
    prove: bool = field(default=False, metadata={"help": "seeds hold a problem; where the engine is stuck the model adds a point"})
    tries: int = field(default=4, metadata={"help": "prove: points the model may add, one after the other"})
    check_s: float = field(default=60.0, metadata={"help": "seconds for each closure; starting the engine takes some 5 of them"})
    memory_mb: int = field(default=3072, metadata={"help": "memory of the engine"})
    allow_unprotected: bool = field(default=False, metadata={"help": "run the engine also where the machine gives no namespaces"})

    name = "geometry"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 2 <= self.points <= 12 or self.min_steps < 1 or self.tries < 0 or not self.languages:
            raise ConfigError(
                f"points is {self.points}, min_steps {self.min_steps}, tries {self.tries}, languages {self.languages}; "
                "give 2 to 12, at least 1 and 0, and a language"
            )

    @property
    def teacher(self) -> bool:
        """Whether that role is asked at all."""
        return self.prove

    def check_installed(self) -> None:
        """Raise `ConfigError` where the engine is missing."""
        engine_sandbox(self.check_s, self.memory_mb, allow_unprotected=self.allow_unprotected)

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """Theorems of one figure. `ask` is used with `prove` only."""
        self.check_installed()  # refused before the first call is paid
        rng = tools.rng("draw")
        lang = str(seed.fields.get("lang") or rng.choice(self.languages))
        meta = {**provenance(self.name, load(self.texts, "statement", lang).text, load(self.texts, "construct", lang).text)}
        draft = Sample("", "", slot="theorem/0", lang=lang, dedup_on="both", meta={**meta, "checker": "newclid"})
        if self.prove:
            found = [await self._proved(seed, draft, ask, tools)]
        else:
            found = await self._theorems(drawn(rng, rng.randint(2, self.points)), draft, tools)
        for one in found:
            yield await expert_check(one, self.verify, tools) if self.verify and isinstance(one, Sample) else one

    async def _theorems(self, clauses: Sequence[Clause], draft: Sample, tools: Tools) -> list[Sample | Rejected]:
        closure = await self._closure(clauses, "", tools)
        draft = changed(draft, meta={**draft.meta, "statement": _notation(clauses, "")})
        if closure.outcome != "closed":
            return [_unclosed(draft, closure)]
        facts = interesting(closure.facts, self.min_steps)[: self.samples]
        if not facts:
            return [Rejected(draft, "draw", "no_theorem", evidence={"facts": len(closure.facts)})]
        return [_row(changed(draft, slot=f"theorem/{number}"), clauses, fact) for number, fact in enumerate(facts)]

    async def _proved(self, seed: Seed, draft: Sample, ask: Ask, tools: Tools) -> Sample | Rejected:
        """The given figure closed, and again after each point that the model adds."""
        figure, _, asked = str(seed.fields.get("problem") or "").partition("?")
        given = clauses_in(figure)
        goal = goal_in(asked, given or ())
        if given is None or goal is None:
            return Rejected(draft, "seed", "no_problem", evidence={"problem": str(seed.fields.get("problem"))[:500]})
        clauses = given
        for attempt in range(self.tries + 1):
            closure = await self._closure(clauses, goal, tools)
            draft = changed(draft, meta={**draft.meta, "statement": _notation(given, goal), "attempts": attempt})
            if closure.outcome != "closed":
                return _unclosed(draft, closure)
            if closure.facts:
                return _row(draft, clauses, closure.facts[0], given)
            if attempt == self.tries:
                break
            added = await self._added(draft, clauses, goal, attempt, ask)
            if isinstance(added, Rejected):
                return added
            draft, clauses = added
        return Rejected(draft, "prove", "open", evidence={"constructions": [str(one) for one in clauses[len(given) :]]})

    async def _added(
        self, draft: Sample, clauses: tuple[Clause, ...], goal: str, attempt: int, ask: Ask
    ) -> tuple[Sample, tuple[Clause, ...]] | Rejected:
        """The figure with one point more."""
        told = {"figure": figure_in_words(clauses, draft.lang), "goal": fact_in_words(goal, draft.lang)}
        prompt = load(self.texts, "construct", draft.lang).fill(**told, notation=_notation(clauses, goal))
        reply = await or_rejected(ask("construct", self.request(prompted(prompt)), sample=attempt), draft, "construct")
        if isinstance(reply, Rejected):
            return reply
        whole = answered(draft, reply, "construct")
        if isinstance(whole, Rejected):
            return whole
        paid = changed(billed(draft, reply), model=reply.model)
        last = spoken(reply).strip().strip("`").strip().splitlines()[-1].strip("` ")
        more = clauses_in(last, clauses)
        if more is None or len(more) != len(clauses) + 1:
            return Rejected(paid, "construct", "unreadable", evidence={"reply": spoken(reply)[-500:]})
        return paid, more

    async def _closure(self, clauses: Sequence[Clause], goal: str, tools: Tools) -> Closure:
        """Journalled: whether the engine ends in time is no function of the seed."""
        sandbox = engine_sandbox(self.check_s, self.memory_mb, allow_unprotected=self.allow_unprotected)
        number = tools.rng("figure").randrange(2**31)

        async def made() -> dict[str, Any]:
            return await closure_of(sandbox, clauses, number, goal)

        return Closure.read(await tools.journalled(f"closure/{len(clauses)}", made))


def _unclosed(draft: Sample, closure: Closure) -> Rejected:
    evidence = {"outcome": closure.outcome, "said": closure.said}
    where = ("draw", "degenerate") if closure.outcome == "degenerate" else ("engine", "ended")
    return Rejected(draft, *where, evidence=evidence)


def _notation(clauses: Sequence[Clause], goal: str) -> str:
    figure = "; ".join(map(str, clauses))
    return f"{figure} ? {goal}" if goal else figure


def _row(draft: Sample, clauses: Sequence[Clause], fact: Fact, given: Sequence[Clause] = ()) -> Sample:
    """The statement is what builds the points of the fact (or what was given); other points of the proof are auxiliary."""
    lang = draft.lang
    stated = tuple(given) or needed_for(fact.points, clauses)
    named = [point for one in (*fact.premises, *(step["fact"] for step in fact.steps)) for point in one.split()[1:]]
    more = [one for one in needed_for(named, clauses) if one not in stated]
    told = {"figure": figure_in_words(stated, lang), "goal": fact_in_words(fact.fact, lang)}
    prompt, proof = load("geometry", "statement", lang).fill(**told), proof_in_words(fact, lang)
    response = load("geometry", "auxiliary", lang).fill(points=figure_in_words(more, lang), proof=proof) if more else proof
    meta = {
        "premises": list(fact.premises),
        "constructions": [str(one) for one in more],
        "statement": _notation(stated, fact.fact),
        "proof": response,
        "goal": fact.fact,
        "steps": len(fact.steps),
    }
    turns = (*prompted(prompt), reply_turn(response))
    return changed(draft, prompt=prompt, response=response, messages=turns, meta={**draft.meta, **meta})
