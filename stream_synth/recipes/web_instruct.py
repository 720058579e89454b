"""Questions with answers that stand on web pages already: found, put into order, their reasoning completed, their answers kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.faithful import departure
from stream_synth.recipes.shared.asking import Asking, Candidates, Dropped, sound
from stream_synth.recipes.shared.blocks import all_from, together
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.replies import answered, noted, reply_turn, unanswered, unpaid
from stream_synth.recipes.shared.verdicts import MAX_KEPT_CHARS, billed, ruling
from stream_synth.text.containment import contained_share
from stream_synth.values import Completion, Rejected, Sample, Seed, changed
from stream_synth.verify import language_of

_PAIR = re.compile(r"<problem>(.*?)</problem>\s*<solution>(.*?)</solution>", re.DOTALL | re.IGNORECASE)
_VOID = re.compile(r"\W*(?:VOID|INVALID)\b")
_SAME = {"same": "", "different": "judged_different", "一致": "", "不一致": "judged_different"}  # what is against it
STEPS = ("extract", "refine", "faithful")


@dataclass(frozen=True, kw_only=True)
class WebInstruct(Asking):
    """`samples` refined versions of each pair on a page, by the models of role `refiner` in turn of their weights."""

    max_pairs: int = field(default=8, metadata={"help": "pairs of a page at most", "least": 1})
    least_found: float = field(
        default=0.6, metadata={"help": "share of a pair's word triples that stand on the page: else it was made up", "least": 0, "most": 1}
    )
    least_kept: float = field(
        default=0.5, metadata={"help": "share of the found answer's words that the refined one keeps", "least": 0, "most": 1}
    )
    judge: bool = field(default=False, metadata={"help": "role `judge` compares both answers as well: rules see numbers and words only"})

    name = "web_instruct"

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """The candidates of a page, pair by pair. Finding them is charged to the first."""
        del tools
        text = str(seed.fields.get("text") or "").strip()
        lang = str(seed.fields.get("lang") or language_of(text))
        known = {name: str(seed.fields[name]) for name in ("url", "title") if seed.fields.get(name)}
        meta = {**self.provenance(lang, *STEPS), **known}
        draft = Sample("", "", slot="page", lang=lang, meta=meta)
        if not text:
            raise Dropped(draft, "seed", "no_text", evidence={"problem": "the seed has no text"})
        prompt = load(self.texts, "extract", lang).fill(text=text, most=str(self.max_pairs))
        reply = await ask("extract", self.request(prompt))
        found = sound(_found(draft, reply))
        meta = {**meta, "extractor": reply.model}
        drafts = [
            changed(draft, slot=f"pair/{place}", meta={**meta, "question_found": question, "answer_found": answer})
            for place, (question, answer) in enumerate(found[: self.max_pairs])
        ]
        drafts[0] = billed(drafts[0], reply)
        return await all_from([self._refined(one, place, text, ask) for place, one in enumerate(drafts)])

    async def _refined(self, draft: Sample, place: int, text: str, ask: Ask) -> list[Sample | Rejected]:
        question, answer = draft.meta["question_found"], draft.meta["answer_found"]
        if not answer:
            return [Rejected(draft, "extract", "no_answer", evidence={"question": question[:MAX_KEPT_CHARS]})]
        share = min(contained_share(question, text), contained_share(answer, text))
        if share < self.least_found:
            return [Rejected(draft, "extract", "not_on_page", share, {"found_share": round(share, 3), "least": self.least_found})]
        prompt = load(self.texts, "refine", draft.lang).fill(question=question, answer=answer)
        request = self.request(self.opening(prompt))
        asked = [ask(f"refine/{place}", request, sample=number, role="refiner") for number in range(self.samples)]
        rows: list[Sample | Rejected] = []
        for number, reply in enumerate(await together(asked)):
            row = changed(unpaid(draft) if rows else draft, slot=f"pair/{place}/{number}")  # the page's reply is charged once
            refined = self._read(row, reply) if isinstance(reply, Completion) else unanswered(row, "refine", reply)
            if self.judge and isinstance(refined, Sample):
                refined = await _judged(refined, place * self.samples + number, ask)
            rows.append(refined)
        return rows

    def _read(self, draft: Sample, reply: Completion) -> Sample | Rejected:
        written = answered(draft, reply, "refine")
        if isinstance(written, Rejected):
            return written
        pair = _PAIR.search(written.response)
        if pair is None:
            reason = "invalid" if _VOID.match(written.response) else "unreadable"
            return Rejected(written, "refine", reason, evidence={"reply": written.response[:MAX_KEPT_CHARS]})
        question, answer = pair[1].strip(), pair[2].strip()
        row = changed(written, prompt=question, response=answer, messages=(*self.opening(question), reply_turn(answer)))
        lost = departure(draft.meta["answer_found"], answer, self.least_kept) if question and answer else {"problem": "empty"}
        return Rejected(row, "refine", "unfaithful", evidence=lost) if lost else row


def _found(draft: Sample, reply: Completion) -> list[tuple[str, str]] | Rejected:
    listed = answered(draft, reply, "extract")
    if isinstance(listed, Rejected):
        return listed
    pairs = [(question.strip(), answer.strip()) for question, answer in _PAIR.findall(listed.response)]
    if pairs:
        return pairs
    reason = "void" if _VOID.match(listed.response) else "unreadable"
    return Rejected(listed, "extract", reason, evidence={"reply": listed.response[:MAX_KEPT_CHARS]})


async def _judged(row: Sample, number: int, ask: Ask) -> Sample | Rejected:
    prompt = load("web_instruct", "faithful", row.lang).fill(question=row.prompt, given=row.meta["answer_found"], answer=row.response)
    ruled = await ruling(ask, "faithful", prompt, row, _SAME, number)
    if isinstance(ruled, Rejected):
        return ruled
    return Rejected(ruled.paid, "faithful", ruled.word, evidence=ruled.said) if ruled.word else noted(ruled.paid, **ruled.said)
