"""The code in a row: fenced blocks, or an answer that is a Python program. It is parsed or lexed, never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, _TokenType
from pygments.util import ClassNotFound

_MAX_CODE = 20_000  # characters of one block; what is longer is judged by its beginning, which does not parse, and passes
_FENCED = re.compile(r"^[ \t]*```[ \t]*([\w+#.-]*)[^\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)
_PROGRAM = re.compile(r"(?:#!|\"\"\"|def \w+\(|class \w+[(:]|import \w+|from \w+ import |@\w+|async def |# )")
_LOOKS_LIKE_PYTHON = re.compile(
    r"^[ \t]*(?:def \w+\(|class \w+[(:]|import \w|from \w+ import |print\(|for .+:$|while .+:$|if .+:$)", re.MULTILINE
)
_PYTHON = frozenset({"python", "py", "python3"})
_NOT_CODE = {
    "text",
    "txt",
    "plain",
    "plaintext",
    "output",
    "console",
    "markdown",
    "md",
    "json",
    "yaml",
    "yml",
    "toml",
    "xml",
    "html",
    "css",
}
_NOT_CODE |= {"csv", "ini", "latex", "tex", "diff"}
# Escapes that Python does not know draw a warning from its parser; doubled, they mean the same.
_UNKNOWN_ESCAPE = re.compile(r"\\(?=[^\n\\'\"abfnrtvxuUN0-7])")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One block of code. `tree` is there where it is Python that parses."""

    language: str
    text: str
    tree: ast.Module | None


def snippets(response: str) -> list[Snippet]:
    """All code of an answer. Blocks of one Python answer belong together, so that they come as one."""
    if "```" not in response:
        tree = _parsed(response) if _PROGRAM.match(response) else None
        return [Snippet("python", response, tree)] if tree is not None else []
    blocks = [(block[1].lower(), block[2]) for block in _FENCED.finditer(response[:_MAX_CODE])]
    python = "\n".join(text for language, text in blocks if language in _PYTHON)
    found = [Snippet(language, text, None) for language, text in blocks if language not in _PYTHON | _NOT_CODE and language]
    untagged = "\n".join(text for language, text in blocks if not language)
    tree = _parsed(untagged) if _LOOKS_LIKE_PYTHON.search(untagged) else None
    if tree is not None:
        found.append(Snippet("python", untagged, tree))
    return [Snippet("python", python, _parsed(python)), *found] if python.strip() else found


def lexed(snippet: Snippet) -> Iterator[tuple[_TokenType, str]]:
    """Tokens by Pygments, without white space; none for a language that it does not know."""
    lexer = _lexer(snippet.language)
    if lexer is not None:
        yield from ((kind, value) for kind, value in lexer.get_tokens(snippet.text[:_MAX_CODE]) if value.strip())


def within(kind: _TokenType, family: _TokenType) -> bool:
    """Whether a token is of a kind or of one below it."""
    return kind[: len(family)] == tuple(family)


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        return None


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(_UNKNOWN_ESCAPE.sub(r"\\\\", text[:_MAX_CODE]))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


__all__ = ["Comment", "Keyword", "Name", "Snippet", "lexed", "snippets", "within"]
