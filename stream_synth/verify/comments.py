"""Comments in code: taking them out, so that two programs can be compared without them, and how much of a program they are.

Python by its own tokeniser, docstrings counting as comments; other languages by Pygments.
"""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import _TokenType
from pygments.util import ClassNotFound

_PYTHON = frozenset({"python", "py", "python3"})
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NO_CODE = frozenset({tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER})


@dataclass(frozen=True, slots=True)
class Parts:
    """A program taken apart. `code`: what runs, piece by piece; equal for two programs that differ in comments and blank lines only."""

    code: tuple[str, ...]
    comments: tuple[str, ...]  # with their marks, in order

    @property
    def density(self) -> float:
        """Share of the characters that are comment, spaces not counted."""
        told, done = (sum(len("".join(text.split())) for text in texts) for texts in (self.comments, self.code))
        return told / max(told + done, 1)


def knows(language: str) -> bool:
    """Whether programs in it can be taken apart."""
    return language.lower() in _PYTHON or _lexer(language.lower()) is not None


def taken_apart(code: str, language: str) -> Parts | None:
    """The program's code and comments; None for Python that is none. A language that is not known (`knows`) raises `ValueError`."""
    if language.lower() in _PYTHON:
        return _python(code)
    lexer = _lexer(language.lower())
    if lexer is None:
        raise ValueError(f"{language!r} is no language that Pygments knows")
    kept, comments = [], []
    for kind, text in lexer.get_tokens(code):
        if _documents(kind):
            comments.append(text.strip())
            kept.append("\n" if text.endswith("\n") else "")
        else:
            kept.append(text)
    # By lines, indentation included: there are languages to which it matters.
    lines = (line.rstrip() for line in "".join(kept).splitlines())
    return Parts(tuple(line for line in lines if line), tuple(comments))


def _documents(kind: _TokenType) -> bool:
    """A comment, but no directive of a preprocessor, which is code."""
    if kind[:1] == ("Comment",):
        return kind[1:2] not in {("Preproc",), ("PreprocFile",)}
    return kind[:3] == ("Literal", "String", "Doc")


def _python(code: str) -> Parts | None:
    try:
        tree = ast.parse(code)
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return None
    spans = [_span(node.body[0], code) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None]
    ends = {end for _, end in spans}
    kept, comments = [], []
    for token in tokens:
        documents = token.type == tokenize.STRING and any(start <= token.start < end for start, end in spans)
        if token.type == tokenize.COMMENT or documents:
            comments.append(token.string)
        elif token.type not in _NO_CODE and not (token.type == tokenize.NEWLINE and token.start in ends):
            kept.append("" if token.type in {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT} else token.string)
    return Parts(tuple(kept), tuple(comments))


def _span(node: ast.stmt, code: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a statement begins and ends, in lines and characters: the syntax tree counts bytes, the tokeniser characters."""
    line = code.split("\n")[(node.end_lineno or node.lineno) - 1].encode()
    return (node.lineno, node.col_offset), (node.end_lineno or node.lineno, len(line[: node.end_col_offset].decode(errors="ignore")))


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None
