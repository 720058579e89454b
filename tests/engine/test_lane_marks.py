from __future__ import annotations

from stream_synth.engine.bugs import Bugs
from stream_synth.engine.expand import Expansion
from stream_synth.engine.lane import Lane
from stream_synth.engine.target import Target
from stream_synth.gates import GateHome
from stream_synth.gates.toxicity import Toxicity, ToxicityOptions
from stream_synth.values import Sample, Seed


def test_a_mark_of_a_passing_verdict_reaches_the_row() -> None:
    """`evidence["meta"]` joins the row's meta, which keeps what it had."""
    lane = Lane({"r": (Toxicity(ToxicityOptions(action="flag"), GateHome()),)}, Target(None, None), Bugs(20), 0)
    rows = tuple(
        Sample("q", text, slot=str(i), id=str(i), recipe="r", meta={"topic": "x"})
        for i, text in enumerate(("你这个废物，我要杀了你。", "你好。"))
    )

    record = lane.settle(lane.look_over([Expansion(Seed("s", {}, recipe="r"), rows)]), at=0.0)[0]

    assert [decision.accepted for decision in record.decisions] == [True, True]
    assert [decision.sample.meta for decision in record.decisions] == [{"topic": "x", "toxic": ["abuse", "threat"]}, {"topic": "x"}]
