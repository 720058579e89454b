"""How a row looks to each kind of trainer. Every shape is a function of one row; what it cannot express raises `Inexpressible`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from stream_synth.errors import StreamSynthError
from stream_synth.values import Json, Message

if TYPE_CHECKING:
    import pyarrow as pa

SHAREGPT_SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}
INLINE_OR_DROP = ("inline", "drop")


class Inexpressible(StreamSynthError):
    """This row has no form in this format; the message is the reason, and is counted."""


@dataclass(frozen=True, slots=True)
class Style:
    """The choices that shape a row: a subset of `ExportOptions`."""

    think: str = "inline"
    prompt_end: str = ""
    completion_end: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One accepted row as the database holds it, JSON columns parsed."""

    prompt: str
    response: str
    reasoning: str
    messages: tuple[Message, ...]
    tools: tuple[Json, ...]
    chosen: str | None
    rejected: str | None
    id: str = ""
    meta: Json = field(default_factory=dict)

    @classmethod
    def parse(cls, columns: Mapping[str, Any]) -> Row:
        """From the columns `COLUMNS` of the table `samples`."""
        messages, tools = (tuple(orjson.loads(columns[name] or b"[]") or ()) for name in ("messages", "tools"))
        prompt, response, reasoning = (columns[name] or "" for name in ("prompt", "response", "reasoning"))
        meta = orjson.loads(columns["meta"] or b"{}")
        return cls(prompt, response, reasoning, messages, tools, columns["chosen"], columns["rejected"], columns["id"], meta)

    def dialogue(self) -> list[Message]:
        """All turns, the answer last: the row's messages where it has some, else question and answer."""
        turns = list(self.messages) or [{"role": "user", "content": self.prompt}]
        if turns[-1]["role"] != "assistant":
            turns.append({"role": "assistant", "content": self.response})
        return turns

    def question(self) -> str:
        """The prompt as one text: the system turn, where there is one, stands before it. Empty where the row teaches its text alone."""
        turns = [turn for turn in self.messages if turn["role"] != "system"]
        if len(turns) > 2:
            raise Inexpressible("several turns")
        system = [str(turn["content"]) for turn in self.messages if turn["role"] == "system"]
        unasked = bool(turns) and turns[0]["role"] == "assistant"
        return "\n\n".join([*system, *([] if unasked else [self.prompt])])

    def thinking(self) -> str:
        """The thinking; a row without any is inexpressible."""
        if not self.reasoning:
            raise Inexpressible("no thinking")
        return self.reasoning


COLUMNS = ("prompt", "response", "reasoning", "messages", "tools", "chosen", "rejected", "id", "meta")


def with_thinking(reasoning: str, response: str, think: str) -> str:
    """The answer as a thinking model writes it, unless thinking goes elsewhere."""
    return f"<think>\n{reasoning}\n</think>\n{response}" if reasoning and think == "inline" else response


def messages(row: Row, style: Style) -> Json:
    """OpenAI chat messages; `tools` where the row has some."""
    turns = [dict(turn) for turn in row.dialogue()]
    answer = turns[-1]
    if style.think == "field":
        for turn in turns:
            if turn["role"] == "assistant":  # on each of them: readers infer one struct for all rows
                turn["reasoning_content"] = turn.get("reasoning_content") or ""
        answer["reasoning_content"] = row.reasoning
    else:
        for turn in turns:
            turn.pop("reasoning_content", None)
        answer["content"] = with_thinking(row.reasoning, answer.get("content") or "", style.think)
    return {"messages": turns} | ({"tools": list(row.tools)} if row.tools else {})


