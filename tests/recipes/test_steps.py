from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stream_synth.config import load
from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import try_recipe
from stream_synth.recipes.steps import Steps
from stream_synth.values import Completion, Rejected, Sample

ENDPOINT = {"teacher": {"base_url": "http://127.0.0.1:1/v1", "model": "m"}}
QUESTION = {"question": "小明有 3 个苹果，又买了 4 个，一共几个？", "answer": "7"}


def made(*steps: Mapping[str, Any], **more: Any) -> Steps:
    """The recipe as a configuration makes it."""
    config = load({"source": {"kind": "program"}, "recipe": {"steps": list(steps), **more}, "endpoints": ENDPOINT, "run": {"limit": 1}})
    recipe = config.recipes[0].recipe
    assert isinstance(recipe, Steps)
    return recipe


def ask(name: str, prompt: str = "{{ question }}", **more: Any) -> dict[str, Any]:
    """A block that asks."""
    return {"ask": {"name": name, "prompt": prompt, **more}}


async def test_a_reply_becomes_a_row() -> None:
    """Prompt and answer, the conversation, meta by expressions."""
    recipe = made(ask("solve", parse="final_answer"), meta={"gold": "answer", "right": "answer_equal(solve, answer)"})

    [row] = await try_recipe(recipe, QUESTION, {"solve": "3 加 4 等于 7。\n答案：7"})

    assert isinstance(row, Sample)
    assert (row.prompt, row.response, row.lang) == (QUESTION["question"], "3 加 4 等于 7。\n答案：7", "zh")
    assert [turn["role"] for turn in row.messages] == ["user", "assistant"]
    assert (row.meta["gold"], row.meta["right"]) == ("7", True)


async def test_several_replies_are_rows_of_their_own() -> None:
    """A gate names its reason for each that does not hold; cap keeps the first ones."""
    recipe = made(ask("solve", n=4, parse="final_answer"), {"gate": {"wrong_answer": "answer_equal(solve, answer)"}}, {"cap": 1})

    rows = await try_recipe(recipe, QUESTION, {"solve": ["答案：7", "答案：8", "答案：七", "答案：7"]})

    assert [row.reason if isinstance(row, Rejected) else "" for row in rows] == ["", "wrong_answer", "over_cap", "over_cap"]
    assert len({row.sample.slot if isinstance(row, Rejected) else row.slot for row in rows}) == 4


async def test_a_gate_may_calculate_again() -> None:
    """With the function that finds wrong equations."""
    recipe = made(ask("solve", n=2), {"gate": {"miscalculated": "not miscalculations(solve)"}})

    rows = await try_recipe(recipe, QUESTION, {"solve": ["3 + 4 = 7", "3 + 4 = 8"]})

    assert [row.reason if isinstance(row, Rejected) else "" for row in rows] == ["", "miscalculated"]


async def test_the_majority_stays() -> None:
    """Equal answers count as one, whatever their spelling; a share that is too small rejects all."""
    script = {"solve": ["Answer: 7", "Answer: 7.0", "Answer: 8"]}

    kept = await try_recipe(made(ask("solve", n=3, parse="final_answer"), {"vote": {"over": "solve"}}), QUESTION, script)
    none = await try_recipe(made(ask("solve", n=3, parse="final_answer"), {"vote": {"over": "solve", "share": 0.9}}), QUESTION, script)

    assert [row.reason if isinstance(row, Rejected) else "" for row in kept] == ["", "", "minority"]
    assert {row.reason for row in none if isinstance(row, Rejected)} == {"no_majority"}


@pytest.mark.parametrize(
    ("more", "good", "bad"),
    [
        ({"parse": "json", "schema": {"required": ["n"]}}, '好的：\n```json\n{"n": "\\frac12"}\n```', '{"m": 1}'),
        ({"parse": "tags", "tags": ["问题", "答案"]}, "<问题>一加一？</问题><答案>2</答案>", "<问题>一加一？</问题>"),
        ({"parse": "list"}, "1. one\n2. two", "one, two"),
        ({"parse": "code"}, "```python\nprint(1)\n```", "print(1)"),
        ({"parse": "score", "high": 5}, "理由。\n分数：4", "分数：9"),
        ({"parse": "choice", "choices": ["correct", "incorrect"]}, "It is incorrect.", "It is correct, or incorrect."),
        ({"parse": "final_answer"}, "So \\boxed{7}", "I cannot say."),
    ],
)
async def test_a_reply_that_breaks_its_shape_is_rejected(more: dict[str, Any], good: str, bad: str) -> None:
    """With its reason and the reply; one in shape is read."""
    recipe = made(ask("look", **more), meta={"read": "look"})

    [row] = await try_recipe(recipe, QUESTION, {"look": good})
    [refused] = await try_recipe(recipe, QUESTION, {"look": bad})

    assert isinstance(row, Sample)
    assert row.meta["read"]
    assert isinstance(refused, Rejected)
    assert (refused.step, refused.reason, refused.evidence["reply"]) == ("look", f"unreadable_{more['parse']}", bad)


