from __future__ import annotations

import pytest

from stream_synth.errors import ConfigError
from stream_synth.recipes.alphamath import AlphaMath
from stream_synth.recipes.distill import Distill
from stream_synth.recipes.rest_em import RestEm
from stream_synth.recipes.self_consistency import SelfConsistency


def test_an_option_outside_its_bounds_is_named_with_the_remedy() -> None:
    """The error says the option, its value, and what it may be."""
    with pytest.raises(ConfigError, match="logprobs is 21; give 0 to 20"):
        Distill(logprobs=21)


def test_what_is_no_number_is_within_no_bounds() -> None:
    """Every paid row would fall short of a share that is NaN."""
    with pytest.raises(ConfigError, match="min_share is nan; give 0 to 1"):
        SelfConsistency(min_share=float("nan"))


@pytest.mark.parametrize("method", [RestEm, AlphaMath])
def test_a_method_with_another_default_keeps_the_bounds(method: type[RestEm | AlphaMath]) -> None:
    """`keep` has a default of its own in these, and its bounds from what they build on; left out it has none."""
    assert method(keep=None).keep is None

    with pytest.raises(ConfigError, match="keep is 0; give at least 1"):
        method(keep=0)
