"""Magpie: a chat model writes the user's turn itself, given only the text that comes before one; then it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.chat_formats import ChatFormat, chat_format
from stream_synth.recipes.preference import Preference
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.blocks import all_from, all_of, under
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, provenance
from stream_synth.recipes.shared.saying import prompted, replied, said
from stream_synth.recipes.shared.verdicts import billed, or_rejected
from stream_synth.recipes.tagging import QUALITIES, tagged
from stream_synth.text.pre_query import instruction_in
from stream_synth.text.sampling import Spread
from stream_synth.values import Completion, Rejected, Request, Sample, Seed, changed
from stream_synth.verify import language_of

INSTRUCTION_TOKENS = 512  # one line: what runs into this is no instruction


@dataclass(frozen=True, kw_only=True)
class Magpie(Asking):
    """`samples` instructions per blank seed, `turns` in each conversation, one answer or a pair of `answers`."""

    chat_format: str = field(
        default="chatml", metadata={"help": "of the model: chatml, qwen2.5, llama3, gemma, phi3, mistral, glm4, deepseek"}
    )
    own_format: Mapping[str, Any] = field(
        default_factory=dict, metadata={"help": "another: {user, answer, end, stop, system, default_system}: the text around turns"}
    )
    lang: Literal["", "zh", "en"] = field(default="", metadata={"help": "have the user write in this language, by a system turn"})
    domain: Literal["", "general", "maths", "coding", "translation"] = field(default="", metadata={"help": "have the user ask about this"})
    temperature: Spread | None = field(default=1.0, metadata={"help": "of instructions: 1.0 is the paper's"})
    top_p: Spread | None = field(default=1.0, metadata={"help": "of instructions: 1.0 is the paper's"})
    answer_temperature: float = field(default=0.0, metadata={"help": "of answers: 0 is the paper's; a pair needs more"})
    turns: int = field(default=1, metadata={"help": "user turns of a conversation", "least": 1})
    answers: int = field(
        default=1, metadata={"help": "to the last turn; with more than one, the best and the worst make a pair (paper: 5)", "least": 1}
    )
    judge: bool = field(default=True, metadata={"help": "role `judge` tags each first instruction, before it is answered"})
    samples: int = field(default=1, metadata={"help": "conversations per blank seed; better more seeds: those of one are not compared"})
    keep: Sequence[str] = field(default=("good", "excellent"), metadata={"help": "qualities that stay"})

    name = "magpie"

    def __post_init__(self) -> None:
        super().__post_init__()
        chat_format(self.chat_format, self.own_format)
        if not set(self.keep) <= set(QUALITIES):
            raise ConfigError(f"keep is {self.keep}; choose from {', '.join(QUALITIES)}")
        if self.answers > 1 and (not self.answer_temperature or not self.judge):
            raise ConfigError("answers is above 1: a pair needs answer_temperature above 0, and judge: true to rate them")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per conversation; the answers of a pair that are none come before it."""
        del tools
        setting = self._setting(seed)
        system, lang = setting.system, setting.lang
        # The paper compares instructions: another answer to the same one is no other row.
        meta = {**provenance(self.name, system), **setting.meta, "turns": self.turns}
        draft = Sample("", "", slot="seed", lang=lang, dedup_on="prompt", meta=meta)
        if system and not setting.form.system:
            raise Dropped(draft, "seed", "no_system_turn", evidence={"system": system})
        numbered = [changed(draft, slot=f"talk/{number}") for number in range(self.samples)]
        return await all_from([self._talk(one, setting, under(ask, one.slot)) for one in numbered])

    def _setting(self, seed: Seed) -> _Setting:
        lang, domain = (str(seed.fields.get(name) or getattr(self, name)) for name in ("lang", "domain"))
        steer = load(self.texts, domain or "general", lang).text if lang or domain else ""
        system = str(seed.fields.get("system") or self.system or steer)
        meta = {"chat_format": "own" if self.own_format else self.chat_format, **({"domain": domain} if domain else {})}
        return _Setting(chat_format(self.chat_format, self.own_format), system, lang, meta)

    async def _talk(self, draft: Sample, setting: _Setting, ask: Ask) -> list[Sample | Rejected]:
        """The conversation, turn after turn, until one of them fails."""
        talk = draft
        for turn in range(self.turns):
            asked = await self._instructed(talk, setting, ask, turn)
            if turn == 0 and self.judge and isinstance(asked, Sample):
                asked = await self._tagged(asked, ask)
            if isinstance(asked, Rejected):
                return [asked]
            if self.answers > 1 and turn == self.turns - 1:
                return await self._paired(asked, ask)
            request = self.request(asked.messages, temperature=self.answer_temperature)
            answer = await replied(ask, "answer", request, asked, turn)
            if isinstance(answer, Rejected):
                return [answer]
            talk = answer
        return [talk]

    async def _instructed(self, talk: Sample, setting: _Setting, ask: Ask, turn: int) -> Sample | Rejected:
        """The talk with one more user turn, written as a raw completion."""
        form = setting.form
        told = setting.system or (load(self.texts, "dialogue", talk.lang).text if turn and form.system else form.default_system)
        chosen = {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": INSTRUCTION_TOKENS, "stop": ["\n", *form.stop]}
        params = {**{name: value for name, value in chosen.items() if value is not None}, **self.params}
        whole = await said(ask, "instruct", Request(prompt=form.pre_query(told, talk.messages), params=params), talk, turn)
        if isinstance(whole, Rejected):
            return whole
        instruction = instruction_in(whole.text)
        lang = setting.lang or language_of(instruction)
        turns = (*talk.messages, *prompted(instruction))
        asked = changed(whole.paid, prompt="\n\n".join(filter(None, [talk.prompt, instruction])), messages=turns, lang=lang)
        if not instruction:
            return Rejected(asked, "instruct", "empty", evidence={"reply": whole.text})
        if instruction.endswith((":", "：")):
            return Rejected(asked, "instruct", "ends_with_colon")
        other = language_of(instruction) != lang and setting.meta.get("domain") != "translation"
        return Rejected(asked, "instruct", "other_language", evidence={"wanted": lang}) if other else asked

    async def _tagged(self, asked: Sample, ask: Ask) -> Sample | Rejected:
        talk = await tagged(asked, asked.prompt, ask)
        if isinstance(talk, Sample) and talk.meta["quality"] not in self.keep:
            return Rejected(talk, "tags", "low_quality", evidence={"quality": talk.meta["quality"]})
        return talk

    async def _paired(self, asked: Sample, ask: Ask) -> list[Sample | Rejected]:
        """The answers that are none, then the best and the worst of the others."""
        request = self.request(asked.messages, temperature=self.answer_temperature)
        slots = [changed(asked, slot=f"{asked.slot}/{number}") for number in range(self.answers)]
        replies = await all_of([or_rejected(ask("rivals", request, sample=number), one, "answer") for number, one in enumerate(slots)])
        read = [one if isinstance(one, Rejected) else answered(slot, one, "answer") for slot, one in zip(slots, replies, strict=True)]
        paid = billed(asked, *(reply for reply in replies if isinstance(reply, Completion)))
        whole = [one for one in read if isinstance(one, Sample)]
        return [*(one for one in read if isinstance(one, Rejected)), await Preference(samples=self.answers).pair(paid, whole, ask)]


@dataclass(frozen=True, slots=True)
class _Setting:
    """In which format the user's turn is left open, and what steers it."""

    form: ChatFormat
    system: str
    lang: str
    meta: Mapping[str, str]
