"""Arithmetic by program: expressions, additions with scratchpads, basic equations."""

from __future__ import annotations

from stream_synth.recipes.arithmetic.recipe import Arithmetic

__all__ = ["Arithmetic"]
