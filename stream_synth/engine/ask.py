"""What a recipe holds while it works on one seed: `ask` for models, `tools` for chance and everything else journalled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from random import Random
from typing import Any, Protocol

import orjson

from stream_synth.engine.identity import call_key, seed_rng, text_hash
from stream_synth.engine.pools import Pools
from stream_synth.engine.room import Place
from stream_synth.errors import ChatError, ReplayMiss, StreamSynthError
from stream_synth.protocols import Chat
from stream_synth.text.sampling import settled, varies
from stream_synth.values import Call, Completion, Json, Request, Seed


class Notes(Protocol):
    """The part of the journal that keeps tool values."""

    def noted(self, key: bytes) -> bytes | None:
        """The value under this key, if there is one."""
        ...

    async def note(self, key: bytes, value: bytes) -> None:
        """Keep this value; returns when it is safe."""
        ...


class SeedAsk:
    """`Ask` for one seed. Every path (step, sample) is asked once; the call key follows from it."""

    def __init__(self, seed: Seed, chat: Chat, place: Place, run_seed: int) -> None:
        self._seed = seed
        self._chat = chat
        self._place = place
        self._run_seed = run_seed
        self._paths: set[tuple[str, int]] = set()
        self.hosts: set[str] = set()  # endpoint hosts that answered: provenance

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = "teacher") -> Completion:
        """One reply. Raises `ChatError` when the call failed for good."""
        call = self._call(step, request, sample, role)
        with self._place.calling():
            completion = await self._chat.complete(call)
        if completion.host:
            self.hosts.add(completion.host)
        return completion

    async def many(self, step: str, request: Request, n: int, *, role: str = "teacher") -> list[Completion]:
        """Replies of `n` samples in sample order, without the failed ones; raises the first error when all failed.

        A call in flight is never cancelled because its neighbour failed: it is paid for, so its reply is awaited and journalled.
        """
        if n == 1:
            return [await self(step, request, role=role)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._settled(step, request, sample, role)) for sample in range(n)]
        outcomes = [task.result() for task in tasks]
        replies = [outcome for outcome in outcomes if isinstance(outcome, Completion)]
        errors = [outcome for outcome in outcomes if isinstance(outcome, StreamSynthError)]
        stops = [error for error in errors if not isinstance(error, ChatError)]
        if stops or not replies:
            raise (stops or errors)[0]
        return replies

    async def _settled(self, step: str, request: Request, sample: int, role: str) -> Completion | StreamSynthError:
        try:
            return await self(step, request, sample=sample, role=role)
        except StreamSynthError as error:
            return error

    def _call(self, step: str, request: Request, sample: int, role: str) -> Call:
        if (step, sample) in self._paths:
            raise ValueError(f"the recipe asked step {step!r}, sample {sample}, twice for one seed: write out another step name")
        self._paths.add((step, sample))
        model = self._chat.draw_model(role, lambda: seed_rng(self._run_seed, self._seed.id, f"model:{step}", sample))
        key = call_key(self._seed.id, step, sample)
        if varies(request.params):
            rng = seed_rng(self._run_seed, self._seed.id, f"params:{step}", sample)
            request = replace(request, params=settled(request.params, self._seed.ordinal + sample, rng))
        return Call(key, text_hash(model, request), self._seed.id, step, sample, role, model, request, self._seed.ordinal)


class SeedTools:
    """`Tools` for one seed."""

    def __init__(self, seed: Seed, notes: Notes, run_seed: int, *, pools: Pools | None = None, offline: bool = False) -> None:
        self._seed = seed
        self._pools = pools or Pools({}, run_seed)
        self._notes = notes
        self._run_seed = run_seed
        self._offline = offline

    def rng(self, step: str = "", sample: int = 0) -> Random:
        """The seed's own generator."""
        return seed_rng(self._run_seed, self._seed.id, step, sample)

    async def journalled(self, step: str, make: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
        """The JSON value of `make()`, made once and replayed ever after."""
        key = call_key(self._seed.id, f"tool:{step}", 0)
        kept = self._notes.noted(key)
        if kept is None:
            if self._offline:
                raise ReplayMiss(f"seed {self._seed.id}: the journal holds no value for tool step {step!r}")
            kept = orjson.dumps(await make())
            await self._notes.note(key, kept)
        return orjson.loads(kept)

    async def pool(self, step: str, count: int, name: str = "accepted", *, lang: str = "", reason: str = "") -> list[Json]:
        """Rows decided so far: the recipe's own, or those of a pool that others feed too."""

        async def draw() -> list[Json]:
            fits = lambda row: row["lang"].startswith(lang) and row["reason"].startswith(reason)  # noqa: E731  # two conditions
            return self._pools.draw(self._seed.recipe, name, count, self.rng(f"pool:{step}"), fits)

        drawn: list[Json] = await self.journalled(f"pool:{step}", draw)
        return drawn
