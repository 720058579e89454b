from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import GateHome
from stream_synth.gates.reward import Reward, RewardOptions
from stream_synth.gates.reward.features import NAMES
from stream_synth.gates.reward.head import Head, load_head, shipped_head
from stream_synth.values import Sample, Verdict

SOUND = [
    Sample("How do plants make food?", "Plants make food by photosynthesis: light, water and carbon dioxide become sugar and oxygen."),
    Sample("植物是怎么制造养分的？", "植物通过光合作用制造养分：它们吸收阳光、水和二氧化碳，合成糖类，并释放氧气。"),
    Sample("What is 6 times 7?", "42"),
    Sample("法国的首都是哪里？", "巴黎"),
    Sample("判断情感：今天真开心。", "积极"),
    Sample("Print hello in Python.", "```python\nprint('hello')\n```"),
    Sample("小明有 3 个苹果，又买了 2 个，一共几个？", "3 + 2 = 5，所以一共有 5 个苹果。\n\n\\boxed{5}"),
]
DEGENERATE = [
    Sample("Tell me about cats.", "the cat the cat the cat the cat " * 40),
    Sample("请写一首诗。", "加油加油加油加油" * 60),
    Sample("Explain gravity.", ""),
    Sample("解释重力。", " \n "),
]


def verdict(sample: Sample, options: RewardOptions | None = None) -> Verdict:
    gate = Reward(options or RewardOptions(), GateHome())
    measured = gate.measure([sample])
    return gate.look([sample], measured)[0] or gate.admit(sample, measured[0])


@pytest.mark.parametrize("sample", SOUND)
def test_ordinary_rows_pass_by_default(sample: Sample) -> None:
    """Also the shortest right answers; the verdict names the scorer and both scores."""
    found = verdict(sample)

    assert found.passed
    assert found.scorer == shipped_head().name
    assert found.score is not None
    assert 0.05 <= found.score <= 1
    assert found.raw_score is not None


@pytest.mark.parametrize("sample", DEGENERATE)
def test_degenerate_answers_fail_by_default(sample: Sample) -> None:
    """Loops and empty answers; an empty one gets no score at all."""
    found = verdict(sample)

    assert not found.passed
    assert found.reason == ("low_score" if sample.response.strip() else "empty")
    assert (found.raw_score is None) == (found.reason == "empty")


@pytest.mark.parametrize(
    ("prompt", "better", "worse"),
    [
        (
            "How can I sleep better?",
            "To sleep better, go to bed at the same time each night, keep the bedroom dark, and leave all screens outside.",
            "Shares closed higher on Friday, and analysts expect that the rates of the euro area may fall again in spring.",
        ),
        (
            "怎样才能睡得更好？",
            "想睡得更好，可以每天按时上床，保持卧室安静和黑暗，睡前一小时不看手机，也不要喝咖啡。",
            "周五股市收高，分析师预计欧元区的利率可能在春天再次下调，黄金的价格也随之上涨了一些。",
        ),
    ],
)
def test_an_answer_on_the_topic_scores_higher(prompt: str, better: str, worse: str) -> None:
    """Of much the same length and equally well written: only the bond with the question differs."""
    on_topic, off_topic = verdict(Sample(prompt, better)), verdict(Sample(prompt, worse))

    assert on_topic.raw_score is not None
    assert off_topic.raw_score is not None
    assert on_topic.raw_score > off_topic.raw_score


@pytest.mark.parametrize("text", ["\ud800", "\x00", "?", "是" * 300_000, "x " * 500_000])
def test_strange_texts_get_a_verdict(text: str) -> None:
    """Never a crash."""
    assert isinstance(verdict(Sample(text, text)).passed, bool)


def test_a_pair_is_scored_by_its_preferred_answer() -> None:
    """Rows for preference training carry no response."""
    pair = Sample("How do plants make food?", "", chosen=SOUND[0].response, rejected="No idea.")

    assert verdict(pair).score == verdict(SOUND[0]).score


def test_a_head_of_ones_own_scores_in_its_own_scale(tmp_path: Path) -> None:
    """`head: FILE`, written and read again."""
    weights = np.zeros(len(NAMES))
    weights[NAMES.index("list_lines")] = 2.0
    path = tmp_path / "lists.json"
    path.write_text(Head("lists", {"": weights}, bias=-1.0).to_json(), encoding="utf-8")

    found = verdict(Sample("Name fruits.", "1. apple\n2. pear\n3. plum"), RewardOptions(head=str(path)))

    assert found.scorer == "lists"
    assert found.raw_score == pytest.approx(-0.4)
    assert load_head(path).weights[""].tolist() == weights.tolist()


@pytest.mark.parametrize(("text", "problem"), [("{", "is no head"), ('{"format": 9}', "format 9"), ("[]", "is no head")])
def test_a_file_that_is_no_head_is_a_configuration_error(tmp_path: Path, text: str, problem: str) -> None:
    """Named before the run starts."""
    path = tmp_path / "head.json"
    path.write_text(text)

    with pytest.raises(ConfigError, match=problem):
        Reward(RewardOptions(head=str(path)), GateHome())


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"min_score": 2.0}, "between 0 and 1"),
        ({"scorer": "cross_encoder"}, "model is missing"),
        ({"min_marks": {"nice": 3}}, "correct, well_formed, unambiguous"),
        ({"calibration": {"": [[1, 2, 3]]}}, "calibration"),
        ({"template": "{prompt}"}, "needs"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], problem: str) -> None:
    """At construction, with the remedy."""
    with pytest.raises(ConfigError, match=problem):
        RewardOptions(**options)  # type: ignore[arg-type]


def test_the_default_scorer_needs_no_neural_library() -> None:
    """Only gates that name a model import one."""
    before = set(sys.modules)

    verdict(SOUND[0])

    assert not {"torch", "transformers", "sentence_transformers"} & (set(sys.modules) - before)
    assert not Reward(RewardOptions(), GateHome()).consults
