"""Additions balanced over digit length and number of carries, written out in the four formats of Lee et al. (arXiv:2307.03381).

Plain `a+b=c`, reversed digits, simplified (digit and carry per place), detailed (every step). The paper's finding: plain never
gets a small model to 100 %, the other three do with 1,000-2,500 samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["plain", "reversed", "simplified", "detailed"]
FORMATS: tuple[Format, ...] = ("plain", "reversed", "simplified", "detailed")
PLACES = {
    "zh": ("个位", "十位", "百位", "千位", "万位", "十万位", "百万位", "千万位", "亿位", "十亿位", "百亿位", "千亿位"),
    "en": (
        *("ones", "tens", "hundreds", "thousands", "ten thousands", "hundred thousands"),
        *("millions", "ten millions", "hundred millions", "billions", "ten billions", "hundred billions"),
    ),
}
MAX_DIGITS = len(PLACES["en"])


@dataclass(frozen=True, slots=True)
class Addition:
    """Two numbers of `digits` digits whose sum carries exactly `carries` times."""

    left: int
    right: int
    digits: int
    carries: int

    @property
    def problem(self) -> str:
        """As it is asked."""
        return f"{self.left} + {self.right}"


def draw(rng: Random, max_digits: int) -> Addition:
    """Digit length even over 1..max_digits, then the number of carries even over 0..length, then the places that carry."""
    digits = rng.randint(1, max_digits)
    carries = rng.randint(0, digits)
    carrying = set(rng.sample(range(digits), carries))
    left = right = carry = 0
    for place in range(digits):
        low = 1 if place == digits - 1 else 0
        one, other = rng.choice(_pairs(low, carry, carries=place in carrying))
        left, right = left + one * 10**place, right + other * 10**place
        carry = int(place in carrying)
    return Addition(left, right, digits, carries)


def write(addition: Addition, form: Format, lang: str) -> str:
    """The worked sum. The last number is the result, in the usual order."""
    total = str(addition.left + addition.right)
    equation = f"{addition.problem} = {total}"
    if form == "plain":
        return equation
    if form == "reversed":
        turned = f"{addition.problem} → {total[::-1]}"
        return f"{turned}（从个位写起）\n{equation}" if lang == "zh" else f"{turned} (ones first)\n{equation}"
    lines = _simplified(addition, lang) if form == "simplified" else _detailed(addition, lang)
    return "\n".join([*lines, equation])


def _pairs(low: int, carry: int, *, carries: bool) -> list[tuple[int, int]]:
    """Digit pairs that carry, or do not, with this carry coming in."""
    return [(one, other) for one in range(low, 10) for other in range(low, 10) if (one + other + carry >= 10) is carries]


def _columns(addition: Addition) -> list[tuple[int, int, int, int, int]]:
    """(left digit, right digit, carry in, digit, carry out) from the ones place up."""
    columns, carry = [], 0
    for place in range(addition.digits):
        one, other = addition.left // 10**place % 10, addition.right // 10**place % 10
        total = one + other + carry
        columns.append((one, other, carry, total % 10, total // 10))
        carry = total // 10
    return columns


def _simplified(addition: Addition, lang: str) -> list[str]:
    rows = [(PLACES[lang][place], digit, carry) for place, (_, _, _, digit, carry) in enumerate(_columns(addition))]
    if lang == "zh":
        return [f"{name}：写 {digit}，进 {carry}" for name, digit, carry in rows]
    return [f"{name}: digit {digit}, carry {carry}" for name, digit, carry in rows]


def _detailed(addition: Addition, lang: str) -> list[str]:
    left, right = (" ".join(str(number)) for number in (addition.left, addition.right))
    zh = lang == "zh"
    lines = [f"把两个数逐位对齐：[{left}] 和 [{right}]，各有 {addition.digits} 位。"] if zh else []
    lines = lines or [f"Line the digits up: [{left}] and [{right}], {addition.digits} each."]
    done = ""
    for place, (one, other, carry_in, digit, carry) in enumerate(_columns(addition)):
        done = f"{digit}{done}"
        total = one + other + carry_in
        name = PLACES[lang][place]
        if zh:
            lines.append(f"{name}：{one} + {other} + 进位 {carry_in} = {total}，写 {digit}，进 {carry}。已得 {done}。")
        else:
            lines.append(f"{name.capitalize()}: {one} + {other} + carry {carry_in} = {total}, write {digit}, carry {carry}. So far {done}.")
    last = _columns(addition)[-1][-1]
    if last:
        lines.append(f"最高位的进位 {last} 写在最前面。" if zh else f"The last carry {last} goes in front.")
    return lines
