"""A conversation between a simulated user and an answerer, turn by turn."""

from __future__ import annotations

from dataclasses import dataclass

from stream_synth.protocols import Ask
from stream_synth.recipes.shared.asking import Asking
from stream_synth.recipes.shared.eliminations import is_invalid
from stream_synth.recipes.shared.prompts import Template, load
from stream_synth.recipes.shared.replies import COSTS, noted
from stream_synth.recipes.shared.saying import prompted, replied, said
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, ruling
from stream_synth.text.quotes import not_in, quoted_spans
from stream_synth.values import Message, Rejected, Sample, changed

_SAME = {"same": "same", "different": "different", "相同": "same", "不同": "different", "不相同": "different"}


@dataclass(frozen=True)
class Conversation:
    """One of a seed's conversations, on a document where there is one."""

    asking: Asking
    ask: Ask
    document: str
    lang: str
    number: int

    async def held(self, draft: Sample, least: int, wanted: int) -> list[Sample | Rejected]:
        """The dialogue of `wanted` questions; or the turn that failed, after what was said before it if that is `least` questions long."""
        system: tuple[Message, ...] = ({"role": "system", "content": self.asking.system},) if self.asking.system else ()
        so_far = changed(draft, messages=system)
        for turn in range(1, wanted + 1):
            grown = await self._turn(so_far, turn)
            if isinstance(grown, Rejected):
                return [so_far, _apart(grown, so_far, turn)] if turn > least else [grown]
            so_far = grown
        return [so_far]

    async def _turn(self, so_far: Sample, turn: int) -> Sample | Rejected:
        """The dialogue with one more question and its answer."""
        asked = await said(self.ask, f"turn{turn}/question", self.asking.request(prompted(self._wanted(so_far, turn))), so_far, self.number)
        if isinstance(asked, Rejected):
            return asked
        question, paid = asked.text, asked.paid
        if is_invalid(question):
            return Rejected(paid, "question", "invalid", evidence={"reply": question[:MAX_KEPT_CHARS]})
        shown = (
            self._prompt("context", "shared").fill(context=self.document, question=question) if self.document and turn == 1 else question
        )
        prompt = f"{paid.prompt}\n\n{shown}".strip()
        asking = changed(paid, prompt=prompt, messages=(*paid.messages, {"role": "user", "content": shown}))
        answer = await self._answer(asking, turn, question)
        if isinstance(answer, Rejected) or turn == 1:
            return answer
        return await self._leaning(answer, question, turn)

    def _wanted(self, so_far: Sample, turn: int) -> str:
        """What the simulated user is told."""
        if turn > 1:
            spoken = [one for one in so_far.messages if one["role"] != "system"]
            names = {"user": "用户" if so_far.lang == "zh" else "User", "assistant": "助手" if so_far.lang == "zh" else "Assistant"}
            dialogue = "\n\n".join(f"{names[one['role']]}: {one['content']}" for one in spoken)
            return self._prompt("follow_up").fill(dialogue=dialogue)
        place = "\n".join(
            f"- {self._prompt(name).text}{so_far.meta[name]}" for name in ("domain", "subdomain", "type", "asker") if name in so_far.meta
        )
        return self._prompt("about_document" if self.document else "question").fill(place=place, document=self.document)

    async def _answer(self, asking: Sample, turn: int, question: str) -> Sample | Rejected:
        """The dialogue with its answer. What the answerer is told about quoting, and the way out, are no part of the row."""
        *earlier, last = asking.messages
        told = self._prompt("answer_quoting" if self.document else "answer").fill(question=str(last["content"]))
        request = self.asking.request((*earlier, {**last, "content": told}))
        candidate = await replied(self.ask, f"turn{turn}/answer", request, asking, self.number)
        if isinstance(candidate, Rejected):
            return candidate
        evidence = {"question": question, "answer": candidate.response[:MAX_KEPT_CHARS]}
        if is_invalid(candidate.response):
            return Rejected(candidate, "answer", "invalid", evidence=evidence)
        spans = quoted_spans(candidate.response) if self.document else []
        if self.document and not spans:
            return Rejected(candidate, "answer", "no_quote", evidence=evidence)
        if missing := not_in(self.document, spans) if spans else []:
            return Rejected(candidate, "answer", "quote_not_found", evidence={**evidence, "missing": missing})
        return noted(candidate, turns=turn, **({"quotes": spans} if spans else {}))

    async def _leaning(self, row: Sample, question: str, turn: int) -> Sample | Rejected:
        """The dialogue when its last question leans on what was said before: alone, it is answered otherwise or not at all."""
        context = self._prompt("context", "shared").fill(context=self.document, question=question) if self.document else question
        prompt = self._prompt("alone").fill(question=context)
        alone = await said(self.ask, f"turn{turn}/alone", self.asking.request(prompt), row, self.number)
        if isinstance(alone, Rejected):
            return alone
        paid = changed(alone.paid, model=row.model, finish_reason=row.finish_reason)
        if is_invalid(alone.text):
            return paid
        prompt = self._prompt("same").fill(question=question, first=row.response, second=alone.text)
        ruled = await ruling(self.ask, f"turn{turn}/same", prompt, paid, _SAME, self.number)
        if isinstance(ruled, Rejected) or ruled.word == "different":
            return ruled if isinstance(ruled, Rejected) else ruled.paid
        evidence = {**ruled.said, "question": question, "alone": alone.text[:MAX_KEPT_CHARS]}
        return Rejected(ruled.paid, "follow_up", "answerable_alone", evidence=evidence)

    def _prompt(self, step: str, recipe: str = "domain_qa") -> Template:
        return load(recipe, step, self.lang)


def _apart(failed: Rejected, so_far: Sample, turn: int) -> Rejected:
    """The turn that failed as a candidate of its own: it has cost what the dialogue before it has not."""
    costs = {name: getattr(failed.sample, name) - getattr(so_far, name) for name in COSTS}
    sample = changed(failed.sample, slot=f"{so_far.slot}/{turn}", **costs)
    return Rejected(sample, failed.step, failed.reason, failed.score, failed.evidence)
