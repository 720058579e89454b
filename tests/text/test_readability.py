from __future__ import annotations

import pytest

from stream_synth.text.readability import rare_share, sentence_length, words

# One topic, three readers.
EN = (
    "The sea goes up and down. Look at the sand. In the morning it is dry. After lunch it is under water. Who moves the water? "
    "The moon does. It is far away, but it pulls a little on all things. The sea is big, so we can see it move.",
    "The water of the oceans rises and falls about twice each day. The main cause is the gravity of the moon, which pulls more "
    "strongly on the side of the earth that faces it than on the far side. Because of this difference the water forms two bulges. "
    "As the earth turns, a harbour passes through both of them, so sailors there see two high tides in a little more than a day.",
    "Tidal dissipation in marginal seas, inferred from satellite altimetry and hydrodynamic assimilation, remains controversial "
    "insofar as bathymetric uncertainties propagate nonlinearly into barotropic energy budgets. Whereas early harmonic analyses "
    "attributed the secular acceleration of the lunar ephemeris predominantly to frictional boundary layers, baroclinic conversion "
    "over rough topography is nowadays regarded as comparably significant, although parameterisations diverge considerably.",
)
ZH = (
    "海水会涨，也会落。早上，沙子是干的。中午，沙子不见了，水来了。是谁在动海水？是月亮。月亮很远，可是它会轻轻地拉。海很大，所以我们看得见。",
    "海水每天大约涨落两次。主要的原因是月球的引力：朝向月球的一面受到的引力比背面大一些，由于这个差别，海水在两面各鼓起一块。"
    "地球转动的时候，一个港口会先后经过这两块鼓起的海水，所以那里的人在一天多一点的时间里看到两次高潮。",
    "边缘海潮汐耗散的估计依赖卫星测高与流体动力学同化，水深误差在正压能量收支中的非线性传播使其至今聚讼纷纭；"
    "早期调和分析将月球黄经的长期加速主要归因于底边界层的湍流摩擦，而近来的斜压转换研究则表明粗糙海底地形激发的内潮耗散与之相埒，"
    "尽管各家参数化方案的垂向扩散率相去甚远。",
)


@pytest.mark.parametrize("texts", [EN, ZH])
def test_three_readers_are_ordered(texts: tuple[str, str, str]) -> None:
    """The same matter for children, pupils and researchers: sentences get longer, rare words more."""
    lengths, rare = [sentence_length(text) for text in texts], [rare_share(text) for text in texts]

    assert lengths == sorted(set(lengths))
    assert rare == sorted(set(rare))


def test_length_is_in_words_of_either_script() -> None:
    """Sixteen Chinese characters are ten words."""
    assert words("one two, three") == 3
    assert words("海" * 16) == pytest.approx(10)
    assert sentence_length("One two. Three four five six.") == 3.0


def test_inflected_words_are_as_common_as_their_stem() -> None:
    """Plurals, past and present forms, adverbs; what is in no list in any form is rare."""
    assert rare_share("stopping studies happily making biggest waters") < rare_share("ephemeris bathymetric") == 1.0


def test_formulas_and_code_count_for_nothing() -> None:
    """Nor does a text without words."""
    assert rare_share("The sea $\\bathymetric$ is `barotropic_budget` big.") == 0.0
    assert (sentence_length("。。 ..."), rare_share("")) == (0.0, 0.0)
