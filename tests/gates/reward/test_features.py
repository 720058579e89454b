from __future__ import annotations

import numpy as np
import pytest

from stream_synth.gates.reward.features import MONOTONE, NAMES, features
from stream_synth.values import Sample


def named(sample: Sample) -> dict[str, float]:
    return dict(zip(NAMES, features([sample])[0].tolist(), strict=True))


@pytest.mark.parametrize("text", ["", "a", "\ud800\x00", "是" * 100_000, "x" * 1_000_000, " \n" * 1000, "```", "\x00\ufffd" * 50])
def test_strange_texts_have_finite_features(text: str) -> None:
    """Every number is finite and small, so that none outvotes the others."""
    found = features([Sample(text, text)])

    assert found.shape == (1, len(NAMES))
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 4.0


def test_a_batch_equals_its_rows_one_by_one() -> None:
    """Rows are read together and judged alone."""
    rows = [Sample("Name a fruit.", "An apple."), Sample("说出一种水果。", "苹果。"), Sample("", "")]

    together = features(rows)

    assert np.allclose(together, np.concatenate([features([row]) for row in rows]))
    assert features([]).shape == (0, len(NAMES))


@pytest.mark.parametrize(
    ("prompt", "near", "far"),
    [
        ("How do volcanoes form?", "Volcanoes form where magma rises.", "Bread is baked in an oven."),
        ("火山是怎么形成的？", "火山是岩浆上升形成的。", "面包要用烤箱来烤。"),
    ],
)
def test_the_bond_with_the_prompt_counts_shared_words(prompt: str, near: str, far: str) -> None:
    """An answer on the topic shares words of content with the question, in either language."""
    assert named(Sample(prompt, near))["bond"] > named(Sample(prompt, far))["bond"]


@pytest.mark.parametrize("unit", ["I like it. ", "加油加油，我们一起加油。"])
def test_a_loop_makes_no_answer_longer(unit: str) -> None:
    """Length counts what is new."""
    looped = named(Sample("Say something.", unit * 80))

    assert looped["looping"] == 1.0
    assert sum(looped[name] for name in MONOTONE) == 0.0


def test_length_is_capped() -> None:
    """Beyond the last knot more words bring nothing."""
    words = [f"word{number} stands beside thing{number * 7}." for number in range(2000)]
    long, longer = (named(Sample("Tell me.", " ".join(words[:count]))) for count in (1000, 2000))

    assert all(longer[name] == pytest.approx(long[name], abs=0.05) for name in MONOTONE)
