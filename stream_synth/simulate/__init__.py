"""The bundled OpenAI-compatible test endpoint: latencies, enforced limits, scripted replies and faults, and a ledger of charges."""

from stream_synth.simulate.faults import KINDS as FAULT_KINDS
from stream_synth.simulate.options import Options
from stream_synth.simulate.server import Server, run_forever, serve
from stream_synth.simulate.service import Counts

__all__ = ["FAULT_KINDS", "Counts", "Options", "Server", "run_forever", "serve"]
