"""Arithmetic rows computed again from their text, by other means than those that wrote them."""

from __future__ import annotations

import math
import re

from stream_synth.recipes.arithmetic.scratchpad import PLACES
from stream_synth.values import Rejected, Sample
from stream_synth.verify import evaluate, same_answer

_COLUMN = re.compile(r"(\d+) \+ (\d+) \+ (?:carry|进位) (\d+) = (\d+)")
_PLACE = re.compile(r"^[^\d]+?(?:：写|: digit) (\d)(?:，进|, carry) (\d)$", re.MULTILINE)
_REVERSED = re.compile(r"→ (\d+)")
_LOG = re.compile(r"^log_(\d+)\((\d+)\)$")
SLACK = 1e-9  # of a double against an exact or rounded answer


def recomputed(sample: Sample) -> Sample | Rejected:
    """The sample, or `wrong_answer` at step `recompute` with the line that does not hold."""
    checks = {"expression": _expression, "addition": _addition, "equation": _equation}
    fault = checks[sample.meta["task"]](sample)
    if fault is None:
        return sample
    return Rejected(sample, "recompute", "wrong_answer", evidence={"expected": sample.meta["answer"], "got": fault})


def _expression(sample: Sample) -> str | None:
    """Every line has the value of the problem, and the last one is the answer."""
    lines = [line.removeprefix("= ") for line in sample.response.split("\n")]
    expected = evaluate(sample.meta["problem"])
    wrong = [line for line in lines if expected is None or evaluate(line) != expected]
    if wrong:
        return wrong[0]
    return None if lines[-1] == sample.meta["answer"] else lines[-1]


def _addition(sample: Sample) -> str | None:
    """The sum, the digits of every place, and the number of carries."""
    problem, form = sample.meta["problem"], sample.meta["format"]
    left, right = (int(number) for number in problem.split(" + "))
    total = str(left + right)
    last = sample.response.rsplit("\n", 1)[-1]
    if last != f"{problem} = {total}" or total != sample.meta["answer"]:
        return last
    if _carries(left, right) != sample.meta["carries"]:
        return f"{sample.meta['carries']} carries"
    if form == "reversed":
        turned = _REVERSED.search(sample.response)
        return None if turned and turned[1] == total[::-1] else sample.response
    if form == "simplified":
        places = _PLACE.findall(sample.response)
        digits = "".join(digit for digit, _ in reversed(places))
        return None if places and (digits == total or f"{places[-1][1]}{digits}" == total) else sample.response
    if form == "detailed":
        columns = [tuple(map(int, column)) for column in _COLUMN.findall(sample.response)]
        wrong = [f"{one} + {other} + {carry} = {got}" for one, other, carry, got in columns if one + other + carry != got]
        return wrong[0] if wrong else None if len(columns) == sample.meta["digits"] else sample.response
    return None


def _carries(left: int, right: int) -> int:
    """A place carries when what stands from it downwards sums to more than fits there."""
    return sum(left % 10**place + right % 10**place >= 10**place for place in range(1, len(PLACES["en"]) + 1))


def _equation(sample: Sample) -> str | None:
    """The problem's value as a double, against the answer."""
    answer, places = sample.meta["answer"], sample.meta["places"]
    value = _double(sample.meta["problem"])
    if not sample.response.rstrip("$").endswith(answer) or value is None:
        return sample.response
    if places:
        right = abs(value - float(answer)) <= 0.5 * 10**-places + SLACK * max(abs(value), 1) and len(answer.partition(".")[2]) == places
    else:
        right = same_answer(answer, f"{value:.12f}")
    return None if right else answer


def _double(problem: str) -> float | None:
    """What a pocket calculator says; None for a problem it does not know."""
    logarithm = _LOG.match(problem)
    name, _, rest = problem.partition(" ")
    if problem in {"π", "e"}:
        return math.pi if problem == "π" else math.e
    if problem[0] in "√∛":
        return float(int(problem[1:]) ** (1 / (2 if problem[0] == "√" else 3)))
    if logarithm:
        return math.log(int(logarithm[2])) / math.log(int(logarithm[1]))
    if name in {"sin", "cos", "tan"}:
        return float(getattr(math, name)(math.radians(int(rest.rstrip("°")))))
    if name in {"ln", "lg"}:
        return math.log(int(rest)) if name == "ln" else math.log10(int(rest))
    exact = evaluate(problem)
    return None if exact is None else float(exact)
