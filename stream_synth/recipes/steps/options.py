"""The blocks of a method written in YAML, and their options. Each block holds exactly one kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from stream_synth.errors import ConfigError
from stream_synth.text.sampling import Spread, check_params

Parse = Literal["text", "json", "tags", "list", "code", "final_answer", "score", "choice"]
OWN_POOLS = ("accepted", "rejected")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class AskBlock:
    """One call, or `n` of them: each reply makes a row of its own."""

    name: str = field(metadata={"help": "of the step, unique: it is part of the call's identity and names rejections"})
    prompt: str | Mapping[str, str] = field(default="", metadata={"help": "Jinja template, or one for each language: {zh: …, en: …}"})
    template: str = field(default="", metadata={"help": "in place of `prompt`: a shipped one, METHOD/STEP"})
    system: str = field(default="", metadata={"help": "system turn, a template"})
    role: str = field(default="teacher", metadata={"help": "endpoint role"})
    n: int = field(default=1, metadata={"help": "independent replies"})
    parse: Parse = field(default="text", metadata={"help": "what the reply is read as; what cannot be read is rejected"})
    schema: Mapping[str, Any] = field(default_factory=dict, metadata={"help": "parse: json: JSON Schema that the value must fulfil"})
    tags: tuple[str, ...] = field(default=(), metadata={"help": "parse: tags: the tags that must be there; the value is a mapping"})
    choices: tuple[str, ...] = field(default=(), metadata={"help": "parse: choice: exactly one of these must be named"})
    low: float = field(default=1.0, metadata={"help": "parse: score: least"})
    high: float = field(default=10.0, metadata={"help": "parse: score: most"})
    shape: Literal["auto"] | Mapping[str, Any] | None = field(
        default=None,
        metadata={"help": "what the server is told of the reply's shape: {json|regex|choice|grammar: …}; auto: schema or choices"},
    )
    into: str = field(default="", metadata={"help": "name of the value; the step's name when left out"})
    mode: Literal["chat", "raw"] = field(default="chat", metadata={"help": "raw: the prompt goes to /v1/completions as it stands"})
    dialogue: bool = field(default=False, metadata={"help": "the turn goes on the conversation so far, and the reply is added to it"})
    temperature: Spread | None = field(
        default=None, metadata={"help": "a number, or several: a list, {uniform: [low, high]}, {schedule: [first, last], over: seeds}"}
    )
    top_p: Spread | None = field(default=None, metadata={"help": "nucleus sampling"})
    max_tokens: int | None = field(default=None, metadata={"help": "limit of a reply"})
    params: Mapping[str, Any] = field(default_factory=dict, metadata={"help": "further body fields"})

    def __post_init__(self) -> None:
        check_params({"temperature": self.temperature, "top_p": self.top_p, **self.params})


@dataclass(frozen=True, kw_only=True)
class ApplyBlock:
    """Code: one of the functions that expressions have too, or your own `module:function`."""

    call: str = field(metadata={"help": "such as numbered; or module:function, from the row's values to new ones, or None: rejected"})
    of: str = field(default="", metadata={"help": "expression for the argument of a function that is not your own"})
    into: str = field(default="", metadata={"help": "name for a result that is no mapping"})


@dataclass(frozen=True, kw_only=True)
class EachBlock:
    """A row for each item of a list."""

    of: str = field(metadata={"help": "expression for the list; an empty one is a rejection"})
    into: str = field(metadata={"help": "name of the item"})


@dataclass(frozen=True, kw_only=True)
class BranchCase:
    """One way on."""

    when: str = field(default="", metadata={"help": "Jinja expression; the first case that holds is taken. Left out: always, or by weight"})
    weight: float = field(default=0.0, metadata={"help": "without `when`: chance relative to the other cases"})
    steps: tuple[Block, ...] = field(default=(), metadata={"help": "what is done then"})


@dataclass(frozen=True, kw_only=True)
class RepeatBlock:
    """The same steps again, until something holds."""

    times: int = field(metadata={"help": "at most"})
    until: str = field(default="", metadata={"help": "Jinja expression, looked at after each round"})
    steps: tuple[Block, ...] = field(default=(), metadata={"help": "what is repeated"})


@dataclass(frozen=True, kw_only=True)
class VoteBlock:
    """Over the rows of one seed: those that agree with the majority stay."""

    over: str = field(metadata={"help": "name of the value; equal answers count as one: 18, 18.0, 十八"})
    share: float = field(default=0.0, metadata={"help": "least share of the votes"})


@dataclass(frozen=True, kw_only=True)
class DrawBlock:
    """Rows that were decided earlier in the run, as examples."""

    into: str = field(metadata={"help": "name of the list; each holds prompt, response, lang, meta, reason"})
    count: int = field(metadata={"help": "how many at most"})
    pool: str = field(default="accepted", metadata={"help": "accepted or rejected: this method's own rows; else what `feed` put there"})


@dataclass(frozen=True, kw_only=True)
class FeedBlock:
    """The row goes into a pool once it is decided, as `emit` and `meta` make it of what is known here; any method may draw it."""

    pool: str = field(metadata={"help": "name of the pool"})
    rows: Literal["accepted", "rejected", "decided"] = field(
        default="decided",
        metadata={"help": "accepted, or rejected by a later step; decided: both. What a gate of the run rejects: neither"},
    )


@dataclass(frozen=True, kw_only=True)
class Block:
    """One step. Exactly one of these is set."""

    ask: AskBlock | None = field(default=None, metadata={"help": "a model call"})
    set: Mapping[str, str] | None = field(default=None, metadata={"help": "values by Jinja expressions"})
    gate: str | Sequence[str] | Mapping[str, str] | None = field(
        default=None, metadata={"help": "expressions that must hold, or {reason: expression}"}
    )
    apply: ApplyBlock | None = field(default=None, metadata={"help": "code"})
    each: EachBlock | None = field(default=None, metadata={"help": "a row for each item of a list"})
    verify: Mapping[str, Any] | None = field(
        default=None, metadata={"help": "{call: module:function} or {command: […]}: a check of the row"}
    )
    branch: tuple[BranchCase, ...] | None = field(default=None, metadata={"help": "ways on"})
    repeat: RepeatBlock | None = field(default=None, metadata={"help": "a loop"})
    vote: VoteBlock | None = field(default=None, metadata={"help": "majority among the rows of a seed"})
    cap: int | None = field(default=None, metadata={"help": "rows of a seed at most, the first ones"})
    draw: DrawBlock | None = field(default=None, metadata={"help": "earlier rows as examples"})
    feed: FeedBlock | None = field(default=None, metadata={"help": "the row, once decided, into a pool to be drawn from"})

    def __post_init__(self) -> None:
        chosen = self._chosen()
        if len(chosen) != 1:
            kinds = ", ".join(one.name for one in fields(self))
            raise ConfigError(f"a step holds {' and '.join(chosen) or 'nothing'}; each is exactly one of {kinds}")

    @property
    def kind(self) -> str:
        """Which one is set."""
        return self._chosen()[0]

    @property
    def inner(self) -> tuple[tuple[Block, ...], ...]:
        """The steps inside this one."""
        return (*(case.steps for case in self.branch or ()), *((self.repeat.steps,) if self.repeat else ()))

    def _chosen(self) -> list[str]:
        return [one.name for one in fields(self) if getattr(self, one.name) is not None]


def every(steps: Sequence[Block]) -> Iterator[Block]:
    """All of these steps, nested ones too."""
    for block in steps:
        yield block
        for inner in block.inner:
            yield from every(inner)


def asks(steps: Sequence[Block]) -> Iterator[AskBlock]:
    """Every call in these steps, nested ones too."""
    return (block.ask for block in every(steps) if block.ask)


def refuse_unfit(steps: Sequence[Block]) -> None:
    """Raises `ConfigError` for names that are taken twice or are none, and calls that ask nothing."""
    for block in every(steps):
        if block.feed and (not _NAME.fullmatch(block.feed.pool) or block.feed.pool in OWN_POOLS):
            raise ConfigError(f"feed: pool {block.feed.pool!r} cannot be fed; name one by small letters, not {' or '.join(OWN_POOLS)}")
    seen: set[str] = set()
    for ask in asks(steps):
        if not _NAME.fullmatch(ask.name) or ask.name in seen:
            problem = "is used twice" if ask.name in seen else "is no name: use small letters, digits and _"
            raise ConfigError(f"step name {ask.name!r} {problem}")
        seen.add(ask.name)
        if bool(ask.prompt) == bool(ask.template):
            raise ConfigError(f"ask {ask.name}: give either `prompt` or `template`")
        needed = {"tags": ask.tags, "choice": ask.choices}.get(ask.parse, True)
        if not needed:
            raise ConfigError(f"ask {ask.name}: parse: {ask.parse} needs {'tags' if ask.parse == 'tags' else 'choices'}")
        if ask.shape == "auto" and not (ask.choices or ask.schema):
            raise ConfigError(f"ask {ask.name}: shape: auto needs a schema or choices to be made from")
        if ask.n < 1:
            raise ConfigError(f"ask {ask.name}: n is {ask.n}; ask for at least 1")
