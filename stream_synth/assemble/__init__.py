"""Turns a checked configuration into objects, and runs them: the only place that names concrete classes."""

from stream_synth.assemble.api import Run, arun, run, stream
from stream_synth.assemble.plan import Plan, plan
from stream_synth.assemble.preview import preview
from stream_synth.assemble.rejudging import check_config, regate, regate_config
from stream_synth.assemble.replaying import replay_directory
from stream_synth.assemble.session import Session, Summary, execute

__all__ = [
    "Plan",
    "Run",
    "Session",
    "Summary",
    "arun",
    "check_config",
    "execute",
    "plan",
    "preview",
    "regate",
    "regate_config",
    "replay_directory",
    "run",
    "stream",
]
