"""Toxicity: a mark on the row, or a reason to reject it. Toxic text is no worse as text: what to do with it is the user's to say."""

from __future__ import annotations

from stream_synth.gates.toxicity.gate import Toxicity, ToxicityOptions

__all__ = ["Toxicity", "ToxicityOptions"]
