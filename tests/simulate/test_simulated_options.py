from __future__ import annotations

from typing import Any

import pytest

from stream_synth.errors import ConfigError
from stream_synth.simulate.options import Options


@pytest.mark.parametrize(
    ("name", "value"), [("rpm", 0), ("tpm", -1), ("slots", 0), ("tokens_per_second", 0.0), ("port", 70_000), ("latency", "1s")]
)
def test_impossible_values_are_refused_by_name(name: str, value: Any) -> None:
    """Before anything listens."""
    with pytest.raises(ConfigError, match=name):
        Options(**{name: value})
