"""Textbooks, articles and stories for pre-training: a topic or a web extract, an audience with its writing rules, a style."""

from __future__ import annotations

from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, provenance, reply_turn
from stream_synth.text.openers import without_opener
from stream_synth.text.readability import rare_share, sentence_length
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of

RULES = {
    "audience": ("children", "middle_school", "high_school", "college", "professionals"),
    "style": ("textbook", "academic", "blog", "wikihow", "story"),
}


@dataclass(frozen=True, kw_only=True)
class Textbook(Asking):
    """`samples` texts for each cell. `audience` and `style` of a seed win; words that name none of ours are taken as the rule itself."""

    audience: str = field(default="college", metadata={"help": f"of seeds without one: {', '.join(RULES['audience'])}, or your words"})
    style: str = field(default="textbook", metadata={"help": f"of seeds without one: {', '.join(RULES['style'])}, or your words"})
    extract_chars: int = field(default=1000, metadata={"help": "of a seed's `text` that the prompt shows (Cosmopedia: 1,000)", "least": 1})
    topic_share: float = field(
        default=0.5,
        metadata={"help": "share of prompts with an extract that also name its topic (Cosmopedia: half)", "least": 0, "most": 1},
    )

    name = "textbook"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per text."""
        topic, extract = (str(seed.fields.get(name) or "").strip() for name in ("topic", "text"))
        if not topic and not extract:
            raise Dropped(Sample("", "", slot="seed"), "seed", "no_subject", evidence={"problem": "neither topic nor text"})
        lang = str(seed.fields.get("lang") or language_of(topic + extract[: self.extract_chars]))
        given = "extract" if not topic or (extract and tools.rng("topic").random() >= self.topic_share) else "both" if extract else "topic"
        subject = load(self.texts, f"subject_{given}", lang).fill(topic=topic, extract=extract[: self.extract_chars])
        told = {name: str(seed.fields.get(name) or getattr(self, name)) for name in RULES}
        rules = {name: load(self.texts, f"{name}_{word}", lang).text if word in RULES[name] else word for name, word in told.items()}
        prompt = load(self.texts, "write", lang).fill(subject=subject, **rules)
        meta = {**provenance(self.name, self.system, load(self.texts, "write", lang).text, *rules.values()), "topic": topic, **told}
        meta |= {"branch": str(seed.fields["branch"])} if seed.fields.get("branch") else {}
        draft = Sample(prompt, "", lang=lang, dedup_on="response", meta={**meta, "with": given})
        return [_text(one, reply) for one, reply in await self.replies(ask, "write", self.request(self.opening(prompt)), draft)]


def _text(draft: Sample, reply: Completion) -> Sample | Rejected:
    written = answered(draft, reply, "write")
    if isinstance(written, Rejected):
        return written
    text, opener = without_opener(written.response)
    level = {"sentence_length": sentence_length(text), "rare_share": rare_share(text), **({"opener": opener} if opener else {})}
    row = changed(written, response=text, messages=(reply_turn(text),), meta={**written.meta, **level})
    if is_invalid(text):
        return Rejected(row, "write", "invalid", evidence={"reply": written.response[:200]})
    return row if text else Rejected(row, "write", "only_opener", evidence={"opener": opener})
