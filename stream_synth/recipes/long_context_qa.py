"""Questions over long contexts that need several documents: proven by taking each of them away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.evidence import Document, arranged, depth_of, documents_of, is_quoted, related
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import together
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, noted, unanswered
from stream_synth.recipes.shared.saying import replied
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, billed
from stream_synth.text.containment import contained_share
from stream_synth.text.unity import long_text_figures
from stream_synth.values import Completion, Rejected, Request, Sample, Seed, changed
from stream_synth.verify import final_answer, language_of, same_answer

_PART = re.compile(r"<(problem|solution)>(.*?)</\1>", re.DOTALL)
_QUOTE = re.compile(r"<evidence\s+document\s*=\s*\"?(\d+)\"?\s*>(.*?)</evidence>", re.DOTALL)
STEPS = ("question", "answer")
MAX_BESIDE = 40  # characters beside the gold answer: an article, a unit, half a sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and quotations by the place of their document."""

    question: str
    gold: str
    quotes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, kw_only=True)
class LongContextQa(Asking):
    """One question for each context. A row costs two calls, and one for each document that holds evidence."""

    evidence: int = field(default=2, metadata={"help": "documents that the question is made from: 2 or more", "least": 2})

    name = "long_context_qa"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate."""
        documents = documents_of(seed.fields.get("documents"))
        lang = str(seed.fields.get("lang") or language_of("".join(one.text[:500] for one in documents)))
        meta = {**self.provenance(lang, *STEPS), "documents": len(documents)}
        if seed.fields.get("context_tokens"):
            meta["context_tokens"] = seed.fields["context_tokens"]
        draft = Sample("", "", slot="question", lang=lang, meta=meta)
        if len(documents) <= self.evidence:
            raise Dropped(draft, "seed", "too_few_documents", evidence={"documents": len(documents), "evidence": self.evidence})
        shown = related(documents, self.evidence, tools.rng("evidence"))
        listed = "\n\n".join(documents[place].shown(number) for number, place in enumerate(shown, 1))
        reply = await ask("question", self._request(load(self.texts, "question", lang).fill(documents=listed)))
        asked = sound(_read(draft, reply, documents, shown))
        order = arranged(len(documents), list(dict(asked.quotes)), tools.rng("order"))
        return [await self._proven(billed(draft, reply), asked, documents, order, ask)]

    async def _proven(
        self, draft: Sample, asked: Asked, documents: Sequence[Document], order: Sequence[int], ask: Ask
    ) -> Sample | Rejected:
        context = [documents[place] for place in order]
        quotes = [(order.index(place), span) for place, span in asked.quotes]
        prompt = self._prompt(context, asked.question, draft.lang)
        request = self._request(prompt)
        found = [{"document": place + 1, "span": span, "depth": depth_of(span, context, place)} for place, span in quotes]
        figures = long_text_figures("\n\n".join(one.text for one in context))
        meta = {**draft.meta, "question": asked.question, "gold": asked.gold, "evidence": found, **figures}
        draft = changed(draft, prompt=prompt, messages=request.messages, slot="answer", meta=meta)
        row = await replied(ask, "answer", request, draft, role="reader")
        if isinstance(row, Rejected):
            return row
        row = noted(row, got=_final(row.response))
        if not _is_right(row.response, asked.gold, strictly=True):
            return Rejected(row, "answer", "wrong_answer", evidence={"expected": asked.gold, "got": row.meta["got"]})
        return await self._needed(row, asked, context, sorted({place for place, _ in quotes}), ask)

    async def _needed(self, row: Sample, asked: Asked, context: Sequence[Document], places: Sequence[int], ask: Ask) -> Sample | Rejected:
        """The row when no document that holds evidence can be missed."""
        prompts = [self._prompt([*context[:place], *context[place + 1 :]], asked.question, row.lang) for place in places]
        calls = [ask("without", self._request(prompt), sample=number, role="reader") for number, prompt in enumerate(prompts)]
        outcomes = await together(calls)
        paid = billed(row, *(one for one in outcomes if isinstance(one, Completion)))
        said: list[dict[str, Any]] = []
        for place, outcome in zip(places, outcomes, strict=True):
            if not isinstance(outcome, Completion):
                return unanswered(paid, "without", outcome)
            reply = answered(changed(paid, messages=()), outcome, "without")
            if isinstance(reply, Rejected):
                return Rejected(paid, "without", reply.reason, evidence={"document": place + 1, **reply.evidence})
            if _is_right(reply.response, asked.gold, strictly=False):
                evidence = {"document": place + 1, "got": _final(reply.response), "expected": asked.gold}
                return Rejected(paid, "without", "still_right", evidence=evidence)
            said.append({"document": place + 1, "got": _final(reply.response)})
        return noted(paid, without=said)

    def _prompt(self, documents: Sequence[Document], question: str, lang: str) -> str:
        listed = "\n\n".join(one.shown(number) for number, one in enumerate(documents, 1))
        return load(self.texts, "answer", lang).fill(documents=listed, question=question)

    def _request(self, prompt: str) -> Request:
        return self.request(self.opening(prompt))


def _read(draft: Sample, reply: Completion, documents: Sequence[Document], shown: Sequence[int]) -> Asked | Rejected:
    """The question in a reply, its quotations by the documents' places in the seed."""
    written = answered(draft, reply, "question")
    if isinstance(written, Rejected):
        return written
    if is_invalid(written.response):
        return Rejected(written, "question", "invalid", evidence={"reply": written.response[:MAX_KEPT_CHARS]})
    parts = {name: text.strip() for name, text in _PART.findall(written.response)}
    numbered = [(int(number) - 1, span.strip()) for number, span in _QUOTE.findall(written.response)]
    if not parts.get("problem") or not parts.get("solution") or not numbered or not all(0 <= place < len(shown) for place, _ in numbered):
        return Rejected(written, "question", "unreadable", evidence={"reply": written.response[:MAX_KEPT_CHARS]})
    quotes = tuple((shown[place], span) for place, span in numbered)
    odd = next((span for place, span in quotes if not is_quoted(span, documents[place].text)), None)
    if odd is not None:
        return Rejected(written, "question", "not_quoted", evidence={"span": odd[:MAX_KEPT_CHARS]})
    if len({place for place, _ in quotes}) < 2:
        return Rejected(written, "question", "one_document", evidence={"question": parts["problem"]})
    return Asked(parts["problem"], parts["solution"], quotes)


def _final(answer: str) -> str:
    """What the reader concludes: what it states, else its last line."""
    found = final_answer(answer)
    return found.text if found and not found.guessed else (answer.strip().splitlines() or [""])[-1].strip()


def _is_right(answer: str, gold: str, *, strictly: bool) -> bool:
    """The gold answer is what is concluded, or stands in it word for word: `strictly`, with little else."""
    got = _final(answer)
    holds = contained_share(gold, got, run=len(gold)) == 1.0 and (not strictly or len(got) <= len(gold) + MAX_BESIDE)
    return holds or same_answer(got, gold)
