"""What a program is made of, whatever its names: n-grams of its tokens with every name blanked, and stems of the words around it.

Renaming keeps the first, rewriting the docstring keeps part of the second. One light tokeniser serves all languages: C, Java and
JavaScript share operators, brackets and most keywords, so a port keeps some n-grams; Python it keeps nearly all.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import xxhash
from numpy.typing import NDArray

from stream_synth.gates.contamination.bag import joined

_NGRAM = 4  # tokens: a condition or a call; 5 loses rewritten loops
_STEM = 5
_LONGEST = 20_000  # characters read of a row
_LEAST_TOKENS = 12  # fewer are no program
# A definition, a return, a loop in C's form: text that is code shows one of them; prose hardly does.
_MAYBE = ("def ", "return", "function", "#include", "lambda")
_CODE = re.compile(r"\bdef +\w+ *\(|\breturn\b[^.!?\n]*(?:[;)\]}(]|$)|\bfunction\b *\w* *\(|#include *<|\blambda\b[^\n]*:", re.MULTILINE)
_TOKEN = re.compile(
    r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|#[^\n]*|//[^\n]*|/\*[\s\S]*?\*/'  # docstrings and comments
    r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    r"|\d+(?:\.\d+)?|[^\W\d]\w*|[<>=!+\-*/%&|]=|\*\*|&&|\|\||[^\s\w]"
)
_SILENT = ('"""', "'''", "#", "//", "/*")
_FENCED = re.compile(r"```[^\n]*\n([\s\S]*?)(?:```|\Z)")
_SUBWORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\u3400-\u9fff]")
_METHODS = frozenset(
    {"append", "sort", "join", "split", "lower", "upper", "isdigit", "isalpha", "count", "replace", "pop", "push", "length", "Math"}
)
_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | _METHODS | {"for", "switch", "case", "const", "let", "var", "void", "new"}
_TYPES = "int str list float bool none dict set tuple len range true false typing any print self"
_COMMON = (
    "the and are that this its for with from given return returns function takes write example should you your not there input output "
    "which will each has have can was but into than then such"
)
_EMPTY = frozenset(f"{_TYPES} {_COMMON}".split()) | frozenset(keyword.kwlist)


def has_code(text: str) -> bool:
    """Whether the text holds a program; prose is told by a look for a few words."""
    return any(mark in text for mark in _MAYBE) and _CODE.search(text) is not None


def code_bags(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Hashes of each text's words, then of its structure; both empty where the text holds no program."""
    return joined(_code_bag(text) for text in texts)


def _code_bag(text: str) -> tuple[set[int], set[int]]:
    if not has_code(text):
        return set(), set()
    text = text[:_LONGEST]
    tokens = list(_structure("\n".join(_FENCED.findall(text)) or text))
    if len(tokens) < _LEAST_TOKENS:
        return set(), set()
    grams = {_hash("\x01" + " ".join(tokens[place : place + _NGRAM])) for place in range(len(tokens) - _NGRAM + 1)}
    return {_hash(word) for word in _words(text)}, grams


def _structure(code: str) -> Iterator[str]:
    """Keywords, known functions, operators and numbers as they stand; names and strings as what they are."""
    for token in _TOKEN.findall(code):
        first = token[0]
        if first in "\"'#/" and len(token) > 1:
            if not token.startswith(_SILENT):
                yield "S"
        elif first.isalpha() or first == "_":
            yield token if token in _KEPT else "N"
        else:
            yield token


def _words(text: str) -> Iterator[str]:
    for word in _SUBWORD.findall(text):
        spelled = word.lower()
        if (len(spelled) > 2 or spelled >= "\u3400") and spelled not in _EMPTY:
            yield spelled[:_STEM]


@lru_cache(maxsize=1 << 15)
def _hash(piece: str) -> int:
    return xxhash.xxh32_intdigest(piece.encode("utf-8", "surrogatepass"))
