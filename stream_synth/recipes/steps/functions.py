"""What `apply` can call: functions that come with the package by a short name, and your own as `module:function`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from stream_synth.errors import ConfigError
from stream_synth.protocols import Tools
from stream_synth.recipes.expert import load_function
from stream_synth.recipes.steps.expressions import FUNCTIONS

Values: TypeAlias = dict[str, Any]
Applied: TypeAlias = Callable[[Values, str, Tools], Awaitable[Any]]

REGISTRY: Mapping[str, Callable[[Values], Any]] = {}


def function_of(call: str) -> Applied:
    """The function behind a name. Your own is journalled, because it may look things up; ours need not be."""
    if ":" in call:
        own = load_function(call)

        async def journalled(values: Values, step: str, tools: Tools) -> Any:  # noqa: ANN401
            async def make() -> Any:  # noqa: ANN401
                return own(values)

            return await tools.journalled(step, make)

        return journalled
    if call not in REGISTRY:
        raise ConfigError(f"apply: there is no function {call!r}; there are {', '.join(REGISTRY)}, or module:function of your own")

    async def plain(values: Values, step: str, tools: Tools) -> Any:  # noqa: ANN401, ARG001
        return REGISTRY[call](values)

    return plain


__all__ = ["FUNCTIONS", "REGISTRY", "function_of"]
