"""Configuration: YAML or a mapping in, checked objects out. Options are declared in the parts that use them, not here."""

from stream_synth.config.compare import Change, Changes, compare
from stream_synth.config.load import load
from stream_synth.config.rejudging import check_config, regate_config
from stream_synth.config.spec import Config, GateSpec, RecipeSpec
from stream_synth.config.starter import starter

__all__ = ["Change", "Changes", "Config", "GateSpec", "RecipeSpec", "check_config", "compare", "load", "regate_config", "starter"]
