"""Configuration: YAML or a mapping in, checked objects out. Options are declared in the parts that use them, not here."""

from stream_synth.config.load import load, load_run
from stream_synth.config.rejudging import check_config, regate_config
from stream_synth.config.starter import starter

__all__ = ["check_config", "load", "load_run", "regate_config", "starter"]
