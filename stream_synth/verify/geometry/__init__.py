"""Plane geometry: constructions and facts in words, and a deduction engine that finds what follows from them."""

from __future__ import annotations

from stream_synth.verify.geometry.constructions import Clause, clauses_in, drawn, needed_for
from stream_synth.verify.geometry.engine import Closure, Fact, closure_of, engine_sandbox
from stream_synth.verify.geometry.wording import fact_in_words, figure_in_words, proof_in_words

__all__ = [
    "Clause",
    "Closure",
    "Fact",
    "clauses_in",
    "closure_of",
    "drawn",
    "engine_sandbox",
    "fact_in_words",
    "figure_in_words",
    "needed_for",
    "proof_in_words",
]
