"""Turns a checked configuration into objects, and runs them: the only place that names concrete classes."""

from stream_synth.assemble.api import Run, arun, run, stream
from stream_synth.assemble.plan import Plan, plan
from stream_synth.assemble.preview import preview
from stream_synth.assemble.rejudging import regate
from stream_synth.assemble.replaying import replay_directory
from stream_synth.assemble.rounds import execute
from stream_synth.assemble.session import Session, Summary

__all__ = [
    "Plan",
    "Run",
    "Session",
    "Summary",
    "arun",
    "execute",
    "plan",
    "preview",
    "regate",
    "replay_directory",
    "run",
    "stream",
]
