"""Questions of a trade, from a grid or about a document that answers must quote, with follow-ups by a simulated user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.conversing import Conversation
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.blocks import all_from
from stream_synth.values import Sample, Seed
from stream_synth.verify import language_of

_PLACE = ("domain", "subdomain", "type", "asker")


@dataclass(frozen=True, kw_only=True)
class DomainQA(Asking):
    """One conversation per sample. With a document, answers must quote it."""

    turns: int | str = field(default=1, metadata={"help": "questions in a conversation, or a range to draw from: 2-6"})

    name = "domain_qa"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.turn_range()

    def turn_range(self) -> tuple[int, int]:
        """Fewest and most questions of a conversation."""
        least, dash, most = str(self.turns).replace(" ", "").partition("-")
        if not least.isdigit() or (dash and not most.isdigit()) or not 1 <= int(least) <= int(most or least):
            raise ConfigError(f"turns is {self.turns!r}; write a number from 1, or a range such as 2-6")
        return int(least), int(most or least)

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """A conversation for each sample; where a follow-up fails, it is rejected and what was said before it stays, if long enough."""
        held = {name: str(seed.fields[name]).strip() for name in (*_PLACE, "text", "lang") if seed.fields.get(name)}
        if not held.get("domain") and not held.get("text"):
            raise Dropped(Sample("", "", slot="seed"), "seed", "no_domain")
        lang = held.get("lang") or language_of(held.get("text") or held["domain"])
        steps = ("question", "about_document", "follow_up", "answer", "answer_quoting", "alone", "same")
        meta: dict[str, Any] = self.provenance(lang, *steps)
        meta |= {name: held[name] for name in _PLACE if name in held}
        least, most = self.turn_range()
        conversations = []
        for number in range(self.samples):
            draft = Sample("", "", slot=str(number), lang=lang, meta=meta)
            wanted = tools.rng("turns", number).randint(least, most)
            conversations.append(Conversation(self, ask, held.get("text", ""), lang, number).held(draft, least, wanted))
        return await all_from(conversations)
