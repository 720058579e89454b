from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from stream_synth.errors import ConfigError
from stream_synth.gates import DEFAULT_CHAIN, REGISTRY, GateHome, build_gate, gate_class
from stream_synth.gates.home import AsksNobody
from stream_synth.protocols import Gate
from stream_synth.values import Sample, Verdict


class Never(AsksNobody):
    """A gate of somebody else's."""

    name = "never"

    @dataclasses.dataclass(frozen=True)
    class Options:
        """Nothing to set."""

    def __init__(self, options: Options, home: GateHome) -> None:
        self.options = options

    def measure(self, batch: Sequence[Sample]) -> list[None]:
        """Nothing."""
        return [None] * len(batch)

    def look(self, batch: Sequence[Sample], measured: Sequence[None]) -> list[Verdict | None]:
        """Nothing against anyone yet."""
        return [None] * len(batch)

    def admit(self, sample: Sample, measured: None) -> Verdict:
        """No."""
        return Verdict(self.name, passed=False, reason="never")

    def remember(self, sample: Sample, measured: None) -> None:
        """Nobody."""

    def close(self) -> None:
        """Nothing to release."""


def test_every_gate_of_the_default_chain_is_built_from_its_defaults() -> None:
    """Names, option classes and classes agree; each gate passes a sound row."""
    sample = Sample("What is the capital of France?", "The capital of France is Paris, a city on the Seine.", id="a", seed_id="a")
    for name in DEFAULT_CHAIN:
        gate: Gate = build_gate(name, gate_class(name).Options(), GateHome())

        measured = gate.measure([sample])

        assert gate.name == name
        assert gate.look([sample], measured) == [None]
        assert gate.admit(sample, measured[0]).passed
        gate.remember(sample, measured[0])
        gate.close()


def test_options_are_frozen_dataclasses_with_defaults() -> None:
    """Configuration checks against them, so every field has a default."""
    for gate in REGISTRY.values():
        assert dataclasses.is_dataclass(gate.Options)
        for field in dataclasses.fields(gate.Options):
            assert not field.default is field.default_factory is dataclasses.MISSING, field.name


def test_a_gate_of_ones_own_is_named_by_module_and_class() -> None:
    """`module:Class` builds it like any other."""
    gate = build_gate(f"{__name__}:Never", Never.Options(), GateHome())

    assert gate.admit(Sample("", ""), None).reason == "never"


@pytest.mark.parametrize(
    ("name", "problem"), [("near_dup", "near_duplicate"), ("nowhere:Gate", "nowhere"), (f"{__name__}:Missing", "Missing")]
)
def test_a_gate_that_does_not_exist_is_a_configuration_error(name: str, problem: str) -> None:
    """The message names what there is, or what could not be imported."""
    with pytest.raises(ConfigError, match=problem):
        gate_class(name)
