"""Figures, facts and proofs in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence

from stream_synth.verify.geometry.constructions import Clause
from stream_synth.verify.geometry.engine import Fact

_CLAUSES = {
    "triangle": ("ABC 是三角形", "ABC is a triangle"),
    "midpoint": ("{0} 是线段 {1}{2} 的中点", "{0} is the midpoint of {1}{2}"),
    "mirror": ("{0} 是 {1} 关于点 {2} 的对称点", "{0} is the reflection of {1} in the point {2}"),
    "on_line": ("{0} 在直线 {1}{2} 上", "{0} lies on line {1}{2}"),
    "foot": ("{0} 是从 {1} 向直线 {2}{3} 所作垂线的垂足", "{0} is the foot of the perpendicular from {1} to line {2}{3}"),
    "reflect": ("{0} 是 {1} 关于直线 {2}{3} 的对称点", "{0} is the reflection of {1} in line {2}{3}"),
    "circumcenter": ("{0} 是三角形 {1}{2}{3} 的外心", "{0} is the circumcentre of triangle {1}{2}{3}"),
    "orthocenter": ("{0} 是三角形 {1}{2}{3} 的垂心", "{0} is the orthocentre of triangle {1}{2}{3}"),
    "incenter": ("{0} 是三角形 {1}{2}{3} 的内心", "{0} is the incentre of triangle {1}{2}{3}"),
    "parallelogram": ("{1}{2}{3}{0} 是平行四边形", "{1}{2}{3}{0} is a parallelogram"),
    "on_circum": ("{0} 在过 {1}、{2}、{3} 的圆上", "{0} lies on the circle through {1}, {2} and {3}"),
    "on_pline": ("{0} 在过 {1} 且平行于 {2}{3} 的直线上", "{0} lies on the line through {1} parallel to {2}{3}"),
    "on_tline": ("{0} 在过 {1} 且垂直于 {2}{3} 的直线上", "{0} lies on the line through {1} perpendicular to {2}{3}"),
    "intersection_ll": ("{0} 是直线 {1}{2} 与 {3}{4} 的交点", "{0} is where lines {1}{2} and {3}{4} meet"),
}
_FACTS = {
    "para": ("{0}{1} ∥ {2}{3}", "{0}{1} ∥ {2}{3}"),
    "perp": ("{0}{1} ⊥ {2}{3}", "{0}{1} ⊥ {2}{3}"),
    "cong": ("{0}{1} = {2}{3}", "{0}{1} = {2}{3}"),
    "coll": ("{0}、{1}、{2} 三点共线", "{0}, {1} and {2} are collinear"),
    "midp": ("{0} 是 {1}{2} 的中点", "{0} is the midpoint of {1}{2}"),
    "circle": ("{0} 是过 {1}、{2}、{3} 的圆的圆心", "{0} is the centre of the circle through {1}, {2} and {3}"),
    "eqangle": ("∠({0}{1}, {2}{3}) = ∠({4}{5}, {6}{7})", "∠({0}{1}, {2}{3}) = ∠({4}{5}, {6}{7})"),
    "rconst": ("{0}{1} : {2}{3} = {4}", "{0}{1} : {2}{3} = {4}"),
    "eqratio": ("{0}{1} : {2}{3} = {4}{5} : {6}{7}", "{0}{1} : {2}{3} = {4}{5} : {6}{7}"),
    **dict.fromkeys(("simtri", "simtrir"), ("△{0}{1}{2} ∽ △{3}{4}{5}", "△{0}{1}{2} ∼ △{3}{4}{5}")),
    **dict.fromkeys(("contri", "contrir"), ("△{0}{1}{2} ≌ △{3}{4}{5}", "△{0}{1}{2} ≅ △{3}{4}{5}")),
}


def figure_in_words(clauses: Sequence[Clause], lang: str) -> str:
    """The clauses as one sentence, or one for each."""
    said = [_CLAUSES[one.kind][lang != "zh"].format(one.point.upper(), *(letter.upper() for letter in one.of)) for one in clauses]
    return "，".join(said) + "。" if lang == "zh" else " ".join(f"{one}." for one in said)


def fact_in_words(fact: str, lang: str) -> str:
    """A fact; of a kind without words, its notation."""
    kind, *points = fact.split()
    named = [point.upper() for point in points]
    if kind == "cyclic":
        return "、".join(named) + " 共圆" if lang == "zh" else f"{', '.join(named)} lie on one circle"
    return _FACTS[kind][lang != "zh"].format(*named) if kind in _FACTS else fact


def proof_in_words(fact: Fact, lang: str) -> str:
    """Numbered: what is given, then each step with the numbers it rests on and its rule; the last one is the fact."""
    given, therefore = ("已知", "由") if lang == "zh" else ("given", "from")
    told = {one: str(number) for number, one in enumerate(fact.premises, 1)}
    reasons = [(one, given) for one in fact.premises]
    for number, step in enumerate(fact.steps, len(fact.premises) + 1):
        rests = ", ".join(told[one] for one in step["from"] if one in told)
        reasons.append((step["fact"], f"{therefore} {rests}; {step['rule']}" if rests else str(step["rule"])))
        told[step["fact"]] = str(number)
    line = "{}. {}（{}）" if lang == "zh" else "{}. {} ({})"
    return "\n".join(line.format(number, fact_in_words(one, lang), why) for number, (one, why) in enumerate(reasons, 1))
