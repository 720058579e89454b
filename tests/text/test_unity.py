from __future__ import annotations

from random import Random

from stream_synth.text.unity import coherence, cohesion, complexity, long_text_figures

SEA = "The tide rises because the moon pulls the water of the sea. This water follows the moon. However, the shore slows the water. "
BREAD = "Flour and yeast make a dough in the bowl. The dough rests overnight. Therefore the loaf rises in the oven. "
LAW = "A court hears the case of the parties. The judge weighs evidence. Such evidence decides the case. "
ZH = "潮水上涨是因为月亮吸引海水。海水跟着月亮走。但是海岸会让海水慢下来。"


def test_one_subject_holds_together() -> None:
    """A long text on one subject has more unity than three texts glued together, in pages of a few hundred words."""
    one = SEA * 60
    three = SEA * 20 + BREAD * 20 + LAW * 20

    assert coherence(one) > coherence(three) + 0.2
    assert coherence(ZH * 60) > 0.9
    assert coherence(SEA) == 0.0


def test_tied_sentences_are_cohesive() -> None:
    """Connectives, pronouns and repeated words tie; a list of unrelated facts does not, in either language."""
    loose = "Paris lies inland. Copper melts slowly. Nine cows slept. Marble cracks. "
    loose_zh = "巴黎在内陆。铜熔得慢。九头牛睡着了。玉米熟了。"

    assert cohesion(SEA) > cohesion(loose) == 0.0
    assert cohesion(ZH) > cohesion(loose_zh)
    assert cohesion("One sentence.") == 0.0


def test_rich_vocabulary_is_complex() -> None:
    """Windows of equal length make short and long texts comparable."""
    rng = Random(0)
    rich = " ".join("".join(rng.choices("abcdefghij", k=6)) for _ in range(400))

    assert complexity(rich) > 0.95 > complexity(SEA * 30)
    assert complexity("too short") == 0.0
    assert set(long_text_figures(SEA * 30)) == {"coherence", "cohesion", "complexity"}