async def test_a_branch_by_value_and_one_by_chance() -> None:
    """The first case that holds is taken; else one by weight, the same in every replay."""
    by_value = {"branch": [{"when": "question|length > 5", "steps": [ask("long")]}, {"steps": [ask("short")]}]}
    by_chance = {"branch": [{"weight": 1, "steps": [ask("one")]}, {"weight": 1, "steps": [ask("two")]}]}

    [row] = await try_recipe(made(by_value), {"question": "a longer question"}, {"long": "yes", "short": "no"})
    drawn = [(await try_recipe(made(by_chance), QUESTION, {"one": "1", "two": "2"}, seed_id=f"s{n}"))[0] for n in [*range(12), *range(12)]]

    assert isinstance(row, Sample)
    assert row.response == "yes"
    said = [one.response for one in drawn if isinstance(one, Sample)]
    assert set(said) == {"1", "2"}
    assert said[:12] == said[12:]


async def test_a_loop_ends_when_it_may() -> None:
    """Each round asks under its own name; values carry over."""
    recipe = made(
        {"set": {"draft": "question"}},
        {"repeat": {"times": 3, "until": "'!' in draft", "steps": [ask("improve", "{{ round }}: {{ draft }}", into="draft")]}},
    )

    [row] = await try_recipe(recipe, {"question": "a"}, {"improve/r1": "b", "improve/r1/r2": "c!"})

    assert isinstance(row, Sample)
    assert row.response == "c!"
    assert row.answer_tokens > 0


async def test_a_dialogue_grows_turn_by_turn() -> None:
    """What was said is sent again and is the row's conversation."""
    recipe = made(
        ask("first", dialogue=True, system="你是老师。"),
        ask("follow", "再举一个例子。", dialogue=True),
        emit={"prompt": "{{ question }}"},
    )

    [row] = await try_recipe(recipe, QUESTION, {"first": "7 个。", "follow": "再买 1 个就是 8 个。"})

    assert isinstance(row, Sample)
    assert [turn["role"] for turn in row.messages] == ["system", "user", "assistant", "user", "assistant"]
    assert row.response == "再买 1 个就是 8 个。"


async def test_own_code_may_fork_and_refuse() -> None:
    """None is a rejection, another value is given a name; a list is made into rows by `each`."""
    recipe = made(
        {"apply": {"call": "tests.recipes.checks:halves", "into": "words"}},
        {"each": {"of": "words", "into": "part"}},
        ask("solve", "{{ part }}"),
    )

    both = await try_recipe(recipe, {"question": "left right"}, {"solve/0": "l", "solve/1": "r"})
    [refused] = await try_recipe(recipe, {"question": "left"}, {})

    assert [row.response for row in both if isinstance(row, Sample)] == ["l", "r"]
    assert isinstance(refused, Rejected)
    assert (refused.step, refused.reason) == ("apply", "words")


async def test_examples_are_drawn_from_earlier_rows() -> None:
    """Of the same language."""
    pools = {"accepted": [{"id": "1", "lang": "zh", "prompt": "旧题", "response": "旧解"}, {"id": "2", "lang": "en", "prompt": "old"}]}
    recipe = made({"draw": {"into": "examples", "count": 2}}, ask("make", "{% for one in examples %}{{ one.prompt }}{% endfor %}"))

    [row] = await try_recipe(recipe, QUESTION, {"make": lambda request, _: str(request.messages[-1]["content"])}, pools=pools)

    assert recipe.draws_from == ("accepted",)
    assert isinstance(row, Sample)
    assert row.response == "旧题"


async def test_a_row_that_is_fed_says_into_which_pools() -> None:
    """As `emit` and `meta` make it of what is known there, so that a row which a later step rejects can be shown as well."""
    recipe = made(
        ask("write"),
        {"feed": {"pool": "seen"}},
        ask("grade", "{{ write }}", parse="choice", choices=["good", "bad"]),
        {"feed": {"pool": "bad_cases", "rows": "rejected"}},
        {"gate": {"bad": "grade == 'good'"}},
        ask("title"),
        emit={"prompt": "{{ write }}", "response": "{{ title }}"},
        meta={"reasons": "replies.grade.text", "headline": "title"},
    )

    [kept] = await try_recipe(recipe, QUESTION, {"write": "一题", "grade": "good", "title": "标题"})
    [refused] = await try_recipe(recipe, QUESTION, {"write": "一题", "grade": "bad", "title": "标题"})

    pools = {"seen": "decided", "bad_cases": "rejected"}
    assert recipe.feeds_into == ("bad_cases", "seen")
    assert isinstance(kept, Sample)
    assert (kept.prompt, kept.response, kept.meta["pools"], kept.meta["headline"]) == ("一题", "标题", pools, "标题")
    assert isinstance(refused, Rejected)
    assert (refused.sample.prompt, refused.sample.meta["reasons"], refused.sample.meta["pools"]) == ("一题", "bad", pools)


