"""The record of what was decided, in DuckDB: append-only tables, the views over them, and nothing else."""

from stream_synth.store.drawing import drawn_rows, fed_rows
from stream_synth.store.rebuild import catch_up, rebuild
from stream_synth.store.rows import Metric
from stream_synth.store.store import ResumePoint, Store, Surplus

__all__ = ["Metric", "ResumePoint", "Store", "Surplus", "catch_up", "drawn_rows", "fed_rows", "rebuild"]
