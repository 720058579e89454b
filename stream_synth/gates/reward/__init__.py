"""Scores for rows: one gate, four scorers."""

from __future__ import annotations

from stream_synth.gates.reward.gate import Reward
from stream_synth.gates.reward.options import RewardOptions

__all__ = ["Reward", "RewardOptions"]
