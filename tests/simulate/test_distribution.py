from __future__ import annotations

import math

import pytest

from stream_synth.errors import ConfigError
from stream_synth.simulate.distribution import quantile


@pytest.mark.parametrize(
    ("written", "low", "middle", "high"),
    [
        ("fixed:0.2", 0.2, 0.2, 0.2),
        ("uniform:1,3", 1.5, 2.0, 2.5),
        ("exp:2", -2 * math.log(0.75), 2 * math.log(2), -2 * math.log(0.25)),
        ("lognormal:4,0.5", 4 * math.exp(-0.5 * 0.67449), 4.0, 4 * math.exp(0.5 * 0.67449)),
    ],
)
def test_quartiles_are_those_of_the_distribution(written: str, low: float, middle: float, high: float) -> None:
    """A lognormal is given by its median, an exponential by its mean."""
    value = quantile("latency", written)

    assert [value(0.25), value(0.5), value(0.75)] == pytest.approx([low, middle, high], rel=1e-4)


def test_the_smallest_share_is_finite() -> None:
    """A hash may be 0."""
    assert quantile("latency", "lognormal:1,1")(0.0) >= 0


@pytest.mark.parametrize(
    "written", ["", "0.2", "fixed", "fixed:", "fixed:-1", "fixed:nan", "exp:inf", "uniform:3,1", "uniform:1", "normal:1,2"]
)
def test_anything_else_is_refused_with_the_forms(written: str) -> None:
    """The option is named, an example is given."""
    with pytest.raises(ConfigError, match=r"latency is .*fixed:0\.2"):
        quantile("latency", written)
