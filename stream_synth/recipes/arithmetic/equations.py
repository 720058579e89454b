"""Basic equations: powers, roots, logarithms, trigonometric values, pi and e, exact or to a stated number of decimals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from random import Random
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["power", "root", "logarithm", "trigonometry", "constant"]
KINDS: tuple[Kind, ...] = ("power", "root", "logarithm", "trigonometry", "constant")
WORKING_DIGITS = 40  # of the decimals behind a rounded answer: twelve places are asked for at most
PI, E = "3.14159265358979323846", "2.71828182845904523536"
MAX_PLACES = 6  # of rounded values; doubles, which check them, are good for fifteen
# sine of 0, 30, 45, 60, 90 degrees; cosine runs the other way
_SINES = {0: "0", 30: "1/2", 45: "\\frac{\\sqrt{2}}{2}", 60: "\\frac{\\sqrt{3}}{2}", 90: "1"}
_TANGENTS = {0: "0", 30: "\\frac{\\sqrt{3}}{3}", 45: "1", 60: "\\sqrt{3}"}


@dataclass(frozen=True, slots=True)
class Equation:
    """A problem and its answer as written. `places` 0: the answer is exact."""

    kind: Kind
    problem: str
    answer: str
    places: int = 0


def draw(rng: Random, kind: Kind) -> Equation:
    """One equation of this kind."""
    match kind:
        case "power":
            base, exponent = rng.randint(2, 25), rng.randint(2, 6)
            return Equation(kind, f"{base}^{exponent}", str(base**exponent))
        case "root":
            return _root(rng)
        case "logarithm":
            return _logarithm(rng)
        case "trigonometry":
            return _trigonometry(rng)
        case _:
            places = rng.randint(2, 12)
            name, digits = rng.choice((("π", PI), ("e", E)))
            return Equation(kind, name, rounded(Decimal(digits), places), places)


def rounded(number: Decimal, places: int) -> str:
    """To this many decimals, half up, zeros kept."""
    with localcontext(prec=WORKING_DIGITS):
        return str(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _root(rng: Random) -> Equation:
    if rng.random() < 0.5:  # half of them exact
        degree, base = rng.choice((2, 3)), rng.randint(2, 30)
        sign = "√" if degree == 2 else "∛"
        return Equation("root", f"{sign}{base**degree}", str(base))
    number, places = rng.randint(2, 999), rng.randint(2, MAX_PLACES)
    with localcontext(prec=WORKING_DIGITS):
        root = Decimal(number).sqrt()
    return Equation("root", f"√{number}", rounded(root, places), places)


def _logarithm(rng: Random) -> Equation:
    if rng.random() < 0.5:
        base, exponent = rng.randint(2, 12), rng.randint(1, 6)
        return Equation("logarithm", f"log_{base}({base**exponent})", str(exponent))
    number, places = rng.randint(2, 999), rng.randint(2, MAX_PLACES)
    with localcontext(prec=WORKING_DIGITS):
        name, exact = rng.choice((("ln", Decimal(number).ln()), ("lg", Decimal(number).log10())))
    return Equation("logarithm", f"{name} {number}", rounded(exact, places), places)


def _trigonometry(rng: Random) -> Equation:
    name = rng.choice(("sin", "cos", "tan"))
    if rng.random() < 0.5:
        table = _TANGENTS if name == "tan" else _SINES
        angle = rng.choice(sorted(table))
        answer = table[90 - angle] if name == "cos" else table[angle]
        return Equation("trigonometry", f"{name} {angle}°", answer)
    angle, places = rng.randint(1, 89), rng.randint(2, MAX_PLACES)
    return Equation("trigonometry", f"{name} {angle}°", rounded(_series(name, angle), places), places)


def _series(name: str, angle: int) -> Decimal:
    """By Taylor's series; what checks it uses doubles."""
    with localcontext(prec=WORKING_DIGITS):
        x = Decimal(PI) * angle / 180
        sine, cosine = _alternating(x, 1, x), _alternating(Decimal(1), 0, x)
        return {"sin": sine, "cos": cosine, "tan": sine / cosine}[name]


def _alternating(first: Decimal, power: int, x: Decimal) -> Decimal:
    """Taylor's series with falling signs from its first term, x^power / power!."""
    total, term = first, first
    for _ in range(20):  # (π/2)^40 / 40! is below 1e-40
        term = -term * x * x / ((power + 1) * (power + 2))
        total, power = total + term, power + 2
    return total
