from __future__ import annotations

import io
from random import Random

import numpy as np
import pytest

from stream_synth.metrics import MIN_DROP, WINDOW, CollapseAlarm, Diversity, Figure, read_characters, unit
from tests.metrics.streams import FIXED, Lang, Row, hashed, varied

BATCH = 50


def fed(stream: Diversity, rows: list[Row]) -> list[Figure]:
    figures: list[Figure] = []
    for start in range(0, len(rows), BATCH):
        some = [read_characters(*row) for row in rows[start : start + BATCH]]
        figures += stream.add(hashed(some), ["\n".join(row) for row in some])
    return figures


def stationary(lang: Lang, count: int, seed: int = 1) -> list[Row]:
    rng = Random(seed)
    return [varied(rng, lang) for _ in range(count)]


def test_figures_come_with_each_full_window_and_for_all_rows() -> None:
    """Two windows, one row more: figures of both, each once; the rest is told at the end."""
    stream = Diversity()

    figures = fed(stream, stationary("en", 2 * WINDOW + 1))

    names = [figure.name for figure in figures if figure.rows == WINDOW]
    assert names.count("distinct_2") == names.count("vendi") == names.count("compression_ratio") == 2
    assert [figure.value for figure in figures if figure.name == "rows"] == [WINDOW, 2 * WINDOW]
    assert {figure.rows for figure in stream.so_far()} == {1, 0}


def test_few_rows_have_figures_too() -> None:
    """A run of thirty rows ends before its first window is full."""
    stream = Diversity()

    figures = {figure.name: figure for figure in [*fed(stream, stationary("zh", 30)), *stream.so_far()]}

    assert figures["distinct_1"].rows == 30
    assert figures["self_bleu"].value > 0
    assert Diversity().so_far() == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_window_of_copies_has_low_figures(lang: Lang) -> None:
    """Every figure that the alarm watches falls, and compression rises."""
    stream = Diversity()

    before = {figure.name: figure.value for figure in fed(stream, stationary(lang, WINDOW)) if figure.rows}
    after = {figure.name: figure.value for figure in fed(stream, [FIXED[lang]] * WINDOW) if figure.rows}

    assert all(after[name] < before[name] / 2 for name in MIN_DROP if name != "response_evenness")
    assert after["response_evenness"] < before["response_evenness"] - 0.2
    assert after["compression_ratio"] > 10 * before["compression_ratio"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_alarm_goes_off_in_three_windows_and_ends_with_the_collapse(lang: Lang) -> None:
    """Half of the rows become one: the alarm names what fell; varied rows again end it."""
    stream, rng = Diversity(), Random(9)
    fed(stream, stationary(lang, 5 * WINDOW))
    quiet = stream.alarm.collapse

    told = fed(stream, [FIXED[lang] if rng.random() < 0.5 else varied(rng, lang) for _ in range(3 * WINDOW)])
    collapse = stream.alarm.collapse
    over = fed(stream, stationary(lang, WINDOW, seed=2))

    assert quiet is None
    assert collapse is not None
    assert collapse.figure in MIN_DROP
    assert [figure.value > 0 for figure in told if figure.name == "collapse"] == [True]
    assert [figure.value for figure in over if figure.name == "collapse"] == [0.0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_stationary_rows_are_quiet(lang: Lang) -> None:
    """No alarm in 5,000 rows of either language (the benchmark looks at 50,000)."""
    stream = Diversity()

    figures = fed(stream, stationary(lang, 5_000))

    assert not [figure for figure in figures if figure.name == "collapse"]


def test_one_odd_window_is_chance() -> None:
    """Two in a row are a change; a window that fell does not lower the baseline."""
    usual, low = dict.fromkeys(MIN_DROP, 1.0), dict.fromkeys(MIN_DROP, 0.5)
    alarm = CollapseAlarm()

    changes = [alarm.add(figures) for figures in [usual, usual, usual, low, usual, low, low, low, usual]]

    assert changes == [False] * 6 + [True, False, True]
    assert all(window == usual for window in alarm.windows)


def test_a_stream_whose_windows_differ_by_nature_is_given_room() -> None:
    """The same fall is an alarm in a steady stream and none in one that always varies that much."""
    steady, wild = CollapseAlarm(), CollapseAlarm()
    for number in range(10):
        steady.add(dict.fromkeys(MIN_DROP, 1.0))
        wild.add(dict.fromkeys(MIN_DROP, 1.0 + 0.1 * (number % 3)))

    fallen = dict.fromkeys(MIN_DROP, 0.65)

    assert [steady.add(fallen), steady.add(fallen)] == [False, True]
    assert [wild.add(fallen), wild.add(fallen)] == [False, False]


def test_a_stream_goes_on_from_its_state() -> None:
    """Saved and loaded after each of six windows, it gives the figures that it would have given."""
    rows = [*stationary("zh", 4 * WINDOW), *[FIXED["zh"]] * (2 * WINDOW)]
    through, stopped = Diversity(), Diversity()
    expected = fed(through, rows)
    figures: list[Figure] = []

    for start in range(0, len(rows), WINDOW):
        figures += fed(stopped, rows[start : start + WINDOW])
        file = io.BytesIO()
        np.savez(file, **stopped.state())
        file.seek(0)
        stopped = Diversity.restored(np.load(file, allow_pickle=False))

    assert [(one.name, round(one.value, 9), one.rows) for one in figures if "bleu" not in one.name] == [
        (one.name, round(one.value, 9), one.rows) for one in expected if "bleu" not in one.name
    ]
    assert stopped.alarm.collapse == through.alarm.collapse


def test_embeddings_take_the_place_of_hashed_words() -> None:
    """The Vendi score is that of the vectors given: three different ones."""
    stream, rows = Diversity(dimensions=6), stationary("en", WINDOW)
    vectors = unit(np.eye(6, dtype=np.float32)[[n % 3 for n in range(WINDOW)]])

    figures = {figure.name: figure.value for figure in stream.add(hashed(rows), ["text"] * WINDOW, vectors)}

    assert figures["vendi"] == pytest.approx(3, abs=0.05)


def test_memory_is_bounded() -> None:
    """After ten windows a stream holds what it held after two."""
    stream = Diversity()
    fed(stream, stationary("zh", 2 * WINDOW))
    early = stream.nbytes

    fed(stream, stationary("zh", 8 * WINDOW))

    assert stream.nbytes == early < 600_000


@pytest.mark.parametrize("text", ["", "a", "\ud800", "\x00", "字" * 100_000])
def test_odd_texts_are_measured_like_any(text: str) -> None:
    """Nothing, one letter, half a character, NUL, a very long row."""
    stream = Diversity()

    figures = fed(stream, [(text, text)] * WINDOW)

    assert all(np.isfinite(figure.value) for figure in figures)
