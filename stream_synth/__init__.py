"""Training data made by language models: generated, judged, stored and queryable while the run is on.

`run`, `arun` and `stream` are loaded when first used, so that importing this package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stream_synth.assemble import Run, arun, run, stream

__all__ = ["Rejected", "Request", "Run", "Sample", "Seed", "Verdict", "arun", "run", "stream"]
__version__ = "0.1.0"

_HOMES = dict.fromkeys(("Run", "arun", "run", "stream"), "stream_synth.assemble")
_HOMES |= dict.fromkeys(("Rejected", "Request", "Sample", "Seed", "Verdict"), "stream_synth.values")


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a module attribute may be anything
    """Load what is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'stream_synth' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
