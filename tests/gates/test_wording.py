from __future__ import annotations

import numpy as np
import pytest

from stream_synth.gates.template_twin import sure_of_other_numbers
from stream_synth.gates.wording import SKETCH, Wording


@pytest.mark.parametrize(
    "text", ["", "Lucy has 24 stickers and 8 pens.", "解方程 $x^2 + 3x = 0$，求 x 的值。", "7 " * 4000, "\ud800\x00", "Ωραία $\\alpha$"]
)
def test_a_wording_comes_back_as_it_was_packed(text: str) -> None:
    """Language, numbers, symbols, words and their counts, of any text."""
    wording = Wording.of(text, [5, 3, 5])

    again = Wording.unpacked(wording.packed())

    assert again.language == wording.language
    for name in ("numbers", "symbols", "words", "counts"):
        assert getattr(again, name).tolist() == getattr(wording, name).tolist()


def test_sketches_are_sure_only_of_numbers_that_truly_differ() -> None:
    """Other numbers on both sides are seen; the same numbers in words, a number left out, or too many of them are not called other."""
    of = {text: Wording.of(text, ()).sketch() for text in ("3 and 14", "三 和 14", "5 and 16", "only 3", "9 " * 400)}
    others = np.stack([of["三 和 14"], of["5 and 16"], of["only 3"], of["9 " * 400]])

    sure = sure_of_other_numbers(of["3 and 14"], others)

    assert sure.tolist() == [False, True, False, False]
    assert not of["9 " * 400].any()
    assert len(of["3 and 14"]) == SKETCH
