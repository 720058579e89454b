"""Thinking and answer by a strong model, checked: whole, in form, in the question's language, and right where that can be told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.recipes.refining import REFINED_PARAGRAPH_CHARS, refined
from stream_synth.recipes.shared.asking import Asking, Candidates, sound
from stream_synth.recipes.shared.blocks import against_gold, all_of, at_most, recalculated, under
from stream_synth.recipes.shared.judge import judge_template, judged
from stream_synth.recipes.shared.prompts import load
from stream_synth.recipes.shared.question import Question, golds, read_question
from stream_synth.recipes.shared.replies import noted, provenance, reply_turn
from stream_synth.recipes.shared.second_look import second_look
from stream_synth.recipes.thinkers import OPEN, THINKERS, Problem, template_prompt
from stream_synth.text.sampling import Spread
from stream_synth.values import Message, Rejected, Sample, Seed
from stream_synth.verify import gold_answer, language_mixing, language_share, names_a_language, normal_form, read_number

_MATHS = re.compile(r"math|gsm8k|数学|算术|代数|几何", re.IGNORECASE)
_CODE = re.compile(r"\bcod(?:e|ing)|program|代码|编程|程序", re.IGNORECASE)
_ASKS_CODE = re.compile(
    r"\b(?:python|java|javascript|c\+\+|rust|golang|sql|script|function|program)\b.{0,40}\b(?:that|which|to|for)\b|用.{0,8}(?:写|编写|实现).{0,12}(?:函数|程序|代码|脚本)",
    re.IGNORECASE,
)
QUOTING_SHARE = 0.8  # a question with less of its own language quotes another one; in alpaca_gpt4_zh 2.4 % do, the mean is 0.99
_TOPIC_FIELDS = ("domain", "category", "subject", "type", "task", "repo_name")
_CODE_BLOCK = re.compile(r"^[ \t]*```", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Reasoning(Asking):
    """`samples` solutions per question; those that pass every check, `keep` at most."""

    temperature: Spread | None = field(default=0.6, metadata={"help": "0.6 is what DeepSeek-R1's authors recommend"})
    keep: int | None = field(default=None, metadata={"help": "accepted solutions per seed at most, the first ones", "least": 1})
    think_by: Literal["native", "template", "two_step"] = field(
        default="native",
        metadata={"help": "native: the model thinks by itself; template: a system prompt asks for <think>; two_step: prefilled"},
    )
    suffix: Literal["auto", "boxed", "none"] = field(
        default="auto", metadata={"help": "ask for steps and \\boxed{} in the question's language; auto: maths only; not part of the row"}
    )
    answer_kind: Literal["auto", "exact", "open"] = field(
        default="auto",
        metadata={
            "help": "exact: compare with the seed's answer; open: never by equality; auto: exact where the answer is short or marked"
        },
    )
    require_thinking: bool = field(default=False, metadata={"help": "reject replies without thinking"})
    min_language_share: float = field(
        default=0.5,  # R1 publishes none. Of 941 answers in alpaca_gpt4_zh 1.6 % fall below: nearly all are in English without being asked
        metadata={"help": "least share of the question's language in thinking and in answer; 0 switches it off"},
    )
    max_paragraph_chars: int = field(default=0, metadata={"help": "reject thinking with a longer paragraph; 0: any length"})
    allow_code: bool = field(default=True, metadata={"help": "false: reject thinking with code blocks (for rows that are not about code)"})
    calculator: bool = field(default=False, metadata={"help": "calculate every `a op b = c` of an answer again; a wrong one rejects it"})
    judge: bool = field(default=False, metadata={"help": "ask role `judge` where no rule can tell"})
    rescue: bool = field(
        default=False, metadata={"help": "with `judge`: ask it too where the rule finds no stated answer to compare, instead of rejecting"}
    )
    open_thinking: bool = field(default=False, metadata={"help": "begin the assistant's turn with <think>, for models that may skip it"})
    refine: bool = field(
        default=False,
        metadata={"help": "rewrite right traces readably, in the question's language; the answer is written from that and checked again"},
    )
    carry: Sequence[str] = field(default=(), metadata={"help": "columns of the seed that are kept with the row, in meta.row"})

    name = "reasoning"
    checks_itself = True  # before it counts what stays

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.open_thinking and self.think_by == "two_step":
            raise ConfigError("open_thinking: two_step opens the thinking already; leave one of them out")
        if self.rescue and not self.judge:
            raise ConfigError("rescue asks the judge where the rule finds no answer; write judge: true as well")

    async def candidates(self, seed: Seed, ask: Ask, tools: Tools) -> Candidates:
        """One candidate per solution."""
        question = sound(read_question(seed, self.system))
        task = self._task(seed, question)
        solutions: Sequence[Sample | Rejected] = await THINKERS[self.think_by](task.problem, self, ask)
        if self.refine:
            solutions, ask = await self._refined(solutions, task, ask, tools), under(ask, "refined")
        checked = [self._checked(solution, task) if isinstance(solution, Sample) else solution for solution in solutions]
        return at_most(self.keep, await self._consulted(checked, task, ask, tools))

    def _task(self, seed: Seed, question: Question) -> Task:
        gold = self._gold(seed, question)
        boxed = self.suffix == "boxed" or (self.suffix == "auto" and _is_maths(seed.fields, question, gold))
        meta: dict[str, Any] = {
            **provenance(self.name, *self._prompts(question.lang, boxed=boxed, reference=bool(question.reference))),
            "attempts": self.samples,
            "think_by": self.think_by,
            "suffix": "boxed" if boxed else "none",
            "answer_kind": "exact" if gold else "open",
            "verified": "none",
        }
        if question.reference and not gold:
            meta["reference"] = question.reference
        if row := {name: seed.fields[name] for name in self.carry if name in seed.fields}:
            meta["row"] = row
        draft = Sample(question.prompt, "", messages=question.turns, lang=question.lang, meta=meta)
        sent = _with_suffix(question) if boxed else question.turns
        return Task(
            Problem(question, (*sent, reply_turn(OPEN)) if self.open_thinking else sent, draft), gold, _is_code(seed.fields, question)
        )

    def _gold(self, seed: Seed, question: Question) -> tuple[str, ...]:
        """The answers that are right; empty when equality cannot judge."""
        kind = seed.fields.get("answer_kind") or self.answer_kind
        given = seed.fields.get("answer")
        if kind != "exact":
            return golds({"answer": given, "answer_kind": kind}, question.reference)
        several = [str(one) for one in given] if isinstance(given, list | tuple) else [question.reference]
        read = [(one, gold_answer(one)) for one in several if one.strip()]
        return tuple(found.text if found else one.strip() for one, found in read)

    def _prompts(self, lang: str, *, boxed: bool, reference: bool) -> list[str]:
        texts = [self.system]
        if boxed:
            texts.append(load("reasoning", "boxed", lang).text)
        if self.think_by == "template":
            texts.append(template_prompt(lang).text)
        if self.judge:
            texts.append(judge_template(lang, with_reference=reference).text)
        if self.refine:
            texts += [load("reasoning", step, lang).text for step in ("refine", "summarise")]
        return texts

    async def _refined(self, solutions: Sequence[Sample | Rejected], task: Task, ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        """Right solutions refined. Their language and form are judged afterwards: to mend those is what refining is for."""

        async def made(one: Sample | Rejected) -> Sample | Rejected:
            right = self._compared(one, task) if isinstance(one, Sample) else one
            right = await self._by_judge(await second_look(right, tools, "algebra/unrefined"), task, ask)
            asked = str(next(turn["content"] for turn in reversed(task.problem.sent) if turn["role"] == "user"))
            return await refined(right, asked, self, ask) if isinstance(right, Sample) else right

        return await all_of([made(one) for one in solutions])

    def _checked(self, sample: Sample, task: Task) -> Sample | Rejected:
        """Form, language, gold answer: whatever needs no call."""
        misshapen = self._misshapen(sample, about_code=task.about_code)
        if misshapen:
            return Rejected(sample, "format", misshapen)
        mixing = language_mixing(sample.reasoning, sample.response, sample.lang)
        shares = {"lang_think": mixing.think, "lang_answer": mixing.answer}
        sample = noted(sample, **{name: round(share, 3) for name, share in shares.items() if share is not None})
        # A translation is not written in the question's language, nor are words about a text that is quoted in another one.
        free = names_a_language(sample.prompt) or (language_share(sample.prompt, sample.lang) or 1.0) < QUOTING_SHARE
        judged_shares = [share for share in (mixing.think, None if free else mixing.answer) if share is not None]
        if judged_shares and min(judged_shares) < self.min_language_share:
            evidence = {"lang": sample.lang, "think": mixing.think, "answer": mixing.answer, "least": self.min_language_share}
            return Rejected(sample, "language", "language_mixing", min(judged_shares), evidence)
        return self._compared(sample, task)

    def _compared(self, sample: Sample, task: Task) -> Sample | Rejected:
        compared = against_gold(sample, task.gold) if task.gold else sample
        return noted(compared, verified="rule") if task.gold and isinstance(compared, Sample) else compared

    def _misshapen(self, sample: Sample, *, about_code: bool) -> str | None:
        """What is wrong with the thinking's form. Of refined thinking code blocks and long paragraphs are, unless the task is code."""
        most = self.max_paragraph_chars or (REFINED_PARAGRAPH_CHARS if self.refine and not about_code else 0)
        if self.require_thinking and not sample.reasoning:
            return "no_thinking"
        if not (about_code if self.refine else self.allow_code) and _CODE_BLOCK.search(sample.reasoning):
            return "code_block"
        if most and any(len(part) > most for part in sample.reasoning.split("\n\n")):
            return "long_paragraph"
        return None

    async def _consulted(self, candidates: Sequence[Sample | Rejected], task: Task, ask: Ask, tools: Tools) -> list[Sample | Rejected]:
        """Judge and own check for those that are still in, all of a seed at once."""

        async def consulted(candidate: Sample | Rejected) -> Sample | Rejected:
            again = await second_look(candidate, tools)
            if isinstance(candidate, Rejected) and isinstance(again, Sample):
                again = noted(again, verified="rule")
            candidate = again
            if self.calculator and isinstance(candidate, Sample):
                candidate = recalculated(candidate)
            return await self.checked(await self._by_judge(candidate, task, ask), tools)

        return await all_of([consulted(one) for one in candidates])

    async def _by_judge(self, candidate: Sample | Rejected, task: Task, ask: Ask) -> Sample | Rejected:
        """What the judge says where no rule can tell; with `rescue` also of a solution whose answer the rule did not find."""
        missed = _without_stated_answer(candidate) if self.rescue else None
        if missed and self.calculator and isinstance(recalculated(missed), Rejected):
            return candidate  # no judge makes that right
        asked_of = missed or (candidate if self.judge and not task.gold else None)
        if not isinstance(asked_of, Sample):
            return candidate
        return await judged(asked_of, task.problem.question.prompt, task.problem.question.reference, ask)


