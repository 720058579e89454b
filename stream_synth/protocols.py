"""What the parts promise each other. A part names a Protocol from here; `assemble` hands in the class."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from random import Random
from typing import Any, Protocol

from stream_synth.values import BadRow, Call, Completion, Json, Rejected, Request, Sample, Seed, Verdict


class Ask(Protocol):
    """How a recipe talks to models. Step names are written out; asking one path twice in a seed is an error."""

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = "teacher") -> Completion:
        """One reply. Raises `ChatError` when the call failed for good; let `Closed` pass."""
        ...

    async def many(self, step: str, request: Request, n: int, *, role: str = "teacher") -> list[Completion]:
        """Replies of n independent samples, in sample order, without those that failed; raises the first error if all did."""
        ...


class Tools(Protocol):
    """Whatever else a recipe may use that is not a function of its seed: journalled, so that a replay sees the same."""

    def rng(self, step: str = "", sample: int = 0) -> Random:
        """The seed's own generator: the same for the same run seed, seed id, pass, step and sample."""
        ...

    async def journalled(self, step: str, make: Callable[[], Awaitable[Any]]) -> Any:  # noqa: ANN401  # any JSON value
        """The JSON value of `make()`, made once and replayed from the journal ever after."""
        ...

    async def pool(self, step: str, count: int, name: str = "accepted", *, lang: str = "", reason: str = "") -> list[Json]:
        """Up to `count` different rows that were decided so far, by chance; fewer when there are fewer.

        `accepted` and `rejected` are rows of the recipe's own label; any other name is a pool that recipes of the run feed: rows
        whose meta has `pools: {name: accepted | rejected | decided}`, the kind of decision after which they belong to it. A row holds
        `id`, `lang`, `prompt`, `response`, `meta` and, where the recipe itself rejected it, `reason` as `step/reason`. `lang` and
        `reason` are what those must begin with. The recipe names its pools in `draws_from`, those it feeds in `feeds_into`.
        """
        ...


class Recipe(Protocol):
    """One method: turns a seed into candidates with as many calls as it likes."""

    name: str

    def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """Yields candidates. Must be a function of its arguments: no clock, no global state, no own randomness."""
        ...


class Gate(Protocol):
    """One check in the funnel. `measured` is whatever `measure` returned for that sample, and private to the gate.

    The lane calls `look` on a batch and then, for each sample in order, `admit` and (when every gate passed it) `remember`.
    So `admit` has only to compare with what was remembered since the last `look`.

    Two things a gate may add. `remembers = False`: it keeps nothing of accepted rows, a resumed run need not show them
    again. `recall(batch) -> bool`: brings accepted rows of an earlier run back from a cache of its own, all of them and
    in order (True), or nothing (False): then they are measured and remembered like new ones.
    """

    name: str

    def measure(self, batch: Sequence[Sample]) -> Sequence[Any]:
        """Pure, batched, may run in any thread: hashes, signatures, rule findings. One entry for each sample."""
        ...

    def look(self, batch: Sequence[Sample], measured: Sequence[Any]) -> Sequence[Verdict | None]:
        """Read-only view of what was remembered before this batch. None: nothing against it so far."""
        ...

    async def consult(self, sample: Sample, chat: Chat) -> Verdict | None:
        """A scorer that costs a call. None: this gate consults nobody. Runs after `look`, before the lane."""
        ...

    def admit(self, sample: Sample, measured: Any) -> Verdict:  # noqa: ANN401  # opaque to everyone but the gate
        """The final word, one at a time, in order."""
        ...

    def remember(self, sample: Sample, measured: Any) -> None:  # noqa: ANN401
        """Called once for each row that passed every gate."""
        ...

    def close(self) -> None:
        """Flush and release files."""
        ...


class Anchored(Protocol):
    """What a gate adds whose scorer may drift: rows that stay the same, scored again and again beside the run."""

    @property
    def anchors_every(self) -> int:
        """Accepted rows between two turns; 0: never."""
        ...

    @property
    def max_drift(self) -> float:
        """Mean absolute change of the calibrated scores from which on it is worth a warning."""
        ...

    async def anchored(self, chat: Chat, watch: str, turn: int) -> dict[str, float]:
        """Calibrated score by anchor, without those that got none. The same watch and turn make the same calls."""
        ...


class Source(Protocol):
    """Where seeds come from. Read lazily in a reader thread; nothing is held but the current chunk."""

    endless: bool

    def seeds(self) -> Iterator[Seed | BadRow]:
        """Seeds in order, ids not yet made unique; a row that cannot be read comes as a `BadRow`."""
        ...


class Chat(Protocol):
    """The model side as the engine and scorers see it."""

    async def complete(self, call: Call) -> Completion:
        """The reply to this call: from the journal when it holds one, else from an endpoint."""
        ...

    def draw_model(self, role: str, rng: Callable[[], Random]) -> str:
        """The model that will answer, drawn by weight among the role's endpoints before the call key is made.

        `rng` makes the generator; it is called only where there is something to draw, because seeding one costs 10 us.
        """
        ...

    def close_admission(self) -> None:
        """No attempt starts from now on: waiting calls raise `Closed`, those in flight finish."""
        ...

    def abort(self) -> None:
        """Give up what is in flight now: waiting and running calls raise `Closed`; bodies already sent become `ambiguous`."""
        ...

    def snapshot(self) -> Json:
        """Counters: in_flight, waiting, limit, calls, retries, ambiguous, prompt_tokens, reasoning_tokens, completion_tokens, cost_usd."""
        ...
