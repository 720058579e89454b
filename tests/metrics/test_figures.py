from __future__ import annotations

from collections import Counter
from math import exp, log, log2
from random import Random

import numpy as np
import pytest

from stream_synth.metrics import (
    Cardinality,
    HashedFeatures,
    Reservoir,
    RunningCovariance,
    Tokens,
    Topics,
    compression_ratio,
    coverage,
    entropy_bits,
    ngram_figures,
    ngrams,
    self_bleu,
    unit,
)
from stream_synth.text import token_hashes, tokens
from tests.metrics.streams import FIXED, Lang, hashed, varied

TEXTS = ["the cat sat on the mat", "the cat ate the fish on the mat", "今天天气很好，我们去公园", "今天天气不好", ""]


def of(texts: list[str]) -> Tokens:
    found = token_hashes(texts)
    return Tokens(found.hashes, found.offsets)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_ngram_figures_equal_a_count_by_hand(n: int) -> None:
    """Distinct share and entropy, over texts in two languages, none reaching into the next text."""
    counts = Counter(tuple(words[i : i + n]) for words in map(tokens, TEXTS) for i in range(len(words) - n + 1))
    total = sum(counts.values())

    figures = ngram_figures(ngrams(of(TEXTS), n)[0])

    assert (figures.total, figures.distinct) == (total, len(counts))
    assert figures.plain_bits == pytest.approx(-sum(c / total * log2(c / total) for c in counts.values()))
    assert figures.entropy_bits == pytest.approx(figures.plain_bits + (len(counts) - 1) / (2 * total * log(2)))


def test_no_ngram_no_figures() -> None:
    """Texts too short have none."""
    figures = ngram_figures(ngrams(of(["a", "好", ""]), 2)[0])

    assert (figures.total, figures.distinct_share, figures.evenness) == (0, 0.0, 0.0)


def test_vendi_score_equals_the_one_of_the_whole_kernel() -> None:
    """From the covariance of 200 rows in 48 dimensions and from the 200 x 200 cosine kernel: equal to 1e-6."""
    vectors = unit(np.random.default_rng(1).normal(size=(200, 48)).astype(np.float32))
    shares = np.linalg.eigvalsh(vectors.astype(np.float64) @ vectors.T.astype(np.float64) / 200)
    exact = exp(-sum(share * log(share) for share in shares if share > 1e-12))
    first, second = RunningCovariance(48), RunningCovariance(48)

    first.add(vectors[:77])
    second.add(vectors[77:])
    first.merge(second)

    assert first.score() == pytest.approx(exact, abs=1e-6)


def test_vendi_score_counts_different_rows() -> None:
    """Four orthogonal rows, any number of times each, are four; no row is none."""
    covariance = RunningCovariance(8)
    empty = covariance.score()

    covariance.add(np.tile(np.eye(8, dtype=np.float32)[:4], (25, 1)))

    assert empty == 0.0
    assert covariance.score() == pytest.approx(4.0)


@pytest.mark.parametrize("different", [0, 1, 1_000, 50_000])
def test_cardinality_is_within_two_percent(different: int) -> None:
    """However often each value comes."""
    values = np.random.default_rng(2).integers(0, 1 << 63, different).astype(np.uint64)
    counted = Cardinality()

    for _ in range(3):
        counted.add(values)

    assert counted.estimate() == pytest.approx(different, rel=0.02, abs=0.5)
    assert counted.nbytes == 16_384


def test_self_bleu_is_one_for_copies_and_near_zero_for_strangers() -> None:
    """And in between for rows that share their beginning."""
    rng = Random(3)
    strangers = ["".join(chr(0x4E00 + rng.randrange(5000)) for _ in range(20)) for _ in range(20)]

    assert self_bleu(of(["机器学习是人工智能的一个分支"] * 5)) == pytest.approx(1.0)
    assert self_bleu(of(strangers)) < 0.05
    assert 0.3 < self_bleu(of(["当然可以，让我来为你解答：" + text[:10] for text in strangers])) < 0.8
    assert self_bleu(of(["only one row is nobody's neighbour"])) == 0.0


def test_self_bleu_counts_a_repeated_word_as_often_as_the_other_text_has_it() -> None:
    """Clipped counts, by hand: of "a a b c" against "a b c d", unigrams match 3 of 4, pairs 2 of 3, triples 1 of 2."""
    first = (3 / 4 * 2 / 3 * 1 / 2 * 0.5 / 1) ** 0.25
    second = (3 / 4 * 2 / 3 * 1 / 2 * 0.5 / 1) ** 0.25

    assert self_bleu(of(["a a b c", "a b c d"])) == pytest.approx((first + second) / 2)


def test_a_reservoir_holds_a_fair_sample() -> None:
    """Of 20,000 rows those kept have their mean in the middle; memory stays at its bound."""
    sampled = Reservoir(seed=5)

    for start in range(0, 20_000, 1_000):
        sampled.add(Tokens(np.arange(start, start + 1_000, dtype=np.uint64), np.arange(1_001)))

    assert len(sampled.rows) == 200
    assert 8_500 < float(np.mean(sampled.tokens().hashes)) < 11_500
    assert sampled.nbytes == 200 * 128 * 8


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_topics_tell_one_subject_from_many(lang: Lang) -> None:
    """Varied rows fill the cells evenly, one row again and again fills one."""
    rng = Random(7)
    rows, features = hashed([varied(rng, lang) for _ in range(250)]), HashedFeatures()
    features.learn(Tokens(rows.hashes, rows.offsets[::2]))
    topics = Topics.begun(features.vectors(Tokens(rows.hashes, rows.offsets[::2])))
    same = hashed([FIXED[lang]] * 250)

    many = topics.add(features.vectors(Tokens(rows.hashes, rows.offsets[::2])))
    one = topics.add(features.vectors(Tokens(same.hashes, same.offsets[::2])))

    assert entropy_bits(many) > 4
    assert coverage(many) > 0.8
    assert entropy_bits(one) == 0


def test_rows_without_a_token_are_no_obstacle() -> None:
    """Their vector is zero and counts for nothing."""
    vectors, covariance = HashedFeatures().vectors(of(["", "  ", "word"])), RunningCovariance(48)

    covariance.add(vectors)

    assert covariance.rows == 1


def test_compression_finds_what_rows_share() -> None:
    """Copies compress far better than different rows; no text is 1."""
    rng = Random(1)

    assert compression_ratio(["".join(varied(rng, "en")) for _ in range(50)]) < 3
    assert compression_ratio(["".join(FIXED["en"])] * 50) > 20
    assert compression_ratio([]) == 1.0