@dataclass(frozen=True, slots=True)
class Task:
    """One seed's problem and the answers that are right, if known."""

    problem: Problem
    gold: tuple[str, ...]
    about_code: bool


def _without_stated_answer(candidate: Sample | Rejected) -> Sample | None:
    """The solution that the rule rejected for want of an answer: none was found, or only a last number that is perhaps none."""
    if isinstance(candidate, Sample) or candidate.step != "answer":
        return None
    if candidate.reason != "no_answer" and candidate.evidence.get("how") != "last_number":
        return None
    guesses = ("got", "answer_how")
    kept = {key: value for key, value in candidate.sample.meta.items() if key not in guesses}
    return replace(candidate.sample, meta={**kept, "rescued": candidate.reason})


def _with_suffix(question: Question) -> tuple[Message, ...]:
    *earlier, last = question.turns
    return (*earlier, {**last, "content": load("reasoning", "boxed", question.lang).fill(question=question.asked())})


def _is_code(fields: Mapping[str, Any], question: Question) -> bool:
    """The row says so, or the question shows code or asks for a program."""
    said = any(_CODE.search(str(fields[name])) for name in _TOPIC_FIELDS if fields.get(name))
    return said or bool(_CODE_BLOCK.search(question.prompt) or _ASKS_CODE.search(question.prompt))


def _is_maths(fields: Mapping[str, Any], question: Question, gold: Sequence[str]) -> bool:
    """The row says so, or a question with digits has a number or LaTeX for an answer."""
    if any(_MATHS.search(str(fields[name])) for name in _TOPIC_FIELDS if fields.get(name)):
        return True
    computed = any("\\" in one or read_number(normal_form(one)) for one in gold)
    return computed and any(letter.isdigit() for letter in question.prompt)
