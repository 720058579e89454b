from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.alphamath import AlphaMath
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Request, Sample, Usage
from stream_synth.verify.sandbox import protections

pytestmark = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")
EN = {"question": "A bakery bakes 12 trays of 8 rolls and sells 70. How many are left?", "answer": "26"}
ZH = {"question": "果园里有9行苹果树，每行12棵，又种了20棵。现在有多少棵？", "answer": "128"}
WORDS = {
    "en": ("First the rolls that are baked.</step>", "rolls = 12 * 8\nrolls", "So \\boxed{26} are left.", "So \\boxed{96} are left."),
    "zh": ("先算原来有多少棵。</step>", "树 = 9 * 12\n树", "一共 \\boxed{128} 棵。", "一共 \\boxed{108} 棵。"),
}


class Writer(ScriptedAsk):
    """A model that thinks, then computes, then answers: rightly as its first sample, wrongly as its second."""

    def __init__(self, lang: str, lost: str = "") -> None:
        super().__init__({})
        thought, code, right, wrong = WORDS[lang]
        self._said = {1: (thought, "<think>broken"), 3: (f"<llm-code>\n{code}\n", f"<llm-code>\n{code} / 0\n"), 5: (right, wrong)}
        self._lost = lost

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = "teacher") -> Completion:
        """By how far the conversation has come."""
        if self._lost and step.startswith(self._lost):
            raise ChatError("server_error", "500")
        assert (step, sample) not in {(one, number) for one, number, _, _ in self.asked}
        self.asked.append((step, sample, role, request))
        return Completion(self._said[len(request.messages)][sample % 2], usage=Usage(10, 5), cost_usd=1.0)


@pytest.mark.parametrize(("seed", "lang"), [(EN, "en"), (ZH, "zh")])
@pytest.mark.parametrize("search", ["mcts", "beam"])
async def test_right_and_wrong_paths_with_the_worth_of_each_step(seed: dict[str, str], lang: str, search: Any) -> None:
    """The last Q is the reward; a step that rollouts solve is worth 1; all replies are charged once."""
    ask = Writer(lang)

    rows = await try_recipe(AlphaMath(search=search, width=2, simulations=12), seed, ask)

    (right,) = [row for row in rows if isinstance(row, Sample)]
    wrong = {f"{row.step}/{row.reason}": row for row in rows if isinstance(row, Rejected)}
    assert set(wrong) == {"solve/tag_damage", "run/error", "answer/wrong_answer"}
    assert (right.meta["q"][-1], right.score, right.meta["got"]) == (1.0, 1.0, seed["answer"])
    assert wrong["answer/wrong_answer"].sample.meta["q"][-1] == wrong["run/error"].sample.meta["q"][-1] == -1.0
    assert len(right.meta["steps"]) == len(right.meta["q"]) == len(right.meta["visits"]) == 3
    assert [block["kind"] for block in right.meta["blocks"]] == ["text", "text", "code", "execution", "text"]
    assert "\n\n".join(right.meta["steps"]) == right.response
    assert (right.prompt, right.messages[-1]["content"]) == (seed["question"], right.response)
    samples = [row.sample if isinstance(row, Rejected) else row for row in rows]
    assert sum(sample.cost_usd for sample in samples) == len(ask.asked)
    assert sum(sample.prompt_tokens for sample in samples) == 10 * len(ask.asked)
    assert set(right.meta) <= set(AlphaMath.card.meta_keys)


async def test_q_is_the_mean_of_what_was_found_below() -> None:
    """By hand, for the beam: a rollout worth 1, and four ends below the first step."""
    rows = await try_recipe(AlphaMath(search="beam", width=2), EN, Writer("en"))

    (right,) = [row for row in rows if isinstance(row, Sample)]
    # step 1: rollout 1, error -1, rollout of step 2 1, ends 1 and -1; step 2: rollout 1, ends 1 and -1
    assert right.meta["visits"] == [5, 3, 1]
    assert right.meta["q"] == [0.2, 0.3333, 1.0]


class Slow(Writer):
    """The same with prices of which no sum is exact, and replies that come in another order."""

    def __init__(self, order: int) -> None:
        super().__init__("en")
        self._waits = Random(order)

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = "teacher") -> Completion:
        """After a while."""
        await asyncio.sleep(0.03 * self._waits.random())
        reply = await super().__call__(step, request, sample=sample, role=role)
        return replace(reply, cost_usd=Random(f"{step}{sample}7").random())


async def test_costs_do_not_depend_on_which_reply_comes_first() -> None:
    """A replay, in which all come at once, has to find the same sum."""
    costs = set()
    for order in range(3):
        rows = await try_recipe(AlphaMath(search="beam", rollouts=4), EN, Slow(order))
        costs.add(tuple((row.sample if isinstance(row, Rejected) else row).cost_usd for row in rows))

    assert len(costs) == 1


