"""Solutions of text, code and what the code printed, in turn: read as they are written, block by block, and put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypedDict

OPEN, CLOSE = "<llm-code>", "</llm-code>"
OUTPUT_OPEN, OUTPUT_CLOSE = "<llm-code-output>", "</llm-code-output>"
# Where generation is to stop: at the end of a block, or where a model begins to make up what it printed.
STOPS = (CLOSE, OUTPUT_OPEN, "```output")
_TAGGED = re.compile(rf"{OPEN}\s*?\n?(?:```\w*\n)?(.*?)(?:{CLOSE}|{OUTPUT_OPEN}|^```|\Z)", re.DOTALL | re.MULTILINE)
_FENCED = re.compile(r"^[ \t]*```[ \t]*(?:python|py|python3)?[ \t]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_TAG = re.compile(r"</?llm-code(?:-output)?>")


class Block(TypedDict):
    """One piece of a solution."""

    kind: Literal["text", "code", "execution"]
    content: str


def next_code(reply: str) -> tuple[str, str | None]:
    """(text, code): what a reply says before its first block of code, and that block; None when it holds none.

    A block stands between the tags, or is fenced as Python; one that was cut at the stop is whole. What follows it was written
    without having seen its output, and is dropped.
    """
    found = [block for block in (_TAGGED.search(reply), _FENCED.search(reply)) if block and block[1].strip()]
    if not found:
        return _TAG.sub("", reply).strip(), None
    first = min(found, key=lambda block: block.start())
    return reply[: first.start()].strip(), first[1].strip("\n").rstrip()


def tagged(code: str) -> str:
    """A block of code as a model is to write it."""
    return f"{OPEN}\n{code}\n{CLOSE}"


def shown(output: str) -> str:
    """An output as a model gets to see it."""
    return f"{OUTPUT_OPEN}\n{output}\n{OUTPUT_CLOSE}"


def rendered(blocks: Sequence[Block]) -> str:
    """The whole solution as Markdown: fenced code, fenced output."""
    fences = {"text": "{}", "code": "```python\n{}\n```", "execution": "```output\n{}\n```"}
    return "\n\n".join(fences[block["kind"]].format(block["content"]) for block in blocks if block["content"] or block["kind"] != "text")
