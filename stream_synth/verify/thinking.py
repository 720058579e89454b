"""Thinking and answer taken apart, whichever tags a model wrote: repaired where a rule can, called damaged where none can."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_TAG = re.compile(r"<\s{0,2}(/?)\s{0,2}(think|thinking|answer)\s{0,2}>", re.IGNORECASE)
_FENCE = re.compile(r"(?:^|(?<=>))[ \t]{0,12}```([^\n`]*)$", re.MULTILINE)
_INLINE_CODE = re.compile(r"`[^`\n]+`")


@dataclass(frozen=True, slots=True)
class Split:
    """A reply taken apart.

    `findings` names every departure from `<think>…</think>answer`; `damaged` says that no rule could tell thinking from answer.
    A damaged reply keeps its text in `answer`, tags included, for whoever reads the rejection.
    """

    reasoning: str
    answer: str
    findings: tuple[str, ...] = ()
    damaged: bool = False

    @property
    def repaired(self) -> bool:
        """Something was amiss and a rule put it right."""
        return bool(self.findings) and not self.damaged


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str  # think or answer
    closes: bool
    start: int
    end: int


def split_thinking(text: str, reasoning: str = "") -> Split:
    """Take a reply apart. `reasoning` is what the server already sent in a field of its own.

    Findings: missing_open, missing_close, nested, text_before_think, several_blocks, stray_close, tag_in_field, tag_in_code,
    answer_in_think, missing_answer_open, missing_answer_close, several_answers, text_outside_answer.
    """
    if "<" not in text and "<" not in reasoning:
        return Split(reasoning.strip(), text.strip())
    split = _split_field(text, reasoning) if reasoning.strip() else _split_inline(text)
    return split if split.damaged else _unwrap_answer(split)


def _split_field(text: str, reasoning: str) -> Split:
    """The server separated the thinking; tags that stayed behind are removed from its ends and nowhere else."""
    thinking, findings = reasoning.strip(), []
    marks = _think_tags(thinking)
    if marks and not marks[0].closes and marks[0].start == 0:
        thinking, findings = thinking[marks[0].end :], ["tag_in_field"]
    marks = _think_tags(thinking)
    if marks and marks[-1].closes and marks[-1].end == len(thinking):
        thinking, findings = thinking[: marks[-1].start], ["tag_in_field"]
    answer = text.strip()
    leftovers = _think_tags(answer)
    if leftovers and not _TAG.sub("", answer[: leftovers[-1].end]).strip():  # only empty tags before the answer
        answer, findings = answer[leftovers[-1].end :], ["tag_in_field"]
    if _think_tags(thinking) or _think_tags(answer):
        return Split(reasoning, text, ("nested",), damaged=True)
    return Split(thinking.strip(), answer.strip(), tuple(findings))


def _split_inline(text: str) -> Split:
    outside_code = _split_at(text, _think_tags(text))
    if not outside_code.damaged:
        return outside_code
    # A fence that opens in the thinking and closes in the answer hides the closing tag.
    with_code = _split_at(text, _think_tags(text, code_too=True))
    if with_code.damaged:
        return outside_code
    return Split(with_code.reasoning, with_code.answer, (*with_code.findings, "tag_in_code"))


def _split_at(text: str, tags: list[_Tag]) -> Split:
    """The rules, by the order of opening and closing tags."""
    if not tags:
        return Split("", text.strip())
    order = "".join("c" if tag.closes else "o" for tag in tags)
    findings = []
    if order.startswith("c"):  # the chat template opened it, outside the reply
        findings.append("missing_open")
        order = "o" + order
        tags = [_Tag("think", closes=False, start=0, end=0), *tags]
    before = text[: tags[0].start].strip()
    if before:
        findings.append("text_before_think")
    if "c" not in order:
        return _close_at_answer(text, tags, findings)
    between = [text[left.end : right.start].strip() for left, right in pairwise(tags)]
    problem = _disorder(order)
    if problem:
        findings.append(problem)
    settled = _settled(order, between)
    if settled is None:
        return Split("", text, tuple(findings), damaged=True)
    inside = [before, *between[:settled]]
    return Split("\n\n".join(part for part in inside if part), text[tags[settled].end :].strip(), tuple(findings))


def _disorder(order: str) -> str:
    """What is wrong with the order of tags, if anything."""
    if order == "oc":
        return ""
    if "oo" in order:
        return "nested"
    if "co" in order:
        return "several_blocks"
    return "stray_close"


def _settled(order: str, between: list[str]) -> int | None:
    """Index of the tag after which the answer begins; None when text stands where it could be either."""
    depth = 0
    end = None
    for position, kind in enumerate(order):
        if end is not None and depth == 0 and between[position - 1]:
            return None  # text between a finished block and another tag
        depth = max(depth + (1 if kind == "o" else -1), 0)
        if kind == "c" and (depth == 0 or position == len(order) - 1):
            end, depth = position, 0
    return end if order.endswith("c") else None


def _close_at_answer(text: str, tags: list[_Tag], findings: list[str]) -> Split:
    """An opened block without an end ends where `<answer>` begins, and otherwise nobody knows where."""
    findings.append("missing_close")
    opened = [tag for tag in _tags(text) if tag.name == "answer" and not tag.closes and tag.start >= tags[-1].end]
    if not opened or len(tags) > 1:
        return Split("", text, tuple(findings), damaged=True)
    start = opened[-1].start
    thinking = "\n\n".join(part for part in (text[: tags[0].start].strip(), text[tags[0].end : start].strip()) if part)
    return Split(thinking, text[start:].strip(), tuple(findings))


def _unwrap_answer(split: Split) -> Split:
    """`<answer>` tags go; the answer stays."""
    reasoning, answer, findings = split.reasoning, split.answer, list(split.findings)
    inside = [tag for tag in _tags(reasoning) if tag.name == "answer"]
    if inside and not answer and [tag.closes for tag in inside] == [False, True] and inside[1].end == len(reasoning):
        findings.append("answer_in_think")
        reasoning, answer = reasoning[: inside[0].start].strip(), reasoning[inside[0].start :]
    tags = [tag for tag in _tags(answer) if tag.name == "answer"]
    if not tags:
        return Split(reasoning, answer, tuple(findings))
    order = "".join("c" if tag.closes else "o" for tag in tags)
    if order not in {"oc", "o", "c"}:
        return Split(reasoning, answer, (*findings, "several_answers"), damaged=True)
    if order != "oc":
        findings.append("missing_answer_close" if order == "o" else "missing_answer_open")
    elif (answer[: tags[0].start] + answer[tags[1].end :]).strip():
        findings.append("text_outside_answer")
    for tag in reversed(tags):
        answer = answer[: tag.start] + answer[tag.end :]
    return Split(reasoning, answer.strip(), tuple(findings))


def _think_tags(text: str, *, code_too: bool = False) -> list[_Tag]:
    return [tag for tag in _tags(text, code_too=code_too) if tag.name == "think"]


def _tags(text: str, *, code_too: bool = False) -> list[_Tag]:
    """Tags in order; those in code are somebody's subject, not structure, unless `code_too`."""
    found = [_Tag("answer" if mark[2].lower() == "answer" else "think", bool(mark[1]), *mark.span()) for mark in _TAG.finditer(text)]
    if code_too or not found or "`" not in text:
        return found
    blocks = _code_spans(text)
    return [tag for tag in found if not any(start <= tag.start < end for start, end in blocks)]


def _code_spans(text: str) -> list[tuple[int, int]]:
    """Closed fences and inline code. A fence that never closes is no code: it would swallow the closing tag."""
    spans = []
    opened: int | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence.start()
        elif not fence[1].strip():
            spans.append((opened, fence.end()))
            opened = None
    return spans + [code.span() for code in _INLINE_CODE.finditer(text)]
