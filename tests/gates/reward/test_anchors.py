from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from stream_synth.gates import GateHome
from stream_synth.gates.reward import Reward, RewardOptions
from stream_synth.gates.reward.anchors import anchors
from stream_synth.gates.reward.options import Scorer
from stream_synth.text import language
from tests.gates.reward.asking import chatting

GOOD, BAD = "correct: 5\nwell_formed: 5\nunambiguous: 5", "correct: 1\nwell_formed: 1\nunambiguous: 1"


def test_there_are_six_rows_in_each_language() -> None:
    """From a loop to a checked solution; no two alike."""
    rows = anchors()

    assert Counter(row.lang for row in rows) == {"zh": 6, "en": 6}
    assert all(language(row.prompt) == row.lang for row in rows)
    assert len({row.id for row in rows}) == len({row.prompt for row in rows}) == 12


async def test_each_anchor_gets_its_own_calibrated_score(tmp_path: Path) -> None:
    """An answer that cannot be read leaves that anchor out; a turn that was asked before costs nothing."""
    replies = [{"last": "四季四季|leaves turn leaves", "reply": BAD}, {"last": "150 km|长方形", "reply": "Well."}, {"reply": GOOD}]
    gate = Reward(RewardOptions(scorer="judge", calibration={"": [[0, 0], [1, 0.8]]}), GateHome())
    async with chatting(tmp_path, replies) as chat:
        first = await gate.anchored(chat, "reward:anchors:test", 0)
        calls = chat.snapshot()["calls"]
        again = await gate.anchored(chat, "reward:anchors:test", 0)
        free = chat.snapshot()["calls"]
        await gate.anchored(chat, "reward:anchors:test", 1)

    assert (first["zh/loop"], first["en/loop"], first["zh/excellent"]) == (0.0, 0.0, 0.8)
    assert first.keys() == {row.id for row in anchors()} - {"en/wrong", "zh/wrong"}
    assert (again, calls, free, chat.snapshot()["calls"]) == (first, 12, 12, 24)


async def test_a_scorer_that_computes_has_none(tmp_path: Path) -> None:
    """It cannot drift; neither is one watched that the user does not want watched."""
    scorers: tuple[Scorer, ...] = ("heuristic", "judge")
    gates = [Reward(RewardOptions(scorer=scorer, anchors_every=0), GateHome()) for scorer in scorers]
    async with chatting(tmp_path, [{"reply": GOOD}]) as chat:
        scores = await Reward(RewardOptions(), GateHome()).anchored(chat, "reward:anchors:test", 0)

    assert scores == {}
    assert [gate.anchors_every for gate in gates] == [0, 0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_anchors_span_the_scale(lang: str) -> None:
    """Even the screen for degenerate answers puts the loop last and the checked solution above it."""
    gate = Reward(RewardOptions(), GateHome())
    rows = {row.id: row for row in anchors() if row.lang == lang}

    scores = {name: verdict.raw_score or 0.0 for name, verdict in zip(rows, gate.measure(list(rows.values())), strict=True) if verdict}

    assert min(scores, key=lambda name: scores[name]) == f"{lang}/loop"
    assert scores[f"{lang}/excellent"] > scores[f"{lang}/off_topic"]
