"""The values that move through the house: frozen, slotted, changed only by `dataclasses.replace` (or `changed`, where it is hot).

Nothing here does I/O and nothing here decides. Text fields are `str` in any script; token counts are provider tokens;
money is USD; times are seconds since the epoch (UTC) unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, Literal, TypeAlias, TypeVar

Json: TypeAlias = Mapping[str, Any]
Message: TypeAlias = Mapping[str, Any]  # {"role": "system" | "user" | "assistant" | "tool", "content": str, ...}
DedupOn: TypeAlias = Literal["prompt", "response", "both"]
Value = TypeVar("Value")
NO_ANSWER = "the reply holds no answer"  # stands in `refusal` of an empty reply, which is otherwise no refusal


@dataclass(frozen=True, slots=True)
class Seed:
    """One mapped row of a source: what a recipe starts from.

    `id` is unique in a run; a second pass over the same row carries its own id and the first one's `parent_id`.
    """

    id: str
    fields: Json
    parent_id: str = ""  # the id of the row itself, shared by all passes over it
    pass_index: int = 0
    ordinal: int = 0  # position in reading order: admission prefers the oldest open seed
    recipe: str = ""  # label of the recipe that will expand it
    origin: Json = field(default_factory=dict)  # where the row came from: source, position, licence


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a source that could not be read; it is recorded, never silently skipped."""

    position: str  # "questions.jsonl line 17"
    problem: str


@dataclass(frozen=True, slots=True)
class Request:
    """What one model call says. Everything in here changes the text, so everything in here is part of its text hash.

    `prompt` set means a raw completion (`/v1/completions`); otherwise `messages` go to `/v1/chat/completions`.
    `params` are body fields as the server spells them: temperature, top_p, max_tokens, stop, seed, response_format, and so on.
    `route` set names another path of the server, such as "/classify", beside /v1 unless it starts with it: then `params` are the
    whole body but for the model, and the reply's text is the server's JSON as it came.
    """

    messages: tuple[Message, ...] = ()
    prompt: str | None = None
    params: Json = field(default_factory=dict)
    route: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One logical model call: its identity, who asks, and what is said. Attempts and failover happen below it."""

    key: bytes  # 16 bytes: hash of seed id, pass, step path and sample index
    text_hash: bytes  # 16 bytes: hash of model and request, everything that changes the text
    seed_id: str
    step: str
    sample: int
    role: str
    model: str
    request: Request
    ordinal: int = 0  # of the seed: the oldest goes first


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply as the provider counted them. `completion_tokens` includes `reasoning_tokens`."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False  # the reply carried no usage; counted from its bytes


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's reply, as the recipe sees it. Thinking is separated from the answer whichever way the server sent it."""

    text: str
    reasoning: str = ""
    finish_reason: str = "stop"  # stop, length, content_filter, tool_calls
    usage: Usage = Usage()
    model: str = ""
    endpoint: str = ""  # the endpoint's name in the config
    host: str = ""
    cost_usd: float = 0.0
    latency_s: float = 0.0
    refusal: str = ""  # the provider's own refusal text, where it sends one
    tool_calls: tuple[Json, ...] = ()
    logprobs: tuple[Json, ...] = ()  # as sent: choices[0].logprobs.content
    key: bytes = b""  # of the call that made it

    @property
    def truncated(self) -> bool:
        """The reply ended because it ran out of tokens."""
        return self.finish_reason == "length"

    @property
    def refused(self) -> bool:
        """The provider withheld the reply."""
        return self.finish_reason == "content_filter" or bool(self.refusal)


@dataclass(frozen=True, slots=True)
class Sample:
    """A candidate training row. A recipe fills the first part; the engine stamps identity, time and origin."""

    prompt: str
    response: str
    reasoning: str = ""
    slot: str = ""  # which of its seed's candidates this is; unique within the seed
    messages: tuple[Message, ...] = ()
    tools: tuple[Json, ...] = ()
    chosen: str | None = None
    rejected: str | None = None
    score: float | None = None
    lang: str = ""
    prompt_tokens: int = 0
    reasoning_tokens: int = 0
    answer_tokens: int = 0
    cost_usd: float = 0.0
    model: str = ""
    finish_reason: str = "stop"
    dedup_on: DedupOn = "both"  # which text makes two rows duplicates
    meta: Json = field(default_factory=dict)
    # stamped by the engine
    id: str = ""
    seed_id: str = ""
    parent_id: str = ""  # rows of one parent are exempt from the prompt-level duplicate check
    recipe: str = ""
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A candidate that the recipe itself found wanting. Stored with gate `recipe:<step>`."""

    sample: Sample
    step: str
    reason: str
    score: float | None = None
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate said of one sample."""

    gate: str
    passed: bool
    reason: str = ""
    score: float | None = None
    raw_score: float | None = None
    scorer: str = ""
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """A candidate with everything that was said of it. `gate` names the one that rejected it; empty means accepted."""

    sample: Sample
    verdicts: tuple[Verdict, ...] = ()
    gate: str = ""
    reason: str = ""
    evidence: Json = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """No gate rejected it."""
        return not self.gate


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a seed ended without a candidate."""

    seed_id: str
    recipe: str
    step: str
    kind: str  # chat, bug, source, empty
    message: str


@dataclass(frozen=True, slots=True)
class SeedRecord:
    """One seed's end: its outcome and every decision on its candidates, committed together or not at all."""

    seq: int  # order of decision over the whole run directory, from 1
    seed_id: str
    recipe: str
    outcome: str  # done, failed, bad_row, rejected_input
    decisions: tuple[Decision, ...] = ()
    failure: Failure | None = None
    at: float = 0.0
    promoted: tuple[str, ...] = field(default=())  # ids of earlier surplus rows that this record turns into accepted ones


def changed(value: Value, **changes: object) -> Value:
    """A copy of one of these values with some fields changed: `dataclasses.replace` in a third of its time (4 us for a `Sample`)."""
    kind = type(value)
    names, read = _reader(kind)  # type: ignore[arg-type]  # every class can be hashed
    return kind(**dict(zip(names, read(value), strict=True)) | changes)


@cache
def _reader(kind: type) -> tuple[tuple[str, ...], Callable[[object], tuple[object, ...]]]:
    names = tuple(one.name for one in fields(kind))
    return names, attrgetter(*names)
