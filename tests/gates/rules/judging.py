"""What every test of rules needs: one row judged, with the thresholds that matter set."""

from __future__ import annotations

from typing import Any

from stream_synth.gates import GateHome
from stream_synth.gates.rules import RuleOptions, Rules
from stream_synth.values import Sample, Verdict

EN = (
    "Energy can be saved at home in several ways. Close the windows in winter, choose efficient lamps, and wash at low temperatures. "
    "Small habits add up over a year, and most of them cost nothing at all."
)
ZH = (
    "在家中节约能源有很多方法。冬天关好门窗，选用节能灯，并且尽量用低温洗衣服。这些小习惯一年下来可以省下不少开支，而且几乎不需要任何投入。"
)
ASKS = {"en": "How can I save energy at home?", "zh": "如何在家中节约能源？"}


def verdict(response: str, *, prompt: str = ASKS["en"], options: dict[str, Any] | None = None, **fields: Any) -> Verdict:
    """What the rules say of one row."""
    return Rules(RuleOptions(**(options or {})), GateHome()).measure([Sample(prompt, response, **fields)])[0]


def reason(response: str, *, prompt: str = ASKS["en"], options: dict[str, Any] | None = None, **fields: Any) -> str:
    """The id of the rule that rejects it, "" where it passes."""
    return verdict(response, prompt=prompt, options=options, **fields).reason