def sharegpt(row: Row, style: Style) -> Json:
    """Turns as from / value pairs. Tool calls are not part of the format as its readers agree on it."""
    turns = []
    for turn in messages(row, style)["messages"]:
        if turn["role"] not in SHAREGPT_SPEAKERS or turn.get("tool_calls"):
            raise Inexpressible("tool calls")
        thinking = {"reasoning_content": turn["reasoning_content"]} if "reasoning_content" in turn else {}
        turns.append({"from": SHAREGPT_SPEAKERS[turn["role"]], "value": turn["content"], **thinking})
    return {"conversations": turns} | ({"tools": orjson.dumps(list(row.tools)).decode()} if row.tools else {})


def alpaca(row: Row, style: Style) -> Json:
    """Instruction / input / output. The prompt stands whole in `instruction`, unless the row's method told the two apart."""
    output, told = with_thinking(row.reasoning, row.response, style.think), row.meta.get("instruction")
    if told and row.question() == row.prompt:
        return {"instruction": told, "input": row.meta.get("input", ""), "output": output}
    return {"instruction": row.question(), "input": "", "output": output}


def seed_task(row: Row, style: Style) -> Json:
    """A task with one instance, as the source `pool` reads it; that joins the instances of one instruction."""
    del style
    told = row.meta.get("instruction")
    instance = {"input": row.meta.get("input", "") if told else "", "output": row.response}
    head = {"id": row.id, "name": str(row.meta.get("name") or ""), "instruction": told or row.question()}
    return {**head, "instances": [instance], "is_classification": bool(row.meta.get("is_classification"))}


def prompt_completion(row: Row, style: Style) -> Json:
    """Prompt / completion, thinking first in the completion, end-of-text tokens where asked for."""
    completion = with_thinking(row.reasoning, row.response, style.think)
    return {"prompt": row.question() + style.prompt_end, "completion": completion + style.completion_end}


def reasoning(row: Row, style: Style) -> Json:
    """Input / reasoning_content / content; nothing else."""
    del style
    return {"input": row.question(), "reasoning_content": row.thinking(), "content": row.response}


def qcr(row: Row, style: Style) -> Json:
    """Question / Complex_CoT / Response."""
    del style
    return {"Question": row.question(), "Complex_CoT": row.thinking(), "Response": row.response}


def dpo(row: Row, style: Style) -> Json:
    """Prompt / chosen / rejected."""
    del style
    if not row.chosen or not row.rejected:
        raise Inexpressible("no chosen and rejected answer")
    return {"prompt": row.question(), "chosen": row.chosen, "rejected": row.rejected}


def text(row: Row, style: Style) -> Json:
    """One text: the question, where the row teaches one, a blank line, the answer."""
    answer = with_thinking(row.reasoning, row.response, style.think)
    return {"text": "\n\n".join(part for part in (row.question(), answer) if part)}


def label(row: Row, style: Style) -> Json:
    """Text / label; a row that was not labelled is inexpressible."""
    del style
    if "label" not in row.meta:
        raise Inexpressible("no label")
    return {"text": row.prompt, "label": row.response}


def steps(row: Row, style: Style) -> Json:
    """Prompt / completions / labels / values: a solution's steps, whether each leads on to a right end, and its soft label or Q."""
    del style
    told = row.meta.get("steps")
    if not isinstance(told, list) or not told:
        raise Inexpressible("no steps")
    if isinstance(told[0], dict):  # Math-Shepherd's
        if not all(isinstance(one, dict) and {"text", "hard", "soft"} <= one.keys() for one in told):
            raise Inexpressible("steps without labels")
        labelled = [(str(one["text"]), bool(one["hard"]), float(one["soft"])) for one in told]
    else:  # AlphaMath's: Q is the mean reward of what went on from a step, 1 right and -1 wrong; above 0 right is the likelier end
        worth = row.meta.get("q")
        if not isinstance(worth, list) or len(worth) != len(told):
            raise Inexpressible("steps without labels")
        labelled = [(str(one), q > 0, float(q)) for one, q in zip(told, worth, strict=True)]
    texts, labels, values = zip(*labelled, strict=True)
    return {"prompt": row.question(), "completions": list(texts), "labels": list(labels), "values": list(values)}


