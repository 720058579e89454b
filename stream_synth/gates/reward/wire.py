"""Served reward models: what each kind of server is asked, and where its number stands in the reply. No I/O."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from stream_synth.gates.reward.options import Style
from stream_synth.gates.reward.scoring import answer_of
from stream_synth.values import Message, Request, Sample

ROUTES: dict[Style, str] = {
    "vllm_classify": "/classify",
    "vllm_pooling": "/pooling",
    "vllm_score": "/score",
    "rerank": "/rerank",
    "sglang_classify": "/classify",
}
RAW: Mapping[str, Any] = {"use_activation": False}  # vLLM: logits instead of their sigmoid
PLAIN = "{prompt}\n\n{response}"


class WrongShape(ValueError):
    """The reply holds no score where this style puts one."""


def request_of(style: Style, sample: Sample, template: str, extra: Mapping[str, Any]) -> Request:
    """One row's request. Chat models get a conversation; SGLang takes text, and so does any server with a `template`."""
    body: dict[str, Any]
    answer = answer_of(sample)
    rendered = (template or PLAIN).replace("{response}", "\0").replace("{prompt}", sample.prompt).replace("\0", answer, 1)
    match style:
        case "vllm_score":
            body = {"text_1": sample.prompt, "text_2": answer}
        case "rerank":
            body = {"query": sample.prompt, "documents": [answer]}
        case "sglang_classify":
            body = {"text": [rendered]}
        case _ if template:
            body = {"input": [rendered]}
        case _:
            body = {"messages": conversation(sample)}
    if style == "vllm_pooling":
        body["task"] = "classify"
    return Request(params={**body, **extra}, route=ROUTES[style])


def conversation(sample: Sample) -> list[Message]:
    """The turns that are scored, the answer last."""
    answer = {"role": "assistant", "content": answer_of(sample)}
    before = [turn for turn in sample.messages if turn.get("role") != "assistant" or turn is not sample.messages[-1]]
    return [*(before or [{"role": "user", "content": sample.prompt}]), answer]


def number_in(style: Style, text: str) -> float:
    """The score in a reply. Raises `WrongShape` with what is wrong."""
    try:
        parsed = json.loads(text)
        found = _found(style, parsed)
    except (json.JSONDecodeError, KeyError, IndexError, TypeError) as error:
        raise WrongShape(f"no {style} reply: {type(error).__name__} {error}") from error
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise WrongShape(f"the score is {str(found)[:60]!r}, not a number")
    return float(found)


def _found(style: Style, parsed: Any) -> Any:  # noqa: ANN401  # whatever the server sent
    match style:
        case "vllm_classify":
            return _only(_only(parsed["data"])["probs"])
        case "vllm_pooling":
            pooled = _only(parsed["data"])["data"]
            return _only(_only(pooled) if isinstance(pooled[0], list) else pooled)
        case "vllm_score":
            return _only(parsed["data"])["score"]
        case "rerank":
            return _only(parsed["results"])["relevance_score"]
        case "sglang_classify":
            return _only((parsed if isinstance(parsed, list) else [parsed])[0]["embedding"])


def _only(several: Any) -> Any:  # noqa: ANN401
    """The one element: two numbers are the classes of a classifier, not a reward."""
    if not isinstance(several, list) or len(several) != 1:
        raise WrongShape(f"expected a list of one, got {str(several)[:60]}")
    return several[0]


def logit(probability: float) -> float:
    """The raw score whose sigmoid this is; a saturated one counts as 30 beyond the middle of the scale."""
    bounded = min(max(probability, 1e-13), 1 - 1e-13)
    return math.log(bounded / (1 - bounded))
