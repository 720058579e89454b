"""Comments for code that has few: the code must stay token for token, the comments must grow, in the language that was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, noted, provenance, reply_turn
from stream_synth.recipes.shared.verdicts import billed, consulted, opinion_of, or_rejected, read_score
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of, language_share
from stream_synth.verify.comments import Parts, knows, taken_apart
from stream_synth.verify.programs import any_block

MIN_SHARE = 0.5  # of the language asked for: comments quote names of the code
_SKIP = re.compile(r"\W*SKIP\b")
_MARKS = re.compile(r"^[\s/*#\-;%!\"'<>]+|[\s*/\"'>\-]+$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class CodeComments(Asking):
    """`samples` commented versions of each piece of code."""

    comments_in: str = field(default="en", metadata={"help": "language of the comments, zh or en; a seed's `lang` comes first"})
    judge: bool = field(default=False, metadata={"help": "have role `judge` rate how well comments and code belong together"})
    min_relation: float = field(default=3.0, metadata={"help": "least rating of 1 to 5, with `judge`"})

    name = "code_comments"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.comments_in not in {"zh", "en"}:
            raise ConfigError(f"comments_in is {self.comments_in!r}; there are prompts for zh and en")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per version."""
        del tools
        code, language = str(seed.fields.get("code") or "").strip("\n"), str(seed.fields.get("language") or "python").lower()
        lang = str(seed.fields.get("lang") or self.comments_in)
        prompts = {step: load(self.texts, step, lang) for step in ("comment", "docstrings", "relate")}
        meta = {**provenance(self.name, self.system, *(one.text for one in prompts.values())), "language": language}
        draft = Sample("", code, slot="seed", lang=lang, dedup_on="response", meta=meta)
        before = taken_apart(code, language) if code.strip() and knows(language) else None
        if before is None:
            reason = "no_code" if not code.strip() else "bad_syntax" if knows(language) else "unknown_language"
            raise Dropped(draft, "seed", reason, evidence={"language": language})
        docstrings = prompts["docstrings"].text if language.startswith("py") else ""
        prompt = prompts["comment"].fill(code=code, language=language, docstrings=docstrings)
        replies = await self.replies(ask, "comment", self.request(self.opening(prompt)), draft)
        commented = [_commented(one, reply, before) for one, reply in replies]
        return [await self._related(one, ask) if self.judge and isinstance(one, Sample) else one for one in commented]

    async def _related(self, row: Sample, ask: Ask) -> Sample | Rejected:
        prompt = load(self.texts, "relate", row.lang).fill(code=row.response, language=str(row.meta["language"]))
        reply = await or_rejected(consulted(ask, "relate", prompt, int(row.slot.rpartition("/")[2])), row, "relate")
        if isinstance(reply, Rejected):
            return reply
        score, paid = read_score(reply, 1, 5), billed(row, reply)
        if score is None:
            return Rejected(paid, "relate", "unreadable_score", evidence=opinion_of(reply))
        rated = noted(paid, **opinion_of(reply), relation=score)
        return rated if score >= self.min_relation else Rejected(rated, "relate", "unrelated", score, {"least": self.min_relation})


def _commented(draft: Sample, reply: Completion, before: Parts) -> Sample | Rejected:
    candidate = answered(draft, reply, "comment")
    if isinstance(candidate, Rejected):
        return candidate
    if _SKIP.match(candidate.response):
        return Rejected(candidate, "comment", "skipped")
    code = any_block(candidate.response)
    after = taken_apart(code, str(draft.meta["language"])) if code else None
    if not code:
        return Rejected(candidate, "comment", "no_code")
    densities = {"density_before": round(before.density, 3), "density": round(after.density, 3) if after else 0.0}
    row = changed(candidate, response=code, messages=(reply_turn(code),), meta={**candidate.meta, **densities})
    if after is None or after.code != before.code:
        return Rejected(row, "comment", "code_changed", evidence=_difference(before, after))
    return _well_commented(row, before, after)


def _well_commented(row: Sample, before: Parts, after: Parts) -> Sample | Rejected:
    if after.density <= before.density:
        return Rejected(row, "comment", "no_denser", after.density, {"before": before.density})
    new = "\n".join(_MARKS.sub("", comment) for comment in after.comments if comment not in before.comments)
    share = language_share(new, row.lang)
    if share < MIN_SHARE if share is not None else language_of(new) != row.lang:
        return Rejected(row, "comment", "other_language", share, {"comments": new, "asked": row.lang})
    return row


def _difference(before: Parts, after: Parts | None) -> dict[str, Any]:
    if after is None:
        return {"problem": "the commented code does not parse"}
    pairs = zip((*before.code, ""), (*after.code, ""), strict=False)
    was, now = next(((one, other) for one, other in pairs if one != other), ("", ""))
    return {"was": was, "now": now}
