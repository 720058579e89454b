"""How alike questions are, and how near a benchmark's own items come to each other."""

from __future__ import annotations

import numpy as np

from stream_synth.gates.contamination.bag import bags
from stream_synth.gates.contamination.likeness import Likenesses
from stream_synth.gates.contamination.paraphrase import least_similarity

OWLS = "Harriet feeds 14 owls in the northern barn, each with 9 mice. How many mice are eaten?"
QUESTIONS = [OWLS, "A glacier of 310 metres melts by 4 metres a decade. When is it gone?", "小明有 7 个气球，飞走了 3 个，还剩几个？"]


def similarity(prompt: str) -> float:
    """With the question about owls, at any height."""
    alike = Likenesses([bags(QUESTIONS)])
    _, items, found = alike.pairs(bags([prompt]), np.full(len(QUESTIONS), -1.0))
    return float(max(found[items == 0]))


def test_the_same_numbers_make_a_paraphrase_nearer_than_a_twin() -> None:
    """The wording is the same in both."""
    paraphrase = similarity("In the northern barn Harriet gives 9 mice to each of her 14 owls; what number of mice do they eat?")
    twin = similarity("In the northern barn Harriet gives 5 mice to each of her 32 owls; what number of mice do they eat?")

    assert paraphrase > twin + 0.2


def test_little_in_common_proves_little() -> None:
    """A few words, though they are all of the prompt, are further away than the whole question."""
    assert similarity("Harriet feeds the owls.") < similarity(OWLS) - 0.2


def test_a_benchmark_of_twins_needs_more() -> None:
    """What its own items reach decides, within the measured bounds."""
    apart = Likenesses([bags(QUESTIONS)])
    crowded = Likenesses([bags([*QUESTIONS, OWLS])])

    assert least_similarity(apart.nearest(0, 0.3), 0.01) < least_similarity(crowded.nearest(0, 0.3), 0.01)
