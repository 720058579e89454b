"""Is the code worth learning from: complete in itself, more than constants, explained where it branches.

Three of the four defects that phi-1 names in public code; the fourth, topics that are all the same, is a quota's work.
Python is read by its syntax tree, JavaScript by its tokens, and the other languages by their tokens for branches, comments
and constants only: where their names come from (headers, packages, base classes) cannot be seen in a row.
"""

from __future__ import annotations

import ast
import builtins
import re

from stream_synth.gates.rules.options import RuleOptions
from stream_synth.gates.rules.reading import Evidence, Reading, Rule, word_set
from stream_synth.gates.rules.snippets import Comment, Keyword, Name, Snippet, lexed, within

_WORD = re.compile(r"\w+")
_BUILTIN = frozenset(dir(builtins)) | {"__file__", "__name__", "__doc__", "self", "cls", "_"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension, ast.match_case)
_BRANCH_WORDS = word_set("if elif elsif elseif for foreach while case when catch except rescue unless until")
_MAY_BRANCH = re.compile(r"\b(?:if|elif|elsif|elseif|for|foreach|while|case|when|catch|except|rescue|unless|until|and|or)\b|\?|&&|\|\|")
_COMES_FROM_OUTSIDE = re.compile(r"\b(?:import|require|include|using)\b")
_JAVASCRIPT = frozenset({"javascript", "js", "typescript", "ts"})
_JAVASCRIPT_GLOBALS = word_set(
    "alert confirm prompt fetch require setTimeout setInterval clearTimeout clearInterval parseInt parseFloat isNaN isFinite eval String "
    "Number Boolean Array Object Date Promise Error Symbol BigInt RegExp encodeURIComponent decodeURIComponent encodeURI decodeURI "
    "structuredClone requestAnimationFrame cancelAnimationFrame queueMicrotask super function if for while switch catch return typeof "
    "describe it test expect"
)
_EXPLAINED_CHARS = {"en": 200, "zh": 80}  # of prose around the code: three sentences say what a comment would
_ASKS_FOR_CONSTANTS = re.compile(
    r"constant|config|setting|dictionar|\blists?\b|array|json|variable|assign|declar|enum|table|\bdata ?set|\bsets?\b|tuple|initiali"
    r"|常量|配置|字典|列表|数组|变量|赋值|声明|枚举|定义|集合|元组|初始化",
    re.IGNORECASE,
)


