"""Columns of well-known data sets, mapped to the fields that recipes read, for sources that give no `fields`.

| columns                                    | question               | messages      | answer   | system        |
|--------------------------------------------|------------------------|---------------|----------|---------------|
| question or messages (GSM8K, our own)      | as it is               | as it is      | as it is | as it is      |
| system_prompt, question, response (OpenOrca) | question             |               | response | system_prompt |
| conversations (ShareGPT)                   |                        | conversations |          | as it is      |
| instruction, input?, output? (Alpaca)      | instruction, input     |               | output   | as it is      |
| instruction, golden_answer (DataFlow)      | instruction            |               | golden_answer |          |
| instruction, history (LLaMA-Factory)       |                        | history, then instruction | output | as it is |
| problem, answer or solution (MATH)         | problem                |               | answer, else solution |  |
| prompt, response or completion             | prompt                 |               | response |               |
| instruction, response (Magpie)             | instruction            |               | response |               |

Columns that a preset uses are gone from the fields; all others keep their names. The first line of the table that fits is taken,
row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stream_synth.sources.template import ABSENT, Template


@dataclass(frozen=True, slots=True)
class Preset:
    """One well-known set of columns."""

    needs: frozenset[str]
    fields: Mapping[str, Template]
    used: frozenset[str]


def _preset(needs: str, **fields: str) -> Preset:
    templates = {name: Template.parse(text) for name, text in fields.items()}
    return Preset(frozenset(needs.split()), templates, frozenset(column for one in templates.values() for column in one.columns))


PRESETS = (
    _preset("system_prompt question response", question="{question}", answer="{response}", system="{system_prompt}"),
    _preset("question"),
    _preset("messages"),
    _preset("conversations", messages="{conversations}"),
    _preset("instruction golden_answer", question="{instruction}\n{input?}", answer="{golden_answer}", output="{output?}"),
    _preset("instruction response", question="{instruction}\n{input?}", answer="{response}"),
    _preset("instruction", question="{instruction}\n{input?}", answer="{output?}"),
    _preset("problem answer", question="{problem}", answer="{answer}"),
    _preset("problem solution", question="{problem}", answer="{solution}"),
    _preset("prompt response", question="{prompt}", answer="{response}"),
    _preset("prompt completion", question="{prompt}", answer="{completion}"),
    _preset("prompt", question="{prompt}"),
)


def recognised(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row under the names that recipes read; as it is where no preset fits."""
    preset = next((one for one in PRESETS if one.needs <= row.keys()), None)
    if preset is None:
        return dict(row)
    mapped = {name: value for name, template in preset.fields.items() if (value := template.fill(row)) is not ABSENT}
    if isinstance(mapped.get("question"), list):  # a prompt as turns
        mapped["messages"] = mapped.pop("question")
    fields = {**{name: value for name, value in row.items() if name not in preset.used}, **mapped}
    return with_history(fields) if fields.get("history") and "question" in fields else fields


def with_history(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Earlier turns, pairs of question and answer, and the question, as one conversation. Other shapes stay as they are."""
    history = fields["history"]
    if not isinstance(history, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in history):
        return dict(fields)
    turns = [{"role": role, "content": text} for pair in history for role, text in zip(("user", "assistant"), pair, strict=True)]
    rest = {name: value for name, value in fields.items() if name not in {"history", "question"}}
    return {**rest, "messages": [*turns, {"role": "user", "content": fields["question"]}]}
