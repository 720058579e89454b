from __future__ import annotations

import json
from typing import Any

import pytest

from stream_synth.gates.reward.options import Style
from stream_synth.gates.reward.wire import WrongShape, logit, number_in, request_of
from stream_synth.values import Sample

SAMPLE = Sample("问题 {response}？", "回答 {prompt}。")
GOOD: dict[Style, Any] = {
    "vllm_classify": {"data": [{"index": 0, "label": "LABEL_0", "probs": [2.5], "num_classes": 1}]},
    "vllm_pooling": {"data": [{"index": 0, "object": "pooling", "data": [2.5]}]},
    "vllm_score": {"data": [{"index": 0, "object": "score", "score": 2.5}]},
    "rerank": {"results": [{"index": 0, "document": {"text": "x"}, "relevance_score": 2.5}]},
    "sglang_classify": [{"embedding": [2.5], "meta_info": {}}],
}
BODIES: dict[Style, Any] = {
    "vllm_classify": {"messages": [{"role": "user", "content": SAMPLE.prompt}, {"role": "assistant", "content": SAMPLE.response}]},
    "vllm_pooling": {
        "messages": [{"role": "user", "content": SAMPLE.prompt}, {"role": "assistant", "content": SAMPLE.response}],
        "task": "classify",
    },
    "vllm_score": {"text_1": SAMPLE.prompt, "text_2": SAMPLE.response},
    "rerank": {"query": SAMPLE.prompt, "documents": [SAMPLE.response]},
    "sglang_classify": {"text": [f"{SAMPLE.prompt}\n\n{SAMPLE.response}"]},
}


@pytest.mark.parametrize("style", list(GOOD))
def test_each_style_has_its_request_and_its_number(style: Style) -> None:
    """As the servers document them."""
    assert request_of(style, SAMPLE, "", {}).params == BODIES[style]
    assert number_in(style, json.dumps(GOOD[style])) == 2.5


def test_pooling_may_nest_its_number() -> None:
    """One list for each token that is pooled."""
    assert number_in("vllm_pooling", '{"data": [{"data": [[-1.5]]}]}') == -1.5


def test_a_template_turns_a_row_into_text() -> None:
    """Braces in a row's own text stay what they are."""
    request = request_of("vllm_classify", SAMPLE, "Q: {prompt} A: {response}", {"use_activation": False})

    assert request.params == {"input": [f"Q: {SAMPLE.prompt} A: {SAMPLE.response}"], "use_activation": False}


@pytest.mark.parametrize("style", list(GOOD))
@pytest.mark.parametrize(
    "reply",
    ["", "null", "[]", "{}", '{"data": []}', '{"data": [{"probs": [0.3, 0.7], "data": [0.3, 0.7], "score": null}]}', '{"results": [{}]}'],
)
def test_another_shape_is_no_score(style: Style, reply: str) -> None:
    """Two classes are no reward either."""
    with pytest.raises(WrongShape):
        number_in(style, reply)


def test_no_number_is_no_score() -> None:
    """NaN, text and truth values."""
    for wrong in ("NaN", '"0.5"', "true", "Infinity"):
        with pytest.raises(WrongShape):
            number_in("vllm_score", f'{{"data": [{{"score": {wrong}}}]}}')


def test_a_saturated_probability_stays_finite() -> None:
    """0 and 1 come from rounding."""
    assert logit(0.5) == 0.0
    assert logit(1.0) == pytest.approx(-logit(0.0), rel=0.01)
