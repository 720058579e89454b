from __future__ import annotations

import re
from random import Random
from statistics import fmean
from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.evidence import Document, arranged, depth_of, documents_of, is_quoted, related
from stream_synth.recipes.long_context_qa import LongContextQa
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Request, Sample, Usage

EN = ("The old bridge was built by Ann Stone.", "Ann Stone was born in Farley.", "Herring swim north in May.", "Flour rises with yeast.")
ZH = ("石桥由许长庚修建。", "许长庚出生在青岩。", "鲱鱼五月向北游。", "面粉靠酵母发起来。")
GOLD: dict[tuple[str, ...], str] = {EN: "Farley", ZH: "青岩"}
LOST = ChatError("server_error", "500")
CUT = Completion("half", finish_reason="length", usage=Usage(1, 5))


def context(texts: tuple[str, ...]) -> dict[str, Any]:
    return {"documents": [{"title": f"t{n}", "text": text} for n, text in enumerate(texts)], "context_tokens": 100}


def asking(texts: tuple[str, ...]) -> Any:
    """A model that joins whatever two documents it is shown, quoting both."""

    def reply(request: Request, _: int) -> str:
        shown = re.findall(r"^\[(\d)\].*\n(.+)$", str(request.messages[-1]["content"]), re.MULTILINE)
        quotes = "\n".join(f'<evidence document="{number}">{text}</evidence>' for number, text in shown)
        return f"<problem>Where?</problem>\n<solution>{GOLD[texts]}</solution>\n{quotes}"

    return reply


def script(texts: tuple[str, ...] = EN, **steps: Any) -> dict[str, Any]:
    right, unknown = (
        (f"两篇合起来。\n答案：{GOLD[texts]}", "答案：未知") if texts is ZH else (f"Both tell.\nAnswer: {GOLD[texts]}", "Answer: unknown")
    )
    return {"question": asking(texts), "answer": right, "without": unknown, **steps}


@pytest.mark.parametrize(("texts", "lang"), [(EN, "en"), (ZH, "zh")])
async def test_a_question_that_needs_both_documents(texts: tuple[str, ...], lang: str) -> None:
    """Right with all, unknown without each; the row holds the whole context, the proof and the figures; every call is charged."""
    steps = script(texts)
    ask = ScriptedAsk({**steps, **{name: Completion(steps[name], model=name, cost_usd=1.0) for name in ("answer", "without")}})

    (row,) = await try_recipe(LongContextQa(), context(texts), ask)

    assert isinstance(row, Sample)
    assert all(text in row.prompt for text in texts)
    assert (row.lang, row.model, row.meta["gold"], row.meta["got"], row.cost_usd) == (lang, "answer", GOLD[texts], GOLD[texts], 3.0)
    assert [one["document"] for one in row.meta["without"]] == sorted(one["document"] for one in row.meta["evidence"])
    assert all(0 <= one["depth"] <= 1 and one["span"] in texts for one in row.meta["evidence"])
    assert [role for _, _, role, _ in ask.asked] == ["teacher", "reader", "reader", "reader"]
    for one, (_, _, _, request) in zip(row.meta["without"], ask.asked[2:], strict=True):
        missing = [text for text in texts if text not in str(request.messages[-1]["content"])]
        assert missing == [span["span"] for span in row.meta["evidence"] if span["document"] == one["document"]]
    assert set(row.meta) <= set(LongContextQa.card.meta_keys)


def told(problem: str = "Where?", solution: str = "Farley", *quotes: tuple[int, str]) -> str:
    return f"<problem>{problem}</problem><solution>{solution}</solution>" + "".join(
        f"<evidence document={number}>{text}</evidence>" for number, text in quotes
    )


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ({"question": CUT}, "question/truncated"),
        ({"question": Completion("", finish_reason="content_filter")}, "question/refused"),
        ({"question": " "}, "question/empty"),
        ({"question": "<think>never closed"}, "question/tag_damage"),
        ({"question": "INVALID"}, "question/invalid"),
        ({"question": "I have one."}, "question/unreadable"),
        ({"question": told("Where?", "Farley", (7, "The old bridge"))}, "question/unreadable"),
        ({"question": told("Where?", "Farley", (1, "words that stand nowhere"))}, "question/not_quoted"),
        ({"answer": CUT}, "answer/truncated"),
        ({"answer": LOST}, "answer/call_failed"),
        ({"answer": "Answer: Hartley"}, "answer/wrong_answer"),
        ({"answer": "Farley, Hartley, Derby, York, Bath, Wells, Ely, Hull and Leeds are towns."}, "answer/wrong_answer"),
        ({"without": [CUT, "Answer: unknown"]}, "without/truncated"),
        ({"without": ["Answer: unknown", LOST]}, "without/call_failed"),
        ({"without": ["Answer: unknown", "Answer: Farley."]}, "without/still_right"),
    ],
)
async def test_what_proves_nothing_is_rejected(steps: dict[str, Any], reason: str) -> None:
    """With its reason, which stands on the card."""
    rows = await try_recipe(LongContextQa(), context(EN), script(**steps))

    assert [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)] == [reason]
    assert reason in LongContextQa.card.rejects


async def test_one_document_is_not_enough() -> None:
    """Neither in the context nor among the quotations; and the expert has the last word."""
    same = context(("The wall is twelve metres long.",) * 3)
    quoted = told("How long?", "twelve metres", (1, "twelve metres"), (1, "The wall is"))

    (few,) = await try_recipe(LongContextQa(), context(EN[:2]), {})
    (one,) = await try_recipe(LongContextQa(), same, {"question": quoted})
    (checked,) = await try_recipe(LongContextQa(verify={"call": "tests.recipes.checks:is_short"}), context(EN), script())

    reasons = [f"{row.step}/{row.reason}" for row in (few, one, checked) if isinstance(row, Rejected)]
    assert reasons == ["seed/too_few_documents", "question/one_document", "verify/too_long"]
    with pytest.raises(ConfigError, match="evidence"):
        LongContextQa(evidence=1)


def test_evidence_stands_anywhere_with_equal_chance() -> None:
    """Over many contexts its depth is spread evenly, and every document is there once."""
    documents = [Document("", "x" * 100) for _ in range(20)]
    depths = []
    for number in range(500):
        order = arranged(20, [3, 7], Random(number))
        assert sorted(order) == list(range(20))
        depths += [depth_of("xxxxxx", documents, order.index(place)) for place in (3, 7)]

    tenths = [sum(place / 10 <= depth < (place + 1) / 10 for depth in depths) for place in range(10)]
    assert 0.44 < fmean(depths) < 0.51  # a document begins at 0 to 0.95
    assert all(70 < count < 130 for count in tenths)


def test_related_documents_are_found_and_quotations_checked() -> None:
    """Those that share rare words; space and width are set aside, invented words are not."""
    documents = documents_of([{"title": "t", "text": text} for text in EN] + [{"title": "no text"}, "no mapping"])

    pairs = [set(related(documents, 2, Random(number))) for number in range(20)]

    assert len(documents) == 4
    assert {0, 1} in pairs
    assert all(pair == {0, 1} for pair in pairs if 0 in pair and 1 in pair)
    assert is_quoted("built  by\nAnn Ｓtone", EN[0])
    assert not is_quoted("built by Ann Brick", EN[0])
    assert not is_quoted("by", EN[0])
