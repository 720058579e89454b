"""The methods, one file each: a class with `name` and `expand`, its options as dataclass fields.

Those that build on `Asking` write `candidates` instead: its `expand` adds the user's own check, and the end of seeds that hold nothing.
A new method is one file here, one folder of prompts with its card, one line in `REGISTRY`. Others bring theirs as an entry
point of the group `stream_synth.recipes`, or are named `module:Class`.
"""

from __future__ import annotations

import difflib
from importlib import import_module
from importlib.metadata import entry_points
from inspect import iscoroutinefunction
from typing import Any

from stream_synth.errors import ConfigError
from stream_synth.protocols import Recipe
from stream_synth.recipes.alpaca import Alpaca
from stream_synth.recipes.alphamath import AlphaMath
from stream_synth.recipes.annotate import Annotate
from stream_synth.recipes.arithmetic import Arithmetic
from stream_synth.recipes.backtranslation import Backtranslation
from stream_synth.recipes.code_comments import CodeComments
from stream_synth.recipes.code_exercises import CodeExercises
from stream_synth.recipes.code_repair import CodeRepair
from stream_synth.recipes.constitutional import Constitutional
from stream_synth.recipes.cot_distill import CotDistill
from stream_synth.recipes.distill import Distill
from stream_synth.recipes.domain_qa import DomainQA
from stream_synth.recipes.evol_instruct import EvolInstruct
from stream_synth.recipes.geometry import Geometry
from stream_synth.recipes.given import Given
from stream_synth.recipes.interleaved_code import InterleavedCode
from stream_synth.recipes.lean_proof import LeanProof
from stream_synth.recipes.long_context_qa import LongContextQa
from stream_synth.recipes.magpie import Magpie
from stream_synth.recipes.math_shepherd import MathShepherd
from stream_synth.recipes.medical_cot import MedicalCot
from stream_synth.recipes.metamath import MetaMath
from stream_synth.recipes.orca import Orca
from stream_synth.recipes.orca_math import OrcaMath
from stream_synth.recipes.preference import Preference
from stream_synth.recipes.program_of_thought import ProgramOfThought
from stream_synth.recipes.quality_label import QualityLabel
from stream_synth.recipes.reasoning import Reasoning
from stream_synth.recipes.regated import Regated
from stream_synth.recipes.rest_em import RestEm
from stream_synth.recipes.retrofit_cot import RetrofitCot
from stream_synth.recipes.self_consistency import SelfConsistency
from stream_synth.recipes.self_instruct import SelfInstruct
from stream_synth.recipes.shared.card import Card
from stream_synth.recipes.star import Star
from stream_synth.recipes.steps import Steps
from stream_synth.recipes.textbook import Textbook
from stream_synth.recipes.tool_calls import ToolCalls
from stream_synth.recipes.tool_maker import ToolMaker
from stream_synth.recipes.topics import Topics
from stream_synth.recipes.unit_tests import UnitTests
from stream_synth.recipes.wavecoder import WaveCoder
from stream_synth.recipes.web_instruct import WebInstruct
from stream_synth.recipes.xwin_math import XwinMath
from stream_synth.recipes.zerogen import ZeroGen

REGISTRY: dict[str, type[Recipe]] = {
    "distill": Distill,
    "reasoning": Reasoning,
    "arithmetic": Arithmetic,
    "evol_instruct": EvolInstruct,
    "self_instruct": SelfInstruct,
    "alpaca": Alpaca,
    "zerogen": ZeroGen,
    "annotate": Annotate,
    "domain_qa": DomainQA,
    "backtranslation": Backtranslation,
    "constitutional": Constitutional,
    "preference": Preference,
    "textbook": Textbook,
    "topics": Topics,
    "quality_label": QualityLabel,
    "web_instruct": WebInstruct,
    "long_context_qa": LongContextQa,
    "unit_tests": UnitTests,
    "self_consistency": SelfConsistency,
    "star": Star,
    "rest_em": RestEm,
    "code_repair": CodeRepair,
    "tool_maker": ToolMaker,
    "code_comments": CodeComments,
    "wavecoder": WaveCoder,
    "code_exercises": CodeExercises,
    "steps": Steps,
    "metamath": MetaMath,
    "xwin_math": XwinMath,
    "math_shepherd": MathShepherd,
    "cot_distill": CotDistill,
    "retrofit_cot": RetrofitCot,
    "orca": Orca,
    "orca_math": OrcaMath,
    "magpie": Magpie,
    "medical_cot": MedicalCot,
    "program_of_thought": ProgramOfThought,
    "interleaved_code": InterleavedCode,
    "alphamath": AlphaMath,
    "tool_calls": ToolCalls,
    "lean_proof": LeanProof,
    "geometry": Geometry,
    "given": Given,
    "regated": Regated,
}
GROUP = "stream_synth.recipes"

__all__ = ["GROUP", "REGISTRY", "Card", "find_recipe"]


def find_recipe(name: str) -> type[Recipe]:
    """The class behind a name: a built-in, an installed entry point, or `module:Class`. `ConfigError` names the nearest known one."""
    if name in REGISTRY:
        return REGISTRY[name]
    installed = {point.name: point for point in entry_points(group=GROUP)}
    if name in installed:
        return _checked(name, installed[name].load())
    if ":" in name:
        module, _, attribute = name.partition(":")
        try:
            return _checked(name, getattr(import_module(module), attribute))
        except (ImportError, AttributeError, ValueError) as error:
            raise ConfigError(f"recipe {name!r} cannot be loaded ({error}); write module:Class of an installed module") from error
    known = [*REGISTRY, *installed]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ConfigError(f"there is no recipe {name!r}{hint} (known: {', '.join(known)}, or module:Class)")


def _checked(name: str, found: Any) -> type[Recipe]:  # noqa: ANN401  # whatever stands under that name
    if not (isinstance(found, type) and hasattr(found, "expand") and hasattr(found, "name")):
        raise ConfigError(f"recipe {name!r} is no recipe: a class with `name` and `async def expand(self, seed, ask, tools)`")
    if iscoroutinefunction(found.expand):
        raise ConfigError(f"recipe {name!r} returns its candidates: `expand` has to yield them, one after the other")
    return found
