from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.interleaved_code import InterleavedCode
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.values import Completion, Rejected, Sample, Usage
from stream_synth.verify.sandbox import protections

pytestmark = pytest.mark.skipif(not protections().isolated, reason="no namespaces here: nothing is run")
EN = {"question": "A bakery bakes 12 trays of 8 rolls and sells 70. How many are left?", "answer": "26"}
ZH = {"question": "果园里有9行苹果树，每行12棵，又种了20棵。现在有多少棵？", "answer": "128"}
CUT = Completion("half of it", finish_reason="length", usage=Usage(1, 5))
LOST = ChatError("server_error", "500")


def code(text: str, block: str) -> str:
    """A reply that ends where generation was stopped."""
    return f"{text}\n<llm-code>\n{block}\n"


@pytest.mark.parametrize(
    ("seed", "first", "second", "last"),
    [
        (EN, code("First the rolls.", "rolls = 12 * 8\nrolls"), code("Now what is left.", "print(rolls - 70)"), "So \\boxed{26} are left."),
        (ZH, code("先算原来的。", "树 = 9 * 12\n树"), code("再加上新种的。", "print(树 + 20)"), "一共 \\boxed{128} 棵。"),
    ],
)
async def test_a_solution_goes_on_from_what_its_code_printed(seed: dict[str, str], first: str, second: str, last: str) -> None:
    """Names stay; each output is shown to the model and stands in its place in the row."""
    ask = ScriptedAsk({"solve/0": first, "solve/1": second, "solve/2": last})

    (row,) = await try_recipe(InterleavedCode(), seed, ask)

    assert isinstance(row, Sample)
    kinds = ["text", "code", "execution", "text", "code", "execution", "text"]
    assert [block["kind"] for block in row.meta["blocks"]] == kinds
    outputs = [block["content"] for block in row.meta["blocks"] if block["kind"] == "execution"]
    assert outputs[1] == seed["answer"]
    shown = ask.asked[1][3].messages[-1]["content"]
    assert shown.startswith(f"<llm-code-output>\n{outputs[0]}\n</llm-code-output>")
    assert ask.asked[0][3].params["stop"] == ["</llm-code>", "<llm-code-output>", "```output"]
    assert row.response.count("```output") == 2
    assert (row.prompt, row.messages[-1]["content"]) == (seed["question"], row.response)
    assert (row.meta["got"], row.meta["is_correct"], row.meta["error_message"]) == (seed["answer"], True, "")
    assert set(row.meta) <= set(InterleavedCode.card.meta_keys)


async def test_an_error_is_shown_or_ends_the_solution() -> None:
    """As `stop_at_error` says; the message is in meta either way."""
    script = {"solve/0": code("Rolls.", "rolls = 12 * 8\nrols"), "solve/1": code("A slip.", "print(rolls - 70)"), "solve/2": "\\boxed{26}"}

    (mended,) = await try_recipe(InterleavedCode(), EN, script)
    (ended,) = await try_recipe(InterleavedCode(stop_at_error=True), EN, script)

    assert isinstance(mended, Sample)
    assert "NameError" in mended.meta["error_message"]
    assert isinstance(ended, Rejected)
    assert (ended.step, ended.reason, ended.evidence["outcome"]) == ("run", "error", "error")
    assert ended.sample.meta["is_correct"] is False
    assert "NameError" in ended.sample.meta["error_message"]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"solve/0": "So \\boxed{27}."}, "answer/wrong_answer"),
        ({"solve/0": "Nobody knows."}, "answer/no_answer"),
        ({"solve/0": code("", "import time; time.sleep(9)")}, "run/ended"),
        ({"solve/0": code("", "1"), "solve/1": code("", "2"), "solve/2": code("", "3")}, "solve/too_many_blocks"),
        ({"solve/0": code("", "1"), "solve/1": CUT}, "solve/truncated"),
        ({"solve/0": Completion("", finish_reason="content_filter")}, "solve/refused"),
        ({"solve/0": " "}, "solve/empty"),
        ({"solve/0": "<think>never closed"}, "solve/tag_damage"),
        ({"solve/0": code("", "1"), "solve/1": LOST}, "solve/call_failed"),
    ],
)
async def test_every_other_solution_has_its_reason(script: dict[str, Any], reason: str) -> None:
    """What stood until then is in the row."""
    (row,) = await try_recipe(InterleavedCode(block_s=0.5, max_blocks=2), EN, script)

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason
    assert reason in InterleavedCode.card.rejects
    assert len(row.sample.meta["blocks"]) == sum(
        3 if "<llm-code>" in str(reply) else reason.startswith("answer") for reply in script.values()
    )


async def test_those_with_code_come_first_and_keep_caps_them() -> None:
    """A right solution without code is the first to go."""
    script = {"solve/0": ["So \\boxed{26}.", code("Rolls.", "12 * 8 - 70")], "solve/1": "That makes \\boxed{26}."}

    kept, gone = await try_recipe(InterleavedCode(samples=2, keep=1), EN, script)

    assert isinstance(kept, Sample)
    assert kept.slot == "solve/1"
    assert isinstance(gone, Rejected)
    assert (gone.reason, gone.sample.meta["is_correct"]) == ("over_keep", True)


