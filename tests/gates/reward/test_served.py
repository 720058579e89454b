from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from stream_synth.errors import EndpointDown
from stream_synth.gates import GateHome
from stream_synth.gates.reward import Reward, RewardOptions
from stream_synth.gates.reward.options import Style
from tests.gates.reward.asking import SAMPLE, chatting, verdict_on


@pytest.mark.parametrize(("style", "reply"), [("vllm_classify", {"probs": [1.5]}), ("vllm_pooling", {"pooled": [1.5]})])
async def test_a_served_score_is_calibrated(tmp_path: Path, style: Style, reply: dict[str, object]) -> None:
    """A raw score goes through the calibration of its language; the verdict names both and the scorer."""
    options = RewardOptions(scorer="served", style=style, calibration={"en": [[0, 0], [3, 1]]})

    async with chatting(tmp_path, [reply]) as chat:
        verdict = await verdict_on(SAMPLE, options, chat)

    assert (verdict.passed, verdict.score, verdict.raw_score, verdict.scorer) == (True, 0.5, 1.5, f"served:{style}")


async def test_probabilities_are_turned_back_into_raw_scores(tmp_path: Path) -> None:
    """A server that cannot leave its sigmoid out is found by the probe."""
    async with chatting(tmp_path, [{"probs": [0.9]}]) as chat:
        verdict = await verdict_on(SAMPLE, RewardOptions(scorer="served"), chat)

    assert verdict.raw_score == pytest.approx(math.log(9), abs=1e-3)
    assert verdict.evidence["probability"] == 0.9


async def test_a_low_score_is_rejected_with_its_bound(tmp_path: Path) -> None:
    """Lower bounds only."""
    async with chatting(tmp_path, [{"probs": [-4.0]}]) as chat:
        verdict = await verdict_on(SAMPLE, RewardOptions(scorer="served", min_score=0.3), chat)

    assert (verdict.passed, verdict.reason, verdict.evidence["min_score"]) == (False, "low_score", 0.3)


@pytest.mark.parametrize("reply", [{"probs": [0.2, 0.8]}, {"probs": []}])
async def test_a_reply_of_another_shape_is_no_score(tmp_path: Path, reply: dict[str, object]) -> None:
    """Never a 0: the score is missing and the reason says so."""
    async with chatting(tmp_path, [reply]) as chat:
        verdict = await verdict_on(SAMPLE, RewardOptions(scorer="served", activation="off"), chat)

    assert (verdict.passed, verdict.reason, verdict.score, verdict.raw_score) == (False, "unreadable", None, None)


async def test_a_refused_request_is_no_score(tmp_path: Path) -> None:
    """This server takes no field `text`: the row's call failed for good, and only the row pays."""
    async with chatting(tmp_path, []) as chat:
        verdict = await verdict_on(SAMPLE, RewardOptions(scorer="served", style="sglang_classify"), chat)

    assert (verdict.passed, verdict.reason, verdict.score) == (False, "call_failed", None)
    assert verdict.evidence["kind"] == "client_error"


async def test_a_server_without_that_path_stops_the_run_with_the_remedy(tmp_path: Path) -> None:
    """No row could ever be scored there."""
    async with chatting(tmp_path, []) as chat:
        with pytest.raises(EndpointDown, match="no such path"):
            await verdict_on(SAMPLE, RewardOptions(scorer="served", style="rerank"), chat)


async def test_the_probe_is_asked_once(tmp_path: Path) -> None:
    """Two questions at the start, then one a row; a row that is asked again is found in the journal."""
    gate = Reward(RewardOptions(scorer="served"), GateHome())
    rows = [replace(SAMPLE, id=f"r{number}", slot=str(number)) for number in range(3)]

    async with chatting(tmp_path, [{"probs": [2.0]}]) as chat:
        for row in (*rows, rows[0]):
            assert await gate.consult(row, chat) is None
        calls = chat.snapshot()

    assert (calls["calls"], calls["replayed"]) == (5, 1)
    assert gate.consults
    assert [gate.admit(row, None).score for row in rows] == [pytest.approx(0.8808, abs=1e-4)] * 3


def test_a_row_that_nobody_was_asked_about_passes_and_says_so() -> None:
    """As when existing files are checked without a model."""
    verdict = Reward(RewardOptions(scorer="served"), GateHome()).admit(SAMPLE, None)

    assert (verdict.passed, verdict.reason, verdict.score) == (True, "unasked", None)
