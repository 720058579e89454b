"""`configs/open_agreement.yaml`."""

from __future__ import annotations

from stream_synth.recipes.self_consistency import SelfConsistency
from tests.shipped.case import Case

OF_THE_VOTE = {"vote/minority", "vote/tie", "vote/low_share", "vote/unreadable_groups", "vote/call_failed", "keep/over_keep"}

CASE = Case(
    config="open_agreement",
    strict=("recipe.min_share=0.6",),
    out_of_reach="several answers.*Why do we dream|同一个问题的几个回答.*人为什么会做梦",
    undrawn=dict.fromkeys(SelfConsistency.card.rejects.keys() - OF_THE_VOTE, "drawn by self_consistency"),
)
