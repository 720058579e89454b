"""Rules: cheap checks on the text of one row, each with a name, a threshold and its source."""

from __future__ import annotations

from stream_synth.gates.rules.gate import RULES, Rules
from stream_synth.gates.rules.options import RuleOptions

__all__ = ["RULES", "RuleOptions", "Rules"]
