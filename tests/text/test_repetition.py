from __future__ import annotations

import random
import zlib

from stream_synth.text import compression_ratio, repeated_share, tail_loop, windows

EN = "Energy can be saved at home by closing windows in winter, choosing efficient lamps and washing at low temperatures. "
ZH = "在家中节约能源的方法有很多，例如冬天关好门窗，使用节能灯，并且用低温洗衣服。"


def test_loops_compress_and_prose_does_not() -> None:
    """Prose in both languages stays below 2, the same sentence twenty times is above 8; nothing is 1."""
    assert max(compression_ratio(EN), compression_ratio(ZH)) < 2
    assert min(compression_ratio(EN * 20), compression_ratio(ZH * 20)) > 8
    assert compression_ratio("") == 1.0


def test_the_small_compressor_agrees_with_zlib() -> None:
    """A window of 4 KB gives nearly the ratio of the full one on a window of text."""
    words = random.Random(1).choices(EN.split(), k=300)
    text = " ".join(words)[:2000]

    assert abs(compression_ratio(text) - len(text) / len(zlib.compress(text.encode(), 6))) < 0.3


def test_windows_cover_the_text_and_keep_no_runs_of_blanks() -> None:
    """Pieces joined give the text with single blanks; a short rest stays with the piece before it."""
    pieces = windows("a   b" * 1000)

    assert "".join(pieces) == "a b" * 1000
    assert [len(piece) for piece in pieces] == [2000, 1000]
    assert [len(piece) for piece in windows("x" * 2300)] == [2300]


def test_a_loop_at_the_end_is_found_with_its_unit() -> None:
    """Short units over sixty characters, long units three times; the unit and its number are told."""
    assert tail_loop(EN + "SE" * 60) == ("SE", 60)
    assert tail_loop(ZH + "加油" * 40) == ("加油", 40)
    unit, times = tail_loop("Once upon a time. " + EN * 3) or ("", 0)
    assert (len(unit), times) == (len(EN), 3) or times >= 2


def test_prose_ends_in_no_loop() -> None:
    """Sound endings, short texts and a phrase said twice are no loops."""
    assert [tail_loop(text) for text in (EN, ZH, "", "ha ha ha", EN + ZH + EN)] == [None] * 5


def test_repeated_windows_are_counted_exactly() -> None:
    """The share agrees with a set of slices."""
    text = EN + ZH + EN[:60]
    slices = [text[place : place + 20] for place in range(len(text) - 19)]

    assert repeated_share(text) == 1 - len(set(slices)) / len(slices)
    assert repeated_share("short") == 0
