from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import DEFAULT_CHAIN, GateHome, build_gate
from stream_synth.gates.toxicity import Toxicity, ToxicityOptions
from stream_synth.values import Sample, Verdict

ABUSE = {"en": "Shut up, you idiot. You are a worthless loser.", "zh": "闭嘴，你这个废物，没人会喜欢你。"}


def verdict(sample: Sample, **options: Any) -> Verdict:
    """What the gate says of one row."""
    return Toxicity(ToxicityOptions(**options), GateHome()).measure([sample])[0]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_toxic_answer_passes_with_a_mark(lang: str) -> None:
    """Text is no worse for being toxic: the row keeps its place and says what it is."""
    found = verdict(Sample("?", ABUSE[lang]))

    assert (found.passed, found.reason, found.evidence["meta"]) == (True, "toxic", {"toxic": ["abuse"]})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_dialogues_and_preferences_are_rejected(lang: str) -> None:
    """They teach how to speak to people. Of two answers only the chosen one counts."""
    dialogue = Sample("?", ABUSE[lang], messages=({"role": "user", "content": "?"},))

    assert verdict(dialogue).reason == "toxic"
    assert not verdict(dialogue).passed
    assert not verdict(Sample("?", "", chosen=ABUSE[lang], rejected="No.")).passed
    assert verdict(Sample("?", "", chosen="Good morning.", rejected=ABUSE[lang])).evidence == {}
    assert verdict(dialogue, action="flag").passed
    assert not verdict(Sample("?", ABUSE[lang]), action="reject").passed


def test_what_counts_can_be_chosen() -> None:
    """Categories, a number of different expressions, the prompt, and words of one's own."""
    assert verdict(Sample("?", ABUSE["en"]), categories=("threat",)).reason == ""
    assert verdict(Sample("?", "Shut up, you idiot."), min_hits=3).reason == ""
    assert verdict(Sample(ABUSE["zh"], "我们好好谈谈。")).reason == ""
    assert verdict(Sample(ABUSE["zh"], "我们好好谈谈。"), prompts=True).reason == "toxic"
    assert verdict(Sample("?", "好的。", reasoning=ABUSE["zh"])).reason == "toxic"


def test_words_of_ones_own_are_read(tmp_path: Path) -> None:
    """A file in the form of the package's; a line that is no expression is named."""
    words = tmp_path / "words.txt"
    words.write_text("# mine\n[abuse]\nfrobnicator\n讨厌鬼\t讨厌鬼+\n", encoding="utf-8")

    assert verdict(Sample("?", "You frobnicator!"), words=str(words)).evidence["categories"] == ["abuse"]
    assert verdict(Sample("?", "你真是讨厌鬼鬼。"), words=str(words)).evidence["text"] == ["讨厌鬼鬼"]
    words = tmp_path / "bad.txt"
    words.write_text("[abuse]\nx\t(\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2"):
        Toxicity(ToxicityOptions(words=str(words)), GateHome())


@pytest.mark.parametrize(
    ("options", "problem"), [({"action": "drop"}, "action"), ({"categories": ("rude",)}, "rude"), ({"words": "/nowhere.txt"}, "nowhere")]
)
def test_bad_options_are_refused(options: dict[str, Any], problem: str) -> None:
    """With what there is to choose from."""
    with pytest.raises(ConfigError, match=problem):
        ToxicityOptions(**options)


def test_is_found_by_name_and_not_asked_by_default() -> None:
    """Whether toxic rows matter is the user's question."""
    gate = build_gate("toxicity", ToxicityOptions(), GateHome())

    assert gate.name == "toxicity"
    assert "toxicity" not in DEFAULT_CHAIN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "\ud800",
        "\x00",
        "you idiot " * 100_000,
        "你这个" * 300_000,
        "fuck " * 200_000,
        "你真是个" * 9000,
        "女人全都" + "全都" * 9000,
    ],
)
def test_anything_gets_a_verdict(text: str) -> None:
    """Nothing, lone surrogates and a megabyte."""
    assert verdict(Sample(text, text), prompts=True).gate == "toxicity"