def not_self_contained(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Code that uses names which nothing in the row defines, imports or mentions."""
    for snippet in _code(reading):
        if snippet.tree is not None:
            missing = _unresolved(snippet.tree)
        elif snippet.language in _JAVASCRIPT:
            missing = _undefined_calls(snippet)
        else:
            continue
        if len(missing) > options.max_unresolved_names:
            left = sorted(missing - set(_WORD.findall(_around(reading))))
            if len(left) > options.max_unresolved_names:
                return {"language": snippet.language, "names": left[:8], "max_unresolved_names": options.max_unresolved_names}
    return None


def trivial(reading: Reading, options: RuleOptions) -> Evidence | None:
    """An answer whose code only gives names to constants, where the prompt asks for no data."""
    code = [snippet for snippet in _code(reading) if snippet.text.strip()]
    if not code or _explained(reading) or _ASKS_FOR_CONSTANTS.search(reading.sample.prompt):
        return None
    counts = [_constants(snippet) for snippet in code]
    if 0 in counts or sum(counts) < options.min_trivial_statements:
        return None
    return {"statements": sum(counts), "min_trivial_statements": options.min_trivial_statements}


def uncommented(reading: Reading, options: RuleOptions) -> Evidence | None:
    """Code of many branches without a comment, a docstring or a word around it."""
    for snippet in _code(reading):
        if len(_MAY_BRANCH.findall(snippet.text)) <= options.max_uncommented_branches or _explained(reading):
            continue
        branches = _branches(snippet)
        if branches > options.max_uncommented_branches:
            return {"language": snippet.language, "branches": branches, "max_uncommented_branches": options.max_uncommented_branches}
    return None


def _code(reading: Reading) -> list[Snippet]:
    text = reading.sample.response
    return reading.snippets if "```" in text or "\n" in text.strip() else []


def _around(reading: Reading) -> str:
    """What the row says besides its code: the prompt, earlier turns, the text around the blocks."""
    sample = reading.sample
    turns = [str(turn.get("content") or "") for turn in sample.messages if turn.get("content") != sample.response]
    return "\n".join([sample.prompt, *turns, reading.outside_code if "```" in sample.response else ""])


def _explained(reading: Reading) -> bool:
    if "```" not in reading.sample.response:
        return False
    around = reading.outside_code.strip()
    return len(around) >= _EXPLAINED_CHARS["zh" if any("\u4e00" <= letter <= "\u9fff" for letter in around) else "en"]


def _unresolved(tree: ast.Module) -> set[str]:
    """Names that are read and bound in no scope. Empty after a star import, which may bind anything."""
    read, bound = set[str](), set(_BUILTIN)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, _SCOPES):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            if node.name == "*":
                return set()
            bound.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            bound.update(node.names)
    return read - bound


def _undefined_calls(snippet: Snippet) -> set[str]:
    """Functions called by their bare name that are written nowhere else in the block, which brings nothing in from outside."""
    if _COMES_FROM_OUTSIDE.search(snippet.text):
        return set()
    tokens = list(lexed(snippet))
    named = [value for kind, value in tokens if within(kind, Name)]
    called = {
        value
        for place, (kind, value) in enumerate(tokens[:-1])
        if within(kind, Name)
        and not within(kind, Name.Builtin)
        and tokens[place + 1][1].startswith("(")
        and (not place or tokens[place - 1][1] not in {".", "function", "new"})
    }
    return {name for name in called if named.count(name) == 1 and name not in _JAVASCRIPT_GLOBALS and not _defines(snippet.text, name)}


def _defines(text: str, name: str) -> bool:
    """`name(...) {` is the definition of a method."""
    return re.search(rf"\b{re.escape(name)}\s*\([^()]*\)\s*(?::[^{{}}]*)?\{{", text) is not None


def _constants(snippet: Snippet) -> int:
    """Statements, where all of them bind constants; 0 where the code does anything else."""
    if snippet.tree is None:
        return 0 if snippet.language == "python" else _constants_by_tokens(snippet)
    body = [node for node in snippet.tree.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    if not all(isinstance(node, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.Pass)) for node in body):
        return 0
    assigned = [node for node in body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    does = any(
        isinstance(node, (ast.Call, ast.BinOp, ast.Lambda, ast.comprehension, ast.Await)) for one in assigned for node in ast.walk(one)
    )
    return 0 if does else len(assigned)


def _constants_by_tokens(snippet: Snippet) -> int:
    if "(" in snippet.text or _MAY_BRANCH.search(snippet.text):
        return 0
    tokens = [(kind, value) for kind, value in lexed(snippet) if not within(kind, Comment)]
    if any(value in {"+", "*", "/", "function", "fn", "func", "=>", "return"} for _, value in tokens):
        return 0
    return sum(value.strip() == "=" for _, value in tokens)


def _branches(snippet: Snippet) -> int:
    """Places where the code branches, 0 where it is commented. McCabe's count without the 1 for each function."""
    if snippet.tree is not None:
        if "#" in snippet.text or any(
            isinstance(node, (*_SCOPES, ast.Module)) and ast.get_docstring(node) for node in ast.walk(snippet.tree)
        ):
            return 0
        return sum(
            isinstance(node, _BRANCHES) + (len(node.values) - 1 if isinstance(node, ast.BoolOp) else 0) for node in ast.walk(snippet.tree)
        )
    tokens = list(lexed(snippet))
    if any(within(kind, Comment) and not (within(kind, Comment.Preproc) or within(kind, Comment.PreprocFile)) for kind, _ in tokens):
        return 0
    return sum(within(kind, Keyword) and value.lower() in _BRANCH_WORDS for kind, value in tokens)


RULES = (Rule("not_self_contained", not_self_contained), Rule("trivial", trivial), Rule("uncommented", uncommented))
