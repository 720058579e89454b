"""Rows that are there already: a finished data set goes through the gates as if it had just been made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.blocks import against_gold
from stream_synth.recipes.shared.card import CardFile
from stream_synth.recipes.shared.question import Question, golds, read_question
from stream_synth.recipes.shared.replies import answered
from stream_synth.values import Completion, Rejected, Sample, Seed

_TEXTS = ("chosen", "rejected")
_READ = frozenset(
    {"prompt", "question", "response", "answer", "reasoning", "messages", "system", "lang", "context", "score", "answer_kind", *_TEXTS}
)


@dataclass(frozen=True, kw_only=True)
class Given:
    """Each row is its own candidate; no model is asked."""

    compare: Literal["off", "rule"] = field(
        default="off", metadata={"help": "rule: the response's final answer must equal `answer`, where a row has both"}
    )
    keep: bool = field(default=True, metadata={"help": "keep the row's other columns in meta.row"})

    name = "given"
    card = CardFile()

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """One candidate."""
        del ask, tools
        yield self._candidate(seed)

    def _candidate(self, seed: Seed) -> Sample | Rejected:
        fields = seed.fields
        said, gold = _sides(fields)
        question = read_question(replace(seed, fields={**fields, "question": fields.get("prompt", fields.get("question")), "answer": said}))
        if isinstance(question, Rejected):
            return replace(question, step="row")
        draft = self._draft(question, fields, gold)
        if not question.reference:
            return Rejected(draft, "row", "no_response", evidence={"problem": "no response, answer, chosen or last assistant turn"})
        candidate = answered(draft, Completion(question.reference, _text(fields.get("reasoning"))), "row")
        right = golds(fields, gold) if self.compare == "rule" and gold else ()
        return against_gold(candidate, right) if right and isinstance(candidate, Sample) else candidate

    def _draft(self, question: Question, fields: Any, gold: str) -> Sample:  # noqa: ANN401  # the row's columns
        rest = {name: value for name, value in fields.items() if name not in _READ}
        stated = {"gold": gold, "answer_kind": _text(fields.get("answer_kind"))}
        meta: dict[str, Any] = {**{name: told for name, told in stated.items() if told}, **({"row": rest} if rest and self.keep else {})}
        score = fields.get("score")
        return Sample(
            question.prompt,
            "",
            messages=question.turns,
            lang=question.lang,
            meta=meta,
            score=float(score) if isinstance(score, int | float) and not isinstance(score, bool) else None,
            **{name: fields[name] for name in _TEXTS if isinstance(fields.get(name), str)},
        )


def _sides(fields: Any) -> tuple[str, str]:  # noqa: ANN401  # the row's columns
    """(response, right answer). `answer` alone is the response: that is how question-and-answer sets are written."""
    response = _text(fields.get("response")) or _text(fields.get("chosen"))
    answer = _text(fields.get("answer"))
    return (response, answer) if response or fields.get("messages") else (answer, "")


def _text(given: Any) -> str:  # noqa: ANN401  # any JSON value
    return given if isinstance(given, str) else "" if given is None else str(given)