def lce(row: Row, style: Style) -> Json:
    """Prompt / blocks: the solution as natural language, code and execution, each block {kind: text, code or execution; content}."""
    del style
    told = row.meta.get("blocks")
    if not isinstance(told, list) or not told:
        raise Inexpressible("no blocks")
    return {"prompt": row.question(), "blocks": [{"kind": one["kind"], "content": one["content"]} for one in told]}


def proof(row: Row, style: Style) -> Json:
    """Problem / statement / proof / checker: what was proved, in the checker's language, and the words it came from."""
    del style
    told = [row.meta.get(name) for name in ("statement", "proof", "checker")]
    if not all(isinstance(one, str) and one for one in told):
        raise Inexpressible("no proof")
    return {"problem": row.meta.get("problem") or row.question(), **dict(zip(("statement", "proof", "checker"), told, strict=True))}


@dataclass(frozen=True, slots=True)
class Format:
    """A shape with its columns: names of columns, of strings where `schema` knows no other type, or turns with these keys."""

    shape: Callable[[Row, Style], Json]
    columns: tuple[str, ...]
    think: tuple[str, ...] = ("inline",)
    turn_keys: tuple[str, str] | None = None  # of the list in the first column

    def schema(self, style: Style) -> pa.Schema:
        """Arrow types of the rows, the same for every batch of an export."""
        import pyarrow as pa  # noqa: PLC0415  # 200 ms that `--help` must not pay

        if self.turn_keys is None:
            typed = {
                "instances": pa.list_(pa.struct([("input", pa.string()), ("output", pa.string())])),
                "is_classification": pa.bool_(),
                "completions": pa.list_(pa.string()),
                "labels": pa.list_(pa.bool_()),
                "values": pa.list_(pa.float64()),
                "blocks": pa.list_(pa.struct([("kind", pa.string()), ("content", pa.string())])),
            }
            return pa.schema([(name, typed.get(name, pa.string())) for name in self.columns])
        keys = [*self.turn_keys, *(["reasoning_content"] if style.think == "field" else [])]
        turn = pa.struct([(key, pa.string()) for key in keys])
        return pa.schema([(self.columns[0], pa.list_(turn))])


PARTICULAR = ("dpo", "steps", "lce", "proof", "label")  # shapes that only rows of some methods have, the most telling first
FORMATS: dict[str, Format] = {
    "messages": Format(messages, ("messages",), ("inline", "field", "drop"), ("role", "content")),
    "sharegpt": Format(sharegpt, ("conversations",), ("inline", "field", "drop"), ("from", "value")),
    "alpaca": Format(alpaca, ("instruction", "input", "output"), INLINE_OR_DROP),
    "seed-tasks": Format(seed_task, ("id", "name", "instruction", "instances", "is_classification")),
    "prompt-completion": Format(prompt_completion, ("prompt", "completion"), INLINE_OR_DROP),
    "reasoning": Format(reasoning, ("input", "reasoning_content", "content")),
    "qcr": Format(qcr, ("Question", "Complex_CoT", "Response")),
    "dpo": Format(dpo, ("prompt", "chosen", "rejected")),
    "label": Format(label, ("text", "label")),
    "steps": Format(steps, ("prompt", "completions", "labels", "values")),
    "lce": Format(lce, ("prompt", "blocks")),
    "proof": Format(proof, ("problem", "statement", "proof", "checker")),
    "text": Format(text, ("text",), INLINE_OR_DROP),
}


def fitting(row: Row) -> str:
    """The name of the format that keeps what is particular to this row; `messages` where nothing is, `text` where nobody asks."""
    for name in PARTICULAR:
        with suppress(Inexpressible):
            FORMATS[name].shape(row, Style())
            return name
    return "messages" if not row.messages or any(turn["role"] == "user" for turn in row.messages) else "text"
