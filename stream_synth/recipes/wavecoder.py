"""WaveCoder: tasks of four kinds from code; a generator writes, a discriminator checks, its good and bad cases are fed back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.blocks import all_of
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, noted, provenance, reply_turn
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, ruling
from stream_synth.values import Json, Rejected, Sample, Seed, changed

Kind = Literal["summarise", "write", "translate", "repair"]
KINDS: tuple[Kind, ...] = ("summarise", "write", "translate", "repair")
_VERDICTS = {"good": "good", "bad": "bad", "好": "good", "差": "bad"}
_NAMES = "task name|instruction|information|solution|任务名|说明|材料|解答"
_HEADING = re.compile(rf"^#{{2,6}}[ \t]*({_NAMES})[ \t]*[:：]?[ \t]*$", re.IGNORECASE | re.MULTILINE)
_PARTS = {"task name": "name", "任务名": "name", "instruction": "instruction", "说明": "instruction"}
_PARTS |= {"information": "information", "材料": "information", "solution": "solution", "解答": "solution"}
_NONE = {"none", "无", "none.", "无。"}


@dataclass(frozen=True, kw_only=True)
class WaveCoder(Asking):
    """`samples` tasks from each piece of code, of kinds in changing order."""

    samples: int = field(default=1, metadata={"help": "tasks from each piece of code, each of another kind while there are kinds"})
    kinds: Sequence[Kind] = field(default=KINDS, metadata={"help": "summarise, write, translate, repair"})
    cases: int = field(
        default=1, metadata={"help": "good cases, and as many bad ones, shown to generator and discriminator; 0: none", "least": 0}
    )
    tasks_in: Literal["zh", "en"] = field(default="en", metadata={"help": "language of the tasks; a seed's `lang` comes first"})
    min_chars: int = field(default=50, metadata={"help": "least length of the code (the paper's)"})
    max_chars: int = field(default=800, metadata={"help": "greatest length of the code (the paper's)"})
    blacklist: Sequence[str] = field(
        default=("todo", "fixme", "deprecated", "copyright", "password", "api_key"),
        metadata={"help": "words that make code unfit, whatever their case; the paper publishes no list"},
    )

    name = "wavecoder"
    draws_from: ClassVar[tuple[str, ...]] = ("accepted", "rejected")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.kinds or not 0 < self.min_chars <= self.max_chars:
            given = f"kinds is {self.kinds}, min_chars {self.min_chars}, max_chars {self.max_chars}"
            raise ConfigError(f"{given}; give kinds, and lengths in order")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per task."""
        code, lang = str(seed.fields.get("code") or "").strip("\n"), str(seed.fields.get("lang") or self.tasks_in)
        texts = (load(self.texts, step, lang).text for step in ("generate", "discriminate", *KINDS))
        meta = {**provenance(self.name, self.system, *texts), "code": code}
        draft = Sample("", "", slot="seed", lang=lang, meta=meta)
        if reason := self._unfit(code):
            raise Dropped(draft, "seed", reason, evidence={"characters": len(code)})
        order = tools.rng("kinds").sample(list(self.kinds), len(self.kinds))
        language = str(seed.fields.get("language") or "python").lower()
        drafts = [changed(draft, slot=f"task/{n}", meta={**meta, "kind": order[n % len(order)]}) for n in range(self.samples)]
        return await all_of([self._task(one, number, language, ask, tools) for number, one in enumerate(drafts)])

    def _unfit(self, code: str) -> str:
        low = code.lower()
        checks = {
            "no_code": not code.strip(),
            "too_short": len(code) < self.min_chars,
            "too_long": len(code) > self.max_chars,
            "blacklisted": any(word.lower() in low for word in self.blacklist),
        }
        return next((reason for reason, holds in checks.items() if holds), "")

    async def _task(self, draft: Sample, number: int, language: str, ask: Ask, tools: Tools) -> Sample | Rejected:
        good = await self._drawn(draft, f"good/{number}", "accepted", tools)
        bad = await self._drawn(draft, f"bad/{number}", "rejected", tools)
        meta = {**draft.meta, "good_cases": [one["id"] for one in good], "bad_cases": [one["id"] for one in bad]}
        draft, shown = changed(draft, meta=meta), _shown(good, bad, draft.lang)
        kind = load(self.texts, str(draft.meta["kind"]), draft.lang).text
        prompt = load(self.texts, "generate", draft.lang).fill(kind=kind, language=language, code=str(draft.meta["code"]), cases=shown)
        reply = await ask("generate", self.request(self.opening(prompt)), sample=number)
        task = read_task(answered(draft, reply, "generate"))
        if isinstance(task, Rejected):
            return task
        question = load(self.texts, "discriminate", draft.lang).fill(kind=kind, prompt=task.prompt, response=task.response, cases=shown)
        ruled = await ruling(ask, "discriminate", question, task, _VERDICTS, number)
        if isinstance(ruled, Rejected):
            return ruled
        judged = noted(ruled.paid, **ruled.said)
        return judged if ruled.word == "good" else Rejected(judged, "discriminate", "bad", evidence=ruled.said)

    async def _drawn(self, draft: Sample, step: str, pool: Literal["accepted", "rejected"], tools: Tools) -> list[Json]:
        """Cases of the same kind; four times as many are drawn, of which a quarter should be of it."""
        if not self.cases:
            return []
        reason = "discriminate/bad" if pool == "rejected" else ""
        rows = await tools.pool(step, len(KINDS) * self.cases, pool, lang=draft.lang, reason=reason)
        return [row for row in rows if row["meta"].get("kind") == draft.meta["kind"]][: self.cases]


def _shown(good: Sequence[Json], bad: Sequence[Json], lang: str) -> str:
    """The cases as the prompts show them; a line feed alone where there are none."""
    texts = [load("wavecoder", "good", lang).fill(prompt=row["prompt"], response=row["response"]) for row in good]
    for row in bad:
        said = str(row["meta"].get("analysis", ""))[:MAX_KEPT_CHARS]
        texts.append(load("wavecoder", "bad", lang).fill(prompt=row["prompt"], response=row["response"], analysis=said))
    return "".join(f"\n{text}\n" for text in texts)


def read_task(candidate: Sample | Rejected) -> Sample | Rejected:
    """The reply taken apart by its four headings: instruction and information become the prompt, the solution the response."""
    if isinstance(candidate, Rejected):
        return candidate
    if is_invalid(candidate.response):
        return Rejected(candidate, "generate", "invalid")
    pieces = _HEADING.split(candidate.response)
    found: dict[str, Any] = {_PARTS[name.lower()]: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    if len(pieces) != 9 or len(found) != 4 or not found["instruction"] or not found["solution"]:
        return Rejected(candidate, "generate", "unreadable", evidence={"reply": candidate.response[:MAX_KEPT_CHARS]})
    information = "" if found["information"].lower() in _NONE else found["information"]
    prompt = f"{found['instruction']}\n\n{information}".strip()
    turns = ({"role": "user", "content": prompt}, reply_turn(found["solution"]))
    meta = {**candidate.meta, "task_name": found["name"], "instruction": found["instruction"], "information": information}
    return changed(candidate, prompt=prompt, response=found["solution"], messages=turns, meta=meta)