@pytest.mark.parametrize("search", ["mcts", "beam"])
async def test_paths_are_capped(search: Any) -> None:
    """Four right, four wrong by default."""

    def said(_: Request, sample: int) -> str:
        return f"Way {sample}: \\boxed{{{26 if sample < 6 else sample}}}"

    rows = await try_recipe(AlphaMath(search=search, width=12), EN, {"step/": said})

    counts = [sum(f"{row.step}/{row.reason}" == reason for row in rows if isinstance(row, Rejected)) for reason in AlphaMath.card.rejects]
    drawn = dict(zip(AlphaMath.card.rejects, counts, strict=True))
    assert sum(isinstance(row, Sample) for row in rows) == 4
    assert {reason: count for reason, count in drawn.items() if count} == {
        "keep/over_keep": 2,
        "answer/wrong_answer": 4,
        "keep/over_keep_wrong": 2,
    }


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("It goes on.</step>", "answer/no_answer"),
        (Completion("half", finish_reason="length", usage=Usage(1, 5)), "solve/truncated"),
        (Completion("", finish_reason="content_filter"), "solve/refused"),
        (" ", "solve/empty"),
        ("<llm-code>\nimport os; os._exit(0)\n", "run/ended"),
        (ChatError("server_error", "500"), "solve/call_failed"),
    ],
)
async def test_every_other_step_has_its_reason(reply: Any, reason: str) -> None:
    """A search without a path says so as well."""
    rows = await try_recipe(AlphaMath(width=2, max_steps=1), EN, {"step/": reply})

    reasons = [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)]
    assert reasons[0] == reason
    assert set(reasons) <= set(AlphaMath.card.rejects)
    assert ("search/no_path" in reasons) == reason.startswith("solve")


async def test_rollouts_that_fail_tell_nothing() -> None:
    """A step is worth 0 until something is known of it; nothing is lost."""
    rows = await try_recipe(AlphaMath(width=1, simulations=9), EN, Writer("en", lost="rollout"))

    (right,) = [row for row in rows if isinstance(row, Sample)]
    assert right.meta["q"] == [0.3333, 0.5, 1.0]


class Valued(Writer):
    """The same model, and a process-reward model beside it."""

    def __init__(self, lang: str, pooled: str | ChatError) -> None:
        super().__init__(lang)
        self._pooled = pooled

    async def __call__(self, step: str, request: Request, *, sample: int = 0, role: str = "teacher") -> Completion:
        """Each step that has not ended is as good as any other."""
        if role != "process_reward":
            return await super().__call__(step, request, sample=sample, role=role)
        self.asked.append((step, sample, role, request))
        if isinstance(self._pooled, ChatError):
            raise self._pooled
        return Completion(self._pooled, usage=Usage(10, 0), cost_usd=1.0)


@pytest.mark.parametrize(("seed", "lang"), [(EN, "en"), (ZH, "zh")])
async def test_a_process_reward_model_values_steps_in_place_of_rollouts(seed: dict[str, str], lang: str) -> None:
    """It sees the steps so far, each with its tag; a chance of 3/4 is worth 1/2; what it costs is on the rows."""
    ask = Valued(lang, '{"data": [{"data": [[0.5, 0.5], [0.25, 0.75]]}]}')

    rows = await try_recipe(AlphaMath(search="beam", width=2, process_reward=True), seed, ask)

    (right,) = [row for row in rows if isinstance(row, Sample)]
    assert right.meta["q"] == [0.0, 0.1667, 1.0]  # step 1: 1/2, an error -1, step 2 1/2, ends 1 and -1; step 2: without the first two
    asked = [request for _, _, role, request in ask.asked if role == "process_reward"]
    assert {request.route for request in asked} == {"/pooling"}
    assert asked[-1].params["messages"][-1]["content"].count("<extra_0>") == 2
    assert not any(step.startswith("rollout") for step, *_ in ask.asked)
    samples = [row.sample if isinstance(row, Rejected) else row for row in rows]
    assert sum(sample.cost_usd for sample in samples) == len(ask.asked)


@pytest.mark.parametrize(
    ("pooled", "reason"),
    [
        ("[]", "value/unreadable"),
        ('{"data": [{"data": [0.5]}]}', "value/unreadable"),
        ('{"data": [{"data": [[-1.5, 2.5]]}]}', "value/unreadable"),
        (ChatError("server_error", "500"), "value/call_failed"),
    ],
)
async def test_a_step_that_nobody_values_counts_nothing(pooled: Any, reason: str) -> None:
    """It is put on record; the search goes on."""
    rows = await try_recipe(AlphaMath(search="beam", width=2, process_reward=True), EN, Valued("en", pooled))

    assert sum(isinstance(row, Sample) for row in rows) == 1
    assert [f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)].count(reason) == 2
    assert reason in AlphaMath.card.rejects


@pytest.mark.parametrize("options", [{"simulations": 0}, {"width": 0}, {"keep_wrong": -1}, {"samples": 2}])
def test_impossible_options_of_alphamath(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        AlphaMath(**options)