@pytest.mark.parametrize(
    ("seed", "shown", "betrayal"),
    [
        (
            EN | {"solution": "12*8 = <<12*8=96>>96 rolls. 96-70 = 26."},
            "12*8 = M rolls. M-70 = N.",
            "As the known solution says, \\boxed{26}.",
        ),
        (ZH | {"solution": "9×12＝108，108＋20＝128"}, "9×12＝M，M＋20＝N", "按照给出的解法，答案是 \\boxed{128}。"),
    ],
)
async def test_masked_solution_is_shown_without_its_numbers(seed: dict[str, str], shown: str, betrayal: str) -> None:
    """The row holds nothing of it, and must not speak of it."""
    ask = ScriptedAsk({"solve/0": [betrayal, f"\\boxed{{{seed['answer']}}}"]})

    betrayed, row = await try_recipe(InterleavedCode(masked=True, samples=2), seed, ask)

    assert shown in ask.asked[0][3].messages[-1]["content"]
    assert isinstance(row, Sample)
    assert (row.prompt, row.meta["generation_type"]) == (seed["question"], "masked_reference_solution")
    assert shown not in str(row.messages)
    assert isinstance(betrayed, Rejected)
    assert betrayed.reason == "mentions_hint"


async def test_without_a_solution_there_is_none_to_mask() -> None:
    """An answer alone is not shown, masked or not."""
    ask = ScriptedAsk({"solve/0": "\\boxed{26}"})

    (row,) = await try_recipe(InterleavedCode(masked=True), EN, ask)

    assert isinstance(row, Sample)
    assert row.meta["generation_type"] == "without_reference_solution"
    assert "Known solution" not in ask.asked[0][3].messages[-1]["content"]


PAIR = {"question": "What is 3 + 4?", "harder": "Find all primes below 100."}
NEW = "How many primes are there below 10?"
WHOLE = code("Count.", "sum(all(n % d for d in range(2, n)) for n in range(2, 10))")


async def test_a_new_problem_is_kept_where_all_solutions_agree() -> None:
    """Its making is charged once; the two it lies between are in meta."""
    script: dict[str, Any] = {"interpolate": Completion(NEW, cost_usd=1.0), "solve/0": WHOLE, "solve/1": "There are \\boxed{4}."}

    rows = await try_recipe(InterleavedCode(problems="interpolated", samples=3), PAIR, script)

    assert [isinstance(row, Sample) for row in rows] == [True] * 3
    samples = [row for row in rows if isinstance(row, Sample)]
    assert {row.prompt for row in samples} == {NEW} == {row.messages[0]["content"] for row in samples}
    assert (samples[0].meta["between"], samples[0].meta["got"]) == ([PAIR["question"], PAIR["harder"]], "4")
    assert sum(row.cost_usd for row in samples) == 1.0


@pytest.mark.parametrize(
    ("script", "reasons"),
    [
        ({"interpolate": NEW, "solve/0": ["\\boxed{4}", "\\boxed{5}"]}, ["agree/disagree", "agree/disagree"]),
        ({"interpolate": NEW, "solve/0": ["\\boxed{4}", CUT]}, ["agree/too_few", "solve/truncated"]),
        ({"interpolate": NEW, "solve/0": ["\\boxed{4}", "Hard to say."]}, ["agree/too_few", "answer/no_answer"]),
        ({"interpolate": "INVALID"}, ["interpolate/invalid"]),
        ({"interpolate": PAIR["harder"]}, ["interpolate/copied"]),
        ({"interpolate": CUT}, ["interpolate/truncated"]),
    ],
)
async def test_new_problems_that_nothing_bears_out(script: dict[str, Any], reasons: list[str]) -> None:
    """One solution that disagrees or fails takes the others along."""
    rows = await try_recipe(InterleavedCode(problems="interpolated", samples=2), PAIR, script)

    assert sorted(f"{row.step}/{row.reason}" for row in rows if isinstance(row, Rejected)) == reasons
    assert set(reasons) <= set(InterleavedCode.card.rejects)


async def test_seeds_that_hold_too_little_cost_no_call() -> None:
    """No gold; no second problem."""
    (gold,) = await try_recipe(InterleavedCode(), {"question": "Why?"}, {})
    (second,) = await try_recipe(InterleavedCode(problems="interpolated", samples=2), {"question": "Why?"}, {})

    assert isinstance(gold, Rejected)
    assert isinstance(second, Rejected)
    assert (gold.reason, second.reason) == ("no_gold", "no_second_problem")


@pytest.mark.parametrize("options", [{"max_blocks": 0}, {"samples": 1, "problems": "interpolated"}])
def test_impossible_options_of_interleaved_code(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        InterleavedCode(**options)
