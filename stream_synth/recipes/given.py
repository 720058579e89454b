"""Rows that are there already: a finished data set goes through the gates as if it had just been made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.shared.blocks import against_gold
from stream_synth.recipes.shared.card import Card
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
    card = Card(
        family="programs",
        paper="none: an existing data set",
        summary="yields each row as it stands, for the gates alone",
        fields_in={
            "question": "what was asked",
            "prompt": "another name for it, and the stronger one",
            "response": "what was answered, thinking tags and all; without it `answer` is the response",
            "messages": "a whole conversation instead, as role/content or ShareGPT from/value; its last turn is the response",
            "reasoning": "optional: thinking that stands in a column of its own",
            "answer": "optional beside a response: the right final answer, kept in meta.gold, compared with `compare: rule`",
            "answer_kind": "optional: exact; set, when a list is one answer of several parts; open: never compared",
            "system": "optional: the system turn",
            "chosen": "optional: the better of two answers; also the response, where there is no other",
            "rejected": "optional: the worse of two answers",
            "score": "optional: a score the row already has",
            "lang": "optional: zh, en, ...; else told by the script of the prompt",
        },
        one_of=("question", "prompt", "messages"),
        fields_out={"prompt": "as given", "response": "as given, thinking taken out", "reasoning": "as given, or from the tags"},
        meta_keys={
            "format_reward": "0 to 1: thinking opened, closed, not empty, answer given",
            "tag_findings": "what was amiss with the thinking tags, where something was",
            "gold": "the row's right answer",
            "answer_kind": "as the row says it, where it does",
            "got": "the final answer that was found",
            "answer_how": "how it was found: boxed, hashes, stated, whole, last_number",
            "row": "the row's other columns",
        },
        rejects={
            "row/no_question": "the row holds no prompt",
            "row/bad_messages": "messages is no list of turns",
            "row/no_response": "the row holds no response",
            "row/empty": "nothing but space, or thinking alone",
            "row/tag_damage": "thinking and answer cannot be told apart",
            "answer/no_answer": "no final answer to compare",
            "answer/wrong_answer": "another answer than the row's `answer`",
        },
    )

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
