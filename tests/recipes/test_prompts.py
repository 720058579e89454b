from __future__ import annotations

import re
from importlib.resources import files

import pytest

from stream_synth.recipes.shared.prompts import Template, load


def test_holes_are_filled_once() -> None:
    """Braces of LaTeX stay, and what goes in is not searched for holes."""
    template = Template("\\boxed{} {{question}} {{answer}}", "0")

    assert template.fill(question="{{answer}}", answer="4") == "\\boxed{} {{answer}} 4"
    with pytest.raises(KeyError):
        template.fill(question="?")


def test_language_falls_back_to_english() -> None:
    """A language without a prompt of its own is asked in English; the digest tells prompts apart."""
    zh, en, fr = (load("reasoning", "boxed", lang) for lang in ("zh", "en", "fr"))

    assert "一步一步" in zh.text
    assert fr == en
    assert len({zh.digest, en.digest}) == 2


def test_every_prompt_stands_in_both_languages() -> None:
    """Same files, same holes, in zh and en."""
    for recipe in (files("stream_synth.recipes") / "prompts").iterdir():
        if not any((recipe / lang).is_dir() for lang in ("zh", "en")):
            continue  # a card alone: the method needs no words of ours
        steps = {lang: {path.name for path in (recipe / lang).iterdir()} for lang in ("zh", "en")}
        assert steps["zh"] == steps["en"], recipe.name
        for name in steps["zh"]:
            holes = [set(re.findall(r"\{\{(\w+)\}\}", (recipe / lang / name).read_text("utf-8"))) for lang in ("zh", "en")]
            assert holes[0] == holes[1], f"{recipe.name}/{name}"
