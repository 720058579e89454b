"""Formal statements and their proofs, checked by programs that are trusted for nothing else: Lean 4 and Metamath."""

from __future__ import annotations

from stream_synth.verify.proofs.lean import Lean
from stream_synth.verify.proofs.metamath import Metamath
from stream_synth.verify.proofs.statement import Check, Checker, Statement

__all__ = ["Check", "Checker", "Lean", "Metamath", "Statement"]
