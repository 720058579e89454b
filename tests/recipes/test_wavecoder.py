from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ChatError, ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.wavecoder import WaveCoder
from stream_synth.values import Completion, Rejected, Sample, Usage
from tests.recipes.programming import fates

CODE = "def wait_s(attempt):\n    # doubles, at most a minute\n    return min(60, 2 ** attempt)"
EN = "## Task name\nExplain\n## Instruction\nSay what this does.\n## Information\n```python\n# Solution\nf()\n```\n## Solution\nIt calls f."
ZH = "## 任务名\n说明\n## 说明\n写一个返回两倍的函数。\n## 材料\n无\n## 解答：\n```python\ndef twice(x):\n    return 2 * x\n```"
GOOD = {"en": "1. Yes.\nVerdict: good", "zh": "1. 是。\n结论：好"}
CUT = Completion("half", finish_reason="length", usage=Usage(1, 5))


@pytest.mark.parametrize(("lang", "reply"), [("en", EN), ("zh", ZH)])
async def test_a_task_that_is_found_good_is_a_row(lang: str, reply: str) -> None:
    """Instruction and information as prompt, the solution as response; the discriminator sees both."""
    ask = ScriptedAsk({"generate": reply, "discriminate": GOOD[lang]})

    (row,) = await try_recipe(WaveCoder(), {"code": CODE, "lang": lang}, ask)

    assert isinstance(row, Sample)
    assert row.response == ("It calls f." if lang == "en" else "```python\ndef twice(x):\n    return 2 * x\n```")
    assert row.prompt == ("Say what this does.\n\n```python\n# Solution\nf()\n```" if lang == "en" else "写一个返回两倍的函数。")
    assert [role for _, _, role, _ in ask.asked] == ["teacher", "judge"]
    assert row.prompt in ask.asked[1][3].messages[0]["content"]
    assert CODE in ask.asked[0][3].messages[0]["content"]
    assert set(row.meta) <= set(WaveCoder.card.meta_keys)


async def test_each_sample_is_of_another_kind() -> None:
    """While there are kinds; the order is the seed's own."""
    recipe = WaveCoder(samples=4)

    rows = await try_recipe(recipe, {"code": CODE}, {"generate": EN, "discriminate": GOOD["en"]})

    kinds = [row.meta["kind"] for row in rows if isinstance(row, Sample)]
    assert sorted(kinds) == ["repair", "summarise", "translate", "write"]


async def test_good_and_bad_cases_are_shown_to_both() -> None:
    """Of the same kind and language; the bad ones with their reason; the row names them."""
    cases = {
        "accepted": [
            {"id": "g1", "lang": "en", "prompt": "A fine task.", "response": "Done.", "meta": {"kind": "repair"}},
            {"id": "g2", "lang": "en", "prompt": "Another kind.", "response": "Done.", "meta": {"kind": "write"}},
            {"id": "g3", "lang": "zh", "prompt": "好题。", "response": "好。", "meta": {"kind": "repair"}},
        ],
        "rejected": [
            {
                "id": "b1",
                "lang": "en",
                "prompt": "Vague.",
                "response": "?",
                "reason": "discriminate/bad",
                "meta": {"kind": "repair", "analysis": "Unclear."},
            },
            {"id": "b2", "lang": "en", "prompt": "", "response": "cut", "reason": "generate/truncated", "meta": {"kind": "repair"}},
        ],
    }
    ask = ScriptedAsk({"generate": EN, "discriminate": GOOD["en"]})

    (row,) = await try_recipe(WaveCoder(kinds=("repair",)), {"code": CODE}, ask, pools=cases)

    assert isinstance(row, Sample)
    assert (row.meta["good_cases"], row.meta["bad_cases"]) == (["g1"], ["b1"])
    for _, _, _, request in ask.asked:
        assert "A fine task." in request.messages[-1]["content"]
        assert "Why: Unclear." in request.messages[-1]["content"]
        assert "Another kind." not in request.messages[-1]["content"]


@pytest.mark.parametrize(
    ("reply", "said", "fate"),
    [
        ("INVALID", "", "generate/invalid"),
        ("A task.", "", "generate/unreadable"),
        (EN.replace("## Solution\nIt calls f.", ""), "", "generate/unreadable"),
        (f"{EN}\n## Solution\nAgain.", "", "generate/unreadable"),
        (EN.replace("Say what this does.", ""), "", "generate/unreadable"),
        (CUT, "", "generate/truncated"),
        (" ", "", "generate/empty"),
        (EN, "4. No.\nVerdict: bad", "discriminate/bad"),
        (EN, "5. 否。\n**结论：差**", "discriminate/bad"),
        (EN, "Fine.", "discriminate/unreadable_verdict"),
        (EN, ChatError("server_error", "500"), "discriminate/call_failed"),
    ],
)
async def test_what_is_no_good_task_says_why(reply: Any, said: Any, fate: str) -> None:
    """Each reason is on the card; a bad case keeps the analysis for later prompts."""
    (row,) = await try_recipe(WaveCoder(), {"code": CODE}, {"generate": reply, "discriminate": said})

    assert fates([row]) == [fate]
    assert fate in WaveCoder.card.rejects
    assert isinstance(row, Rejected)
    assert "analysis" in row.sample.meta or not fate.endswith("/bad")


@pytest.mark.parametrize(
    ("code", "fate"),
    [(" ", "seed/no_code"), ("x = 1", "seed/too_short"), (CODE * 12, "seed/too_long"), (f"{CODE}  # TODO", "seed/blacklisted")],
)
async def test_unfit_code_costs_no_call(code: str, fate: str) -> None:
    """By length and words."""
    rows = await try_recipe(WaveCoder(), {"code": code}, {})

    assert fates(rows) == [fate]


@pytest.mark.parametrize("options", [{"kinds": ()}, {"cases": -1}, {"min_chars": 900}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        WaveCoder(**options)
