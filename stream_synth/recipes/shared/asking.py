"""The options that every recipe with a model shares, and the request they make."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias, TypeVar

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.bounds import check_bounds
from stream_synth.recipes.shared.card import CardFile
from stream_synth.recipes.shared.expert import check_of, expert_check
from stream_synth.recipes.shared.prompts import folder_of, load
from stream_synth.recipes.shared.replies import provenance
from stream_synth.recipes.shared.saying import prompted
from stream_synth.text.sampling import Spread, check_params
from stream_synth.values import Completion, Json, Message, Rejected, Request, Sample, Seed, changed

Value = TypeVar("Value")
Candidates: TypeAlias = Sequence[Sample | Rejected]


class Dropped(Exception):
    """Raised in `candidates`: the seed has this rejection and nothing else. The arguments are those of `Rejected`."""

    def __init__(self, sample: Sample, step: str, reason: str, score: float | None = None, evidence: Json | None = None) -> None:
        super().__init__(f"{step}/{reason}")
        self.rejected = Rejected(sample, step, reason, score, evidence or {})


def sound(found: Value | Rejected) -> Value:
    """What was found, unless it is a rejection: then the seed ends with it. For use in `candidates` alone."""
    if isinstance(found, Rejected):
        raise Dropped(found.sample, found.step, found.reason, found.score, found.evidence)
    return found


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How a recipe asks. Whatever is None is not sent: the server's default holds."""

    name = ""  # of the method
    card = CardFile()
    checks_itself: ClassVar[bool] = False  # the method calls `checked` where it needs the verdict; `expand` does not check again

    samples: int = field(default=1, metadata={"help": "independent replies per seed", "least": 1})
    system: str = field(default="", metadata={"help": "system turn; it is part of the row, a seed's own comes first"})
    temperature: Spread | None = field(
        default=None,
        metadata={"help": "a number; [0.6, 1]: in turn; {uniform: [0.6, 1.2]}; {schedule: [0.6, 1.2], over: 10000}: by seeds"},
    )
    top_p: Spread | None = field(default=None, metadata={"help": "nucleus sampling; what temperature may be"})
    max_tokens: int | None = field(default=None, metadata={"help": "limit of a reply, thinking included; what runs into it is rejected"})
    params: Mapping[str, Any] = field(
        default_factory=dict, metadata={"help": "further body fields, sent as they stand; `shape` as the server wants it told"}
    )
    verify: Mapping[str, Any] = field(
        default_factory=dict,
        metadata={
            "help": "your check of each row: {call: module:function}, or {command: [...]}, row JSON in, verdict JSON out, in the sandbox"
        },
    )

    def __post_init__(self) -> None:
        check_bounds(self)
        check_params({"temperature": self.temperature, "top_p": self.top_p, **self.params})
        if self.verify:
            check_of(self.verify)

    @property
    def texts(self) -> str:
        """The folder of the prompts: that of the method, also for a class that derives from it under another name."""
        return folder_of(type(self)) or self.name

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """The candidates after your own check; a seed that is dropped has one, the rejection."""
        try:
            candidates = await self.candidates(seed, ask, tools)
        except Dropped as dropped:
            candidates = [dropped.rejected]
        for candidate in candidates:
            yield candidate if self.checks_itself else await self.checked(candidate, tools)

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """What the method makes of a seed. Each method writes its own: without one a seed has no candidate, which the engine reports."""
        del seed, ask, tools
        return []

    async def checked(self, candidate: Sample | Rejected, tools: Tools) -> Sample | Rejected:
        """The candidate after your own check."""
        return await expert_check(candidate, self.verify, tools) if self.verify and isinstance(candidate, Sample) else candidate

    async def replies(self, ask: Ask, step: str, request: Request, draft: Sample) -> list[tuple[Sample, Completion]]:
        """`samples` replies as `Ask.many` gives them, each after its draft, which has the slot `step/number`."""
        replies = await ask.many(step, request, self.samples)
        return [(changed(draft, slot=f"{step}/{number}"), reply) for number, reply in enumerate(replies)]

    def opening(self, prompt: str) -> tuple[Message, ...]:
        """The system turn of the options, if they have one, and a prompt."""
        system = ({"role": "system", "content": self.system},) if self.system else ()
        return (*system, *prompted(prompt))

    def provenance(self, lang: str, *steps: str) -> dict[str, Any]:
        """The meta entries that say which prompts of this method make a row, the system turn first."""
        return provenance(self.name, self.system, *(load(self.texts, step, lang).text for step in steps))

    def request(self, said: str | Sequence[Message], **more: Any) -> Request:  # noqa: ANN401  # body fields of any kind
        """One chat request, of a prompt alone or of these turns. `more` are body fields of this step."""
        chosen = {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}
        sent = {name: value for name, value in chosen.items() if value is not None}
        return Request(prompted(said) if isinstance(said, str) else tuple(said), params={**sent, **self.params, **more})
