"""A place where programs written by a model run without reaching anything else."""

from __future__ import annotations

from stream_synth.verify.sandbox.limits import Limits, Run
from stream_synth.verify.sandbox.protections import Protections, protections
from stream_synth.verify.sandbox.sandbox import Sandbox
from stream_synth.verify.sandbox.session import Session

__all__ = ["Limits", "Protections", "Run", "Sandbox", "Session", "protections"]
