"""Programs that are wrong by one small step: what a test must be able to tell from the right one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from stream_synth.verify.programs.syntax import parsed

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}


def mutants(program: str, most: int = 8) -> list[str]:
    """Up to `most` programs, each with one operator, constant or result changed, spread evenly over the program.

    The mutations are those of mutation testing (DeMillo, Lipton, Sayward 1978): relations, arithmetic, and/or, negated conditions,
    integers off by one, None become 0, results lost. Some may behave like the program; none is checked. Empty when it is no Python.
    """
    tree = parsed(program)
    if tree is None:
        return []
    places = [(number, change) for number, node in enumerate(ast.walk(tree)) for change in _changes(node)]
    step = max(1.0, len(places) / most)
    chosen = [places[int(turn * step)] for turn in range(min(most, len(places)))]
    return [ast.unparse(ast.fix_missing_locations(_changed(tree, *place))) for place in chosen]


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in _COMPARE:
            yield "compare"
        case ast.BinOp(op=op) if type(op) in _BINARY:
            yield "binary"
        case ast.AugAssign(op=op) if type(op) in _BINARY:
            yield "binary"
        case ast.BoolOp():
            yield "and_or"
        case ast.If() | ast.While():
            yield "negate"
        case ast.Constant(value=bool()):
            yield "flip"
        case ast.Constant(value=int()):
            yield "off_by_one"
        case ast.Constant(value=None):
            yield "zero"
        case ast.Return(value=ast.expr()):
            yield "lose"


def _changed(tree: ast.Module, number: int, change: str) -> ast.Module:
    whole = copy.deepcopy(tree)
    for place, found in enumerate(ast.walk(whole)):
        if place == number:
            _change(found, change)
            break
    return whole


def _change(node: ast.AST, change: str) -> None:
    match change, node:
        case "compare", ast.Compare():
            node.ops = [_COMPARE[type(node.ops[0])]()]
        case "binary", ast.BinOp() | ast.AugAssign():
            node.op = _BINARY[type(node.op)]()
        case "and_or", ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case "negate", ast.If() | ast.While():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case "flip", ast.Constant():
            node.value = not node.value
        case "off_by_one", ast.Constant(value=int(value)):
            node.value = value + 1
        case "zero", ast.Constant():
            node.value = 0
        case "lose", ast.Return():
            node.value = ast.Constant(None)
