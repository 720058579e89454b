from __future__ import annotations

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates.reward.calibration import Calibration, fitted, plain


def test_between_knots_the_line_is_straight_and_outside_it_is_flat() -> None:
    """A score never leaves 0..1."""
    calibration = Calibration({"": ((-1.0, 0.0), (1.0, 0.5), (3.0, 1.0))})

    assert [calibration(raw, "en") for raw in (-9.0, 0.0, 1.0, 2.0, 9.0)] == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_each_language_has_its_own_scale() -> None:
    """The same raw score means more in one language than in another; others share a third scale, or have none."""
    calibration = Calibration({"zh": ((0.0, 0.0), (10.0, 1.0)), "en": ((0.0, 0.0), (5.0, 1.0))})

    assert (calibration(5.0, "zh"), calibration(5.0, "en"), calibration(5.0, "fr")) == (0.5, 1.0, None)


def test_ordinary_rows_lie_above_a_tenth() -> None:
    """The floor is 0, the median 0.5, the best 1."""
    calibration = fitted({"en": [float(number) for number in range(1000)]}, {"en": -50.0})

    assert calibration(-50.0, "en") == 0.0
    assert calibration(10.0, "en") == pytest.approx(0.1)
    assert calibration(500.0, "en") == pytest.approx(0.5)
    assert calibration(999.0, "ko") == 1.0


def test_scores_that_hardly_differ_still_calibrate() -> None:
    """Equal raw scores make one knot, not a broken table."""
    calibration = fitted({"en": [1.0] * 150 + [2.0]}, {})

    assert calibration(0.0, "en") == 0.0
    assert calibration(2.0, "en") == 1.0


@pytest.mark.parametrize("knots", [((0.0, 0.0),), ((1.0, 0.0), (0.0, 1.0)), ((0.0, 0.5), (1.0, 0.2)), ((0.0, 0.0), (1.0, 7.0))])
def test_knots_that_do_not_rise_are_refused(knots: tuple[tuple[float, float], ...]) -> None:
    """Two knots at least, rising, in 0..1."""
    with pytest.raises(ConfigError, match="rising"):
        Calibration({"": knots})


def test_without_calibration_a_raw_score_is_squashed() -> None:
    """Bounded scales keep their place, unbounded ones go through the logistic function."""
    assert plain(3.0, bounded=(1.0, 5.0)) == 0.5
    assert plain(0.0, bounded=None) == 0.5
    assert plain(-1e9, bounded=None) >= 0.0
