"""Training data made by language models: generated, judged, stored and queryable while the run is on.

The parts are loaded when first used, so that importing this package stays cheap.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stream_synth.assemble import Run
    from stream_synth.engine.settings import Config
    from stream_synth.protocols import Recipe
    from stream_synth.values import Rejected, Request, Sample, Seed, Verdict

__all__ = ["Rejected", "Request", "Run", "Sample", "Seed", "Verdict", "arun", "run", "stream"]
__version__ = "0.1.0"

_HOMES = {"Run": "stream_synth.assemble"}
_HOMES |= dict.fromkeys(("Rejected", "Request", "Sample", "Seed", "Verdict"), "stream_synth.values")


async def arun(config: str | Path | Mapping[str, Any], *, run_dir: str | Path | None = None, **changes: Any) -> Run:  # noqa: ANN401
    """Run or resume the configuration in a file or mapping; returns when the run has ended. Raises `StreamSynthError`.

    `changes` replace parts of it: `source` (an iterable of rows), `recipe` (an object or class), `overrides` (a list of "a.b.c=VALUE").
    """
    return await import_module("stream_synth.assemble").arun(_checked(config, **changes), run_dir)  # type: ignore[no-any-return]


def run(config: str | Path | Mapping[str, Any], *, run_dir: str | Path | None = None, **changes: Any) -> Run:  # noqa: ANN401
    """`arun` for synchronous code; works inside a notebook, whose event loop is already running."""
    return import_module("stream_synth.assemble").run(_checked(config, **changes), run_dir)  # type: ignore[no-any-return]


def stream(
    config: str | Path | Mapping[str, Any],
    *,
    run_dir: str | Path | None = None,
    **changes: Any,  # noqa: ANN401  # those of `arun`
) -> AsyncGenerator[Sample, None]:
    """Accepted rows as they are committed. Breaking out stops the run cleanly; the same call continues it.

    A run that ends in an error raises it. When the event loop ends right after a `break`, put the stream into `contextlib.aclosing`:
    otherwise the loop cuts off what is in flight. A consumer that is slow slows the run.
    """
    return import_module("stream_synth.assemble").stream(_checked(config, **changes), run_dir)  # type: ignore[no-any-return]


def _checked(
    config: str | Path | Mapping[str, Any],
    *,
    source: Iterable[Mapping[str, Any]] | None = None,
    recipe: Recipe | None = None,
    overrides: Sequence[str] = (),
) -> Config:
    from stream_synth.config import load  # noqa: PLC0415  # pydantic and YAML, which an import of the package must not load

    return load(config, overrides, source=source, recipe=recipe)


def __getattr__(name: str) -> Any:  # noqa: ANN401  # a module attribute may be anything
    """Load what is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'stream_synth' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