@pytest.mark.parametrize("pool", ["accepted", "rejected", "Good cases", ""])
def test_a_pool_that_cannot_be_fed(pool: str) -> None:
    """The method's own rows are there without feeding; a pool has a name as a step has."""
    with pytest.raises(ConfigError, match="cannot be fed"):
        made(ask("write"), {"feed": {"pool": pool}})


def test_a_pool_that_nothing_feeds_is_named() -> None:
    """With the nearest one that is fed."""
    with pytest.raises(ConfigError, match="'good_case', which no feed fills; did you mean good_cases"):
        made({"draw": {"into": "seen", "count": 1, "pool": "good_case"}}, ask("write"), {"feed": {"pool": "good_cases"}})


async def test_what_was_paid_for_is_kept() -> None:
    """A truncated reply and a later call that fails are rejections with their tokens; a first call that fails ends the seed."""
    recipe = made(ask("one"), ask("two"))

    [cut] = await try_recipe(recipe, QUESTION, {"one": Completion("half", finish_reason="length")})
    [failed] = await try_recipe(recipe, QUESTION, {"one": "whole", "two": ChatError("server_error", "gone")})

    assert isinstance(cut, Rejected)
    assert (cut.step, cut.reason) == ("one", "truncated")
    assert isinstance(failed, Rejected)
    assert (failed.step, failed.reason, failed.sample.prompt_tokens > 0) == ("two", "call_failed", True)
    with pytest.raises(ChatError):
        await try_recipe(recipe, QUESTION, {"one": ChatError("server_error", "gone")})


async def test_a_misspelt_value_costs_nothing() -> None:
    """It is named before the first call; what has a default, or is asked for, may be missing."""
    late = made(ask("problem"), ask("solution", "{{ problm }}"))
    free = made(ask("problem", "{{ question }}{{ hint|default('') }}{% if extra is defined %}{{ extra }}{% endif %}"))

    [refused] = await try_recipe(late, QUESTION, {})
    [row] = await try_recipe(free, QUESTION, {"problem": "好。"})

    assert isinstance(refused, Rejected)
    assert (refused.step, refused.reason, refused.evidence["names"]) == ("seed", "missing_value", ["problm"])
    assert isinstance(row, Sample)


async def test_text_from_a_model_is_no_template() -> None:
    """Braces in a seed or a reply stay what they are."""
    recipe = made(ask("one"), ask("two", "{{ one }}"))

    [row] = await try_recipe(recipe, {"question": "{{ 7 * 7 }}"}, {"one": "{{ seed }}", "two": "{% raw %}"})

    assert isinstance(row, Sample)
    assert (row.prompt, row.response) == ("{{ 7 * 7 }}", "{% raw %}")


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ({"steps": [{"ask": {"name": "a", "promt": "x"}}]}, "recipe.steps.0.ask.promt is unknown; did you mean prompt?"),
        ({"steps": []}, "steps is empty"),
        ({"steps": [{}]}, "a step holds nothing"),
        ({"steps": [ask("a"), ask("a")]}, "step name 'a' is used twice"),
        ({"steps": [ask("a", "{{ open")]}, "template '{{ open'"),
        ({"steps": [{"gate": "1 +"}]}, "expression '1 +'"),
        ({"steps": [ask("a", parse="choice")]}, "parse: choice needs choices"),
        ({"steps": [{"apply": {"call": "mask"}}]}, "there is no function 'mask'"),
        ({"steps": [ask("a", parse="json", schema={"type": 3})]}, "ask a: schema"),
        ({"steps": [ask("a")], "emit": {"answer": "x"}}, "emit holds answer"),
    ],
)
def test_a_mistake_is_named_before_the_first_call(recipe: dict[str, Any], said: str) -> None:
    """With its place in the configuration."""
    with pytest.raises(ConfigError) as error:
        load({"source": {"kind": "program"}, "recipe": recipe, "endpoints": ENDPOINT, "run": {"limit": 1}})

    assert said in str(error.value)


async def test_a_resolved_configuration_reads_back() -> None:
    """What a run directory keeps makes the same recipe again."""
    recipe = made(ask("solve", n=2), {"repeat": {"times": 2, "steps": [ask("more")]}}, {"gate": ["true"]})
    config = load({"source": {"kind": "program"}, "recipe": {"steps": [ask("solve")]}, "endpoints": ENDPOINT, "run": {"limit": 1}})

    again = load(dict(config.resolved))

    assert again.recipes[0].recipe == config.recipes[0].recipe
    assert recipe.steps[1].repeat is not None
