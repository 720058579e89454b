from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_synth import arun
from stream_synth.errors import ConfigError
from stream_synth.recipes.shared.scripted import ScriptedAsk, try_recipe
from stream_synth.recipes.textbook import RULES, Textbook
from stream_synth.simulate import Options, serve
from stream_synth.values import Completion, Rejected, Sample, Usage

EN, ZH = "Twice a day the sea comes up the beach. The moon pulls it.", "每天两次，海水漫上沙滩。是月亮在拉它。"


def prompt_of(ask: ScriptedAsk) -> str:
    return str(ask.asked[0][3].messages[-1]["content"])


@pytest.mark.parametrize(("topic", "text", "lang"), [("tides", EN, "en"), ("潮汐", ZH, "zh")])
async def test_a_text_on_a_topic(topic: str, text: str, lang: str) -> None:
    """The text alone is taught, duplicates are judged on it, and its level is measured."""
    (row,) = await try_recipe(Textbook(), {"topic": topic, "audience": "children", "style": "story"}, {"write": f"# {topic}\n\n{text}"})

    assert isinstance(row, Sample)
    assert (row.response, row.lang, row.dedup_on) == (text, lang, "response")
    assert row.messages == ({"role": "assistant", "content": text},)
    assert (row.meta["topic"], row.meta["audience"], row.meta["style"], row.meta["with"]) == (topic, "children", "story", "topic")
    assert (row.meta["opener"], row.meta["sentence_length"] > 3, row.meta["rare_share"] < 0.2) == (f"# {topic}", True, True)
    assert set(row.meta) <= set(Textbook.card.meta_keys)


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_reader_and_form_has_its_rules(lang: str) -> None:
    """No two prompts of the grid are alike, and none is in the other language; own words are taken as they are."""
    prompts = set()
    for audience in RULES["audience"]:
        for style in RULES["style"]:
            ask = ScriptedAsk({"write": EN})
            await try_recipe(Textbook(), {"topic": "42", "audience": audience, "style": style, "lang": lang}, ask)
            prompts.add(prompt_of(ask))
    own = ScriptedAsk({"write": EN})
    await try_recipe(Textbook(audience="beekeepers"), {"topic": "bees"}, own)

    assert len(prompts) == 25
    assert all(("读者" in prompt) == (lang == "zh") for prompt in prompts)
    assert "Readers: beekeepers" in prompt_of(own)


async def test_an_extract_is_cut_and_every_second_one_has_its_topic() -> None:
    """A thousand characters; the share is kept over many seeds, and the same seed always gets the same."""
    fields = {"text": "moon " * 500, "topic": "astronomy"}
    asks = [ScriptedAsk({"write": EN}) for _ in range(200)]

    rows = [(await try_recipe(Textbook(), fields, ask, seed_id=str(n)))[0] for n, ask in enumerate(asks)]
    again = await try_recipe(Textbook(), fields, {"write": EN}, seed_id="7")

    named = [ask for ask in asks if "astronomy" in prompt_of(ask)]
    assert 80 < len(named) < 120
    assert all(prompt_of(ask).count("moon ") == 200 for ask in asks)
    assert {row.meta["with"] for row in rows if isinstance(row, Sample)} == {"both", "extract"}
    assert again == [rows[7]]


async def test_several_texts_and_a_system_turn() -> None:
    """Each its own slot; the system turn is asked, not taught."""
    ask = ScriptedAsk({"write": [EN, ZH]})

    rows = await try_recipe(Textbook(samples=2, system="Be exact."), {"topic": "tides"}, ask)

    assert ask.asked[0][3].messages[0] == {"role": "system", "content": "Be exact."}
    assert [row.slot for row in rows if isinstance(row, Sample)] == ["write/0", "write/1"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Completion("half of it", finish_reason="length", usage=Usage(1, 5)), "write/truncated"),
        (Completion("", finish_reason="content_filter"), "write/refused"),
        (" ", "write/empty"),
        ("<think>never closed", "write/tag_damage"),
        ("INVALID", "write/invalid"),
        ("Title: Tides\n", "write/only_opener"),
        (EN, "verify/too_long"),
    ],
)
async def test_what_is_no_text_is_rejected(reply: Any, reason: str) -> None:
    """With its reason."""
    (row,) = await try_recipe(Textbook(verify={"call": "tests.recipes.checks:is_short"}), {"topic": "tides"}, {"write": reply})

    assert isinstance(row, Rejected)
    assert f"{row.step}/{row.reason}" == reason


async def test_a_seed_without_subject_costs_no_call() -> None:
    """Rejected at step `seed`."""
    (row,) = await try_recipe(Textbook(), {"topic": " ", "audience": "children"}, {})

    assert isinstance(row, Rejected)
    assert (row.step, row.reason) == ("seed", "no_subject")


@pytest.mark.parametrize("options", [{"extract_chars": 0}, {"topic_share": 1.5}])
def test_impossible_options_are_configuration_errors(options: dict[str, Any]) -> None:
    """Named at once."""
    with pytest.raises(ConfigError, match=next(iter(options))):
        Textbook(**options)


async def test_duplicates_are_judged_on_the_text_and_not_on_topic_or_prompt(tmp_path: Path) -> None:
    """One topic for three audiences stays three rows, sixty topics through one template are no cluster; a text that comes twice is one."""
    twice = {"last": "echo", "reply": "The same words come back from every wall of the valley, again and again."}
    (tmp_path / "replies.jsonl").write_text(json.dumps(twice), encoding="utf-8")
    audiences = ["children", "high_school", "college"]
    axes = {"topic": [*(f"tide number {n}" for n in range(20)), "echo"], "audience": audiences}
    async with serve(Options(latency="fixed:0", replies=tmp_path / "replies.jsonl", reply_tokens="uniform:80,200")) as server:
        config = {
            "run": {"name": "t"},
            "source": {"kind": "grid", "axes": axes},
            "recipe": "textbook",
            "gates": ["exact_duplicate", "near_duplicate"],
            "endpoints": {"teacher": {"base_url": server.base_url, "model": "m"}},
        }
        run = await arun(config, run_dir=tmp_path / "run")

    per_topic = dict(run.sql("SELECT meta->>'topic', count(*) FROM samples GROUP BY ALL").fetchall())
    assert per_topic == {**{f"tide number {n}": 3 for n in range(20)}, "echo": 1}
    assert {reason for (reason,) in run.sql("SELECT reason FROM rejections").fetchall()} == {"exact_duplicate"}
