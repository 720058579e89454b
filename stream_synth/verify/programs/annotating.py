"""A trace written into the program it belongs to, as comments: NExT's form (arXiv:2404.14662)."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Sequence

SHOWN = 3  # steps of a line that was passed many times: the first two and the last, as NExT cuts loops


def annotated(program: str, steps: Sequence[tuple[int, str]]) -> str:
    """The program with `# (n) name=value` behind each line that was executed, n counting all steps from 1.

    A line that cannot take a comment (it goes on in the next one, or lies in a text of several lines) stays as it is.
    """
    told: dict[int, list[str]] = {}
    for number, (line, change) in enumerate(steps, 1):
        told.setdefault(line, []).append(f"({number}) {change}".strip())
    closed = _closed_lines(program)
    lines = program.splitlines()
    return "\n".join(
        f"{line}  # {'; '.join(_cut(told[number]))}" if number in told and number not in closed else line
        for number, line in enumerate(lines, 1)
    )


def _cut(changes: list[str]) -> list[str]:
    return changes if len(changes) <= SHOWN else [*changes[: SHOWN - 1], "...", changes[-1]]


def _closed_lines(program: str) -> set[int]:
    closed = {number for number, line in enumerate(program.splitlines(), 1) if line.endswith("\\")}
    try:
        for token in tokenize.generate_tokens(io.StringIO(program).readline):
            if token.start[0] != token.end[0] and token.type != tokenize.NEWLINE:
                closed.update(range(token.start[0], token.end[0]))
    except (tokenize.TokenError, SyntaxError):  # it is told as far as it can be read
        pass
    return closed
