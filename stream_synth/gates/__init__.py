"""Gates: every candidate passes the chain, or is rejected with a reason and evidence.

A gate is a class with a class attribute `Options`, a frozen dataclass, built as `Gate(options, GateHome(directory))`; see
`protocols.Gate` for what it promises. Third parties add theirs by the entry point group `stream_synth.gates`, or name
one as `module:Class`.
"""

from __future__ import annotations

import importlib
from importlib.metadata import entry_points
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.gates.contamination import Contamination
from stream_synth.gates.exact_duplicate import ExactDuplicate
from stream_synth.gates.home import GateHome
from stream_synth.gates.near_duplicate import NearDuplicate
from stream_synth.gates.quota import Quota
from stream_synth.gates.reward import Reward
from stream_synth.gates.rules import Rules
from stream_synth.gates.semantic_duplicate import SemanticDuplicate
from stream_synth.gates.similar_instruction import SimilarInstruction
from stream_synth.gates.toxicity import Toxicity
from stream_synth.protocols import Gate

__all__ = ["DEFAULT_CHAIN", "REGISTRY", "GateHome", "build_gate", "gate_class"]

REGISTRY: dict[str, type[Any]] = {
    "rules": Rules,
    "exact_duplicate": ExactDuplicate,
    "contamination": Contamination,
    "near_duplicate": NearDuplicate,
    "semantic_duplicate": SemanticDuplicate,
    "similar_instruction": SimilarInstruction,
    "toxicity": Toxicity,
    "quota": Quota,
    "reward": Reward,
}
DEFAULT_CHAIN = ("rules", "exact_duplicate", "contamination", "near_duplicate", "semantic_duplicate", "reward")  # cheap first


def gate_class(name: str) -> type[Any]:
    """The class of a gate: one of ours, of an entry point, or `module:Class`. ConfigError when there is none."""
    if name in REGISTRY:
        return REGISTRY[name]
    if ":" in name:
        module, _, attribute = name.partition(":")
        try:
            found: type[Any] = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise ConfigError(f"gate {name!r} cannot be imported: {error}") from error
        return found
    for point in entry_points(group="stream_synth.gates", name=name):
        loaded: type[Any] = point.load()
        return loaded
    raise ConfigError(f"no gate is called {name!r}; there are {', '.join(sorted(REGISTRY))}, and module:Class for your own")


def build_gate(name: str, options: object, home: GateHome) -> Gate:
    """A gate ready to judge. `options` is an instance of its class's `Options`."""
    gate: Gate = gate_class(name)(options, home)
    return gate
