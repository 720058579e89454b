"""`Ask` and `Tools` that answer from a table: for trying a recipe, and for testing it, without any endpoint."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeAlias

from stream_synth.errors import ChatError
from stream_synth.protocols import Recipe
from stream_synth.values import Completion, Json, Rejected, Request, Sample, Seed, Usage

Reply: TypeAlias = str | Completion | ChatError
Script: TypeAlias = Reply | Sequence[Reply] | Callable[[Request, int], Reply]


@dataclass
class ScriptedAsk:
    """Answers each step from `script`: one reply for all samples, a list with one per sample, or a function of request and sample.

    A `ChatError` in the script is raised. `asked` keeps every call in order. As in a run, one path may be asked only once.
    """

    script: Mapping[str, Script]
    asked: list[tuple[str, int, str, Request]] = field(default_factory=list)

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = "teacher") -> Completion:
        """The scripted reply."""
        if any((step, sample) == (one, number) for one, number, _, _ in self.asked):
            raise ValueError(f"step {step!r}, sample {sample} was asked twice")
        self.asked.append((step, sample, role, request))
        if step not in self.script:
            raise KeyError(f"the script has no step {step!r}; it has {', '.join(self.script)}")
        reply = _pick(self.script[step], request, sample)
        if isinstance(reply, ChatError):
            raise reply
        return _completion(reply, request)

    async def many(self, step: str, request: Request, n: int, *, role: str = "teacher") -> list[Completion]:
        """The scripted replies of n samples, without those that fail."""
        replies, errors = [], []
        for sample in range(n):
            try:
                replies.append(await self(step, request, sample=sample, role=role))
            except ChatError as error:
                errors.append(error)
        if not replies:
            raise errors[0]
        return replies


@dataclass
class ScriptedTools:
    """`Tools` with a seed of its own; journalled values are kept in `notes` and handed out again, `pools` hold rows to draw."""

    seed: str = "0"
    notes: dict[str, Any] = field(default_factory=dict)
    pools: Mapping[str, Sequence[Json]] = field(default_factory=dict)  # accepted, rejected, and what others feed

    def rng(self, step: str = "", sample: int = 0) -> Random:
        """A generator for this step and sample, the same each time."""
        return Random(hashlib.blake2b(f"{self.seed}:{step}:{sample}".encode()).hexdigest())  # noqa: S311  # no cryptography

    async def journalled(self, step: str, make: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401
        """The value of `make()`, made once."""
        if step not in self.notes:
            self.notes[step] = await make()
        return self.notes[step]

    async def pool(self, step: str, count: int, name: str = "accepted", *, lang: str = "", reason: str = "") -> list[Json]:
        """Rows of the pool by chance."""
        fitting = [row for row in self.pools.get(name, ()) if row["lang"].startswith(lang) and row.get("reason", "").startswith(reason)]
        return self.rng(f"pool:{step}").sample(fitting, min(count, len(fitting)))


async def try_recipe(
    recipe: Recipe,
    fields: Mapping[str, Any],
    script: Mapping[str, Script] | ScriptedAsk,
    *,
    seed_id: str = "s1",
    pools: Mapping[str, Sequence[Json]] | None = None,
) -> list[Sample | Rejected]:
    """All candidates of one seed under a script."""
    ask = script if isinstance(script, ScriptedAsk) else ScriptedAsk(script)
    return [candidate async for candidate in recipe.expand(Seed(seed_id, fields), ask, ScriptedTools(seed_id, pools=pools or {}))]


def _pick(script: Script, request: Request, sample: int) -> Reply:
    if callable(script):
        return script(request, sample)
    if isinstance(script, str | Completion | ChatError):
        return script
    return script[sample]


def _completion(reply: str | Completion, request: Request) -> Completion:
    """A text as a reply that costs about what it would: four characters a token."""
    if isinstance(reply, Completion):
        return replace(reply, model=reply.model or "scripted")
    spoken = sum(len(str(turn.get("content", ""))) for turn in request.messages) + len(request.prompt or "")
    return Completion(reply, model="scripted", usage=Usage(spoken // 4 + 1, len(reply) // 4 + 1))
